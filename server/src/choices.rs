//! Options that take one of a few values: help, manual pages and completions name them. And addresses, whose form is looked at
//! before anybody is asked for them.

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

/// An address or a name, and a port: nobody is asked for a name yet.
///
/// # Errors
/// What is missing, and what is expected.
#[cfg(unix)]
pub fn address(text: &str) -> Result<String, String> {
    let expected = "expected ADDRESS:PORT, such as 127.0.0.1:5555";
    match text.rsplit_once(':') {
        None => Err(format!("there is no port in it: {expected}")),
        Some(("", _)) => Err(format!("there is no address in it: {expected}")),
        Some((_, port)) if port.parse::<u16>().is_err() => Err(format!("{port:?} is no port: {expected}")),
        Some(_) => Ok(text.into()),
    }
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

    #[cfg(unix)]
    #[test]
    fn an_address_has_a_port_and_a_port_an_address() {
        for good in ["127.0.0.1:0", "localhost:5555", "[::1]:80", "0.0.0.0:65535"] {
            assert_eq!(address(good), Ok(good.to_owned()));
        }
        for (bad, why) in [
            ("5555", "there is no port"),
            ("", "there is no port"),
            (":5555", "there is no address"),
            ("localhost:", "\"\" is no port"),
            ("127.0.0.1:65536", "\"65536\" is no port"),
            ("[::1]", "\"1]\" is no port"),
        ] {
            let said = address(bad).unwrap_err();
            assert!(said.starts_with(why) && said.ends_with("such as 127.0.0.1:5555"), "{bad}: {said}");
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
