//! Each example as a user runs it: a process, asked over its socket.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Once;
use std::time::Duration;

use bufferevent::Dialect;

/// A running example, killed when it is dropped.
struct Example {
    process: Child,
    /// What it prints after its address.
    output: BufReader<ChildStdout>,
    address: String,
}

impl Example {
    fn start(name: &str, arguments: &[&str]) -> Self {
        Self::start_with(name, arguments, None)
    }

    /// With so many descriptors, those of the program's own among them.
    fn start_with(name: &str, arguments: &[&str], descriptors: Option<u32>) -> Self {
        static BUILT: Once = Once::new();
        BUILT.call_once(|| {
            // Not every `cargo test` builds them.
            let mut cargo = Command::new(env!("CARGO"));
            cargo.args(["build", "--quiet", "--package", env!("CARGO_PKG_NAME"), "--examples"]);
            assert!(cargo.status().unwrap().success());
        });
        let test = std::env::current_exe().unwrap();
        let program: PathBuf = test.ancestors().nth(2).unwrap().join("examples").join(name);
        let mut command = Command::new("sh");
        let limit = descriptors.map_or_else(String::new, |most| format!("ulimit -n {most} && "));
        command.args(["-c", &format!("{limit}exec \"$0\" \"$@\"")]).arg(program).args(arguments);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on ").unwrap().to_owned();
        Self { process, output, address }
    }

    fn connect(&self) -> TcpStream {
        let socket = TcpStream::connect(&self.address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        socket
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn read_line(socket: &TcpStream) -> String {
    let mut line = String::new();
    BufReader::new(socket).read_line(&mut line).unwrap();
    line
}

#[test]
fn echo_answers() {
    let echo = Example::start("echo", &["127.0.0.1:0"]);
    let mut socket = echo.connect();
    socket.write_all(b"hello\n").unwrap();
    assert_eq!(read_line(&socket), "hello\n");
}

/// In 1.4 nothing is closed but by the application.
#[test]
fn who_leaves_is_let_go_in_every_dialect() {
    for dialect in Dialect::ALL {
        for name in ["echo", "chat", "lines", "timeouts"] {
            let example = Example::start(name, &["127.0.0.1:0", dialect.as_str()]);
            let mut socket = example.connect();
            socket.shutdown(Shutdown::Write).unwrap();
            assert_eq!(socket.read_to_end(&mut Vec::new()).unwrap(), 0, "{name}, {dialect}");
        }
        // Nobody can go on with what is no message.
        let lines = Example::start("lines", &["127.0.0.1:0", dialect.as_str()]);
        let mut socket = lines.connect();
        socket.write_all(b"what").unwrap();
        assert_eq!(socket.read_to_end(&mut Vec::new()).unwrap(), 0, "{dialect}");
    }
}

#[test]
fn who_finds_no_descriptor_left_waits_until_there_is_one_and_nobody_inside_is_lost() {
    let echo = Example::start_with("echo", &["127.0.0.1:0"], Some(14));
    // More than there are descriptors: the first are inside, and the others wait in the operating system.
    let clients: Vec<_> = (0..14).map(|_| echo.connect()).collect();
    for mut client in clients {
        client.write_all(b"hello\n").unwrap();
        assert_eq!(read_line(&client), "hello\n");
        // It goes, and leaves its descriptor to one who waits.
    }
}

#[test]
fn proxy_passes_much_to_who_reads_late_and_the_ends_of_both() {
    let upstream = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = Example::start("proxy", &["127.0.0.1:0", &upstream.local_addr().unwrap().to_string()]);
    let client = proxy.connect();
    let (server, _) = upstream.accept().unwrap();
    // More than both sockets hold, so that it waits for whom it is for.
    let sent = vec![b'x'; 16 << 20];
    std::thread::scope(|scope| {
        scope.spawn(|| {
            (&client).write_all(&sent).unwrap();
            client.shutdown(Shutdown::Write).unwrap();
        });
        let mut received = Vec::new();
        (&server).read_to_end(&mut received).unwrap();
        assert!(received == sent, "{} bytes", received.len());
    });
    // The other direction is still open.
    (&server).write_all(b"thank you").unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    (&client).read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "thank you");
}

#[test]
fn proxy_lets_others_in_while_a_connection_is_pending() {
    let upstream = TcpListener::bind("127.0.0.1:0").unwrap();
    // Once so few wait to be accepted that there is no room for another, a connection is pending.
    rustix::net::listen(&upstream, 0).unwrap();
    let address = upstream.local_addr().unwrap();
    let connects = || TcpStream::connect_timeout(&address, Duration::from_millis(100)).ok();
    let waiting: Vec<TcpStream> = std::iter::from_fn(connects).collect();
    let mut proxy = Example::start("proxy", &["127.0.0.1:0", &address.to_string()]);
    let mut clients = Vec::new();
    for _ in 0..2 {
        let client = proxy.connect();
        let mut line = String::new();
        proxy.output.read_line(&mut line).unwrap();
        assert_eq!(line, format!("{} is there\n", client.local_addr().unwrap()));
        clients.push(client);
    }
    // What the first says and that it says no more wait until it is connected.
    clients[0].write_all(b"early").unwrap();
    clients[0].shutdown(Shutdown::Write).unwrap();
    drop(clients.pop());
    rustix::net::listen(&upstream, 128).unwrap();
    for _ in &waiting {
        drop(upstream.accept().unwrap());
    }
    let said = std::iter::from_fn(|| {
        let mut said = String::new();
        upstream.accept().unwrap().0.read_to_string(&mut said).map(|_| said).ok()
    });
    assert!(said.take(2).any(|said| said == "early"));
}

#[test]
fn proxy_ends_who_cannot_be_connected_and_goes_on() {
    // Nobody listens there, and who asks for any port is not given this one.
    let proxy = Example::start("proxy", &["127.0.0.1:0", "127.0.0.1:1"]);
    for _ in 0..2 {
        let mut answer = String::new();
        proxy.connect().read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "");
    }
}

#[test]
fn lines_come_whole_however_they_arrive() {
    let lines = Example::start("lines", &["127.0.0.1:0"]);
    let mut socket = lines.connect();
    socket.set_nodelay(true).unwrap();
    for byte in b"0005hello0003you" {
        socket.write_all(&[*byte]).unwrap();
    }
    let mut reader = BufReader::new(socket);
    let said: Vec<_> = reader.by_ref().lines().take(2).map(Result::unwrap).collect();
    assert_eq!(said, ["HELLO", "YOU"]);
}

#[test]
fn chat_tells_the_others_and_outlives_who_leaves() {
    let chat = Example::start("chat", &["127.0.0.1:0"]);
    let (mut ann, mut bob) = (chat.connect(), chat.connect());
    // Each has been let in once somebody was told so.
    bob.write_all(b"hello\r\n").unwrap();
    assert_eq!(read_line(&ann), format!("{}: hello\n", bob.local_addr().unwrap()));
    ann.write_all(b"good morning\n").unwrap();
    assert_eq!(read_line(&bob), format!("{}: good morning\n", ann.local_addr().unwrap()));
    drop(bob);
    let mut eve = chat.connect();
    eve.write_all(b"anybody?\n").unwrap();
    assert_eq!(read_line(&ann), format!("{}: anybody?\n", eve.local_addr().unwrap()));
}

#[test]
fn timeouts_say_goodbye_to_who_is_silent() {
    let timeouts = Example::start("timeouts", &["127.0.0.1:0"]);
    let mut socket = timeouts.connect();
    socket.write_all(b"time?\n").unwrap();
    assert!(read_line(&socket).ends_with(" s\n"));
    let mut rest = String::new();
    socket.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "goodbye\n");
}
