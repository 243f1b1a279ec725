//! Options that take one of a few values: help, manual pages and completions name them.

use std::ffi::OsStr;

use bufferevent::Dialect;
#[cfg(unix)]
use bufferevent::recording::PayloadPolicy;
#[cfg(unix)]
use clap::ValueEnum;
#[cfg(unix)]
use clap::builder::EnumValueParser;
use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error};

pub(crate) fn dialect() -> impl TypedValueParser<Value = Dialect> {
    PossibleValuesParser::new(Dialect::ALL.map(Dialect::as_str)).try_map(|name| name.parse::<Dialect>())
}

/// How much of the payload leaves the process.
#[cfg(unix)]
#[derive(Debug, Clone, Copy, ValueEnum)]
enum HowMuch {
    /// All of it
    Full,
    /// The first 64 bytes of each step
    Head,
    /// None of it
    None,
}

#[cfg(unix)]
pub(crate) fn payload() -> impl TypedValueParser<Value = PayloadPolicy> {
    EnumValueParser::<HowMuch>::new().map(|much| match much {
        HowMuch::Full => PayloadPolicy::Full,
        HowMuch::Head => PayloadPolicy::Head,
        HowMuch::None => PayloadPolicy::None,
    })
}

/// Reads two dialects with a comma between them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TwoDialects;

impl TypedValueParser for TwoDialects {
    type Value = (Dialect, Dialect);

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Self::Value, Error> {
        StringValueParser::new().try_map(|text| two_dialects(&text)).parse_ref(command, arg, value)
    }

    /// Those that may differ: one beside itself is read, too, and offered to nobody.
    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let pairs = Dialect::ALL.into_iter().flat_map(|left| Dialect::ALL.map(|right| (left, right)));
        let differing = pairs.filter(|(left, right)| left != right);
        Some(Box::new(differing.map(|(left, right)| PossibleValue::new(format!("{left},{right}")))))
    }
}

fn two_dialects(text: &str) -> Result<(Dialect, Dialect), String> {
    let (left, right) = text.split_once(',').ok_or("two dialects are needed, such as 1.4,2.1")?;
    let dialect = |name: &str| name.parse().map_err(|unknown| format!("{unknown}"));
    Ok((dialect(left)?, dialect(right)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_dialects_are_two_names() {
        assert_eq!(two_dialects("1.4,2.1"), Ok((Dialect::V1_4, Dialect::V2_1)));
        for wrong in ["1.4", "1.4,2.0", "", "1.4,2.1,1.4"] {
            assert!(two_dialects(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_pair_that_is_offered_is_read() {
        let offered: Vec<_> = TwoDialects.possible_values().into_iter().flatten().collect();
        assert_eq!(offered.len(), Dialect::ALL.len() * (Dialect::ALL.len() - 1));
        for pair in offered {
            assert!(two_dialects(pair.get_name()).is_ok_and(|(left, right)| left != right), "{pair:?}");
        }
    }
}
