//! Which action of the scenario runs, for whoever shows the program beside the records.

use std::fmt::{self, Write as _};

use super::runner::Simulation;
use crate::Observer;

/// The place of the scenario that runs, and since which record.
#[derive(Debug, Default)]
pub(super) struct Acting {
    /// The places that run, each behind the one that it runs inside: one text, so that a place costs no memory of its own.
    path: String,
    /// Where the innermost begins. Empty outside the script.
    start: usize,
    /// Each with the number of records before it. Invariant: numbers rise.
    notes: Vec<(u64, String)>,
}

/// The way back to what ran before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outer {
    len: usize,
    start: usize,
}

/// A part of what runs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// One of a list.
    Item(usize),
    /// The actions in an action.
    Branch(&'static str),
}

impl Acting {
    /// To go [back](Self::go_back) to what runs now.
    pub(super) const fn outer(&self) -> Outer {
        Outer { len: self.path.len(), start: self.start }
    }

    /// A callback or a step of the script runs, which made the records after so many.
    pub(super) fn begin(&mut self, place: fmt::Arguments<'_>, records: u64) {
        self.start = self.path.len();
        // A text takes whatever is written to it.
        let _ = self.path.write_fmt(place);
        self.note(records);
    }

    /// Goes on with a part of what runs. What it is of, but no more, made no record by itself.
    pub(super) fn go_into(&mut self, part: Part, records: u64) {
        match part {
            Part::Item(index) => {
                let _ = write!(self.path, "[{index}]");
                self.note(records);
            }
            Part::Branch(name) => {
                self.path.push('.');
                self.path.push_str(name);
            }
        }
    }

    /// This runs again from here on.
    pub(super) fn go_back(&mut self, outer: Outer, records: u64) {
        self.path.truncate(outer.len);
        self.start = outer.start;
        self.note(records);
    }

    fn note(&mut self, records: u64) {
        let place = &self.path[self.start..];
        match self.notes.last_mut() {
            // Of several places without a record between them, only the last makes the next record.
            Some((since, noted)) if *since >= records => {
                *since = records;
                noted.clear();
                noted.push_str(place);
            }
            _ => self.notes.push((records, place.to_owned())),
        }
    }

    /// The notes, to take from.
    pub(super) const fn notes_mut(&mut self) -> &mut Vec<(u64, String)> {
        &mut self.notes
    }
}

/// Nobody who does not listen has places put together. Out of line: actions nest, and callbacks inside them.
impl<O: Observer> Simulation<O> {
    /// A step of the script runs.
    #[inline(never)]
    pub(super) fn note_step(&mut self, index: usize) {
        if O::LISTENS {
            self.acting.begin(format_args!("script[{index}]"), self.base.observer().count());
        }
    }

    /// A callback was entered, with the last record, and what this place says runs.
    #[inline(never)]
    pub(super) fn note_callback(&mut self, callbacks: &str, key: &str, list: usize) {
        if O::LISTENS {
            let before = self.base.observer().count().saturating_sub(1);
            self.acting.begin(format_args!("{callbacks}.{key}[{list}]"), before);
        }
    }

    /// A part of what runs does so from here on; gives the way back.
    #[inline(never)]
    pub(super) fn go_into(&mut self, part: Part) -> Outer {
        let outer = self.acting.outer();
        if O::LISTENS {
            self.acting.go_into(part, self.base.observer().count());
        }
        outer
    }

    /// What ran before does so again.
    #[inline(never)]
    pub(super) fn go_back(&mut self, outer: Outer) {
        if O::LISTENS {
            self.acting.go_back(outer, self.base.observer().count());
        }
    }
}
