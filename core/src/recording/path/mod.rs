//! The path: which way an internal callback takes through its decisions.
//!
//! Each internal callback is a list of choices, in the order in which libevent comes to them, each with the branches that
//! it has in this dialect. Which branch was taken is read from the records of the callback, so that a simulation, a
//! recording and a live source show alike. Only records before the position that is looked at are read: what is still
//! to come is open.
//!
//! `names` - what there is to decide, and how; `row` - what a choice is, `table` - all of them, as data; `walk` - a callback's records on
//! their way through them.

mod names;
mod row;
mod table;
mod walk;

use std::borrow::Cow;

use serde::Serialize;

use super::Recording;
use crate::{EventFlags, EventName, MarkName, Record, Step};

pub use names::{Branch, Internal, Turn};

/// An internal callback under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Walk {
    /// Which one.
    pub internal: Internal,
    /// The libevent function that it is.
    pub function: Cow<'static, str>,
    /// The number of the bufferevent.
    pub connection: u64,
    /// The position after the record that it began with.
    pub began: u64,
    /// In the order in which it comes to them.
    pub choices: Vec<Choice>,
}

/// A decision of an internal callback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Choice {
    /// What is decided.
    pub turn: Turn,
    /// The ways that it can go in this dialect.
    pub branches: Vec<Branch>,
    /// The way that it went.
    pub taken: Option<Branch>,
    /// The position after the record that shows it; none where nothing else was recorded.
    pub position: Option<u64>,
    /// The libevent function in which it was decided, as that record has it.
    pub function: Option<Cow<'static, str>>,
    /// It will not come to this any more.
    pub passed: bool,
}

impl Recording {
    /// The internal callbacks under way at a position, the outer first, and which ways they took so far. With the last
    /// record of one it is still there. Empty outside of all.
    pub fn path(&mut self, position: u64) -> Vec<Walk> {
        let position = position.clamp(self.start_position(), self.end_position());
        let run = self.run_at(position);
        let watch = self.watch_at(position).filter(|watch| {
            // What watches input for `ev_read` is a decision of that.
            let Some((run, record)) = run else { return true };
            let is_own = record.connection == self.record_at(*watch).and_then(|record| record.connection);
            let is_read = matches!(record.step, Step::EventRun { event: EventName::Read, .. });
            !(is_read && is_own && self.depth(run, *watch) == 0)
        });
        let begins = run.and_then(|(run, record)| Some((run, self.internal_of(record)?)));
        let begins = begins.into_iter().chain(watch.map(|watch| (watch, Internal::Watch)));
        let walks: Vec<(u64, Internal)> = begins.collect();
        walks.into_iter().filter_map(|(began, internal)| self.walk(began, position, internal)).collect()
    }

    /// The run of an internal event that a position lies in.
    fn run_at(&self, position: u64) -> Option<(u64, &Record)> {
        let records = (self.start_position() + 1..=position).rev();
        for at in records {
            let record = self.record_at(at)?;
            match record.step {
                Step::EventRun { .. } => return Some((at, record)),
                Step::EventReturned { .. } if at < position => return None,
                Step::PassBegan { .. } | Step::PassEnded { .. } => return None,
                _ => {}
            }
        }
        None
    }

    /// Where what watches input began, if this position is of that.
    fn watch_at(&self, position: u64) -> Option<u64> {
        let connection = self.record_at(position)?.connection?;
        for at in (self.start_position() + 1..=position).rev() {
            let record = self.record_at(at).filter(|record| record.connection == Some(connection))?;
            match record.step {
                Step::WatermarkChecked { mark: MarkName::ReadHigh, .. } => {
                    return (record.function != "bufferevent_readcb").then_some(at);
                }
                _ if !walk::is_of_watch(&record.step) => return None,
                _ => {}
            }
        }
        None
    }

    /// How many user callbacks were entered and not left between two positions.
    fn depth(&self, from: u64, to: u64) -> usize {
        let steps = (from + 1..=to).filter_map(|at| self.record_at(at)).map(|record| &record.step);
        steps.fold(0_usize, |depth, step| match step {
            Step::CallbackEntered { .. } => depth + 1,
            Step::CallbackLeft { .. } => depth.saturating_sub(1),
            _ => depth,
        })
    }

    fn internal_of(&self, run: &Record) -> Option<Internal> {
        let Step::EventRun { event, cause } = run.step else { return None };
        let generic = cause == EventFlags::TIMEOUT && self.is_on_no_socket(run);
        match event {
            EventName::Read if generic => Some(Internal::ReadTimeout),
            EventName::Write if generic => Some(Internal::WriteTimeout),
            EventName::Read => Some(Internal::Read),
            EventName::Write => Some(Internal::Write),
            EventName::Deferred => Some(Internal::Deferred),
            EventName::Finalizer | EventName::LoopExit | EventName::Application(_) => None,
        }
    }

    /// Whether it is one of a pair, or a filter: their events wait for no handle.
    fn is_on_no_socket(&self, run: &Record) -> bool {
        let own = self.records().filter(|record| record.connection == run.connection);
        own.take_while(|record| record.seq < run.seq)
            .any(|record| matches!(record.step, Step::Paired { .. } | Step::FilterMade { .. }))
    }
}
