//! What the event base asks of its dialect.

use super::EventBase;
use crate::arena::Key;
use crate::dialect::{Functions, PersistentTimer, Rules};
use crate::{EventFlags, Observer, Time};

impl<O: Observer> EventBase<O> {
    /// What this base's libevent does.
    #[inline]
    pub(crate) const fn rules(&self) -> &'static Rules {
        self.dialect.rules()
    }

    /// What the functions of this base's libevent are called.
    #[inline]
    pub(crate) const fn functions(&self) -> &'static Functions {
        &self.rules().functions
    }

    /// A persistent event runs: its timer starts again where the dialect says so. After a timeout it counts from
    /// when it should have fired, so that it does not drift, unless that would be in the past already.
    pub(crate) fn restart_persistent_timer(&mut self, key: Key, cause: EventFlags) {
        // Kept only where the timer restarts.
        let Some(interval) = self.events[key].interval else { return };
        let now = self.now();
        let from = match self.events[key].expired_at {
            Some(expired_at) if cause.contains(EventFlags::TIMEOUT) => expired_at,
            _ => now,
        };
        let at = from + interval;
        let at = if at < now { now + interval } else { at };
        self.readd_with_timer(key, at);
    }

    /// Keeps what [`Self::restart_persistent_timer`] counts from, where it does.
    pub(crate) fn remember_expiry(&mut self, key: Key, at: Time) {
        if self.rules().persistent_timer == PersistentTimer::Restarts {
            self.events[key].expired_at = Some(at);
        }
    }

    /// Something became active: whether what runs is left for it is seen before the next event.
    pub(crate) fn note_preemption(&mut self, priority: u8) {
        let running = self.pass.running_queue();
        if self.rules().preempts && running.is_some_and(|queue| usize::from(priority) < queue) {
            self.pass.preempted = true;
        }
    }
}
