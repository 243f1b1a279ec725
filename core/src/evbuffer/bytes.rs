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

    /// Puts bytes before the first: `evbuffer_prepend`.
    ///
    /// # Errors
    /// [`Frozen`] if the start is.
    pub fn prepend(&mut self, data: &[u8]) -> Result<(), Frozen> {
        self.start_may_change()?;
        self.changes.note(self.len, data.len(), 0);
        self.contiguous.prepend(self.len, data.len());
        self.push_bytes_front(data);
        self.check();
        Ok(())
    }

    /// Takes bytes from the start into `into`; returns how many, fewer than asked if there are fewer:
    /// `evbuffer_remove`.
    ///
    /// # Errors
    /// [`Frozen`] if the start is.
    pub fn remove(&mut self, into: &mut [u8]) -> Result<usize, Frozen> {
        self.start_may_change()?;
        let n = self.copyout(into);
        self.drain_unfrozen(n);
        Ok(n)
    }

    /// Drops the first `n` bytes, or all if there are fewer; returns how many: `evbuffer_drain`.
    ///
    /// # Errors
    /// [`Frozen`] if the start is.
    pub fn drain(&mut self, n: usize) -> Result<usize, Frozen> {
        self.start_may_change()?;
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
            let mut bytes = Vec::new();
            bytes.try_reserve_exact((n - room).max(MIN_CHUNK))?;
            bytes.resize(bytes.capacity(), 0);
            self.spare = Some(Chunk::empty(bytes.into_boxed_slice()));
        }
        self.contiguous.expand(self.len, n);
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
        let mut done = 0;
        for (_, piece) in self.pieces(pos, pos.saturating_add(into.len())) {
            into[done..done + piece.len()].copy_from_slice(piece);
            done += piece.len();
        }
        done
    }

    /// A copy of all the bytes.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        let mut all = vec![0; self.len];
        self.copyout(&mut all);
        all
    }

    /// Makes the first `n` bytes contiguous and shows them, or all bytes for `None`; `None` if there are fewer
    /// than `n`: `evbuffer_pullup`, 1.4's `EVBUFFER_DATA`.
    ///
    /// What is shown starts with the bytes asked for, and ends with them. The content does not change.
    pub fn pullup(&mut self, n: impl Into<Option<usize>>) -> Option<&[u8]> {
        let n = n.into().unwrap_or(self.len);
        if n > self.len {
            return None;
        }
        if self.chunks.front().is_some_and(|first| first.len() < n) {
            self.gather(n);
            self.check();
        }
        Some(self.chunks.front().map_or(&[], |first| &first.payload()[..n]))
    }

    /// The bytes as they lie in memory, chunk by chunk: `evbuffer_peek`.
    pub fn peek(&self) -> impl Iterator<Item = &[u8]> {
        self.chunks.iter().map(Chunk::payload)
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
        self.push_bytes_back(data);
        self.check();
    }

    /// Drops bytes from the start without asking whether it is frozen; returns how many.
    pub(super) fn drain_unfrozen(&mut self, n: usize) -> usize {
        let n = n.min(self.len);
        self.changes.note(self.len, 0, n);
        self.contiguous.drain(self.len, n);
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
