//! When no descriptor is left.

use std::io::{BufRead, Read, Write};
use std::net::TcpStream;
use std::process::Command;

use bufferevent::Dialect;
use rustix::process::Signal;

use super::child::{SERVER, ServerProcess};
use super::server::{answers, connect};

in_every_dialect! {
    accepting_rests_while_no_descriptor_is_left_and_goes_on,
}

const DESCRIPTORS: usize = 24;

fn accepting_rests_while_no_descriptor_is_left_and_goes_on(dialect: Dialect) {
    let script = format!("ulimit -n {DESCRIPTORS}; exec \"$0\" \"$@\"");
    let mut server = ServerProcess::from(Command::new("sh").args([
        "-c",
        &script,
        SERVER,
        "--quiet",
        "--dialect",
        dialect.as_str(),
    ]));
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

fn assert_answered(socket: &mut TcpStream) {
    let mut answer = [0; 31];
    socket.read_exact(&mut answer).unwrap();
    assert_eq!(answer.to_vec(), answers(b"hello"));
}
