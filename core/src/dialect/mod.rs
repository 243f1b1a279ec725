//! Which libevents there are, and what each does: data, of which the event base and the bufferevent ask.
//!
//! - `rules` - every point where they part, as a named value with its reason, and one const a libevent.
//! - `hybrid` - the rules by their names, and one libevent with one rule of another; `mixtures` keeps those that experiments ask for.
//! - `functions` - the names of the functions that do the same thing in each.
//!
//! Another libevent is a variant here, a const there, and recordings of it in the conformance tests.

mod functions;
mod hybrid;
#[cfg(feature = "sim")]
mod mixtures;
mod rules;

use std::fmt;
use std::str::FromStr;

pub(crate) use functions::Functions;
pub use hybrid::Rule;
pub(crate) use rules::{
    Enabling, Failure, FullInput, HighMark, IoEvents, LoopExit, NoTimeout, OutputWatch, PersistentTimer,
    ReadLimit, ReadyOrder, RefusedAtOnce, Release, Rules, TimeoutUnit, WriteLimit,
};

/// Which libevent an event base behaves as.
///
/// No bufferevent of 2.1.12 or 2.2.1-alpha asks for EV_CLOSED, so that a peer that has ended its side is seen by a read
/// alone: while reading is disabled or suspended, nobody hears of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[non_exhaustive]
pub enum Dialect {
    /// libevent 1.4, as measured with 1.4.15: the tutorial's.
    #[default]
    #[cfg_attr(feature = "serde", serde(rename = "1.4"))]
    V1_4,
    /// libevent 2.1, as measured with 2.1.12: what is installed today.
    #[cfg_attr(feature = "serde", serde(rename = "2.1"))]
    V2_1,
    /// libevent 2.2, as measured with 2.2.1-alpha. The project's main branch has the same version number and does
    /// otherwise.
    #[cfg_attr(feature = "serde", serde(rename = "2.2"))]
    V2_2,
}

impl Dialect {
    /// Every dialect, oldest first.
    pub const ALL: [Self; 3] = [Self::V1_4, Self::V2_1, Self::V2_2];

    /// Its name: `1.4`, `2.1` or `2.2`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.rules().name
    }

    /// The version of libevent that it was measured with: `1.4.15`. Others of the same name may do otherwise.
    #[must_use]
    pub const fn libevent(self) -> &'static str {
        self.rules().libevent
    }

    /// Whether timeouts of its bufferevents are whole seconds.
    #[must_use]
    pub const fn has_whole_seconds(self) -> bool {
        matches!(self.rules().timeout_unit, TimeoutUnit::Second)
    }

    /// Whether the loop closes the handle of a freed bufferevent that was made to close it (BEV_OPT_CLOSE_ON_FREE).
    /// Otherwise the handle is left to the application.
    #[must_use]
    pub const fn can_close_on_free(self) -> bool {
        matches!(self.rules().release, Release::ByTheLoop)
    }

    /// Whether it has what came with 2.x, of which `function` is a part.
    pub(crate) const fn since_2(self, function: &'static str) -> Result<(), NoFunction> {
        if self.rules().since_2 { Ok(()) } else { Err(NoFunction { dialect: self, function }) }
    }

    #[inline]
    pub(crate) const fn rules(self) -> &'static Rules {
        match self {
            Self::V1_4 => &rules::V1_4,
            Self::V2_1 => &rules::V2_1,
            Self::V2_2 => &rules::V2_2,
        }
    }
}

/// The libevent of the dialect has no such function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoFunction {
    /// Which libevent.
    pub dialect: Dialect,
    /// What the function is called in those that have it.
    pub function: &'static str,
}

impl fmt::Display for NoFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "libevent {} has no {}", self.dialect, self.function)
    }
}

impl std::error::Error for NoFunction {}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownDialect(pub String);

impl fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Dialect::ALL.map(|dialect| format!("{:?}", dialect.as_str()));
        write!(f, "{:?} is not one of {}", self.0, names.join(", "))
    }
}

impl std::error::Error for UnknownDialect {}

/// Its name, or the version of libevent that it was measured with.
impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(text: &str) -> Result<Self, UnknownDialect> {
        Self::ALL
            .into_iter()
            .find(|dialect| [dialect.as_str(), dialect.libevent()].contains(&text))
            .ok_or_else(|| UnknownDialect(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_read_back_and_another_is_refused_with_all_of_them() {
        for dialect in Dialect::ALL {
            assert_eq!(dialect.to_string().parse(), Ok(dialect));
            assert!(dialect.libevent().starts_with(dialect.as_str()), "{dialect}");
            assert_eq!(dialect.libevent().parse(), Ok(dialect));
        }
        let refusal = "3.0".parse::<Dialect>().map_err(|unknown| unknown.to_string());
        assert_eq!(refusal, Err(r#""3.0" is not one of "1.4", "2.1", "2.2""#.to_owned()));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn json_has_the_same_names() {
        for dialect in Dialect::ALL {
            assert_eq!(serde_json::to_value(dialect).ok(), Some(dialect.as_str().into()));
        }
    }
}
