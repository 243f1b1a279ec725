//! Connecting, on addresses that answer and others.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::net::UnixStream;
use std::thread;

use super::*;

/// Nobody listens on this port, and who asks for any is given another.
const CLOSED: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1);

/// So long that who answers is connected within it on a busy machine, too.
const LIMIT: Duration = Duration::from_secs(1);

/// An address that leaves who connects waiting, with what keeps it so.
fn silent() -> (SocketAddr, TcpListener, Vec<mio::net::TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    rustix::net::listen(&listener, 0).unwrap();
    let address = listener.local_addr().unwrap();
    let waiting = (0..4).map(|_| mio::net::TcpStream::connect(address).unwrap()).collect();
    (address, listener, waiting)
}

/// What comes of these addresses in turn, and what the client printed. "typed" was typed before.
fn client(addresses: Vec<SocketAddr>, limit: Duration) -> (Result<(), String>, String) {
    client_with(b"typed", addresses, limit)
}

fn client_with(typed: &[u8], addresses: Vec<SocketAddr>, limit: Duration) -> (Result<(), String>, String) {
    let (input, mut typing) = UnixStream::pair().unwrap();
    typing.write_all(typed).unwrap();
    drop(typing);
    let mut printed = Vec::new();
    let ended = run_at(Addresses::new("lab:1", addresses), limit, input, &mut printed);
    (ended.map_err(|error| error.to_string()), String::from_utf8(printed).unwrap())
}

/// Takes one connection, reads it to its end and sends the same in return.
fn echo() -> (SocketAddr, thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = move || {
        let (mut socket, mut got) = (listener.accept().unwrap().0, Vec::new());
        socket.read_to_end(&mut got).unwrap();
        socket.write_all(&got).unwrap();
    };
    (address, thread::spawn(serve))
}

fn echoed() -> (Result<(), String>, String) {
    (Ok(()), "connect to server successful\ntyped".to_owned())
}

#[test]
fn the_address_after_one_that_refuses_gets_what_was_typed() {
    let (address, server) = echo();
    assert_eq!(client(vec![CLOSED, address], CONNECT_LIMIT), echoed());
    server.join().unwrap();
}

#[test]
fn the_address_after_one_that_does_not_answer_gets_what_was_typed() {
    let (silent, _listener, _waiting) = silent();
    let (address, server) = echo();
    assert_eq!(client(vec![silent, address], LIMIT), echoed());
    server.join().unwrap();
}

/// Ending our side of a connection that is not made yet would end the attempt.
#[test]
fn the_end_of_the_input_waits_for_the_connection() {
    let (silent, _listener, _waiting) = silent();
    let why = client_with(b"", vec![silent], LIMIT).0.unwrap_err();
    assert!(why.starts_with("cannot connect to lab:1: Connection timed out"), "{why}");
}

#[test]
fn an_address_that_does_not_answer_is_given_up() {
    let (silent, _listener, _waiting) = silent();
    let (ended, printed) = client(vec![CLOSED, silent], LIMIT);
    let why = ended.unwrap_err();
    assert!(why.starts_with("cannot connect to lab:1: Connection timed out"), "{why}");
    assert_eq!(printed, "");
}

#[test]
fn the_last_address_says_why() {
    let (ended, printed) = client(vec![CLOSED, CLOSED], CONNECT_LIMIT);
    let why = ended.unwrap_err();
    assert!(why.starts_with("cannot connect to lab:1: Connection refused"), "{why}");
    assert_eq!(printed, "");
}

/// More than the sockets between them hold waits to be sent meanwhile.
#[test]
fn a_server_may_be_slower_than_the_limit_once_it_is_connected() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let typed = vec![b'a'; 16 << 20];
    let length = typed.len();
    let (input, mut typing) = UnixStream::pair().unwrap();
    let typist = thread::spawn(move || typing.write_all(&typed));
    let serve = thread::spawn(move || {
        let (mut socket, mut got) = (listener.accept().unwrap().0, Vec::new());
        let (quiet, _other) = UnixStream::pair().unwrap();
        quiet.set_read_timeout(Some(2 * LIMIT)).unwrap();
        assert!((&quiet).read(&mut [0]).is_err(), "nobody writes there");
        socket.read_to_end(&mut got).unwrap();
        socket.write_all(b"late").unwrap();
        got.len()
    });
    let mut printed = Vec::new();
    run_at(Addresses::new("lab:1", vec![address]), LIMIT, input, &mut printed).unwrap();
    typist.join().unwrap().unwrap();
    assert_eq!((serve.join().unwrap(), printed), (length, b"connect to server successful\nlate".to_vec()));
}
