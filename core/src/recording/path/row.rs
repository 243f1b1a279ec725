//! What a choice is, as a row of the table.

use super::{Branch, Turn};
use crate::Step;
use crate::dialect::Rules;

/// One choice.
pub(super) struct Row {
    pub(super) turn: Turn,
    /// Which libevents have it.
    pub(super) has: fn(&Rules) -> bool,
    /// It is not worth a word unless it goes another way than mostly: the silent one.
    pub(super) is_rare: bool,
    pub(super) ways: &'static [Way],
}

/// One way that a choice goes.
pub(super) struct Way {
    pub(super) branch: Branch,
    /// Which libevents have it.
    pub(super) has: fn(&Rules) -> bool,
    /// The steps that show it. None where nothing is recorded: it was taken if what comes after it is.
    pub(super) shown_by: Option<Shown>,
    /// It is not worth a word unless it is taken.
    pub(super) is_rare: bool,
    pub(super) then: Then,
}

/// What a step is judged by.
pub(super) struct Known {
    pub(super) rules: &'static Rules,
    /// Writing is enabled.
    pub(super) writes: bool,
}

/// Whether a step shows that a way was taken.
pub(super) type Shown = fn(&Known, &Step) -> bool;

/// Where a way leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// To the next choice.
    GoOn,
    /// Over some to this one, or out of the callback in a libevent that has it not.
    To(Turn),
    /// Out of the callback.
    Return,
}

const fn every(_: &Rules) -> bool {
    true
}

/// A choice that every libevent has.
pub(super) const fn row(turn: Turn, ways: &'static [Way]) -> Row {
    Row { turn, has: every, is_rare: false, ways }
}

/// A way that every libevent has, and that these steps show.
pub(super) const fn way(branch: Branch, then: Then, shown_by: Shown) -> Way {
    Way { branch, has: every, shown_by: Some(shown_by), is_rare: false, then }
}

/// A way that every libevent has, and that no step shows.
pub(super) const fn silent(branch: Branch, then: Then) -> Way {
    Way { branch, has: every, shown_by: None, is_rare: false, then }
}

impl Row {
    /// See [`Self::has`].
    pub(super) const fn of(self, has: fn(&Rules) -> bool) -> Self {
        Self { has, ..self }
    }

    /// See [`Self::is_rare`].
    pub(super) const fn rare(self) -> Self {
        Self { is_rare: true, ..self }
    }
}

impl Way {
    /// See [`Self::has`].
    pub(super) const fn of(self, has: fn(&Rules) -> bool) -> Self {
        Self { has, ..self }
    }

    /// See [`Self::is_rare`].
    pub(super) const fn rare(self) -> Self {
        Self { is_rare: true, ..self }
    }
}
