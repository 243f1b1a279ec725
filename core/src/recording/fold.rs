//! From one picture to the next: what each record changes.
//!
//! Nothing here trusts a record. Lengths that disagree replace what was known, and a missing, repeated or reordered
//! record is noticed by its number: what it may have changed is marked as uncertain, never guessed.

use super::picture::{
    ApplicationEvent, ConnectionPicture, DirectionPicture, Ending, Entered, EventPicture, LoopPicture,
    Picture, Running, Station,
};
use crate::{BufferName, Callback, Direction, EventName, Record, Step, Tanks, TanksAfter, What};

/// Freed connections that a picture keeps; of older ones nothing is left to see.
const FREED_KEPT: usize = 64;

/// Callbacks inside each other that a picture keeps; of those further out nothing is left to see.
const NESTED_KEPT: usize = 64;

impl Picture {
    /// The picture after this record. A record at or before [`Picture::seq`] was folded already and changes nothing.
    pub fn fold(&mut self, record: &Record) {
        if record.seq <= self.seq {
            return;
        }
        let missing = record.seq - self.seq - 1;
        if missing > 0 {
            self.note_lost(missing);
        }
        self.seq = record.seq;
        self.time = record.time;
        self.fold_loop(record);
        if let Some(number) = record.connection {
            let seen = matches!(record.step, Step::Created { .. });
            let fresh = !self.connections.contains_key(&number);
            let connection = self.connections.entry(number).or_default();
            if fresh {
                connection.number = number;
                connection.uncertain = !seen;
            }
            connection.fold(&record.step);
            if seen && self.simulated {
                // Made on a socket that was just opened.
                connection.kernel.tanks = Some(Tanks::default());
            }
            if matches!(record.step, Step::Freed { .. }) {
                self.forget_old_freed();
            }
        }
        self.last = Some(record.clone());
    }

    /// So many records are missing from here on: every connection may have changed unseen.
    pub fn note_lost(&mut self, records: u64) {
        self.lost = self.lost.saturating_add(records);
        for connection in self.connections.values_mut() {
            connection.uncertain = true;
        }
    }

    fn forget_old_freed(&mut self) {
        let freed = || self.connections.values().filter(|connection| connection.freed);
        if let Some(oldest) = freed().map(|connection| connection.number).min()
            && freed().count() > FREED_KEPT
        {
            self.connections.remove(&oldest);
        }
    }

    fn fold_loop(&mut self, record: &Record) {
        let connection = record.connection;
        let event_loop = &mut self.event_loop;
        match &record.step {
            Step::PassBegan { pass } => {
                event_loop.pass = *pass;
                event_loop.callbacks = 0;
                event_loop.polled = 0;
                event_loop.expired = 0;
                event_loop.station = Station::Poll;
            }
            Step::Polled { active } => {
                event_loop.polled = *active;
                event_loop.station = Station::Timers;
            }
            Step::Ready { .. } => event_loop.station = Station::Poll,
            Step::TimerExpired { .. } => event_loop.station = Station::Timers,
            Step::TimersChecked { expired } => {
                event_loop.expired = *expired;
                event_loop.station = Station::Active;
            }
            Step::PassEnded { .. } => event_loop.station = Station::Idle,
            Step::EventRun { event, .. } => {
                event_loop.running = Some(Running { connection, event: *event });
                // Only where records are missing can one still run.
                (event_loop.outer, event_loop.entered) = (Vec::new(), None);
                event_loop.station = Station::Callbacks;
            }
            Step::EventReturned { .. } => {
                event_loop.running = None;
                event_loop.station = Station::Active;
            }
            Step::CallbackEntered { callback } => {
                event_loop.enter(Entered { connection, callback: *callback });
                event_loop.callbacks = event_loop.callbacks.saturating_add(1);
            }
            Step::CallbackLeft { .. } => event_loop.entered = event_loop.outer.pop(),
            _ => {}
        }
        if connection.is_none() {
            self.fold_application_event(&record.step);
        }
    }

    fn fold_application_event(&mut self, step: &Step) {
        let Some(EventName::Application(number)) = step.event() else { return };
        let events = &mut self.event_loop.application_events;
        let entry = events
            .entry(number)
            .or_insert_with(|| ApplicationEvent { number, event: EventPicture::default() });
        entry.event.fold(step);
        if entry.event == EventPicture::default() {
            events.remove(&number);
        }
    }
}

impl LoopPicture {
    /// A callback runs, inside the one that ran so far.
    fn enter(&mut self, callback: Entered) {
        self.outer.extend(self.entered.replace(callback));
        if self.outer.len() > NESTED_KEPT {
            self.outer.remove(0);
        }
    }
}

impl Step {
    /// The internal event that this step is about.
    #[must_use]
    pub fn event(&self) -> Option<EventName> {
        match self {
            Self::EventArmed { event }
            | Self::EventDisarmed { event }
            | Self::EventActivated { event, .. }
            | Self::EventDeactivated { event }
            | Self::EventRun { event, .. }
            | Self::EventReturned { event }
            | Self::TimerSet { event, .. }
            | Self::TimerRestarted { event, .. }
            | Self::TimerCancelled { event }
            | Self::TimerExpired { event } => Some(*event),
            _ => None,
        }
    }
}

impl EventPicture {
    fn fold(&mut self, step: &Step) {
        match step {
            Step::EventArmed { .. } => self.armed = true,
            Step::EventDisarmed { .. } => self.armed = false,
            Step::EventActivated { cause, .. } => self.active = Some(*cause),
            Step::EventDeactivated { .. } | Step::EventRun { .. } => self.active = None,
            Step::TimerSet { deadline, .. } | Step::TimerRestarted { deadline, .. } => {
                self.deadline = Some(*deadline);
            }
            Step::TimerCancelled { .. } | Step::TimerExpired { .. } => self.deadline = None,
            _ => {}
        }
    }
}

impl ConnectionPicture {
    fn side(&mut self, direction: Direction) -> &mut DirectionPicture {
        match direction {
            Direction::Read => &mut self.read,
            Direction::Write => &mut self.write,
        }
    }

    fn fold(&mut self, step: &Step) {
        match step.event() {
            Some(EventName::Read) => self.fold_io_event(Direction::Read, step),
            Some(EventName::Write) => self.fold_io_event(Direction::Write, step),
            Some(EventName::Deferred) => match step {
                Step::EventActivated { .. } => self.deferred_queued = true,
                Step::EventRun { .. } | Step::EventDeactivated { .. } => self.deferred_queued = false,
                _ => {}
            },
            Some(EventName::Finalizer | EventName::Application(_)) => {}
            None => self.fold_own(step),
        }
    }

    fn fold_io_event(&mut self, direction: Direction, step: &Step) {
        let side = self.side(direction);
        side.event.fold(step);
        if matches!(step, Step::EventArmed { .. }) {
            side.ended = None;
        }
    }

    fn fold_own(&mut self, step: &Step) {
        match step {
            Step::Created { dialect, handle, deferred: _ } => {
                let number = self.number;
                *self = Self { number, dialect: *dialect, handle: *handle, ..Self::default() };
                self.write.enabled = true;
            }
            Step::CallbacksSet { read, write, event } => {
                (self.on_read, self.on_write, self.on_event) = (*read, *write, *event);
            }
            Step::HandleSet { handle } => self.handle = *handle,
            Step::Enabled { enabled, .. } | Step::Disabled { enabled, .. } => {
                self.read.enabled = enabled.read;
                self.write.enabled = enabled.write;
            }
            Step::WatermarksSet { direction, low, high } => {
                let side = self.side(*direction);
                (side.low, side.high) = (*low, *high);
            }
            Step::TimeoutsSet { read_us, write_us } => {
                self.read.timeout_us = *read_us;
                self.write.timeout_us = *write_us;
            }
            Step::PressureInstalled => {
                self.pressure = true;
                self.counters.stopped = self.counters.stopped.saturating_add(1);
            }
            Step::PressureRemoved => self.pressure = false,
            Step::Suspended { bits } => {
                self.suspended |= *bits;
                self.counters.stopped = self.counters.stopped.saturating_add(1);
            }
            Step::Unsuspended { bits } => self.suspended = self.suspended.without(*bits),
            Step::CallbackEntered { callback } => self.count_callback(*callback),
            Step::CallbackDue { input, output, .. } => {
                let agrees = self.input.correct(*input) & self.output.correct(*output);
                self.uncertain |= !agrees;
            }
            Step::Freed { input_dropped, output_dropped } => {
                self.freed = true;
                (self.on_read, self.on_write, self.on_event) = (false, false, false);
                self.dropped = input_dropped.saturating_add(*output_dropped);
            }
            _ => self.fold_bytes(step),
        }
    }

    fn fold_bytes(&mut self, step: &Step) {
        match step {
            Step::Received { payload, input, tanks } => {
                self.input.append(payload);
                self.uncertain |= !self.input.correct(*input);
                self.set_tanks(*tanks);
                self.counters.reads = self.counters.reads.saturating_add(1);
                self.counters.received = self.counters.received.saturating_add(payload.len as u64);
            }
            Step::Sent { payload, output, tanks } => {
                self.output.drain(payload.len);
                self.uncertain |= !self.output.correct(*output);
                self.set_tanks(*tanks);
                self.counters.writes = self.counters.writes.saturating_add(1);
                self.counters.sent = self.counters.sent.saturating_add(payload.len as u64);
            }
            Step::BufferAdded { buffer, payload, len } => {
                let content = self.buffer(*buffer);
                content.append(payload);
                self.uncertain |= !self.buffer(*buffer).correct(*len);
            }
            Step::BufferDrained { buffer, bytes, len } => {
                let content = self.buffer(*buffer);
                content.drain(*bytes);
                self.uncertain |= !self.buffer(*buffer).correct(*len);
            }
            Step::BufferEdited { buffer, payload } => {
                let content = self.buffer(*buffer);
                content.clear();
                content.append(payload);
            }
            Step::EndOfFile { call } => self.end(*call, Ending::Eof),
            Step::CallFailed { tanks, .. } => self.set_tanks(*tanks),
            Step::CallbackDeferred { callback: Callback::Event(what) } => self.note_what(*what),
            _ => self.fold_peer(step),
        }
    }

    fn fold_peer(&mut self, step: &Step) {
        match step {
            Step::PeerSent { payload, tanks, .. } => {
                self.kernel.peer_sent = self.kernel.peer_sent.saturating_add(payload.len as u64);
                self.set_tanks(*tanks);
            }
            Step::PeerReceived { payload, tanks } => {
                self.kernel.peer_received = self.kernel.peer_received.saturating_add(payload.len as u64);
                self.kernel.peer_got.clear();
                self.kernel.peer_got.append(payload);
                self.set_tanks(*tanks);
            }
            Step::PeerShutdown => self.kernel.peer_shutdown = true,
            Step::PeerSees { closing } => self.kernel.peer_sees = Some(*closing),
            Step::PeerReset { tanks } => {
                self.kernel.peer_reset = true;
                self.set_tanks(*tanks);
            }
            _ => {}
        }
    }

    fn buffer(&mut self, name: BufferName) -> &mut super::Content {
        match name {
            BufferName::Input => &mut self.input,
            BufferName::Output => &mut self.output,
        }
    }

    fn set_tanks(&mut self, tanks: TanksAfter) {
        if tanks.is_some() {
            self.kernel.tanks = tanks;
        }
    }

    fn end(&mut self, direction: Direction, ending: Ending) {
        self.side(direction).ended = Some(ending);
    }

    fn note_what(&mut self, what: What) {
        self.what = Some(what);
        let ending = if what.contains(What::EOF) {
            Ending::Eof
        } else if what.contains(What::TIMEOUT) {
            Ending::Timeout
        } else {
            Ending::Error
        };
        for (flag, side) in [(What::READING, &mut self.read), (What::WRITING, &mut self.write)] {
            if what.contains(flag) {
                side.ended = Some(ending);
            }
        }
    }

    fn count_callback(&mut self, callback: Callback) {
        let count = match callback {
            Callback::Read => &mut self.counters.read_callbacks,
            Callback::Write => &mut self.counters.write_callbacks,
            Callback::Event(_) => &mut self.counters.event_callbacks,
            Callback::Application(..) => return,
        };
        *count = count.saturating_add(1);
        if let Callback::Event(what) = callback {
            self.note_what(what);
        }
    }
}
