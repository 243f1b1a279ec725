//! Why a text is no condition.

use std::fmt;

use super::MAX_TERMS;
use crate::said::{Said, said};

/// Why the text is no condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadCondition {
    /// This term is not understood.
    Term(String),
    /// A word of a term is none of those that may stand there.
    Word {
        /// The term.
        term: String,
        /// What the word should be.
        what: &'static str,
        /// The word that looks most like it, if one does.
        nearest: Option<&'static str>,
    },
    /// There is no such kind of step.
    Kind {
        /// What was asked for.
        kind: String,
        /// The kind that looks most like it, if one does.
        nearest: Option<&'static str>,
    },
    /// Terms are joined by a sign that does not join them.
    Joined {
        /// The sign.
        by: &'static str,
        /// The condition as it would be written; none where there is none that means the same.
        meant: Option<String>,
    },
    /// There are so many terms, more than 64.
    Terms(usize),
}

impl From<&BadCondition> for Said {
    fn from(error: &BadCondition) -> Self {
        let quoted = |text: &str| format!("{text:?}");
        let meant = |said: Self, nearest: &Option<&'static str>| match nearest {
            Some(nearest) => said.then(said!(": did you mean {}?", quoted(nearest))),
            None => said,
        };
        match error {
            BadCondition::Term(term) => {
                said!("{} is no condition, as callback, event:eof, kind:NAME and in>=high are", quoted(term))
            }
            BadCondition::Word { term, what, nearest } => {
                meant(said!("{} is no condition, for want of {}", quoted(term), what), nearest)
            }
            BadCondition::Kind { kind, nearest } => {
                meant(said!("{} is no kind of step", quoted(kind)), nearest)
            }
            BadCondition::Joined { by, meant: Some(meant) } => {
                said!("{} joins nothing here: write {}", quoted(by), quoted(meant))
            }
            BadCondition::Joined { by, meant: None } => said!(
                "there is no {}: a condition is met where all of its terms hold, joined by \"and\"",
                quoted(by)
            ),
            BadCondition::Terms(terms) => {
                said!("the condition has {} terms, and may have at most {}", terms, MAX_TERMS)
            }
        }
    }
}

impl fmt::Display for BadCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Said::from(self).fmt(f)
    }
}

impl std::error::Error for BadCondition {}

/// The word that is most like this text; none where half of it would have to change.
pub(super) fn nearest(text: &str, words: impl IntoIterator<Item = &'static str>) -> Option<&'static str> {
    // No word is so long, and the distance takes the product of both lengths.
    if text.len() > 64 {
        return None;
    }
    let far = |word: &&'static str| strsim::osa_distance(text, word);
    words.into_iter().min_by_key(far).filter(|word| 2 * far(word) < word.len())
}
