//! A socket that accepts.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

use bufferevent::{Direction, EventFlags, EventId, Handle, Observer};
use mio::Interest;
use mio::net::TcpListener;

use crate::Driver;

/// A listening socket with its event: libevent's `evconnlistener`.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    handle: Handle,
    event: EventId,
}

impl Listener {
    /// Listens on the first of these addresses that can be had. Its event fires when somebody waits to be accepted.
    ///
    /// # Errors
    /// What the operating system says: the addresses are taken or not ours, or no descriptor is left.
    pub fn bind<O: Observer>(driver: &mut Driver<O>, address: impl ToSocketAddrs) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let mut socket = TcpListener::from_std(listener);
        let handle = driver.sockets.watch(&mut socket, Interest::READABLE)?;
        let event = driver.base.event_new(Some(handle), EventFlags::READ | EventFlags::PERSIST);
        let added = driver.base.event_mut(event).is_ok_and(|mut event| event.add(None).is_ok());
        debug_assert!(added, "an event that was just made, with a handle, can be added");
        Ok(Self { socket, handle, event })
    }

    /// The event that fires.
    #[must_use]
    pub const fn event(&self) -> EventId {
        self.event
    }

    /// Where it listens.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// The next of those who wait, as a handle for a bufferevent; none when nobody waits any more, after which the
    /// event fires again for the next.
    ///
    /// # Errors
    /// What the operating system says; without descriptors left it says so each time that the event fires.
    pub fn accept<O: Observer>(&self, driver: &mut Driver<O>) -> io::Result<Option<(Handle, SocketAddr)>> {
        match self.socket.accept() {
            Ok((socket, peer)) => Ok(Some((driver.sockets.open(socket)?, peer))),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                driver.base.note_would_block(self.handle, Direction::Read);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}
