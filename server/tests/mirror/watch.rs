//! `bufferevent-client --watch`: what a person, a program and a file get of it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use bufferevent::recording::{Hello, Recording, ServerMessage};
use bufferevent::{Record, Step};

use super::support::{GUARD, Lab};

/// The client in a process of its own, killed when it is dropped.
struct Watcher {
    process: Child,
    lines: Receiver<String>,
}

impl Watcher {
    fn start(http: SocketAddr, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bufferevent-client"));
        command.args(["--watch", &format!("ws://{http}/ws")]).args(arguments);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (tell, lines) = channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { process, lines }
    }

    /// The lines up to one with this in it.
    fn until(&self, wanted: &str) -> Vec<String> {
        let mut lines = Vec::new();
        while lines.last().is_none_or(|line: &String| !line.contains(wanted)) {
            lines
                .push(self.lines.recv_timeout(GUARD).unwrap_or_else(|_| panic!("no {wanted} in {lines:#?}")));
        }
        lines
    }

    /// What it says when it ends by itself with a failure.
    fn failure(mut self) -> String {
        let mut errors = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        assert_eq!(self.process.wait().unwrap().code(), Some(1));
        errors
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where a test keeps a recording, without that of its last run.
fn no_file(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_file(&path);
    path
}

#[test]
fn a_person_reads_time_connection_step_and_lengths() {
    let lab = Lab::start(|_| {});
    let watcher = Watcher::start(lab.http, &[]);
    let joined = watcher.until("connections are open");
    assert!(joined[0].ends_with(" ms  0 connections are open"), "{joined:?}");
    lab.client().say(b"hello\0");
    let lines = watcher.until("freed");
    let said: Vec<_> =
        lines.iter().filter_map(|line| line.split_once(" ms  ")).map(|(_, said)| said).collect();
    for wanted in [
        "conn 1    received           input=6  6 bytes \"hello\\0\"",
        "conn 1    callback due       callback=read  input=6  output=0",
        "conn 1    buffer drained     buffer=input  bytes=6  len=0",
        "conn 1    sent               output=0  32 bytes \"I have recvieced the msg: hello\\0\"",
        "loop      polled             active=1",
    ] {
        assert!(said.contains(&wanted), "{wanted} is not in {lines:#?}");
    }
}

#[test]
fn a_program_gets_each_record_as_a_line_of_json() {
    let lab = Lab::start(|_| {});
    let watcher = Watcher::start(lab.http, &["--json"]);
    let joined = watcher.until(r#"{"kind":"snapshot""#);
    let hello = serde_json::from_str(&joined[0]).unwrap();
    assert!(matches!(hello, ServerMessage::Hello(Hello { schema: 1, .. })), "{hello:?}");
    lab.client().say(b"hello");
    let records: Vec<Record> =
        watcher.until("\"freed\"").iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(records.iter().zip(&records[1..]).all(|(one, next)| next.seq == one.seq + 1));
    assert!(records.iter().any(|record| matches!(record.step, Step::Received { input: 5, .. })));
}

#[test]
fn connections_can_be_chosen() {
    let lab = Lab::start(|_| {});
    let mut clients = [lab.client(), lab.client(), lab.client()];
    clients.iter_mut().for_each(|client| client.say(b"before"));
    let path = no_file("chosen.jsonl");
    let file = path.to_str().unwrap();
    let watcher = Watcher::start(lab.http, &["--connection", "1", "--connection", "3", "--record", file]);
    let joined = watcher.until("connections are open");
    assert!(joined[0].ends_with(" ms  2 connections are open"), "{joined:?}");
    let [first, second, third] = clients;
    for mut client in [second, first, third] {
        client.say(b"after");
        client.end();
    }
    let mut lines = watcher.until("freed");
    lines.extend(watcher.until("freed"));
    drop(watcher);
    assert!(lines.iter().all(|line| !line.contains("conn 2 ")), "{lines:#?}");
    let imported = Recording::import(BufReader::new(File::open(path).unwrap())).unwrap();
    assert_eq!(imported.recording.end().connections.keys().collect::<Vec<_>>(), [&1, &3]);
}

#[test]
fn what_is_kept_is_a_recording_that_leads_to_the_same_picture() {
    let lab = Lab::start(|_| {});
    lab.client().say(b"before");
    let path = no_file("watched.jsonl");
    let watcher = Watcher::start(lab.http, &["--record", path.to_str().unwrap()]);
    watcher.until("connections are open");
    let mut client = lab.client();
    client.say(b"hello");
    client.say(b"again");
    client.end();
    // Each message is in the file before it is printed.
    watcher.until("freed");
    drop(watcher);
    let imported = Recording::import(BufReader::new(File::open(path).unwrap())).unwrap();
    assert_eq!(imported.damage, None);
    let connection = &imported.recording.end().connections[&2];
    assert!(connection.freed && !connection.uncertain);
    assert_eq!((connection.counters.received, connection.counters.read_callbacks), (10, 2));
}

#[tokio::test]
async fn a_server_that_ends_in_order_ends_the_watching_well() {
    let lab = Lab::start(|_| {});
    let mut watcher = Watcher::start(lab.http, &[]);
    watcher.until("connections are open");
    lab.end().await;
    assert_eq!(watcher.process.wait().unwrap().code(), Some(0));
}

#[test]
fn who_cannot_be_watched_is_named_with_the_reason() {
    let lab = Lab::start(|config| config.max_viewers = 0);
    let url = format!("ws://{}/ws", lab.http);
    let refused = Watcher::start(lab.http, &[]).failure();
    assert_eq!(refused, format!("bufferevent-client: {url}: this server lets no viewer in\n"));

    // Who asks for any port is not given this one.
    let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
    let missing = Watcher::start(nobody, &[]).failure();
    assert!(
        missing.starts_with(&format!("bufferevent-client: cannot watch ws://{nobody}/ws: ")),
        "{missing}"
    );
}
