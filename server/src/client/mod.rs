//! The tutorial's client: what is typed or piped goes to the server, what the server answers is printed.
//!
//! It runs on the engine: a bufferevent that connects, an application event for standard input. `input` knows how a
//! terminal, a pipe and a regular file differ, `addresses` which address comes next.
//!
//! Answers are written as they come, by the loop's own thread: while nobody takes them, nothing more is asked either.

mod addresses;
mod input;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::time::Duration;

use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Connect, Dialect, Directions, Due, Errno, EventBase,
    Handle, What,
};

use bufferevent_mio::{EventLoop, Sockets};

pub use crate::choices::address;
use addresses::Addresses;
use input::{Input, Read};

/// Bytes that may wait for a slow server before no more input is read.
const MAX_OUTPUT: usize = 64 * 1024;

/// How long one address may take to answer, before the next is tried.
const CONNECT_LIMIT: Duration = Duration::from_secs(30);

/// Why a client ended early.
#[derive(Debug)]
pub enum ClientError {
    /// There is no connection to this server; why, of the last of its addresses.
    Connect(String, io::Error),
    /// The connection was lost; what was sent last may not have arrived.
    Lost(Errno),
    /// Standard input could not be read.
    Input(io::Error),
    /// An answer could not be written.
    Output(io::Error),
    /// The operating system refused what every client needs.
    System(io::Error),
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(address, error) => write!(f, "cannot connect to {address}: {error}"),
            Self::Lost(errno) => write!(f, "the connection was lost: {errno}"),
            Self::Input(error) => write!(f, "cannot read the input: {error}"),
            Self::Output(error) => write!(f, "cannot write an answer: {error}"),
            Self::System(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ClientError {}

/// Connects to the first address of `server` that answers, sends all of `input` and writes what comes back to `output`.
/// Each address has 30 seconds; what of `input` is there before is kept and sent.
///
/// Returns when the server ends the connection, which it does once it has answered everything after the end of
/// `input`, or when nobody reads `output` any more.
///
/// # Errors
/// [`ClientError`] says what came in between.
pub fn run(server: &str, input: impl AsFd, output: impl Write) -> Result<(), ClientError> {
    run_at(Addresses::of(server)?, CONNECT_LIMIT, input, output)
}

fn run_at(
    addresses: Addresses,
    limit: Duration,
    input: impl AsFd,
    output: impl Write,
) -> Result<(), ClientError> {
    let mut client = Client::new(addresses, limit, input, output).map_err(ClientError::System)?;
    match client.connect().and_then(|()| client.run()) {
        Err(Ended::Early(error)) => Err(error),
        Err(Ended::Well) | Ok(()) => Ok(()),
    }
}

/// Why the loop is left from a callback.
#[derive(Debug)]
enum Ended {
    Well,
    Early(ClientError),
}

struct Client<I, W> {
    base: EventBase,
    event_loop: EventLoop,
    sockets: Sockets,
    addresses: Addresses,
    id: BuffereventId,
    connected: bool,
    input: Input<I>,
    input_ended: bool,
    output: W,
}

impl<I: AsFd, W: Write> Client<I, W> {
    fn new(addresses: Addresses, limit: Duration, input: I, output: W) -> io::Result<Self> {
        let (event_loop, mut sockets) = EventLoop::new()?;
        // 1.4 does not connect.
        let mut base = EventBase::new(Dialect::V2_1);
        let id = base.bufferevent_new(None, Callbacks::ALL, BuffereventOptions::default());
        base.get_mut(id).map_err(io::Error::other)?.set_timeouts(None, Some(limit));
        let input = Input::listen(input, &mut base, &mut sockets)?;
        Ok(Self {
            base,
            event_loop,
            sockets,
            addresses,
            id,
            connected: false,
            input,
            input_ended: false,
            output,
        })
    }

    /// Goes on to the next address.
    fn connect(&mut self) -> Result<(), Ended> {
        let failed = self.handle();
        // It is freed with the client only.
        let Ok(mut bufferevent) = self.base.get_mut(self.id) else { return Ok(()) };
        if let Some(failed) = failed {
            bufferevent.setfd(None);
            self.sockets.close(failed);
            self.base.forget_handle(failed);
        }
        let handle = self.addresses.connect(&mut self.sockets).map_err(Ended::Early)?;
        let Ok(mut bufferevent) = self.base.get_mut(self.id) else { return Ok(()) };
        bufferevent
            .socket_connect(handle, Connect::Pending)
            .map_err(|error| Ended::Early(ClientError::System(io::Error::other(error))))?;
        // Running out of time disabled it. 2.x enables without a look at the handle: this cannot fail.
        let _ = bufferevent.enable(Directions::WRITE);
        Ok(())
    }

    /// Never returns `Ok`: a callback ends it.
    fn run(&mut self) -> Result<(), Ended> {
        loop {
            self.event_loop.wait(&mut self.base, &mut self.sockets).map_err(early(ClientError::System))?;
            self.base.begin_pass(self.event_loop.now());
            while let Some(due) = self.base.poll_callback(&mut self.sockets) {
                match due {
                    Due::Read(_) => self.on_read()?,
                    Due::Write(_) => self.on_write(),
                    Due::Event(_, what) => self.on_event(what)?,
                    Due::Buffer(..) => {}
                    Due::Application(..) => self.on_input()?,
                }
            }
        }
    }

    /// An answer came.
    fn on_read(&mut self) -> Result<(), Ended> {
        // It is freed with the client only.
        let Ok(mut bufferevent) = self.base.get_mut(self.id) else { return Ok(()) };
        let mut answer = vec![0; bufferevent.input().len()];
        // No end of its buffers is ever frozen.
        let _ = bufferevent.read(&mut answer);
        self.print(&answer)
    }

    /// Something was sent: there is room for more input, or all of it is on its way.
    fn on_write(&mut self) {
        if self.waiting_output() > 0 {
            return;
        }
        if self.input_ended {
            self.end_when_sent();
        } else {
            self.input.resume(&mut self.base);
        }
    }

    fn on_event(&mut self, what: What) -> Result<(), Ended> {
        if what.contains(What::CONNECTED) {
            return self.on_connected();
        }
        if self.connected && what.contains(What::EOF) {
            return Err(Ended::Well);
        }
        let error = self.handle().and_then(|handle| self.sockets.last_error(handle));
        let errno =
            if what.contains(What::TIMEOUT) { Errno::TimedOut } else { error.unwrap_or(Errno::Other(0)) };
        if self.connected {
            return Err(Ended::Early(ClientError::Lost(errno)));
        }
        self.addresses.note_failure(errno);
        self.connect()
    }

    fn on_connected(&mut self) -> Result<(), Ended> {
        self.connected = true;
        if let Ok(mut bufferevent) = self.base.get_mut(self.id) {
            // From here on a server may be as slow as it likes.
            bufferevent.set_timeouts(None, None);
            // It has a handle.
            let _ = bufferevent.enable(Directions::READ);
        }
        self.print(b"connect to server successful\n")?;
        self.end_when_sent();
        Ok(())
    }

    /// Standard input has something, or has ended.
    fn on_input(&mut self) -> Result<(), Ended> {
        match self.input.read(&mut self.base).map_err(early(ClientError::Input))? {
            Read::Nothing => {}
            Read::Bytes(bytes) => {
                if let Ok(mut bufferevent) = self.base.get_mut(self.id) {
                    // No end of its buffers is ever frozen.
                    let _ = bufferevent.write(&bytes);
                }
                if self.waiting_output() >= MAX_OUTPUT {
                    self.input.pause(&mut self.base);
                }
            }
            Read::End => {
                self.input.pause(&mut self.base);
                self.input_ended = true;
                self.end_when_sent();
            }
        }
        Ok(())
    }

    fn print(&mut self, bytes: &[u8]) -> Result<(), Ended> {
        match self.output.write_all(bytes).and_then(|()| self.output.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Ended::Well),
            Err(error) => Err(Ended::Early(ClientError::Output(error))),
        }
    }

    /// Tells the server that no more comes, once that is so.
    fn end_when_sent(&self) {
        if self.connected
            && self.input_ended
            && self.waiting_output() == 0
            && let Some(handle) = self.handle()
        {
            self.sockets.shutdown_write(handle);
        }
    }

    fn handle(&self) -> Option<Handle> {
        self.base.get(self.id).ok().and_then(|bufferevent| bufferevent.handle())
    }

    fn waiting_output(&self) -> usize {
        self.base.get(self.id).map_or(0, |bufferevent| bufferevent.output().len())
    }
}

fn early<E>(error: fn(E) -> ClientError) -> impl Fn(E) -> Ended {
    move |cause| Ended::Early(error(cause))
}
