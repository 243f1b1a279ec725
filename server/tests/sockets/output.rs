//! What the server prints, and that nobody has to read it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write, pipe};
use std::process::{Command, Stdio};

use bufferevent::Dialect;

use super::child::{CLIENT, Process, SERVER, ServerProcess};
use super::server::{answers, assert_serves, connect, exchange, rest};

in_every_dialect! {
    quiet_leaves_the_first_line_only,
    a_standard_output_that_nobody_reads_holds_up_nothing,
    a_closed_standard_output_ends_nothing,
}

fn quiet_leaves_the_first_line_only(dialect: Dialect) {
    let server = ServerProcess::start(dialect, &["--quiet"]);
    assert_serves(server.address);
    let (status, text) = server.stop();
    assert_eq!((status.code(), text.as_str()), (Some(0), ""));
}

/// Many more lines than a pipe and the queue hold.
const MESSAGES: usize = 6000;

fn a_standard_output_that_nobody_reads_holds_up_nothing(dialect: Dialect) {
    let server = ServerProcess::start(dialect, &[]);
    let mut socket = connect(server.address);
    for _ in 0..MESSAGES {
        assert_eq!(exchange(&mut socket, b"0123456789", 36), answers(b"0123456789"));
    }
    assert_eq!(rest(socket), b"");
    let (status, text) = server.stop();
    assert_eq!(status.code(), Some(0));
    let printed = text.lines().filter(|line| *line == "recv the client msg: 0123456789").count();
    assert!(printed < MESSAGES && text.contains(" lines were dropped"), "{printed} lines were printed");
}

fn a_closed_standard_output_ends_nothing(dialect: Dialect) {
    let ServerProcess { process: _process, address, stdout } = ServerProcess::start(dialect, &[]);
    // Writing fails from here on.
    drop(stdout);
    for _ in 0..20 {
        assert_serves(address);
    }
}

/// What takes nothing, on Linux: a disk that is full, and a pipe that nobody reads.
#[cfg(target_os = "linux")]
fn outputs_that_take_nothing() -> [Stdio; 2] {
    let full = File::options().write(true).open("/dev/full").unwrap();
    [full.into(), pipe().unwrap().1.into()]
}

#[cfg(target_os = "linux")]
#[test]
fn where_it_listens_is_said_elsewhere_where_standard_output_takes_nothing() {
    for output in outputs_that_take_nothing() {
        let listen = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"];
        let mut server = Command::new(SERVER);
        let server = server.args(listen).stdin(Stdio::null()).stdout(output).stderr(Stdio::piped());
        let mut server = Process(server.spawn().unwrap());
        let mut errors = BufReader::new(server.0.stderr.take().unwrap()).lines().map(Result::unwrap);
        let first = errors.next().unwrap();
        let address = first.strip_prefix("echo server listening on ").unwrap_or_else(|| panic!("{first}"));
        let second = errors.next().unwrap();
        assert!(second.starts_with("page at http://127.0.0.1:"), "{second}");
        assert_serves(address.parse().unwrap());
    }
}

/// What was asked for could not be had; who has read enough is no failure.
#[cfg(target_os = "linux")]
#[test]
fn what_is_asked_for_and_cannot_be_printed_is_a_failure() {
    for program in [SERVER, CLIENT] {
        for args in [["--help"].as_slice(), &["--version"], &["--generate", "man"], &["--generate", "bash"]] {
            let [full, closed] = outputs_that_take_nothing()
                .map(|output| Command::new(program).args(args).stdout(output).output().unwrap());
            let errors = String::from_utf8(full.stderr).unwrap();
            assert_eq!(full.status.code(), Some(1), "{program} {args:?}");
            assert!(errors.contains("No space left") && errors.lines().count() == 1, "{errors}");
            assert_eq!((closed.status.code(), closed.stderr), (Some(0), vec![]), "{program} {args:?}");
        }
    }
}

#[test]
fn the_client_watches_or_talks_and_its_usage_says_so() {
    let mut client = Process::start(Command::new(CLIENT).arg("--help"));
    let mut help = String::new();
    client.0.stdout.take().unwrap().read_to_string(&mut help).unwrap();
    let usage = "Usage: bufferevent-client [OPTIONS] [ADDRESS:PORT]\n       \
                 bufferevent-client [OPTIONS] --watch <ws://ADDRESS:PORT/ws>\n";
    assert!(help.contains(usage), "{help}");
    assert_eq!(client.wait().code(), Some(0));
}

#[test]
fn a_port_that_is_taken_is_one_clear_line() {
    let first = ServerProcess::start(Dialect::V1_4, &[]);
    let listen = first.address.to_string();
    for args in
        [["--listen", &listen, "--no-http"].as_slice(), &["--listen", "127.0.0.1:0", "--http", &listen]]
    {
        let mut second = Process::start(Command::new(SERVER).args(args));
        assert_eq!(second.wait().code(), Some(1));
        let errors = second.errors();
        assert!(errors.contains(&listen) && errors.contains("in use"), "{errors}");
        assert_eq!(errors.lines().count(), 1);
    }
}

#[test]
fn the_second_line_says_where_the_page_is() {
    let mut server = ServerProcess::start(Dialect::V1_4, &["--http", "127.0.0.1:0"]);
    let mut second = String::new();
    server.stdout.read_line(&mut second).unwrap();
    let address = second.strip_prefix("page at http://").and_then(|rest| rest.strip_suffix("/\n")).unwrap();
    let mut page = connect(address.parse().unwrap());
    write!(page, "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut response = String::new();
    page.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200 OK") && response.ends_with("ok\n"), "{response}");
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let args = [&["--read-low", "11"][..], &["--max-output", "0"], &["--dialect", "3"], &["--listen"]];
    for args in args {
        let mut server = Process::start(Command::new(SERVER).args(args));
        assert_eq!(server.wait().code(), Some(2), "{args:?}");
        assert!(server.errors().contains(args[0]));
    }
}

#[test]
fn help_and_version_are_printed() {
    for (flag, text) in [("--help", "--max-connections <COUNT>"), ("--version", env!("CARGO_PKG_VERSION"))] {
        let mut server = Process::start(Command::new(SERVER).arg(flag));
        assert_eq!(server.wait().code(), Some(0));
        let mut printed = String::new();
        server.0.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        assert!(printed.contains(text), "{printed}");
    }
}
