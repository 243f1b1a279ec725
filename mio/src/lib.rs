//! Runs the [`bufferevent`] engine on real sockets.
//!
//! ```no_run
//! use bufferevent::{BuffereventOptions, Callbacks, Dialect, Directions, Due, Evbuffer};
//! use bufferevent_mio::{Driver, Listener};
//!
//! let mut driver = Driver::new(Dialect::V2_1)?;
//! let mut listener = Listener::bind(&mut driver, "127.0.0.1:5555")?;
//! while let Some(due) = driver.next_callback()? {
//!     match due {
//!         Due::Application(..) => while let Some((handle, peer)) = listener.accept(&mut driver) {
//!             println!("{peer} is there");
//!             // driver.base makes a bufferevent on the handle: see the example `echo`.
//!         },
//!         Due::Read(_) | Due::Write(_) | Due::Event(..) | Due::Buffer(..) => { /* what an application does */ }
//!     }
//! }
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! `cargo run --package bufferevent-mio --example echo` (or `proxy`, `chat`, `lines`, `timeouts`) shows whole programs.
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
