//! Writing into a buffer's own memory.

use std::collections::TryReserveError;
use std::fmt;
use std::io::IoSliceMut;

use super::chunk::Chunk;
use super::{Evbuffer, Frozen, capacity_for};

/// Why there is no room to write into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReserveError {
    /// The end of the buffer is frozen.
    Frozen,
    /// There is no memory for so much.
    Memory(TryReserveError),
}

impl fmt::Display for ReserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frozen => Frozen.fmt(f),
            Self::Memory(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ReserveError {}

impl From<Frozen> for ReserveError {
    fn from(Frozen: Frozen) -> Self {
        Self::Frozen
    }
}

impl From<TryReserveError> for ReserveError {
    fn from(error: TryReserveError) -> Self {
        Self::Memory(error)
    }
}

/// Room in a buffer that was asked for: see [`Evbuffer::reserve_space`]. The buffer holds what it held until bytes of it are
/// committed.
#[derive(Debug)]
pub struct Reserved<'a> {
    buffer: &'a mut Evbuffer,
    /// Invariant: the buffer has room for so many.
    bytes: usize,
}

impl Reserved<'_> {
    /// The room, in one or two pieces of which either may be empty: to be written from the front.
    pub fn pieces(&mut self) -> [IoSliceMut<'_>; 2] {
        self.buffer.room_mut(self.bytes)
    }

    /// Makes the first `n` bytes of the room part of the buffer: `evbuffer_commit_space`.
    ///
    /// # Panics
    /// If fewer were reserved; the buffer is as it was then.
    pub fn commit_space(self, n: usize) {
        let Self { buffer, bytes } = self;
        assert!(n <= bytes, "{n} bytes are more than the {bytes} that were reserved");
        buffer.changes.note(buffer.len, n, 0);
        buffer.contiguous.expand(buffer.len, n);
        buffer.memory = None;
        buffer.commit_room(n);
        buffer.check();
    }
}

impl Evbuffer {
    /// Room for `n` bytes behind the last: `evbuffer_reserve_space`.
    ///
    /// libevent offers all the room that there happens to be, this exactly `n` bytes.
    ///
    /// # Errors
    /// [`ReserveError`] if the end is frozen, or there is no memory for so much; nothing is changed then.
    pub fn reserve_space(&mut self, n: usize) -> Result<Reserved<'_>, ReserveError> {
        self.end_may_change()?;
        let rest = self.beyond_the_last(n);
        if self.spare.as_ref().map_or(0, Chunk::capacity) < rest {
            self.spare = Some(Chunk::try_with_capacity(capacity_for(rest))?);
        }
        Ok(Reserved { buffer: self, bytes: n })
    }

    /// Exactly `n` bytes of room: what the last chunk has, and a spare one for the rest.
    #[inline]
    pub(super) fn room_mut(&mut self, n: usize) -> [IoSliceMut<'_>; 2] {
        let rest = self.beyond_the_last(n);
        if self.spare.as_ref().map_or(0, Chunk::capacity) < rest {
            self.spare = Some(Chunk::with_capacity(capacity_for(rest)));
        }
        [
            IoSliceMut::new(self.chunks.back_mut().map_or(&mut [], |last| last.room_mut(n))),
            IoSliceMut::new(self.spare.as_mut().map_or(&mut [], |spare| spare.room_mut(rest))),
        ]
    }

    /// How many of `n` bytes the last chunk has no room for.
    #[inline]
    fn beyond_the_last(&self, n: usize) -> usize {
        n.saturating_sub(self.chunks.back().map_or(0, Chunk::room))
    }

    /// Makes the first `n` bytes of the room payload; the caller keeps the 1.4 size and the change.
    #[inline]
    pub(super) fn commit_room(&mut self, n: usize) {
        self.len += n;
        let mut rest = n;
        if let Some(last) = self.chunks.back_mut() {
            let taken = n.min(last.room());
            last.commit(taken);
            rest -= taken;
        }
        if rest > 0 {
            let mut spare = self.spare.take().expect("room was reserved");
            assert!(rest <= spare.room(), "{rest} bytes more than were reserved");
            spare.commit(rest);
            self.chunks.push_back(spare);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;
    use crate::{Change, End};

    fn fill(buf: &mut Evbuffer, room: usize, data: &[u8]) {
        let mut rest = data;
        let mut reserved = buf.reserve_space(room).unwrap();
        for piece in &mut reserved.pieces() {
            let (now, later) = rest.split_at(rest.len().min(piece.len()));
            piece[..now.len()].copy_from_slice(now);
            rest = later;
        }
        reserved.commit_space(data.len());
    }

    #[test]
    fn what_is_committed_is_in_the_buffer() {
        let mut buf = Evbuffer::from(&[b'a'; 500][..]);
        buf.take_change();
        fill(&mut buf, 100, &[b'b'; 40]);
        assert_eq!(buf.to_vec(), [[b'a'; 500].as_slice(), &[b'b'; 40]].concat());
        assert_eq!(buf.take_change(), Some(Change { old_len: 500, added: 40, deleted: 0 }));
        assert_eq!(buf.allocated_1_4(), 1024);
    }

    #[test]
    fn room_that_was_not_committed_is_no_change() {
        let mut buf = Evbuffer::new();
        let mut reserved = buf.reserve_space(1000).unwrap();
        assert_eq!(reserved.pieces().map(|piece| piece.len()), [0, 1000]);
        reserved.commit_space(0);
        assert_eq!((buf.len(), buf.take_change()), (0, None));
    }

    #[test]
    fn the_same_room_is_given_again() {
        let mut buf = Evbuffer::from(&[b'a'; 500][..]);
        let places =
            |buf: &mut Evbuffer| buf.reserve_space(100).unwrap().pieces().map(|piece| piece.as_ptr());
        assert_eq!(places(&mut buf), places(&mut buf));
    }

    #[test]
    fn a_frozen_end_has_no_room() {
        let mut buf = Evbuffer::new();
        buf.freeze(End::End);
        let error = buf.reserve_space(10).err();
        assert_eq!(error, Some(ReserveError::Frozen));
        assert_eq!(error.map(|error| error.to_string()), Some(Frozen.to_string()));
    }

    #[test]
    fn room_that_no_memory_has_is_refused_and_changes_nothing() {
        for n in [usize::MAX, usize::MAX / 2, usize::MAX / 2 - 1000] {
            let mut buf = Evbuffer::from(&b"there"[..]);
            let error = buf.reserve_space(n).err();
            let Some(ReserveError::Memory(memory)) = &error else { panic!("{n}: {error:?}") };
            assert!(!memory.to_string().is_empty());
            assert_eq!(error.as_ref().map(ToString::to_string), Some(memory.to_string()), "{n}");
            assert!(buf.spare.is_none());
            assert_eq!((buf.to_vec(), buf.allocated_1_4()), (b"there".to_vec(), 256));
        }
    }

    #[test]
    fn more_than_was_reserved_cannot_be_committed_and_changes_nothing() {
        let mut buf = Evbuffer::from(&b"there"[..]);
        let commit = AssertUnwindSafe(|| buf.reserve_space(10).unwrap().commit_space(11));
        let panic = catch_unwind(commit).unwrap_err();
        assert!(panic.downcast_ref::<String>().unwrap().contains("more than the 10"));
        buf.assert_invariants();
        assert_eq!(buf.to_vec(), b"there");
    }
}
