//! A server with nothing to do does nothing: it makes no pass of its loop.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use bufferevent::{Dialect, Directions, Observer, Record, Step};
use bufferevent_server::echo::{Config, LoopObserver};

use super::server::{Server, config, exchange};

in_every_dialect! {
    idle_connections_cost_nothing,
    a_connection_stopped_at_its_bound_costs_nothing,
    a_half_closed_client_that_takes_nothing_costs_nothing,
    a_message_costs_a_few_passes,
}

/// The time in which nothing is to happen. A loop that spins makes thousands of passes meanwhile.
const WINDOW: Duration = Duration::from_millis(200);

/// Passes that the server makes while nobody asks anything of it.
fn passes_in_window(server: &Server, silent: &mut TcpStream) -> u64 {
    silent.set_read_timeout(Some(WINDOW)).unwrap();
    let before = server.counters.passes();
    silent.read(&mut [0]).unwrap_err();
    server.counters.passes() - before
}

fn idle_connections_cost_nothing(dialect: Dialect) {
    let server = Server::start(dialect);
    let mut sockets: Vec<_> = (0..100).map(|_| server.connect()).collect();
    for socket in &mut sockets {
        exchange(socket, b"0123456789", 36);
    }
    // The pass that counted the last answer may be ending still.
    assert!(passes_in_window(&server, &mut sockets[0]) <= 2);
}

struct Stopped(Sender<()>);

impl Observer for Stopped {
    fn record(&mut self, record: Record) {
        if matches!(record.step, Step::Disabled { directions: Directions::READ, .. }) {
            let _ = self.0.send(());
        }
    }
}

impl LoopObserver for Stopped {}

fn a_connection_stopped_at_its_bound_costs_nothing(dialect: Dialect) {
    let (sender, stopped) = channel();
    let config = Config { max_output: 10_000, read_high: 1000, plain: true, quiet: true, ..config(dialect) };
    let server = Server::watched(config, Stopped(sender));
    let mut greedy = server.connect();
    let mut silent = server.connect();
    thread::spawn(move || {
        // Ends when the server does: the connection is stopped at its bound, with more to read and no room to write.
        while greedy.write_all(&[b'x'; 4096]).is_ok() {}
    });
    stopped.recv().unwrap();
    exchange(&mut silent, b"a", 1);
    assert!(passes_in_window(&server, &mut silent) <= 4);
}

fn a_half_closed_client_that_takes_nothing_costs_nothing(dialect: Dialect) {
    let (sender, stopped) = channel();
    let config = Config { max_output: 1 << 30, read_high: 0, plain: true, quiet: true, ..config(dialect) };
    let server = Server::watched(config, Stopped(sender));
    let (mut greedy, mut silent) = (server.connect(), server.connect());
    // More than the kernel takes for it, so that output waits when the end is seen.
    greedy.write_all(&vec![b'x'; 16 << 20]).unwrap();
    greedy.shutdown(std::net::Shutdown::Write).unwrap();
    stopped.recv().unwrap();
    exchange(&mut silent, b"a", 1);
    assert!(passes_in_window(&server, &mut silent) <= 4);
    assert_eq!(server.counters.open(), 2);
}

fn a_message_costs_a_few_passes(dialect: Dialect) {
    let server = Server::with(Config { quiet: true, ..config(dialect) });
    let mut socket = server.connect();
    exchange(&mut socket, b"0123456789", 36);
    let before = (server.counters.passes(), server.counters.waits());
    for _ in 0..100 {
        exchange(&mut socket, b"0123456789", 36);
    }
    let passes = server.counters.passes() - before.0;
    let waits = server.counters.waits() - before.1;
    assert!(passes <= 210, "{passes} passes for 100 messages");
    assert!(waits <= 110, "{waits} waits for 100 messages");
}
