//! The scenario program, as it is called.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_bufferevent-scenario");

const HELLO: &str = r#"{"format":1,"name":"hello","dialect":"1.4","bufferevent":{"read":{"high":10}},"app":{"on_read":[[{"echo":"got "}]]},"script":[{"peer_send":"hello"},{"turn":2},{"peer_recv":99}]}"#;

const HELLO_TRACE: &str = r#"{"step":0,"in":0,"out":0,"rx":0,"tx":0,"enabled":["read","write"],"armed":["read"]}
{"step":1,"in":0,"out":0,"rx":5,"tx":0,"enabled":["read","write"],"armed":["read"]}
{"cb":"read","in":5,"out":0}
{"cb":"write","in":0,"out":0}
{"step":2,"in":0,"out":0,"rx":0,"tx":9,"enabled":["read","write"],"armed":["read"]}
{"peer_recv":"got hello"}
{"step":3,"in":0,"out":0,"rx":0,"tx":0,"enabled":["read","write"],"armed":["read"]}
"#;

/// Reading stops at the mark, and nobody drains: 1.4 goes quiet, 2.1 spins.
const SPIN: &str = r#"{"format":1,"name":"spin","dialect":"1.4","bufferevent":{"read":{"high":5}},"script":[{"peer_send":"hello world"},{"turn":1},{"peer_recv":1}]}"#;

/// A file that is gone with the test.
struct Scenario(std::path::PathBuf);

impl Scenario {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("{}-{name}.json", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scenario {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn run(args: &[&str], input: &str) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_owned());
    let writing = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    // A program that refuses its arguments does not read.
    let _ = writing.join().unwrap();
    output
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_file_gives_its_trace() {
    let file = Scenario::new("trace", HELLO);
    let output = run(&[file.path()], "");
    assert_eq!((text(&output.stdout), text(&output.stderr)), (HELLO_TRACE, ""));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn lines_give_their_names_and_traces() {
    let output = run(&["-"], &format!("{HELLO}\n\n{HELLO}"));
    let one = format!("{{\"scenario\":\"hello\"}}\n{HELLO_TRACE}");
    assert_eq!(text(&output.stdout), one.repeat(2));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn records_are_json_with_what_happened_and_where() {
    let output = run(&["--records", "-"], HELLO);
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["scenario"], "hello");
    for (record, seq) in lines[1..].iter().zip(1..) {
        assert_eq!(record["seq"], seq);
        assert!(record["kind"].is_string() && record["file"].is_string() && record["line"].is_u64());
    }
    let received = lines.iter().find(|record| record["kind"] == "received").unwrap();
    assert_eq!(received["payload"]["bytes"], "hello");
}

#[test]
fn pictures_are_the_state_after_each_record() {
    let output = run(&["--pictures", "-"], HELLO);
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (picture, seq) in lines[1..].iter().zip(1..) {
        assert_eq!((&picture["seq"], &picture["last"]["seq"]), (&seq.into(), &seq.into()));
    }
    let received = lines.iter().find(|picture| picture["last"]["kind"] == "received").unwrap();
    assert_eq!(received["connections"][0]["input"]["len"], 5);
    assert_eq!(run(&["--pictures", "--records", "-"], "").status.code(), Some(2));
}

#[test]
fn what_is_not_valid_is_one_line_and_the_rest_runs() {
    let good = Scenario::new("good", HELLO);
    let cases = [
        ("unknown", r#"{"format":1,"dialect":"1.4","scrip":[]}"#, "top level: unknown key \"scrip\""),
        ("nested", r#"{"format":1,"dialect":"1.4","script":[{"turn":-1}]}"#, "script[0].turn: "),
        ("missing", r#"{"format":1}"#, "dialect: missing"),
        ("json", "{\"format\":1,\n]", "line 2, column 1: "),
    ];
    for (name, json, complaint) in cases {
        let bad = Scenario::new(name, json);
        let output = run(&[bad.path(), good.path()], "");
        assert_eq!(text(&output.stdout), HELLO_TRACE);
        assert_eq!(output.status.code(), Some(2));
        let line = text(&output.stderr);
        assert!(line.starts_with(&format!("{}: {complaint}", bad.path())), "{line}");
        assert_eq!(line.lines().count(), 1);
    }
}

#[test]
fn a_line_that_is_not_valid_is_named_by_its_number() {
    let output = run(&["-"], &format!("{HELLO}\nnonsense\n{HELLO}\n"));
    assert_eq!(text(&output.stdout).lines().count(), 2 * (1 + HELLO_TRACE.lines().count()));
    assert!(text(&output.stderr).starts_with("standard input, line 2: "));
    assert_eq!((text(&output.stderr).lines().count(), output.status.code()), (1, Some(2)));
}

#[test]
fn a_file_that_is_not_there_is_one_line() {
    let output = run(&["/nowhere/at/all.json"], "");
    assert_eq!(text(&output.stderr), "/nowhere/at/all.json: No such file or directory (os error 2)\n");
    assert_eq!((text(&output.stdout), output.status.code()), ("", Some(2)));
}

#[test]
fn two_dialects_are_shown_from_the_first_difference_on() {
    let file = Scenario::new("compare", SPIN);
    let output = run(&["--compare", "1.4,2.1", file.path()], "");
    let lines: Vec<_> = text(&output.stdout).lines().collect();
    let columns = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(columns(lines[0]), ["line", "1.4", "2.1"]);
    assert_eq!(columns(lines[1])[0], "4", "three lines are equal");
    assert_eq!(columns(lines[1])[2..], ["|", r#"{"cb":"read","in":5,"out":0}"#]);
    assert!(lines.last().unwrap().contains(" > "), "2.1 has more to tell");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn equal_traces_are_said_to_be_equal() {
    let file = Scenario::new("equal", HELLO);
    let output = run(&["--compare", "1.4,2.1", file.path()], "");
    assert_eq!(text(&output.stdout), "1.4 and 2.1: 7 equal lines\n");
}

#[test]
fn a_scenario_that_one_dialect_refuses_cannot_be_compared() {
    let json = r#"{"format":1,"dialect":"2.1","bufferevent":{"read":{"timeout_ms":1500}}}"#;
    let file = Scenario::new("refused", json);
    let output = run(&["--compare", "1.4,2.1", file.path()], "");
    assert!(text(&output.stderr).contains(": in dialect 1.4: bufferevent.read.timeout_ms: "));
    assert_eq!((text(&output.stdout), output.status.code()), ("", Some(2)));
}

#[test]
fn ten_thousand_scenarios_take_seconds() {
    let output = run(&["-"], &format!("{HELLO}\n").repeat(10_000));
    assert_eq!(text(&output.stdout).lines().count(), 10_000 * (1 + HELLO_TRACE.lines().count()));
}

#[test]
fn passes_without_end_end_when_nothing_is_left_to_do() {
    let passes = |count: u32| HELLO.replace(r#"{"turn":2}"#, &format!(r#"{{"turn":{count}}}"#));
    for args in [&["-"][..], &["--records", "-"]] {
        assert_eq!(run(args, &passes(u32::MAX)).stdout, run(args, &passes(100)).stdout);
    }
}

#[test]
fn whoever_has_seen_enough_may_stop_reading() {
    let endless = SPIN.replace("1.4", "2.1").replace(r#"{"turn":1}"#, r#"{"turn":4294967295}"#);
    for args in [&["-"][..], &["--records", "-"], &["--compare", "1.4,2.1", "-"]] {
        let mut command = Command::new(PROGRAM);
        let mut child = command
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(endless.as_bytes()).unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        for _ in 0..1000 {
            stdout.read_line(&mut String::new()).unwrap();
        }
        drop(stdout);
        assert_eq!(child.wait().unwrap().code(), Some(0));
        let mut errors = String::new();
        child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        assert_eq!(errors, "");
    }
}
