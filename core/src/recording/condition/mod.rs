//! What can be searched for, and where a player stops.
//!
//! `parse` reads the text, `error` says why it is none, `figure` knows the numbers that can be compared, `state` what
//! holds of a picture.

mod error;
mod figure;
mod parse;
mod state;

use serde::{Deserialize, Serialize};

pub use error::BadCondition;
pub use figure::Figure;
use state::State;
pub(super) use state::View;

use super::{Names, Picture};
use crate::{Callback, Record, Step, What};

/// A condition on a record. As text: up to 64 terms joined by `and`, each one of
///
/// | term | matches |
/// | --- | --- |
/// | `callback`, `callback:read`, `callback:write`, `callback:event` | a user callback is entered |
/// | `event:eof`, `event:reading+timeout` | the event callback is entered with all of these flags |
/// | `timer:NAME` | the callback of the application's event of that name is entered |
/// | `crossing` | a length crosses a watermark |
/// | `kind:received` | a step of this kind |
/// | `with bytes=16`, `with payload.len=16` | the record has this field, as it stands in a recording, with this value |
/// | `conn:3`, `of:NAME` | a record about this bufferevent |
/// | `step:3` | a record that belongs to this step of the script, from 1; 0 is the set-up |
/// | `dialect:2.1` | the bufferevent is of this libevent |
/// | `in>=high`, `out==0`, `proxy.out>10` ... | the comparison becomes true |
/// | `valve:read=high_mark` | this valve comes to stand so |
/// | `while in>16`, `while valve:read=open` | the same, but it need not have *become* true: it holds after the record |
///
/// A comparison has a [`Figure`] or a number on each side of `<`, `<=`, `==`, `!=`, `>=` or `>`. One with a figure that
/// is not known is not true, and neither is one with a `high` that is not set. Figures and valves are those of the
/// bufferevent that the record is about; where it is about none, those of the only one that there is.
///
/// Valves stand `open`, `connecting`, `idle`, `high_mark`, `disabled`, `eof`, `error`, `timeout`, `not_waiting`, `other_side` or `freed`,
/// as [`Valve`](super::Valve) says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Invariant: not empty, and no more than [`MAX_TERMS`].
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    Callback(Option<CallbackKind>),
    Event(What),
    Timer(String),
    Crossing,
    Kind(&'static str),
    /// A field of the record as JSON, the way to it with dots.
    With {
        path: String,
        value: String,
    },
    Connection(u64),
    Of(String),
    Step(usize),
    State {
        state: State,
        /// It must not have held before.
        becomes: bool,
    },
}

/// Which of a bufferevent's callbacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum CallbackKind {
    /// `readcb`.
    Read,
    /// `writecb`.
    Write,
    /// `errorcb` of 1.4, `eventcb` of 2.x.
    Event,
}

impl CallbackKind {
    /// Whether this is such a callback.
    pub(super) const fn is(self, callback: Callback) -> bool {
        matches!(
            (self, callback),
            (Self::Read, Callback::Read) | (Self::Write, Callback::Write) | (Self::Event, Callback::Event(_))
        )
    }
}

/// The most terms of a condition: each has a bit.
const MAX_TERMS: usize = 64;

/// What is known of a record beside itself and the pictures.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) names: &'a Names,
    /// The step of the script that it belongs to, where there is one and the condition [names it](Condition::names_step).
    pub(super) step: Option<usize>,
}

impl Condition {
    /// Looks at the bufferevent that a record is about.
    pub(super) fn view(&self, picture: &Picture, about: Option<u64>) -> View {
        let states = self.terms.iter().map(|term| match term {
            Term::State { state, .. } => Some(state),
            _ => None,
        });
        View::of(states, picture, about)
    }

    /// Whether it matters which step of a script a record belongs to.
    pub(super) fn names_step(&self) -> bool {
        self.terms.iter().any(|term| matches!(term, Term::Step(_)))
    }

    /// Whether a record alone does not tell.
    pub(super) fn needs_pictures(&self) -> bool {
        self.terms.iter().any(|term| matches!(term, Term::Crossing | Term::State { .. }))
    }

    /// Whether the record is what is searched for, as far as no picture is needed to tell.
    pub(super) fn matches_alone(&self, record: &Record, around: Around<'_>) -> bool {
        self.matches_with(record, around, has)
    }

    /// The same, when `has` looks at the fields of a record. That is dear: it comes last.
    fn matches_with(
        &self,
        record: &Record,
        around: Around<'_>,
        mut has: impl FnMut(&Record, &str, &str) -> bool,
    ) -> bool {
        self.terms.iter().all(|term| term.matches_alone(record, around))
            && self.terms.iter().all(|term| match term {
                Term::With { path, value } => has(record, path, value),
                _ => true,
            })
    }

    /// Whether a record that [matches alone](Self::matches_alone) is what is searched for. What is to become true must
    /// all hold after it, and not all have held before.
    pub(super) fn matches(&self, before: View, after: View) -> bool {
        let (mut all, mut becoming) = (0, 0);
        let mut crossing = true;
        for (bit, term) in self.terms.iter().enumerate() {
            match term {
                Term::State { becomes, .. } => {
                    all |= 1 << bit;
                    becoming |= u64::from(*becomes) << bit;
                }
                Term::Crossing => crossing = before.sides != after.sides,
                _ => {}
            }
        }
        let became = becoming == 0 || before.states & becoming != becoming;
        crossing && after.states & all == all && became
    }

    /// Whether the condition holds of this picture, with nothing that would have to happen: nothing where a term is about
    /// a record, and not about how things stand.
    pub fn holds(&self, picture: &Picture) -> Option<bool> {
        let mut about = None;
        let mut found = true;
        for term in &self.terms {
            match term {
                Term::Of(name) => {
                    about = numbered(&picture.names, name);
                    found &= about.is_some();
                }
                Term::Connection(number) => about = Some(*number),
                _ => {}
            }
        }
        for term in &self.terms {
            match term {
                Term::State { state, .. } => found &= state.holds(picture, about),
                Term::Of(_) | Term::Connection(_) => {}
                _ => return None,
            }
        }
        Some(found)
    }

    /// The names of bufferevents and of timers that the condition has.
    #[must_use]
    pub fn names(&self) -> (Vec<&str>, Vec<&str>) {
        let (mut bufferevents, mut timers) = (Vec::new(), Vec::new());
        for term in &self.terms {
            match term {
                Term::Of(name) => bufferevents.push(name.as_str()),
                Term::Timer(name) => timers.push(name.as_str()),
                Term::State { state, .. } => bufferevents.extend(state.names()),
                _ => {}
            }
        }
        (bufferevents, timers)
    }
}

impl Term {
    fn matches_alone(&self, record: &Record, around: Around<'_>) -> bool {
        match self {
            Self::Callback(kind) => {
                entered(&record.step).is_some_and(|it| kind.is_none_or(|kind| kind.is(it)))
            }
            Self::Event(flags) => {
                matches!(entered(&record.step), Some(Callback::Event(what)) if what.contains(*flags))
            }
            Self::Timer(name) => match entered(&record.step) {
                Some(Callback::Application(number, _)) => {
                    around.names.events.get(&number).is_some_and(|it| it == name)
                }
                _ => false,
            },
            Self::Kind(kind) => record.step.kind() == *kind,
            Self::Connection(number) => record.connection == Some(*number),
            Self::Of(name) => {
                record.connection.is_some() && record.connection == numbered(around.names, name)
            }
            Self::Step(step) => around.step == Some(*step),
            Self::With { .. } | Self::Crossing | Self::State { .. } => true,
        }
    }
}

const fn entered(step: &Step) -> Option<Callback> {
    match step {
        Step::CallbackEntered { callback } => Some(*callback),
        _ => None,
    }
}

/// The number of the bufferevent that is called so.
fn numbered(names: &Names, name: &str) -> Option<u64> {
    names.bufferevents.iter().find(|(_, called)| *called == name).map(|(number, _)| *number)
}

/// Whether a field of the record as JSON has this value, a text without its quotation marks.
fn has(record: &Record, path: &str, value: &str) -> bool {
    // By way of the text that records are written as anyway: there is one way to write them.
    let json = serde_json::to_vec(record).and_then(|text| serde_json::from_slice::<serde_json::Value>(&text));
    let Ok(json) = json else { return false };
    let field = path.split('.').try_fold(&json, |at, key| match at {
        serde_json::Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => at.get(key),
    });
    let text = field.map(|field| field.as_str().map_or_else(|| field.to_string(), str::to_owned));
    text.as_deref() == Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A search goes over hundreds of thousands of records, and a field is read from a record's JSON.
    #[test]
    fn a_field_is_looked_at_only_where_every_other_term_matches() {
        let record = Record {
            seq: 1,
            time: crate::Time::ZERO,
            connection: Some(1),
            step: Step::PeerShutdown,
            function: "".into(),
            file: "".into(),
            line: 7,
        };
        let names = Names::default();
        let looks = |text: &str| {
            let condition: Condition = text.parse().unwrap();
            let mut looks = 0;
            condition.matches_with(&record, Around { names: &names, step: Some(2) }, |_, _, _| {
                looks += 1;
                true
            });
            looks
        };
        for text in [
            "kind:received and with line=7",
            "with line=7 and conn:2",
            "with line=7 and step:3",
            "with line=7 and of:x",
        ] {
            assert_eq!(looks(text), 0, "{text}");
        }
        assert_eq!(looks("kind:peer_shutdown and with line=7 and step:2 and conn:1"), 1);
    }
}
