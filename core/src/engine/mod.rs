//! The event base: bufferevents and events behind one door, with whoever watches.
//!
//! `handle` is what the application does with bufferevents, `events` with its own events; `pass` is the loop, `invariants`
//! what holds between any two steps.
//!
//! One received byte, from the kernel to the callback (`bufferevent-scenario --records lessons/01-anatomy/scenario.json`
//! shows these steps with their lines):
//!
//! 1. `mio/src/event_loop.rs`, `wait`: the operating system says that the socket is readable; `ReadyMemory::note` remembers it.
//! 2. `engine/pass.rs`, `begin_pass`, `poll_callback`: the driver begins a pass and asks for the first callback.
//! 3. `engine/pass.rs`, `ask_kernel`: which handles are ready for something that an event waits for (`event_loop/ready.rs`).
//! 4. `bufferevent/events.rs`, `activate`: `ev_read` gets a ticket in the queue of its priority (`event_loop/active.rs`).
//! 5. `engine/pass.rs`, `run_event`: its turn has come; a one-shot event is disarmed.
//! 6. `bufferevent/read.rs`, `readcb`: how much room the high mark leaves (`bufferevent/flow.rs`, `read_room`, `read_size`).
//! 7. `evbuffer/io.rs`, `read`: the kernel gives the byte, out of memory of its own or into a chunk (`mio/src/stream.rs`, `receive_few`).
//! 8. `bufferevent/watch.rs`, `input_changed`, and `bufferevent/flow.rs`, `after_wakeup`: the high mark is looked at, `ev_read` waits again.
//! 9. `bufferevent/notify.rs`, `notify`: the low mark is reached and a callback is set, so it is due, or put off.
//! 10. `engine/pass.rs`, `poll_callback`: gives `Due::Read`; the application takes the byte (`bufferevent/buffers.rs`).

mod events;
mod handle;
mod invariants;
mod pass;

use std::num::NonZeroUsize;
use std::time::Duration;

#[cfg(feature = "sim")]
use crate::bufferevent::Bounds;
use crate::bufferevent::{Bufferevent, Engine, State};
#[cfg(feature = "sim")]
use crate::dialect::Rules;
use crate::observe::Recorder;
use crate::{
    BuffereventId, Dialect, Direction, EventFlags, Handle, NoObserver, Observer, Readiness, Step, Time,
    Totals,
};

pub use events::EventMut;
pub use handle::BuffereventMut;

/// One event loop with its bufferevents: `struct event_base`. See the crate's first page for how to drive it.
///
/// `O` hears of every internal step; with [`NoObserver`] all recording is compiled away.
#[derive(Debug)]
pub struct EventBase<O: Observer = NoObserver> {
    pub(crate) engine: Engine<O>,
}

impl EventBase {
    /// An event base of this dialect that nobody watches, with one priority.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self::with_observer(dialect, NoObserver)
    }
}

impl<O: Observer> EventBase<O> {
    /// An event base of this dialect whose steps go to `observer`, with one priority.
    #[must_use]
    pub fn with_observer(dialect: Dialect, observer: O) -> Self {
        Self { engine: Engine { state: State::new(dialect), recorder: Recorder::new(observer) } }
    }

    /// The same, but for rules that may be none of its dialect's, and with the chains of buffers followed: as exact as a
    /// simulation has to be.
    #[cfg(feature = "sim")]
    pub(crate) fn with_rules(dialect: Dialect, rules: &'static Rules, observer: O) -> Self {
        let mut base = Self::with_observer(dialect, observer);
        base.engine.state.rules = rules;
        base.engine.state.follows_chains = true;
        base
    }

    /// Leaves calls under way where they are once there are more records, more bytes in buffers or more out of filters than this. Whoever asks for
    /// callbacks hears of none then, and ends.
    #[cfg(feature = "sim")]
    pub(crate) const fn bound_calls(&mut self, bounds: Bounds) {
        self.engine.state.calls.bounds = Some(bounds);
    }

    /// Bytes in all buffers, those of freed bufferevents that are yet to be released included.
    #[cfg(feature = "sim")]
    pub(crate) fn buffered(&self) -> u64 {
        self.engine.state.buffered()
    }

    /// Bytes that functions of filters have given so far.
    #[cfg(feature = "sim")]
    pub(crate) const fn filtered(&self) -> u64 {
        self.engine.state.calls.filtered
    }

    /// The same base with everything in it under another observer, and the observer that it had. Records are counted
    /// on; what happened in between was not recorded for the new one.
    #[must_use]
    pub fn replace_observer<P: Observer>(self, observer: P) -> (EventBase<P>, O) {
        let (recorder, before) = self.engine.recorder.replace(observer);
        (EventBase { engine: Engine { state: self.engine.state, recorder } }, before)
    }

    /// Bounds one read by so many bytes and by the high watermark, whatever the dialect says: its own bounds of 4096 or 16384
    /// bytes cost a system call each where megabytes come. None, as at first, is the dialect's.
    ///
    /// This departs from libevent, of which only 2.2 can be told to read so much (`bufferevent_set_max_single_read`).
    pub const fn set_read_limit(&mut self, bytes: Option<NonZeroUsize>) {
        self.engine.state.read_limit = bytes;
    }

    /// Tells the engine what time it is, for what the application does outside a pass. Time never goes back.
    pub fn set_now(&mut self, now: Time) {
        self.engine.state.event_loop.set_now(now);
    }

    /// The engine's time: as of the start of the pass, or as set since.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.engine.state.event_loop.now()
    }

    /// Which libevent this base behaves as.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.engine.state.dialect
    }

    /// A driver that hears of readiness by edges calls this for each. It is remembered until a receive or a send
    /// says that the next would block.
    pub fn note_ready(&mut self, handle: Handle, ready: Readiness) {
        self.engine.state.event_loop.ready.note(handle, ready);
    }

    /// A call that the driver made on the handle would block: its readiness in this direction ends.
    /// The engine's own calls do this by themselves.
    pub fn note_would_block(&mut self, handle: Handle, direction: Direction) {
        self.engine.state.event_loop.ready.clear(handle, direction);
    }

    /// The handle is closed: what was remembered of it is not true of the next one with its number.
    pub fn forget_handle(&mut self, handle: Handle) {
        self.engine.state.event_loop.ready.forget(handle);
    }

    /// How long the driver may wait in the kernel before the next pass: not at all when a pass would find
    /// something, until the soonest timer, or (`None`) until a handle becomes ready.
    pub fn next_wait(&mut self) -> Option<Duration> {
        if self.engine.owes() {
            return Some(Duration::ZERO);
        }
        self.engine.state.event_loop.next_wait()
    }

    /// Whether anything is pending or active: without, the loop has nothing to wait for (`event_haveevents`).
    #[must_use]
    pub fn has_events(&self) -> bool {
        self.engine.owes() || self.engine.state.event_loop.has_events()
    }

    /// What it has done so far.
    #[must_use]
    pub const fn totals(&self) -> Totals {
        self.engine.state.totals
    }

    /// The number of the last record.
    #[must_use]
    pub const fn last_seq(&self) -> u64 {
        self.engine.recorder.last_seq()
    }

    /// Who watches.
    pub const fn observer(&self) -> &O {
        self.engine.recorder.observer()
    }

    /// Who watches, to take records out or to change what is wanted.
    pub const fn observer_mut(&mut self) -> &mut O {
        self.engine.recorder.observer_mut()
    }

    /// Records a step that a driver or a simulation took, with the function it stands for ("" for none).
    #[track_caller]
    #[inline]
    pub fn record(
        &mut self,
        about: Option<BuffereventId>,
        function: &'static str,
        step: impl FnOnce() -> Step,
    ) {
        self.engine.record(about, function, step);
    }

    /// Every bufferevent that was not freed.
    pub fn bufferevents(&self) -> impl Iterator<Item = (BuffereventId, &Bufferevent)> {
        self.engine.state.live_bufferevents()
    }

    /// Whether the internal event of this direction waits for the handle.
    #[must_use]
    pub fn is_armed(&self, id: BuffereventId, direction: Direction) -> bool {
        let state = &self.engine.state;
        state.live(id).is_some_and(|bufferevent| state.event_loop[bufferevent.io_event(direction)].armed)
    }

    /// Whether a timer of this direction's internal event runs, and until when.
    #[must_use]
    pub fn deadline(&self, id: BuffereventId, direction: Direction) -> Option<Time> {
        let event = self.engine.state.live(id)?.io_event(direction);
        self.engine.state.event_loop[event].deadline.map(|deadline| deadline.at)
    }

    /// What this direction's internal event is active with; none when it is not.
    #[must_use]
    pub fn active_with(&self, id: BuffereventId, direction: Direction) -> Option<EventFlags> {
        let event = self.engine.state.live(id)?.io_event(direction);
        self.engine.state.event_loop[event].active.map(|active| active.cause)
    }
}
