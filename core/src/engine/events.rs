//! The application's own events, and how urgent what is.

use std::fmt;
use std::time::Duration;

use super::EventBase;
use crate::bufferevent::{Engine, Owner};
use crate::{EventFlags, EventId, Gone, Handle, NoHandle, Observer, PriorityError};

/// One of the application's own events, to act on: see [`EventBase::event_mut`].
pub struct EventMut<'a, O: Observer> {
    engine: &'a mut Engine<O>,
    /// Invariant: the id of one that was not freed.
    id: EventId,
}

impl<O: Observer> EventBase<O> {
    /// Makes an event: `event_set`. It waits for nothing until it is added.
    ///
    /// `interest` is any of READ, WRITE and PERSIST; none of READ and WRITE makes a pure timer.
    pub fn event_new(&mut self, handle: Option<Handle>, interest: EventFlags) -> EventId {
        let event_loop = &mut self.engine.state.event_loop;
        let priority = event_loop.default_priority();
        EventId(event_loop.insert(Owner::Application, handle, interest, priority))
    }

    /// An event to act on.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn event_mut(&mut self, id: EventId) -> Result<EventMut<'_, O>, Gone> {
        self.engine.state.event_loop.get(id.0).ok_or(Gone)?;
        Ok(EventMut { engine: &mut self.engine, id })
    }

    /// Which of `flags` the event waits for or is active with: `event_pending`. None when it was freed.
    #[must_use]
    pub fn event_pending(&self, event: EventId, flags: EventFlags) -> bool {
        self.engine.state.event_loop.get(event.0).is_some_and(|event| event.is_pending(flags))
    }

    /// Sets the number of priorities, at least 1: `event_base_priority_init`. Events made from now on get the
    /// middle one, those there are keep theirs or get the last.
    ///
    /// # Errors
    /// [`PriorityError`] while an event is active or runs, and for 0; nothing was changed.
    pub fn set_priorities(&mut self, priorities: u8) -> Result<(), PriorityError> {
        self.engine.set_priorities(priorities)
    }

    /// How many priorities there are; 0 runs first.
    #[must_use]
    pub fn priorities(&self) -> usize {
        self.engine.state.event_loop.priorities()
    }
}

impl<O: Observer> EventMut<'_, O> {
    /// Makes the event wait, for its handle and, where given, for at most `timeout`: `event_add`.
    /// Adding it again restarts its timer.
    ///
    /// # Errors
    /// [`NoHandle`] when it is to wait for reading or writing and has none.
    pub fn add(&mut self, timeout: Option<Duration>) -> Result<(), NoHandle> {
        self.engine.add_event(self.id.0, timeout)
    }

    /// Makes the event wait no longer; one that is active does not run: `event_del`.
    pub fn del(&mut self) {
        self.engine.del_event(self.id.0);
    }

    /// Queues the event to run in the next pass, or in this one: `event_active`.
    pub fn activate(&mut self, cause: EventFlags) {
        self.engine.activate(self.id.0, cause);
    }

    /// Sets the event's priority, smaller runs earlier: `event_priority_set`.
    ///
    /// # Errors
    /// [`PriorityError`] when it is active, or the priority is not below [`EventBase::priorities`]; nothing was changed.
    pub fn priority_set(&mut self, priority: u8) -> Result<(), PriorityError> {
        self.engine.state.event_loop.set_priority(self.id.0, priority)
    }

    /// Removes the event for good: `event_del`. In libevent its memory is the application's; here it is the base's.
    pub fn free(mut self) {
        self.del();
        self.engine.state.event_loop.remove(self.id.0);
    }
}

impl<O: Observer> fmt::Debug for EventMut<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventMut").field(&self.id).finish()
    }
}
