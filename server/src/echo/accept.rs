//! The listening socket: an application event that accepts, and that rests while no descriptor is left.
//!
//! Not [`bufferevent_mio::Listener`], which is for who lets everybody in on a real socket: here some are refused before they have a
//! handle, a rest ends as soon as a connection is closed, and the door may be that of a test. What both could share is an event and a
//! timer.

use std::fmt::Display;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::time::Duration;

use bufferevent::{Direction, EventBase, EventFlags, EventId, Handle, Observer, Time};
use bufferevent_mio::{AcceptError, Door, Socket, Sockets, System};
use mio::Interest;
use mio::net::TcpListener;

use super::{EchoServer, LoopObserver, add, del};

/// Connections accepted in one callback, so that a crowd at the door does not keep those inside waiting.
const MAX_ACCEPTS: usize = 64;

/// How many may wait at the door; the operating system may allow fewer. Beyond it, connecting takes a second longer.
const BACKLOG: u16 = 4096;

/// When to look again whether descriptors are free, should other processes hold them.
const RETRY: Duration = Duration::from_secs(1);

/// How often a refusal is told, at most: a crowd must not fill the log.
const REFUSALS_EVERY: Duration = Duration::from_secs(10);

/// Connections that were turned away one by one.
#[derive(Debug, Default)]
struct Refusals {
    told_at: Option<Time>,
    /// Since then, without a line.
    untold: u64,
}

impl Refusals {
    /// What is to be said of one that is refused now, if it is time for that.
    fn line(&mut self, now: Time, ip: IpAddr, reason: &dyn Display) -> Option<String> {
        if self.told_at.is_some_and(|told| now.saturating_since(told) < REFUSALS_EVERY) {
            self.untold += 1;
            return None;
        }
        self.told_at = Some(now);
        let line = format!("Refused connection from {ip}: {reason}");
        Some(match std::mem::take(&mut self.untold) {
            0 => line,
            1 => format!("{line}; one other was refused since this was last said"),
            more => format!("{line}; {more} others were refused since this was last said"),
        })
    }
}

/// The listening socket.
#[derive(Debug)]
pub(super) struct Acceptor<S: System> {
    address: SocketAddr,
    /// None once the server stops.
    listener: Option<S::Door>,
    handle: Handle,
    event: EventId,
    retry: EventId,
    /// How many connections had been closed when accepting stopped for want of descriptors; none while it goes on.
    paused_at: Option<u64>,
    /// The want was told, and since then there was no time at which nobody waited.
    told: bool,
    /// So many connections and no more: the other descriptors are for what else the process does.
    room: usize,
    refusals: Refusals,
}

impl<S: System> Acceptor<S> {
    pub(super) fn at<O: Observer>(
        mut listener: S::Door,
        base: &mut EventBase<O>,
        sockets: &mut Sockets<S>,
    ) -> io::Result<Self> {
        let address = listener.address()?;
        let handle = sockets.watch(&mut listener, Interest::READABLE)?;
        let event = base.event_new(Some(handle), EventFlags::READ | EventFlags::PERSIST);
        base.event_mut(event).map_err(io::Error::other)?.add(None).map_err(io::Error::other)?;
        let retry = base.event_new(None, EventFlags::NONE);
        let listener = Some(listener);
        let refusals = Refusals::default();
        let (paused_at, told, room) = (None, false, usize::MAX);
        Ok(Self { address, listener, handle, event, retry, paused_at, told, room, refusals })
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) const fn set_room(&mut self, room: usize) {
        self.room = room;
    }

    pub(super) fn is_listening_on(&self, event: EventId) -> bool {
        self.event == event
    }

    /// Nobody is accepted from here on; those who wait are turned away.
    pub(super) fn close<O: Observer>(&mut self, base: &mut EventBase<O>, sockets: &mut Sockets<S>) {
        let Some(mut listener) = self.listener.take() else { return };
        self.paused_at = None;
        for event in [self.event, self.retry] {
            if let Ok(event) = base.event_mut(event) {
                event.free();
            }
        }
        base.forget_handle(self.handle);
        sockets.unwatch(self.handle, &mut listener);
    }
}

/// Listens on the first of the name's addresses that can be had. The address may be in use by connections of an
/// earlier server: SO_REUSEADDR is set before it is bound.
pub(super) fn listen(name: &str) -> io::Result<TcpListener> {
    let mut error = io::Error::new(io::ErrorKind::InvalidInput, "the name has no address");
    for address in name.to_socket_addrs()? {
        match TcpListener::bind(address) {
            Ok(listener) => {
                rustix::net::listen(&listener, BACKLOG.into())?;
                return Ok(listener);
            }
            Err(refused) => error = refused,
        }
    }
    Err(error)
}

impl<O: LoopObserver, S: System> EchoServer<O, S> {
    /// Someone is at the door. Gives whether more may be.
    pub(super) fn accept(&mut self) -> bool {
        for _ in 0..MAX_ACCEPTS {
            let Some(listener) = &self.state.acceptor.listener else { return false };
            if self.state.connections.len() >= self.state.acceptor.room {
                self.pause_accepting(&io::Error::other("the other descriptors are kept for the page"));
                return false;
            }
            match listener.accept().map_err(AcceptError::from) {
                Ok((socket, peer)) => self.welcome(socket, peer),
                Err(AcceptError::ConnectionLost) => {}
                Err(AcceptError::NobodyWaits) => {
                    self.state.acceptor.told = false;
                    self.base.note_would_block(self.state.acceptor.handle, Direction::Read);
                    return false;
                }
                Err(AcceptError::NoRoom(error)) => {
                    self.pause_accepting(&error);
                    return false;
                }
            }
        }
        true
    }

    /// Everybody who is at the door now, and not those who go on coming.
    pub(super) fn accept_all(&mut self) {
        for _ in 0..usize::from(BACKLOG).div_ceil(MAX_ACCEPTS) {
            if !self.accept() {
                break;
            }
        }
    }

    fn welcome(&mut self, socket: S::Socket, peer: SocketAddr) {
        let open = self.state.connections.len();
        if open >= self.state.config.max_connections as usize {
            self.state.counters.count_refused();
            self.refuse(peer, &format_args!("{open} connections are open"));
            return;
        }
        // An answer should not wait for the receipt of the one before it.
        socket.set_nodelay();
        match self.state.sockets.open(socket) {
            Ok(handle) => self.connect(handle, peer),
            Err(error) => self.refuse(peer, &error),
        }
    }

    fn refuse(&mut self, peer: SocketAddr, reason: &dyn Display) {
        let now = self.state.event_loop.now();
        if let Some(line) = self.state.acceptor.refusals.line(now, peer.ip(), reason) {
            self.state.output.notice(|| line);
        }
    }

    /// The event is deleted: it would fire again and again for those who wait.
    fn pause_accepting(&mut self, error: &io::Error) {
        let acceptor = &mut self.state.acceptor;
        del(&mut self.base, acceptor.event);
        add(&mut self.base, acceptor.retry, Some(RETRY));
        acceptor.paused_at = Some(self.state.sockets.closed());
        if !std::mem::replace(&mut acceptor.told, true) {
            let open = self.state.connections.len();
            self.state.output.notice(|| {
                format!(
                    "Not accepting connections for now, with {open} open: {error}; going on when one is closed"
                )
            });
        }
    }

    /// Between two passes: a connection that was closed has left a descriptor.
    pub(super) fn resume_accepting_when_free(&mut self) {
        if self.state.acceptor.paused_at.is_some_and(|closed| closed < self.state.sockets.closed()) {
            self.resume_accepting();
        }
    }

    pub(super) fn resume_accepting(&mut self) {
        if self.state.acceptor.paused_at.take().is_some() {
            // Those who wait have been remembered, so this fires in the next pass.
            del(&mut self.base, self.state.acceptor.retry);
            add(&mut self.base, self.state.acceptor.event, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn a_crowd_that_is_refused_is_a_line_now_and_then_that_counts_the_others() {
        let (mut refusals, ip) = (Refusals::default(), IpAddr::from(Ipv4Addr::LOCALHOST));
        let times = (0..30_000).step_by(10).map(Time::from_millis);
        let lines: Vec<_> =
            times.filter_map(|now| refusals.line(now, ip, &"5 connections are open")).collect();
        let first = "Refused connection from 127.0.0.1: 5 connections are open".to_owned();
        let later = format!("{first}; 999 others were refused since this was last said");
        assert_eq!(lines, [first.clone(), later.clone(), later]);
        let mut refusals = Refusals::default();
        let lines = [0, 9, 10]
            .map(|seconds| refusals.line(Time::from_millis(seconds * 1000), ip, &"5 connections are open"));
        let later = format!("{first}; one other was refused since this was last said");
        assert_eq!(lines, [Some(first), None, Some(later)]);
    }
}
