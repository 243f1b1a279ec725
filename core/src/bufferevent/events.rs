//! What is done to events, the bufferevents' own and the application's, and how it is recorded.

use std::time::Duration;

use super::{Engine, Owner};
use crate::arena::Key;
use crate::dialect::PersistentTimer;
use crate::event_loop::{NoHandle, Removed, TimerChange};
use crate::{Direction, EventFlags, Observer, Step, Time};

impl<O: Observer> Engine<O> {
    /// Whether the event waits for `direction`, or is active because of it.
    pub(crate) fn is_event_pending(&self, event: Key, direction: Direction) -> bool {
        let flags = match direction {
            Direction::Read => EventFlags::READ,
            Direction::Write => EventFlags::WRITE,
        };
        self.state.event_loop[event].is_pending(flags)
    }

    pub(crate) fn add_event(&mut self, key: Key, timeout: Option<Duration>) -> Result<(), NoHandle> {
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
        self.set_timer(key, at);
    }

    #[inline(always)]
    fn arm_if_idle(&mut self, key: Key) -> Result<(), NoHandle> {
        let without_handle = self.rules().arms_without_handle;
        if self.state.event_loop.arm_if_idle(key, without_handle)? {
            self.record_event(key, self.functions().event_add, move |event| Step::EventArmed { event });
        }
        Ok(())
    }

    /// Out of line: most events have no timer.
    #[inline(never)]
    fn start_timer(&mut self, key: Key, timeout: Duration) {
        if self.rules().persistent_timer == PersistentTimer::Restarts {
            // An interval of nothing is none.
            self.state.event_loop.set_interval(key, (!timeout.is_zero()).then_some(timeout));
        }
        if self.state.event_loop.deactivate_expired(key) {
            self.record_removed(key, Removed::Active);
        }
        let at = self.state.event_loop.now() + timeout;
        self.set_timer(key, at);
    }

    fn set_timer(&mut self, key: Key, at: Time) {
        let change = self.state.event_loop.set_timer(key, at);
        self.record_event(key, self.functions().event_add, move |event| match change {
            TimerChange::Set => Step::TimerSet { event, deadline: at },
            TimerChange::Restarted => Step::TimerRestarted { event, deadline: at },
        });
    }

    /// 2.1's `event_remove_timer`: no timer now, and none when it runs the next time. As there, an event whose timer is
    /// not running keeps its interval, and with it a timer the next time it runs.
    pub(crate) fn remove_timer(&mut self, key: Key) {
        if self.state.event_loop.stop_timer(key) {
            self.state.event_loop.set_interval(key, None);
            let function = self.functions().remove_timer;
            self.record_event(key, function, move |event| Step::TimerCancelled { event });
        }
    }

    #[inline]
    pub(crate) fn del_event(&mut self, key: Key) {
        while let Some(removed) = self.state.event_loop.del_next(key) {
            self.record_removed(key, removed);
            if removed == Removed::Armed {
                // Nothing comes after it.
                return;
            }
        }
    }

    #[track_caller]
    fn record_removed(&mut self, key: Key, removed: Removed) {
        self.record_event(key, self.functions().event_del, move |event| match removed {
            Removed::Timer => Step::TimerCancelled { event },
            Removed::Active => Step::EventDeactivated { event },
            Removed::Armed => Step::EventDisarmed { event },
        });
    }

    /// Queues the event, or adds the cause to those it is queued for.
    pub(crate) fn activate(&mut self, key: Key, cause: EventFlags) {
        if !self.state.event_loop.activate(key, cause) {
            return;
        }
        let event = &self.state.event_loop[key];
        let (owner, priority) = (event.owner, event.priority);
        let function = match owner {
            Owner::Bufferevent(..) | Owner::Application | Owner::LoopExit => {
                self.note_preemption(priority);
                self.functions().activate_event
            }
            // Queued calls wait for the end of what runs, however urgent they are.
            Owner::Deferred(_) | Owner::Finalizer(_) => self.functions().activate_call,
        };
        self.record_event(key, function, move |event| Step::EventActivated { event, cause });
    }
}
