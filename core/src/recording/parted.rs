//! Why a viewer and a server are not connected: what a server says as it lets a viewer go, and what a viewer finds by itself.

use std::fmt;

use crate::said::{Said, said};

/// Why there is no connection to a server. Displays as a server says it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Parted {
    /// Nobody listens, or not as a server.
    Never,
    /// It ended, and nobody said why.
    Ended,
    /// The browser did not let the page connect.
    Forbidden,
    /// The server has no viewers.
    NoViewers,
    /// The server has so many viewers already.
    Full(u32),
    /// The viewer did not answer.
    Silent,
    /// The viewer took too long.
    Slow,
    /// The server said this.
    Told(String),
}

impl Parted {
    /// What a server says as it ends the connection: one text, known by its words.
    #[must_use]
    pub fn told(reason: &str) -> Self {
        let number = reason.split(' ').find_map(|word| word.parse().ok());
        let known = [Self::NoViewers, Self::Silent, Self::Slow].into_iter().chain(number.map(Self::Full));
        known.into_iter().find(|it| it.to_string() == reason).unwrap_or_else(|| Self::Told(reason.to_owned()))
    }
}

impl From<&Parted> for Said {
    fn from(parted: &Parted) -> Self {
        match parted {
            Parted::Never => said!("no connection could be made"),
            Parted::Ended => said!("the connection to the server ended"),
            Parted::Forbidden => said!(
                "the browser did not let this page connect there: its content policy names where it may"
            ),
            Parted::NoViewers => said!("this server lets no viewer in"),
            Parted::Full(most) => said!("there are {} viewers already", most),
            Parted::Silent => said!("no answer to pings"),
            Parted::Slow => said!("what was sent was not taken in time"),
            Parted::Told(reason) => reason.as_str().into(),
        }
    }
}

impl fmt::Display for Parted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Said::from(self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_is_known_by_its_words() {
        for parted in [Parted::NoViewers, Parted::Full(64), Parted::Silent, Parted::Slow] {
            assert_eq!(Parted::told(&parted.to_string()), parted);
        }
        for other in ["", "there are 5 more", "there are many viewers already"] {
            assert_eq!(Parted::told(other), Parted::Told(other.to_owned()));
        }
    }
}
