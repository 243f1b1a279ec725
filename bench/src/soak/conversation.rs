//! One connection, and what it has to hear.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream as Blocking};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fastrand::Rng;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use rustix::net::sockopt::set_socket_linger;

/// So much may be under way before a connection sends no more.
const UNDER_WAY: u64 = 512 * 1024;

/// Bytes without a pattern, in a circle. Its length is a prime, so that no size of a buffer or a message divides it.
pub(super) struct Stream(Vec<u8>);

impl Stream {
    pub(super) const LENGTH: usize = 1_048_573;

    pub(super) fn new(chance: &mut Rng) -> Self {
        let mut bytes = vec![0; Self::LENGTH];
        chance.fill(&mut bytes);
        Self(bytes)
    }

    /// What stands there, up to the circle's end at most.
    fn at(&self, position: u64) -> &[u8] {
        &self.0[(position % Self::LENGTH as u64) as usize..]
    }
}

#[derive(Debug)]
pub(super) struct Conversation {
    socket: TcpStream,
    /// Where in the stream it has begun.
    origin: u64,
    /// Counted from there: up to where it is to send, has sent, and has heard.
    owed: u64,
    sent: u64,
    heard: u64,
    /// It reads nothing for a while.
    pub(super) rests: bool,
    /// It has said that nothing more comes.
    finished: bool,
}

/// What one look at the socket brought.
pub(super) struct Came {
    pub(super) bytes: u64,
    pub(super) ended: bool,
}

impl Conversation {
    pub(super) fn start(
        address: SocketAddr,
        registry: &Registry,
        token: Token,
        origin: usize,
    ) -> Result<Self> {
        let socket = Blocking::connect(address)?;
        socket.set_nonblocking(true)?;
        let mut socket = TcpStream::from_std(socket);
        registry.register(&mut socket, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Self { socket, origin: origin as u64, owed: 0, sent: 0, heard: 0, rests: false, finished: false })
    }

    pub(super) fn is_answered(&self) -> bool {
        self.heard == self.owed
    }

    pub(super) fn takes_more(&self) -> bool {
        !self.finished && self.owed - self.heard < UNDER_WAY
    }

    pub(super) fn owe(&mut self, bytes: usize) {
        self.owed += bytes as u64;
    }

    /// Sends what the socket takes and gives how much that is.
    pub(super) fn send(&mut self, stream: &Stream) -> Result<u64> {
        let before = self.sent;
        while self.sent < self.owed {
            let piece = stream.at(self.origin + self.sent);
            let most = piece.len().min((self.owed - self.sent) as usize);
            match self.socket.write(&piece[..most]) {
                Ok(bytes) => self.sent += bytes as u64,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error).context("the server has lost it"),
            }
        }
        Ok(self.sent - before)
    }

    /// Takes what has come, which has to be what was sent.
    pub(super) fn receive(&mut self, stream: &Stream) -> Result<Came> {
        let before = self.heard;
        let mut room = [0; 16 * 1024];
        loop {
            match self.socket.read(&mut room) {
                Ok(0) if self.finished && self.is_answered() => {
                    return Ok(Came { bytes: self.heard - before, ended: true });
                }
                Ok(0) => bail!("the server has ended it, {} of {} bytes came back", self.heard, self.sent),
                Ok(bytes) => self.check(&room[..bytes], stream)?,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return Ok(Came { bytes: self.heard - before, ended: false });
                }
                Err(error) => return Err(error).context("the server has lost it"),
            }
        }
    }

    fn check(&mut self, mut bytes: &[u8], stream: &Stream) -> Result<()> {
        while !bytes.is_empty() {
            let expected = stream.at(self.origin + self.heard);
            let most = bytes.len().min(expected.len());
            let (now, later) = bytes.split_at(most);
            ensure!(
                now == &expected[..most],
                "what came back after {} bytes is not what was sent",
                self.heard
            );
            self.heard += most as u64;
            bytes = later;
        }
        ensure!(self.heard <= self.sent, "{} bytes came back of {}", self.heard, self.sent);
        Ok(())
    }

    /// Says that nothing more comes; the server ends it then.
    pub(super) fn finish(&mut self) {
        self.finished = true;
        // One that the server has lost says so when it is read.
        let _ = self.socket.shutdown(Shutdown::Write);
    }

    /// Ends it without a farewell once it is dropped.
    pub(super) fn reset(&self) -> Result<()> {
        Ok(set_socket_linger(&self.socket, Some(Duration::ZERO))?)
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use mio::{Events, Poll};

    use super::*;

    /// A conversation that has sent three bytes, and what it says when this has come back and the connection has ended.
    fn heard(answer: impl Fn([u8; 3]) -> Vec<u8>, finishes: bool) -> Result<Came> {
        let stream = Stream::new(&mut Rng::with_seed(7));
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let mut poll = Poll::new()?;
        let mut conversation =
            Conversation::start(listener.local_addr()?, poll.registry(), Token(0), Stream::LENGTH - 1)?;
        // Then it is connected.
        let (mut server, _) = listener.accept()?;
        conversation.owe(3);
        assert_eq!(conversation.send(&stream)?, 3);
        let mut sent = [0; 3];
        server.read_exact(&mut sent)?;
        server.write_all(&answer(sent))?;
        if finishes {
            conversation.finish();
        }
        drop(server);
        let (mut events, mut bytes) = (Events::with_capacity(1), 0);
        loop {
            poll.poll(&mut events, None)?;
            let came = conversation.receive(&stream)?;
            bytes += came.bytes;
            if came.ended {
                assert!(conversation.is_answered());
                return Ok(Came { bytes, ended: true });
            }
        }
    }

    #[test]
    fn what_comes_back_as_it_was_sent_is_right_across_the_streams_end() {
        assert_eq!(heard(|sent| sent.to_vec(), true).unwrap().bytes, 3);
    }

    #[test]
    fn a_byte_that_is_changed_missing_or_too_much_is_found() {
        let error =
            |answer: fn([u8; 3]) -> Vec<u8>, finishes| heard(answer, finishes).err().unwrap().to_string();
        assert!(error(|[a, b, c]| vec![a, c, b], true).contains("is not what was sent"));
        assert!(error(|[a, _, c]| vec![a, c], true).contains("is not what was sent"));
        assert!(error(|[a, b, c]| vec![a, b, c, a, b], true).contains("what"));
        assert!(error(|[a, b, _]| vec![a, b], false).contains("2 of 3 bytes came back"));
    }
}
