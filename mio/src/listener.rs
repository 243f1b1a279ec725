//! A socket that accepts.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use bufferevent::{Direction, EventFlags, EventId, Handle, Observer};
use mio::Interest;
use mio::net::TcpListener;

use crate::{AcceptError, Driver};

/// Other processes may hold the descriptors that are missing, so that nobody tells when one is free.
const REST: Duration = Duration::from_secs(1);

/// So many lost connections are passed over at once; the event fires again for the rest.
const MAX_LOST: usize = 64;

/// A listening socket with its events: libevent's `evconnlistener`.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    handle: Handle,
    /// Somebody waits to be accepted.
    event: EventId,
    /// It has rested for long enough.
    rested: EventId,
    /// Why it rests.
    problem: Option<io::Error>,
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
        let rested = driver.base.event_new(None, EventFlags::NONE);
        let listener = Self { socket, handle, event, rested, problem: None };
        add(driver, event, None);
        Ok(listener)
    }

    /// Whether this event is one of the listener's: then [`Listener::accept`] is to be called until it gives none.
    #[must_use]
    pub fn is_about(&self, event: EventId) -> bool {
        event == self.event || event == self.rested
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
    /// A connection that was gone before it was accepted is passed over. None, too, when no descriptor or memory is left: then
    /// the listener rests for a second, [`Listener::problem`] says why, and those who wait go on waiting.
    pub fn accept<O: Observer>(&mut self, driver: &mut Driver<O>) -> Option<(Handle, SocketAddr)> {
        if self.problem.take().is_some() {
            del(driver, self.rested);
            add(driver, self.event, None);
        }
        for _ in 0..MAX_LOST {
            let accepted =
                self.socket.accept().and_then(|(socket, peer)| Ok((driver.sockets.open(socket)?, peer)));
            match accepted.map_err(AcceptError::from) {
                Ok(accepted) => return Some(accepted),
                Err(AcceptError::ConnectionLost) => {}
                Err(AcceptError::NobodyWaits) => {
                    driver.base.note_would_block(self.handle, Direction::Read);
                    return None;
                }
                Err(AcceptError::NoRoom(error)) => {
                    // It would fire again and again for those who wait.
                    del(driver, self.event);
                    add(driver, self.rested, Some(REST));
                    self.problem = Some(error);
                    return None;
                }
            }
        }
        None
    }

    /// Why nobody is accepted for now: no descriptor or no memory is left.
    #[must_use]
    pub const fn problem(&self) -> Option<&io::Error> {
        self.problem.as_ref()
    }

    /// Nobody is accepted any more; those who wait are turned away: `evconnlistener_free`.
    pub fn close<O: Observer>(mut self, driver: &mut Driver<O>) {
        for event in [self.event, self.rested] {
            if let Ok(event) = driver.base.event_mut(event) {
                event.free();
            }
        }
        driver.base.forget_handle(self.handle);
        driver.sockets.unwatch(self.handle, &mut self.socket);
    }
}

/// Somebody may have freed the event, whose number can be had: then nothing fires.
fn add<O: Observer>(driver: &mut Driver<O>, event: EventId, after: Option<Duration>) {
    let added = driver.base.event_mut(event).map(|mut event| event.add(after));
    debug_assert!(!matches!(added, Ok(Err(_))), "an event with a handle or a time can be added");
}

fn del<O: Observer>(driver: &mut Driver<O>, event: EventId) {
    if let Ok(mut event) = driver.base.event_mut(event) {
        event.del();
    }
}
