//! libevent's `bufferevent`, rebuilt as an engine that can be watched.
//!
//! The engine has no sockets, no clock and no threads. Whoever drives it hands in a [`Kernel`] (two system calls and a
//! few questions) and the time, and gets back the user callbacks that are due, one at a time:
//!
//! ```
//! use bufferevent::{BuffereventOptions, Callbacks, Dialect, Directions, Due, EventBase, Time, Watermarks};
//! # #[cfg(feature = "sim")] {
//! use bufferevent::sim::{KernelSpec, SimKernel};
//!
//! let mut kernel = SimKernel::new();
//! let socket = kernel.open(KernelSpec::default());
//! let mut base = EventBase::new(Dialect::V1_4);
//! let id = base.bufferevent_new(Some(socket), Callbacks::ALL, BuffereventOptions::default());
//! base.bufferevent_setwatermark(id, Directions::READ, Watermarks::new(0, 10))?;
//! base.bufferevent_enable(id, Directions::READ)?;
//!
//! kernel.peer_send(socket, b"hello world");
//! base.begin_pass(Time::ZERO);
//! assert_eq!(base.poll_callback(&mut kernel), Some(Due::Read(id)));
//! let mut message = [0; 16];
//! assert_eq!(base.bufferevent_read(id, &mut message)?, 10, "no more than the high watermark");
//! assert_eq!(base.poll_callback(&mut kernel), None);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How to drive it
//!
//! 1. Before a pass, say which handles became ready ([`EventBase::note_ready`]), or leave that to [`Kernel::poll`].
//! 2. [`EventBase::begin_pass`] with the time, then [`EventBase::poll_callback`] until it gives none. In between, do
//!    anything with the engine: write, free, set watermarks, of this bufferevent or another. Asking for the next
//!    callback says that the last one returned. [`Handler`] and [`EventBase::run_pass`] do this for you. One call of
//!    libevent runs callbacks inside itself, `bufferevent_trigger`: it gives back what to ask for them, see
//!    [`EventBase::poll_triggered`]. Everything else only queues, on a socket and on a pair.
//! 3. Wait in the kernel for as long as [`EventBase::next_wait`] says, and begin again.
//!
//! # In which order to read
//!
//! - `evbuffer` - the byte queue; it knows nothing of the rest.
//! - `kernel`, `time`, `flags`, `directions` - the vocabulary.
//! - `base` - what is pending, what is active, timers, and the order of a pass.
//! - `bufferevent` - the two internal callbacks, watermarks, and what the application calls; pairs.
//! - `dialect` - each point where libevent 1.4 and 2.1 part, with its reason.
//! - `observe` - every internal step as a record; an engine that nobody watches builds none.
//! - `invariants` - what holds between any two steps, checked in debug builds.
//! - feature `serde`: `recording` - records as JSON, the picture they lead to, recordings, the wire.
//! - feature `sim`: `sim` - a simulated kernel, scenarios, experiments with branches, lessons.
//!
//! # Deliberately absent
//!
//! Stored closures (callbacks are handed out), reference counts (ids go stale instead), locks, TLS, rate limits, filters,
//! name resolution and connecting: see the tables in `dialect` for what is there of each libevent.

mod arena;
mod base;
mod bufferevent;
mod dialect;
mod directions;
mod evbuffer;
mod flags;
mod handler;
mod invariants;
mod kernel;
mod observe;
#[cfg(feature = "serde")]
pub mod recording;
#[cfg(feature = "sim")]
pub mod sim;
mod time;

pub use base::{ArmError, Due, EventBase, EventId, Gone, PriorityError, Totals};
pub use bufferevent::{
    BufferError, Bufferevent, BuffereventId, BuffereventOptions, Callbacks, FlushMode, NoPairs, TriggerError,
    TriggerOptions, Triggered, Watermarks,
};
pub use dialect::{Dialect, UnknownDialect};
pub use directions::{Direction, Directions};
pub use evbuffer::{Change, End, EolStyle, Evbuffer, Frozen};
pub use flags::{EventFlags, SuspendBits, What};
pub use handler::Handler;
pub use kernel::{Closing, Errno, Handle, Kernel, Readiness, Tanks, Transfer, UnknownErrno};
pub use observe::{
    BufferName, CallName, Callback, EventName, MarkName, NoObserver, Observer, PassEnd, Payload, ReadBound,
    Record, Role, Step, TanksAfter,
};
pub use time::Time;
