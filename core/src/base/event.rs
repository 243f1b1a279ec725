//! Events: what waits for a handle or a time, libevent's `struct event`.

use std::panic::Location;
use std::time::Duration;

use super::EventBase;
use super::active::Ticket;
use super::ready::Waiter;
use super::timers::Deadline;
use crate::arena::Key;
use crate::bufferevent::BuffereventId;
use crate::dialect::PersistentTimer;
use crate::{Direction, EventFlags, EventName, Gone, Handle, Observer, Step, Time};

/// One of the application's own events. Once the event is freed, its id finds nothing ever again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub(crate) Key);

impl EventId {
    /// Counts the events of an event base; the number in records.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0.number
    }
}

/// Why an event could not be armed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArmError {
    /// It was freed.
    Gone,
    /// It is to wait for a handle and has none.
    NoHandle,
}

impl std::fmt::Display for ArmError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Gone => "it was freed",
            Self::NoHandle => "it has no handle to wait for",
        })
    }
}

impl std::error::Error for ArmError {}

/// Whose event this is, and so what its internal callback does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A bufferevent's `ev_read` or `ev_write`.
    Bufferevent(BuffereventId, Direction),
    /// The queued call of a bufferevent's deferred callbacks.
    Deferred(BuffereventId),
    /// The queued release of a freed bufferevent.
    Finalizer(BuffereventId),
    /// The application.
    Application,
}

/// An active event: it waits in a queue for its turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Active {
    pub(crate) cause: EventFlags,
    ticket: Ticket,
}

#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) owner: Owner,
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
    /// When its timer last fired.
    pub(crate) expired_at: Option<Time>,
}

impl Event {
    pub(crate) const fn new(
        owner: Owner,
        handle: Option<Handle>,
        interest: EventFlags,
        priority: u8,
    ) -> Self {
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
            expired_at: None,
        }
    }

    fn waits_for_handle(&self) -> bool {
        self.interest.intersects(EventFlags::READ.union(EventFlags::WRITE))
    }

    /// `event_pending` for these flags.
    fn is_pending(&self, flags: EventFlags) -> bool {
        (self.armed && self.interest.intersects(flags))
            || self.active.is_some_and(|active| active.cause.intersects(flags))
            || (self.deadline.is_some() && flags.contains(EventFlags::TIMEOUT))
    }

    pub(crate) fn holds(&self, ticket: Ticket) -> bool {
        self.active.is_some_and(|active| active.ticket == ticket)
    }
}

/// The application's own events.
impl<O: Observer> EventBase<O> {
    /// Makes an event: `event_set`. It waits for nothing until it is added.
    ///
    /// `interest` is any of READ, WRITE and PERSIST; none of READ and WRITE makes a pure timer.
    pub fn event_new(&mut self, handle: Option<Handle>, interest: EventFlags) -> EventId {
        let priority = self.default_priority();
        EventId(self.events.insert(Event::new(Owner::Application, handle, interest, priority)))
    }

    /// Makes the event wait, for its handle and, where given, for at most `timeout`: `event_add`.
    /// Adding it again restarts its timer.
    ///
    /// # Errors
    /// [`ArmError`] when it was freed, or waits for reading or writing without a handle.
    pub fn event_add(&mut self, event: EventId, timeout: Option<Duration>) -> Result<(), ArmError> {
        if !self.events.contains(event.0) {
            return Err(ArmError::Gone);
        }
        self.add_event(event.0, timeout)
    }

    /// Makes the event wait no longer; one that is active does not run: `event_del`.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn event_del(&mut self, event: EventId) -> Result<(), Gone> {
        if !self.events.contains(event.0) {
            return Err(Gone);
        }
        self.del_event(event.0);
        Ok(())
    }

    /// Queues the event to run in the next pass, or in this one: `event_active`.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn event_active(&mut self, event: EventId, cause: EventFlags) -> Result<(), Gone> {
        if !self.events.contains(event.0) {
            return Err(Gone);
        }
        self.activate(event.0, cause);
        Ok(())
    }

    /// Which of `flags` the event waits for or is active with: `event_pending`. None when it was freed.
    #[must_use]
    pub fn event_pending(&self, event: EventId, flags: EventFlags) -> bool {
        self.events.get(event.0).is_some_and(|event| event.is_pending(flags))
    }

    /// Removes the event for good. In libevent its memory is the application's; here it is the base's.
    ///
    /// # Errors
    /// [`Gone`] when it was freed before.
    pub fn event_free(&mut self, event: EventId) -> Result<(), Gone> {
        self.event_del(event)?;
        self.events.remove(event.0);
        Ok(())
    }
}

/// What the application's events and the bufferevents' own have in common.
impl<O: Observer> EventBase<O> {
    /// Whether the event waits for `direction`, or is active because of it.
    pub(crate) fn is_event_pending(&self, event: Key, direction: Direction) -> bool {
        let flags = match direction {
            Direction::Read => EventFlags::READ,
            Direction::Write => EventFlags::WRITE,
        };
        self.events[event].is_pending(flags)
    }

    pub(crate) fn add_event(&mut self, key: Key, timeout: Option<Duration>) -> Result<(), ArmError> {
        self.arm_if_idle(key)?;
        if let Some(timeout) = timeout {
            self.start_timer(key, timeout);
        }
        Ok(())
    }

    /// 2.1's persistent event adds itself again when it runs: its handle and this point in time.
    pub(crate) fn readd_with_timer(&mut self, key: Key, at: Time) {
        // Without a handle there is nothing to arm, and the timer runs all the same.
        let _ = self.arm_if_idle(key);
        let running = self.stop_timer(key);
        self.run_timer_until(key, at, running);
    }

    fn arm_if_idle(&mut self, key: Key) -> Result<(), ArmError> {
        let event = &self.events[key];
        // An active event is not armed again: it is on its way out of the queue. If it leaves the queue below,
        // only its timer runs, and what its handle can do goes unnoticed until then ("lost wake-up").
        if event.waits_for_handle() && !event.armed && event.active.is_none() {
            if event.handle.is_none() && !self.rules().arms_without_handle {
                return Err(ArmError::NoHandle);
            }
            self.arm(key);
        }
        Ok(())
    }

    fn arm(&mut self, key: Key) {
        let event = &mut self.events[key];
        event.armed = true;
        let waiter = Waiter {
            event: key,
            read: event.interest.contains(EventFlags::READ),
            write: event.interest.contains(EventFlags::WRITE),
        };
        if let Some(handle) = event.handle {
            self.ready.arm(handle, waiter);
        }
        self.record_event(key, self.functions().event_add, move |event| Step::EventArmed { event });
    }

    fn start_timer(&mut self, key: Key, timeout: Duration) {
        if self.rules().persistent_timer == PersistentTimer::Restarts {
            self.events[key].interval = Some(timeout);
        }
        if self.events[key].active.is_some_and(|active| active.cause.contains(EventFlags::TIMEOUT)) {
            self.deactivate(key);
        }
        let at = self.now() + timeout;
        let running = self.stop_timer(key);
        self.run_timer_until(key, at, running);
    }

    fn run_timer_until(&mut self, key: Key, at: Time, was_running: bool) {
        let deadline = self.timers.set(key, at);
        self.events[key].deadline = Some(deadline);
        self.record_event(key, self.functions().event_add, move |event| {
            if was_running {
                Step::TimerRestarted { event, deadline: at }
            } else {
                Step::TimerSet { event, deadline: at }
            }
        });
    }

    /// Takes the timer away without a record; gives whether one ran.
    pub(crate) fn stop_timer(&mut self, key: Key) -> bool {
        let deadline = self.events[key].deadline.take();
        if let Some(deadline) = deadline {
            self.timers.cancel(key, deadline);
        }
        deadline.is_some()
    }

    /// 2.1's `event_remove_timer`: no timer now, and none when it runs the next time. As there, an event whose timer is
    /// not running keeps its interval, and with it a timer the next time it runs.
    pub(crate) fn remove_timer(&mut self, key: Key) {
        if self.stop_timer(key) {
            self.events[key].interval = None;
            let function = self.functions().remove_timer;
            self.record_event(key, function, move |event| Step::TimerCancelled { event });
        }
    }

    pub(crate) fn del_event(&mut self, key: Key) {
        if self.stop_timer(key) {
            self.record_event(key, self.functions().event_del, move |event| Step::TimerCancelled { event });
        }
        if self.events[key].active.is_some() {
            self.deactivate(key);
        }
        self.disarm(key);
    }

    fn disarm(&mut self, key: Key) {
        let event = &mut self.events[key];
        if !event.armed {
            return;
        }
        event.armed = false;
        if let Some(handle) = event.handle {
            self.ready.disarm(handle, key);
        }
        self.record_event(key, self.functions().event_del, move |event| Step::EventDisarmed { event });
    }

    fn deactivate(&mut self, key: Key) {
        self.events[key].active = None;
        self.active.ticket_returned();
        self.record_event(key, self.functions().event_del, move |event| Step::EventDeactivated { event });
    }

    /// Queues the event, or adds the cause to those it is queued for. Gives whether it was not queued before.
    pub(crate) fn activate(&mut self, key: Key, cause: EventFlags) -> bool {
        if let Some(active) = &mut self.events[key].active {
            active.cause |= cause;
            return false;
        }
        let priority = self.events[key].priority;
        let ticket = self.active.push(priority, key);
        self.events[key].active = Some(Active { cause, ticket });
        self.note_preemption(priority);
        let function = match self.events[key].owner {
            Owner::Bufferevent(..) | Owner::Application => self.functions().activate_event,
            Owner::Deferred(_) | Owner::Finalizer(_) => self.functions().activate_call,
        };
        self.record_event(key, function, move |event| Step::EventActivated { event, cause });
        true
    }

    /// Takes the first event off an active queue to run it: a persistent one stays armed, another is removed.
    pub(crate) fn take_active(&mut self, queue: usize) -> Option<(Key, EventFlags)> {
        let events = &self.events;
        let key =
            self.active.first(queue, |event, ticket| events.get(event).is_some_and(|e| e.holds(ticket)))?;
        let cause = self.events[key].active.take()?.cause;
        self.active.ticket_returned();
        let running = self.event_name(key);
        self.turn_to(running.0);
        self.pass.running = Some(running);
        let function = self.functions().process_active;
        self.record_event(key, function, move |event| Step::EventRun { event, cause });
        if self.events[key].interest.contains(EventFlags::PERSIST) {
            self.restart_persistent_timer(key, cause);
        } else {
            self.del_event(key);
        }
        Some((key, cause))
    }

    pub(crate) fn event_name(&self, key: Key) -> (Option<BuffereventId>, EventName) {
        match self.events[key].owner {
            Owner::Bufferevent(id, Direction::Read) => (Some(id), EventName::Read),
            Owner::Bufferevent(id, Direction::Write) => (Some(id), EventName::Write),
            Owner::Deferred(id) => (Some(id), EventName::Deferred),
            Owner::Finalizer(id) => (Some(id), EventName::Finalizer),
            Owner::Application => (None, EventName::Application(key.number)),
        }
    }

    #[track_caller]
    #[inline]
    pub(crate) fn record_event(
        &mut self,
        key: Key,
        function: &'static str,
        step: impl FnOnce(EventName) -> Step,
    ) {
        if !self.is_unwanted_event(key) {
            self.record_wanted_event(key, function, step, Location::caller());
        }
    }

    /// Out of line, as is [`Self::record_wanted`].
    #[cold]
    #[inline(never)]
    fn record_wanted_event(
        &mut self,
        key: Key,
        function: &'static str,
        step: impl FnOnce(EventName) -> Step,
        place: &'static Location<'static>,
    ) {
        let (about, name) = self.event_name(key);
        self.record_wanted(about, function, move || step(name), place);
    }
}
