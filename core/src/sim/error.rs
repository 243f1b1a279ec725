//! Why a scenario was refused.

use std::fmt;

use crate::said::{Said, said};

/// A scenario could not be read: where, and why.
///
/// Displays as `script[2]: unknown key "peer_sent"`, for example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioError {
    /// The path of the value from the top, such as `script[3].inject`; empty for the scenario as a whole.
    pub place: String,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong at a place in a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The text is not JSON in UTF-8 from here on. Both counts start at 1; columns count bytes.
    Malformed {
        /// The line.
        line: usize,
        /// The byte in the line; 0 where the line had not begun.
        column: usize,
        /// What the JSON parser makes of it.
        message: Said,
    },
    /// The object has a key that means nothing here.
    UnknownKey {
        /// That key.
        key: String,
        /// The one that was perhaps meant.
        nearest: Option<String>,
    },
    /// The object has this key twice.
    DuplicateKey(String),
    /// The key that the place names is required and absent.
    Missing,
    /// The value is of the wrong kind or out of its range: what was expected.
    Value(Said),
}

impl From<&ScenarioError> for Said {
    fn from(error: &ScenarioError) -> Self {
        let place = if error.place.is_empty() { Self::default() } else { said!("{}: ", error.place) };
        place.then(&error.problem)
    }
}

impl From<&Problem> for Said {
    fn from(problem: &Problem) -> Self {
        match problem {
            Problem::Malformed { line, column: 0, message } => said!("line {}: ", line).then(message.clone()),
            Problem::Malformed { line, column, message } => {
                said!("line {}, ", line).then(said!("column {}: ", column)).then(message.clone())
            }
            Problem::UnknownKey { key, nearest } => {
                said!("unknown key {}", Quoted(key)).then(Nearest(nearest.as_deref()).said())
            }
            Problem::DuplicateKey(key) => said!("key {} appears twice", Quoted(key)),
            Problem::Missing => said!("missing"),
            Problem::Value(expectation) => expectation.clone(),
        }
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Said::from(self).fmt(f)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Said::from(self).fmt(f)
    }
}

impl std::error::Error for ScenarioError {}

/// Text from the scenario in a message: in quotes, control characters escaped, cut where it gets long.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl Quoted<'_> {
    /// Characters shown; a payload pasted into the wrong key should not fill the screen.
    const LIMIT: usize = 60;
}

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(Self::LIMIT) {
            Some((end, _)) => write!(f, "{:?}...", &self.0[..end]),
            None => write!(f, "{:?}", self.0),
        }
    }
}

/// What was perhaps meant by a name that is not there.
pub(super) struct Nearest<'a>(Option<&'a str>);

impl<'a> Nearest<'a> {
    /// The one of these that takes the fewest slips of a finger; none where most of it would be wrong.
    pub(super) fn to(name: &str, there: impl IntoIterator<Item = &'a str>) -> Self {
        // Nobody means a word by a page of text, and the distance takes the product of both lengths.
        if name.len() > 4 * Quoted::LIMIT {
            return Self(None);
        }
        let far = |candidate: &str| strsim::osa_distance(name, candidate);
        let nearest = there.into_iter().min_by_key(|candidate| far(candidate));
        Self(nearest.filter(|nearest| far(nearest) * 2 < nearest.chars().count().max(3)))
    }

    pub(super) fn name(&self) -> Option<String> {
        self.0.map(str::to_owned)
    }

    pub(super) fn said(&self) -> Said {
        self.0.map_or_else(Said::default, |name| said!("; did you mean {}?", Quoted(name)))
    }
}

impl fmt::Display for Nearest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said().fmt(f)
    }
}

/// The place of a key, and what is wrong there.
pub(super) fn at(place: &str, problem: impl Into<Said>) -> ScenarioError {
    ScenarioError { place: place.to_owned(), problem: Problem::Value(problem.into()) }
}

/// The error of a part that was read by itself, at its place in the whole.
pub(super) fn within(place: &str, error: ScenarioError) -> ScenarioError {
    let dot = if error.place.is_empty() || error.place.starts_with('[') { "" } else { "." };
    ScenarioError { place: format!("{place}{dot}{}", error.place), ..error }
}
