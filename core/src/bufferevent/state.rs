//! What the bufferevents of an event base are made of, and whoever hears of each step.

use std::num::NonZeroUsize;
use std::panic::Location;

use super::{Bufferevent, DeferredRun, Due, Owed};
use crate::arena::{Arena, Key};
use crate::dialect::Rules;
use crate::evbuffer::Spares;
use crate::event_loop::EventLoop;
use crate::ids::BuffereventId;
use crate::observe::{Recorded, Recorder};
use crate::{Dialect, Direction, Errno, EventName, Handle, Observer, Step, Time, Totals, Transfer};

/// Everything but who watches.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) dialect: Dialect,
    /// The dialect's: almost every step asks for one.
    pub(crate) rules: &'static Rules,
    pub(crate) event_loop: EventLoop<Owner>,
    pub(crate) bufferevents: Arena<Bufferevent>,
    pub(crate) calls: Calls,
    pub(crate) totals: Totals,
    /// Whether new bufferevents' buffers [follow](crate::Evbuffer::follow_chains) their chains.
    pub(crate) follows_chains: bool,
    /// Memory of buffers that are empty.
    pub(crate) spares: Spares,
    /// What one read takes at most instead of what the dialect says.
    pub(crate) read_limit: Option<NonZeroUsize>,
    #[cfg(feature = "serde")]
    pub(crate) probe: Option<Probe>,
}

/// Whose event this is, and so what its internal callback does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A bufferevent's `ev_read` or `ev_write`.
    Bufferevent(BuffereventId, Direction),
    /// The queued call of a bufferevent's deferred callbacks.
    Deferred(BuffereventId),
    /// The queued release of a freed bufferevent.
    Finalizer(BuffereventId),
    /// The loop, which is to stop.
    LoopExit,
    /// The application.
    Application,
}

impl Owner {
    /// The bufferevent that it belongs to.
    pub(crate) const fn about(self) -> Option<BuffereventId> {
        match self {
            Self::Bufferevent(id, _) | Self::Deferred(id) | Self::Finalizer(id) => Some(id),
            Self::LoopExit | Self::Application => None,
        }
    }

    /// What the event is called in records.
    pub(crate) const fn event_name(self, event: Key) -> EventName {
        match self {
            Self::Bufferevent(_, Direction::Read) => EventName::Read,
            Self::Bufferevent(_, Direction::Write) => EventName::Write,
            Self::Deferred(_) => EventName::Deferred,
            Self::Finalizer(_) => EventName::Finalizer,
            Self::LoopExit => EventName::LoopExit,
            Self::Application => EventName::Application(event.number),
        }
    }
}

/// The user callbacks that are under way or owed.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    /// Handed out in this pass.
    pub(crate) in_pass: usize,
    /// The user callback that was handed out and has not returned.
    pub(crate) entered: Option<Due>,
    /// The pass was broken off as it ran on without a user callback.
    pub(crate) spinning: bool,
    /// 2.x: calls under way that user callbacks interrupt.
    pub(crate) owed: Owed,
    /// How far these are carried on.
    #[cfg(feature = "sim")]
    pub(crate) bounds: Option<Bounds>,
    /// Bytes that functions of filters have given.
    #[cfg(feature = "sim")]
    pub(crate) filtered: u64,
    /// 2.x: `ev_write` has told the user of the connection that it found made, and has yet to write.
    pub(crate) connected: Option<BuffereventId>,
    /// 2.1: the queued call of deferred callbacks that is under way.
    pub(crate) deferred_run: Option<DeferredRun>,
}

/// How far calls are carried on that are under way. libevent never leaves one, and nobody but a simulation bounds them: in a single
/// call filters can move bytes one by one, or make twice as many of them time after time.
#[cfg(feature = "sim")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// The number of the last record after which they are.
    pub(crate) records: u64,
    /// Bytes in all buffers.
    pub(crate) bytes: u64,
    /// Bytes that functions of filters give in all.
    pub(crate) filtered: u64,
}

impl Calls {
    /// The user callbacks that were handed out and have not returned, outermost first.
    #[cfg(feature = "serde")]
    pub(crate) fn entered(&self) -> impl Iterator<Item = Due> + '_ {
        self.entered.into_iter().chain(self.owed.entered())
    }
}

/// Looks at the state after each record, given its number: for tests, it costs a lot.
#[cfg(feature = "serde")]
pub(crate) struct Probe(pub(crate) Box<Look>);

#[cfg(feature = "serde")]
type Look = dyn Fn(&State, u64) + Send;

#[cfg(feature = "serde")]
impl std::fmt::Debug for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Probe")
    }
}

impl State {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            rules: dialect.rules(),
            event_loop: EventLoop::new(),
            bufferevents: Arena::new(),
            calls: Calls::default(),
            totals: Totals::default(),
            follows_chains: false,
            spares: Spares::default(),
            read_limit: None,
            #[cfg(feature = "serde")]
            probe: None,
        }
    }

    /// The bufferevent, unless it was freed.
    pub(crate) fn live(&self, id: BuffereventId) -> Option<&Bufferevent> {
        self.bufferevents.get(id.0).filter(|bufferevent| !bufferevent.freed)
    }

    /// Every bufferevent that was not freed.
    pub(crate) fn live_bufferevents(&self) -> impl Iterator<Item = (BuffereventId, &Bufferevent)> {
        let live = self.bufferevents.iter().filter(|(_, bufferevent)| !bufferevent.freed);
        live.map(|(key, bufferevent)| (BuffereventId(key), bufferevent))
    }

    /// Bytes in all buffers.
    #[cfg(feature = "sim")]
    pub(crate) fn buffered(&self) -> u64 {
        let each = self.bufferevents.iter().map(|(_, it)| it.input.len() + it.output.len());
        each.sum::<usize>() as u64
    }

    /// Whether an internal callback of this bufferevent, or a call that holds on to it, is under way, perhaps in its user callback.
    pub(crate) fn is_running(&self, id: BuffereventId) -> bool {
        self.event_loop.running().is_some_and(|(_, owner)| owner.about() == Some(id))
            || self.calls.owed.holds(id)
    }

    /// What the engine's own call says of the next one in this direction.
    pub(crate) fn note_transfer(
        &mut self,
        handle: Handle,
        direction: Direction,
        result: Result<Transfer, Errno>,
    ) {
        if matches!(result, Err(Errno::Again) | Ok(Transfer { exhausted: true, .. })) {
            self.event_loop.ready.clear(handle, direction);
        }
    }

    /// The last bufferevent has gone: what was kept for them lies scattered, and would keep all the memory around it with
    /// the process.
    pub(crate) fn give_memory_back(&mut self) {
        self.spares = Spares::default();
        self.event_loop.give_memory_back();
    }
}

impl Recorded for State {
    fn now(&self) -> Time {
        self.event_loop.now()
    }

    fn io_events(&self, id: BuffereventId) -> [u64; 2] {
        let events = |it: &Bufferevent| [it.ev_read.number, it.ev_write.number];
        self.bufferevents.get(id.0).map(events).unwrap_or_default()
    }

    #[cfg(feature = "serde")]
    fn after_record(&self, seq: u64) {
        if let Some(Probe(probe)) = &self.probe {
            probe(self, seq);
        }
    }
}

/// The state, and whoever hears of each step of it.
#[derive(Debug)]
pub(crate) struct Engine<O> {
    pub(crate) state: State,
    pub(crate) recorder: Recorder<O>,
}

impl<O: Observer> Engine<O> {
    #[inline]
    pub(crate) fn is_watched(&self, about: Option<BuffereventId>) -> bool {
        self.recorder.is_watched(about)
    }

    pub(crate) fn payload_limit(&self) -> usize {
        self.recorder.payload_limit()
    }

    /// Records a step, with the libevent function it stands for ("" for none).
    #[track_caller]
    #[inline]
    pub(crate) fn record(
        &mut self,
        about: Option<BuffereventId>,
        function: &'static str,
        step: impl FnOnce() -> Step,
    ) {
        if !self.recorder.is_unwanted(about) {
            self.recorder.record_wanted(&self.state, about, function, step, Location::caller());
        }
    }

    /// The same about an event, by its name.
    #[track_caller]
    #[inline]
    pub(crate) fn record_event(
        &mut self,
        key: Key,
        function: &'static str,
        step: impl FnOnce(EventName) -> Step,
    ) {
        if !self.recorder.is_unwanted_event(key) {
            self.record_wanted_event(key, function, step, Location::caller());
        }
    }

    /// Out of line, as is [`Recorder::record_wanted`].
    #[cold]
    #[inline(never)]
    fn record_wanted_event(
        &mut self,
        key: Key,
        function: &'static str,
        step: impl FnOnce(EventName) -> Step,
        place: &'static Location<'static>,
    ) {
        let owner = self.state.event_loop[key].owner;
        let (about, name) = (owner.about(), owner.event_name(key));
        self.recorder.record_wanted(&self.state, about, function, move || step(name), place);
    }
}
