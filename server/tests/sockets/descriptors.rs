//! When no descriptor is left.

use std::io::{BufRead, Read, Write};
use std::net::TcpStream;
use std::process::Command;

use bufferevent::Dialect;
use rustix::process::Signal;

use super::child::{Process, SERVER, ServerProcess};
use super::server::{GUARD, answers, connect};

in_every_dialect! {
    accepting_rests_while_no_descriptor_is_left_and_goes_on,
    the_page_has_descriptors_of_its_own,
    who_gets_too_few_descriptors_says_what_for,
}

const DESCRIPTORS: usize = 24;

/// A server that may have so many descriptors.
fn limited(descriptors: usize, dialect: Dialect, more: &[&str]) -> Command {
    let script = format!("ulimit -n {descriptors}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, SERVER, "--quiet", "--dialect", dialect.as_str()]).args(more);
    command
}

fn accepting_rests_while_no_descriptor_is_left_and_goes_on(dialect: Dialect) {
    let mut server = ServerProcess::from(&mut limited(DESCRIPTORS, dialect, &[]));
    let mut stderr = server.stderr();
    // Twice as many as it can have. All are connected, by the kernel; those inside are answered.
    let mut sockets: Vec<_> = (0..2 * DESCRIPTORS).map(|_| connect(server.address)).collect();
    for socket in &mut sockets {
        socket.write_all(b"hello").unwrap();
    }
    let mut notice = String::new();
    stderr.read_line(&mut notice).unwrap();
    assert!(notice.starts_with("Not accepting connections for now"), "{notice}");

    // Each that ends lets another in, in the order in which they came.
    for mut socket in sockets {
        assert_answered(&mut socket);
    }
    server.process.signal(Signal::TERM);
    assert_eq!(server.process.wait().code(), Some(0));
    let mut more = String::new();
    stderr.read_to_string(&mut more).unwrap();
    assert_eq!(more, "", "it was said once");
}

fn the_page_has_descriptors_of_its_own(dialect: Dialect) {
    let mut server = ServerProcess::from(&mut limited(64, dialect, &["--http", "127.0.0.1:0"]));
    let page = server.page();
    let mut stderr = server.stderr();
    let _crowd: Vec<_> = (0..80).map(|_| connect(server.address)).collect();
    let mut notice = String::new();
    stderr.read_line(&mut notice).unwrap();
    assert!(
        notice.ends_with(": the other descriptors are kept for the page; going on when one is closed\n"),
        "{notice}"
    );
    // Its places are a quarter.
    let mut asking: Vec<_> = (0..16).map(|_| TcpStream::connect(&*page).unwrap()).collect();
    for stream in &mut asking {
        stream.set_read_timeout(Some(GUARD)).unwrap();
        write!(stream, "GET /healthz HTTP/1.1\r\nHost: {page}\r\n\r\n").unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        assert_eq!(status, *b"HTTP/1.1 200");
    }
}

fn who_gets_too_few_descriptors_says_what_for(dialect: Dialect) {
    for descriptors in [6, 12, 14] {
        let mut command =
            limited(descriptors, dialect, &["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
        let mut server = Process::start(&mut command);
        assert_eq!(server.wait().code(), Some(1), "{descriptors}");
        let said = server.errors();
        let what = said.strip_prefix("bufferevent-server: cannot ").and_then(|it| it.split_once(": "));
        assert!(what.is_some_and(|(_, why)| why.contains("Too many open files")), "{descriptors}: {said}");
    }
}

fn assert_answered(socket: &mut TcpStream) {
    let mut answer = [0; 31];
    socket.read_exact(&mut answer).unwrap();
    assert_eq!(answer.to_vec(), answers(b"hello"));
}
