//! Waiting for the operating system.

use std::io;
use std::time::Duration;

use bufferevent::{EventBase, Observer, Time};

use crate::{Native, Sockets, System};

/// Passes in a row without asking the operating system, while there is something to do: as many as a burst on one
/// connection makes worthwhile, few enough that others do not wait for long.
const MAX_PASSES: u32 = 16;

/// When to ask the operating system what is ready, and what time it is.
#[derive(Debug)]
pub struct EventLoop<S: System = Native> {
    system: S,
    passes: u32,
    waits: u64,
}

impl EventLoop {
    /// A loop with its sockets.
    ///
    /// # Errors
    /// What the operating system says: no descriptor is left.
    pub fn new() -> io::Result<(Self, Sockets)> {
        Self::with_system(Native::new()?)
    }
}

impl<S: System> EventLoop<S> {
    /// A loop on this system, with its sockets.
    ///
    /// # Errors
    /// What the system says: no descriptor is left.
    pub fn with_system(system: S) -> io::Result<(Self, Sockets<S>)> {
        let sockets = Sockets::new(system.registry()?);
        Ok((Self { system, passes: 0, waits: 0 }, sockets))
    }

    /// The time for the engine.
    #[must_use]
    pub fn now(&self) -> Time {
        self.system.now()
    }

    /// Returns when the next pass has something to do: at once where the base knows of something, else when a handle
    /// is ready, a timer has run out, or a signal came. Call it before each pass.
    ///
    /// # Errors
    /// What the operating system says; nothing that a caller could repair.
    pub fn wait<O: Observer>(&mut self, base: &mut EventBase<O>, sockets: &mut Sockets<S>) -> io::Result<()> {
        let mut most = base.next_wait();
        if most.is_some_and(|most| !most.is_zero()) {
            // A timer runs. Without one nobody has to ask what time it is.
            base.set_now(self.now());
            most = base.next_wait();
        }
        if most == Some(Duration::ZERO) && self.passes < MAX_PASSES {
            self.passes += 1;
            return Ok(());
        }
        self.passes = 0;
        self.waits += 1;
        let waited = self.system.wait(most, |edge| {
            if edge.ends {
                sockets.note_end(edge.handle);
            }
            base.note_ready(edge.handle, edge.ready);
        });
        match waited {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// How often the operating system was asked.
    #[must_use]
    pub const fn waits(&self) -> u64 {
        self.waits
    }
}
