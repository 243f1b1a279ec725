//! Where a pass of the loop is.
//!
//! The order is libevent's: ask the kernel, look at the timers, then run what is active, in the order in which it
//! became active; while something is left active, from the top.

use super::EventLoop;
use crate::EventFlags;
use crate::arena::Key;

/// How many queued calls are made active for one poll of the kernel. The next waits for another poll, so that calls
/// that queue each other again and again cannot keep the loop from its sockets.
const MAX_DEFERRED_CALLS: usize = 33;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Between passes.
    Idle,
    /// At the top of the loop.
    Top,
    /// Running what is active in this queue.
    Running(usize),
}

/// How the top of the loop goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Top {
    /// The pass is over: it was to be broken off.
    Broken,
    /// The pass is over: the loop was to stop.
    Exited,
    /// The pass is over: nothing is pending.
    NoEvents,
    /// The kernel is to be asked.
    Poll,
}

/// What follows an event that has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// The next event of the queue.
    Run(Key, EventFlags),
    /// The top of the loop.
    Top,
    /// The pass is over: it was to be broken off.
    Broken,
    /// The pass is over: nothing is left active.
    Done,
}

/// What became of a call that was to be queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Queued {
    /// It is to become active now.
    Now,
    /// It will when the kernel is asked again, or is on its way already.
    Later,
}

#[derive(Debug)]
pub(super) struct Pass<T> {
    phase: Phase,
    number: u64,
    /// Whether this pass has run any event.
    ran_event: bool,
    /// It is to be broken off (`event_break`).
    breaks: bool,
    /// The loop is to stop (`event_gotterm`).
    exits: bool,
    /// What a driver is told of that, also once the loop has stopped.
    exit_requested: bool,
    /// 2.1: something more urgent than what runs became active.
    preempted: bool,
    /// The event whose internal callback runs, and what it stands for: it may be freed meanwhile.
    running: Option<(Key, T)>,
    /// 2.1: queued calls made active since the kernel was last asked.
    deferred_calls: usize,
    /// 2.1: queued calls beyond the bound, to be made active before the kernel is asked again.
    later: Vec<Key>,
}

impl<T> Pass<T> {
    pub(super) const fn new() -> Self {
        Self {
            phase: Phase::Idle,
            number: 0,
            ran_event: false,
            breaks: false,
            exits: false,
            exit_requested: false,
            preempted: false,
            running: None,
            deferred_calls: 0,
            later: Vec::new(),
        }
    }
}

impl<T: Copy> EventLoop<T> {
    /// Begins a pass at its top, and gives its number. `forgets` says that it breaks off or stops for nothing that was
    /// asked before it.
    pub(crate) fn begin_pass(&mut self, forgets: bool) -> u64 {
        self.pass.phase = Phase::Top;
        self.pass.number += 1;
        self.pass.ran_event = false;
        self.pass.breaks &= !forgets;
        self.pass.exits &= !forgets;
        self.pass.exit_requested = self.pass.exits;
        self.pass.number
    }

    pub(crate) fn end_pass(&mut self) {
        self.pass.phase = Phase::Idle;
    }

    pub(crate) const fn phase(&self) -> Phase {
        self.pass.phase
    }

    /// At the top of the loop. `owes` says that callbacks are due which no event stands for.
    pub(crate) fn top(&mut self, owes: bool) -> Top {
        self.pass.deferred_calls = 0;
        self.pass.preempted = false;
        if std::mem::take(&mut self.pass.exits) {
            return Top::Exited;
        }
        if std::mem::take(&mut self.pass.breaks) {
            return Top::Broken;
        }
        if !owes && !self.has_events() {
            return Top::NoEvents;
        }
        Top::Poll
    }

    /// Kernel and timers were looked at: runs what is active in the most urgent queue. False where nothing is.
    pub(crate) fn run_active(&mut self) -> bool {
        let events = &self.events;
        let first = (0..self.active.priorities()).find(|&queue| {
            self.active
                .first(queue, |event, ticket| events.get(event).is_some_and(|event| event.holds(ticket)))
                .is_some()
        });
        if let Some(queue) = first {
            self.pass.phase = Phase::Running(queue);
        }
        first.is_some()
    }

    /// Goes on in the queue that runs.
    #[inline]
    pub(crate) fn next_active(&mut self, queue: usize) -> Next {
        if !self.pass.breaks
            && !self.pass.preempted
            && let Some((key, cause)) = self.take_active(queue)
        {
            return Next::Run(key, cause);
        }
        // With nothing left active it does not come to the top again, where it would be seen that it breaks off.
        if self.has_active() {
            self.pass.phase = Phase::Top;
            return Next::Top;
        }
        if self.pass.breaks { Next::Broken } else { Next::Done }
    }

    /// The first event of this queue that still holds its ticket.
    fn take_active(&mut self, queue: usize) -> Option<(Key, EventFlags)> {
        while let Some((key, ticket)) = self.active.pop(queue) {
            let Some(event) = self.events.get_mut(key) else { continue };
            let Some(cause) = event.run(ticket) else { continue };
            self.active.ticket_returned();
            self.pass.running = Some((key, event.owner));
            self.pass.ran_event = true;
            return Some((key, cause));
        }
        None
    }

    /// The internal callback that ran has returned.
    pub(crate) fn take_running(&mut self) -> Option<(Key, T)> {
        let running = self.pass.running?;
        self.pass.running = None;
        Some(running)
    }

    pub(crate) const fn running(&self) -> Option<(Key, T)> {
        self.pass.running
    }

    /// Goes back to the top of the loop once the event that runs has returned, where this is more urgent.
    pub(crate) fn preempt(&mut self, priority: u8) {
        if let Phase::Running(queue) = self.pass.phase
            && usize::from(priority) < queue
        {
            self.pass.preempted = true;
        }
    }

    /// Queues a call, within the bound. One that is to become active now is to be [activated](Self::activate).
    pub(crate) fn queue_call(&mut self, key: Key) -> Queued {
        let event = &mut self.events[key];
        let is_new = event.active.is_none() && !event.later;
        if self.pass.deferred_calls >= MAX_DEFERRED_CALLS {
            if is_new {
                event.later = true;
                self.pass.later.push(key);
            }
            return Queued::Later;
        }
        if std::mem::take(&mut event.later) {
            self.pass.later.retain(|later| *later != key);
        }
        self.pass.deferred_calls += usize::from(is_new);
        Queued::Now
    }

    /// Gives the queued calls beyond the bound, which are to be activated.
    pub(crate) fn take_later(&mut self) -> Vec<Key> {
        let mut later = std::mem::take(&mut self.pass.later);
        later.retain(|&key| {
            self.events.get_mut(key).is_some_and(|event| {
                event.later = false;
                true
            })
        });
        self.pass.deferred_calls += later.len();
        later
    }

    pub(super) fn has_later(&self) -> bool {
        !self.pass.later.is_empty()
    }

    /// The pass ends after the callback that runs: `event_base_loopbreak`.
    pub(crate) fn request_break(&mut self) {
        self.pass.breaks = true;
    }

    /// The event of `event_base_loopexit` has run: the loop stops when it comes to its top.
    pub(crate) fn request_exit(&mut self) {
        self.pass.exits = true;
        self.pass.exit_requested = true;
    }

    pub(crate) const fn exit_requested(&self) -> bool {
        self.pass.exit_requested
    }

    pub(crate) const fn has_run_event(&self) -> bool {
        self.pass.ran_event
    }

    #[cfg(feature = "serde")]
    pub(crate) const fn pass_number(&self) -> u64 {
        self.pass.number
    }
}
