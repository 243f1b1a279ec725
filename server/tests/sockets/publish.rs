//! What is published, by a server of its own records and by a client of another's.

use std::io::{BufRead, BufReader, PipeWriter};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use bufferevent::recording::Recording;
use bufferevent::{Dialect, Step};
use bufferevent_server::echo::PREFIX;
use bufferevent_server::publish::Index;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal;

use super::child::{CLIENT, Process, SERVER, ServerProcess};
use super::server::{GUARD, connect, exchange};

/// A folder that is gone with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("{}-{name}", std::process::id())))
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn index(&self) -> Option<Index> {
        serde_json::from_slice(&std::fs::read(self.0.join("index.json")).ok()?).ok()
    }

    /// Waits for the first segment: from here on nothing is missed.
    fn wait(&self) {
        let since = Instant::now();
        while self.index().is_none_or(|index| index.segments.is_empty()) {
            assert!(since.elapsed() < GUARD, "nothing is published");
            std::thread::yield_now();
        }
    }

    fn recording(&self) -> Recording {
        let mut recording = Recording::default();
        for segment in self.index().unwrap().segments {
            let text = std::fs::read(self.0.join(segment.name)).unwrap();
            assert_eq!(recording.append_file(&*text).unwrap(), None);
        }
        recording
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A server with a page, and where that is.
fn server(more: &[&str]) -> (ServerProcess, String) {
    let dialect = Dialect::V2_1.as_str();
    let mut command = Command::new(SERVER);
    let mut server =
        ServerProcess::from(command.args(["--dialect", dialect, "--http", "127.0.0.1:0"]).args(more));
    let page = server.page();
    (server, page)
}

/// All that a client said is there, and that nothing was lost.
fn assert_whole(scratch: &Scratch) {
    assert!(scratch.index().unwrap().ended);
    let recording = scratch.recording();
    let received = recording.records().filter_map(|record| match &record.step {
        Step::Received { payload, .. } => Some(payload.bytes.clone()),
        _ => None,
    });
    assert_eq!(received.collect::<Vec<_>>().concat(), b"hello world");
    let end = recording.end();
    assert_eq!((end.lost, end.connections.len()), (0, 1));
}

#[test]
fn a_server_publishes_all_to_its_end() {
    let scratch = Scratch::new("published");
    let (server, _) = server(&["--publish", scratch.path(), "--publish-every", "100"]);
    scratch.wait();
    let mut socket = connect(server.address);
    exchange(&mut socket, b"hello world", 11 + 2 * PREFIX.len());
    assert_eq!(server.stop().0.code(), Some(0));
    assert_whole(&scratch);
}

#[test]
fn a_client_publishes_what_it_watches() {
    let scratch = Scratch::new("watched");
    let (server, http) = server(&[]);
    let url = format!("ws://{http}/ws");
    let watch = ["--watch", &url, "--publish", scratch.path(), "--publish-every", "100"];
    let mut client = Process::start(Command::new(CLIENT).args(watch));
    scratch.wait();
    let mut socket = connect(server.address);
    exchange(&mut socket, b"hello world", 11 + 2 * PREFIX.len());
    // The line is printed after what it says is with the publisher.
    let mut lines = BufReader::new(client.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    lines.find(|line| line.contains("  sent ") && line.ends_with("msg: d\"")).unwrap();
    let _ = server.stop();
    std::thread::spawn(move || lines.count());
    assert_eq!(client.wait().code(), Some(0));
    assert_whole(&scratch);
}

#[test]
fn a_client_that_a_signal_ends_has_published_all_that_came_and_says_that_it_ended() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let scratch = Scratch::new("signalled");
        let (server, http) = server(&[]);
        let url = format!("ws://{http}/ws");
        // So long that nothing but the end writes what comes.
        let watch = ["--watch", &url, "--publish", scratch.path(), "--publish-every", "60000"];
        let mut client = Process::start(Command::new(CLIENT).args(watch));
        let mut lines = BufReader::new(client.0.stdout.take().unwrap()).lines().map(Result::unwrap);
        lines.find(|line| line.ends_with("connections are open")).unwrap();
        let mut socket = connect(server.address);
        exchange(&mut socket, b"hello world", 11 + 2 * PREFIX.len());
        lines.find(|line| line.contains("  sent ") && line.ends_with("msg: d\"")).unwrap();
        client.signal(signal);
        std::thread::spawn(move || lines.count());
        assert_eq!(client.wait().code(), Some(0), "{signal:?}");
        assert_eq!(client.errors(), "");
        assert_whole(&scratch);
    }
}

/// What is told a program before it has printed so much may still reach it.
fn wait_until_full(pipe: &PipeWriter) {
    let since = Instant::now();
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    while poll(&mut [PollFd::new(pipe, PollFlags::OUT)], Some(&at_once)).unwrap() > 0 {
        assert!(since.elapsed() < GUARD, "the pipe has room");
        std::thread::yield_now();
    }
}

/// Nobody takes what it prints, so that it never comes to look whether it should end.
#[test]
fn a_client_that_cannot_end_in_order_says_so_in_time() {
    let scratch = Scratch::new("held");
    let (server, http) = server(&[]);
    let url = format!("ws://{http}/ws");
    let (_nobody_reads, output) = std::io::pipe().unwrap();
    let watch = ["--watch", &url, "--publish", scratch.path()];
    let mut client = Command::new(CLIENT);
    client.args(watch).stdout(output.try_clone().unwrap()).stderr(Stdio::piped());
    let mut client = Process(client.spawn().unwrap());
    scratch.wait();
    let mut socket = connect(server.address);
    // Far more lines than a pipe has room for.
    let words = [b'x'; 10_000];
    exchange(&mut socket, &words, words.len() + words.len() / 10 * PREFIX.len());
    wait_until_full(&output);
    client.signal(Signal::TERM);
    assert_eq!(client.wait().code(), Some(1));
    assert!(client.errors().ends_with("was not written in time\n"));
}

/// On a machine that is busy they would be the last to run, and the end of what is published be lost.
#[cfg(target_os = "linux")]
#[test]
fn what_shows_and_publishes_is_not_starved() {
    let scratch = Scratch::new("starved");
    let (server, _) = server(&["--publish", scratch.path()]);
    // Then both threads run.
    scratch.wait();
    let threads = PathBuf::from(format!("/proc/{}/task", server.process.0.id()));
    let mut niceness = std::collections::BTreeMap::new();
    for thread in std::fs::read_dir(threads).unwrap() {
        let stat = std::fs::read_to_string(thread.unwrap().path().join("stat")).unwrap();
        let (name, fields) = stat.split_once(") ").unwrap();
        let nice: i32 = fields.split(' ').nth(16).unwrap().parse().unwrap();
        niceness.insert(name.split_once('(').unwrap().1.to_owned(), nice);
    }
    let own = niceness["bufferevent-ser"];
    assert_eq!([niceness["mirror"], niceness["publish"]], [own; 2], "{niceness:?}");
    let _ = server.stop();
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_said_and_not_waited_for() {
    for name in ["index.json", "lock"] {
        let scratch = Scratch::new("pipe");
        std::fs::create_dir(&scratch.0).unwrap();
        let pipe = scratch.0.join(name);
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let listen = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"];
        let mut server =
            Process::start(Command::new(SERVER).args(listen).args(["--publish", scratch.path()]));
        assert_eq!(server.wait().code(), Some(1));
        let said = server.errors();
        assert!(said.contains(&format!(": {name} is no regular file")), "{said}");
    }
}

#[test]
fn where_nothing_can_be_published_neither_starts() {
    let file = Scratch::new("no-folder");
    std::fs::write(&file.0, "a file").unwrap();
    let inside = Path::new(file.path()).join("folder");
    let refused = |mut program: Process| (program.wait().code(), program.errors());
    let publish = ["--publish", inside.to_str().unwrap()];
    let (code, said) = refused(Process::start(
        Command::new(SERVER).args(["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]).args(publish),
    ));
    assert_eq!(code, Some(1));
    assert!(said.starts_with("bufferevent-server: cannot publish to "), "{said}");
    let (code, said) = refused(Process::start(Command::new(SERVER).arg("--no-http").args(publish)));
    assert!(code == Some(2) && said.contains("--publish writes what viewers see"), "{said}");
    let (code, said) = refused(Process::start(Command::new(CLIENT).args(publish)));
    assert!(code == Some(2) && said.contains("--watch"), "{said}");
    let _ = std::fs::remove_file(&file.0);
}
