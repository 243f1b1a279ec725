//! One connection's socket, read one byte ahead of the engine.
//!
//! A bufferevent reads exactly up to its high watermark, and a read that gives all it asked for does not tell whether
//! more is there: it would take another, failing, call to find out. So each call asks for one byte more than the engine
//! does. If that byte does not come, the socket is exhausted; if it does, it is kept and given first the next time.

use std::io::{self, IoSlice, IoSliceMut};

use bufferevent::{Errno, Received, Transfer};

use crate::Socket;

/// So many bytes are received into memory that all sockets share, and copied from there: a call for one piece of memory costs the
/// operating system much less than one for several, and with the byte ahead there always are.
const FEW: usize = 4096;

/// That memory, with the byte beyond them. Nothing is in there between two calls.
pub(super) type Room = [u8; FEW + 1];

pub(super) const ROOM: Room = [0; FEW + 1];

/// The engine offers two pieces at most; of more, the rest would have to wait.
const MAX_PIECES: usize = 3;

/// What was found beyond what the engine has been given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ahead {
    Byte(u8),
    /// A socket gives an error once only, and it came while a byte had to be given first.
    Error(Errno),
}

#[derive(Debug)]
pub(super) struct Stream<S> {
    socket: S,
    ahead: Option<Ahead>,
    /// The end of the stream or an error is there to be read, perhaps after more bytes. No edge announces it again, so
    /// the socket is never exhausted from here on.
    at_end: bool,
    /// The error that a call gave last.
    pub(super) last_error: Option<Errno>,
}

impl<S: Socket> Stream<S> {
    pub(super) const fn new(socket: S) -> Self {
        Self { socket, ahead: None, at_end: false, last_error: None }
    }

    pub(super) fn note_end(&mut self) {
        self.at_end = true;
    }

    /// The byte ahead, what is asked for and the byte beyond it in one piece of memory; none where it is more than fits there.
    pub(super) fn receive_few<'a>(
        &mut self,
        most: usize,
        room: &'a mut Room,
    ) -> Option<Result<Received<'a>, Errno>> {
        if most > FEW { None } else { Some(self.receive_into(most, room)) }
    }

    fn receive_into<'a>(&mut self, most: usize, room: &'a mut Room) -> Result<Received<'a>, Errno> {
        let first = match self.take_ahead()? {
            Some(byte) => {
                room[0] = byte;
                1
            }
            None => 0,
        };
        let Transfer { bytes, exhausted } = if first == most {
            Transfer { bytes: first, exhausted: false }
        } else {
            let received = self.socket.receive(&mut [IoSliceMut::new(&mut room[first..=most])]);
            self.conclude(received, first, most, room[most])?
        };
        let more = matches!(self.ahead, Some(Ahead::Byte(_)));
        Ok(Received { bytes: &room[..bytes], exhausted, more })
    }

    fn take_ahead(&mut self) -> Result<Option<u8>, Errno> {
        match self.ahead.take() {
            Some(Ahead::Error(errno)) => Err(self.failed(errno)),
            Some(Ahead::Byte(byte)) => Ok(Some(byte)),
            None => Ok(None),
        }
    }

    /// The same where the bytes belong, which is worth a call with several pieces where they are many.
    pub(super) fn receive(&mut self, into: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
        let ahead = self.take_ahead()?;
        let mut extra = [0];
        let mut pieces = [(); MAX_PIECES + 1].map(|()| IoSliceMut::new(&mut []));
        let count = into.len().min(MAX_PIECES);
        for (piece, room) in pieces.iter_mut().zip(into.iter_mut().take(count)) {
            *piece = IoSliceMut::new(room);
        }
        let asked = pieces.iter().map(|piece| piece.len()).sum();
        pieces[count] = IoSliceMut::new(&mut extra);
        let mut pieces = &mut pieces[..=count];
        let first = ahead.map_or(0, |byte| give(&mut pieces, byte));
        let received = self.socket.receive(pieces);
        self.conclude(received, first, asked, extra[0])
    }

    /// What a call says of the socket that was to give the byte beyond what was asked for too, behind the first bytes.
    fn conclude(
        &mut self,
        received: io::Result<usize>,
        first: usize,
        asked: usize,
        beyond: u8,
    ) -> Result<Transfer, Errno> {
        match received {
            Ok(0) => {
                self.at_end = true;
                Ok(Transfer { bytes: first, exhausted: false })
            }
            Ok(bytes) => {
                let bytes = first + bytes;
                if bytes > asked {
                    self.ahead = Some(Ahead::Byte(beyond));
                }
                Ok(Transfer { bytes: bytes.min(asked), exhausted: bytes <= asked && !self.at_end })
            }
            Err(error) => match Errno::from(&error) {
                errno if first == 0 => Err(self.failed(errno)),
                Errno::Again => Ok(Transfer { bytes: first, exhausted: true }),
                Errno::Interrupted => Ok(Transfer { bytes: first, exhausted: false }),
                errno => {
                    self.ahead = Some(Ahead::Error(errno));
                    Ok(Transfer { bytes: first, exhausted: false })
                }
            },
        }
    }

    pub(super) fn send(&mut self, from: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
        let offered: usize = from.iter().map(|piece| piece.len()).sum();
        match self.socket.send(from) {
            // A socket that took a part has no room left, and will say when it has.
            Ok(bytes) => Ok(Transfer { bytes, exhausted: bytes < offered }),
            Err(error) => Err(self.failed(Errno::from(&error))),
        }
    }

    pub(super) fn readable_bytes(&self) -> Option<usize> {
        let ahead = usize::from(matches!(self.ahead, Some(Ahead::Byte(_))));
        self.socket.readable_bytes().map(|waiting| waiting + ahead)
    }

    pub(super) fn finished_connecting(&mut self) -> Result<(), Errno> {
        match self.socket.take_error() {
            Ok(None) => Ok(()),
            Ok(Some(error)) | Err(error) => Err(self.failed(Errno::from(&error))),
        }
    }

    pub(super) fn shutdown_write(&self) {
        self.socket.shutdown_write();
    }

    pub(super) fn reset_on_close(&self) {
        self.socket.reset_on_close();
    }

    fn failed(&mut self, errno: Errno) -> Errno {
        if !matches!(errno, Errno::Again | Errno::Interrupted) {
            self.last_error = Some(errno);
        }
        errno
    }
}

/// Puts the byte in front and moves on past it; gives how many bytes that was.
fn give(pieces: &mut &mut [IoSliceMut<'_>], byte: u8) -> usize {
    IoSliceMut::advance_slices(pieces, 0);
    pieces[0][0] = byte;
    IoSliceMut::advance_slices(pieces, 1);
    1
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::{TcpListener, TcpStream as Peer};
    use std::thread;

    use mio::net::TcpStream;
    use rustix::event::{PollFd, PollFlags};

    use super::*;

    fn connected() -> (Stream<TcpStream>, Peer) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = Peer::connect(listener.local_addr().unwrap()).unwrap();
        let socket = listener.accept().unwrap().0;
        socket.set_nonblocking(true).unwrap();
        (Stream::new(TcpStream::from_std(socket)), peer)
    }

    /// Waits until so many bytes are there, those ahead included.
    fn until_readable(stream: &Stream<TcpStream>, bytes: usize) {
        while stream.readable_bytes() < Some(bytes) {
            thread::yield_now();
        }
    }

    fn room() -> Room {
        ROOM
    }

    fn receive(stream: &mut Stream<TcpStream>, most: usize) -> (Vec<u8>, Result<Transfer, Errno>) {
        let mut room = room();
        if let Some(result) = stream.receive_few(most, &mut room) {
            let bytes = result.map_or(Vec::new(), |received| received.bytes.to_vec());
            return (
                bytes.clone(),
                result.map(|it| Transfer { bytes: bytes.len(), exhausted: it.exhausted }),
            );
        }
        let mut bytes = vec![0; most];
        let result = stream.receive(&mut [IoSliceMut::new(&mut bytes)]);
        bytes.truncate(result.map_or(0, |transfer| transfer.bytes));
        (bytes, result)
    }

    fn moved(bytes: usize, exhausted: bool) -> Result<Transfer, Errno> {
        Ok(Transfer { bytes, exhausted })
    }

    #[test]
    fn a_full_read_of_all_there_is_exhausts_the_socket() {
        let (mut stream, mut peer) = connected();
        peer.write_all(b"0123456789").unwrap();
        until_readable(&stream, 10);
        assert_eq!(receive(&mut stream, 10), (b"0123456789".to_vec(), moved(10, true)));
    }

    #[test]
    fn the_byte_ahead_is_counted_and_given_first() {
        let (mut stream, mut peer) = connected();
        peer.write_all(b"0123456789abc").unwrap();
        until_readable(&stream, 13);
        assert_eq!(receive(&mut stream, 10), (b"0123456789".to_vec(), moved(10, false)));
        assert_eq!(stream.readable_bytes(), Some(3));
        assert_eq!(receive(&mut stream, 1), (b"a".to_vec(), moved(1, false)));
        assert_eq!(receive(&mut stream, 10), (b"bc".to_vec(), moved(2, true)));
        assert_eq!(receive(&mut stream, 10).1, Err(Errno::Again));
    }

    #[test]
    fn a_byte_ahead_with_nothing_after_it_exhausts_the_socket() {
        let (mut stream, mut peer) = connected();
        peer.write_all(b"ab").unwrap();
        until_readable(&stream, 2);
        assert_eq!(receive(&mut stream, 1), (b"a".to_vec(), moved(1, false)));
        assert_eq!(receive(&mut stream, 5), (b"b".to_vec(), moved(1, true)));
    }

    #[test]
    fn the_end_comes_after_the_byte_ahead_and_again() {
        let (mut stream, mut peer) = connected();
        peer.write_all(b"ab").unwrap();
        drop(peer);
        until_readable(&stream, 2);
        assert_eq!(receive(&mut stream, 1), (b"a".to_vec(), moved(1, false)));
        assert_eq!(receive(&mut stream, 5), (b"b".to_vec(), moved(1, false)));
        assert_eq!(receive(&mut stream, 5), (vec![], moved(0, false)));
        assert_eq!(receive(&mut stream, 5), (vec![], moved(0, false)));
    }

    #[test]
    fn an_error_waits_until_the_byte_ahead_was_given() {
        let (mut stream, peer) = connected();
        stream.ahead = Some(Ahead::Byte(b'a'));
        // What it has not read when it closes, it answers with a reset.
        assert_eq!(stream.send(&[IoSlice::new(b"unread")]), moved(6, false));
        until_peer_has(&peer, 6);
        drop(peer);
        let mut wait = [PollFd::new(&stream.socket, PollFlags::empty())];
        rustix::event::poll(&mut wait, None).unwrap();
        assert_eq!(receive(&mut stream, 5), (b"a".to_vec(), moved(1, false)));
        assert_eq!(receive(&mut stream, 5).1, Err(Errno::ConnectionReset));
        assert_eq!(stream.last_error, Some(Errno::ConnectionReset));
    }

    #[test]
    fn a_large_read_is_one_byte_ahead_too() {
        let (mut stream, mut peer) = connected();
        let sent: Vec<u8> = (0..2 * FEW + 4).map(|place| place as u8).collect();
        peer.write_all(&sent).unwrap();
        until_readable(&stream, sent.len());
        let (some, more) = sent.split_at(FEW + 1);
        assert_eq!(receive(&mut stream, FEW + 1), (some.to_vec(), moved(FEW + 1, false)));
        assert_eq!(stream.readable_bytes(), Some(more.len()));
        let (mut one, mut two) = (vec![0; 2], vec![0; FEW + 1]);
        let mut pieces = [IoSliceMut::new(&mut []), IoSliceMut::new(&mut one), IoSliceMut::new(&mut two)];
        assert_eq!(stream.receive(&mut pieces), moved(more.len(), true));
        assert_eq!([one, two].concat(), more);
        assert_eq!(receive(&mut stream, FEW + 1).1, Err(Errno::Again));
    }

    #[test]
    fn what_comes_last_in_one_piece_or_several_ends_the_stream() {
        for most in [FEW, FEW + 1] {
            let (mut stream, mut peer) = connected();
            peer.write_all(&vec![b'a'; most]).unwrap();
            until_readable(&stream, most);
            drop(peer);
            stream.note_end();
            assert_eq!(receive(&mut stream, most), (vec![b'a'; most], moved(most, false)));
            assert_eq!(receive(&mut stream, most), (vec![], moved(0, false)));
        }
    }

    fn until_peer_has(peer: &Peer, bytes: u64) {
        while rustix::io::ioctl_fionread(peer).unwrap() < bytes {
            thread::yield_now();
        }
    }

    #[test]
    fn the_byte_ahead_may_land_in_a_later_piece() {
        let (mut stream, mut peer) = connected();
        peer.write_all(b"abcdef").unwrap();
        until_readable(&stream, 6);
        assert_eq!(receive(&mut stream, 1).0, b"a");
        let (mut one, mut two) = ([0; 1], [0; 3]);
        let mut pieces = [IoSliceMut::new(&mut []), IoSliceMut::new(&mut one), IoSliceMut::new(&mut two)];
        assert_eq!(stream.receive(&mut pieces), moved(4, false));
        assert_eq!((&one, &two), (b"b", b"cde"));
        assert_eq!(receive(&mut stream, 9), (b"f".to_vec(), moved(1, true)));
    }
}
