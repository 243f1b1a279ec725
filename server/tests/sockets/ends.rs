//! How connections end: by the client, by an error, by a timeout.

use std::io::{Read, Write};
use std::time::Duration;

use bufferevent::Dialect;
use bufferevent_server::echo::Config;
use rustix::net::sockopt::set_socket_linger;

use super::server::{Server, answers, assert_serves, config, exchange, receive};

in_every_dialect! {
    a_peer_that_closes_without_reading_harms_nobody,
    a_peer_that_resets_harms_nobody,
    a_peer_that_half_closes_gets_every_answer_before_the_end,
    a_peer_that_has_vanished_is_ended_by_the_timeout,
    what_happens_is_printed_as_the_tutorial_does,
}

fn a_peer_that_closes_without_reading_harms_nobody(dialect: Dialect) {
    let mut server = Server::start(dialect);
    for _ in 0..20 {
        let mut socket = server.connect();
        socket.write_all(&[b'x'; 4096]).unwrap();
        // The rest of an answer is there and unread, so closing resets the connection while more answers come.
        receive(&mut socket, 1);
        drop(socket);
        server.wait_for_line("Client disconnected.");
    }
    assert_serves(server.address);
}

fn a_peer_that_resets_harms_nobody(dialect: Dialect) {
    let mut server = Server::start(dialect);
    for message in [&b""[..], b"hello", &[b'x'; 4096]] {
        let mut socket = server.connect();
        socket.write_all(message).unwrap();
        set_socket_linger(&socket, Some(Duration::ZERO)).unwrap();
        drop(socket);
        server.wait_for_line("Client disconnected.");
    }
    assert_serves(server.address);
}

fn a_peer_that_half_closes_gets_every_answer_before_the_end(dialect: Dialect) {
    let server = Server::with(Config { quiet: true, ..config(dialect) });
    let sent = [b'z'; 60_000];
    let mut socket = server.connect();
    socket.write_all(&sent).unwrap();
    socket.shutdown(std::net::Shutdown::Write).unwrap();
    let mut received = Vec::new();
    socket.read_to_end(&mut received).unwrap();
    assert_eq!(received.iter().filter(|byte| **byte == b'z').count(), sent.len());
    assert!(received.len() >= answers(&sent).len());
}

fn a_peer_that_has_vanished_is_ended_by_the_timeout(dialect: Dialect) {
    let mut server = Server::with(Config { read_timeout: 1, ..config(dialect) });
    // Nothing that would have to be said within that second.
    assert_eq!(server.connect().read_to_end(&mut Vec::new()).unwrap(), 0);
    server.wait_for_line("Client disconnected.");
}

fn what_happens_is_printed_as_the_tutorial_does(dialect: Dialect) {
    let mut server = Server::start(dialect);
    let mut socket = server.connect();
    exchange(&mut socket, b"a\x1b[2J\0\xff\n", 34);
    drop(socket);
    let lines: Vec<_> = server.lines.by_ref().take(4).map(Result::unwrap).collect();
    assert_eq!(lines[0], format!("echo server listening on {}", server.address));
    assert_eq!(
        lines[1..],
        [
            "Accepted connection from 127.0.0.1",
            r"recv the client msg: a\u{1b}[2J\0\xff\n",
            "Client disconnected.",
        ]
    );
}
