//! What one message costs the engine and the driver, on an operating system that does nothing. Count instructions, a clock is too
//! coarse and the machine too busy:
//!
//! ```text
//! cargo bench --package bufferevent-mio --bench message --no-run
//! for rounds in 1 21; do valgrind --tool=callgrind --callgrind-out-file=/dev/null PROGRAM 50 10 $rounds; done
//! ```
//!
//! The arguments are connections, bytes of a message and how often each connection sends one; the difference, divided by the messages
//! that one run has more, is the cost of one. Ten bytes are answered as the tutorial's server does, under a high mark of ten and with its
//! prefix; more come back as they are, under one of 64 KiB. A fourth argument is the dialect. With
//! `--cache-sim=yes` valgrind says, too, how often a cache has not what a message needs.

#[path = "../tests/no_door/mod.rs"]
mod no_door;

use std::cell::Cell;
use std::io::{self, IoSlice, IoSliceMut};
use std::rc::Rc;
use std::time::Duration;

use bufferevent::{
    BuffereventOptions, Callbacks, Dialect, Directions, Due, Evbuffer, EventBase, Handle, Readiness, Time,
    Watermarks,
};
use bufferevent_mio::{Edge, EventLoop, Socket, System};
use mio::event::Source;
use mio::{Interest, Poll, Registry, Token};

use no_door::NoDoor;

const PREFIX: &[u8] = b"I have recvieced the msg: ";

/// How many handles one wait tells of, as the real system's.
const EVENTS: u32 = 128;

/// A system on which each peer sends again once all were answered.
#[derive(Debug)]
struct Peers {
    poll: Poll,
    connections: u32,
    /// Whose message is told of next.
    next: u32,
}

/// One whose peer sends the next message when the one before is answered.
#[derive(Debug)]
struct Connection {
    message: Rc<[u8]>,
    /// Bytes of it that were not received.
    left: Cell<usize>,
}

impl System for Peers {
    type Socket = Connection;
    type Door = NoDoor<Connection>;

    fn now(&self) -> Time {
        Time::ZERO
    }

    fn registry(&self) -> io::Result<Registry> {
        self.poll.registry().try_clone()
    }

    fn wait(&mut self, _: Option<Duration>, tell: impl FnMut(Edge)) -> io::Result<()> {
        let end = self.connections.min(self.next + EVENTS);
        let edge = |number| Edge { handle: Handle(number), ready: Readiness::READABLE, ends: false };
        (self.next..end).map(edge).for_each(tell);
        self.next = if end == self.connections { 0 } else { end };
        Ok(())
    }
}

impl Socket for Connection {
    fn receive(&self, into: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let mut bytes = 0;
        for piece in into {
            let some = piece.len().min(self.left.get());
            piece[..some].copy_from_slice(&self.message[..some]);
            self.left.set(self.left.get() - some);
            bytes += some;
        }
        if bytes == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(bytes)
    }

    fn send(&self, from: &[IoSlice<'_>]) -> io::Result<usize> {
        self.left.set(self.message.len());
        Ok(from.iter().map(|piece| piece.len()).sum())
    }

    fn readable_bytes(&self) -> Option<usize> {
        Some(self.left.get())
    }

    fn take_error(&self) -> io::Result<Option<io::Error>> {
        Ok(None)
    }

    fn shutdown_write(&self) {}

    fn reset_on_close(&self) {}

    fn set_nodelay(&self) {}
}

impl Source for Connection {
    fn register(&mut self, _: &Registry, _: Token, _: Interest) -> io::Result<()> {
        Ok(())
    }

    fn reregister(&mut self, _: &Registry, _: Token, _: Interest) -> io::Result<()> {
        Ok(())
    }

    fn deregister(&mut self, _: &Registry) -> io::Result<()> {
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let number = |at: usize, default| arguments.get(at).map_or(Ok(default), |it| it.parse::<usize>());
    let (connections, size, rounds) = (number(0, 50)?, number(1, 10)?, number(2, 1)?);
    let dialect = arguments.get(3).map_or(Ok(Dialect::V1_4), |it| it.parse())?;
    let (prefix, high) = if size == 10 { (PREFIX, 10) } else { (&[][..], 64 * 1024) };

    let system = Peers { poll: Poll::new()?, connections: u32::try_from(connections)?, next: 0 };
    let (mut event_loop, mut sockets) = EventLoop::with_system(system)?;
    let mut base = EventBase::new(dialect);
    let message: Rc<[u8]> = vec![b'x'; size].into();
    for _ in 0..connections {
        let handle = sockets.open(Connection { message: Rc::clone(&message), left: size.into() })?;
        let options = BuffereventOptions { close_on_free: true, ..BuffereventOptions::default() };
        let id = base.bufferevent_new(Some(handle), Callbacks::ALL, options);
        let mut bufferevent = base.get_mut(id)?;
        bufferevent.setwatermark(Directions::READ, Watermarks::new(0, high));
        bufferevent.enable(Directions::READ)?;
        base.note_ready(handle, Readiness::WRITABLE);
    }
    let (mut answer, mut answered) = (Evbuffer::new(), 0);
    while answered < connections * rounds {
        event_loop.wait(&mut base, &mut sockets)?;
        base.begin_pass(event_loop.now());
        while let Some(due) = base.poll_callback(&mut sockets) {
            match due {
                Due::Read(id) => {
                    let mut bufferevent = base.get_mut(id)?;
                    answer.add(prefix)?;
                    bufferevent.read_buffer(&mut answer)?;
                    bufferevent.write_buffer(&mut answer)?;
                }
                Due::Write(_) => answered += 1,
                Due::Event(..) | Due::Buffer(..) | Due::Application(..) => unreachable!("{due:?}"),
            }
        }
    }
    println!("{answered} messages of {size} bytes answered on {connections} connections");
    Ok(())
}
