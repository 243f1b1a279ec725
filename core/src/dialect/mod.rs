//! The points where libevent 1.4 and 2.1 part, each with its reason. The paths themselves (`bufferevent::read`,
//! `bufferevent::write`, `engine::pass`) are one story and ask there (files `rules.rs` and `flow.rs` of `bufferevent`).
//!
//! | where | 1.4 | 2.1 |
//! | --- | --- | --- |
//! | `io_interest` | events run once and are added again by hand | events persist and are deleted by hand |
//! | `ready_order` | reading before writing | the event added last comes first |
//! | `persistent_timer` | a persistent event's timer is left alone | it restarts at each wake-up |
//! | `arms_without_handle` | adding fails without a descriptor | succeeds and never fires |
//! | `note_preemption` | a queue runs to its end | a more urgent event is seen at once |
//!
//! and, for bufferevents (file `bufferevent/flow.rs`):
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
//! | `functions` (file `dialect/functions.rs`) | calls back from `bufferevent_readcb` ... | from `bufferevent_run_readcb_` ... |
//! | `release` | at once | by the loop, after which the handle may be closed |

mod functions;

use std::fmt;
use std::str::FromStr;

pub(crate) use functions::Functions;

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

/// What the timer of a persistent event does when the event runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PersistentTimer {
    /// Nothing: it runs on, and once it has fired there is none.
    Untouched,
    /// It starts again, with the interval it was last added with.
    Restarts,
}
