//! One system call into or out of a buffer.

use std::io::{IoSlice, IoSliceMut};

use super::Evbuffer;
use super::chunk::Chunk;
use crate::{Errno, Handle, Kernel, Transfer};

/// Bytes of a 1.4 read that nothing else limits: `EVBUFFER_MAX_READ`.
const MAX_READ_1_4: usize = 4096;

/// A write of at most this many pieces gathers them on the stack.
const FEW_SLICES: usize = 16;

/// The most pieces a system call takes: Linux's `UIO_MAXIOV`.
const MAX_SLICES: usize = 1024;

impl Evbuffer {
    /// Receives at most `max` bytes to the end of this buffer, with one system call: `evbuffer_read`.
    ///
    /// Does not ask whether the end is frozen: 1.4 knows no freezing, and 2.x's bufferevent unfreezes around this
    /// call. With `max` 0 the answer cannot be told from end of file.
    ///
    /// # Errors
    /// What the kernel says; no byte was added then.
    ///
    /// # Panics
    /// If the kernel claims more bytes than it was offered room for.
    pub fn read<K: Kernel + ?Sized>(
        &mut self,
        kernel: &mut K,
        handle: Handle,
        max: usize,
    ) -> Result<Transfer, Errno> {
        let room = self.chunks.back().map_or(0, Chunk::room).min(max);
        let mut extra = (room < max).then(|| self.take_chunk(max - room));
        let mut pieces = [
            IoSliceMut::new(self.chunks.back_mut().map_or(&mut [], |last| last.room_mut(max))),
            IoSliceMut::new(extra.as_mut().map_or(&mut [], |chunk| chunk.room_mut(max - room))),
        ];
        let offered = usize::from(room == 0)..1 + usize::from(room < max);
        let outcome = kernel.receive(handle, &mut pieces[offered]);

        let bytes = outcome.map_or(0, |transfer| transfer.bytes);
        assert!(bytes <= max, "the kernel says it received {bytes} bytes and was offered room for {max}");
        self.changes.note(self.len, bytes, 0);
        self.contiguous.expand(self.len, room_1_4(max, bytes));
        self.len += bytes;
        if let Some(last) = self.chunks.back_mut() {
            last.commit(bytes.min(room));
        }
        if let Some(mut chunk) = extra {
            chunk.commit(bytes.saturating_sub(room));
            if chunk.is_empty() { self.keep_spare(chunk) } else { self.chunks.push_back(chunk) }
        }
        self.check();
        outcome
    }

    /// Sends from the start of this buffer with one system call, and drains what the kernel took:
    /// `evbuffer_write`, `evbuffer_write_atmost`.
    ///
    /// Offers at most `max` bytes from at most `max_chunks` chunks; `None` is everything, of at most 1024 chunks,
    /// which is what a system call takes. Does not ask whether the start is frozen, as [`read`](Self::read).
    ///
    /// # Errors
    /// What the kernel says; no byte was drained then.
    ///
    /// # Panics
    /// If the kernel claims more bytes than it was offered.
    pub fn write<K: Kernel + ?Sized>(
        &mut self,
        kernel: &mut K,
        handle: Handle,
        max: Option<usize>,
        max_chunks: Option<usize>,
    ) -> Result<Transfer, Errno> {
        let max = max.unwrap_or(self.len).min(self.len);
        let count = self.chunks.len().min(max_chunks.unwrap_or(MAX_SLICES)).min(MAX_SLICES);
        let pieces = self.pieces(0, max).take(count).map(|(_, piece)| IoSlice::new(piece));
        let (outcome, offered) = if count <= FEW_SLICES {
            let mut slices = [IoSlice::new(&[]); FEW_SLICES];
            let used = slices.iter_mut().zip(pieces).map(|(slice, piece)| *slice = piece).count();
            send(kernel, handle, &slices[..used])
        } else {
            send(kernel, handle, &pieces.collect::<Vec<_>>())
        };

        let bytes = outcome.map_or(0, |transfer| transfer.bytes);
        assert!(bytes <= offered, "the kernel says it sent {bytes} bytes and was offered {offered}");
        self.drain_unfrozen(bytes);
        outcome
    }

    /// How many bytes one read of 1.4 asks for.
    ///
    /// `readable` is what the kernel says can be read, `None` if it cannot say; `howmuch` is the caller's limit,
    /// `None` if there is none (libevent's -1). Without a small limit a read is bounded by four times
    /// [`allocated_1_4`](Self::allocated_1_4), and by 4096 bytes at first.
    #[must_use]
    pub fn read_limit_1_4(&self, readable: Option<usize>, howmuch: Option<usize>) -> usize {
        let mut n = readable.filter(|&n| n > 0).unwrap_or(MAX_READ_1_4);
        if n > MAX_READ_1_4 && howmuch.is_none_or(|howmuch| n > howmuch) {
            n = n.min(self.allocated_1_4().saturating_mul(4)).max(MAX_READ_1_4);
        }
        howmuch.map_or(n, |howmuch| howmuch.min(n))
    }

    /// Whether [`read_limit_1_4`](Self::read_limit_1_4) needs to know what can be read.
    ///
    /// With a limit of at most 4096 bytes it does not: a read never gives more than is there.
    #[must_use]
    pub fn needs_readable_bytes(howmuch: Option<usize>) -> bool {
        howmuch.is_none_or(|howmuch| howmuch > MAX_READ_1_4)
    }
}

/// The room that 1.4 makes for a read of at most `max` bytes that gave `bytes`.
///
/// It makes it before the read, for what the kernel says is readable. A caller that did not need to ask passes a
/// larger `max`, but then what was received is what was readable.
fn room_1_4(max: usize, bytes: usize) -> usize {
    if max > MAX_READ_1_4 || bytes == 0 { max } else { bytes }
}

/// Sends, and says how many bytes were offered.
fn send<K: Kernel + ?Sized>(
    kernel: &mut K,
    handle: Handle,
    slices: &[IoSlice<'_>],
) -> (Result<Transfer, Errno>, usize) {
    (kernel.send(handle, slices), slices.iter().map(|slice| slice.len()).sum())
}
