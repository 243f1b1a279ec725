//! Events: what waits for a handle or a time, libevent's `struct event`.

use std::time::Duration;

use super::EventLoop;
use super::active::Ticket;
use super::timers::Deadline;
use super::waiters::Waiter;
use crate::arena::Key;
use crate::{EventFlags, Handle, Time};

/// It is to wait for a handle and has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoHandle;

impl std::fmt::Display for NoHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("it has no handle to wait for")
    }
}

impl std::error::Error for NoHandle {}

/// What was taken away from an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removed {
    /// Its timer.
    Timer,
    /// Its place in the active queue.
    Active,
    /// It no longer waits for its handle.
    Armed,
}

/// What became of an event's timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimerChange {
    /// It began to run.
    Set,
    /// It ran, and began anew.
    Restarted,
}

/// An active event: it waits in a queue for its turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Active {
    pub(crate) cause: EventFlags,
    ticket: Ticket,
}

#[derive(Debug)]
pub(crate) struct Event<T> {
    /// What it stands for.
    pub(crate) owner: T,
    pub(crate) handle: Option<Handle>,
    /// What it waits for; with [`EventFlags::PERSIST`] it goes on waiting when it runs.
    pub(crate) interest: EventFlags,
    /// Invariant: below the number of the base's priorities. Smaller runs earlier.
    pub(crate) priority: u8,
    /// Whether it waits for its handle (EVLIST_INSERTED).
    pub(crate) armed: bool,
    /// Invariant: a ticket that its queue holds (EVLIST_ACTIVE).
    pub(crate) active: Option<Active>,
    /// Invariant: a deadline that the timers hold (EVLIST_TIMEOUT).
    pub(crate) deadline: Option<Deadline>,
    /// 2.1: the interval at which a persistent event's timer starts again (`ev_io_timeout`).
    pub(crate) interval: Option<Duration>,
    /// 2.1: it will be active when the kernel is asked again (EVLIST_ACTIVE_LATER).
    pub(crate) later: bool,
    /// When its timer fires or last would have (`ev_timeout`).
    pub(crate) timer_at: Option<Time>,
}

impl<T> Event<T> {
    pub(crate) const fn new(owner: T, handle: Option<Handle>, interest: EventFlags, priority: u8) -> Self {
        Self {
            owner,
            handle,
            interest,
            priority,
            armed: false,
            active: None,
            deadline: None,
            interval: None,
            later: false,
            timer_at: None,
        }
    }

    /// What it waits for of its handle.
    const fn wants(&self) -> EventFlags {
        self.interest.intersection(EventFlags::READ.union(EventFlags::WRITE))
    }

    /// `event_pending` for these flags.
    pub(crate) fn is_pending(&self, flags: EventFlags) -> bool {
        (self.armed && self.interest.intersects(flags))
            || self.active.is_some_and(|active| active.cause.intersects(flags))
            || (self.deadline.is_some() && flags.contains(EventFlags::TIMEOUT))
    }

    pub(crate) fn holds(&self, ticket: Ticket) -> bool {
        self.active.is_some_and(|active| active.ticket == ticket)
    }

    /// It is active no more, if it is with this ticket: gives with what it was.
    #[inline]
    pub(super) fn run(&mut self, ticket: Ticket) -> Option<EventFlags> {
        let cause = self.active.filter(|active| active.ticket == ticket)?.cause;
        self.active = None;
        Some(cause)
    }
}

impl<T: Copy> EventLoop<T> {
    /// Makes an event: `event_set`. It waits for nothing.
    pub(crate) fn insert(
        &mut self,
        owner: T,
        handle: Option<Handle>,
        interest: EventFlags,
        priority: u8,
    ) -> Key {
        self.events.insert(Event::new(owner, handle, interest, priority))
    }

    /// Removes an event from which everything was [taken away](Self::del_next).
    pub(crate) fn remove(&mut self, key: Key) {
        self.events.remove(key);
    }

    pub(crate) fn get(&self, key: Key) -> Option<&Event<T>> {
        self.events.get(key)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Key, &Event<T>)> {
        self.events.iter()
    }

    pub(crate) fn set_owner(&mut self, key: Key, owner: T) {
        self.events[key].owner = owner;
    }

    /// Of an event that does not wait: another handle. With it the event is as made anew.
    pub(crate) fn set_handle(&mut self, key: Key, handle: Option<Handle>) {
        let priority = self.default_priority();
        let event = &mut self.events[key];
        event.handle = handle;
        event.priority = priority;
        event.interval = None;
    }

    /// The interval at which a persistent event's timer starts again; none is once.
    pub(crate) fn set_interval(&mut self, key: Key, interval: Option<Duration>) {
        self.events[key].interval = interval;
    }

    /// The event waits for its handle from now on, if it is to. Gives whether it did not before.
    ///
    /// An active event is not armed again: it is on its way out of the queue. If it leaves the queue otherwise, only its
    /// timer runs, and what its handle can do goes unnoticed until then ("lost wake-up").
    #[inline]
    pub(crate) fn arm_if_idle(&mut self, key: Key, without_handle: bool) -> Result<bool, NoHandle> {
        let event = &mut self.events[key];
        let wants = event.wants();
        if wants.is_empty() || event.armed || event.active.is_some() {
            return Ok(false);
        }
        if event.handle.is_none() && !without_handle {
            return Err(NoHandle);
        }
        event.armed = true;
        if let Some(handle) = event.handle {
            self.ready.arm(handle, Waiter { event: key, wants });
        }
        Ok(true)
    }

    pub(crate) fn set_timer(&mut self, key: Key, at: Time) -> TimerChange {
        let was_running = self.stop_timer(key);
        let deadline = self.timers.set(key, at);
        let event = &mut self.events[key];
        event.deadline = Some(deadline);
        event.timer_at = Some(at);
        if was_running { TimerChange::Restarted } else { TimerChange::Set }
    }

    /// Takes the timer away; gives whether one ran.
    pub(crate) fn stop_timer(&mut self, key: Key) -> bool {
        let deadline = self.events[key].deadline.take();
        if let Some(deadline) = deadline {
            self.timers.cancel(deadline);
        }
        deadline.is_some()
    }

    /// `event_del`, one change at a time, in the order of [`Removed`]: none once the event waits for nothing and is not
    /// active.
    #[inline]
    pub(crate) fn del_next(&mut self, key: Key) -> Option<Removed> {
        let event = &mut self.events[key];
        if let Some(deadline) = event.deadline.take() {
            self.timers.cancel(deadline);
            return Some(Removed::Timer);
        }
        if event.active.take().is_some() {
            self.active.ticket_returned();
            return Some(Removed::Active);
        }
        if std::mem::take(&mut event.armed) {
            if let Some(handle) = event.handle {
                self.ready.disarm(handle, key);
            }
            return Some(Removed::Armed);
        }
        None
    }

    /// Takes an event whose time came out of the active queue, before its timer starts anew. Gives whether it was there.
    pub(crate) fn deactivate_expired(&mut self, key: Key) -> bool {
        let active = &mut self.events[key].active;
        let expired = active.take_if(|active| active.cause.contains(EventFlags::TIMEOUT)).is_some();
        if expired {
            self.active.ticket_returned();
        }
        expired
    }

    /// Queues the event, or adds the cause to those it is queued for. Gives whether it was not queued before.
    #[inline]
    pub(crate) fn activate(&mut self, key: Key, cause: EventFlags) -> bool {
        let event = &mut self.events[key];
        if let Some(active) = &mut event.active {
            active.cause |= cause;
            return false;
        }
        let ticket = self.active.push(event.priority, key);
        event.active = Some(Active { cause, ticket });
        true
    }
}
