//! What viewers and web clients cost at most: a test for each row of the table in `docs/server.md`.
//!
//! What a flood costs is looked at when it is at a standstill, since the server hears no more of it.

use std::io::{BufRead, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use bufferevent_server::process::raise_descriptor_limit;
use rustix::event::{PollFd, PollFlags};
use rustix::io::retry_on_intr;
use rustix::process::Signal;

use super::child::{SERVER, ServerProcess};
use super::server::{GUARD, answers, connect, connect_to_fill, exchange};

/// A server with its page, in a process of its own.
struct Lab {
    server: ServerProcess,
    http: SocketAddr,
}

impl Lab {
    fn start(descriptors: usize, args: &[&str]) -> Self {
        // For the test's own ends of the connections.
        raise_descriptor_limit(4000);
        let script = format!("ulimit -n {descriptors}; exec \"$0\" \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script, SERVER, "--quiet", "--http", "127.0.0.1:0"]).args(args);
        let mut server = ServerProcess::from(&mut command);
        let mut line = String::new();
        server.stdout.read_line(&mut line).unwrap();
        let http =
            line.trim_end().strip_prefix("page at http://").unwrap().trim_end_matches('/').parse().unwrap();
        Self { server, http }
    }

    /// One figure of `/proc`, in bytes.
    fn memory(&self, name: &str) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.process.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    }

    fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.server.process.0.id())).unwrap().count()
    }

    /// The echo goes on, and memory has never been above this.
    #[track_caller]
    fn assert_unharmed(&self, most: usize) {
        let mut socket = connect(self.server.address);
        assert_eq!(exchange(&mut socket, b"hello\n", 32), answers(b"hello\n"));
        let peak = self.memory("VmHWM");
        assert!(peak < most, "{} KiB at the peak", peak / 1024);
    }

    fn request(&self, head: &str) -> TcpStream {
        let mut socket = connect(self.http);
        socket.write_all(format!("{head}\r\nHost: {}\r\n\r\n", self.http).as_bytes()).unwrap();
        socket
    }

    fn metric(&self, name: &str) -> u64 {
        let mut text = String::new();
        self.request("GET /metrics HTTP/1.1\r\nConnection: close").read_to_string(&mut text).unwrap();
        let wanted = format!("bufferevent_{name} ");
        text.lines().find_map(|line| line.strip_prefix(&wanted)).unwrap().parse().unwrap()
    }

    /// A viewer that has read no more than the answer to its request.
    fn viewer(&self) -> TcpStream {
        let mut socket = self.request(
            "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        );
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            socket.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        assert!(head.starts_with(b"HTTP/1.1 101"));
        socket
    }
}

/// A frame as a client sends it.
fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let len = u8::try_from(payload.len()).unwrap();
    assert!(len < 126);
    [&[0x80 | opcode, 0x80 | len, 0, 0, 0, 0], payload].concat()
}

const TEXT: u8 = 1;
const PING: u8 = 9;
const MIB: usize = 1024 * 1024;

/// Sends this again and again until nobody takes it any more: far less than what would harm. Where the test runs slowly there is always
/// some that was heard meanwhile: then for so long that whoever takes no answers is not sent away yet.
fn flood(socket: &mut TcpStream, frame: &[u8]) {
    let end = Instant::now() + Duration::from_secs(10);
    socket.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let portion = frame.repeat(1000);
    let mut sent = 0;
    while Instant::now() < end {
        match socket.write(&portion[sent % frame.len()..]) {
            Ok(bytes) => sent += bytes,
            // Where a limit is set, whatever wakes the process ends the call.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
                return;
            }
        }
        assert!(sent < 64 * MIB, "{sent} bytes were heard at once");
    }
}

/// Sends this on all of them until none takes any more, and waits for a while for one that does: whether there was one.
fn fill(sockets: &mut [TcpStream], bytes: &[u8]) -> bool {
    let portion = bytes.repeat(4096);
    for socket in &mut *sockets {
        socket.set_nonblocking(true).unwrap();
        while socket.write(&portion).is_ok() {}
    }
    let mut wait: Vec<_> = sockets.iter().map(|socket| PollFd::new(socket, PollFlags::OUT)).collect();
    let while_it_is_still = rustix::event::Timespec { tv_sec: 0, tv_nsec: 300_000_000 };
    retry_on_intr(|| rustix::event::poll(&mut wait, Some(&while_it_is_still))).unwrap() > 0
}

#[test]
fn a_viewer_that_floods_is_heard_slowly_whatever_it_says() {
    let lab = Lab::start(1000, &[]);
    let messages = [
        frame(TEXT, br#"{"kind":"ping"}"#),
        frame(TEXT, br#"{"kind":"watch","connections":"all"}"#),
        frame(TEXT, br#"{"kind":"watch","connections":[1,2,3]}"#),
        frame(PING, &[b'x'; 125]),
    ];
    let mut viewers = messages.each_ref().map(|_| lab.viewer());
    for (viewer, message) in viewers.iter_mut().zip(&messages) {
        flood(viewer, message);
    }
    lab.assert_unharmed(64 * MIB);
}

#[test]
fn snapshots_of_many_connections_wait_for_who_takes_them() {
    let lab = Lab::start(4000, &["--max-connections", "3000"]);
    let clients: Vec<_> = (0..1500).map(|_| connect(lab.server.address)).collect();
    let mut viewers: Vec<_> = (0..4).map(|_| lab.viewer()).collect();
    for viewer in &mut viewers {
        flood(viewer, &frame(TEXT, br#"{"kind":"watch","connections":"all"}"#));
    }
    lab.assert_unharmed(64 * MIB);
    drop(clients);
}

#[test]
fn nothing_is_recorded_for_a_viewer_that_does_not_read() {
    let lab = Lab::start(1000, &["--mirror-buffer", "65536"]);
    let _viewer = lab.viewer();
    let mut socket = connect(lab.server.address);
    let mut echo = |messages: usize| {
        for _ in 0..messages {
            exchange(&mut socket, b"0123456789", 36);
        }
        lab.metric("records_total")
    };
    // First its socket fills, then its queue.
    let mut records = echo(1000);
    loop {
        let now = echo(1000);
        if now == records {
            break;
        }
        records = now;
    }
    lab.assert_unharmed(64 * MIB);
}

/// Whether one of these hears that there is no place. Others are only closed, and may be so before any is told.
fn one_is_told(mut silent: Vec<&TcpStream>) -> bool {
    while !silent.is_empty() {
        let mut wait: Vec<_> = silent.iter().map(|socket| PollFd::new(socket, PollFlags::IN)).collect();
        retry_on_intr(|| rustix::event::poll(&mut wait, None)).unwrap();
        let ends: Vec<_> = wait.iter().map(|socket| !socket.revents().is_empty()).collect();
        let mut ends = ends.into_iter();
        let mut ended = silent.extract_if(.., |_| ends.next().unwrap());
        let mut said = [0; 12];
        if ended.any(|mut socket| socket.read_exact(&mut said).is_ok() && &said == b"HTTP/1.1 503") {
            return true;
        }
    }
    false
}

#[test]
fn silent_web_clients_leave_descriptors_to_the_echo() {
    let lab = Lab::start(120, &[]);
    let silent: Vec<_> = (0..200).map(|_| connect(lab.http)).collect();
    lab.assert_unharmed(64 * MIB);
    assert!(one_is_told(silent.iter().collect()), "those for whom there is no place are told");
    // A quarter for places, a few for those who are turned away, and the server's own.
    assert!(lab.descriptors() < 80, "{} of 120 descriptors", lab.descriptors());
    drop(silent);
    // They have gone when the server has seen it.
    loop {
        let mut answer = String::new();
        let mut socket = lab.request("GET /healthz HTTP/1.1\r\nConnection: close");
        if socket.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200 ") {
            break;
        }
    }
}

#[test]
fn a_head_without_end_is_refused() {
    let lab = Lab::start(1000, &[]);
    let mut socket = connect(lab.http);
    let _ = socket.write_all(b"GET / HTTP/1.1\r\n");
    let line = [&b"X-Long: "[..], &[b'x'; 1000], b"\r\n"].concat();
    let mut sent = 0;
    while socket.write_all(&line).is_ok() {
        sent += line.len();
        assert!(sent < 16 * MIB, "{sent} bytes of head were taken");
    }
    lab.assert_unharmed(64 * MIB);
}

#[test]
fn all_of_them_together_leave_the_echo_as_it_was() {
    let lab = Lab::start(600, &["--max-memory", "16777216"]);
    let mut viewers: Vec<_> = (0..20).map(|_| lab.viewer()).collect();
    let silent: Vec<_> = (0..200).map(|_| connect(lab.http)).collect();
    let mut clients: Vec<_> = (0..50).map(|_| connect(lab.server.address)).collect();
    for (viewer, nth) in viewers.iter_mut().zip(0..) {
        let watch: &[u8] = br#"{"kind":"watch","connections":"all"}"#;
        let message = if nth % 2 == 0 { frame(TEXT, watch) } else { frame(PING, b"") };
        viewer.set_nonblocking(true).unwrap();
        while viewer.write(&message.repeat(100)).is_ok() {}
    }
    let mut greedy: Vec<_> = (0..20).map(|_| connect_to_fill(lab.server.address)).collect();
    fill(&mut greedy, b"x");
    for _ in 0..20 {
        for client in &mut clients {
            // A read that takes longer than `GUARD` fails.
            assert_eq!(exchange(client, b"0123456789", 36), answers(b"0123456789"));
        }
    }
    assert!(lab.descriptors() < 150 + 16 + 70 + 40, "{} descriptors", lab.descriptors());
    lab.assert_unharmed(192 * MIB);
    drop((silent, greedy));
    let code = lab.server.stop().0.code();
    assert_eq!(code, Some(0));
}

#[test]
fn a_connection_that_is_quiet_again_holds_little() {
    const CONNECTIONS: usize = 1500;
    let lab = Lab::start(4000, &[]);
    // What the first connections cost once and for all is not counted.
    let first: Vec<_> = (0..100).map(|_| connect(lab.server.address)).collect();
    lab.assert_unharmed(64 * MIB);
    let before = lab.memory("RssAnon");
    let mut quiet: Vec<_> = (0..CONNECTIONS).map(|_| connect(lab.server.address)).collect();
    for socket in &mut quiet {
        exchange(socket, b"hello", 31);
    }
    let each = lab.memory("RssAnon").saturating_sub(before) / CONNECTIONS;
    // Some 1,000, and pages that are not full.
    assert!(each < 1700, "{each} bytes a connection");
    drop(first);
}

#[test]
fn memory_goes_back_when_those_who_held_it_have_gone() {
    let lab = Lab::start(1000, &["--plain", "--read-high", "0", "--max-memory", "67108864"]);
    let before = lab.memory("VmRSS");
    let mut greedy: Vec<_> = (0..100).map(|_| connect_to_fill(lab.server.address)).collect();
    let end = Instant::now() + GUARD;
    let peak = loop {
        let is_full = !fill(&mut greedy, b"x");
        let peak = lab.memory("VmRSS") - before;
        assert!(peak < 160 * MIB, "{} KiB", peak / 1024);
        // A server that has no time to run takes nothing either.
        if is_full && peak > 16 * MIB {
            break peak;
        }
        assert!(Instant::now() < end, "{} KiB are all that it holds", peak / 1024);
    };
    drop(greedy);
    let (tenth, end) = (before + peak / 10, Instant::now() + GUARD);
    while lab.memory("VmRSS") > tenth {
        assert!(Instant::now() < end, "{} KiB stay", lab.memory("VmRSS") / 1024);
        std::thread::yield_now();
    }
}

#[test]
fn memory_goes_back_after_a_second_however_the_program_was_built() {
    // It says at its end how its allocator was told to be.
    let mut command = Command::new(SERVER);
    let mut server = ServerProcess::from(command.arg("--quiet").env("_RJEM_MALLOC_CONF", "stats_print:true"));
    // Once it answers it stops when it is told to.
    exchange(&mut connect(server.address), b"hello", 31);
    server.process.signal(Signal::TERM);
    let told = server.process.errors();
    assert_eq!(server.process.wait().code(), Some(0));
    let lines: Vec<_> = told.lines().filter(|line| line.contains("decay_ms")).collect();
    assert!(lines.iter().any(|line| line.contains("(arenas.dirty_decay_ms: 1000)")), "{lines:?}");
    let built = told.lines().find(|line| line.contains("config.malloc_conf")).unwrap();
    assert!(!built.contains("decay"), "built so that `cargo install` cannot: {built}");
}

#[test]
fn a_site_without_a_page_is_an_error_that_names_it() {
    let mut command = Command::new(SERVER);
    let output = command
        .args(["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--site", "/nonexistent"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(
        errors.contains("--site (or BUFFEREVENT_SITE) /nonexistent: there is no index.html in it"),
        "{errors}"
    );
}
