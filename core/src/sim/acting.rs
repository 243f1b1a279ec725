//! Which action of the scenario runs, for whoever shows the program beside the records.

use std::fmt::Write as _;

use super::Scenario;
use super::action::On;
use super::runner::Simulation;
use crate::Observer;

/// The place of the scenario that runs, and since which record.
#[derive(Debug, Default)]
pub(super) struct Acting {
    /// The places that run, each behind the one that it runs inside: one list, so that a place costs no memory of its own.
    path: Vec<Part>,
    /// Where the innermost begins. Empty outside the script.
    start: usize,
    notes: Notes,
}

/// The way back to what ran before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outer {
    len: usize,
    start: usize,
}

/// A part of a place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// A step of the script.
    Step(usize),
    /// A list of actions of a callback, by the number of its bufferevent.
    Callback(usize, On, usize),
    /// A list of actions of a timer, by its number.
    Timer(usize, usize),
    /// One of a list.
    Item(usize),
    /// The actions in an action.
    Branch(&'static str),
}

/// Which place made which records. A run notes one for every few records, and few are asked for: so their parts are kept, and put
/// into words for who asks.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The places one behind the other.
    parts: Vec<Part>,
    /// Of each place the number of records before it, and where its parts end. Invariant: neither falls.
    places: Vec<(u64, usize)>,
}

impl Acting {
    /// To go [back](Self::go_back) to what runs now.
    pub(super) const fn outer(&self) -> Outer {
        Outer { len: self.path.len(), start: self.start }
    }

    /// A callback or a step of the script runs, which made the records after so many.
    pub(super) fn begin(&mut self, part: Part, records: u64) {
        self.start = self.path.len();
        self.go_into(part, records);
    }

    /// Goes on with a part of what runs. What it is of, but no more, made no record by itself.
    pub(super) fn go_into(&mut self, part: Part, records: u64) {
        self.path.push(part);
        if !matches!(part, Part::Branch(_)) {
            self.note(records);
        }
    }

    /// This runs again from here on.
    pub(super) fn go_back(&mut self, outer: Outer, records: u64) {
        self.path.truncate(outer.len);
        self.start = outer.start;
        self.note(records);
    }

    fn note(&mut self, records: u64) {
        self.notes.push(records, &self.path[self.start..]);
    }

    /// The notes, to take from.
    pub(super) const fn notes_mut(&mut self) -> &mut Notes {
        &mut self.notes
    }
}

impl Notes {
    /// This place makes the records after so many.
    fn push(&mut self, records: u64, place: &[Part]) {
        // Of several places without a record between them, only the last makes the next record.
        if let Some((since, _)) = self.places.last()
            && *since >= records
        {
            self.places.pop();
            self.parts.truncate(self.places.last().map_or(0, |(_, end)| *end));
        }
        self.parts.extend_from_slice(place);
        self.places.push((records, self.parts.len()));
    }

    /// Takes those of the other, which come later.
    pub(super) fn append(&mut self, other: &mut Self) {
        let before = self.parts.len();
        self.parts.append(&mut other.parts);
        self.places.extend(other.places.drain(..).map(|(since, end)| (since, before + end)));
    }

    pub(super) fn clear(&mut self) {
        self.parts.clear();
        self.places.clear();
    }

    /// The place that made the record at this position, as the scenario names it: none outside the script.
    pub(super) fn place_at(&self, position: u64, scenario: &Scenario) -> Option<String> {
        let at = self.places.partition_point(|(records, _)| *records < position).checked_sub(1)?;
        let start = at.checked_sub(1).map_or(0, |before| self.places[before].1);
        let parts = &self.parts[start..self.places[at].1];
        let text = parts.iter().fold(String::new(), |text, part| part.name(text, scenario));
        (!text.is_empty()).then_some(text)
    }
}

impl Part {
    /// Adds its name to that of what it is a part of.
    fn name(self, mut text: String, scenario: &Scenario) -> String {
        // A text takes whatever is written to it.
        let _ = match self {
            Self::Step(index) => write!(text, "script[{index}]"),
            Self::Callback(of, on, list) => {
                write!(text, "{}.{}[{list}]", scenario.place_of_callbacks(of), on.key())
            }
            Self::Timer(timer, list) => write!(text, "timers.{}.do[{list}]", scenario.timers[timer].name),
            Self::Item(index) => write!(text, "[{index}]"),
            Self::Branch(name) => write!(text, ".{name}"),
        };
        text
    }
}

/// Nobody who does not listen has places noted.
impl<O: Observer> Simulation<O> {
    /// A step of the script runs.
    pub(super) fn note_step(&mut self, index: usize) {
        if O::LISTENS {
            self.acting.begin(Part::Step(index), self.base.observer().count());
        }
    }

    /// A callback was entered, with the last record, and what this place says runs.
    pub(super) fn note_callback(&mut self, list: Part) {
        if O::LISTENS {
            let before = self.base.observer().count().saturating_sub(1);
            self.acting.begin(list, before);
        }
    }

    /// A part of what runs does so from here on; gives the way back.
    pub(super) fn go_into(&mut self, part: Part) -> Outer {
        let outer = self.acting.outer();
        if O::LISTENS {
            self.acting.go_into(part, self.base.observer().count());
        }
        outer
    }

    /// What ran before does so again.
    pub(super) fn go_back(&mut self, outer: Outer) {
        if O::LISTENS {
            self.acting.go_back(outer, self.base.observer().count());
        }
    }
}
