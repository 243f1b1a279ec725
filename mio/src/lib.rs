//! Runs the [`bufferevent`] engine on real sockets.
//!
//! A whole program, an echo server:
//!
//! ```no_run
//! use bufferevent::{BuffereventOptions, Callbacks, Dialect, Directions, Due, Evbuffer};
//! use bufferevent_mio::{Driver, Listener};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let mut driver = Driver::new(Dialect::V2_1)?;
//!     let mut listener = Listener::bind(&mut driver, "127.0.0.1:5555")?;
//!     let options = BuffereventOptions { close_on_free: true, ..BuffereventOptions::default() };
//!     let mut answer = Evbuffer::new();
//!     while let Some(due) = driver.next_callback()? {
//!         match due {
//!             // An event of the application: the listener's, or one of its own.
//!             Due::Application(event, _) if listener.is_about(event) => {
//!                 while let Some((handle, _peer)) = listener.accept(&mut driver) {
//!                     let id = driver.base.bufferevent_new(Some(handle), Callbacks::ALL, options);
//!                     driver.base.get_mut(id)?.enable(Directions::READ)?;
//!                 }
//!             }
//!             Due::Read(id) => {
//!                 let mut bufferevent = driver.base.get_mut(id)?;
//!                 bufferevent.read_buffer(&mut answer)?;
//!                 bufferevent.write_buffer(&mut answer)?;
//!             }
//!             // The peer has ended, or an error came: the bufferevent is freed, and its connection closed.
//!             Due::Event(id, _) => driver.free(id)?,
//!             Due::Application(..) | Due::Write(_) | Due::Buffer(..) => {}
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! `cargo run --package bufferevent-mio --example echo` (or `proxy`, `chat`, `lines`, `timeouts`) shows more such programs.
//!
//! # How a connection is closed
//!
//! [`Driver::free`] frees a bufferevent and closes its connection, in every dialect. `BuffereventMut::free` alone does so in 2.x,
//! for a bufferevent that was made with `close_on_free`; 1.4 knows no such option, and leaves the connection to the application.
//! A connection that no bufferevent has is closed by [`Driver::close`].
//!
//! # How it works
//!
//! The operating system speaks of readiness only when it changes, while the engine's events are level-triggered and
//! stop reading early at a watermark. The engine remembers what is ready (see
//! [`EventBase::note_ready`](bufferevent::EventBase::note_ready)); this driver tells it of each change and of each
//! call that exhausted a socket, so that a 10-byte message costs one `recv` and one `send` and nothing is asked
//! twice.
//!
//! # In which order to read
//!
//! - `stream` - one socket, read a byte ahead; [`Sockets`] - all of them behind the engine's kernel trait.
//! - [`EventLoop`] - waits for the operating system; [`Driver`] - puts it, the sockets and an event base together.
//! - [`System`] - what of the operating system all this needs, so that tests can be another; [`Native`] - the real one.
//! - [`Listener`] - accepts, as [`AcceptError`] has it; [`Waker`] and [`Wakeups`] - other threads and signals end a wait.
//!
//! Deliberately absent: threads, resolving names, TLS.
//!
//! It needs Unix: elsewhere this crate is empty.

#![cfg(unix)]

/// The README's program is one.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod accepting;
mod driver;
mod event_loop;
mod listener;
mod sockets;
mod stream;
mod system;
mod wake;

pub use accepting::AcceptError;
pub use driver::Driver;
pub use event_loop::EventLoop;
pub use listener::Listener;
pub use sockets::Sockets;
pub use system::{Door, Edge, Native, Socket, System};
pub use wake::{Waker, Wakeups};
