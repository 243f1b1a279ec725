//! Reads out of a kernel's own memory, which need no room before it is known for how much.

use super::Evbuffer;
use super::io::{MAX_READ_1_4, limit_1_4, room_1_4};
use crate::{Errno, Handle, Kernel, Received, Transfer};

impl Evbuffer {
    /// [`read`](Self::read) out of the kernel's own memory, where it has some: room is made for no more than came. Of a buffer
    /// whose memory is followed the room comes first, as it does in libevent.
    pub(super) fn read_own<K: Kernel + ?Sized>(
        &mut self,
        kernel: &mut K,
        handle: Handle,
        max: usize,
    ) -> Option<Result<Transfer, Errno>> {
        if self.memory.is_some() {
            return None;
        }
        let received = kernel.receive_own(handle, max)?;
        self.add_received(&received, max);
        Some(received.map(|it| Transfer { bytes: it.bytes.len(), exhausted: it.exhausted }))
    }

    fn add_received(&mut self, received: &Result<Received<'_>, Errno>, max: usize) {
        let bytes = received.map_or(&[][..], |received| received.bytes);
        assert!(bytes.len() <= max, "the kernel shows {} bytes and was asked for {max}", bytes.len());
        self.changes.note(self.len, bytes.len(), 0);
        self.contiguous.expand(self.len, room_1_4(max, bytes.len()));
        self.push_bytes_back(bytes);
        self.reads_much = false;
        self.check();
    }

    /// A read of 1.4 that would have to ask first what can be read: of a kernel with memory of its own it takes what is there, as
    /// long as that is not more than the 4096 bytes that any such read may take, and so has the answer. Gives what it may
    /// take in all, besides, and goes on as far as that where there is more.
    ///
    /// `None` where nothing was read and it is to ask: also after a read that gave more, as then the next does so, too.
    pub(crate) fn read_unasked<K: Kernel + ?Sized>(
        &mut self,
        kernel: &mut K,
        handle: Handle,
        howmuch: Option<usize>,
    ) -> Option<(usize, Result<Transfer, Errno>)> {
        if self.memory.is_some() || self.reads_much {
            return None;
        }
        let allocated = self.allocated_1_4();
        let received = kernel.receive_own(handle, MAX_READ_1_4)?;
        self.add_received(&received, MAX_READ_1_4);
        let (first, more) = match received {
            Ok(Received { bytes, exhausted, more }) => (Ok(Transfer { bytes: bytes.len(), exhausted }), more),
            Err(errno) => (Err(errno), !matches!(errno, Errno::Again)),
        };
        let there = first.map_or(0, |first| first.bytes);
        let readable = if more { kernel.readable_bytes(handle).unwrap_or(0) } else { 0 };
        let limit = limit_1_4(allocated, Some(there + readable), howmuch);
        match first {
            Ok(_) if more && limit > there => {
                let rest = self.read(kernel, handle, limit - there);
                self.reads_much = true;
                Some((limit, rest.map(|rest| Transfer { bytes: there + rest.bytes, ..rest })))
            }
            _ => Some((limit, first)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{IoSlice, IoSliceMut};

    use super::*;

    const HANDLE: Handle = Handle(3);

    /// What its memory holds at most.
    const OWN: usize = 4096;

    /// Has so many bytes to read, and perhaps memory of its own; counts what it was asked for.
    struct Queue {
        waiting: Vec<u8>,
        own: Option<Vec<u8>>,
        received: usize,
        asked: usize,
    }

    impl Queue {
        fn new(bytes: usize, owns: bool) -> Self {
            let waiting = (0..bytes).map(|byte| byte as u8).collect();
            Self { waiting, own: owns.then(Vec::new), received: 0, asked: 0 }
        }
    }

    impl Kernel for Queue {
        fn receive(&mut self, _: Handle, into: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
            self.received += 1;
            let mut bytes = 0;
            for piece in into {
                let here = piece.len().min(self.waiting.len());
                piece[..here].copy_from_slice(&self.waiting[..here]);
                self.waiting.drain(..here);
                bytes += here;
            }
            if bytes == 0 { Err(Errno::Again) } else { Ok(Transfer { bytes, exhausted: false }) }
        }

        fn receive_own(&mut self, _: Handle, most: usize) -> Option<Result<Received<'_>, Errno>> {
            let own = self.own.as_mut().filter(|_| most <= OWN)?;
            self.received += 1;
            *own = self.waiting.drain(..most.min(self.waiting.len())).collect();
            let more = !self.waiting.is_empty();
            let received = Received { bytes: own, exhausted: !more, more };
            Some(if own.is_empty() { Err(Errno::Again) } else { Ok(received) })
        }

        fn send(&mut self, _: Handle, _: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
            Err(Errno::Again)
        }

        fn readable_bytes(&mut self, _: Handle) -> Option<usize> {
            self.asked += 1;
            Some(self.waiting.len())
        }
    }

    /// One read of so many bytes into a buffer of this block: what it may take, and what is there afterwards.
    fn one_read(block: usize, bytes: usize, howmuch: Option<usize>, owns: bool) -> (usize, Vec<u8>, usize) {
        let (mut buf, mut kernel) = (Evbuffer::new(), Queue::new(bytes, owns));
        buf.expand(block).unwrap();
        let limit = match buf.read_unasked(&mut kernel, HANDLE, howmuch) {
            Some((limit, _)) => limit,
            None => {
                let limit = buf.read_limit_1_4(kernel.readable_bytes(HANDLE), howmuch);
                let _ = buf.read(&mut kernel, HANDLE, limit);
                limit
            }
        };
        (limit, buf.to_vec(), buf.allocated_1_4())
    }

    #[test]
    fn without_the_question_a_read_of_1_4_takes_as_much_and_leaves_the_same_block() {
        for block in [0, 1024, 1025, 5000, 70_000] {
            for bytes in [0, 1, 64, 4095, 4096, 4097, 5000, 20_000, 65_536, 100_000] {
                for howmuch in [None, Some(4097), Some(10_000), Some(65_536)] {
                    let [unasked, asked] = [true, false].map(|owns| one_read(block, bytes, howmuch, owns));
                    assert_eq!(unasked, asked, "a block of {block}, {bytes} bytes, {howmuch:?}");
                }
            }
        }
    }

    #[test]
    fn nothing_is_asked_for_as_long_as_little_comes() {
        let (mut buf, mut kernel) = (Evbuffer::new(), Queue::new(0, true));
        let questions_and_reads = [64, 4096, 10, 5000, 5000, 64, 64].map(|bytes| {
            kernel = Queue::new(bytes, true);
            if buf.read_unasked(&mut kernel, HANDLE, Some(65_536)).is_none() {
                let limit = buf.read_limit_1_4(kernel.readable_bytes(HANDLE), Some(65_536));
                buf.read(&mut kernel, HANDLE, limit).unwrap();
            }
            assert_eq!(buf.drain(usize::MAX), Ok(bytes));
            (kernel.asked, kernel.received)
        });
        assert_eq!(questions_and_reads, [(0, 1), (0, 1), (0, 1), (1, 2), (1, 1), (1, 1), (0, 1)]);
    }

    #[test]
    fn room_is_made_for_no_more_than_came() {
        let mut buf = Evbuffer::new();
        assert_eq!(buf.read(&mut Queue::new(10, true), HANDLE, 4096).map(|it| it.bytes), Ok(10));
        assert_eq!(buf.reserve_space(1).map(|mut it| it.pieces()[0].len()), Ok(1));
        assert_eq!(buf.chunks[0].capacity(), super::super::MIN_CHUNK);
    }
}
