//! The event loop: what is pending, what is active, what has a time, and in which order a pass runs it.
//!
//! It knows neither bufferevents nor observers: an event stands for a `T`, and each operation makes one change and says
//! which, so that whoever asked for it can record it before the next.
//!
//! `event` holds the events and what is done to them, `pass` where a pass of the loop is, `priority` its priorities, `ready`
//! what is known of each handle and `waiters` who waits for it, `timers` and `active` the two queues.

mod active;
mod event;
mod pass;
mod priority;
mod ready;
mod timers;
mod waiters;

use std::ops::Index;
use std::time::Duration;

use crate::arena::{Arena, Key};
use crate::dialect::ReadyOrder;
use crate::{EventFlags, Handle, Kernel, Time};

use active::ActiveQueues;
pub use event::NoHandle;
pub(crate) use event::{Event, Removed, TimerChange};
use pass::Pass;
pub(crate) use pass::{Next, Phase, Queued, Top};
pub use priority::PriorityError;
pub(crate) use ready::ReadyMemory;
use timers::Timers;

/// One loop: `struct event_base`, as far as events go.
#[derive(Debug)]
pub(crate) struct EventLoop<T> {
    now: Time,
    events: Arena<Event<T>>,
    timers: Timers,
    active: ActiveQueues,
    pub(crate) ready: ReadyMemory,
    pass: Pass<T>,
    /// Kept for its memory: the events that one handle's readiness makes active.
    found: Vec<(Key, EventFlags)>,
    /// Kept for its memory: the handles that a pass looks at.
    handles: Vec<Handle>,
}

impl<T: Copy> EventLoop<T> {
    /// With one priority.
    pub(crate) fn new() -> Self {
        Self {
            now: Time::ZERO,
            events: Arena::new(),
            timers: Timers::default(),
            active: ActiveQueues::new(1),
            ready: ReadyMemory::default(),
            pass: Pass::new(),
            found: Vec::new(),
            handles: Vec::new(),
        }
    }

    pub(crate) const fn now(&self) -> Time {
        self.now
    }

    /// Time never goes back.
    pub(crate) fn set_now(&mut self, now: Time) {
        self.now = self.now.max(now);
    }

    /// How long the kernel may be waited in: not at all when a pass would find something, until the soonest timer, or
    /// (`None`) until a handle becomes ready.
    pub(crate) fn next_wait(&mut self) -> Option<Duration> {
        if self.has_active() || self.ready.any() {
            return Some(Duration::ZERO);
        }
        self.timers.soonest().map(|(at, _)| at.saturating_since(self.now))
    }

    /// Whether anything is pending or active: `event_haveevents`.
    pub(crate) fn has_events(&self) -> bool {
        self.has_active() || self.timers.len() > 0 || self.ready.waiters() > 0
    }

    pub(crate) fn has_active(&self) -> bool {
        self.active.count() > 0 || self.has_later()
    }

    pub(crate) fn active_count(&self) -> usize {
        self.active.count()
    }

    /// Asks a level-triggered kernel what is ready, and gives the handles that an event waits for. They are to be given
    /// back for their memory.
    pub(crate) fn poll<K: Kernel + ?Sized>(&mut self, kernel: &mut K) -> Vec<Handle> {
        let (ready, mut answers) = (&mut self.ready, false);
        kernel.poll(&mut |handle, now| {
            answers = true;
            ready.replace(handle, now);
        });
        let mut handles = std::mem::take(&mut self.handles);
        self.ready.take_candidates(&mut handles);
        if answers {
            // What became ready first is known of edges only.
            handles.sort_unstable();
        }
        handles
    }

    pub(crate) fn give_back_handles(&mut self, handles: Vec<Handle>) {
        self.handles = handles;
    }

    /// The events that what is known of the handle makes active, in order, each with its cause. They are to be given back
    /// for their memory.
    pub(crate) fn find_ready(&mut self, handle: Handle, order: ReadyOrder) -> Vec<(Key, EventFlags)> {
        let mut found = std::mem::take(&mut self.found);
        self.ready.arrange(handle, order, &mut found);
        found
    }

    pub(crate) fn give_back_found(&mut self, mut found: Vec<(Key, EventFlags)>) {
        found.clear();
        self.found = found;
    }

    /// The event whose time has come first: its timer is stopped. None where none has.
    pub(crate) fn take_expired(&mut self) -> Option<Key> {
        let (_, key) = self.timers.soonest().filter(|(at, _)| *at <= self.now)?;
        self.stop_timer(key);
        Some(key)
    }

    /// Gives back the memory that a crowd took.
    pub(crate) fn give_memory_back(&mut self) {
        self.active.shrink();
        self.ready.shrink();
        self.found = Vec::new();
    }

    /// Panics when it contradicts itself.
    pub(crate) fn assert_invariants(&self) {
        let (mut active, mut timers) = (0, 0);
        for (_, event) in self.iter() {
            active += usize::from(event.active.is_some());
            timers += usize::from(event.deadline.is_some());
            assert!(usize::from(event.priority) < self.priorities(), "every event has a queue");
        }
        assert_eq!(active, self.active.count(), "every active event holds a ticket");
        assert_eq!(timers, self.timers.len(), "every deadline is among the timers");
    }
}

/// For keys of events that are there.
impl<T> Index<Key> for EventLoop<T> {
    type Output = Event<T>;

    fn index(&self, key: Key) -> &Event<T> {
        &self.events[key]
    }
}
