//! What holds of a picture: comparisons, valves, which libevent it is.

use super::figure::{Figure, only};
use crate::recording::{ConnectionPicture, Picture, Valve};
use crate::{Dialect, Direction};

/// Something that holds after a record, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    Comparison { left: Figure, relation: Relation, right: Figure },
    Valve { direction: Direction, valve: Valve },
    Dialect(Dialect),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Less,
    AtMost,
    Equal,
    NotEqual,
    AtLeast,
    Greater,
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

impl State {
    /// Whether it holds; `about` is the bufferevent that is talked about, without one it is the only one.
    pub(super) fn holds(&self, picture: &Picture, about: Option<u64>) -> bool {
        match self {
            Self::Comparison { left, relation, right } => {
                let both = left.read(picture, about).zip(right.read(picture, about));
                both.is_some_and(|(left, right)| relation.holds(left, right))
            }
            Self::Valve { direction, valve } => {
                connection(picture, about).is_some_and(|it| it.valve(*direction) == *valve)
            }
            // All bufferevents of a loop are of one libevent.
            Self::Dialect(dialect) => {
                picture.connections.values().next().is_some_and(|it| it.dialect == *dialect)
            }
        }
    }

    /// The bufferevents that it names.
    pub(super) fn names(&self) -> Vec<&str> {
        match self {
            Self::Comparison { left, right, .. } => left.name().into_iter().chain(right.name()).collect(),
            Self::Valve { .. } | Self::Dialect(_) => Vec::new(),
        }
    }
}

/// What a condition sees before or after a record: a bit for each side of a mark and for each term that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::recording) struct View {
    pub(super) sides: u8,
    pub(super) states: u64,
}

impl View {
    /// Of the terms those that hold of the picture, when a record is about this bufferevent.
    pub(super) fn of<'a>(
        terms: impl Iterator<Item = Option<&'a State>>,
        picture: &Picture,
        about: Option<u64>,
    ) -> Self {
        let holds = |(bit, state): (usize, Option<&State>)| {
            u64::from(state.is_some_and(|state| state.holds(picture, about))) << bit
        };
        let states = terms.enumerate().map(holds).fold(0, |all, bit| all | bit);
        Self { sides: connection(picture, about).map_or(0, sides), states }
    }
}

fn connection(picture: &Picture, about: Option<u64>) -> Option<&ConnectionPicture> {
    picture.connections.get(&about.or_else(|| only(picture))?)
}

fn sides(connection: &ConnectionPicture) -> u8 {
    u8::from(connection.is_input_full())
        | u8::from(connection.read.low != 0 && connection.input.len >= connection.read.low) << 1
        | u8::from(connection.output.len > connection.write.low) << 2
}
