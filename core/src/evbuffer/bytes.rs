//! Bytes in, bytes out, and looking without taking.

use std::collections::TryReserveError;

use super::chunk::Chunk;
use super::{Evbuffer, Frozen, MIN_CHUNK};

impl Evbuffer {
    /// Adds bytes at the end: `evbuffer_add`.
    ///
    /// # Errors
    /// [`Frozen`] if the end is.
    pub fn add(&mut self, data: &[u8]) -> Result<(), Frozen> {
        self.end_may_change()?;
        self.add_unfrozen(data);
        Ok(())
    }

    /// Adds memory at the end as it is, without copying it: `evbuffer_add_reference`, but that the buffer owns it from
    /// now on, so that nobody is called when it is done with.
    ///
    /// # Errors
    /// [`Frozen`] if the end is.
    pub fn add_reference(&mut self, data: impl Into<Box<[u8]>>) -> Result<(), Frozen> {
        self.end_may_change()?;
        let chunk = Chunk::full(data.into());
        let n = chunk.len();
        if n > 0 {
            self.changes.note(self.len, n, 0);
            self.contiguous.expand(self.len, n);
            self.len += n;
            self.chunks.push_back(chunk);
            self.memory = None;
            self.check();
        }
        Ok(())
    }

    /// Puts bytes before the first: `evbuffer_prepend`.
    ///
    /// # Errors
    /// [`Frozen`] if the start is, unless there is nothing to put.
    pub fn prepend(&mut self, data: &[u8]) -> Result<(), Frozen> {
        if !data.is_empty() {
            self.start_may_change()?;
        }
        self.changes.note(self.len, data.len(), 0);
        self.contiguous.expand(self.len, data.len());
        if let Some(memory) = &mut self.memory {
            memory.prepend(data.len());
        }
        self.push_bytes_front(data);
        self.check();
        Ok(())
    }

    /// Takes bytes from the start into `into`; returns how many, fewer than asked if there are fewer:
    /// `evbuffer_remove`.
    ///
    /// # Errors
    /// [`Frozen`] if the start is, unless there is nothing to take.
    pub fn remove(&mut self, into: &mut [u8]) -> Result<usize, Frozen> {
        let n = self.copyout(into);
        if n > 0 {
            self.start_may_change()?;
        }
        Ok(self.drain_unfrozen(n))
    }

    /// Drops the first `n` bytes, or all if there are fewer; returns how many: `evbuffer_drain`.
    ///
    /// # Errors
    /// [`Frozen`] if the start is, unless the buffer is empty.
    pub fn drain(&mut self, n: usize) -> Result<usize, Frozen> {
        if !self.is_empty() {
            self.start_may_change()?;
        }
        Ok(self.drain_unfrozen(n))
    }

    /// Makes room for `n` more bytes, so that adding them allocates nothing: `evbuffer_expand`.
    ///
    /// # Errors
    /// As the allocation fails; nothing is changed then.
    pub fn expand(&mut self, n: usize) -> Result<(), TryReserveError> {
        let room = self.chunks.back().map_or(0, Chunk::room);
        let spare = self.spare.as_ref().map_or(0, Chunk::capacity);
        if n > room.saturating_add(spare) {
            self.spare = Some(Chunk::try_with_capacity((n - room).max(MIN_CHUNK))?);
        }
        self.contiguous.expand(self.len, n);
        self.memory = None;
        self.check();
        Ok(())
    }

    /// Copies the first bytes into `into` and leaves them there; returns how many: `evbuffer_copyout`.
    pub fn copyout(&self, into: &mut [u8]) -> usize {
        self.copyout_from(0, into)
    }

    /// Copies the bytes from position `pos` on into `into` and leaves them there; returns how many, 0 if `pos` is
    /// past the end: `evbuffer_copyout_from`.
    pub fn copyout_from(&self, pos: usize, into: &mut [u8]) -> usize {
        let wanted = into.len().min(self.held().saturating_sub(pos));
        if pos > self.held() / 2 {
            self.copyout_of_back(pos, &mut into[..wanted]);
            return wanted;
        }
        let mut done = 0;
        for (_, piece) in self.pieces(pos, pos + wanted) {
            into[done..done + piece.len()].copy_from_slice(piece);
            done += piece.len();
        }
        done
    }

    /// The same from the end on: what was added last is asked for after each move, however many chunks are before it.
    fn copyout_of_back(&self, pos: usize, into: &mut [u8]) {
        let (mut at, end) = (self.held(), pos + into.len());
        for piece in self.chunks.iter().rev().map(Chunk::payload) {
            if at <= pos {
                break;
            }
            at -= piece.len();
            let (from, to) = (pos.saturating_sub(at), end.saturating_sub(at).min(piece.len()));
            if from < to {
                into[at + from - pos..at + to - pos].copy_from_slice(&piece[from..to]);
            }
        }
    }

    /// A copy of all the bytes.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        let mut all = vec![0; self.held()];
        self.copyout(&mut all);
        all
    }

    /// Makes the first `n` bytes contiguous and shows them, or all bytes for `None`; `None` if there are fewer
    /// than `n`: `evbuffer_pullup`, 1.4's `EVBUFFER_DATA`.
    ///
    /// What is shown starts with the bytes asked for, and ends with them. The content does not change.
    pub fn pullup(&mut self, n: impl Into<Option<usize>>) -> Option<&[u8]> {
        let n = n.into().unwrap_or_else(|| self.held());
        if n > self.held() {
            return None;
        }
        if let Some(memory) = &mut self.memory {
            memory.pullup(n);
        }
        if self.chunks.front().is_some_and(|first| first.len() < n) {
            self.gather(n);
            self.check();
        }
        Some(self.chunks.front().map_or(&[], |first| &first.payload()[..n]))
    }

    /// The bytes as they lie in memory, chunk by chunk: `evbuffer_peek`.
    pub fn peek(&self) -> impl Iterator<Item = &[u8]> + Clone {
        self.chunks.iter().map(Chunk::payload)
    }

    /// The bytes of positions `from..end` as they lie in memory: `evbuffer_peek` with a start. Unlike there, the last
    /// piece is no longer than asked for.
    pub fn peek_range(&self, from: usize, end: usize) -> impl Iterator<Item = &[u8]> {
        self.pieces(from, end).map(|(_, piece)| piece).filter(|piece| !piece.is_empty())
    }

    /// The pieces of memory with the bytes of positions `from..end`, each with the position of its first byte.
    pub(super) fn pieces(&self, from: usize, end: usize) -> impl Iterator<Item = (usize, &[u8])> {
        let mut next = 0;
        self.peek().map_while(move |piece| {
            let pos = next;
            next += piece.len();
            let skip = from.saturating_sub(pos).min(piece.len());
            let keep = piece.len().min(end.checked_sub(pos)?);
            (pos < end).then(|| (pos + skip, piece.get(skip..keep).unwrap_or_default()))
        })
    }

    /// Adds bytes at the end without asking whether it is frozen.
    pub(super) fn add_unfrozen(&mut self, data: &[u8]) {
        self.changes.note(self.len, data.len(), 0);
        self.contiguous.expand(self.len, data.len());
        if let Some(memory) = &mut self.memory {
            memory.add(data.len());
        }
        self.push_bytes_back(data);
        self.check();
    }

    /// Drops bytes from the start without asking whether it is frozen; returns how many.
    pub(super) fn drain_unfrozen(&mut self, n: usize) -> usize {
        let n = n.min(self.len);
        self.changes.note(self.len, 0, n);
        if let Some(memory) = &mut self.memory {
            memory.drain(n);
        }
        self.drop_front(n);
        self.check();
        n
    }

    /// Brings the first `n` bytes into the first chunk, `len >= n > first chunk's length`.
    fn gather(&mut self, n: usize) {
        let Some(mut first) = self.chunks.pop_front() else { return };
        if first.capacity() < n {
            // A quarter more, so that pulling up byte after byte does not copy everything each time.
            let mut larger = self.take_chunk(n.saturating_add(n / 4));
            larger.append(first.payload());
            larger.succeed(&first);
            self.keep_spare(std::mem::replace(&mut first, larger));
        } else if first.room() < n - first.len() {
            first.align();
        }
        while let Some(next) = self.chunks.front_mut().filter(|_| first.len() < n) {
            let taken = next.len().min(n - first.len());
            first.append(&next.payload()[..taken]);
            next.consume(taken);
            if next.is_empty()
                && let Some(chunk) = self.chunks.pop_front()
            {
                self.keep_spare(chunk);
            }
        }
        self.chunks.push_front(first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes 0, 1, 2, ... in chunks of the given sizes.
    fn chunked(sizes: &[usize]) -> Evbuffer {
        let mut buf = Evbuffer::new();
        for &n in sizes {
            let bytes: Vec<u8> = (buf.len..buf.len + n).map(|byte| byte as u8).collect();
            buf.chunks.push_back(Chunk::exact(&bytes));
            buf.contiguous.expand(buf.len, n);
            buf.changes.note(buf.len, n, 0);
            buf.len += n;
        }
        buf.assert_invariants();
        buf
    }

    #[test]
    fn bytes_come_out_in_the_order_they_went_in() {
        let mut buf = Evbuffer::new();
        buf.add(b"1").unwrap();
        buf.add(b"23").unwrap();
        let mut into = [0; 8];
        assert_eq!(buf.remove(&mut into), Ok(3));
        assert_eq!((&into[..3], buf.len()), (&b"123"[..], 0));
        assert_eq!(buf.remove(&mut into), Ok(0));
    }

    #[test]
    fn draining_too_much_drains_all() {
        let mut buf = chunked(&[3, 4, 5]);
        assert_eq!(buf.drain(4), Ok(4));
        assert_eq!(buf.to_vec(), [4, 5, 6, 7, 8, 9, 10, 11]);
        assert_eq!(buf.drain(usize::MAX), Ok(8));
        assert!(buf.is_empty());
    }

    #[test]
    fn prepend_goes_before_everything() {
        let mut buf = Evbuffer::from(&b"body"[..]);
        buf.prepend(b"head ").unwrap();
        buf.prepend(b"> ").unwrap();
        assert_eq!(buf.to_vec(), b"> head body");
        assert_eq!(buf.peek().count(), 2);
    }

    #[test]
    fn prepend_uses_drained_room() {
        let mut buf = Evbuffer::from(&b"0123456789"[..]);
        buf.drain(6).unwrap();
        buf.prepend(b"abcdef").unwrap();
        assert_eq!(buf.peek().collect::<Vec<_>>(), [b"abcdef6789"]);
    }

    #[test]
    fn copyout_takes_nothing_away() {
        let buf = chunked(&[80, 26, 100]);
        let mut into = [0; 230];
        assert_eq!([10, 100, 230].map(|n| buf.copyout(&mut into[..n])), [10, 100, 206]);
        assert_eq!(
            [10, 65, 90, 160, 191].map(|n| buf.copyout_from(15, &mut into[..n])),
            [10, 65, 90, 160, 191]
        );
        assert_eq!((into[0], into[190], buf.len()), (15, 205, 206));
        assert_eq!([205, 206, 207].map(|pos| buf.copyout_from(pos, &mut into)), [1, 0, 0]);
    }

    #[test]
    fn copyout_from_gives_the_same_from_either_end() {
        let buf = chunked(&[3, 1, 4, 1, 5, 9, 2, 6]);
        let all = buf.to_vec();
        for pos in 0..=all.len() + 1 {
            for most in 0..=all.len() + 1 {
                let mut into = vec![0; most];
                let got = buf.copyout_from(pos, &mut into);
                let expected = all.get(pos..).unwrap_or_default();
                assert_eq!(into[..got], expected[..most.min(expected.len())], "{most} from {pos}");
            }
        }
    }

    #[test]
    fn pullup_makes_the_front_contiguous() {
        let mut buf = chunked(&[3, 4, 5, 6]);
        assert_eq!(buf.pullup(9).unwrap(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(buf.peek().map(<[u8]>::len).collect::<Vec<_>>(), [9, 3, 6]);
        assert_eq!(buf.pullup(None).unwrap().len(), 18);
        assert_eq!(buf.pullup(19), None);
    }

    #[test]
    fn pullup_of_an_empty_buffer_is_empty() {
        let mut buf = Evbuffer::new();
        assert_eq!(buf.pullup(None), Some(&b""[..]));
        assert_eq!((buf.pullup(0), Evbuffer::new().pullup(1)), (Some(&b""[..]), None));
    }

    #[test]
    fn peek_shows_the_chunks_as_they_are() {
        let buf = chunked(&[20; 16]);
        assert_eq!(buf.peek().count(), 16);
        assert_eq!(buf.pieces(0, 100).count(), 5);
        assert!(buf.peek().flatten().copied().eq((0..320).map(|byte| byte as u8)));
    }

    #[test]
    fn expand_makes_adding_free() {
        let mut buf = Evbuffer::from(&b"x"[..]);
        buf.expand(20_000).unwrap();
        let spare = buf.spare.as_ref().map(Chunk::capacity);
        buf.expand(1024).unwrap();
        assert_eq!(buf.spare.as_ref().map(Chunk::capacity), spare);
        buf.add(&[b'y'; 20_000]).unwrap();
        assert_eq!((buf.peek().count(), buf.len()), (2, 20_001));
    }

    #[test]
    fn expanding_beyond_all_memory_changes_nothing() {
        let mut buf = Evbuffer::from(&b"x"[..]);
        assert!(buf.expand(usize::MAX).is_err());
        assert_eq!((buf.to_vec(), buf.allocated_1_4()), (b"x".to_vec(), 256));
    }
}
