//! The driver by itself: a bufferevent on a real socket that stops early.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Dialect, Direction, Directions, Due, EventBase, Handle,
    Kernel, Watermarks,
};
use bufferevent_server::driver::{EventLoop, Sockets};

in_every_dialect! {
    stopped_with_a_byte_ahead_it_has_nothing_to_do,
}

struct Connection {
    base: EventBase,
    event_loop: EventLoop,
    sockets: Sockets,
    handle: Handle,
    id: BuffereventId,
    peer: TcpStream,
}

impl Connection {
    fn new(dialect: Dialect) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let socket = listener.accept().unwrap().0;
        socket.set_nonblocking(true).unwrap();
        let (event_loop, mut sockets) = EventLoop::new().unwrap();
        let mut base = EventBase::new(dialect);
        let handle = sockets.open(mio::net::TcpStream::from_std(socket)).unwrap();
        let id = base.bufferevent_new(Some(handle), Callbacks::ALL, BuffereventOptions::default());
        base.bufferevent_setwatermark(id, Directions::READ, Watermarks::new(0, 10)).unwrap();
        base.bufferevent_enable(id, Directions::READ).unwrap();
        Self { base, event_loop, sockets, handle, id, peer }
    }

    /// Passes until the read callback is due.
    fn until_read(&mut self) {
        loop {
            self.event_loop.wait(&mut self.base, &mut self.sockets).unwrap();
            self.base.begin_pass(self.event_loop.now());
            while let Some(due) = self.base.poll_callback(&mut self.sockets) {
                if due == Due::Read(self.id) {
                    return;
                }
            }
        }
    }

    fn end_pass(&mut self) {
        assert_eq!(self.base.poll_callback(&mut self.sockets), None);
    }

    fn input(&self) -> Vec<u8> {
        self.base.bufferevent(self.id).unwrap().input().to_vec()
    }
}

/// 1.4 stops at the mark by itself; 2.x would call again and again, so there the application stops it.
fn stopped_with_a_byte_ahead_it_has_nothing_to_do(dialect: Dialect) {
    let mut it = Connection::new(dialect);
    it.peer.write_all(b"0123456789abcdef").unwrap();
    while it.sockets.readable_bytes(it.handle) < Some(16) {
        std::thread::yield_now();
    }
    it.until_read();
    if dialect != Dialect::V1_4 {
        it.base.bufferevent_disable(it.id, Directions::READ).unwrap();
    }
    it.end_pass();
    assert_eq!((it.input(), it.base.next_wait()), (b"0123456789".to_vec(), None));
    assert_eq!(it.sockets.readable_bytes(it.handle), Some(6), "one ahead and five in the socket");
    assert!(!it.base.is_armed(it.id, Direction::Read));

    it.base.bufferevent_drain(it.id, 10).unwrap();
    it.base.bufferevent_enable(it.id, Directions::READ).unwrap();
    assert_eq!(it.base.next_wait(), Some(Duration::ZERO), "without asking the operating system");
    it.until_read();
    it.end_pass();
    assert_eq!((it.input(), it.base.next_wait()), (b"abcdef".to_vec(), None));
}
