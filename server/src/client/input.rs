//! Standard input as an event: a terminal, a pipe, a socket or a regular file.

use std::io;
use std::os::fd::{AsFd, AsRawFd};

use bufferevent::{Direction, EventBase, EventFlags, EventId, Handle, Observer, Readiness};
use mio::Interest;
use mio::unix::SourceFd;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;

use bufferevent_mio::Sockets;

/// How much one read takes.
const READ: usize = 16 * 1024;

/// What one read gave.
#[derive(Debug)]
pub(super) enum Read {
    /// Nothing now.
    Nothing,
    Bytes(Vec<u8>),
    /// The input has ended.
    End,
}

#[derive(Debug)]
pub(super) struct Input<I> {
    source: I,
    handle: Handle,
    event: EventId,
    /// A regular file never makes one wait, and the operating system refuses to watch it.
    always_ready: bool,
}

impl<I: AsFd> Input<I> {
    pub(super) fn listen<O: Observer>(
        source: I,
        base: &mut EventBase<O>,
        sockets: &mut Sockets,
    ) -> io::Result<Self> {
        let fd = source.as_fd().as_raw_fd();
        let watched = sockets.watch(&mut SourceFd(&fd), Interest::READABLE);
        let (handle, always_ready) = match watched {
            Ok(handle) => (handle, false),
            Err(error) if Errno::from_io_error(&error) == Some(Errno::PERM) => (sockets.reserve(), true),
            Err(error) => return Err(error),
        };
        if always_ready {
            base.note_ready(handle, Readiness::READABLE);
        }
        let event = base.event_new(Some(handle), EventFlags::READ | EventFlags::PERSIST);
        base.event_mut(event).map_err(io::Error::other)?.add(None).map_err(io::Error::other)?;
        Ok(Self { source, handle, event, always_ready })
    }

    /// Reads once. Call it when the event fired.
    pub(super) fn read<O: Observer>(&mut self, base: &mut EventBase<O>) -> io::Result<Read> {
        let mut bytes = vec![0; READ];
        let read = match rustix::io::read(&self.source, &mut bytes) {
            Ok(0) => return Ok(Read::End),
            Ok(count) => {
                bytes.truncate(count);
                Read::Bytes(bytes)
            }
            Err(Errno::AGAIN | Errno::INTR) => Read::Nothing,
            Err(errno) => return Err(errno.into()),
        };
        if !self.always_ready && !self.is_readable()? {
            base.note_would_block(self.handle, Direction::Read);
        }
        Ok(read)
    }

    /// Asks, rather than reading until it fails: that would need a non-blocking input, and a terminal made non-blocking
    /// is so for every program that has it.
    fn is_readable(&self) -> io::Result<bool> {
        let mut wait = [PollFd::new(&self.source, PollFlags::IN)];
        match rustix::event::poll(&mut wait, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })) {
            Ok(ready) => Ok(ready > 0),
            Err(Errno::INTR) => Ok(true),
            Err(errno) => Err(errno.into()),
        }
    }

    /// No more input for now.
    pub(super) fn pause<O: Observer>(&self, base: &mut EventBase<O>) {
        if let Ok(mut event) = base.event_mut(self.event) {
            event.del();
        }
    }

    pub(super) fn resume<O: Observer>(&self, base: &mut EventBase<O>) {
        let pending = base.event_pending(self.event, EventFlags::READ);
        if let Ok(mut event) = base.event_mut(self.event)
            && !pending
        {
            // It has a handle to wait for.
            let _ = event.add(None);
        }
    }
}
