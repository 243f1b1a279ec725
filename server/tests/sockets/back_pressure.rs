//! A client that does not take its answers costs little, holds up nobody and loses nothing.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use bufferevent::{BufferName, Dialect, Directions, Observer, Record, Step};
use bufferevent_server::echo::Config;

use super::server::{Server, config, exchange, noise};

in_both_dialects! {
    a_megabyte_to_a_reader_that_stalls_arrives,
    output_stays_within_its_bound_and_nothing_is_lost,
    stopping_sends_what_waits,
    a_client_that_takes_nothing_for_too_long_is_ended,
}

const MAX_OUTPUT: usize = 20_000;
const READ_HIGH: usize = 1000;

/// What a test wants to know of the engine.
enum Seen {
    /// Output grew to so many bytes.
    Output(usize),
    /// Reading was stopped.
    Held,
    /// Not of the engine: the writer has sent everything.
    AllSent,
}

struct Watch(Sender<Seen>);

impl Observer for Watch {
    fn payload_limit(&self) -> usize {
        0
    }

    fn record(&mut self, record: Record) {
        let seen = match record.step {
            Step::BufferAdded { buffer: BufferName::Output, len, .. } => Seen::Output(len),
            Step::Disabled { directions: Directions::READ, .. } => Seen::Held,
            _ => return,
        };
        // The test may have seen enough.
        let _ = self.0.send(seen);
    }
}

/// A server of which one sees [`Seen`], and a connection that sends so much.
fn flooded(config: Config, bytes: usize) -> (Server, TcpStream, JoinHandle<()>, Receiver<Seen>) {
    let (sender, seen) = channel();
    let server = Server::watched(config, Watch(sender.clone()));
    let socket = server.connect();
    let mut writing = socket.try_clone().unwrap();
    let writer = thread::spawn(move || {
        writing.write_all(&noise(bytes)).unwrap();
        writing.shutdown(Shutdown::Write).unwrap();
        let _ = sender.send(Seen::AllSent);
    });
    (server, socket, writer, seen)
}

fn bounded(dialect: Dialect) -> Config {
    let (max_output, read_high) = (MAX_OUTPUT as u32, READ_HIGH as u32);
    Config { plain: true, quiet: true, max_output, read_high, ..config(dialect) }
}

/// Waits until reading has stopped, and gives the longest that output has been.
fn until_held(seen: &Receiver<Seen>) -> usize {
    let mut longest = 0;
    loop {
        match seen.recv().unwrap() {
            Seen::Output(len) => longest = longest.max(len),
            Seen::Held => return longest,
            Seen::AllSent => panic!("the kernel took everything"),
        }
    }
}

/// More than the kernel's buffers of both ends hold.
const FLOOD: usize = 24 * 1024 * 1024;

fn a_megabyte_to_a_reader_that_stalls_arrives(dialect: Dialect) {
    let (_server, mut socket, writer, seen) = flooded(bounded(dialect), 1 << 20);
    while let Ok(Seen::Output(_)) = seen.recv() {}
    let mut received = Vec::new();
    socket.read_to_end(&mut received).unwrap();
    writer.join().unwrap();
    assert!(received == noise(1 << 20));
}

fn output_stays_within_its_bound_and_nothing_is_lost(dialect: Dialect) {
    let (server, mut socket, writer, seen) = flooded(bounded(dialect), FLOOD);
    let mut longest = until_held(&seen);
    assert_serves_others(&server);
    let mut received = Vec::new();
    socket.read_to_end(&mut received).unwrap();
    writer.join().unwrap();
    assert!(received == noise(FLOOD));
    for seen in seen.try_iter() {
        if let Seen::Output(len) = seen {
            longest = longest.max(len);
        }
    }
    assert!((MAX_OUTPUT..MAX_OUTPUT + READ_HIGH).contains(&longest), "output grew to {longest}");
}

fn assert_serves_others(server: &Server) {
    let mut other = server.connect();
    assert_eq!(exchange(&mut other, b"hello", 5), b"hello");
}

fn stopping_sends_what_waits(dialect: Dialect) {
    let (mut server, mut socket, writer, seen) = flooded(bounded(dialect), FLOOD);
    until_held(&seen);
    server.stopper.wake();
    let mut received = Vec::new();
    socket.read_to_end(&mut received).unwrap();
    writer.join().unwrap();
    server.join();
    assert!(noise(FLOOD).starts_with(&received));
    assert!(received.len() >= MAX_OUTPUT && received.len() < FLOOD);
}

fn a_client_that_takes_nothing_for_too_long_is_ended(dialect: Dialect) {
    let (sender, seen) = channel();
    let config =
        Config { write_timeout: 1, quiet: false, prefix: String::new(), plain: false, ..bounded(dialect) };
    let mut server = Server::watched(config, Watch(sender));
    let mut socket = server.connect();
    let flood = thread::spawn(move || {
        // It ends with an error: the server closes the connection.
        while socket.write_all(&[b'x'; 4096]).is_ok() {}
    });
    until_held(&seen);
    server.wait_for_line("Client disconnected.");
    flood.join().unwrap();
    drop(seen);
    let mut other = server.connect();
    assert_eq!(exchange(&mut other, b"hello", 5), b"hello");
}
