//! The bufferevent: two buffers, two internal events, two pairs of watermarks, three callbacks.
//!
//! In which order to read:
//!
//! 1. This file - one bufferevent; `state` - all of them, with the event loop and whoever hears of each step; `due` - the user
//!    callbacks that are handed out; `own` - what only one libevent has in a bufferevent.
//! 2. `operations` and `buffers` - what the application calls.
//! 3. `read` and `write` - the internal callbacks; `notify` - how each ends, telling the user; `flow` - where the dialects part: it
//!    asks `crate::dialect`, as `rules` does for the events of the loop.
//! 4. `watch` - who hears of it when a buffer changes; `pressure` (1.4) and `suspend` (2.x) stop and resume reading at the high mark.
//! 5. `events` - what is done to events, and how it is recorded; `timeouts` - the timers of pairs and filters.
//! 6. Of 2.x: `connect`; `deferred` - callbacks that wait in the loop's queue; `lifetime` - the delayed release; `trigger` - callbacks by
//!    hand; `owed` - calls inside which callbacks run.
//! 7. `pair` joins two without a socket; `filter` stands on another, `filtering` is a function of it under way; `moving` - what bytes
//!    between two of them have to tell.

mod buffers;
mod connect;
mod deferred;
mod due;
mod events;
mod filter;
mod filtering;
mod flow;
mod lifetime;
mod moving;
mod notify;
mod operations;
mod owed;
mod own;
mod pair;
mod pressure;
mod read;
mod rules;
mod state;
mod suspend;
mod timeouts;
mod trigger;
mod watch;
mod write;

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::arena::Key;
use crate::{BufferName, Direction, Directions, Evbuffer, Handle, SuspendBits};

pub use buffers::{BufferError, MoveError};
pub use connect::ConnectError;
pub(crate) use deferred::DeferredRun;
pub use due::Due;
pub use filter::FilterError;
pub use lifetime::BuffereventOptions;
pub use operations::ReadBoundError;
pub use owed::Triggered;
pub(crate) use owed::{Owed, Work};
pub(crate) use own::{Own, Private};
pub use pair::FlushError;
pub(crate) use pair::Link;
#[cfg(feature = "sim")]
pub(crate) use state::Bounds;
#[cfg(feature = "serde")]
pub(crate) use state::Probe;
pub(crate) use state::{Engine, Owner, State};
pub use trigger::TriggerOptions;
pub(crate) use watch::Watch;

/// What an event base has done so far, for whoever wants figures without records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Totals {
    /// Bytes that kernels gave.
    pub received: u64,
    /// Bytes that kernels took.
    pub sent: u64,
    /// User callbacks.
    pub callbacks: u64,
    /// Times that reading stopped at a high watermark.
    pub reading_stopped: u64,
}

/// The default of 2.x for `max_single_read` and `max_single_write`.
const MAX_SINGLE: usize = 16384;

/// The watermarks of one direction, in bytes: `struct event_watermark`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Watermarks {
    /// Reading: the callback waits until this many are there. Writing: the callback runs once no more are left.
    pub low: usize,
    /// Reading: no more than this are buffered. Writing: a socket never looks; a filter above puts no more than this
    /// into its output (2.x). None is libevent's 0.
    pub high: Option<NonZeroUsize>,
}

impl Watermarks {
    /// As `bufferevent_setwatermark` takes them: a `high` of 0 is none.
    #[must_use]
    pub const fn new(low: usize, high: usize) -> Self {
        Self { low, high: NonZeroUsize::new(high) }
    }
}

/// Which user callbacks are set: the code itself belongs to the application. By default none is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Callbacks {
    /// `readcb`.
    pub read: bool,
    /// `writecb`.
    pub write: bool,
    /// `errorcb` of 1.4 (which crashes without one), `eventcb` of 2.x.
    pub event: bool,
}

impl Callbacks {
    /// No callback.
    pub const NONE: Self = Self { read: false, write: false, event: false };
    /// All three.
    pub const ALL: Self = Self { read: true, write: true, event: true };
}

/// Room for one more read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// There is no high watermark.
    Unlimited,
    /// So many bytes fit below it.
    Bytes(usize),
    /// It is reached.
    None,
}

/// One bufferevent, to look at: `struct bufferevent`.
#[derive(Debug)]
pub struct Bufferevent {
    pub(crate) link: Link,
    pub(crate) handle: Option<Handle>,
    pub(crate) ev_read: Key,
    pub(crate) ev_write: Key,
    pub(crate) input: Evbuffer,
    pub(crate) output: Evbuffer,
    pub(crate) wm_read: Watermarks,
    pub(crate) wm_write: Watermarks,
    pub(crate) callbacks: Callbacks,
    /// `None` is libevent's 0: no timeout.
    pub(crate) timeout_read: Option<Duration>,
    pub(crate) timeout_write: Option<Duration>,
    pub(crate) enabled: Directions,

    /// What another libevent's has not.
    pub(crate) own: Own,
    /// Freed, and (2.x) not yet released by the loop. The application no longer finds it.
    pub(crate) freed: bool,
}

impl Bufferevent {
    fn new(link: Link, own: Own, handle: Option<Handle>, ev_read: Key, ev_write: Key) -> Self {
        Self {
            link,
            handle,
            ev_read,
            ev_write,
            input: Evbuffer::new(),
            output: Evbuffer::new(),
            wm_read: Watermarks::default(),
            wm_write: Watermarks::default(),
            callbacks: Callbacks::NONE,
            timeout_read: None,
            timeout_write: None,
            enabled: Directions::WRITE,
            own,
            freed: false,
        }
    }

    /// What was received and not yet taken: `bufferevent_get_input`, EVBUFFER_INPUT.
    #[must_use]
    pub const fn input(&self) -> &Evbuffer {
        &self.input
    }

    /// What was written and not yet sent: `bufferevent_get_output`, EVBUFFER_OUTPUT.
    #[must_use]
    pub const fn output(&self) -> &Evbuffer {
        &self.output
    }

    /// The watermarks of one direction: `bufferevent_getwatermark`.
    #[must_use]
    pub const fn watermarks(&self, direction: Direction) -> Watermarks {
        match direction {
            Direction::Read => self.wm_read,
            Direction::Write => self.wm_write,
        }
    }

    /// The timeout of one direction; none is libevent's 0.
    #[must_use]
    pub const fn timeout(&self, direction: Direction) -> Option<Duration> {
        match direction {
            Direction::Read => self.timeout_read,
            Direction::Write => self.timeout_write,
        }
    }

    /// Which callbacks are set.
    #[must_use]
    pub const fn callbacks(&self) -> Callbacks {
        self.callbacks
    }

    /// The directions that are enabled: `bufferevent_get_enabled`.
    #[must_use]
    pub const fn enabled(&self) -> Directions {
        self.enabled
    }

    /// The handle of its own, which pairs and filters have not; [`EventBase::getfd`](crate::EventBase::getfd) looks below
    /// a filter.
    #[must_use]
    pub const fn handle(&self) -> Option<Handle> {
        self.handle
    }

    /// 1.4: whether the pressure callback watches input, as it does while reading is stopped at the high mark.
    #[must_use]
    pub const fn has_pressure_callback(&self) -> bool {
        matches!(self.own, Own::Pressure { installed: true })
    }

    /// 2.x: why reading is suspended.
    #[must_use]
    pub const fn suspended(&self) -> SuspendBits {
        match self.private() {
            Some(private) => private.suspended,
            None => SuspendBits::NONE,
        }
    }

    pub(crate) const fn io_event(&self, direction: Direction) -> Key {
        match direction {
            Direction::Read => self.ev_read,
            Direction::Write => self.ev_write,
        }
    }

    pub(crate) const fn buffer(&self, name: BufferName) -> &Evbuffer {
        match name {
            BufferName::Input => &self.input,
            BufferName::Output => &self.output,
        }
    }

    pub(crate) const fn buffer_mut(&mut self, name: BufferName) -> &mut Evbuffer {
        match name {
            BufferName::Input => &mut self.input,
            BufferName::Output => &mut self.output,
        }
    }

    pub(crate) fn is_input_full(&self) -> bool {
        self.wm_read.high.is_some_and(|high| self.input.len() >= high.get())
    }
}
