//! What is answered: the rows of the original's measurements, and data of any kind.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;

use bufferevent::Dialect;
use bufferevent_server::echo::Config;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::server::{Server, answers, config, exchange, noise, receive, rest};

in_every_dialect! {
    one_write_is_answered_as_the_original_does,
    a_nul_is_a_byte_like_any_other,
    nothing_is_answered_to_nothing,
    data_and_the_end_at_once_is_answered_in_full,
    below_the_low_mark_the_answer_waits,
    input_below_the_low_mark_is_answered_at_the_end,
    a_prefix_of_ones_own,
    all_byte_values_in_random_chunks_come_back_in_order,
    a_thousand_connections_at_once,
}

fn one_write_is_answered_as_the_original_does(dialect: Dialect) {
    let server = Server::start(dialect);
    let sent = [
        b"hello\n".to_vec(),
        b"0123456789".to_vec(),
        b"0123456789a".to_vec(),
        vec![b'x'; 25],
        vec![b'y'; 4096],
    ];
    for (sent, bytes) in sent.iter().zip([32, 36, 63, 103, 14756]) {
        let mut socket = server.connect();
        assert_eq!(exchange(&mut socket, sent, bytes), answers(sent));
        assert_eq!(rest(socket), b"", "nothing more comes");
    }
}

fn a_nul_is_a_byte_like_any_other(dialect: Dialect) {
    let mut socket = Server::start(dialect).connect_and_keep();
    assert_eq!(exchange(&mut socket.0, b"ab\0cd", 31), answers(b"ab\0cd"));
}

fn nothing_is_answered_to_nothing(dialect: Dialect) {
    let mut server = Server::start(dialect);
    drop(server.connect());
    server.wait_for_line("Accepted connection from 127.0.0.1");
    server.wait_for_line("Client disconnected.");
    assert_eq!(rest(server.connect()), b"");
}

fn data_and_the_end_at_once_is_answered_in_full(dialect: Dialect) {
    let server = Server::start(dialect);
    for len in [1, 10, 11, 25, 4096] {
        let mut socket = server.connect();
        socket.write_all(&vec![b'x'; len]).unwrap();
        assert_eq!(rest(socket), answers(&vec![b'x'; len]));
    }
}

fn below_the_low_mark_the_answer_waits(dialect: Dialect) {
    let server = Server::with(Config { read_low: 8, ..config(dialect) });
    let (mut socket, mut other) = (server.connect(), server.connect());
    socket.write_all(b"1234").unwrap();
    // Somebody else's answer shows that the server has been round.
    exchange(&mut other, b"12345678", 34);
    assert_eq!(exchange(&mut socket, b"5678", 34), answers(b"12345678"));
}

fn input_below_the_low_mark_is_answered_at_the_end(dialect: Dialect) {
    let server = Server::with(Config { read_low: 8, ..config(dialect) });
    let mut socket = server.connect();
    socket.write_all(b"12345").unwrap();
    assert_eq!(rest(socket), answers(b"12345"));
}

fn a_prefix_of_ones_own(dialect: Dialect) {
    let server = Server::with(Config { prefix: "> ".into(), read_high: 0, ..config(dialect) });
    let mut socket = server.connect();
    assert_eq!(exchange(&mut socket, b"hello world", 13), b"> hello world");
}

fn all_byte_values_in_random_chunks_come_back_in_order(dialect: Dialect) {
    for (read_high, read_limit) in [(1, 0), (10, 0), (4096, 0), (0, 0), (0, 65_536)] {
        let asked = Config { plain: true, read_high, read_limit, quiet: true, ..config(dialect) };
        let server = Server::with(asked);
        let sent = noise(50_000);
        assert_eq!((0..=255).find(|byte| !sent.contains(byte)), None);
        let mut socket = server.connect();
        let writer = thread::spawn({
            let (mut socket, sent) = (socket.try_clone().unwrap(), sent.clone());
            move || in_chunks(&mut socket, &sent)
        });
        let mut received = Vec::new();
        socket.read_to_end(&mut received).unwrap();
        writer.join().unwrap();
        assert!(
            received == sent,
            "lost or reordered with a high mark of {read_high} and reads of {read_limit}"
        );
    }
}

/// Sizes around the high mark, one more than it included.
fn in_chunks(socket: &mut TcpStream, mut sent: &[u8]) {
    for size in noise(sent.len()) {
        let (chunk, more) = sent.split_at(sent.len().min(usize::from(size % 64) + 1));
        socket.write_all(chunk).unwrap();
        sent = more;
    }
    socket.write_all(sent).unwrap();
    socket.shutdown(Shutdown::Write).unwrap();
}

fn a_thousand_connections_at_once(dialect: Dialect) {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    let server = Server::with(Config { quiet: true, ..config(dialect) });
    let mut sockets: Vec<_> = (0..1000).map(|_| server.connect()).collect();
    for round in 0..2 {
        let message = |n| format!("{round}: {n}").into_bytes();
        for (n, socket) in sockets.iter_mut().enumerate() {
            socket.write_all(&message(n)).unwrap();
        }
        for (n, socket) in sockets.iter_mut().enumerate() {
            let expected = answers(&message(n));
            assert_eq!(receive(socket, expected.len()), expected);
        }
        assert_eq!(server.counters.open(), 1000);
    }
}

impl Server {
    /// A connection that keeps its server.
    fn connect_and_keep(self) -> (TcpStream, Self) {
        (self.connect(), self)
    }
}
