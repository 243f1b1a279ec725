//! The operating system as the driver sees it.
//!
//! [`Native`] is the one that there is. A program under test can put another in its place, one that runs in virtual time
//! and fails in every way a kernel may: everything above it is the code that serves real connections.

use std::fmt;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::time::{Duration, Instant};

use bufferevent::{Handle, Readiness, Time};
use mio::event::{Event, Source};
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Poll, Registry};
use rustix::net::sockopt::set_socket_linger;

/// How many handles one wait tells of. A pass goes through all of them several times, and what these have must still be in the
/// processor's cache then; one more wait for each so many messages costs nothing beside that.
const EVENTS: usize = 128;

/// What became of a handle since the last wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Whose edge it is.
    pub handle: Handle,
    /// What it can do now, the end of the stream and errors counted as something to read.
    pub ready: Readiness,
    /// The peer has ended its side, or there is an error: no edge will tell of it again.
    pub ends: bool,
}

/// Waits for sockets and tells the time: `epoll` and a clock that never goes back.
pub trait System: fmt::Debug {
    /// A connection.
    type Socket: Socket;
    /// A socket that accepts connections.
    type Door: Door<Socket = Self::Socket>;

    /// The time since the system was made.
    fn now(&self) -> Time;

    /// Where sockets are registered, edge-triggered, with their handle's number as token.
    ///
    /// # Errors
    /// What the operating system says: no descriptor is left.
    fn registry(&self) -> io::Result<Registry>;

    /// Waits for an edge, at most so long, and tells of those there are.
    ///
    /// # Errors
    /// What the operating system says. [`io::ErrorKind::Interrupted`] is no failure: a signal came first.
    fn wait(&mut self, most: Option<Duration>, tell: impl FnMut(Edge)) -> io::Result<()>;
}

/// A connected socket that does not block.
pub trait Socket: Source + fmt::Debug {
    /// `recv`, or `readv` into several pieces: 0 is the end of the stream.
    ///
    /// # Errors
    /// What the operating system says; [`io::ErrorKind::WouldBlock`] when there is nothing to read.
    fn receive(&self, into: &mut [IoSliceMut<'_>]) -> io::Result<usize>;

    /// `send`, or `writev` of several pieces.
    ///
    /// # Errors
    /// What the operating system says; [`io::ErrorKind::WouldBlock`] when there is no room.
    fn send(&self, from: &[IoSlice<'_>]) -> io::Result<usize>;

    /// `ioctl(FIONREAD)`: how many bytes are there to be read.
    fn readable_bytes(&self) -> Option<usize>;

    /// `getsockopt(SO_ERROR)`.
    ///
    /// # Errors
    /// What the operating system says to the question.
    fn take_error(&self) -> io::Result<Option<io::Error>>;

    /// `shutdown(SHUT_WR)`. It fails where the connection is gone, and then the next read says so.
    fn shutdown_write(&self);

    /// `SO_LINGER` with no time: closing resets. It fails where the connection is gone.
    fn reset_on_close(&self);

    /// `TCP_NODELAY`: what is sent does not wait for the receipt of what was sent before.
    fn set_nodelay(&self);
}

/// A socket that accepts connections and does not block.
pub trait Door: Source + fmt::Debug {
    /// What it accepts.
    type Socket;

    /// The next of those who wait.
    ///
    /// # Errors
    /// What the operating system says; [`io::ErrorKind::WouldBlock`] when nobody waits.
    fn accept(&self) -> io::Result<(Self::Socket, SocketAddr)>;

    /// Where it listens.
    ///
    /// # Errors
    /// What the operating system says.
    fn address(&self) -> io::Result<SocketAddr>;
}

/// The operating system's own, through mio.
#[derive(Debug)]
pub struct Native {
    poll: Poll,
    events: Events,
    started: Instant,
}

impl Native {
    /// A system that watches nothing yet.
    ///
    /// # Errors
    /// What the operating system says: no descriptor is left.
    pub fn new() -> io::Result<Self> {
        Ok(Self { poll: Poll::new()?, events: Events::with_capacity(EVENTS), started: Instant::now() })
    }
}

impl System for Native {
    type Socket = TcpStream;
    type Door = TcpListener;

    fn now(&self) -> Time {
        Time::ZERO + self.started.elapsed()
    }

    fn registry(&self) -> io::Result<Registry> {
        self.poll.registry().try_clone()
    }

    fn wait(&mut self, most: Option<Duration>, tell: impl FnMut(Edge)) -> io::Result<()> {
        self.poll.poll(&mut self.events, most)?;
        self.events.iter().filter_map(edge).for_each(tell);
        Ok(())
    }
}

fn edge(event: &Event) -> Option<Edge> {
    let ends = event.is_read_closed() || event.is_error();
    let ready = Readiness {
        readable: event.is_readable() || ends,
        writable: event.is_writable() || event.is_write_closed() || event.is_error(),
    };
    Some(Edge { handle: Handle(u32::try_from(event.token().0).ok()?), ready, ends })
}

impl Socket for TcpStream {
    fn receive(&self, into: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        match into {
            // The operating system does less for it.
            [piece] => (&mut &*self).read(piece),
            pieces => (&mut &*self).read_vectored(pieces),
        }
    }

    fn send(&self, from: &[IoSlice<'_>]) -> io::Result<usize> {
        match from {
            [piece] => (&mut &*self).write(piece),
            pieces => (&mut &*self).write_vectored(pieces),
        }
    }

    fn readable_bytes(&self) -> Option<usize> {
        usize::try_from(rustix::io::ioctl_fionread(self).ok()?).ok()
    }

    fn take_error(&self) -> io::Result<Option<io::Error>> {
        Self::take_error(self)
    }

    fn shutdown_write(&self) {
        let _ = self.shutdown(Shutdown::Write);
    }

    fn reset_on_close(&self) {
        let _ = set_socket_linger(self, Some(Duration::ZERO));
    }

    fn set_nodelay(&self) {
        let _ = Self::set_nodelay(self, true);
    }
}

impl Door for TcpListener {
    type Socket = TcpStream;

    fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        Self::accept(self)
    }

    fn address(&self) -> io::Result<SocketAddr> {
        self.local_addr()
    }
}
