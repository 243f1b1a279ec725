//! libevent's `bufferevent`, rebuilt as an engine that can be watched.

mod dialect;
mod directions;
mod kernel;
#[cfg(feature = "sim")]
pub mod sim;
mod time;

pub use dialect::{Dialect, UnknownDialect};
pub use directions::{Direction, Directions};
pub use kernel::{Errno, Handle, Kernel, Readiness, Tanks, Transfer};
pub use time::Time;

/// Placeholder until the engine lands in the next commits.
#[derive(Debug)]
pub struct EventBase;

impl EventBase {
    /// See the crate's first page.
    pub fn forget_handle(&mut self, handle: Handle) {
        let _ = handle;
    }

    /// See the crate's first page.
    pub fn note_ready(&mut self, handle: Handle, ready: Readiness) {
        let _ = (handle, ready);
    }
}
