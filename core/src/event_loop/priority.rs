//! Priorities: what is more urgent runs first.

use std::fmt;

use super::active::ActiveQueues;
use super::{EventLoop, Phase};
use crate::arena::Key;

/// Why a priority stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriorityError {
    /// An event that it concerns is active, or one runs.
    Active,
    /// There is no such priority.
    OutOfRange,
    /// The bufferevent is a pair or a filter, whose events have none of their own.
    NoSocket,
}

impl fmt::Display for PriorityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "an event is active",
            Self::OutOfRange => "there is no such priority",
            Self::NoSocket => "only a bufferevent on a socket has a priority",
        })
    }
}

impl std::error::Error for PriorityError {}

impl<T: Copy> EventLoop<T> {
    /// Events there are keep their priority or get the last.
    pub(crate) fn set_priorities(&mut self, priorities: u8) -> Result<(), PriorityError> {
        if priorities == 0 {
            return Err(PriorityError::OutOfRange);
        }
        // What runs has left its queue, which is gone on with afterwards.
        if self.has_active() || matches!(self.phase(), Phase::Running(_)) {
            return Err(PriorityError::Active);
        }
        self.active = ActiveQueues::new(priorities);
        for event in self.events.values_mut() {
            event.priority = event.priority.min(priorities - 1);
        }
        Ok(())
    }

    pub(crate) fn priorities(&self) -> usize {
        self.active.priorities()
    }

    pub(crate) fn default_priority(&self) -> u8 {
        (self.active.priorities() / 2) as u8
    }

    pub(crate) fn set_priority(&mut self, event: Key, priority: u8) -> Result<(), PriorityError> {
        if usize::from(priority) >= self.active.priorities() {
            return Err(PriorityError::OutOfRange);
        }
        let event = &mut self.events[event];
        if event.active.is_some() {
            return Err(PriorityError::Active);
        }
        event.priority = priority;
        Ok(())
    }

    /// The same of a queued call, which stays in the queue that it is in.
    pub(crate) fn set_call_priority(&mut self, event: Key, priority: u8) {
        self.events[event].priority = priority;
    }
}
