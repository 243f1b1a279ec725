//! The world as the server's operating system: what it waits for, its connections and its door, where what may go wrong does.

use std::cell::{RefCell, RefMut};
use std::io::{self, IoSlice, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use bufferevent::{Handle, Readiness, Time};
use bufferevent_mio::{Door, Edge, Socket, System};
use mio::event::Source;
use mio::{Events, Interest, Poll, Registry, Token};
use rustix::io::Errno;

use super::client::Client;
use super::world::World;

/// What the server waits with.
#[derive(Debug)]
pub(crate) struct Virtual {
    pub(crate) world: Rc<RefCell<World>>,
    /// For what is real: the pair of sockets that wakes the loop.
    poll: Poll,
    events: Events,
}

impl Virtual {
    pub(crate) fn new(world: &Rc<RefCell<World>>) -> Self {
        let poll = Poll::new().expect("a descriptor is left");
        Self { world: Rc::clone(world), poll, events: Events::with_capacity(8) }
    }

    pub(crate) fn door(&self) -> Entrance {
        Entrance { world: Rc::clone(&self.world) }
    }
}

impl System for Virtual {
    type Socket = Connection;
    type Door = Entrance;

    fn now(&self) -> Time {
        Time::ZERO + self.world.borrow().now
    }

    fn registry(&self) -> io::Result<Registry> {
        self.poll.registry().try_clone()
    }

    fn wait(&mut self, most: Option<Duration>, mut tell: impl FnMut(Edge)) -> io::Result<()> {
        self.poll.poll(&mut self.events, Some(Duration::ZERO))?;
        let mut told = 0;
        for event in &self.events {
            let handle = Handle(u32::try_from(event.token().0).expect("a handle"));
            tell(Edge { handle, ready: Readiness::READABLE, ends: false });
            told += 1;
        }
        let mut world = self.world.borrow_mut();
        if world.happens(|faults| faults.interrupted) {
            // What was woken for is told all the same: its edge would not come again.
            return if told == 0 { Err(Errno::INTR.into()) } else { Ok(()) };
        }
        for _ in 0..world.random.below(4) {
            world.act();
        }
        told += world.edges(&mut tell);
        world.waits += 1;
        if told == 0 {
            // Nobody does anything for a while: at most for as long as the loop would sleep.
            let idle = Duration::from_millis(world.random.up_to(50) as u64);
            world.now += most.map_or(idle, |most| most.min(idle));
        }
        Ok(())
    }
}

/// The server's side of a client's connection.
#[derive(Debug)]
pub(crate) struct Connection {
    world: Rc<RefCell<World>>,
    client: usize,
}

impl Connection {
    fn world(&self) -> RefMut<'_, World> {
        self.world.borrow_mut()
    }

    fn with<T>(&self, call: impl FnOnce(&mut Client) -> T) -> T {
        call(&mut self.world().clients[self.client])
    }

    /// A call that cannot go on now, although it could: an edge comes.
    fn put_off<T>(&self, edge: Readiness) -> io::Result<T> {
        self.with(|client| client.edge_comes(edge));
        Err(Errno::AGAIN.into())
    }

    /// Moves fewer bytes than it could, of which an edge tells.
    fn cut_short(&self, bytes: usize, edge: Readiness) -> usize {
        let mut world = self.world();
        if bytes > 1 && world.happens(|faults| faults.short) {
            world.clients[self.client].edge_comes(edge);
            return world.random.up_to(bytes - 1);
        }
        bytes
    }

    fn disturb(&self) -> io::Result<()> {
        let mut world = self.world();
        world.disturb()?;
        if world.happens(|faults| faults.reset) {
            world.clients[self.client].vanish();
        }
        if world.clients[self.client].take_error() {
            return Err(Errno::CONNRESET.into());
        }
        Ok(())
    }
}

impl Socket for Connection {
    fn receive(&self, into: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        self.disturb()?;
        let waits = self.with(|client| client.waits_to_be_read());
        if waits == 0 {
            return if self.with(|client| client.is_at_end()) { Ok(0) } else { Err(Errno::AGAIN.into()) };
        }
        if self.world().happens(|faults| faults.later) {
            return self.put_off(Readiness::READABLE);
        }
        let asked: usize = into.iter().map(|piece| piece.len()).sum();
        let bytes = self.cut_short(waits.min(asked), Readiness::READABLE);
        let mut world = self.world();
        let mut given = world.clients[self.client].read_by_server(bytes);
        for (room, byte) in into.iter_mut().flat_map(|piece| piece.iter_mut()).zip(given.by_ref()) {
            *room = byte;
        }
        Ok(bytes)
    }

    fn send(&self, from: &[IoSlice<'_>]) -> io::Result<usize> {
        self.disturb()?;
        if self.with(|client| client.is_gone()) {
            return Err(Errno::PIPE.into());
        }
        let offered: usize = from.iter().map(|piece| piece.len()).sum();
        let room = self.with(|client| client.room_to_write());
        if room == 0 {
            self.with(Client::ran_out_of_space);
            return Err(Errno::AGAIN.into());
        }
        if self.world().happens(|faults| faults.later) {
            return self.put_off(Readiness::WRITABLE);
        }
        let possible = room.min(offered);
        if possible < offered {
            self.with(Client::ran_out_of_space);
        }
        let bytes = self.cut_short(possible, Readiness::WRITABLE);
        let taken = from.iter().flat_map(|piece| piece.iter().copied()).take(bytes);
        self.with(|client| client.written_by_server(taken));
        Ok(bytes)
    }

    fn readable_bytes(&self) -> Option<usize> {
        Some(self.with(|client| client.waits_to_be_read()))
    }

    fn take_error(&self) -> io::Result<Option<io::Error>> {
        Ok(self.with(Client::take_error).then(|| Errno::CONNRESET.into()))
    }

    fn shutdown_write(&self) {
        self.with(Client::shut);
    }

    fn reset_on_close(&self) {
        self.with(Client::linger);
    }

    fn set_nodelay(&self) {}
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.with(Client::closed);
    }
}

impl Source for Connection {
    fn register(&mut self, _: &Registry, token: Token, _: Interest) -> io::Result<()> {
        let mut world = self.world();
        if world.happens(|faults| faults.no_memory) {
            return Err(Errno::NOMEM.into());
        }
        world.clients[self.client].register(Handle(u32::try_from(token.0).expect("a handle")));
        Ok(())
    }

    fn reregister(&mut self, _: &Registry, _: Token, _: Interest) -> io::Result<()> {
        unreachable!("nothing is registered twice")
    }

    fn deregister(&mut self, _: &Registry) -> io::Result<()> {
        Ok(())
    }
}

/// Where the world's clients come in.
#[derive(Debug)]
pub(crate) struct Entrance {
    world: Rc<RefCell<World>>,
}

impl Door for Entrance {
    type Socket = Connection;

    fn accept(&self) -> io::Result<(Connection, SocketAddr)> {
        let mut world = self.world.borrow_mut();
        world.disturb()?;
        if world.at_the_door.is_empty() {
            return Err(Errno::AGAIN.into());
        }
        if world.happens(|faults| faults.no_descriptor) {
            return Err(world.random.of(&[Errno::MFILE, Errno::NFILE]).into());
        }
        if world.happens(|faults| faults.later) {
            world.door_edge = true;
            return Err(Errno::AGAIN.into());
        }
        let client = world.at_the_door.pop_front().expect("somebody waits");
        if world.happens(|faults| faults.aborted) {
            world.clients[client].turned_away();
            return Err(Errno::CONNABORTED.into());
        }
        world.clients[client].accepted();
        world.accepted += 1;
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, u16::try_from(client + 1).expect("few clients")));
        Ok((Connection { world: Rc::clone(&self.world), client }, peer))
    }

    fn address(&self) -> io::Result<SocketAddr> {
        Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, 5555)))
    }
}

impl Source for Entrance {
    fn register(&mut self, _: &Registry, token: Token, _: Interest) -> io::Result<()> {
        self.world.borrow_mut().door = Some(Handle(u32::try_from(token.0).expect("a handle")));
        Ok(())
    }

    fn reregister(&mut self, _: &Registry, _: Token, _: Interest) -> io::Result<()> {
        unreachable!("nothing is registered twice")
    }

    fn deregister(&mut self, _: &Registry) -> io::Result<()> {
        self.world.borrow_mut().door = None;
        Ok(())
    }
}

impl Drop for Entrance {
    /// Who still waits is turned away, and who comes later too.
    fn drop(&mut self) {
        let mut world = self.world.borrow_mut();
        let all = world.clients.len();
        let not_here = all - world.to_come..all;
        world.to_come = 0;
        let waiting: Vec<_> = world.at_the_door.drain(..).chain(not_here).collect();
        for client in waiting {
            world.clients[client].turned_away();
        }
    }
}
