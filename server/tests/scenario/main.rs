//! `bufferevent-scenario`, as it is called.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod compare;
mod figures;
mod program;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_bufferevent-scenario");

const HELLO: &str = r#"{"format":1,"name":"hello","dialect":"1.4","bufferevent":{"read":{"high":10}},"app":{"on_read":[[{"echo":"got "}]]},"script":[{"peer_send":"hello"},{"turn":2},{"peer_recv":99}]}"#;

/// Reading stops at the mark, and nobody drains: 1.4 goes quiet, 2.1 spins.
const SPIN: &str = r#"{"format":1,"name":"spin","dialect":"1.4","bufferevent":{"read":{"high":5}},"script":[{"peer_send":"hello world"},{"turn":1},{"peer_recv":1}]}"#;

/// A file that is gone with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Runs the program to its end. It is written to while it prints, so that neither waits for the other.
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

/// Linux's disk that is always full.
#[cfg(target_os = "linux")]
#[test]
fn what_is_asked_for_and_cannot_be_printed_is_a_failure() {
    for args in [["--help"].as_slice(), &["--version"], &["--generate", "man"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let ended = Command::new(PROGRAM).args(args).stdout(full).output().unwrap();
        let errors = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{args:?}");
        assert!(errors.starts_with("bufferevent-scenario: cannot write: No space left"), "{errors}");
    }
}

#[test]
fn a_scenario_in_another_encoding_is_named() {
    let mut text = vec![0xff, 0xfe];
    text.extend("{\"format\": 1}".encode_utf16().flat_map(u16::to_le_bytes));
    let path = std::env::temp_dir().join(format!("{}-utf-16", std::process::id()));
    std::fs::write(&path, text).unwrap();
    let ended = run(&[path.to_str().unwrap()], "");
    std::fs::remove_file(&path).unwrap();
    let errors = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(errors.ends_with(": line 1, column 1: this is UTF-16, and has to be UTF-8\n"), "{errors}");
}
