//! Memory that passes from buffer to buffer, so that one of a quiet connection holds none.

use std::collections::VecDeque;

use super::Evbuffer;
use super::chunk::Chunk;

/// How many buffers' memory is kept.
const MAX_KEPT: usize = 256;

/// How many bytes of chunks are kept in all.
const MAX_BYTES: usize = 1024 * 1024;

/// The memory of one emptied buffer: its list and a chunk.
#[derive(Debug)]
struct Memory {
    list: VecDeque<Chunk>,
    chunk: Chunk,
}

/// What emptied buffers gave back, for those that are filled next.
///
/// The memory that was in use last is given first: it is still in the processor's cache.
#[derive(Debug, Default)]
pub(crate) struct Spares {
    kept: Vec<Memory>,
    /// Invariant: the sum of the chunks' capacities.
    bytes: usize,
}

impl Spares {
    /// A buffer that is about to be filled and has no memory gets some, if there is any.
    pub(crate) fn give_to(&mut self, buffer: &mut Evbuffer) {
        if buffer.chunks.capacity() > 0 || buffer.spare.is_some() {
            return;
        }
        if let Some(Memory { list, chunk }) = self.kept.pop() {
            self.bytes -= chunk.capacity();
            // The list that was there owns nothing, as was looked at above: to drop it would be to look through it again, in
            // every read.
            std::mem::forget(std::mem::replace(&mut buffer.chunks, list));
            buffer.spare = Some(chunk);
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
        let list = std::mem::take(&mut buffer.chunks);
        if self.kept.len() < MAX_KEPT && self.bytes + chunk.capacity() <= MAX_BYTES {
            self.bytes += chunk.capacity();
            self.kept.push(Memory { list, chunk });
        }
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

    #[test]
    fn so_much_is_kept_and_no_more() {
        let mut spares = Spares::default();
        (0..2 * MAX_KEPT).for_each(|_| spares.take_from(&mut emptied()));
        assert_eq!(spares.kept.len(), MAX_KEPT);
        for _ in 0..100 {
            let mut large = Evbuffer::from(&vec![0; 60_000][..]);
            large.drain(usize::MAX).unwrap();
            spares.take_from(&mut large);
        }
        assert!(spares.bytes <= MAX_BYTES, "{}", spares.bytes);
    }
}
