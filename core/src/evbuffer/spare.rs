//! Memory that passes from buffer to buffer, so that one of a quiet connection holds none.

use std::collections::VecDeque;

use super::Evbuffer;
use super::chunk::Chunk;

/// How many bytes are kept in all: enough for two thousand connections in one pass with a short message each, or for a hundred with
/// 16 KiB. What came first stays: where large ones are in use in each pass, there is no room for as many small ones.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// After so many passes, what nobody needed in any of them is freed.
const PASSES: u32 = 64;

/// The memory of one emptied buffer: its list and a chunk.
#[derive(Debug)]
struct Memory {
    list: VecDeque<Chunk>,
    chunk: Chunk,
}

impl Memory {
    fn bytes(&self) -> usize {
        self.list.capacity() * size_of::<Chunk>() + self.chunk.capacity()
    }
}

/// What emptied buffers gave back, for those that are filled next: as much as they were seen to need at a time.
///
/// The memory that was in use last is given first: it is still in the processor's cache.
#[derive(Debug, Default)]
pub(crate) struct Spares {
    kept: Vec<Memory>,
    /// Invariant: the sum of what is kept.
    bytes: usize,
    /// Passes since it was last looked at what nobody needed.
    passes: u32,
    /// Invariant: so many of those kept, the first, have been kept ever since.
    unneeded: usize,
}

impl Spares {
    /// A buffer that is about to be filled and has no memory gets some, if there is any.
    #[inline]
    pub(crate) fn give_to(&mut self, buffer: &mut Evbuffer) {
        if buffer.chunks.capacity() > 0 || buffer.spare.is_some() {
            return;
        }
        if let Some(memory) = self.kept.pop() {
            self.bytes -= memory.bytes();
            self.unneeded = self.unneeded.min(self.kept.len());
            // The list that was there owns nothing, as was looked at above: to drop it would be to look through it again, in
            // every read.
            std::mem::forget(std::mem::replace(&mut buffer.chunks, memory.list));
            buffer.spare = Some(memory.chunk);
        }
    }

    /// Takes the memory of a buffer that is empty. What there is no room for is freed.
    pub(crate) fn take_from(&mut self, buffer: &mut Evbuffer) {
        if !buffer.is_empty() {
            return;
        }
        let Some(chunk) = buffer.spare.take() else {
            buffer.chunks = VecDeque::new();
            return;
        };
        let memory = Memory { list: std::mem::take(&mut buffer.chunks), chunk };
        let bytes = self.bytes + memory.bytes();
        if bytes <= MAX_BYTES {
            self.bytes = bytes;
            self.kept.push(memory);
        }
    }

    /// A pass begins.
    #[inline]
    pub(crate) fn begin_pass(&mut self) {
        self.passes += 1;
        if self.passes == PASSES {
            self.free_unneeded();
        }
    }

    #[cold]
    fn free_unneeded(&mut self) {
        self.bytes -= self.kept.drain(..self.unneeded).map(|memory| memory.bytes()).sum::<usize>();
        self.kept.shrink_to(2 * self.kept.len());
        (self.passes, self.unneeded) = (0, self.kept.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emptied() -> Evbuffer {
        let mut buffer = Evbuffer::from(&b"0123456789"[..]);
        buffer.drain(10).unwrap();
        buffer
    }

    #[test]
    fn memory_passes_from_an_empty_buffer_to_the_next() {
        let (mut spares, mut first, mut second) = (Spares::default(), emptied(), Evbuffer::new());
        let memory = first.spare.as_mut().map(|chunk| chunk.room_mut(1).as_ptr());
        spares.take_from(&mut first);
        assert!(first.spare.is_none() && first.chunks.capacity() == 0);
        spares.give_to(&mut second);
        assert_eq!(second.spare.as_mut().map(|chunk| chunk.room_mut(1).as_ptr()), memory);
        assert_eq!(spares.bytes, 0);
    }

    #[test]
    fn a_buffer_with_bytes_keeps_its_memory_and_one_with_memory_gets_none() {
        let (mut spares, mut full, mut other) = (Spares::default(), Evbuffer::from(&b"abc"[..]), emptied());
        spares.take_from(&mut full);
        assert_eq!(full.to_vec(), b"abc");
        spares.take_from(&mut emptied());
        spares.give_to(&mut other);
        assert_eq!(spares.kept.len(), 1);
    }

    fn sum(spares: &Spares) -> usize {
        spares.kept.iter().map(Memory::bytes).sum()
    }

    #[test]
    fn so_much_is_kept_and_no_more() {
        let mut spares = Spares::default();
        for _ in 0..200 {
            let mut large = Evbuffer::from(&vec![0; 60_000][..]);
            large.drain(usize::MAX).unwrap();
            spares.take_from(&mut large);
        }
        assert_eq!(spares.bytes, sum(&spares));
        assert!((MAX_BYTES - 70_000..=MAX_BYTES).contains(&spares.bytes), "{}", spares.bytes);
    }

    /// So many buffers are filled at once and then emptied, in each of so many passes.
    fn passes(spares: &mut Spares, passes: u32, buffers: usize) {
        for _ in 0..passes {
            spares.begin_pass();
            let mut filled: Vec<_> = (0..buffers).map(|_| Evbuffer::new()).collect();
            for buffer in &mut filled {
                spares.give_to(buffer);
                buffer.add(b"0123456789").unwrap();
            }
            for buffer in &mut filled {
                buffer.drain(10).unwrap();
                spares.take_from(buffer);
            }
        }
    }

    #[test]
    fn as_much_is_kept_as_one_pass_needs_and_what_no_pass_needs_any_more_is_freed() {
        let mut spares = Spares::default();
        passes(&mut spares, 3 * PASSES, 2000);
        assert_eq!(spares.kept.len(), 2000, "a pass of so many allocates nothing");
        passes(&mut spares, PASSES, 5);
        assert_eq!(spares.kept.len(), 2000, "some pass of these may have needed them");
        passes(&mut spares, PASSES, 5);
        assert_eq!((spares.kept.len(), spares.kept.capacity() < 100), (5, true));
        assert_eq!(spares.bytes, sum(&spares));
    }
}
