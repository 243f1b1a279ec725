//! The client, as a program.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use bufferevent::Dialect;
use bufferevent_server::echo::Config;

use super::child::{CLIENT, Process};
use super::server::{Server, answers, config, noise};

const GREETING: &[u8] = b"connect to server successful\n";

fn client(address: SocketAddr) -> Command {
    let mut command = Command::new(CLIENT);
    command.arg(address.to_string());
    command
}

/// Everything it prints until it ends, without the greeting, and its exit status.
fn outcome(mut client: Process) -> (Vec<u8>, Option<i32>) {
    let mut printed = Vec::new();
    client.0.stdout.take().unwrap().read_to_end(&mut printed).unwrap();
    let status = client.wait().code();
    assert_eq!(client.errors(), "");
    (printed.strip_prefix(GREETING).unwrap().to_vec(), status)
}

#[test]
fn what_is_piped_is_answered() {
    let server = Server::start(Dialect::V1_4);
    let mut client = Process::start(&mut client(server.address));
    client.0.stdin.take().unwrap().write_all(b"hello\n").unwrap();
    assert_eq!(outcome(client), (answers(b"hello\n"), Some(0)));
}

#[test]
fn answers_are_printed_as_they_come() {
    let server = Server::start(Dialect::V1_4);
    let mut client = Process::start(&mut client(server.address));
    let mut stdin = client.0.stdin.take().unwrap();
    let mut stdout = BufReader::new(client.0.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    for word in ["one\n", "two\n"] {
        stdin.write_all(word.as_bytes()).unwrap();
        line.clear();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line.as_bytes(), answers(word.as_bytes()));
    }
    drop(stdin);
    assert_eq!(client.wait().code(), Some(0));
}

#[test]
fn a_regular_file_is_sent_whole() {
    let server = Server::with(Config { plain: true, quiet: true, read_high: 0, ..config(Dialect::V2_1) });
    let (path, bytes) = (std::env::temp_dir().join(format!("client-{}", std::process::id())), noise(300_000));
    std::fs::write(&path, &bytes).unwrap();
    let file = File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let mut command = client(server.address);
    let child = command.stdin(file).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (printed, status) = outcome(Process(child));
    assert!(printed == bytes);
    assert_eq!(status, Some(0));
}

#[test]
fn no_input_at_all_ends_it_well() {
    let server = Server::start(Dialect::V1_4);
    let mut command = client(server.address);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    assert_eq!(outcome(Process(child)), (vec![], Some(0)));
}

#[test]
fn it_ends_when_the_server_closes() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = Process::start(&mut client(listener.local_addr().unwrap()));
    let stdin = client.0.stdin.take();
    listener.accept().unwrap().0.write_all(b"bye").unwrap();
    assert_eq!(outcome(client), (b"bye".to_vec(), Some(0)));
    drop(stdin);
}

#[test]
fn a_refused_connection_is_one_line() {
    // Who asks for any port is not given this one.
    let address = SocketAddr::from(([127, 0, 0, 1], 1));
    let mut client = Process::start(&mut client(address));
    assert_eq!(client.wait().code(), Some(1));
    let errors = client.errors();
    assert_eq!(errors.lines().count(), 1);
    assert!(errors.contains(&format!("cannot connect to {address}: Connection refused")), "{errors}");
}

#[test]
fn a_lost_connection_is_one_line() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = Process::start(&mut client(listener.local_addr().unwrap()));
    let mut stdin = client.0.stdin.take().unwrap();
    stdin.write_all(b"hello").unwrap();
    let socket = listener.accept().unwrap().0;
    socket.peek(&mut [0]).unwrap();
    drop(socket);
    assert_eq!(client.wait().code(), Some(1));
    assert_eq!(client.errors(), "bufferevent-client: the connection was lost: ECONNRESET\n");
}

#[test]
fn a_closed_standard_output_ends_it_quietly() {
    let server = Server::start(Dialect::V1_4);
    let mut client = Process::start(&mut client(server.address));
    let mut stdout = BufReader::new(client.0.stdout.take().unwrap());
    stdout.read_line(&mut String::new()).unwrap();
    drop(stdout);
    let mut stdin = client.0.stdin.take().unwrap();
    stdin.write_all(b"hello\n").unwrap();
    assert_eq!((client.wait().code(), client.errors().as_str()), (Some(0), ""));
}

/// Reads nothing until the input has stood still, then everything; echoes nothing.
#[test]
fn a_slow_server_stops_the_input() {
    const ALL: usize = 32 << 20;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = Process::start(&mut client(listener.local_addr().unwrap()));
    let (mut stdin, taken) = (client.0.stdin.take().unwrap(), Arc::new(AtomicUsize::new(0)));
    let counter = Arc::clone(&taken);
    let feeding = thread::spawn(move || {
        for _ in 0..ALL / 4096 {
            stdin.write_all(&[b'x'; 4096]).unwrap();
            counter.fetch_add(4096, Ordering::Relaxed);
        }
    });
    let mut socket = listener.accept().unwrap().0;
    wait_until_still(&mut socket, &taken);
    assert!(taken.load(Ordering::Relaxed) < ALL, "all of it was taken in");
    let mut received = Vec::new();
    socket.read_to_end(&mut received).unwrap();
    assert_eq!(received.len(), ALL);
    socket.shutdown(Shutdown::Both).unwrap();
    feeding.join().unwrap();
    assert_eq!(client.wait().code(), Some(0));
}

/// Until the count has not changed for a while.
fn wait_until_still(socket: &mut TcpStream, count: &AtomicUsize) {
    let (_silent, mut nothing) = std::os::unix::net::UnixStream::pair().unwrap();
    nothing.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    socket.peek(&mut [0]).unwrap();
    let mut before = 0;
    while std::mem::replace(&mut before, count.load(Ordering::Relaxed)) != before {
        nothing.read(&mut [0]).unwrap_err();
    }
}
