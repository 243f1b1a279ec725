//! A proxy of two bufferevents with back-pressure: who sends faster than the other side takes is not read meanwhile.
//!
//! It waits for nobody: while one connection upstream is pending, what its client sends waits in that bufferevent's output,
//! and the others go on.
//!
//! `cargo run --package bufferevent-mio --example proxy -- LISTEN UPSTREAM`, by default 127.0.0.1:5556 and 127.0.0.1:5555.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Connect, Dialect, Directions, Due, Evbuffer, Handle,
    Watermarks, What,
};
use bufferevent_mio::{Driver, Listener};

/// With so much waiting for one side, the other is not read.
const FULL: usize = 64 * 1024;

/// Once so much is left, it is read again.
const REFILL: usize = 16 * 1024;

type Failure = Box<dyn std::error::Error>;

/// One side of a pair.
struct Side {
    handle: Handle,
    other: BuffereventId,
    /// Whose connection it serves.
    client: SocketAddr,
    /// Its connection is there.
    connected: bool,
    /// It sends no more.
    ended: bool,
    /// It was told that no more comes.
    told: bool,
}

struct Proxy {
    driver: Driver,
    upstream: SocketAddr,
    sides: HashMap<BuffereventId, Side>,
}

impl Proxy {
    /// A client is there: the connection to the other side begins.
    fn connect(&mut self, client: Handle, peer: SocketAddr) -> Result<(), Failure> {
        let server = self.driver.sockets.connect(self.upstream)?;
        let base = &mut self.driver.base;
        let options = BuffereventOptions { close_on_free: true, ..BuffereventOptions::default() };
        let near = base.bufferevent_new(Some(client), Callbacks::ALL, options);
        let far = base.bufferevent_new(None, Callbacks::ALL, options);
        for (id, other, handle) in [(near, far, client), (far, near, server)] {
            let mut bufferevent = base.get_mut(id)?;
            bufferevent.setwatermark(Directions::WRITE, Watermarks::new(REFILL, 0));
            bufferevent.enable(Directions::READ)?;
            let connected = id == near;
            if !connected {
                bufferevent.socket_connect(handle, Connect::Pending)?;
            }
            let side = Side { handle, other, client: peer, connected, ended: false, told: false };
            self.sides.insert(id, side);
        }
        Ok(())
    }

    /// Everything goes to the other side; who has enough of it stops the reading.
    fn on_read(&mut self, id: BuffereventId) -> Result<(), Failure> {
        let other = self.sides[&id].other;
        let base = &mut self.driver.base;
        let mut bytes = Evbuffer::new();
        base.get_mut(id)?.read_buffer(&mut bytes)?;
        base.get_mut(other)?.write_buffer(&mut bytes)?;
        if base.get(other).is_ok_and(|other| other.output().len() >= FULL) {
            base.get_mut(id)?.disable(Directions::READ);
        }
        Ok(())
    }

    /// Little is left for this side: the other is read again.
    fn on_write(&mut self, id: BuffereventId) -> Result<(), Failure> {
        let other = self.sides[&id].other;
        if !self.sides[&other].ended {
            self.driver.base.get_mut(other)?.enable(Directions::READ)?;
        }
        self.tell_end(id)
    }

    /// This side is connected, or sends no more: the other gets what is on its way, and then the end. After an error nothing
    /// can.
    fn on_event(&mut self, id: BuffereventId, what: What) -> Result<(), Failure> {
        let Some(side) = self.sides.get_mut(&id) else { return Ok(()) };
        let other = side.other;
        if what == What::CONNECTED {
            side.connected = true;
            return self.tell_end(id);
        }
        if what != What::READING | What::EOF {
            if let Some(errno) = self.driver.sockets.last_error(side.handle) {
                eprintln!("{}: {errno}", side.client);
            }
            return self.end([id, other]);
        }
        self.on_read(id)?;
        if let Some(side) = self.sides.get_mut(&id) {
            side.ended = true;
        }
        self.tell_end(other)
    }

    /// Tells this side that no more comes, if that is so. When both know, the pair has done its work.
    fn tell_end(&mut self, id: BuffereventId) -> Result<(), Failure> {
        let other = self.sides[&id].other;
        let is_sent = self.driver.base.get(id).is_ok_and(|side| side.output().is_empty());
        let Some(side) = self.sides.get_mut(&id) else { return Ok(()) };
        let handle = side.handle;
        if !side.connected || !is_sent || side.told || !self.sides[&other].ended {
            return Ok(());
        }
        self.driver.sockets.shutdown_write(handle);
        if let Some(side) = self.sides.get_mut(&id) {
            side.told = true;
        }
        if self.sides[&other].told { self.end([id, other]) } else { Ok(()) }
    }

    fn end(&mut self, ids: [BuffereventId; 2]) -> Result<(), Failure> {
        for id in ids {
            self.sides.remove(&id);
            self.driver.free(id)?;
        }
        Ok(())
    }
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let listen = arguments.next().unwrap_or_else(|| "127.0.0.1:5556".into());
    let upstream = arguments.next().unwrap_or_else(|| "127.0.0.1:5555".into());
    let upstream = upstream.to_socket_addrs()?.next().ok_or("the other side has no address")?;
    let mut driver = Driver::new(Dialect::V2_1)?;
    let mut listener = Listener::bind(&mut driver, listen)?;
    println!("listening on {}", listener.address()?);
    let mut proxy = Proxy { driver, upstream, sides: HashMap::new() };
    while let Some(due) = proxy.driver.next_callback()? {
        match due {
            Due::Application(..) => {
                while let Some((client, peer)) = listener.accept(&mut proxy.driver) {
                    match proxy.connect(client, peer) {
                        Ok(()) => println!("{peer} is there"),
                        Err(problem) => {
                            eprintln!("{peer}: {problem}");
                            proxy.driver.close(client);
                        }
                    }
                }
            }
            Due::Read(id) => proxy.on_read(id)?,
            Due::Write(id) => proxy.on_write(id)?,
            Due::Buffer(..) => {}
            Due::Event(id, what) => proxy.on_event(id, what)?,
        }
    }
    Err(io::Error::other("nobody is left to listen to").into())
}
