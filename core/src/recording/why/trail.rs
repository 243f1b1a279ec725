//! Looking back along the records of one connection.

use super::{Because, Reason};
use crate::recording::Recording;
use crate::{Direction, EventName, Record, Step, Time};

/// The records of one connection up to a position; without one, those that are about none.
pub(super) struct Trail<'a> {
    recording: &'a Recording,
    connection: Option<u64>,
    /// Where the question is asked.
    pub(super) at: u64,
}

/// A chain of reasons in the making.
#[derive(Debug, Default)]
pub(super) struct Chain(Vec<Because>);

impl<'a> Trail<'a> {
    pub(super) const fn new(recording: &'a Recording, connection: Option<u64>, at: u64) -> Self {
        Self { recording, connection, at }
    }

    /// The step that leads to this position, if it is about the connection.
    pub(super) fn step(&self, position: u64) -> Option<&'a Step> {
        self.record(position).map(|record| &record.step)
    }

    fn record(&self, position: u64) -> Option<&'a Record> {
        let record = self.recording.record_at(position)?;
        (record.connection == self.connection).then_some(record)
    }

    /// The record that leads to this position, whatever it is about.
    pub(super) fn anyones_record(&self, position: u64) -> Option<&'a Record> {
        self.recording.record_at(position)
    }

    /// The step that leads to this position, whatever it is about.
    pub(super) fn anyones_step(&self, position: u64) -> Option<&'a Step> {
        self.timed(position).map(|(_, step)| step)
    }

    /// The nearest position, after this one and up to the question, whose step is wanted, whatever it is about.
    pub(super) fn anyones_last(&self, after: u64, wanted: impl Fn(&Step) -> bool) -> Option<u64> {
        let earliest = self.recording.start_position().max(after) + 1;
        (earliest..=self.at).rev().find(|position| self.anyones_step(*position).is_some_and(&wanted))
    }

    /// The nearest position up to the question whose record is wanted, whatever it is about.
    pub(super) fn anyones_last_record(&self, wanted: impl Fn(&Record) -> bool) -> Option<u64> {
        let earliest = self.recording.start_position() + 1;
        (earliest..=self.at).rev().find(|position| self.recording.record_at(*position).is_some_and(&wanted))
    }

    /// The records of another connection, or those that are about none, up to the same moment.
    pub(super) const fn of(&self, connection: Option<u64>) -> Self {
        Self { recording: self.recording, connection, at: self.at }
    }

    /// The same, with the time that the record has.
    pub(super) fn timed(&self, position: u64) -> Option<(Time, &'a Step)> {
        self.recording.record_at(position).map(|record| (record.time, &record.step))
    }

    /// The nearest position, at this one or before, whose step is wanted.
    pub(super) fn last(&self, from: u64, wanted: impl Fn(&Step) -> bool) -> Option<u64> {
        self.last_after(0, from, wanted)
    }

    /// The same, but after `after`.
    pub(super) fn last_after(&self, after: u64, from: u64, wanted: impl Fn(&Step) -> bool) -> Option<u64> {
        let earliest = self.recording.start_position().max(after) + 1;
        (earliest..=from).rev().find(|position| self.step(*position).is_some_and(&wanted))
    }

    /// Whether a pass of the loop has ended after this position.
    pub(super) fn has_pass_since(&self, after: u64) -> bool {
        let ended = |position| {
            let record = self.recording.record_at(position);
            record.is_some_and(|record| matches!(record.step, Step::PassEnded { .. }))
        };
        (after + 1..=self.at).any(ended)
    }

    /// The records of the connection from the first that is there, with their positions.
    pub(super) fn all(&self) -> impl Iterator<Item = (u64, &'a Step)> {
        let positions = self.recording.start_position() + 1..=self.recording.end_position();
        positions.filter_map(|position| Some((position, self.step(position)?)))
    }

    /// What input, output and the kernel's queues held before the first record that is there.
    pub(super) fn lengths_at_start(&self) -> Option<Lengths> {
        let connection = self.recording.start().connections.get(&self.connection?)?;
        let tanks = connection.kernel.tanks.unwrap_or_default();
        Some(Lengths {
            input: connection.input.len as u64,
            output: connection.output.len as u64,
            rx: (tanks.rx + tanks.backlog) as u64,
            tx: tanks.tx as u64,
        })
    }

    /// Whether records are missing between the earliest of the reasons and the question.
    pub(super) fn is_cut(&self, reasons: &[Because]) -> bool {
        let Some(earliest) = reasons.iter().filter_map(|because| because.position).min() else {
            return false;
        };
        self.recording.cuts().any(|(at, _)| (earliest..=self.at).contains(&at))
    }

    /// The user callback of whatever connection that was under way at this position, if one was.
    pub(super) fn callback_around(&self, position: u64) -> Option<u64> {
        let earliest = self.recording.start_position() + 1;
        let mut left = 0;
        for at in (earliest..=position).rev() {
            match self.anyones_step(at)? {
                // Callbacks run inside of callbacks.
                Step::CallbackLeft { .. } => left += 1,
                Step::CallbackEntered { .. } if left == 0 => return Some(at),
                Step::CallbackEntered { .. } => left -= 1,
                Step::EventRun { .. } | Step::EventReturned { .. } | Step::PassBegan { .. } if left == 0 => {
                    return None;
                }
                _ => {}
            }
        }
        None
    }

    /// Where a callback or an event's run began or ended last, of whatever connection.
    pub(super) fn nearest_boundary(&self, position: u64) -> Option<u64> {
        let earliest = self.recording.start_position() + 1;
        let boundary = |step: &Step| is_boundary(step) || matches!(step, Step::EventReturned { .. });
        (earliest..=position).rev().find(|position| self.anyones_step(*position).is_some_and(boundary))
    }

    /// The last run of this direction's event, or of the queued call.
    pub(super) fn last_run(&self, from: u64, event: EventName) -> Option<u64> {
        self.last(from, |step| matches!(step, Step::EventRun { event: run, .. } if *run == event))
    }
}

/// Bytes in each place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lengths {
    pub(super) input: u64,
    pub(super) output: u64,
    pub(super) rx: u64,
    pub(super) tx: u64,
}

impl Chain {
    /// A link that leads on.
    pub(super) fn link(mut self, reason: Reason, position: impl Into<Option<u64>>) -> Self {
        self.push(reason, position.into(), false);
        self
    }

    /// The link that decided. Only the first that is said to counts.
    pub(super) fn decided(mut self, reason: Reason, position: impl Into<Option<u64>>) -> Self {
        let first = !self.0.iter().any(|because| because.decided);
        self.push(reason, position.into(), first);
        self
    }

    /// The same, where there is a record of it.
    pub(super) fn link_if(self, reason: Reason, position: Option<u64>) -> Self {
        if position.is_some() { self.link(reason, position) } else { self }
    }

    /// The same, where there is a record of it.
    pub(super) fn decided_if(self, reason: Reason, position: Option<u64>) -> Self {
        if position.is_some() { self.decided(reason, position) } else { self }
    }

    /// What another chain says, after this one.
    pub(super) fn then(mut self, reasons: Vec<Because>) -> Self {
        for Because { reason, position, decided } in reasons {
            self = if decided { self.decided(reason, position) } else { self.link(reason, position) };
        }
        self
    }

    /// The chain; where nothing was said to have decided, what it goes back to did.
    pub(super) fn end(mut self) -> Vec<Because> {
        if !self.0.iter().any(|because| because.decided)
            && let Some(last) = self.0.last_mut()
        {
            last.decided = true;
        }
        self.0
    }

    fn push(&mut self, reason: Reason, position: Option<u64>, decided: bool) {
        // Two ways back can meet.
        if !self.0.iter().any(|because| because.reason == reason && because.position == position) {
            self.0.push(Because { reason, position, decided });
        }
    }
}

const fn is_boundary(step: &Step) -> bool {
    matches!(step, Step::CallbackEntered { .. } | Step::CallbackLeft { .. } | Step::EventRun { .. })
}

/// The internal event of a direction.
pub(super) const fn event_of(direction: Direction) -> EventName {
    match direction {
        Direction::Read => EventName::Read,
        Direction::Write => EventName::Write,
    }
}
