//! The load: connections that each send a message and wait for its answer.
//!
//! Closed: the next message follows the answer, so that a slow server is asked less. Open: messages are due at times that
//! do not depend on the server, and a message's time runs from when it was due: a server that stalls is not spared the
//! messages that would have come meanwhile (Tene's "coordinated omission").

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream as Blocking};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use hdrhistogram::Histogram;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use rustix::net::sockopt::set_socket_linger;

use crate::peer::Service;

/// Before times are taken.
const WARM_UP: Duration = Duration::from_millis(100);

/// How long an answer may take, after the load has ended, before the server is said to have lost it.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is sent, and how it is answered.
#[derive(Debug, Clone, Copy)]
pub struct Message {
    /// Bytes of a message.
    pub size: usize,
    /// Bytes of its answer.
    pub answer: usize,
}

impl Message {
    /// A message of this size to this service.
    #[must_use]
    pub fn of(size: usize, service: Service) -> Self {
        Self { size, answer: service.answer_length(size) }
    }
}

/// What a load saw.
#[derive(Debug)]
pub struct Seen {
    /// Messages that were answered once the warm-up was over.
    pub messages: u64,
    /// All that were answered.
    pub all: u64,
    /// From the end of the warm-up to the last answer.
    pub took: Duration,
    /// Nanoseconds from when a message was due to the last byte of its answer.
    pub times: Histogram<u64>,
}

impl Seen {
    fn new() -> Self {
        let times = Histogram::new_with_bounds(100, 100_000_000_000, 3).expect("these bounds are allowed");
        Self { messages: 0, all: 0, took: Duration::ZERO, times }
    }

    fn add(&mut self, due: Instant, now: Instant, counts: Instant) {
        self.all += 1;
        if due < counts {
            return;
        }
        self.messages += 1;
        let time = now - due;
        self.times.saturating_record(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }
}

struct Connection {
    socket: TcpStream,
    /// When the messages were due that are not answered yet.
    due: VecDeque<Instant>,
    unsent: usize,
    got: usize,
}

/// Connections to one server.
pub struct Load {
    poll: Poll,
    connections: Vec<Connection>,
    message: Message,
    bytes: Vec<u8>,
    room: Vec<u8>,
}

impl Load {
    /// Connects.
    ///
    /// # Errors
    /// What the operating system says: nobody listens there, or no descriptor is left.
    pub fn connect(address: SocketAddr, connections: usize, message: Message) -> Result<Self> {
        let poll = Poll::new()?;
        let connections = (0..connections)
            .map(|place| {
                let mut socket = TcpStream::from_std(connect(address)?);
                poll.registry().register(
                    &mut socket,
                    Token(place),
                    Interest::READABLE | Interest::WRITABLE,
                )?;
                Ok(Connection { socket, due: VecDeque::new(), unsent: 0, got: 0 })
            })
            .collect::<io::Result<_>>()
            .with_context(|| format!("cannot connect to {address}"))?;
        Ok(Self { poll, connections, message, bytes: vec![b'x'; message.size], room: vec![0; 256 * 1024] })
    }

    /// One message on each connection at a time, for so long.
    ///
    /// # Errors
    /// A connection was lost.
    pub fn closed(&mut self, lasts: Duration) -> Result<Seen> {
        let mut seen = Seen::new();
        let began = Instant::now();
        let (counts, ends) = (began + WARM_UP, began + WARM_UP + lasts);
        for place in 0..self.connections.len() {
            self.send(place, Instant::now())?;
        }
        let mut events = Events::with_capacity(1024);
        while self.connections.iter().any(|it| !it.due.is_empty()) {
            ensure!(Instant::now() < ends + PATIENCE, "an answer did not come");
            self.poll.poll(&mut events, Some(PATIENCE))?;
            for event in &events {
                let place = event.token().0;
                self.go_on(place)?;
                let answered = self.receive(place)?;
                let now = Instant::now();
                for due in answered {
                    seen.add(due, now, counts);
                    if now < ends {
                        self.send(place, now)?;
                    }
                }
            }
        }
        seen.took = counts.elapsed();
        Ok(seen)
    }

    /// So many messages a second, whether the ones before are answered or not.
    ///
    /// # Errors
    /// A connection was lost.
    pub fn open(&mut self, rate: f64, lasts: Duration) -> Result<Seen> {
        let mut seen = Seen::new();
        let began = Instant::now();
        let counts = began + WARM_UP;
        let total = (rate * (WARM_UP + lasts).as_secs_f64()) as u32;
        let due = |number: u32| began + Duration::from_secs_f64(f64::from(number) / rate);
        let mut events = Events::with_capacity(1024);
        let mut sent = 0;
        while sent < total || self.connections.iter().any(|it| !it.due.is_empty()) {
            ensure!(Instant::now() < due(total) + PATIENCE, "an answer did not come");
            while sent < total && due(sent) <= Instant::now() {
                self.send(sent as usize % self.connections.len(), due(sent))?;
                sent += 1;
            }
            let next =
                if sent < total { due(sent).saturating_duration_since(Instant::now()) } else { PATIENCE };
            // The operating system's wait is not exact enough for less.
            let next = if next < Duration::from_millis(1) { Duration::ZERO } else { next };
            self.poll.poll(&mut events, Some(next))?;
            for event in &events {
                let place = event.token().0;
                self.go_on(place)?;
                let answered = self.receive(place)?;
                let now = Instant::now();
                answered.into_iter().for_each(|due| seen.add(due, now, counts));
            }
        }
        seen.took = counts.elapsed();
        Ok(seen)
    }

    /// So many messages on each connection, one after the other.
    ///
    /// # Errors
    /// A connection was lost.
    pub fn exactly(&mut self, messages: usize) -> Result<()> {
        let mut events = Events::with_capacity(1024);
        for _ in 0..messages {
            let began = Instant::now();
            for place in 0..self.connections.len() {
                self.send(place, began)?;
            }
            while self.connections.iter().any(|it| !it.due.is_empty()) {
                ensure!(began.elapsed() < PATIENCE, "an answer did not come");
                self.poll.poll(&mut events, Some(PATIENCE))?;
                for event in &events {
                    self.go_on(event.token().0)?;
                    self.receive(event.token().0)?;
                }
            }
        }
        Ok(())
    }

    fn send(&mut self, place: usize, due: Instant) -> Result<()> {
        let connection = &mut self.connections[place];
        connection.due.push_back(due);
        connection.unsent += self.message.size;
        self.go_on(place)
    }

    fn go_on(&mut self, place: usize) -> Result<()> {
        let connection = &mut self.connections[place];
        while connection.unsent > 0 {
            let most = connection.unsent.min(self.bytes.len());
            match connection.socket.write(&self.bytes[..most]) {
                Ok(bytes) => connection.unsent -= bytes,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error).context("the server lost a connection"),
            }
        }
        Ok(())
    }

    /// When the messages were due that are answered now.
    fn receive(&mut self, place: usize) -> Result<Vec<Instant>> {
        let connection = &mut self.connections[place];
        let mut answered = Vec::new();
        loop {
            match connection.socket.read(&mut self.room) {
                Ok(0) => anyhow::bail!("the server ended a connection"),
                Ok(bytes) => {
                    connection.got += bytes;
                    while connection.got >= self.message.answer && !connection.due.is_empty() {
                        connection.got -= self.message.answer;
                        answered.extend(connection.due.pop_front());
                    }
                    if bytes < self.room.len() {
                        return Ok(answered);
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(answered),
                Err(error) => return Err(error).context("the server lost a connection"),
            }
        }
    }
}

fn connect(address: SocketAddr) -> io::Result<Blocking> {
    let socket = Blocking::connect(address)?;
    socket.set_nodelay(true)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// One connection after the other: set up, one message, its answer, torn down.
///
/// # Errors
/// A connection could not be made or was lost.
pub fn churn(address: SocketAddr, message: Message, lasts: Duration) -> Result<Seen> {
    let mut seen = Seen::new();
    let (bytes, mut answer) = (vec![b'x'; message.size], vec![0; message.answer]);
    let began = Instant::now();
    while began.elapsed() < lasts {
        let due = Instant::now();
        let mut socket = Blocking::connect(address)?;
        socket.set_nodelay(true)?;
        socket.write_all(&bytes)?;
        socket.read_exact(&mut answer)?;
        // Otherwise ports run out: a connection that ends cleanly keeps its own for a minute.
        set_socket_linger(&socket, Some(Duration::ZERO))?;
        drop(socket);
        seen.add(due, Instant::now(), began);
    }
    seen.took = began.elapsed();
    Ok(seen)
}
