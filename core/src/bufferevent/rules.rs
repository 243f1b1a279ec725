//! What the events of a loop ask of the dialect.

use super::Engine;
use crate::arena::Key;
use crate::dialect::{Functions, NoFunction, Rules};
use crate::{BufferName, Callback, EventFlags, Observer, What};

impl<O: Observer> Engine<O> {
    /// What this base's libevent does.
    #[inline]
    pub(crate) const fn rules(&self) -> &'static Rules {
        self.state.rules
    }

    pub(crate) const fn since_2(&self, function: &'static str) -> Result<(), NoFunction> {
        self.state.dialect.since_2(function)
    }

    /// What the functions of this base's libevent are called.
    #[inline]
    pub(crate) const fn functions(&self) -> &'static Functions {
        &self.rules().functions
    }

    /// A persistent event runs: its timer starts again where the dialect says so. After a timeout, or what an
    /// application makes active as one, it counts from when it should have fired, so that it does not drift, unless
    /// that would be in the past already.
    pub(crate) fn restart_persistent_timer(&mut self, key: Key, cause: EventFlags) {
        // Kept only where the timer restarts.
        let Some(interval) = self.state.event_loop[key].interval else { return };
        let now = self.state.event_loop.now();
        let from = match self.state.event_loop[key].timer_at {
            Some(at) if cause.contains(EventFlags::TIMEOUT) => at,
            _ => now,
        };
        let at = from + interval;
        let at = if at < now { now + interval } else { at };
        self.readd_with_timer(key, at);
    }

    /// Something became active: whether what runs is left for it is seen before the next event.
    pub(crate) fn note_preemption(&mut self, priority: u8) {
        if self.rules().preempts {
            self.state.event_loop.preempt(priority);
        }
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
            Callback::Buffer(..) => "evbuffer_run_callbacks",
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
