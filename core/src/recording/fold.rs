//! From one picture to the next: what each record changes.
//!
//! Nothing here trusts a record. Lengths that disagree replace what was known, and a missing, repeated or reordered
//! record is noticed by its number: what it may have changed is marked as uncertain, never guessed.
//!
//! No match ends in "anything else": a new kind of step compiles only when it is said here what it changes.

use super::picture::{
    ApplicationEvent, ConnectionPicture, DirectionPicture, Ending, Entered, EventPicture, LoopPicture,
    Picture, Running, Station,
};
use crate::observe::of_roles;
use crate::{
    BufferName, Callback, Dialect, Direction, Directions, EventFlags, EventName, Handle, Payload, Record,
    Step, SuspendBits, Tanks, TanksAfter, What,
};

/// Freed connections that a picture keeps; of older ones nothing is left to see.
const FREED_KEPT: usize = 64;

/// Callbacks inside each other that a picture keeps; of those further out nothing is left to see.
const NESTED_KEPT: usize = 64;

impl Picture {
    /// The picture after this record. A record at or before [`Picture::seq`] was folded already and changes nothing.
    pub fn fold(&mut self, record: &Record) {
        if self.fold_in_passing(record) {
            self.last = Some(record.clone());
        }
    }

    /// The same for a record that others follow at once: it is not kept as the last. Whether it was folded.
    pub(super) fn fold_in_passing(&mut self, record: &Record) -> bool {
        if record.seq <= self.seq {
            return false;
        }
        let missing = record.seq - self.seq - 1;
        if missing > 0 {
            self.note_lost(missing);
        }
        self.seq = record.seq;
        self.time = record.time;
        self.event_loop.fold(record.connection, &record.step);
        if record.connection.is_none() {
            self.event_loop.fold_application_event(&record.step);
        }
        if let Some(number) = record.connection {
            let seen = matches!(record.step, Step::Created { .. });
            let fresh = || ConnectionPicture { number, uncertain: !seen, ..ConnectionPicture::default() };
            let connection = self.connections.entry(number).or_insert_with(fresh);
            connection.fold(&record.step);
            if seen && self.simulated {
                // Made on a socket that was just opened.
                connection.kernel.tanks = Some(Tanks::default());
            }
            if matches!(record.step, Step::Freed { .. }) {
                self.forget_old_freed();
            }
        }
        true
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
}

impl LoopPicture {
    fn fold(&mut self, connection: Option<u64>, step: &Step) {
        match step {
            Step::PassBegan { pass } => {
                self.pass = *pass;
                (self.callbacks, self.polled, self.expired) = (0, 0, 0);
                self.station = Station::Poll;
            }
            Step::Polled { active } => (self.polled, self.station) = (*active, Station::Timers),
            Step::TimersChecked { expired } => (self.expired, self.station) = (*expired, Station::Active),
            Step::PassEnded { .. } => self.station = Station::Idle,

            Step::Ready { .. } => self.station = Station::Poll,
            Step::TimerExpired { .. } => self.station = Station::Timers,
            Step::EventRun { event, .. } => {
                self.running = Some(Running { connection, event: *event });
                // Only where records are missing can one still run.
                (self.outer, self.entered) = (Vec::new(), None);
                self.station = Station::Callbacks;
            }
            Step::EventReturned { .. } => (self.running, self.station) = (None, Station::Active),
            Step::EventArmed { .. } | Step::EventDisarmed { .. } => {}
            Step::EventActivated { .. } | Step::EventDeactivated { .. } => {}
            Step::TimerSet { .. } | Step::TimerRestarted { .. } | Step::TimerCancelled { .. } => {}

            Step::CallbackEntered { callback } => {
                self.enter(Entered { connection, callback: *callback });
                self.callbacks = self.callbacks.saturating_add(1);
            }
            Step::CallbackLeft { .. } => self.entered = self.outer.pop(),

            of_roles!(Decision | Crossing | Due | Application | Failure | Outside) => {}
            of_roles!(ApplicationToBuffer | BufferToApplication | KernelToInput | OutputToKernel) => {}
            of_roles!(PeerToKernel | KernelToPeer) => {}
        }
    }

    fn fold_application_event(&mut self, step: &Step) {
        let Some(EventName::Application(number)) = step.event() else { return };
        let fresh = || ApplicationEvent { number, event: EventPicture::default() };
        let entry = self.application_events.entry(number).or_insert_with(fresh);
        entry.event.fold(step);
        if entry.event == EventPicture::default() {
            self.application_events.remove(&number);
        }
    }

    /// A callback runs, inside the one that ran so far.
    fn enter(&mut self, callback: Entered) {
        self.outer.extend(self.entered.replace(callback));
        if self.outer.len() > NESTED_KEPT {
            self.outer.remove(0);
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
            Step::Ready { .. } | Step::EventReturned { .. } => {}

            of_roles!(Loop | Decision | Crossing | Due | Callback | Application | Failure | Outside) => {}
            of_roles!(ApplicationToBuffer | BufferToApplication | KernelToInput | OutputToKernel) => {}
            of_roles!(PeerToKernel | KernelToPeer) => {}
        }
    }
}

impl ConnectionPicture {
    fn fold(&mut self, step: &Step) {
        self.set_tanks(step.tanks());
        match step {
            Step::Created { dialect, handle, deferred: _ } => self.create(*dialect, *handle),
            Step::CallbacksSet { read, write, event } => {
                (self.on_read, self.on_write, self.on_event) = (*read, *write, *event);
            }
            Step::HandleSet { handle } => self.handle = *handle,
            Step::Enabled { enabled, .. } | Step::Disabled { enabled, .. } => self.set_enabled(*enabled),
            Step::WatermarksSet { direction, low, high } => {
                let side = self.side(*direction);
                (side.low, side.high) = (*low, *high);
            }
            Step::TimeoutsSet { read_us, write_us } => {
                (self.read.timeout_us, self.write.timeout_us) = (*read_us, *write_us);
            }
            Step::BufferEdited { buffer, payload } => self.replace(*buffer, payload),
            Step::Freed { input_dropped, output_dropped } => {
                self.free(input_dropped.saturating_add(*output_dropped));
            }
            Step::ConnectStarted { connecting, .. } => self.connecting = *connecting,
            // Neither has a kernel of its own.
            Step::FilterMade { underlying, .. } => {
                (self.underlying, self.kernel.tanks) = (Some(*underlying), None);
            }
            Step::Paired { .. } => self.kernel.tanks = None,
            Step::BufferCallbackSet { buffer: BufferName::Input, set } => self.on_input = *set,
            Step::BufferCallbackSet { buffer: BufferName::Output, set } => self.on_output = *set,
            Step::PrioritySet { .. } | Step::Finalized => {}
            // Only where the bytes lie has changed.
            Step::BufferPulledUp { .. } => {}
            Step::LoopExitRequested | Step::LoopBreakRequested => {}

            Step::BufferAdded { buffer, payload, len } => self.append(*buffer, payload, *len),
            Step::BufferDrained { buffer, bytes, len } => self.drain(*buffer, *bytes, *len),
            Step::Received { payload, input, .. } => self.receive(payload, *input),
            Step::Sent { payload, output, .. } => self.send(payload, *output),
            Step::PeerSent { payload, .. } => add(&mut self.kernel.peer_sent, payload.len),
            Step::PeerReceived { payload, .. } => self.give_to_peer(payload),

            Step::PressureInstalled => {
                self.pressure = true;
                add(&mut self.counters.stopped, 1);
            }
            Step::PressureRemoved => self.pressure = false,
            Step::Suspended { bits } => {
                self.suspended |= *bits;
                add(&mut self.counters.stopped, usize::from(bits.contains(SuspendBits::WATERMARK)));
            }
            Step::Unsuspended { bits } => self.suspended = self.suspended.without(*bits),

            Step::EndOfFile { call } => self.end(*call, Ending::Eof),
            Step::ConnectFailed { .. } => self.connecting = false,
            Step::PeerReset { .. } => self.kernel.peer_reset = true,
            // Its errno may mean "later": what it ended, the event callback will say.
            Step::CallFailed { .. } => {}

            Step::CallbackDue { input, output, .. } => {
                self.correct(BufferName::Input, *input);
                self.correct(BufferName::Output, *output);
            }
            Step::CallbackDeferred { callback: Callback::Event(what) } => self.note_what(*what),
            Step::CallbackDeferred { .. } | Step::CallbackNotSet { .. } | Step::FilterCalled { .. } => {}
            Step::CallbackEntered { callback } => self.count_callback(*callback),
            Step::CallbackLeft { .. } => {}

            Step::Connected => self.connecting = false,
            Step::PeerAccepted | Step::PeerRefused => {}
            Step::PeerShutdown => self.kernel.peer_shutdown = true,
            Step::PeerSees { closing } => self.kernel.peer_sees = Some(*closing),
            Step::Injected { .. } | Step::ClockAdvanced { .. } => {}

            of_roles!(Event) => self.fold_event(step),
            of_roles!(Loop | Decision) => {}
        }
    }

    fn fold_event(&mut self, step: &Step) {
        match step.event() {
            Some(EventName::Read) => self.fold_io_event(Direction::Read, step),
            Some(EventName::Write) => self.fold_io_event(Direction::Write, step),
            Some(EventName::Deferred) => {
                let active = self.deferred_queued.then_some(EventFlags::NONE);
                let mut event = EventPicture { active, ..EventPicture::default() };
                event.fold(step);
                self.deferred_queued = event.active.is_some();
            }
            Some(EventName::Finalizer | EventName::LoopExit | EventName::Application(_)) | None => {}
        }
    }

    fn fold_io_event(&mut self, direction: Direction, step: &Step) {
        let side = self.side(direction);
        side.event.fold(step);
        if matches!(step, Step::EventArmed { .. }) {
            side.ended = None;
        }
    }

    fn create(&mut self, dialect: Dialect, handle: Option<Handle>) {
        *self = Self { number: self.number, dialect, handle, ..Self::default() };
        self.write.enabled = true;
    }

    fn free(&mut self, dropped: usize) {
        self.freed = true;
        (self.on_read, self.on_write, self.on_event) = (false, false, false);
        self.dropped = dropped;
    }

    fn set_enabled(&mut self, enabled: Directions) {
        (self.read.enabled, self.write.enabled) = (enabled.read, enabled.write);
    }

    fn receive(&mut self, payload: &Payload, input: usize) {
        self.append(BufferName::Input, payload, input);
        add(&mut self.counters.reads, 1);
        add(&mut self.counters.received, payload.len);
    }

    fn send(&mut self, payload: &Payload, output: usize) {
        self.drain(BufferName::Output, payload.len, output);
        add(&mut self.counters.writes, 1);
        add(&mut self.counters.sent, payload.len);
    }

    fn give_to_peer(&mut self, payload: &Payload) {
        add(&mut self.kernel.peer_received, payload.len);
        self.kernel.peer_got.clear();
        self.kernel.peer_got.append(payload);
    }

    fn append(&mut self, buffer: BufferName, payload: &Payload, len: usize) {
        self.buffer(buffer).append(payload);
        self.correct(buffer, len);
    }

    fn drain(&mut self, buffer: BufferName, bytes: usize, len: usize) {
        self.buffer(buffer).drain(bytes);
        self.correct(buffer, len);
    }

    fn replace(&mut self, buffer: BufferName, payload: &Payload) {
        let content = self.buffer(buffer);
        content.clear();
        content.append(payload);
    }

    /// The record knows how long the buffer is; where that disagrees, something was missed.
    fn correct(&mut self, buffer: BufferName, len: usize) {
        let agrees = self.buffer(buffer).correct(len);
        self.uncertain |= !agrees;
    }

    fn side(&mut self, direction: Direction) -> &mut DirectionPicture {
        match direction {
            Direction::Read => &mut self.read,
            Direction::Write => &mut self.write,
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
            Callback::Buffer(..) | Callback::Application(..) => return,
        };
        add(count, 1);
        if let Callback::Event(what) = callback {
            self.note_what(what);
        }
    }
}

/// Counts on; a count in a damaged recording stays at the most that there is.
fn add(count: &mut u64, more: usize) {
    *count = count.saturating_add(more as u64);
}
