//! The size that libevent 1.4's one contiguous block would have.

/// The smallest block that 1.4 allocates, in bytes.
const SMALLEST: usize = 256;

/// What 1.4 would have allocated by now, although this evbuffer keeps chunks.
///
/// The size of a 1.4 read depends on the size of its block, so a trace can only be the same if this is kept. Where
/// in the block the bytes lie (1.4's `misalign`) is not: 1.4 moves them to the front before it grows, so only their
/// number decides. A block never shrinks; draining leaves it as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Contiguous {
    /// The size of the block: 1.4's `totallen`.
    /// Invariant: at least the buffer's length.
    allocated: usize,
}

impl Contiguous {
    /// Makes room for `n` bytes besides the `len` that are there: `evbuffer_expand`.
    pub(super) fn expand(&mut self, len: usize, n: usize) {
        if self.allocated - len >= n {
            return;
        }
        let need = len.saturating_add(n).max(SMALLEST);
        self.allocated = need.checked_next_power_of_two().unwrap_or(need);
    }

    pub(super) fn allocated(&self) -> usize {
        self.allocated
    }

    pub(super) fn assert_invariants(&self, len: usize) {
        assert!(self.allocated >= len, "a block of {} bytes cannot hold {len}", self.allocated);
    }
}

#[cfg(test)]
mod tests {
    use crate::Evbuffer;

    #[test]
    fn allocated_follows_the_sizes_that_1_4_was_seen_to_use() {
        let mut buf = Evbuffer::new();
        let mut total = |n| {
            buf.add(&vec![b'x'; n]).unwrap();
            buf.allocated_1_4()
        };
        assert_eq!([1, 255, 1, 255, 513, 10_000].map(&mut total), [256, 256, 512, 512, 2048, 16_384]);
    }

    #[test]
    fn drained_room_is_used_before_the_block_grows() {
        let mut buf = Evbuffer::from(&[b'x'; 11_025][..]);
        assert_eq!(buf.allocated_1_4(), 16_384);
        buf.drain(6000).unwrap();
        buf.add(&[b'y'; 6000]).unwrap();
        assert_eq!(buf.allocated_1_4(), 16_384);
        buf.add(&[b'z'; 5359]).unwrap();
        assert_eq!(buf.allocated_1_4(), 16_384);
        buf.add(b"!").unwrap();
        assert_eq!(buf.allocated_1_4(), 32_768);
    }

    #[test]
    fn add_buffer_into_an_empty_one_swaps_the_blocks() {
        let mut small = Evbuffer::from(&b"x"[..]);
        small.drain(1).unwrap();
        let mut large = Evbuffer::from(&[b'y'; 1000][..]);
        small.add_buffer(&mut large).unwrap();
        assert_eq!((small.allocated_1_4(), large.allocated_1_4()), (1024, 256));
    }
}
