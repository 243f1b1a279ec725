//! One piece of an [`Evbuffer`](super::Evbuffer)'s memory: libevent's `evbuffer_chain`.

use std::sync::atomic::{AtomicU64, Ordering};

/// The number that was given last.
static GIVEN: AtomicU64 = AtomicU64::new(0);

/// A block of memory, all of it initialised when it is made, with the payload somewhere inside.
///
/// Initialising once and keeping a range is what lets a kernel read into the same memory again and again without
/// zeroing it and without `unsafe`.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    bytes: Box<[u8]>,
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
        Self::empty(vec![0; capacity].into_boxed_slice())
    }

    /// An empty chunk over memory that is already initialised.
    pub(super) fn empty(bytes: Box<[u8]>) -> Self {
        Self { bytes, number: 0, start: 0, end: 0 }
    }

    /// A full chunk of exactly these bytes.
    pub(super) fn exact(data: &[u8]) -> Self {
        Self::full(data.into())
    }

    /// A chunk over memory that is payload, all of it.
    pub(super) fn full(bytes: Box<[u8]>) -> Self {
        Self { start: 0, end: bytes.len(), number: 0, bytes }
    }

    /// Copies as much of the front of `data` as the tail room holds; returns how much.
    pub(super) fn append(&mut self, data: &[u8]) -> usize {
        let n = data.len().min(self.room());
        self.bytes[self.end..self.end + n].copy_from_slice(&data[..n]);
        self.end += n;
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
    pub(super) fn room_mut(&mut self, max: usize) -> &mut [u8] {
        let n = max.min(self.room());
        &mut self.bytes[self.end..self.end + n]
    }

    /// Makes the first `n` bytes of the tail room payload.
    pub(super) fn commit(&mut self, n: usize) {
        debug_assert!(n <= self.room());
        self.end += n;
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
        (self.start, self.end) = (self.bytes.len(), self.bytes.len());
    }

    /// The number by which it is found from now on, wherever it goes, until it is empty.
    pub(super) fn numbered(&mut self) -> u64 {
        if self.number == 0 {
            self.number = GIVEN.fetch_add(1, Ordering::Relaxed) + 1;
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
        self.bytes.len() - self.end
    }

    pub(super) fn capacity(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn assert_invariants(&self) {
        assert!(self.start <= self.end, "payload starts at {} and ends at {}", self.start, self.end);
        assert!(self.end <= self.bytes.len(), "payload ends at {} of {}", self.end, self.bytes.len());
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
