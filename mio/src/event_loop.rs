//! Waiting for the operating system.

use std::io;
use std::time::{Duration, Instant};

use bufferevent::{EventBase, Observer, Time};
use mio::{Events, Poll};

use crate::Sockets;

/// Passes in a row without asking the operating system, while there is something to do: as many as a burst on one
/// connection makes worthwhile, few enough that others do not wait for long.
const MAX_PASSES: u32 = 16;

/// How many handles one wait tells of.
const EVENTS: usize = 1024;

/// When to ask the operating system what is ready, and what time it is.
#[derive(Debug)]
pub struct EventLoop {
    poll: Poll,
    events: Events,
    started: Instant,
    passes: u32,
    waits: u64,
}

impl EventLoop {
    /// A loop with its sockets.
    ///
    /// # Errors
    /// What the operating system says: no descriptor is left.
    pub fn new() -> io::Result<(Self, Sockets)> {
        let poll = Poll::new()?;
        let sockets = Sockets::new(poll.registry().try_clone()?);
        let events = Events::with_capacity(EVENTS);
        Ok((Self { poll, events, started: Instant::now(), passes: 0, waits: 0 }, sockets))
    }

    /// The time for the engine.
    #[must_use]
    pub fn now(&self) -> Time {
        Time::ZERO + self.started.elapsed()
    }

    /// Returns when the next pass has something to do: at once where the base knows of something, else when a handle
    /// is ready, a timer has run out, or a signal came. Call it before each pass.
    ///
    /// # Errors
    /// What the operating system says; nothing that a caller could repair.
    pub fn wait<O: Observer>(&mut self, base: &mut EventBase<O>, sockets: &mut Sockets) -> io::Result<()> {
        base.set_now(self.now());
        let most = base.next_wait();
        if most == Some(Duration::ZERO) && self.passes < MAX_PASSES {
            self.passes += 1;
            return Ok(());
        }
        self.passes = 0;
        self.waits += 1;
        match self.poll.poll(&mut self.events, most) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(error),
        }
        for event in &self.events {
            if let Some((handle, ready)) = sockets.readiness(event) {
                base.note_ready(handle, ready);
            }
        }
        Ok(())
    }

    /// How often the operating system was asked.
    #[must_use]
    pub const fn waits(&self) -> u64 {
        self.waits
    }
}
