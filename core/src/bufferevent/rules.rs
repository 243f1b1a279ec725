//! Where the dialects part in what the events of a loop do. The table is in `dialect`.

use super::Engine;
use crate::arena::Key;
use crate::dialect::{Dialect, Functions, PersistentTimer, ReadyOrder};
use crate::{BufferName, Callback, Direction, EventFlags, Observer, Time, What};

impl<O: Observer> Engine<O> {
    /// What `ev_read` and `ev_write` are made with. 2.x made them persistent to save the two system calls that
    /// deleting and adding them cost at each wake-up.
    pub(crate) fn io_interest(&self, direction: Direction) -> EventFlags {
        let interest = match direction {
            Direction::Read => EventFlags::READ,
            Direction::Write => EventFlags::WRITE,
        };
        match self.state.dialect {
            Dialect::V1_4 => interest,
            Dialect::V2_1 => interest | EventFlags::PERSIST,
        }
    }

    /// 1.4's epoll back end knows one reader and one writer of a descriptor and reports the reader first. 2.x keeps
    /// a list with new events at its head, so a write that was just queued comes before reading.
    pub(crate) fn ready_order(&self) -> ReadyOrder {
        match self.state.dialect {
            Dialect::V1_4 => ReadyOrder::ReadFirst,
            Dialect::V2_1 => ReadyOrder::NewestFirst,
        }
    }

    /// 2.x lets a persistent event with a timeout mean "every so often, or that long after the last wake-up".
    pub(crate) fn persistent_timer(&self) -> PersistentTimer {
        match self.state.dialect {
            Dialect::V1_4 => PersistentTimer::Untouched,
            Dialect::V2_1 => PersistentTimer::Restarts,
        }
    }

    /// A persistent event runs: its timer starts again where the dialect says so. After a timeout it counts from
    /// when it should have fired, so that it does not drift, unless that would be in the past already.
    pub(crate) fn restart_persistent_timer(&mut self, key: Key, cause: EventFlags) {
        if self.persistent_timer() == PersistentTimer::Untouched {
            return;
        }
        let Some(interval) = self.state.event_loop[key].interval else { return };
        let now = self.state.event_loop.now();
        let from = match self.state.event_loop[key].expired_at {
            Some(expired_at) if cause.contains(EventFlags::TIMEOUT) => expired_at,
            _ => now,
        };
        let at = from + interval;
        let at = if at < now { now + interval } else { at };
        self.readd_with_timer(key, at);
    }

    /// Keeps what [`Self::restart_persistent_timer`] counts from.
    pub(crate) fn remember_expiry(&mut self, key: Key, at: Time) {
        self.state.event_loop.set_expired_at(key, at);
    }

    /// 2.x keeps an event without a descriptor in its books; epoll never hears of it.
    pub(crate) fn arms_without_handle(&self) -> bool {
        self.state.dialect == Dialect::V2_1
    }

    /// 2.x goes back to the top of the loop when something more urgent than what runs becomes active.
    pub(crate) fn note_preemption(&mut self, priority: u8) {
        if self.state.dialect == Dialect::V2_1 {
            self.state.event_loop.preempt(priority);
        }
    }
}

impl<O: Observer> Engine<O> {
    #[inline]
    pub(crate) const fn functions(&self) -> &'static Functions {
        self.state.dialect.functions()
    }
}

impl Functions {
    /// Calls this user callback.
    pub(crate) const fn run(&self, callback: Callback) -> &'static str {
        match callback {
            Callback::Read => self.run_read,
            Callback::Write => self.run_write,
            Callback::Event(what) if what.contains(What::WRITING) => self.run_write_event,
            Callback::Event(_) => self.run_read_event,
            Callback::Application(..) => self.process_active,
        }
    }

    /// Gives the application this buffer, to do anything with.
    pub(crate) const fn get(&self, buffer: BufferName) -> &'static str {
        match buffer {
            BufferName::Input => self.get_input,
            BufferName::Output => self.get_output,
        }
    }
}
