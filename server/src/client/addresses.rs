//! The addresses of a server, one after the other.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::vec::IntoIter;

use bufferevent::{Errno, Handle};
use bufferevent_mio::Sockets;

use super::ClientError;

#[derive(Debug)]
pub(super) struct Addresses {
    /// As it was typed.
    server: String,
    left: IntoIter<SocketAddr>,
    /// Why there is no connection to the address before.
    failure: Option<io::Error>,
}

impl Addresses {
    /// Waits for the name to be resolved.
    pub(super) fn of(server: &str) -> Result<Self, ClientError> {
        match server.to_socket_addrs() {
            Ok(found) => Ok(Self::new(server, found.collect())),
            Err(error) => Err(ClientError::Connect(server.into(), error)),
        }
    }

    pub(super) fn new(server: &str, addresses: Vec<SocketAddr>) -> Self {
        Self { server: server.into(), left: addresses.into_iter(), failure: None }
    }

    /// Begins a connection to the next address that lets it begin.
    pub(super) fn connect(&mut self, sockets: &mut Sockets) -> Result<Handle, ClientError> {
        for address in self.left.by_ref() {
            match sockets.connect(address) {
                Ok(handle) => return Ok(handle),
                Err(error) => self.failure = Some(error),
            }
        }
        let failure = self.failure.take().unwrap_or_else(|| io::Error::other("it has no address"));
        Err(ClientError::Connect(self.server.clone(), failure))
    }

    /// The connection that began last was not made.
    pub(super) fn note_failure(&mut self, errno: Errno) {
        use rustix::io::Errno as Os;
        self.failure = Some(match errno {
            Errno::ConnectionRefused => Os::CONNREFUSED.into(),
            Errno::ConnectionReset => Os::CONNRESET.into(),
            Errno::TimedOut => Os::TIMEDOUT.into(),
            Errno::Other(number) if number != 0 => io::Error::from_raw_os_error(number),
            other => io::Error::other(other.to_string()),
        });
    }
}
