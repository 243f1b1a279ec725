//! More connections than the server is to have.

use std::io::Read;

use bufferevent::Dialect;
use bufferevent_server::echo::Config;

use super::server::{Server, assert_serves, config, exchange};

in_every_dialect! {
    connections_beyond_the_limit_are_refused_with_a_line,
}

fn connections_beyond_the_limit_are_refused_with_a_line(dialect: Dialect) {
    let mut server = Server::with(Config { max_connections: 2, ..config(dialect) });
    let mut inside = [server.connect(), server.connect()];
    for socket in &mut inside {
        exchange(socket, b"hello", 31);
    }
    assert_eq!(server.connect().read_to_end(&mut Vec::new()).unwrap(), 0);
    server.wait_for_line("Refused connection from 127.0.0.1: 2 connections are open");
    assert_eq!((server.counters.accepted(), server.counters.refused()), (2, 1));
    drop(inside);
    server.wait_for_line("Client disconnected.");
    assert_serves(server.address);
}
