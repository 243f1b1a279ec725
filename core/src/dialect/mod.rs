//! The points where libevent 1.4 and 2.1 part, each with its reason. The paths themselves (`bufferevent::read`,
//! `bufferevent::write`, `base::pass`) are one story and ask here.
//!
//! | where | 1.4 | 2.1 |
//! | --- | --- | --- |
//! | [`io_interest`](EventBase::io_interest) | events run once and are added again by hand | events persist and are deleted by hand |
//! | [`ready_order`](EventBase::ready_order) | reading before writing | the event added last comes first |
//! | [`persistent_timer`](EventBase::persistent_timer) | a persistent event's timer is left alone | it restarts at each wake-up |
//! | [`arms_without_handle`](EventBase::arms_without_handle) | adding fails without a descriptor | succeeds and never fires |
//! | [`note_preemption`](EventBase::note_preemption) | a queue runs to its end | a more urgent event is seen at once |
//!
//! and, for bufferevents (file `flow.rs`):
//!
//! | where | 1.4 | 2.1 |
//! | --- | --- | --- |
//! | `read_room` | the room below the mark is a C `int` | it is wide enough |
//! | `read_size` | what is readable, bounded by the buffer's allocation | 4096, or `max_single_read` |
//! | `write_size` | everything | at most 128 chunks and `max_single_write` |
//! | `stop_reading` | deletes the event, installs the pressure callback | sets a suspend bit |
//! | `input_changed` | the pressure callback, while installed | the permanent watch on the mark |
//! | `after_wakeup` | the event is added again | the event stays; writing ends when nothing is left |
//! | `output_added` | `bufferevent_write` adds the event and restarts its timer | the buffer's watch adds it if it is not pending |
//! | `direction_failed` | `enabled` stays as it is | the direction is disabled first |
//! | `after_read_callback` | nothing | still full: another call is queued |
//! | `enable_directions` | adds, then sets the flags | sets the flags; suspended directions wait |
//! | `marks_changed` | runs the pressure callback by hand | suspends or not at once |
//! | `timeouts_changed` | zero lets a running timer run | zero takes it away |
//! | `handle_changed` | nothing is added | what is enabled is added |
//! | `functions` (file `functions.rs`) | calls back from `bufferevent_readcb` ... | from `bufferevent_run_readcb_` ... |
//! | `release` | at once | by the loop, after which the handle may be closed |

mod flow;
mod functions;

use std::fmt;
use std::str::FromStr;

use crate::arena::Key;
use crate::base::{EventBase, Waiter};
use crate::{Direction, EventFlags, Observer, Readiness, Time};

/// Which libevent an event base behaves as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Dialect {
    /// libevent 1.4, as measured with 1.4.15: the tutorial's.
    #[default]
    #[cfg_attr(feature = "serde", serde(rename = "1.4"))]
    V1_4,
    /// libevent 2.1, as measured with 2.1.12: what is installed today.
    #[cfg_attr(feature = "serde", serde(rename = "2.1"))]
    V2_1,
}

impl Dialect {
    /// Every dialect, oldest first.
    pub const ALL: [Self; 2] = [Self::V1_4, Self::V2_1];

    /// Its name: `1.4` or `2.1`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1_4 => "1.4",
            Self::V2_1 => "2.1",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownDialect(pub String);

impl fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not one of \"1.4\", \"2.1\"", self.0)
    }
}

impl std::error::Error for UnknownDialect {}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(text: &str) -> Result<Self, UnknownDialect> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.as_str() == text)
            .ok_or_else(|| UnknownDialect(text.to_owned()))
    }
}

/// In which order the events of one handle become active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadyOrder {
    /// Those that read, then those that write.
    ReadFirst,
    /// The one that was added last, then the ones before it.
    NewestFirst,
}

impl ReadyOrder {
    /// Appends the events that this readiness makes active, each with its cause.
    pub(crate) fn arrange(self, ready: Readiness, waiters: &[Waiter], found: &mut Vec<(Key, EventFlags)>) {
        let mut add = |waiter: &Waiter, read: bool, write: bool| {
            let mut cause = EventFlags::NONE;
            if read && ready.readable && waiter.read {
                cause |= EventFlags::READ;
            }
            if write && ready.writable && waiter.write {
                cause |= EventFlags::WRITE;
            }
            if !cause.is_empty() {
                found.push((waiter.event, cause));
            }
        };
        match self {
            Self::ReadFirst => {
                waiters.iter().for_each(|waiter| add(waiter, true, false));
                waiters.iter().for_each(|waiter| add(waiter, false, true));
            }
            Self::NewestFirst => waiters.iter().rev().for_each(|waiter| add(waiter, true, true)),
        }
    }
}

/// What the timer of a persistent event does when the event runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PersistentTimer {
    /// Nothing: it runs on, and once it has fired there is none.
    Untouched,
    /// It starts again, with the interval it was last added with.
    Restarts,
}

impl<O: Observer> EventBase<O> {
    /// What `ev_read` and `ev_write` are made with. 2.x made them persistent to save the two system calls that
    /// deleting and adding them cost at each wake-up.
    pub(crate) fn io_interest(&self, direction: Direction) -> EventFlags {
        let interest = match direction {
            Direction::Read => EventFlags::READ,
            Direction::Write => EventFlags::WRITE,
        };
        match self.dialect {
            Dialect::V1_4 => interest,
            Dialect::V2_1 => interest | EventFlags::PERSIST,
        }
    }

    /// 1.4's epoll back end knows one reader and one writer of a descriptor and reports the reader first. 2.x keeps
    /// a list with new events at its head, so a write that was just queued comes before reading.
    pub(crate) fn ready_order(&self) -> ReadyOrder {
        match self.dialect {
            Dialect::V1_4 => ReadyOrder::ReadFirst,
            Dialect::V2_1 => ReadyOrder::NewestFirst,
        }
    }

    /// 2.x lets a persistent event with a timeout mean "every so often, or that long after the last wake-up".
    pub(crate) fn persistent_timer(&self) -> PersistentTimer {
        match self.dialect {
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

    /// Keeps what [`Self::restart_persistent_timer`] counts from.
    pub(crate) fn remember_expiry(&mut self, key: Key, at: Time) {
        self.events[key].expired_at = Some(at);
    }

    /// 2.x keeps an event without a descriptor in its books; epoll never hears of it.
    pub(crate) fn arms_without_handle(&self) -> bool {
        self.dialect == Dialect::V2_1
    }

    /// 2.x goes back to the top of the loop when something more urgent than what runs becomes active.
    pub(crate) fn note_preemption(&mut self, priority: u8) {
        let running = self.pass.running_queue();
        if self.dialect == Dialect::V2_1 && running.is_some_and(|queue| usize::from(priority) < queue) {
            self.pass.preempted = true;
        }
    }
}
