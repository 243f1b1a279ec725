//! A server in a thread of the test.

use std::io::{BufRead, BufReader, Lines, PipeReader, Read, Write, pipe};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use bufferevent::{Dialect, NoObserver};
use bufferevent_mio::Waker;
use bufferevent_server::Printer;
use bufferevent_server::echo::{Config, Counters, EchoServer, LoopObserver, Output, PREFIX};
use rustix::net::{self, AddressFamily, SocketFlags, SocketType};

/// A test that waits for so long has failed. Where such a limit is set, whatever wakes the process ends a call: what is read until an
/// end or so many bytes are there goes on after that, and a single read does not.
pub(crate) const GUARD: Duration = Duration::from_secs(60);

/// The settings of a test's server.
pub(crate) fn config(dialect: Dialect) -> Config {
    Config { listen: "127.0.0.1:0".into(), dialect, ..Config::default() }
}

/// A server that runs until it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) counters: Arc<Counters>,
    pub(crate) stopper: Waker,
    pub(crate) lines: Lines<BufReader<PipeReader>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(dialect: Dialect) -> Self {
        Self::with(config(dialect))
    }

    pub(crate) fn with(config: Config) -> Self {
        Self::watched(config, NoObserver)
    }

    pub(crate) fn watched(config: Config, observer: impl LoopObserver + Send + 'static) -> Self {
        let (reader, writer) = pipe().unwrap();
        let output =
            Output::new(Printer::new(writer.try_clone().unwrap()).unwrap(), Printer::new(writer).unwrap());
        let server = EchoServer::bind(config, observer, output).unwrap();
        let (address, counters, stopper) = (server.address(), server.counters(), server.stopper());
        let thread = thread::spawn(move || drop(server.run().unwrap()));
        Self { address, counters, stopper, lines: BufReader::new(reader).lines(), thread: Some(thread) }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        connect(self.address)
    }

    /// Reads what the server says up to a line with this text.
    pub(crate) fn wait_for_line(&mut self, text: &str) -> String {
        self.lines.by_ref().map(Result::unwrap).find(|line| line.contains(text)).unwrap()
    }

    /// Waits until the server has ended by itself.
    pub(crate) fn join(&mut self) {
        self.thread.take().unwrap().join().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        self.stopper.wake();
        self.stopper.wake();
        assert!(thread.join().is_ok() || thread::panicking(), "the server panicked");
    }
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    set(TcpStream::connect(address).unwrap())
}

/// A connection whose two kernels take little of what the server answers: what is not read fills the server soon.
pub(crate) fn connect_to_fill(address: SocketAddr) -> TcpStream {
    let socket =
        net::socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, None).unwrap();
    // Before it is connected: the server's side makes its segments, and by them its own buffer, as small.
    net::sockopt::set_socket_recv_buffer_size(&socket, 4096).unwrap();
    net::connect(&socket, &address).unwrap();
    set(socket.into())
}

fn set(socket: TcpStream) -> TcpStream {
    socket.set_read_timeout(Some(GUARD)).unwrap();
    socket.set_write_timeout(Some(GUARD)).unwrap();
    socket.set_nodelay(true).unwrap();
    socket
}

/// What the tutorial's server answers to one message, reading ten bytes at a time.
pub(crate) fn answers(sent: &[u8]) -> Vec<u8> {
    sent.chunks(10).flat_map(|piece| [PREFIX.as_bytes(), piece].concat()).collect()
}

pub(crate) fn receive(socket: &mut TcpStream, bytes: usize) -> Vec<u8> {
    let mut received = vec![0; bytes];
    socket.read_exact(&mut received).unwrap();
    received
}

/// Sends, and waits for so many bytes.
pub(crate) fn exchange(socket: &mut TcpStream, sent: &[u8], bytes: usize) -> Vec<u8> {
    socket.write_all(sent).unwrap();
    receive(socket, bytes)
}

/// Ends our side and gives what still comes.
pub(crate) fn rest(mut socket: TcpStream) -> Vec<u8> {
    socket.shutdown(Shutdown::Write).unwrap();
    let mut rest = Vec::new();
    socket.read_to_end(&mut rest).unwrap();
    rest
}

/// The server is there for others, whatever happened to somebody.
pub(crate) fn assert_serves(address: SocketAddr) {
    let mut socket = connect(address);
    assert_eq!(exchange(&mut socket, b"hello\n", 32), answers(b"hello\n"));
    assert_eq!(rest(socket), b"");
}

/// Bytes of every value, in no order that repeats soon.
pub(crate) fn noise(len: usize) -> Vec<u8> {
    let mut state = 12345_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..len).map(|_| next()).collect()
}
