//! Since when a recording's clock counts: a server that was started anew counts from its own start.
//!
//! Nothing in a record says that its engine is another one. Its clock says it, which never goes back; and so does the number of
//! a picture that the records before do not lead to.

use std::collections::VecDeque;

use super::Recording;
use crate::Time;

/// What one engine recorded.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// The first position that shows it.
    from: u64,
    /// When its first record was; none as long as there is no record of it.
    began: Option<Time>,
}

/// The runs of a recording, in order. Invariant: positions rise, and none but the last is without a record.
#[derive(Debug, Clone, Default)]
pub(super) struct Runs(VecDeque<Run>);

impl Runs {
    /// A record was folded: it leads to this position from a picture of this time.
    pub(super) fn hear(&mut self, position: u64, time: Time, before: Time) {
        match self.0.back_mut() {
            Some(Run { began: began @ None, .. }) => *began = Some(time),
            Some(_) if time >= before => {}
            Some(_) => self.0.push_back(Run { from: position, began: Some(time) }),
            None => self.0.push_back(Run { from: 0, began: Some(time) }),
        }
    }

    /// From this position on it is another engine that records.
    pub(super) fn begin(&mut self, position: u64) {
        if self.0.back().is_some_and(|last| last.began.is_some()) {
            self.0.push_back(Run { from: position, began: None });
        }
    }

    /// Nothing before this position is there any more.
    pub(super) fn forget_before(&mut self, position: u64) {
        while self.0.get(1).is_some_and(|next| next.from <= position) {
            self.0.pop_front();
        }
    }
}

impl Recording {
    /// When the run of an engine that this position shows began: at its first record, or at the picture that it starts with where
    /// that is all there is. Time counts from there. A picture that an engine starts with is of a moment before its first record.
    pub fn run_began(&mut self, position: u64) -> Time {
        let runs = &self.runs().0;
        let run = runs.iter().rfind(|run| run.from <= position).or_else(|| runs.front());
        match run.and_then(|run| run.began) {
            Some(began) => began,
            None => self.seek(position).time,
        }
    }
}
