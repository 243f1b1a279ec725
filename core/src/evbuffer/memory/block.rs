//! How the bytes lie in the one block of a libevent 1.4 buffer.

use super::Chain;

/// The smallest block that 1.4 allocates, in bytes.
const SMALLEST: usize = 256;

/// The block of one buffer: 1.4's `totallen`, `misalign` and `off`. There is none before the first byte.
#[derive(Debug, Clone, Copy, Default)]
pub(in super::super) struct Block {
    block: Option<Chain>,
    /// Bytes that were copied into this buffer or within it, reads and `realloc` not counted.
    copied: u64,
}

impl Block {
    /// That of a buffer to which so much was added at once.
    pub(super) fn of(len: usize) -> Self {
        let mut block = Self::default();
        if len > 0 {
            block.add(len);
        }
        block
    }

    pub(super) const fn slices(&self) -> [&[Chain]; 2] {
        [self.block.as_slice(), &[]]
    }

    pub(super) const fn copied(&self) -> u64 {
        self.copied
    }

    fn len(&self) -> usize {
        self.block.map_or(0, |block| block.len)
    }

    /// `evbuffer_expand`: what was drained is used before the block grows, and either moves the bytes to its front.
    pub(super) fn expand(&mut self, n: usize) {
        let block = self.block.get_or_insert_with(|| Chain::of_size(0));
        if block.space() >= n {
            return;
        }
        if block.misalign > 0 {
            self.copied += block.len as u64;
            block.misalign = 0;
        }
        if block.space() < n {
            let need = block.len.saturating_add(n).max(SMALLEST);
            block.size = need.checked_next_power_of_two().unwrap_or(need);
        }
    }

    /// `evbuffer_add`.
    pub(super) fn add(&mut self, n: usize) {
        self.commit(n, n);
        self.copied += n as u64;
    }

    /// So many bytes were read into room for so many.
    pub(super) fn commit(&mut self, n: usize, room: usize) {
        self.expand(room);
        if let Some(block) = &mut self.block {
            block.len += n;
        }
    }

    /// `evbuffer_drain`.
    pub(super) fn drain(&mut self, n: usize) {
        let Some(block) = &mut self.block else { return };
        if n >= block.len {
            (block.misalign, block.len) = (0, 0);
        } else {
            block.misalign += n;
            block.len -= n;
        }
    }

    /// `evbuffer_add_buffer`: an empty buffer takes the block, another copies.
    pub(super) fn add_buffer(&mut self, source: &mut Self) {
        if self.len() == 0 {
            std::mem::swap(&mut self.block, &mut source.block);
        } else {
            self.add(source.len());
            source.drain(source.len());
        }
    }
}
