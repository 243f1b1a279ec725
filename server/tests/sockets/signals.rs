//! How the server ends, and that it can start again at once.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread;

use bufferevent::Dialect;
use rustix::event::{PollFd, PollFlags};
use rustix::process::Signal;

use super::child::{SERVER, ServerProcess};
use super::server::{answers, assert_serves, connect, exchange, noise};

in_every_dialect! {
    each_signal_ends_it_well,
    a_second_signal_ends_it_at_once,
    it_starts_again_on_the_same_port_with_clients_alive,
    what_waits_is_sent_first,
    what_was_sent_before_the_signal_is_answered,
    who_cannot_be_answered_in_time_is_reset,
    what_comes_after_our_side_has_ended_is_reset,
}

fn each_signal_ends_it_well(dialect: Dialect) {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let mut server = ServerProcess::start(dialect, &[]);
        let mut socket = connect(server.address);
        exchange(&mut socket, b"hello\n", 32);
        server.process.signal(signal);
        assert_eq!(socket.read_to_end(&mut Vec::new()).unwrap(), 0, "idle connections are closed");
        assert_eq!(server.process.wait().code(), Some(0));
        assert_eq!(server.process.errors(), "");
    }
}

/// Whoever starts it may stop it as soon as it has said that it is there.
#[test]
fn a_signal_right_behind_its_first_line_ends_it_well() {
    for _ in 0..5 {
        let mut server = ServerProcess::from(Command::new(SERVER).args(["--http", "127.0.0.1:0"]));
        server.process.signal(Signal::TERM);
        assert_eq!(server.process.wait().code(), Some(0));
    }
}

/// A client that takes nothing, so that the server would wait for it when it stops; and one that is idle.
fn stuck_and_idle(server: &ServerProcess) -> (TcpStream, TcpStream) {
    let (mut stuck, mut idle) = (connect(server.address), connect(server.address));
    exchange(&mut idle, b"hello\n", 32);
    let mut writing = stuck.try_clone().unwrap();
    thread::spawn(move || while writing.write_all(&[b'x'; 4096]).is_ok() {});
    stuck.read_exact(&mut [0]).unwrap();
    (stuck, idle)
}

fn a_second_signal_ends_it_at_once(dialect: Dialect) {
    let mut server = ServerProcess::start(dialect, &["--quiet"]);
    let (_stuck, mut idle) = stuck_and_idle(&server);
    server.process.signal(Signal::INT);
    assert_eq!(idle.read_to_end(&mut Vec::new()).unwrap(), 0, "the first signal was heard");
    server.process.signal(Signal::TERM);
    assert_eq!(server.process.wait().code(), Some(128 + 15));
}

fn it_starts_again_on_the_same_port_with_clients_alive(dialect: Dialect) {
    let mut first = ServerProcess::start(dialect, &[]);
    let mut socket = connect(first.address);
    exchange(&mut socket, b"hello\n", 32);
    first.process.signal(Signal::TERM);
    assert_eq!(first.process.wait().code(), Some(0));
    let listen = first.address.to_string();
    let second = ServerProcess::start(dialect, &["--listen", &listen]);
    assert_serves(second.address);
    drop(socket);
}

fn what_waits_is_sent_first(dialect: Dialect) {
    let mut server = ServerProcess::start(dialect, &["--quiet", "--read-low", "8", "--read-high", "1000"]);
    let (mut first, mut second) = (connect(server.address), connect(server.address));
    // Below the low mark: only the end brings an answer.
    first.write_all(b"12345").unwrap();
    exchange(&mut second, b"12345678", 34);
    server.process.signal(Signal::TERM);
    let mut received = Vec::new();
    first.read_to_end(&mut received).unwrap();
    assert_eq!(received, answers(b"12345"));
    assert_eq!(server.process.wait().code(), Some(0));
}

/// The server is held meanwhile, so that it has read nothing of what its kernel has when the signal comes.
fn what_was_sent_before_the_signal_is_answered(dialect: Dialect) {
    let mut server = ServerProcess::start(dialect, &["--quiet"]);
    let mut sockets: Vec<_> = (0..10).map(|_| connect(server.address)).collect();
    exchange(&mut sockets[9], b"hello\n", 32);
    let sent = noise(300);
    server.process.signal(Signal::STOP);
    for socket in &mut sockets {
        socket.write_all(&sent).unwrap();
    }
    server.process.signal(Signal::TERM);
    server.process.signal(Signal::CONT);
    for mut socket in sockets {
        let mut received = Vec::new();
        socket.read_to_end(&mut received).unwrap();
        assert!(received == answers(&sent), "{} bytes", received.len());
    }
    assert_eq!(server.process.wait().code(), Some(0));
}

fn who_cannot_be_answered_in_time_is_reset(dialect: Dialect) {
    let mut server = ServerProcess::start(dialect, &["--quiet"]);
    let mut stuck = connect(server.address);
    // More than the kernel holds for both sides: the server cannot send its answers, and so does not read all of it.
    let mut writing = stuck.try_clone().unwrap();
    let writer = thread::spawn(move || writing.write_all(&vec![b'x'; 16 << 20]).unwrap_err());
    stuck.read_exact(&mut [0]).unwrap();
    server.process.signal(Signal::TERM);
    assert_eq!(server.process.wait().code(), Some(0));
    // The kernel tells of a reset once, to whoever asks first.
    assert_eq!(writer.join().unwrap().kind(), std::io::ErrorKind::ConnectionReset);
}

fn what_comes_after_our_side_has_ended_is_reset(dialect: Dialect) {
    let mut server = ServerProcess::start(dialect, &["--quiet"]);
    let mut socket = connect(server.address);
    exchange(&mut socket, b"hello\n", 32);
    server.process.signal(Signal::TERM);
    assert_eq!(socket.read_to_end(&mut Vec::new()).unwrap(), 0, "everything so far is answered");
    socket.write_all(b"late").unwrap();
    assert_eq!(server.process.wait().code(), Some(0));
    let mut wait = [PollFd::new(&socket, PollFlags::empty())];
    rustix::io::retry_on_intr(|| rustix::event::poll(&mut wait, None)).unwrap();
    assert!(socket.take_error().unwrap().is_some(), "it does not end as if this were answered too");
}
