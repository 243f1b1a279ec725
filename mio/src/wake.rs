//! Waking a loop from another thread or a signal handler: a byte through a pair of sockets, as libevent does it.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use bufferevent::{Direction, EventBase, EventFlags, EventId, Handle, Observer};
use mio::Interest;

use crate::{Sockets, System};

/// Wakes its loop; may be cloned and sent to any thread.
#[derive(Debug, Clone)]
pub struct Waker(Arc<UnixStream>);

impl Waker {
    /// Wakes the loop. Several calls may be heard as one.
    pub fn wake(&self) {
        // A full pair has a wake-up in it already, and one whose loop has ended needs none.
        let _ = (&*self.0).write(&[0]);
    }
}

/// A byte written here wakes the loop too: for what can write and do no more, as a signal handler.
impl AsFd for Waker {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// The loop's end: an event of the base that fires when the loop was woken.
#[derive(Debug)]
pub struct Wakeups {
    pair: mio::net::UnixStream,
    handle: Handle,
    event: EventId,
}

impl Wakeups {
    /// Has the base listen to a new waker.
    ///
    /// # Errors
    /// What the operating system says: no descriptor is left.
    pub fn listen<O: Observer, S: System>(
        base: &mut EventBase<O>,
        sockets: &mut Sockets<S>,
    ) -> io::Result<(Self, Waker)> {
        let (ours, theirs) = UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        theirs.set_nonblocking(true)?;
        let mut pair = mio::net::UnixStream::from_std(ours);
        let handle = sockets.watch(&mut pair, Interest::READABLE)?;
        let event = base.event_new(Some(handle), EventFlags::READ | EventFlags::PERSIST);
        base.event_mut(event).map_err(io::Error::other)?.add(None).map_err(io::Error::other)?;
        Ok((Self { pair, handle, event }, Waker(Arc::new(theirs))))
    }

    /// The event that fires.
    #[must_use]
    pub const fn event(&self) -> EventId {
        self.event
    }

    /// To be called when it fired: gives how many wake-ups came since.
    pub fn take<O: Observer>(&mut self, base: &mut EventBase<O>) -> usize {
        let mut bytes = [0; 64];
        let mut count = 0;
        loop {
            match self.pair.read(&mut bytes) {
                Ok(0) => break,
                Ok(some) => count += some,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        base.note_would_block(self.handle, Direction::Read);
        count
    }
}
