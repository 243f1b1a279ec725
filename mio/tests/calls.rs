//! How many calls of the operating system a message takes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod no_door;

use std::cell::Cell;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::net;
use std::rc::Rc;
use std::time::Duration;

use bufferevent::{
    BuffereventOptions, Callbacks, Dialect, Directions, Due, Evbuffer, EventBase, Time, Watermarks,
};
use bufferevent_mio::{Edge, EventLoop, Native, Socket, System};
use mio::event::Source;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use no_door::NoDoor;

/// Calls on one connection.
#[derive(Debug, Default)]
struct Calls {
    receive: Cell<usize>,
    send: Cell<usize>,
    readable_bytes: Cell<usize>,
}

fn count(calls: &Cell<usize>) {
    calls.set(calls.get() + 1);
}

/// The operating system's own, with the questions what time it is counted.
#[derive(Debug)]
struct Counted {
    native: Native,
    times: Rc<Cell<usize>>,
}

#[derive(Debug)]
struct Connection {
    socket: TcpStream,
    calls: Rc<Calls>,
}

impl System for Counted {
    type Socket = Connection;
    type Door = NoDoor<Connection>;

    fn now(&self) -> Time {
        count(&self.times);
        self.native.now()
    }

    fn registry(&self) -> io::Result<Registry> {
        self.native.registry()
    }

    fn wait(&mut self, most: Option<Duration>, tell: impl FnMut(Edge)) -> io::Result<()> {
        self.native.wait(most, tell)
    }
}

impl Socket for Connection {
    fn receive(&self, into: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        count(&self.calls.receive);
        Socket::receive(&self.socket, into)
    }

    fn send(&self, from: &[IoSlice<'_>]) -> io::Result<usize> {
        count(&self.calls.send);
        Socket::send(&self.socket, from)
    }

    fn readable_bytes(&self) -> Option<usize> {
        count(&self.calls.readable_bytes);
        Socket::readable_bytes(&self.socket)
    }

    fn take_error(&self) -> io::Result<Option<io::Error>> {
        Socket::take_error(&self.socket)
    }

    fn shutdown_write(&self) {
        Socket::shutdown_write(&self.socket);
    }

    fn reset_on_close(&self) {
        Socket::reset_on_close(&self.socket);
    }

    fn set_nodelay(&self) {
        Socket::set_nodelay(&self.socket);
    }
}

impl Source for Connection {
    fn register(&mut self, registry: &Registry, token: Token, interest: Interest) -> io::Result<()> {
        self.socket.register(registry, token, interest)
    }

    fn reregister(&mut self, registry: &Registry, token: Token, interest: Interest) -> io::Result<()> {
        self.socket.reregister(registry, token, interest)
    }

    fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        self.socket.deregister(registry)
    }
}

/// What it took to send messages back, one after the other.
#[derive(Debug, PartialEq, Eq)]
struct Taken {
    receives: usize,
    sends: usize,
    /// Questions what can be read.
    questions: usize,
    /// Questions what time it is, beyond one at the beginning of each pass.
    times: usize,
}

/// So many messages of this size, below this high watermark.
fn echo(dialect: Dialect, size: usize, high: usize, messages: usize) -> Taken {
    let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut peer = net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let socket = listener.accept().unwrap().0;
    socket.set_nonblocking(true).unwrap();
    let times = Rc::new(Cell::new(0));
    let system = Counted { native: Native::new().unwrap(), times: Rc::clone(&times) };
    let (mut event_loop, mut sockets) = EventLoop::with_system(system).unwrap();
    let calls = Rc::new(Calls::default());
    let connection = Connection { socket: TcpStream::from_std(socket), calls: Rc::clone(&calls) };
    let handle = sockets.open(connection).unwrap();
    let mut base = EventBase::new(dialect);
    let id = base.bufferevent_new(Some(handle), Callbacks::ALL, BuffereventOptions::default());
    base.get_mut(id).unwrap().setwatermark(Directions::READ, Watermarks::new(0, high));
    base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
    let (message, mut answer, mut moved) = (vec![b'x'; size], vec![0; size], Evbuffer::new());
    let mut passes = 0;
    for number in 1..=messages {
        peer.write_all(&message).unwrap();
        while base.totals().sent < (number * size) as u64 {
            event_loop.wait(&mut base, &mut sockets).unwrap();
            base.begin_pass(event_loop.now());
            passes += 1;
            while let Some(due) = base.poll_callback(&mut sockets) {
                if due == Due::Read(id) {
                    base.get_mut(id).unwrap().read_buffer(&mut moved).unwrap();
                    base.get_mut(id).unwrap().write_buffer(&mut moved).unwrap();
                }
            }
        }
        peer.read_exact(&mut answer).unwrap();
        assert_eq!(answer, message);
    }
    let [receives, sends, questions] = [&calls.receive, &calls.send, &calls.readable_bytes].map(Cell::get);
    Taken { receives, sends, questions, times: times.get() - passes }
}

#[test]
fn a_short_message_takes_a_receive_and_a_send() {
    for dialect in Dialect::ALL {
        for (size, high) in [(10, 10), (64, 65_536), (4096, 65_536), (64, 0), (4096, 0)] {
            let taken = echo(dialect, size, high, 20);
            let least = Taken { receives: 20, sends: 20, questions: 0, times: 0 };
            assert_eq!(taken, least, "{size} bytes in {dialect} below a mark of {high}");
        }
    }
}

#[test]
fn of_a_long_message_1_4_asks_how_long_it_is() {
    let taken = echo(Dialect::V1_4, 10_000, 65_536, 20);
    // The first takes a receive more, by which it is seen that it is long.
    assert_eq!(taken, Taken { receives: 21, sends: 20, questions: 20, times: 0 });
}
