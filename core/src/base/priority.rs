//! Priorities: what is more urgent runs first.

use std::fmt;

use super::active::ActiveQueues;
use super::{EventBase, EventId};
use crate::Observer;
use crate::arena::Key;

/// Why a priority stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriorityError {
    /// The bufferevent or event was freed.
    Gone,
    /// An event that it concerns is active.
    Active,
    /// There is no such priority.
    OutOfRange,
}

impl fmt::Display for PriorityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gone => "it was freed",
            Self::Active => "an event is active",
            Self::OutOfRange => "there is no such priority",
        })
    }
}

impl std::error::Error for PriorityError {}

impl<O: Observer> EventBase<O> {
    /// Sets the number of priorities, at least 1: `event_base_priority_init`. Events made from now on get the
    /// middle one, those there are keep theirs or get the last.
    ///
    /// # Errors
    /// [`PriorityError`] while an event is active, and for 0; nothing was changed.
    pub fn set_priorities(&mut self, priorities: u8) -> Result<(), PriorityError> {
        if priorities == 0 {
            return Err(PriorityError::OutOfRange);
        }
        if self.has_active() {
            return Err(PriorityError::Active);
        }
        self.active = ActiveQueues::new(priorities);
        for event in self.events.values_mut() {
            event.priority = event.priority.min(priorities - 1);
        }
        Ok(())
    }

    /// How many priorities there are; 0 runs first.
    #[must_use]
    pub fn priorities(&self) -> usize {
        self.active.priorities()
    }

    pub(crate) fn default_priority(&self) -> u8 {
        (self.active.priorities() / 2) as u8
    }

    /// Sets the event's priority, smaller runs earlier: `event_priority_set`.
    ///
    /// # Errors
    /// [`PriorityError`] when it was freed or is active, or the priority is not below [`EventBase::priorities`]; nothing
    /// was changed.
    pub fn event_priority_set(&mut self, event: EventId, priority: u8) -> Result<(), PriorityError> {
        if !self.events.contains(event.0) {
            return Err(PriorityError::Gone);
        }
        self.set_event_priority(event.0, priority)
    }

    pub(crate) fn set_event_priority(&mut self, event: Key, priority: u8) -> Result<(), PriorityError> {
        if usize::from(priority) >= self.active.priorities() {
            return Err(PriorityError::OutOfRange);
        }
        if self.events[event].active.is_some() {
            return Err(PriorityError::Active);
        }
        self.events[event].priority = priority;
        Ok(())
    }
}
