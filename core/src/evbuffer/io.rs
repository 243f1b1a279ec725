//! One system call into or out of a buffer.

use std::io::IoSlice;

use super::chunk::Chunk;
use super::{Evbuffer, MAX_CHUNK, MAX_SPARE};
use crate::{Errno, Handle, Kernel, Transfer};

/// Bytes of a 1.4 read that nothing else limits: `EVBUFFER_MAX_READ`.
pub(super) const MAX_READ_1_4: usize = 4096;

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
    /// Makes room for 16 KiB, and beyond that for what the kernel says can be read, if it can say. Where the kernel receives into
    /// memory of its own ([`Kernel::receive_own`]), makes room for what came.
    ///
    /// # Errors
    /// What the kernel says; no byte was added then.
    ///
    /// # Panics
    /// If the kernel claims more bytes than it was offered room for, or shows more than it was asked for.
    pub fn read<K: Kernel + ?Sized>(
        &mut self,
        kernel: &mut K,
        handle: Handle,
        max: usize,
    ) -> Result<Transfer, Errno> {
        if let Some(outcome) = self.read_own(kernel, handle, max) {
            return outcome;
        }
        if let Some(memory) = &mut self.memory
            && memory.grows_before_a_read()
        {
            let readable = kernel.readable_bytes(handle).filter(|bytes| *bytes > 0);
            memory.expand(readable.map_or(max, |bytes| bytes.min(max)));
        }
        let room = if max > MAX_CHUNK { self.room_for_large_read(kernel, handle, max) } else { max };
        let mut pieces = self.room_mut(room);
        let offered = usize::from(pieces[0].is_empty())..1 + usize::from(pieces[0].len() < room);
        let outcome = kernel.receive(handle, &mut pieces[offered]);

        let bytes = outcome.map_or(0, |transfer| transfer.bytes);
        assert!(bytes <= room, "the kernel says it received {bytes} bytes and was offered room for {room}");
        self.changes.note(self.len, bytes, 0);
        self.contiguous.expand(self.len, room_1_4(max, bytes));
        if let Some(memory) = &mut self.memory {
            memory.commit(bytes, room_1_4(max, bytes));
        }
        self.commit_room(bytes);
        self.reads_much = bytes > MAX_READ_1_4;
        self.spare.take_if(|spare| spare.capacity() > MAX_SPARE);
        self.check();
        outcome
    }

    /// Of `max`, which is above [`MAX_CHUNK`], as much as there is memory for or as can be read: a bound that somebody sets
    /// high shall cost no memory.
    #[cold]
    fn room_for_large_read<K: Kernel + ?Sized>(&self, kernel: &mut K, handle: Handle, max: usize) -> usize {
        let room = self.chunks.back().map_or(0, Chunk::room);
        let there = room.saturating_add(self.spare.as_ref().map_or(0, Chunk::capacity));
        if there >= max {
            return max;
        }
        kernel.readable_bytes(handle).map_or(max, |readable| readable.clamp(MAX_CHUNK, max))
    }

    /// Sends from the start of this buffer with one system call, and drains what the kernel took:
    /// `evbuffer_write`, `evbuffer_write_atmost`.
    ///
    /// Offers at most `max` bytes from at most `max_chunks` chunks, or chains where they are
    /// [followed](Self::follow_chains); `None` is everything, of at most 1024 chunks,
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
        let offered = max_chunks.and_then(|chunks| Some(self.memory.as_ref()?.first(chunks)));
        let max = offered.map_or(max, |offered| max.min(offered));
        let count = self.chunks.len().min(max_chunks.unwrap_or(MAX_SLICES)).min(MAX_SLICES);
        let (outcome, offered) = match self.chunks.front() {
            Some(only) if count == 1 => {
                let piece = &only.payload()[..max.min(only.len())];
                send(kernel, handle, &[IoSlice::new(piece)])
            }
            _ => self.send_pieces(kernel, handle, max, count),
        };

        let bytes = outcome.map_or(0, |transfer| transfer.bytes);
        assert!(bytes <= offered, "the kernel says it sent {bytes} bytes and was offered {offered}");
        self.drain_unfrozen(bytes);
        outcome
    }

    /// Offers at most `max` bytes from the first chunks, and says how many bytes these were.
    fn send_pieces<K: Kernel + ?Sized>(
        &self,
        kernel: &mut K,
        handle: Handle,
        max: usize,
        chunks: usize,
    ) -> (Result<Transfer, Errno>, usize) {
        let pieces = self.pieces(0, max).take(chunks).map(|(_, piece)| IoSlice::new(piece));
        if chunks <= FEW_SLICES {
            let mut slices = [IoSlice::new(&[]); FEW_SLICES];
            let used = slices.iter_mut().zip(pieces).map(|(slice, piece)| *slice = piece).count();
            send(kernel, handle, &slices[..used])
        } else {
            send(kernel, handle, &pieces.collect::<Vec<_>>())
        }
    }

    /// How many bytes one read of 1.4 asks for.
    ///
    /// `readable` is what the kernel says can be read, `None` if it cannot say; `howmuch` is the caller's limit,
    /// `None` if there is none (libevent's -1). Without a small limit a read is bounded by four times
    /// [`allocated_1_4`](Self::allocated_1_4), and by 4096 bytes at first.
    #[must_use]
    pub fn read_limit_1_4(&self, readable: Option<usize>, howmuch: Option<usize>) -> usize {
        limit_1_4(self.allocated_1_4(), readable, howmuch)
    }

    /// Whether a read of 1.4 that nobody limits can take more than its first 4096 bytes. Without, it takes what is there, up to
    /// these, whatever was said to be readable.
    pub(crate) fn may_read_much_1_4(&self) -> bool {
        self.allocated_1_4() > MAX_READ_1_4 / 4
    }

    /// Whether [`read_limit_1_4`](Self::read_limit_1_4) needs to know what can be read.
    ///
    /// With a limit of at most 4096 bytes it does not: a read never gives more than is there.
    #[must_use]
    pub fn needs_readable_bytes(howmuch: Option<usize>) -> bool {
        howmuch.is_none_or(|howmuch| howmuch > MAX_READ_1_4)
    }
}

/// See [`Evbuffer::read_limit_1_4`].
pub(super) fn limit_1_4(allocated: usize, readable: Option<usize>, howmuch: Option<usize>) -> usize {
    let mut n = readable.filter(|&n| n > 0).unwrap_or(MAX_READ_1_4);
    if n > MAX_READ_1_4 && howmuch.is_none_or(|howmuch| n > howmuch) {
        n = n.min(allocated.saturating_mul(4)).max(MAX_READ_1_4);
    }
    howmuch.map_or(n, |howmuch| howmuch.min(n))
}

/// The room that 1.4 makes for a read of at most `max` bytes that gave `bytes`.
///
/// It makes it before the read, for what the kernel says is readable. A caller that did not need to ask passes a
/// larger `max`, but then what was received is what was readable.
pub(super) fn room_1_4(max: usize, bytes: usize) -> usize {
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

#[cfg(test)]
mod tests {
    use std::io::{IoSliceMut, Read};

    use super::*;

    const HANDLE: Handle = Handle(3);

    /// Gives `rx` and takes into `tx`, at most `most` bytes a call; notes the sizes of the pieces offered, and counts how often it
    /// was asked what can be read.
    #[derive(Default)]
    struct Pipe {
        rx: Vec<u8>,
        tx: Vec<u8>,
        most: usize,
        offered: Vec<usize>,
        asked: usize,
    }

    impl Pipe {
        fn outcome(bytes: usize) -> Result<Transfer, Errno> {
            if bytes == 0 { Err(Errno::Again) } else { Ok(Transfer { bytes, exhausted: false }) }
        }
    }

    impl Kernel for Pipe {
        fn receive(&mut self, _: Handle, into: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
            self.offered = into.iter().map(|piece| piece.len()).collect();
            let mut bytes = 0;
            for piece in into {
                let max = (self.most - bytes).min(self.rx.len() - bytes).min(piece.len());
                bytes += (&self.rx[bytes..bytes + max]).read(piece).unwrap();
            }
            self.rx.drain(..bytes);
            Self::outcome(bytes)
        }

        fn send(&mut self, _: Handle, from: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
            self.offered = from.iter().map(|piece| piece.len()).collect();
            let before = self.tx.len();
            self.tx.extend(from.iter().flat_map(|piece| piece.iter()).take(self.most));
            Self::outcome(self.tx.len() - before)
        }

        fn readable_bytes(&mut self, _: Handle) -> Option<usize> {
            self.asked += 1;
            Some(self.rx.len())
        }
    }

    fn pipe(rx: usize, most: usize) -> Pipe {
        Pipe { rx: (0..rx).map(|byte| byte as u8).collect(), most, ..Pipe::default() }
    }

    #[test]
    fn read_offers_exactly_the_maximum() {
        let (mut buf, mut kernel) = (Evbuffer::from(&b"x"[..]), pipe(5000, 5000));
        assert_eq!(buf.read(&mut kernel, HANDLE, 4096).map(|t| t.bytes), Ok(4096));
        assert_eq!(kernel.offered, [511, 4096 - 511]);
        assert_eq!(buf.read(&mut kernel, HANDLE, 300).map(|t| t.bytes), Ok(300));
        assert_eq!(kernel.offered, [300]);
        assert!(buf.to_vec()[1..].iter().copied().eq((0..4396).map(|byte| byte as u8)));
    }

    #[test]
    fn a_high_bound_makes_room_for_what_can_be_read() {
        for (readable, offered) in [(0, MAX_CHUNK), (10, MAX_CHUNK), (40_000, 40_000)] {
            let (mut buf, mut kernel) = (Evbuffer::new(), pipe(readable, usize::MAX));
            let read = buf.read(&mut kernel, HANDLE, usize::MAX);
            assert_eq!((read.map_or(0, |read| read.bytes), &kernel.offered[..]), (readable, &[offered][..]));
            assert_eq!(buf.to_vec().len(), readable);
        }
        let (mut buf, mut kernel) = (Evbuffer::new(), pipe(10, 10));
        buf.expand(50_000).unwrap();
        buf.read(&mut kernel, HANDLE, 30_000).unwrap();
        assert_eq!(kernel.offered, [30_000], "in memory that is there");
    }

    #[test]
    fn a_bound_of_one_chunk_asks_for_nothing() {
        for (max, asked) in [(MAX_CHUNK, 0), (MAX_CHUNK + 1, 1)] {
            let (mut buf, mut kernel) = (Evbuffer::new(), pipe(10, 10));
            buf.read(&mut kernel, HANDLE, max).unwrap();
            assert_eq!(kernel.asked, asked);
        }
    }

    #[test]
    fn a_failed_read_changes_nothing_but_the_room() {
        let (mut buf, mut kernel) = (Evbuffer::new(), pipe(0, 0));
        assert_eq!(buf.read(&mut kernel, HANDLE, 4096), Err(Errno::Again));
        assert_eq!((buf.len(), buf.take_change(), buf.allocated_1_4()), (0, None, 4096));
    }

    #[test]
    fn reads_use_the_same_memory_again() {
        let (mut buf, mut kernel) = (Evbuffer::new(), pipe(1000, 10));
        let mut memory = Vec::new();
        for _ in 0..100 {
            buf.read(&mut kernel, HANDLE, 4096).unwrap();
            memory.extend(buf.peek().map(<[u8]>::as_ptr));
            buf.drain(10).unwrap();
        }
        memory.dedup();
        assert_eq!(memory.len(), 1);
    }

    /// The sizes of reads until nothing is left, with 150,000 bytes to read.
    fn unlimited_reads(drain: bool) -> Vec<usize> {
        let (mut buf, mut kernel) = (Evbuffer::new(), pipe(150_000, usize::MAX));
        let mut lens = Vec::new();
        while !kernel.rx.is_empty() {
            let max = buf.read_limit_1_4(kernel.readable_bytes(HANDLE), None);
            buf.read(&mut kernel, HANDLE, max).unwrap();
            lens.push(buf.len());
            buf.drain(if drain { usize::MAX } else { 0 }).unwrap();
        }
        lens
    }

    #[test]
    fn unlimited_reads_grow_as_in_1_4() {
        assert_eq!(unlimited_reads(true), [4096, 16_384, 65_536, 63_984]);
        assert_eq!(unlimited_reads(false), [4096, 20_480, 150_000]);
    }

    #[test]
    fn a_limit_bounds_one_read_of_1_4() {
        let mut buf = Evbuffer::new();
        let limits =
            [(None, None), (Some(0), None), (Some(10), None), (Some(9000), Some(10)), (Some(6), Some(10))];
        assert_eq!(limits.map(|(n, max)| buf.read_limit_1_4(n, max)), [4096, 4096, 10, 10, 6]);
        assert_eq!(buf.read_limit_1_4(Some(20_000), Some(10_000)), 4096);
        assert_eq!(buf.read_limit_1_4(Some(9000), Some(10_000)), 9000);
        buf.expand(2000).unwrap();
        assert_eq!(buf.read_limit_1_4(Some(20_000), Some(10_000)), 8192);
        assert_eq!([None, Some(4097), Some(4096)].map(Evbuffer::needs_readable_bytes), [true, true, false]);
    }

    #[test]
    fn a_read_without_the_question_leaves_the_same_block() {
        let (mut asked, mut not_asked) = (Evbuffer::from(&[0; 250][..]), Evbuffer::from(&[0; 250][..]));
        asked.read(&mut pipe(6, 6), HANDLE, 6).unwrap();
        not_asked.read(&mut pipe(6, 6), HANDLE, 10).unwrap();
        assert_eq!((asked.allocated_1_4(), not_asked.allocated_1_4()), (256, 256));
    }

    #[test]
    fn write_drains_what_was_taken() {
        let (mut buf, mut kernel) = (Evbuffer::from(&[b'x'; 2000][..]), pipe(0, 700));
        assert_eq!(buf.write(&mut kernel, HANDLE, None, None).map(|t| t.bytes), Ok(700));
        assert_eq!((kernel.offered.iter().sum::<usize>(), buf.len()), (2000, 1300));
        kernel.most = 0;
        assert_eq!(buf.write(&mut kernel, HANDLE, None, None), Err(Errno::Again));
        assert_eq!(buf.len(), 1300);
    }

    #[test]
    fn write_offers_no_more_than_told() {
        let (mut buf, mut kernel) = (Evbuffer::new(), pipe(0, usize::MAX));
        for _ in 0..40 {
            buf.add_buffer(&mut Evbuffer::from(&[b'x'; 512][..])).unwrap();
        }
        buf.write(&mut kernel, HANDLE, Some(700), None).unwrap();
        assert_eq!(kernel.offered, [512, 188]);
        buf.write(&mut kernel, HANDLE, None, Some(2)).unwrap();
        assert_eq!(kernel.offered, [324, 512]);
        buf.write(&mut kernel, HANDLE, None, None).unwrap();
        assert_eq!((kernel.offered.len(), buf.len()), (37, 0));
    }

    #[test]
    #[should_panic(expected = "the kernel says it sent")]
    fn a_kernel_that_claims_too_much_is_caught() {
        struct Boaster;
        impl Kernel for Boaster {
            fn receive(&mut self, _: Handle, _: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
                Err(Errno::Again)
            }
            fn send(&mut self, _: Handle, _: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
                Ok(Transfer { bytes: 99, exhausted: false })
            }
            fn readable_bytes(&mut self, _: Handle) -> Option<usize> {
                None
            }
        }
        Evbuffer::from(&b"x"[..]).write(&mut Boaster, HANDLE, None, None).unwrap();
    }
}
