//! What a failed accept means for the next.

use std::error::Error;
use std::fmt;
use std::io;

use rustix::io::Errno;

/// Why nobody was accepted.
#[derive(Debug)]
pub enum AcceptError {
    /// Nobody waits.
    NobodyWaits,
    /// This connection is gone; another may wait.
    ConnectionLost,
    /// No descriptor or memory is left, so that another would fail as well.
    NoRoom(io::Error),
}

impl From<io::Error> for AcceptError {
    fn from(error: io::Error) -> Self {
        match Errno::from_io_error(&error) {
            Some(Errno::AGAIN) => Self::NobodyWaits,
            Some(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM | Errno::NOSPC) => {
                Self::NoRoom(error)
            }
            // accept(2): what the network did to a connection that waited is reported here.
            _ => Self::ConnectionLost,
        }
    }
}

impl fmt::Display for AcceptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NobodyWaits => f.write_str("nobody waits to be accepted"),
            Self::ConnectionLost => f.write_str("the connection was gone before it was accepted"),
            Self::NoRoom(error) => write!(f, "there is no room for another connection: {error}"),
        }
    }
}

impl Error for AcceptError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NoRoom(error) => Some(error),
            Self::NobodyWaits | Self::ConnectionLost => None,
        }
    }
}
