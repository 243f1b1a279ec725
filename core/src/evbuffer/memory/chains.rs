//! How libevent 2.1's chains lie in memory, for a buffer that follows them.
//!
//! 2.1 never copies what it moves whole from buffer to buffer, however little is in a chain, and one write offers 128 chains. So a
//! trace of many short messages can only be the same if their chains are known. This buffer's own chunks are fewer.

use std::collections::VecDeque;

use super::{Chain, Front};

/// What 2.1 allocates for a chain at least, and what it keeps of that for itself, in bytes.
const SMALLEST: usize = 1024;
const HEADER: usize = 48;

/// A chain that is added behind another is twice as large, up to this.
const MOST_DOUBLED: usize = 2048;

/// No more than so many bytes are moved to the front of a chain to make room behind them.
const MOST_REALIGNED: usize = 2048;

/// So many chains at the end of a buffer take part in one read.
const CHAINS_OF_A_READ: usize = 4;

/// `evbuffer_chain_new`.
fn chain_new(n: usize) -> Chain {
    Chain::of_size((n + HEADER).next_power_of_two().max(SMALLEST) - HEADER)
}

/// `evbuffer_chain_should_realign`.
const fn should_realign(chain: &Chain, n: usize) -> bool {
    chain.size - chain.len >= n && chain.len < chain.size / 2 && chain.len <= MOST_REALIGNED
}

/// The chains of one buffer, of which the last ones may be empty.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Chains {
    list: VecDeque<Chain>,
    /// The last chain with payload, or the first if none has any (`last_with_datap`).
    last_with_data: usize,
    /// Invariant: the payload of all.
    len: usize,
    /// Bytes that were copied into this buffer or within it, reads not counted.
    copied: u64,
}

impl Chains {
    /// Those of a buffer to which so much was added at once.
    pub(super) fn of(len: usize) -> Self {
        let mut chains = Self::default();
        if len > 0 {
            chains.add(len);
        }
        chains
    }

    /// All of them, one slice behind the other.
    pub(super) fn slices(&self) -> [&[Chain]; 2] {
        self.list.as_slices().into()
    }

    pub(super) const fn copied(&self) -> u64 {
        self.copied
    }

    /// `evbuffer_free_trailing_empty_chains`.
    fn drop_empty(&mut self) {
        let behind = self.list.iter().skip(self.last_with_data).position(|chain| chain.len == 0);
        if let Some(behind) = behind {
            self.list.truncate(self.last_with_data + behind);
        }
    }

    /// `evbuffer_chain_insert` of one with payload, or of the first.
    fn insert(&mut self, chain: Chain) {
        self.drop_empty();
        self.list.push_back(chain);
        self.last_with_data = self.list.len() - 1;
    }

    fn advance_last_with_data(&mut self) {
        let behind = self.list.iter().skip(self.last_with_data).rposition(|chain| chain.len > 0);
        self.last_with_data += behind.unwrap_or(0);
    }

    /// `evbuffer_add`.
    pub(super) fn add(&mut self, n: usize) {
        if self.list.is_empty() {
            let chain = chain_new(n);
            self.insert(chain);
        }
        self.len += n;
        self.copied += n as u64;
        let chain = &mut self.list[self.last_with_data];
        let space = chain.space();
        if space >= n {
            chain.len += n;
            return;
        }
        if should_realign(chain, n) {
            self.copied += chain.len as u64;
            chain.misalign = 0;
            chain.len += n;
            return;
        }
        chain.len += space;
        let doubled = if chain.size <= MOST_DOUBLED { chain.size * 2 } else { chain.size };
        let next = chain_new(doubled.max(n));
        self.insert(Chain { len: n - space, ..next });
    }

    /// `evbuffer_prepend`.
    pub(super) fn prepend(&mut self, mut n: usize) {
        if n == 0 {
            return;
        }
        self.len += n;
        self.copied += n as u64;
        if self.list.is_empty() {
            let chain = chain_new(n);
            self.insert(chain);
        }
        let first = &mut self.list[0];
        if first.len == 0 {
            first.misalign = first.size;
        }
        let fits = n.min(first.misalign);
        first.len += fits;
        first.misalign -= fits;
        n -= fits;
        if n == 0 {
            return;
        }
        let before = chain_new(n);
        self.list.push_front(Chain { len: n, misalign: before.size - n, ..before });
        // The one that was the first has payload: an empty one has room for some.
        self.last_with_data += 1;
    }

    /// `evbuffer_drain`.
    pub(super) fn drain(&mut self, mut n: usize) {
        if self.len == 0 {
            return;
        }
        if n >= self.len {
            self.list.clear();
            (self.last_with_data, self.len) = (0, 0);
            return;
        }
        self.len -= n;
        while self.list[0].len <= n {
            n -= self.list[0].len;
            self.list.pop_front();
            self.last_with_data = self.last_with_data.saturating_sub(1);
        }
        self.list[0].misalign += n;
        self.list[0].len -= n;
    }

    /// `evbuffer_add_buffer`.
    pub(super) fn add_buffer(&mut self, source: &mut Self) {
        if source.len == 0 {
            return;
        }
        if self.len == 0 {
            self.list.clear();
        } else {
            self.drop_empty();
        }
        self.last_with_data = self.list.len() + source.last_with_data;
        self.len += source.len;
        if self.list.is_empty() {
            std::mem::swap(&mut self.list, &mut source.list);
        } else {
            self.list.append(&mut source.list);
        }
        (source.last_with_data, source.len) = (0, 0);
    }

    /// `evbuffer_prepend_buffer`.
    pub(super) fn prepend_buffer(&mut self, source: &mut Self) {
        if source.len == 0 {
            return;
        }
        if self.len == 0 {
            self.list.clear();
            self.last_with_data = source.last_with_data;
        } else {
            self.last_with_data += source.list.len();
        }
        self.len += source.len;
        source.list.append(&mut self.list);
        std::mem::swap(&mut self.list, &mut source.list);
        (source.last_with_data, source.len) = (0, 0);
    }

    /// `evbuffer_pullup` of no more than there is.
    pub(super) fn pullup(&mut self, n: usize) {
        let Some(first) = self.list.front().filter(|first| first.len < n) else { return };
        let mut whole = chain_new(n);
        if first.size - first.misalign >= n {
            whole = *first;
            self.list.pop_front();
            self.last_with_data -= 1;
        }
        let mut missing = n - whole.len;
        self.copied += missing as u64;
        let emptied = self.list.iter().take_while(|chain| {
            let taken = chain.len <= missing;
            missing -= if taken { chain.len } else { 0 };
            taken
        });
        let emptied = emptied.count();
        self.list.drain(..emptied);
        if let Some(next) = self.list.front_mut() {
            next.misalign += missing;
            next.len -= missing;
        }
        whole.len = n;
        self.list.push_front(whole);
        self.last_with_data = (self.last_with_data + 1).saturating_sub(emptied);
    }

    /// What `evbuffer_remove_buffer` moves where `n` bytes are asked for, which are no more than there are.
    pub(super) fn front(&self, n: usize) -> Front {
        let mut front = Front { whole: 0, part: n, chain: 0 };
        for chain in &self.list {
            if chain.len > front.part {
                front.chain = chain.number;
                break;
            }
            front.whole += chain.len;
            front.part -= chain.len;
        }
        front
    }

    /// Moves whole chains to the end of `into`, and adds the part there; [`Self::consume`] takes it from here.
    pub(super) fn move_front(&mut self, into: &mut Self, front: Front) {
        let gone = self.list.iter().take_while(|chain| chain.number != front.chain).count();
        if gone > 0 {
            into.drop_empty();
            into.list.extend(self.list.drain(..gone));
            into.len += front.whole;
            self.len -= front.whole;
            into.advance_last_with_data();
            self.last_with_data = self.last_with_data.saturating_sub(gone);
        }
        into.add(front.part);
    }

    /// The part of the chain that was copied before. Where it was pulled up into another, that one is in front.
    pub(super) fn consume(&mut self, number: u64, part: usize) {
        match self.list.iter_mut().find(|chain| chain.number == number) {
            Some(chain) => {
                chain.misalign += part;
                chain.len -= part;
                self.len -= part;
            }
            None => self.drain(part),
        }
    }

    /// Makes room for a read of at most `n` bytes: `evbuffer_expand_fast_`.
    pub(super) fn expand(&mut self, n: usize) {
        if self.list.is_empty() {
            let chain = chain_new(n);
            self.insert(chain);
            return;
        }
        let (mut used, mut room) = (0, 0);
        for chain in self.list.iter_mut().skip(self.last_with_data) {
            if chain.len == 0 {
                chain.misalign = 0;
            }
            used += usize::from(chain.space() > 0);
            room += chain.space();
            if room >= n {
                return;
            }
            if used == CHAINS_OF_A_READ {
                break;
            }
        }
        if used == CHAINS_OF_A_READ {
            let last = self.list[self.last_with_data];
            let kept = usize::from(last.len > 0);
            room = kept * last.space();
            self.list.truncate(self.last_with_data + kept);
        }
        let chain = chain_new(n - room);
        self.list.push_back(chain);
    }

    /// So many bytes were read into the room.
    pub(super) fn commit(&mut self, mut n: usize) {
        if n == 0 {
            return;
        }
        self.len += n;
        for (at, chain) in self.list.iter_mut().enumerate().skip(self.last_with_data) {
            let taken = n.min(chain.space());
            chain.len += taken;
            n -= taken;
            if n == 0 {
                self.last_with_data = at;
                return;
            }
        }
    }
}
