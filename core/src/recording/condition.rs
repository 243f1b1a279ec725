//! What can be searched for, and where a player stops.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{ConnectionPicture, Picture};
use crate::{Callback, Record, Step};

/// A condition on a record. As text: up to 64 terms joined by `and`, each one of
///
/// | term | matches |
/// | --- | --- |
/// | `callback`, `callback:read`, `callback:write`, `callback:event` | a user callback is entered |
/// | `crossing` | a length crosses a watermark |
/// | `kind:received` | a step of this kind |
/// | `conn:3` | a record about this connection |
/// | `in>=high`, `out==0`, `rx>10` ... | the comparison becomes true for a connection |
///
/// A comparison has one of `in`, `out`, `rx`, `tx`, `backlog`, `low`, `high`, `write_low` or a number on each side of
/// `<`, `<=`, `==`, `!=`, `>=` or `>`. One with a figure that is not known is not true, and neither is one with a
/// `high` that is not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Invariant: not empty, and no more than [`MAX_TERMS`].
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    Callback(Option<CallbackKind>),
    Crossing,
    Kind(&'static str),
    Connection(u64),
    Comparison { left: Figure, relation: Relation, right: Figure },
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Figure {
    Input,
    Output,
    Rx,
    Tx,
    Backlog,
    Low,
    High,
    WriteLow,
    Number(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Less,
    AtMost,
    Equal,
    NotEqual,
    AtLeast,
    Greater,
}

const FIGURES: [(&str, Figure); 8] = [
    ("in", Figure::Input),
    ("out", Figure::Output),
    ("rx", Figure::Rx),
    ("tx", Figure::Tx),
    ("backlog", Figure::Backlog),
    ("low", Figure::Low),
    ("high", Figure::High),
    ("write_low", Figure::WriteLow),
];

/// The longer signs first: each is looked for in this order.
const RELATIONS: [(&str, Relation); 6] = [
    ("<=", Relation::AtMost),
    (">=", Relation::AtLeast),
    ("==", Relation::Equal),
    ("!=", Relation::NotEqual),
    ("<", Relation::Less),
    (">", Relation::Greater),
];

/// The most terms of a condition: each has a bit.
const MAX_TERMS: usize = 64;

/// Why the text is no condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadCondition {
    /// This term is not understood.
    Term(String),
    /// There is no such kind of step.
    Kind {
        /// What was asked for.
        kind: String,
        /// The kind that looks most like it, if one does.
        nearest: Option<&'static str>,
    },
    /// There are so many terms, more than 64.
    Terms(usize),
}

impl fmt::Display for BadCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Term(term) => write!(
                f,
                "{term:?} is no condition: expected callback, callback:read, crossing, kind:NAME, conn:NUMBER or a \
                 comparison such as in>=high",
            ),
            Self::Kind { kind, nearest: Some(nearest) } => {
                write!(f, "{kind:?} is no kind of step: did you mean {nearest:?}?")
            }
            Self::Kind { kind, nearest: None } => write!(f, "{kind:?} is no kind of step"),
            Self::Terms(terms) => {
                write!(f, "the condition has {terms} terms, and may have at most {MAX_TERMS}")
            }
        }
    }
}

impl std::error::Error for BadCondition {}

impl FromStr for Condition {
    type Err = BadCondition;

    fn from_str(text: &str) -> Result<Self, BadCondition> {
        let terms = || text.split(" and ");
        match terms().count() {
            count if count > MAX_TERMS => Err(BadCondition::Terms(count)),
            _ => Ok(Self { terms: terms().map(|term| parse_term(term.trim())).collect::<Result<_, _>>()? }),
        }
    }
}

fn parse_term(term: &str) -> Result<Term, BadCondition> {
    let bad = || BadCondition::Term(term.to_owned());
    match term.split_once(':') {
        None if term == "callback" => Ok(Term::Callback(None)),
        None if term == "crossing" => Ok(Term::Crossing),
        None => parse_comparison(term).ok_or_else(bad),
        Some(("callback", "read")) => Ok(Term::Callback(Some(CallbackKind::Read))),
        Some(("callback", "write")) => Ok(Term::Callback(Some(CallbackKind::Write))),
        Some(("callback", "event")) => Ok(Term::Callback(Some(CallbackKind::Event))),
        Some(("kind", kind)) => parse_kind(kind),
        Some(("conn", number)) => number.parse().map(Term::Connection).map_err(|_| bad()),
        Some(_) => Err(bad()),
    }
}

fn parse_kind(kind: &str) -> Result<Term, BadCondition> {
    match Step::KINDS.iter().find(|known| **known == kind) {
        Some(known) => Ok(Term::Kind(known)),
        None => Err(BadCondition::Kind { kind: kind.to_owned(), nearest: nearest_kind(kind) }),
    }
}

/// The kind that is most like this text; none where half of it would have to change.
fn nearest_kind(text: &str) -> Option<&'static str> {
    let longest = Step::KINDS.iter().map(|kind| kind.len()).max().unwrap_or(0);
    if text.len() > 2 * longest {
        return None;
    }
    let far = |kind: &&'static str| strsim::osa_distance(text, kind);
    Step::KINDS.iter().copied().min_by_key(far).filter(|kind| 2 * far(kind) < kind.len())
}

fn parse_comparison(term: &str) -> Option<Term> {
    let (sign, relation) = RELATIONS.iter().find(|(sign, _)| term.contains(sign))?;
    let (left, right) = term.split_once(sign)?;
    Some(Term::Comparison { left: parse_figure(left)?, relation: *relation, right: parse_figure(right)? })
}

fn parse_figure(text: &str) -> Option<Figure> {
    let text = text.trim();
    let named = FIGURES.iter().find(|(name, _)| *name == text).map(|(_, figure)| *figure);
    named.or_else(|| text.parse().ok().map(Figure::Number))
}

impl Figure {
    fn of(self, connection: &ConnectionPicture) -> Option<u64> {
        let tanks = connection.kernel.tanks;
        let bytes = match self {
            Self::Input => connection.input.len,
            Self::Output => connection.output.len,
            Self::Rx => tanks?.rx,
            Self::Tx => tanks?.tx,
            Self::Backlog => tanks?.backlog,
            Self::Low => connection.read.low,
            Self::High if connection.read.high == 0 => return None,
            Self::High => connection.read.high,
            Self::WriteLow => connection.write.low,
            Self::Number(number) => return Some(number),
        };
        Some(bytes as u64)
    }
}

impl Relation {
    const fn holds(self, left: u64, right: u64) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::AtLeast => left >= right,
            Self::Greater => left > right,
        }
    }
}

/// What a condition sees of the record's connection, before or after the record: a bit for each side of a mark and
/// for each comparison that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct View {
    sides: u8,
    comparisons: u64,
}

impl Condition {
    /// Looks at the connection that the record is about.
    pub(super) fn view(&self, picture: &Picture, record: &Record) -> View {
        let connection = record.connection.and_then(|number| picture.connections.get(&number));
        let Some(connection) = connection else { return View::default() };
        let sides = u8::from(connection.is_input_full())
            | u8::from(connection.read.low != 0 && connection.input.len >= connection.read.low) << 1
            | u8::from(connection.output.len > connection.write.low) << 2;
        let mut comparisons = 0;
        for (bit, term) in self.terms.iter().enumerate() {
            if let Term::Comparison { left, relation, right } = term {
                let both = left.of(connection).zip(right.of(connection));
                comparisons |=
                    u64::from(both.is_some_and(|(left, right)| relation.holds(left, right))) << bit;
            }
        }
        View { sides, comparisons }
    }

    /// Whether a record alone does not tell.
    pub(super) fn needs_pictures(&self) -> bool {
        self.terms.iter().any(|term| matches!(term, Term::Crossing | Term::Comparison { .. }))
    }

    /// Whether the record is what is searched for: every term matches it. Comparisons must all hold after it, and not
    /// all have held before.
    pub(super) fn matches(&self, record: &Record, before: View, after: View) -> bool {
        let all: u64 = self
            .terms
            .iter()
            .enumerate()
            .filter(|(_, term)| matches!(term, Term::Comparison { .. }))
            .fold(0, |bits, (bit, _)| bits | 1 << bit);
        let becomes_true = all == 0 || (after.comparisons == all && before.comparisons != all);
        becomes_true
            && self.terms.iter().all(|term| match term {
                Term::Callback(kind) => is_callback(&record.step, *kind),
                Term::Crossing => before.sides != after.sides,
                Term::Kind(kind) => record.step.kind() == *kind,
                Term::Connection(number) => record.connection == Some(*number),
                Term::Comparison { .. } => true,
            })
    }
}

fn is_callback(step: &Step, kind: Option<CallbackKind>) -> bool {
    let Step::CallbackEntered { callback } = step else { return false };
    kind.is_none_or(|kind| kind.is(*callback))
}
