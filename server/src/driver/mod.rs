//! Real sockets under the engine.
//!
//! The operating system speaks of readiness only when it changes, while the engine's events are level-triggered and
//! stop reading early at a watermark. The engine remembers what is ready (see
//! [`EventBase::note_ready`](bufferevent::EventBase::note_ready)); this driver tells it of each change and of each
//! call that exhausted a socket, so that a 10-byte message costs one `readv` and one `writev` and nothing is asked
//! twice.
//!
//! `stream` is one socket, [`Sockets`] all of them behind the engine's kernel trait, [`EventLoop`] waits for the
//! operating system and [`wake`] lets other threads and signals end that wait.

mod event_loop;
mod sockets;
mod stream;
pub mod wake;

pub use event_loop::EventLoop;
pub use sockets::Sockets;
