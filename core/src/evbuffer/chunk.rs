//! One piece of an [`Evbuffer`](super::Evbuffer)'s memory: libevent's `evbuffer_chain`.

use std::collections::TryReserveError;
use std::sync::atomic::{AtomicU64, Ordering};

/// The number that is given next. It begins at 1, as 0 is that of no chunk.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// A block of memory with the payload somewhere inside.
///
/// It is initialised as it is first written: by what is added, or with zeros where a kernel is to read into it. What was
/// initialised stays so, so that a kernel reads into the same memory again and again without zeroing it and without `unsafe`,
/// and what is only ever added to is never zeroed at all.
#[derive(Debug)]
pub(super) struct Chunk {
    /// What is initialised. Invariant: its capacity, which is the block's size, stays as it was made.
    bytes: Vec<u8>,
    /// What it is found by after a while, whatever is before it then; 0 until somebody wants to.
    number: u64,
    /// Invariant: `start <= end`.
    start: usize,
    /// Invariant: `end <= bytes.len()`.
    end: usize,
}

impl Chunk {
    /// An empty chunk with room for `capacity` bytes.
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self::empty(Vec::with_capacity(capacity))
    }

    /// The same, if there is memory for so much.
    pub(super) fn try_with_capacity(capacity: usize) -> Result<Self, TryReserveError> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(capacity)?;
        Ok(Self::empty(bytes))
    }

    fn empty(bytes: Vec<u8>) -> Self {
        Self { bytes, number: 0, start: 0, end: 0 }
    }

    /// A full chunk of exactly these bytes.
    pub(super) fn exact(data: &[u8]) -> Self {
        Self::full(data.into())
    }

    /// A chunk over memory that is payload, all of it.
    pub(super) fn full(bytes: Box<[u8]>) -> Self {
        Self { start: 0, end: bytes.len(), number: 0, bytes: bytes.into_vec() }
    }

    /// Copies as much of the front of `data` as the tail room holds; returns how much.
    #[inline]
    pub(super) fn append(&mut self, data: &[u8]) -> usize {
        let n = data.len().min(self.room());
        let (end, data) = (self.end + n, &data[..n]);
        if let Some(room) = self.bytes.get_mut(self.end..end) {
            room.copy_from_slice(data);
        } else {
            // Whatever is behind the payload is shorter than what comes in its place.
            self.bytes.truncate(self.end);
            self.bytes.extend_from_slice(data);
        }
        self.end = end;
        n
    }

    /// Copies as much of the back of `data` as fits before the payload; returns how much.
    pub(super) fn prepend(&mut self, data: &[u8]) -> usize {
        let n = data.len().min(self.start);
        self.bytes[self.start - n..self.start].copy_from_slice(&data[data.len() - n..]);
        self.start -= n;
        n
    }

    /// The first `max` bytes of the tail room, or all of it if it is smaller. Follow with [`commit`](Self::commit).
    #[inline]
    pub(super) fn room_mut(&mut self, max: usize) -> &mut [u8] {
        let end = self.end + max.min(self.room());
        self.initialise(end);
        &mut self.bytes[self.end..end]
    }

    /// Makes the first `n` bytes of the tail room payload. What was not written is zeros, or what was there before.
    #[inline]
    pub(super) fn commit(&mut self, n: usize) {
        debug_assert!(n <= self.room());
        self.end += n;
        self.initialise(self.end);
    }

    /// Zeros what was never written before this place.
    #[inline]
    fn initialise(&mut self, end: usize) {
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
    }

    /// Drops the first `n` bytes of the payload; `n <= len()`.
    pub(super) fn consume(&mut self, n: usize) {
        debug_assert!(n <= self.len());
        self.start += n;
    }

    /// Drops the payload, so that all the memory is tail room.
    pub(super) fn clear(&mut self) {
        (self.start, self.end, self.number) = (0, 0, 0);
    }

    /// Drops the payload and puts all the memory before it, so that all of it is front room.
    pub(super) fn clear_to_back(&mut self) {
        self.initialise(self.capacity());
        (self.start, self.end) = (self.bytes.len(), self.bytes.len());
    }

    /// The number by which it is found from now on, wherever it goes, until it is empty.
    pub(super) fn numbered(&mut self) -> u64 {
        if self.number == 0 {
            self.number = NEXT.fetch_add(1, Ordering::Relaxed);
        }
        self.number
    }

    /// Stands for another, whose payload it has at its front.
    pub(super) fn succeed(&mut self, other: &Self) {
        self.number = other.number;
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Moves the payload to the front of the memory.
    pub(super) fn align(&mut self) {
        self.bytes.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.len());
    }

    pub(super) fn payload(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }

    pub(super) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    pub(super) fn room(&self) -> usize {
        self.capacity() - self.end
    }

    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    pub(super) fn assert_invariants(&self) {
        assert!(self.start <= self.end, "payload starts at {} and ends at {}", self.start, self.end);
        assert!(self.end <= self.bytes.len(), "payload ends at {} of {}", self.end, self.bytes.len());
    }
}

/// With the same room: a vector's own clone has none.
impl Clone for Chunk {
    fn clone(&self) -> Self {
        let mut bytes = Vec::with_capacity(self.capacity());
        bytes.extend_from_slice(&self.bytes);
        Self { bytes, ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn append_takes_what_fits() {
        let mut chunk = Chunk::with_capacity(4);
        assert_eq!(chunk.append(b"abc"), 3);
        assert_eq!(chunk.append(b"de"), 1);
        assert_eq!(chunk.payload(), b"abcd");
    }

    #[test]
    fn what_is_added_overwrites_what_was_there_and_goes_on_behind_it() {
        let mut chunk = Chunk::with_capacity(8);
        chunk.append(b"abc");
        chunk.clear();
        assert_eq!((chunk.append(b"de"), chunk.append(b"fghi"), chunk.append(b"jkl")), (2, 4, 2));
        assert_eq!(chunk.payload(), b"defghijk");
    }

    #[test]
    fn only_what_is_asked_for_is_initialised_and_stays_so() {
        let mut chunk = Chunk::with_capacity(100);
        assert_eq!(chunk.room_mut(4), [0; 4]);
        assert_eq!(chunk.bytes.len(), 4);
        chunk.room_mut(4).copy_from_slice(b"abcd");
        chunk.commit(4);
        chunk.clear();
        assert_eq!((chunk.room_mut(2).to_vec(), chunk.bytes.len()), (b"ab".to_vec(), 4));
    }

    #[test]
    fn room_that_nobody_looked_at_is_zeros_once_it_is_payload() {
        let mut chunk = Chunk::with_capacity(8);
        chunk.append(b"ab");
        chunk.commit(2);
        assert_eq!((chunk.payload(), chunk.room()), (&b"ab\0\0"[..], 4));
    }

    #[test]
    fn a_clone_has_the_same_room() {
        let mut chunk = Chunk::with_capacity(8);
        chunk.append(b"abc");
        chunk.consume(1);
        let clone = chunk.clone();
        assert_eq!((clone.payload(), clone.room(), clone.capacity()), (&b"bc"[..], 5, 8));
    }

    #[test]
    fn prepend_takes_the_back_of_the_data() {
        let mut chunk = Chunk::exact(b"abcd");
        chunk.consume(2);
        assert_eq!(chunk.prepend(b"xyz"), 2);
        assert_eq!(chunk.payload(), b"yzcd");
    }

    #[test]
    fn align_turns_front_room_into_tail_room() {
        let mut chunk = Chunk::exact(b"abcd");
        chunk.consume(3);
        chunk.align();
        assert_eq!((chunk.payload(), chunk.room()), (&b"d"[..], 3));
    }
}
