//! libevent's `bufferevent`, rebuilt as an engine that can be watched.
//!
//! The engine has no sockets, no clock and no threads. Whoever drives it hands in a [`Kernel`] (two system calls and a
//! few questions) and the time, and gets back the user callbacks that are due, one at a time:
//!
//! ```
//! use std::collections::VecDeque;
//! use std::io::{IoSlice, IoSliceMut, Read, Write};
//!
//! use bufferevent::{
//!     BuffereventOptions, Callbacks, Dialect, Directions, Due, Errno, EventBase, Handle, Kernel, Readiness, Time,
//!     Transfer, Watermarks,
//! };
//!
//! /// A kernel with one connection, to a peer that has sent all it will.
//! struct Memory {
//!     from_peer: VecDeque<u8>,
//!     to_peer: Vec<u8>,
//! }
//!
//! impl Kernel for Memory {
//!     fn receive(&mut self, _: Handle, into: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
//!         match self.from_peer.read_vectored(into) {
//!             Ok(0) => Err(Errno::Again),
//!             Ok(bytes) => Ok(Transfer { bytes, exhausted: false }),
//!             Err(error) => Err(Errno::from(&error)),
//!         }
//!     }
//!
//!     fn send(&mut self, _: Handle, from: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
//!         let bytes = self.to_peer.write_vectored(from).map_err(|error| Errno::from(&error))?;
//!         Ok(Transfer { bytes, exhausted: false })
//!     }
//!
//!     fn readable_bytes(&mut self, _: Handle) -> Option<usize> {
//!         Some(self.from_peer.len())
//!     }
//! }
//!
//! let mut kernel = Memory { from_peer: b"hello world".iter().copied().collect(), to_peer: Vec::new() };
//! let mut base = EventBase::new(Dialect::V1_4);
//! let id = base.bufferevent_new(Some(Handle(0)), Callbacks::ALL, BuffereventOptions::default());
//! let mut bufferevent = base.get_mut(id)?;
//! bufferevent.setwatermark(Directions::READ, Watermarks::new(0, 10));
//! bufferevent.enable(Directions::READ)?;
//!
//! let mut messages = Vec::new();
//! base.note_ready(Handle(0), Readiness::BOTH);
//! while base.next_wait().is_some() {
//!     base.begin_pass(Time::ZERO);
//!     while let Some(due) = base.poll_callback(&mut kernel) {
//!         if due == Due::Read(id) {
//!             let mut bufferevent = base.get_mut(id)?;
//!             let mut message = vec![0; bufferevent.input().len()];
//!             bufferevent.read(&mut message)?;
//!             bufferevent.write(&message)?;
//!             messages.push(message);
//!         }
//!     }
//! }
//! assert_eq!(messages, [&b"hello worl"[..], b"d"], "no more than the high watermark at once");
//! assert_eq!(kernel.to_peer, b"hello world");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How to drive it
//!
//! 1. Before a pass, say which handles became ready ([`EventBase::note_ready`]), or leave that to [`Kernel::poll`].
//! 2. [`EventBase::begin_pass`] with the time, then [`EventBase::poll_callback`] until it gives none. In between, do
//!    anything with the engine: write, free, set watermarks, of this bufferevent or another. Asking for the next
//!    callback says that the last one returned. [`EventBase::get_mut`] gives a bufferevent to act on, which borrows the
//!    base, or says that it is gone. Some calls of libevent run callbacks inside themselves: `bufferevent_trigger`, and
//!    whatever moves bytes of a filter, or of an evbuffer with a callback. Ask for those after the call: see
//!    [`EventBase::triggered`]. Everything else only queues.
//! 3. Wait in the kernel for as long as [`EventBase::next_wait`] says, and begin again.
//!
//! # In which order to read
//!
//! Each knows only those above it:
//!
//! - `kernel`, `time`, `flags`, `directions`, `ids` and the `arena` behind them - the vocabulary.
//! - feature `serde`: `said`, `object`, `words`, `bytes_as_text` - how JSON is read, and what is said of it, so that another language can say it.
//! - `evbuffer` - the byte queue; `filters` - what filters do to bytes.
//! - `dialect` - each point where the libevents part, with its reason, as data.
//! - `event_loop` - what is pending, what is active, timers, and the order of a pass; it knows no bufferevent.
//! - `observe` - every internal step as a record; an engine that nobody watches builds none.
//! - `bufferevent` - the two internal callbacks, watermarks, pairs; it asks the dialect.
//! - `engine` - the event base: passes, and what the application calls.
//! - feature `serde`: `recording` - records as JSON, the picture they lead to, recordings, the wire.
//! - feature `perfetto`: traces of recordings, for Perfetto's viewer.
//! - feature `sim`: `sim` - a simulated kernel, scenarios, experiments with branches, lessons.
//!
//! # Deliberately absent
//!
//! Stored closures (callbacks are handed out), reference counts (ids go stale instead), locks, TLS, rate limits, filters of the
//! application's own and name resolution: see the rules in `dialect` for what is there of each libevent.

/// The README's example runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod arena;
mod bufferevent;
#[cfg(feature = "serde")]
mod bytes_as_text;
mod dialect;
mod directions;
mod engine;
mod evbuffer;
mod event_loop;
mod filters;
mod flags;
mod ids;
mod kernel;
#[cfg(feature = "serde")]
mod object;
mod observe;
#[cfg(feature = "serde")]
pub mod recording;
#[cfg(feature = "serde")]
mod said;
#[cfg(feature = "sim")]
pub mod sim;
mod time;
#[cfg(feature = "serde")]
mod words;

pub use bufferevent::{
    BufferError, Bufferevent, BuffereventOptions, Callbacks, ConnectError, Due, FilterError, FlushError,
    MoveError, ReadBoundError, Totals, TriggerOptions, Triggered, Watermarks,
};
pub use dialect::{Dialect, NoFunction, Rule, UnknownDialect};
pub use directions::{Direction, Directions};
pub use engine::{BuffereventMut, EventBase, EventMut};
pub use evbuffer::{Chain, Change, End, EolStyle, Evbuffer, Frozen, PrintfError, ReserveError, Reserved};
pub use event_loop::{NoHandle, PriorityError};
pub use filters::{FilterKind, Filtered, FlushMode, UnknownFilter};
pub use flags::{EventFlags, SuspendBits, What};
pub use ids::{BuffereventId, EventId, Gone};
pub use kernel::{
    Closing, Connect, Errno, Handle, Kernel, Readiness, Received, Tanks, Transfer, UnknownErrno,
};
pub use observe::{
    BufferName, Callback, EventName, MarkName, NoObserver, Observer, PassEnd, Payload, ReadBound, Record,
    Role, Step, TanksAfter,
};
#[cfg(feature = "serde")]
pub use said::Said;
pub use time::Time;
