//! The tutorial's client: what is typed or piped goes to the server, what the server answers is printed.
//!
//! It runs on the engine: a bufferevent for the socket, an application event for standard input. `input` knows how a
//! terminal, a pipe and a regular file differ.
//!
//! Answers are written as they come, by the loop's own thread: while nobody takes them, nothing more is asked either.

mod input;

use std::fmt;
use std::io::{self, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;

use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Dialect, Directions, Due, Errno, EventBase, Handle, What,
};

use bufferevent_mio::{EventLoop, Sockets};

use input::{Input, Read};

/// Bytes that may wait for a slow server before no more input is read.
const MAX_OUTPUT: usize = 64 * 1024;

/// Why a client ended early.
#[derive(Debug)]
pub enum ClientError {
    /// There is no connection to this address.
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

/// Connects, sends all of `input` and writes what comes back to `output`.
///
/// Returns when the server ends the connection, which it does once it has answered everything after the end of
/// `input`, or when nobody reads `output` any more.
///
/// # Errors
/// [`ClientError`] says what came in between.
pub fn run(address: &str, input: impl AsFd, output: impl Write) -> Result<(), ClientError> {
    let socket = TcpStream::connect(address)
        .and_then(|socket| socket.set_nonblocking(true).map(|()| socket))
        .map_err(|error| ClientError::Connect(address.into(), error))?;
    let mut client = Client::new(socket, input, output).map_err(ClientError::System)?;
    match client.print(b"connect to server successful\n").and_then(|()| client.run()) {
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
    handle: Handle,
    id: BuffereventId,
    input: Input<I>,
    input_ended: bool,
    output: W,
}

impl<I: AsFd, W: Write> Client<I, W> {
    fn new(socket: TcpStream, input: I, output: W) -> io::Result<Self> {
        let (event_loop, mut sockets) = EventLoop::new()?;
        let mut base = EventBase::new(Dialect::default());
        let handle = sockets.open(mio::net::TcpStream::from_std(socket))?;
        let id = base.bufferevent_new(Some(handle), Callbacks::ALL, BuffereventOptions::default());
        let mut bufferevent = base.get_mut(id).map_err(io::Error::other)?;
        bufferevent.enable(Directions::READ).map_err(io::Error::other)?;
        let input = Input::listen(input, &mut base, &mut sockets)?;
        Ok(Self { base, event_loop, sockets, handle, id, input, input_ended: false, output })
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
                    Due::Event(_, what) => return Err(self.on_event(what)),
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
            self.sockets.shutdown_write(self.handle);
        } else {
            self.input.resume(&mut self.base);
        }
    }

    fn on_event(&self, what: What) -> Ended {
        if what.contains(What::EOF) {
            return Ended::Well;
        }
        Ended::Early(ClientError::Lost(self.sockets.last_error(self.handle).unwrap_or(Errno::Other(0))))
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
                if self.waiting_output() == 0 {
                    self.sockets.shutdown_write(self.handle);
                }
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

    fn waiting_output(&self) -> usize {
        self.base.get(self.id).map_or(0, |bufferevent| bufferevent.output().len())
    }
}

fn early<E>(error: fn(E) -> ClientError) -> impl Fn(E) -> Ended {
    move |cause| Ended::Early(error(cause))
}
