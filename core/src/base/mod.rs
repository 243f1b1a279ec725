//! The event base: what is pending, what is active, and the order in which a pass of the loop runs it.
//!
//! [`event`](self) holds the operations on events, `pass` the loop, `priority` its priorities, `ready` what is known of each
//! handle, `timers` and `active` the two queues.

mod active;
mod event;
mod pass;
mod priority;
mod ready;
mod rules;
mod timers;

use std::panic::Location;
use std::time::Duration;

use crate::arena::{Arena, Key};
use crate::bufferevent::{Bufferevent, BuffereventId};
use crate::evbuffer::Spares;
use crate::{
    Dialect, Direction, Errno, EventFlags, Handle, NoObserver, Observer, Readiness, Record, Step, Time,
    Transfer,
};

use active::ActiveQueues;
pub use event::{ArmError, EventId};
pub(crate) use event::{Event, Owner};
pub use pass::Due;
pub(crate) use pass::Pass;
pub use priority::PriorityError;
use ready::ReadyMemory;
use timers::Timers;

/// The bufferevent or event behind an id was freed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

impl std::fmt::Display for Gone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("it was freed")
    }
}

impl std::error::Error for Gone {}

/// What an event base has done so far, for whoever wants figures without records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Bytes that kernels gave.
    pub received: u64,
    /// Bytes that kernels took.
    pub sent: u64,
    /// User callbacks.
    pub callbacks: u64,
    /// Times that reading stopped at a high watermark.
    pub reading_stopped: u64,
}

/// One event loop with its bufferevents: `struct event_base`. See the crate's first page for how to drive it.
///
/// `O` hears of every internal step; with [`NoObserver`] all recording is compiled away.
#[derive(Debug)]
pub struct EventBase<O: Observer = NoObserver> {
    pub(crate) dialect: Dialect,
    now: Time,
    pub(crate) events: Arena<Event>,
    pub(crate) bufferevents: Arena<Bufferevent>,
    timers: Timers,
    active: ActiveQueues,
    ready: ReadyMemory,
    pub(crate) pass: Pass,
    pub(crate) totals: Totals,
    observer: O,
    last_seq: u64,
    /// The connection whose records were refused last, if its number is not 0. Most steps in a row concern one: asking
    /// once is enough, until another pass or a change of the observer.
    unwanted: u64,
    /// The numbers of its two internal events.
    unwanted_events: [u64; 2],
    /// What is to be recorded of the pass as soon as anything else in it is: see [`Observer::wants_idle_passes`].
    pub(crate) held: Vec<(&'static str, Step, &'static Location<'static>)>,
    /// Whether the pass has left a record.
    pass_recorded: bool,
    /// Memory of buffers that are empty.
    pub(crate) spares: Spares,
    /// Kept for its memory: the events that one handle's readiness makes active.
    found: Vec<(Key, EventFlags)>,
    /// Snapshots after each record, for tests that hold the fold against the engine.
    #[cfg(feature = "serde")]
    snapshots: Option<Vec<crate::recording::Picture>>,
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
        Self {
            dialect,
            now: Time::ZERO,
            events: Arena::new(),
            bufferevents: Arena::new(),
            timers: Timers::default(),
            active: ActiveQueues::new(1),
            ready: ReadyMemory::default(),
            pass: Pass::default(),
            totals: Totals::default(),
            observer,
            last_seq: 0,
            unwanted: 0,
            unwanted_events: [0; 2],
            held: Vec::new(),
            pass_recorded: false,
            spares: Spares::default(),
            found: Vec::new(),
            #[cfg(feature = "serde")]
            snapshots: None,
        }
    }

    /// The same base with everything in it under another observer, and the observer that it had. Records are counted
    /// on; what happened in between was not recorded for the new one.
    #[must_use]
    pub fn replace_observer<P: Observer>(self, observer: P) -> (EventBase<P>, O) {
        let base = EventBase {
            dialect: self.dialect,
            now: self.now,
            events: self.events,
            bufferevents: self.bufferevents,
            timers: self.timers,
            active: self.active,
            ready: self.ready,
            pass: self.pass,
            totals: self.totals,
            observer,
            last_seq: self.last_seq,
            unwanted: 0,
            unwanted_events: [0; 2],
            held: self.held,
            pass_recorded: self.pass_recorded,
            spares: self.spares,
            found: self.found,
            #[cfg(feature = "serde")]
            snapshots: self.snapshots,
        };
        (base, self.observer)
    }

    /// Tells the engine what time it is, for what the application does outside a pass. Time never goes back.
    pub fn set_now(&mut self, now: Time) {
        self.now = self.now.max(now);
    }

    /// The engine's time: as of the start of the pass, or as set since.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// Which libevent this base behaves as.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// A driver that hears of readiness by edges calls this for each. It is remembered until a receive or a send
    /// says that the next would block.
    pub fn note_ready(&mut self, handle: Handle, ready: Readiness) {
        self.ready.note(handle, ready);
    }

    /// A call that the driver made on the handle would block: its readiness in this direction ends.
    /// The engine's own calls do this by themselves.
    pub fn note_would_block(&mut self, handle: Handle, direction: Direction) {
        self.ready.clear(handle, direction);
    }

    /// What the engine's own call says of the next one in this direction.
    pub(crate) fn note_transfer(
        &mut self,
        handle: Handle,
        direction: Direction,
        result: Result<Transfer, Errno>,
    ) {
        if matches!(result, Err(Errno::Again) | Ok(Transfer { exhausted: true, .. })) {
            self.note_would_block(handle, direction);
        }
    }

    /// The handle is closed: what was remembered of it is not true of the next one with its number.
    pub fn forget_handle(&mut self, handle: Handle) {
        self.ready.forget(handle);
    }

    /// How long the driver may wait in the kernel before the next pass: not at all when a pass would find
    /// something, until the soonest timer, or (`None`) until a handle becomes ready.
    pub fn next_wait(&mut self) -> Option<Duration> {
        if self.has_active() || !self.pass.triggers.is_empty() || self.ready.any() {
            return Some(Duration::ZERO);
        }
        self.timers.soonest().map(|(at, _)| at.saturating_since(self.now))
    }

    /// Whether anything is pending or active: without, the loop has nothing to wait for (`event_haveevents`).
    #[must_use]
    pub fn has_events(&self) -> bool {
        self.has_active()
            || !self.pass.triggers.is_empty()
            || self.timers.len() > 0
            || self.ready.waiters() > 0
    }

    /// What it has done so far.
    #[must_use]
    pub const fn totals(&self) -> Totals {
        self.totals
    }

    /// The number of the last record.
    #[must_use]
    pub const fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// The last bufferevent has gone: what was kept for them lies scattered, and would keep all the memory around it with
    /// the process.
    pub(crate) fn give_memory_back(&mut self) {
        self.spares = Spares::default();
        self.active.shrink();
        self.ready.shrink();
        self.found = Vec::new();
    }

    pub(crate) fn active_count(&self) -> usize {
        self.active.count()
    }

    pub(crate) fn timer_count(&self) -> usize {
        self.timers.len()
    }

    /// Who watches.
    pub const fn observer(&self) -> &O {
        &self.observer
    }

    /// Who watches, to take records out or to change what is wanted.
    pub const fn observer_mut(&mut self) -> &mut O {
        self.forget_unwanted();
        &mut self.observer
    }

    /// Whether a record about this bufferevent, or about the loop, would be taken now.
    #[inline]
    pub(crate) fn is_watched(&self, about: Option<BuffereventId>) -> bool {
        !self.is_unwanted(about) && self.observer.wants(about)
    }

    /// Whether records about this bufferevent were refused just now. This is all that a step costs which nobody wants.
    #[inline]
    pub(crate) fn is_unwanted(&self, about: Option<BuffereventId>) -> bool {
        !O::LISTENS || about.is_some_and(|id| id.number() == self.unwanted)
    }

    /// Whether this is an internal event of that bufferevent: found without a look at its owner.
    #[inline]
    pub(crate) fn is_unwanted_event(&self, event: Key) -> bool {
        let [read, write] = self.unwanted_events;
        !O::LISTENS || event.number == read || event.number == write
    }

    /// From here on the steps are about this one: whether they are wanted is asked before the first.
    #[inline]
    pub(crate) fn turn_to(&mut self, about: Option<BuffereventId>) {
        if let Some(id) = about
            && !self.is_watched(about)
        {
            self.note_unwanted(id);
        }
    }

    #[inline]
    fn note_unwanted(&mut self, id: BuffereventId) {
        self.unwanted = id.number();
        let events = |it: &Bufferevent| [it.ev_read.number, it.ev_write.number];
        self.unwanted_events = self.bufferevents.get(id.0).map(events).unwrap_or_default();
    }

    /// Everybody is asked about again.
    pub(crate) const fn forget_unwanted(&mut self) {
        self.unwanted = 0;
        self.unwanted_events = [0; 2];
    }

    pub(crate) fn payload_limit(&self) -> usize {
        self.observer.payload_limit()
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
        if !self.is_unwanted(about) {
            self.record_wanted(about, function, step, Location::caller());
        }
    }

    /// Records how the pass goes on. Where idle passes are not wanted, it waits for something to happen in it.
    #[track_caller]
    #[inline]
    pub(crate) fn record_pass(&mut self, function: &'static str, step: impl FnOnce() -> Step) {
        if !self.is_watched(None) {
            return;
        }
        let step = step();
        if matches!(step, Step::PassBegan { .. }) {
            self.pass_recorded = false;
            self.held.clear();
        }
        if self.pass_recorded || self.observer.wants_idle_passes() {
            self.record_wanted(None, function, move || step, Location::caller());
        } else {
            self.held.push((function, step, Location::caller()));
        }
    }

    /// Out of line, so that a step which nobody wants costs a comparison.
    #[cold]
    #[inline(never)]
    pub(crate) fn record_wanted(
        &mut self,
        about: Option<BuffereventId>,
        function: &'static str,
        step: impl FnOnce() -> Step,
        place: &'static Location<'static>,
    ) {
        if !self.observer.wants(about) {
            if let Some(id) = about {
                self.note_unwanted(id);
            }
            return;
        }
        self.pass_recorded = true;
        if !self.held.is_empty() {
            let mut held = std::mem::take(&mut self.held);
            for (function, step, place) in held.drain(..) {
                self.emit(None, function, step, place);
            }
            self.held = held;
        }
        self.emit(about, function, step(), place);
    }

    fn emit(
        &mut self,
        about: Option<BuffereventId>,
        function: &'static str,
        step: Step,
        place: &'static Location<'static>,
    ) {
        self.last_seq += 1;
        self.observer.record(Record {
            seq: self.last_seq,
            time: self.now,
            connection: about.map(BuffereventId::number),
            step,
            function: function.into(),
            file: place.file().into(),
            line: place.line(),
        });
        #[cfg(feature = "serde")]
        if self.snapshots.is_some() {
            let snapshot = self.snapshot();
            self.snapshots.get_or_insert_default().push(snapshot);
        }
    }

    /// From now on keeps a snapshot after each record: for tests of the fold, it costs a lot.
    #[cfg(feature = "serde")]
    pub fn keep_snapshots(&mut self) {
        self.snapshots = Some(Vec::new());
    }

    /// The snapshots kept so far, one for each record.
    #[cfg(feature = "serde")]
    pub fn take_snapshots(&mut self) -> Vec<crate::recording::Picture> {
        self.snapshots.as_mut().map(std::mem::take).unwrap_or_default()
    }
}
