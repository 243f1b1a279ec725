//! Moving bytes between buffers, chunk by chunk.

use super::chunk::Chunk;
use super::{Evbuffer, Frozen};

/// A chunk with at most this many bytes is copied rather than moved, so that short messages do not become a long
/// list of nearly empty chunks.
const COPIED: usize = 256;

impl Evbuffer {
    /// Moves all bytes of `source` to the end of this buffer: `evbuffer_add_buffer`.
    ///
    /// Bytes that `source` only counts, as a move under way has taken them, it no longer counts then.
    ///
    /// # Errors
    /// [`Frozen`] if this buffer's end or the start of `source` is, unless `source` is empty.
    pub fn add_buffer(&mut self, source: &mut Self) -> Result<(), Frozen> {
        if !source.is_empty() {
            self.end_may_change()?;
            source.start_may_change()?;
        }
        self.note_all_of(source);
        self.chain_all_of(source);
        if self.chunks.is_empty() && !source.chunks.is_empty() {
            self.take_chunks(source);
        }
        while let Some(chunk) = source.pop_chunk_front() {
            self.push_chunk_back(chunk, source);
        }
        source.forget_missing();
        self.hand_over_spare(source);
        Ok(())
    }

    /// The same between two buffers of one base: as in libevent, what a move under way has taken and `source` still counts
    /// is counted here from now on.
    pub(crate) fn add_buffer_as_counted(&mut self, source: &mut Self) -> Result<(), Frozen> {
        let missing = source.missing;
        self.add_buffer(source)?;
        self.changes.note(self.len, missing, 0);
        self.contiguous.expand(self.len, missing);
        self.missing += missing;
        self.len += missing;
        Ok(())
    }

    /// Moves all bytes of `source` before the first of this buffer: `evbuffer_prepend_buffer`.
    ///
    /// # Errors
    /// [`Frozen`] if the start of either is, unless `source` is empty.
    pub fn prepend_buffer(&mut self, source: &mut Self) -> Result<(), Frozen> {
        if !source.is_empty() {
            self.start_may_change()?;
            source.start_may_change()?;
        }
        self.note_all_of(source);
        match (&mut self.memory, &mut source.memory) {
            (Some(own), Some(theirs)) => own.prepend_buffer(theirs),
            (Some(own), None) => own.prepend_unfollowed(source.held()),
            (None, theirs) => *theirs = None,
        }
        while let Some(chunk) = source.chunks.pop_back() {
            source.len -= chunk.len();
            if self.copies(&chunk) {
                self.push_bytes_front(chunk.payload());
                source.keep_spare(chunk);
            } else {
                self.len += chunk.len();
                self.chunks.push_front(chunk);
            }
        }
        source.forget_missing();
        self.hand_over_spare(source);
        Ok(())
    }

    /// Moves the first `n` bytes, or all if there are fewer, to the end of `into`; returns how many:
    /// `evbuffer_remove_buffer`.
    ///
    /// # Errors
    /// [`Frozen`] if this buffer's start or the end of `into` is, unless `n` is 0.
    pub fn remove_buffer(&mut self, into: &mut Self, n: usize) -> Result<usize, Frozen> {
        if n == 0 {
            return Ok(0);
        }
        self.start_may_change()?;
        into.end_may_change()?;
        let all = self.held();
        if n >= all {
            into.add_buffer(self)?;
            return Ok(all);
        }
        if self.memory.is_none() && into.memory.is_none() {
            // Nobody looks between the halves, and none follows where libevent would have the bytes.
            self.remove_front(into, n);
            return Ok(n);
        }
        let removal = self.begin_removal(into, n)?;
        self.end_removal(removal);
        Ok(removal.bytes())
    }

    /// Both halves of a removal of the first `n < len` bytes.
    fn remove_front(&mut self, into: &mut Self, n: usize) {
        self.changes.note(self.len, 0, n);
        into.changes.note(into.len, n, 0);
        into.contiguous.expand(into.len, n);
        self.move_front(into, n);
        self.check();
        into.check();
    }

    /// Moves the first `n < len` bytes; only a part of a chunk is copied.
    pub(super) fn move_front(&mut self, into: &mut Self, mut n: usize) {
        while self.chunks.front().is_some_and(|first| first.len() <= n) {
            if let Some(chunk) = self.pop_chunk_front() {
                n -= chunk.len();
                into.push_chunk_back(chunk, self);
            }
        }
        if let Some(first) = self.chunks.front_mut().filter(|_| n > 0) {
            into.push_bytes_back(&first.payload()[..n]);
            first.consume(n);
            self.len -= n;
        }
    }

    /// Keeps changes and 1.4 sizes of both buffers for a move of all of `source`.
    #[inline]
    fn note_all_of(&mut self, source: &mut Self) {
        let n = source.held();
        self.changes.note(self.len, n, 0);
        source.changes.note(source.len, 0, source.len);
        if self.is_empty() {
            std::mem::swap(&mut self.contiguous, &mut source.contiguous);
        } else {
            self.contiguous.expand(self.len, n);
        }
    }

    /// The chains of `source` go where its bytes go.
    #[inline]
    fn chain_all_of(&mut self, source: &mut Self) {
        match (&mut self.memory, &mut source.memory) {
            (Some(own), Some(theirs)) => own.add_buffer(theirs),
            // One that nobody followed was made at once.
            (Some(own), None) => own.add_unfollowed(source.held()),
            (None, Some(theirs)) => theirs.drain(source.len),
            (None, None) => {}
        }
    }

    /// All that was there has gone.
    #[inline]
    fn forget_missing(&mut self) {
        self.len -= std::mem::take(&mut self.missing);
    }

    /// The whole list at once, however long, into this one, which is empty. The memory kept here goes to `source`, so that nothing is
    /// allocated for what comes next there.
    fn take_chunks(&mut self, source: &mut Self) {
        std::mem::swap(&mut self.chunks, &mut source.chunks);
        std::mem::swap(&mut self.spare, &mut source.spare);
        self.len += source.held();
        source.len = source.missing;
    }

    #[inline]
    fn pop_chunk_front(&mut self) -> Option<Chunk> {
        let chunk = self.chunks.pop_front()?;
        self.len -= chunk.len();
        Some(chunk)
    }

    #[inline]
    fn push_chunk_back(&mut self, chunk: Chunk, source: &mut Self) {
        if self.copies(&chunk) {
            self.push_bytes_back(chunk.payload());
            source.keep_spare(chunk);
        } else {
            self.len += chunk.len();
            self.chunks.push_back(chunk);
        }
    }

    /// Whether to copy a chunk's bytes: few, and there is memory here to copy to, or there soon has to be; or they fill
    /// less than half of their memory, and the last chunk here has room for them.
    #[inline]
    fn copies(&self, chunk: &Chunk) -> bool {
        if chunk.len() <= COPIED {
            return !(self.chunks.is_empty() && self.spare.is_none());
        }
        let room = self.chunks.back().map_or(0, Chunk::room);
        2 * chunk.len() < chunk.capacity() && chunk.len() <= room
    }

    /// Gives the memory kept here to `source`, which gave its own: two buffers that take turns allocate nothing.
    #[inline]
    fn hand_over_spare(&mut self, source: &mut Self) {
        if source.spare.is_none() && !self.chunks.is_empty() {
            source.spare = self.spare.take();
        }
        self.check();
        source.check();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adding_moves_the_memory_itself() {
        let mut src = Evbuffer::from(&[b'x'; 1000][..]);
        let mut dst = Evbuffer::from(&b"head"[..]);
        let memory = src.peek().next().map(<[u8]>::as_ptr);
        dst.add_buffer(&mut src).unwrap();
        assert_eq!((dst.len(), src.len()), (1004, 0));
        assert_eq!(dst.peek().nth(1).map(<[u8]>::as_ptr), memory);
    }

    #[test]
    fn short_messages_do_not_pile_up_as_chunks() {
        let (mut dst, mut src) = (Evbuffer::new(), Evbuffer::new());
        for _ in 0..10_000 {
            src.add(b"0123456789").unwrap();
            dst.add_buffer(&mut src).unwrap();
        }
        assert_eq!(dst.len(), 100_000);
        assert!(dst.peek().count() < 20, "{} chunks", dst.peek().count());
    }

    #[test]
    fn reads_that_fill_little_of_their_memory_waste_little_of_it() {
        let (mut dst, mut src) = (Evbuffer::new(), Evbuffer::new());
        for _ in 0..1000 {
            src.expand(4096).unwrap();
            src.add(&[b'x'; 1000]).unwrap();
            dst.add_buffer(&mut src).unwrap();
        }
        let held: usize = dst.chunks.iter().map(Chunk::capacity).sum();
        assert!(held < 1_000_000 + 1_000_000 / 2, "{held} bytes hold a million");
    }

    #[test]
    fn prepended_short_messages_do_not_pile_up_as_chunks() {
        let (mut dst, mut src) = (Evbuffer::from(&b"end"[..]), Evbuffer::new());
        for _ in 0..1000 {
            src.add(b"0123456789").unwrap();
            dst.prepend_buffer(&mut src).unwrap();
        }
        assert_eq!(dst.len(), 10_003);
        assert!(dst.peek().count() < 30, "{} chunks", dst.peek().count());
    }

    #[test]
    fn prepend_buffer_keeps_the_order_of_both() {
        let mut src = Evbuffer::from(&b"12"[..]);
        src.add_buffer(&mut Evbuffer::from(&[b'3'; 300][..])).unwrap();
        let mut dst = Evbuffer::from(&b"45"[..]);
        dst.prepend_buffer(&mut src).unwrap();
        assert_eq!(dst.to_vec(), [&b"12"[..], &[b'3'; 300], b"45"].concat());
        assert!(src.is_empty());
    }

    #[test]
    fn remove_buffer_moves_exactly_as_much_as_asked() {
        let mut src = Evbuffer::from(&[b'x'; 1536][..]);
        let mut dst = Evbuffer::new();
        assert_eq!(src.remove_buffer(&mut dst, 1280), Ok(1280));
        assert_eq!((dst.len(), src.len()), (1280, 256));
        assert_eq!(src.remove_buffer(&mut dst, usize::MAX), Ok(256));
        assert_eq!((dst.len(), src.len()), (1536, 0));
    }

    #[test]
    fn remove_buffer_from_and_into_emptied_buffers() {
        let (mut src, mut dst) = (Evbuffer::from(&b"gone"[..]), Evbuffer::from(&b"gone"[..]));
        src.drain(4).unwrap();
        dst.drain(4).unwrap();
        assert_eq!(src.remove_buffer(&mut dst, 3), Ok(0));
        src.add(b"foobar").unwrap();
        assert_eq!(src.remove_buffer(&mut dst, 3), Ok(3));
        assert_eq!((dst.to_vec(), src.to_vec()), (b"foo".to_vec(), b"bar".to_vec()));
    }

    #[test]
    fn buffers_that_take_turns_allocate_nothing() {
        let (mut a, mut b) = (Evbuffer::new(), Evbuffer::new());
        let mut memory = Vec::new();
        for turn in 0..100 {
            a.add(&[b'x'; 400]).unwrap();
            b.add_buffer(&mut a).unwrap();
            memory.extend(b.peek().map(<[u8]>::as_ptr));
            // An allocator may give what was freed again, so that the number of blocks alone says little.
            assert_eq!(a.spare.is_some(), turn > 0, "turn {turn}");
            b.drain(400).unwrap();
        }
        memory.sort_unstable();
        memory.dedup();
        assert!(memory.len() <= 2, "{} blocks", memory.len());
    }
}
