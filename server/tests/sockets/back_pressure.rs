//! A client that does not take its answers costs little, holds up nobody and loses nothing.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use bufferevent::{BufferName, Dialect, Directions, Observer, Record, Step};
use bufferevent_server::echo::{Config, LoopObserver};

use super::server::{Server, config, exchange, noise};

in_every_dialect! {
    a_megabyte_to_a_reader_that_stalls_arrives,
    output_stays_within_its_bound_and_nothing_is_lost,
    a_low_mark_for_writing_loses_no_answer,
    stopping_answers_what_was_sent,
    a_client_that_takes_nothing_for_too_long_is_ended,
    those_who_never_read_share_one_bound_and_others_are_served,
}

const MAX_OUTPUT: usize = 20_000;
const READ_HIGH: usize = 1000;

/// What a test wants to know of the engine.
enum Seen {
    /// So many bytes were added to output, which now holds so many.
    Output { added: usize, len: usize },
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
            Step::BufferAdded { buffer: BufferName::Output, payload, len } => {
                Seen::Output { added: payload.len, len }
            }
            Step::Disabled { directions: Directions::READ, .. } => Seen::Held,
            _ => return,
        };
        // The test may have seen enough.
        let _ = self.0.send(seen);
    }
}

impl LoopObserver for Watch {}

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

/// What became of output.
#[derive(Default)]
struct Answered {
    bytes: usize,
    longest: usize,
}

impl Answered {
    fn count(&mut self, seen: &Seen) {
        if let Seen::Output { added, len } = *seen {
            self.bytes += added;
            self.longest = self.longest.max(len);
        }
    }
}

/// Waits until reading has stopped.
fn until_held(seen: &Receiver<Seen>) -> Answered {
    let mut answered = Answered::default();
    loop {
        match seen.recv().unwrap() {
            Seen::Held => return answered,
            Seen::AllSent => panic!("the kernel took everything"),
            output => answered.count(&output),
        }
    }
}

/// More than the kernel's buffers of both ends hold.
const FLOOD: usize = 24 * 1024 * 1024;

fn a_megabyte_to_a_reader_that_stalls_arrives(dialect: Dialect) {
    let (_server, mut socket, writer, seen) = flooded(bounded(dialect), 1 << 20);
    while let Ok(Seen::Output { .. }) = seen.recv() {}
    let mut received = Vec::new();
    socket.read_to_end(&mut received).unwrap();
    writer.join().unwrap();
    assert!(received == noise(1 << 20));
}

fn output_stays_within_its_bound_and_nothing_is_lost(dialect: Dialect) {
    let (server, mut socket, writer, seen) = flooded(bounded(dialect), FLOOD);
    let mut answered = until_held(&seen);
    assert_serves_others(&server);
    let mut received = Vec::new();
    socket.read_to_end(&mut received).unwrap();
    writer.join().unwrap();
    assert!(received == noise(FLOOD));
    seen.try_iter().for_each(|seen| answered.count(&seen));
    let longest = answered.longest;
    assert!((MAX_OUTPUT..MAX_OUTPUT + READ_HIGH).contains(&longest), "output grew to {longest}");
}

fn assert_serves_others(server: &Server) {
    let mut other = server.connect();
    assert_eq!(exchange(&mut other, b"hello", 5), b"hello");
}

/// The write callback runs long before the last byte is out; the client has ended its side meanwhile.
fn a_low_mark_for_writing_loses_no_answer(dialect: Dialect) {
    let (write_low, max_output) = (1 << 30, 1 << 30);
    let config = Config { write_low, max_output, read_high: 0, ..bounded(dialect) };
    let (_server, mut socket, writer, seen) = flooded(config, FLOOD);
    while !matches!(seen.recv().unwrap(), Seen::Held) {}
    let mut received = Vec::new();
    socket.read_to_end(&mut received).unwrap();
    writer.join().unwrap();
    assert!(received == noise(FLOOD));
}

fn stopping_answers_what_was_sent(dialect: Dialect) {
    let (mut server, mut socket, writer, seen) = flooded(bounded(dialect), FLOOD);
    let answered = until_held(&seen);
    server.stopper.wake();
    let mut received = Vec::new();
    let ended = socket.read_to_end(&mut received);
    // A second is not enough for all of it everywhere. The kernel tells of a reset once, to whoever asks first.
    let told = ended.is_err() || writer.join().is_err();
    assert!(told || received.len() == FLOOD, "a clean end says that {} bytes are all", received.len());
    drop(socket);
    server.join();
    assert!(received.len() > answered.bytes && noise(FLOOD).starts_with(&received));
}

fn a_client_that_takes_nothing_for_too_long_is_ended(dialect: Dialect) {
    let config =
        Config { write_timeout: 1, quiet: false, prefix: String::new(), plain: false, ..bounded(dialect) };
    let mut server = Server::with(config);
    let mut socket = server.connect();
    let flood = thread::spawn(move || {
        // It ends with an error: the server closes the connection.
        while socket.write_all(&[b'x'; 4096]).is_ok() {}
    });
    server.wait_for_line("Client disconnected.");
    flood.join().unwrap();
    let mut other = server.connect();
    assert_eq!(exchange(&mut other, b"hello", 5), b"hello");
}

/// As many as would hold ten times the memory that there is for all.
fn those_who_never_read_share_one_bound_and_others_are_served(dialect: Dialect) {
    const ALL: usize = 400_000;
    const GREEDY: usize = 20;
    let (sender, seen) = channel();
    let config = Config { max_memory: ALL as u64, max_output: 200_000, ..bounded(dialect) };
    let server = Server::watched(config, Watch(sender));
    let greedy: Vec<_> = (0..GREEDY).map(|_| server.connect()).collect();
    for socket in &greedy {
        let mut writing = socket.try_clone().unwrap();
        thread::spawn(move || while writing.write_all(&[b'x'; 4096]).is_ok() {});
    }
    let mut longest = 0;
    let mut held = 0;
    while held < GREEDY {
        match seen.recv().unwrap() {
            Seen::Held => held += 1,
            Seen::Output { len, .. } => longest = longest.max(len),
            Seen::AllSent => {}
        }
    }
    // With n of them each may have a part of n + 1, and a little more while others had less.
    assert!(longest < ALL / 2, "one has {longest}");
    assert_serves_others(&server);
    for socket in greedy {
        socket.shutdown(Shutdown::Both).unwrap();
    }
}
