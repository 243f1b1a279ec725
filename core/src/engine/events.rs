//! The application's own events, and how urgent what is.

use std::time::Duration;

use super::EventBase;
use crate::bufferevent::Owner;
use crate::{ArmError, EventFlags, EventId, Gone, Handle, Observer, PriorityError};

/// The application's own events.
impl<O: Observer> EventBase<O> {
    /// Makes an event: `event_set`. It waits for nothing until it is added.
    ///
    /// `interest` is any of READ, WRITE and PERSIST; none of READ and WRITE makes a pure timer.
    pub fn event_new(&mut self, handle: Option<Handle>, interest: EventFlags) -> EventId {
        let event_loop = &mut self.engine.state.event_loop;
        let priority = event_loop.default_priority();
        EventId(event_loop.insert(Owner::Application, handle, interest, priority))
    }

    /// Makes the event wait, for its handle and, where given, for at most `timeout`: `event_add`.
    /// Adding it again restarts its timer.
    ///
    /// # Errors
    /// [`ArmError`] when it was freed, or waits for reading or writing without a handle.
    pub fn event_add(&mut self, event: EventId, timeout: Option<Duration>) -> Result<(), ArmError> {
        if !self.has_event(event) {
            return Err(ArmError::Gone);
        }
        self.engine.add_event(event.0, timeout)?;
        Ok(())
    }

    /// Makes the event wait no longer; one that is active does not run: `event_del`.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn event_del(&mut self, event: EventId) -> Result<(), Gone> {
        if !self.has_event(event) {
            return Err(Gone);
        }
        self.engine.del_event(event.0);
        Ok(())
    }

    /// Queues the event to run in the next pass, or in this one: `event_active`.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn event_active(&mut self, event: EventId, cause: EventFlags) -> Result<(), Gone> {
        if !self.has_event(event) {
            return Err(Gone);
        }
        self.engine.activate(event.0, cause);
        Ok(())
    }

    /// Which of `flags` the event waits for or is active with: `event_pending`. None when it was freed.
    #[must_use]
    pub fn event_pending(&self, event: EventId, flags: EventFlags) -> bool {
        self.engine.state.event_loop.get(event.0).is_some_and(|event| event.is_pending(flags))
    }

    /// Removes the event for good. In libevent its memory is the application's; here it is the base's.
    ///
    /// # Errors
    /// [`Gone`] when it was freed before.
    pub fn event_free(&mut self, event: EventId) -> Result<(), Gone> {
        self.event_del(event)?;
        self.engine.state.event_loop.remove(event.0);
        Ok(())
    }

    /// Sets the number of priorities, at least 1: `event_base_priority_init`. Events made from now on get the
    /// middle one, those there are keep theirs or get the last.
    ///
    /// # Errors
    /// [`PriorityError`] while an event is active, and for 0; nothing was changed.
    pub fn set_priorities(&mut self, priorities: u8) -> Result<(), PriorityError> {
        self.engine.state.event_loop.set_priorities(priorities)
    }

    /// How many priorities there are; 0 runs first.
    #[must_use]
    pub fn priorities(&self) -> usize {
        self.engine.state.event_loop.priorities()
    }

    /// Sets the event's priority, smaller runs earlier: `event_priority_set`.
    ///
    /// # Errors
    /// [`PriorityError`] when it was freed or is active, or the priority is not below [`EventBase::priorities`]; nothing
    /// was changed.
    pub fn event_priority_set(&mut self, event: EventId, priority: u8) -> Result<(), PriorityError> {
        if !self.has_event(event) {
            return Err(PriorityError::Gone);
        }
        self.engine.state.event_loop.set_priority(event.0, priority)
    }

    fn has_event(&self, event: EventId) -> bool {
        self.engine.state.event_loop.get(event.0).is_some()
    }
}
