//! The kernel as the engine sees it: a small trait with two system calls and a few questions.
//!
//! The native driver implements it on non-blocking sockets, the simulation on two byte queues.

use std::fmt;
use std::io::{IoSlice, IoSliceMut};

use crate::Time;

/// A kernel object that bytes come from and go to: libevent's file descriptor.
///
/// A small number chosen by the driver, which may use it again once it has called
/// [`EventBase::forget_handle`](crate::EventBase::forget_handle). Any number will do: what is remembered of those below 2^20
/// is found fastest, and takes memory up to the highest of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Handle(pub u32);

/// What a handle can do at this moment without blocking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Readiness {
    /// A receive would give bytes, end of file or an error.
    pub readable: bool,
    /// A send would take bytes or give an error.
    pub writable: bool,
}

impl Readiness {
    /// Neither readable nor writable.
    pub const NONE: Self = Self { readable: false, writable: false };
    /// Readable only.
    pub const READABLE: Self = Self { readable: true, writable: false };
    /// Writable only.
    pub const WRITABLE: Self = Self { readable: false, writable: true };
    /// Readable and writable.
    pub const BOTH: Self = Self { readable: true, writable: true };
}

/// The result of a receive or a send that the kernel carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Transfer {
    /// Bytes moved. 0 from a receive is end of file.
    pub bytes: usize,
    /// The kernel knows that the next call of this kind would block, so the remembered readiness ends here.
    /// A level-triggered kernel may always say false.
    pub exhausted: bool,
}

/// Bytes that a kernel has received into memory of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received<'a> {
    /// The bytes; none is end of file.
    pub bytes: &'a [u8],
    /// As in [`Transfer`].
    pub exhausted: bool,
    /// There are more behind them, and the next receive gives at least one of those, whatever happens.
    pub more: bool,
}

/// Why a system call failed, by the names that the manual pages use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "String", try_from = "String")
)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
pub enum Errno {
    /// EAGAIN or EWOULDBLOCK: nothing to read, or no room to write.
    Again,
    /// EINTR: a signal came first.
    Interrupted,
    /// EINPROGRESS: the connection is still being made.
    InProgress,
    /// ECONNRESET: the peer reset the connection.
    ConnectionReset,
    /// ECONNREFUSED: nobody listens there.
    ConnectionRefused,
    /// EPIPE: the peer no longer receives.
    BrokenPipe,
    /// ETIMEDOUT: the peer does not answer.
    TimedOut,
    /// Any other error, by its number; 0 where the kernel gave none.
    Other(i32),
}

impl Errno {
    /// Those that have a name, with it.
    pub const NAMED: [(Self, &'static str); 7] = [
        (Self::Again, "EAGAIN"),
        (Self::Interrupted, "EINTR"),
        (Self::InProgress, "EINPROGRESS"),
        (Self::ConnectionReset, "ECONNRESET"),
        (Self::ConnectionRefused, "ECONNREFUSED"),
        (Self::BrokenPipe, "EPIPE"),
        (Self::TimedOut, "ETIMEDOUT"),
    ];
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, Self::NAMED.iter().find(|(errno, _)| errno == self)) {
            (_, Some((_, name))) => f.write_str(name),
            (Self::Other(number), None) => write!(f, "errno {number}"),
            (_, None) => Ok(()),
        }
    }
}

impl From<Errno> for String {
    fn from(errno: Errno) -> Self {
        errno.to_string()
    }
}

/// The text names no error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownErrno(pub String);

impl fmt::Display for UnknownErrno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no error that is known here", self.0)
    }
}

impl std::error::Error for UnknownErrno {}

impl TryFrom<String> for Errno {
    type Error = UnknownErrno;

    fn try_from(text: String) -> Result<Self, UnknownErrno> {
        let named = Self::NAMED.iter().find(|(_, name)| *name == text).map(|(errno, _)| *errno);
        let numbered = || text.strip_prefix("errno ").and_then(|number| number.parse().ok()).map(Self::Other);
        named.or_else(numbered).ok_or(UnknownErrno(text))
    }
}

impl std::error::Error for Errno {}

impl From<&std::io::Error> for Errno {
    fn from(error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::WouldBlock => Self::Again,
            ErrorKind::Interrupted => Self::Interrupted,
            ErrorKind::ConnectionReset => Self::ConnectionReset,
            ErrorKind::ConnectionRefused => Self::ConnectionRefused,
            ErrorKind::BrokenPipe => Self::BrokenPipe,
            ErrorKind::TimedOut => Self::TimedOut,
            _ => Self::Other(error.raw_os_error().unwrap_or(0)),
        }
    }
}

/// How full the kernel's two queues of a connection are, where the driver can know it (a simulation can).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Tanks {
    /// Bytes that the peer sent and the application has not read.
    pub rx: usize,
    /// Bytes that the application wrote and the peer has not taken.
    pub tx: usize,
    /// Bytes that the peer wants to send and that `rx` has no room for.
    pub backlog: usize,
}

/// What the peer of a connection sees when it is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Closing {
    /// The end of the stream, after what was sent.
    End,
    /// A reset: bytes that had arrived were never read.
    Reset,
}

/// What `connect` answered on a socket that does not block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Connect {
    /// EINPROGRESS: the handle becomes writable once it is decided.
    Pending,
    /// The connection is there at once.
    Accepted,
    /// ECONNREFUSED at once.
    Refused,
}

/// The system calls the engine makes.
pub trait Kernel {
    /// Receives into the slices, in order: `readv`. `Ok` with 0 bytes is end of file.
    ///
    /// # Errors
    /// The [`Errno`] that the call gave; [`Errno::Again`] when there is nothing to read now.
    fn receive(&mut self, handle: Handle, into: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno>;

    /// Receives at most so many bytes into memory of its own and shows them, where it has such memory: then nobody makes room
    /// before it is known for how much. With `None` nothing was received, and [`receive`](Self::receive) is called instead.
    ///
    /// # Errors
    /// As [`receive`](Self::receive).
    fn receive_own(&mut self, handle: Handle, most: usize) -> Option<Result<Received<'_>, Errno>> {
        let _ = (handle, most);
        None
    }

    /// Sends the slices, in order: `writev`. May take fewer bytes than offered.
    ///
    /// # Errors
    /// The [`Errno`] that the call gave; [`Errno::Again`] when there is no room now.
    fn send(&mut self, handle: Handle, from: &[IoSlice<'_>]) -> Result<Transfer, Errno>;

    /// How many bytes a receive could give now, where that is known: `ioctl(FIONREAD)`.
    fn readable_bytes(&mut self, handle: Handle) -> Option<usize>;

    /// What a level-triggered kernel answers for each handle at the start of a pass: calls `report` once for
    /// each handle it has, and that replaces what the engine remembered. Handles that are ready take their turns by number.
    ///
    /// A driver that hears of readiness by edges leaves this empty and calls
    /// [`EventBase::note_ready`](crate::EventBase::note_ready) before the pass.
    fn poll(&mut self, report: &mut dyn FnMut(Handle, Readiness)) {
        let _ = report;
    }

    /// How the connection went that was begun on the handle: `getsockopt(SO_ERROR)`, which forgets what it tells. Asked when
    /// the handle of a bufferevent that connects is writable.
    ///
    /// # Errors
    /// What the connection failed with; [`Errno::InProgress`] while it is undecided.
    fn finished_connecting(&mut self, handle: Handle) -> Result<(), Errno> {
        let _ = handle;
        Ok(())
    }

    /// What time it is, once the kernel was asked what is ready; `None` where the time of
    /// [`EventBase::begin_pass`](crate::EventBase::begin_pass) is good for the whole pass.
    fn now(&self) -> Option<Time> {
        None
    }

    /// How full the kernel's queues are; `None` when that cannot be known.
    fn tanks(&self, handle: Handle) -> Option<Tanks> {
        let _ = handle;
        None
    }

    /// Closes the handle; only called for bufferevents made to close theirs.
    fn close(&mut self, handle: Handle) {
        let _ = handle;
    }

    /// What the peer sees of a close that has happened; `None` when that cannot be known, or it sees nothing.
    fn seen_by_peer(&self, handle: Handle) -> Option<Closing> {
        let _ = handle;
        None
    }
}
