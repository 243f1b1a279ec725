//! Which libevent a bufferevent behaves like.

use std::fmt;
use std::str::FromStr;

/// The libevent release line whose behaviour is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// libevent 1.4.15.
    V1_4,
    /// libevent 2.1.12.
    V2_1,
}

impl Dialect {
    /// Every dialect, oldest first.
    pub const ALL: [Self; 2] = [Self::V1_4, Self::V2_1];

    /// The name by which scenarios call it: `1.4` or `2.1`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1_4 => "1.4",
            Self::V2_1 => "2.1",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, UnknownDialect> {
        Self::ALL.into_iter().find(|dialect| dialect.as_str() == name).ok_or(UnknownDialect)
    }
}

/// The name is not that of a [`Dialect`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownDialect;

impl fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not one of \"1.4\", \"2.1\"")
    }
}

impl std::error::Error for UnknownDialect {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialect_reads_back_from_its_name() {
        for dialect in Dialect::ALL {
            assert_eq!(dialect.to_string().parse(), Ok(dialect));
        }
        assert_eq!("2.0".parse::<Dialect>(), Err(UnknownDialect));
    }
}
