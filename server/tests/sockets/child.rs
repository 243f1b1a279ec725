//! A program of the package in a process of its own.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;

use bufferevent::Dialect;
use rustix::process::{Pid, Signal, kill_process};

use super::server::GUARD;

pub(crate) const SERVER: &str = env!("CARGO_BIN_EXE_bufferevent-server");
pub(crate) const CLIENT: &str = env!("CARGO_BIN_EXE_bufferevent-client");

/// A process that is killed when it is dropped.
pub(crate) struct Process(pub(crate) Child);

impl Process {
    pub(crate) fn start(command: &mut Command) -> Self {
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(pipes.spawn().unwrap())
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let pid = Pid::from_child(&self.0);
        let (ended, guard) = channel::<()>();
        // A process that does not end would hang the test.
        let watchdog = thread::spawn(move || {
            if guard.recv_timeout(GUARD) == Err(RecvTimeoutError::Timeout) {
                let _ = kill_process(pid, Signal::KILL);
            }
        });
        let status = self.0.wait().unwrap();
        drop(ended);
        watchdog.join().unwrap();
        status
    }

    /// Everything it still prints on standard error; it has to end for that.
    pub(crate) fn errors(&mut self) -> String {
        let mut text = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server that has said where it listens.
pub(crate) struct ServerProcess {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    pub(crate) stdout: BufReader<ChildStdout>,
}

impl ServerProcess {
    pub(crate) fn start(dialect: Dialect, args: &[&str]) -> Self {
        Self::from(Command::new(SERVER).args(["--dialect", dialect.as_str()]).args(args))
    }

    /// On a free port and without a page, unless `command` says otherwise.
    pub(crate) fn from(command: &mut Command) -> Self {
        if !command.get_args().any(|arg| arg == "--http") {
            command.arg("--no-http");
        }
        if !command.get_args().any(|arg| arg == "--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let mut process = Process::start(command);
        let mut stdout = BufReader::new(process.0.stdout.take().unwrap());
        let mut first = String::new();
        stdout.read_line(&mut first).unwrap();
        let address = first.trim_end().strip_prefix("echo server listening on ").unwrap().parse().unwrap();
        Self { process, address, stdout }
    }

    /// Where its page is, in the line that follows.
    pub(crate) fn page(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().strip_prefix("page at http://").unwrap().trim_end_matches('/').to_owned()
    }

    pub(crate) fn stderr(&mut self) -> BufReader<ChildStderr> {
        BufReader::new(self.process.0.stderr.take().unwrap())
    }

    /// Stops it, and gives what it still said on standard output.
    pub(crate) fn stop(mut self) -> (ExitStatus, String) {
        self.process.signal(Signal::TERM);
        let mut text = String::new();
        self.stdout.read_to_string(&mut text).unwrap();
        (self.process.wait(), text)
    }
}
