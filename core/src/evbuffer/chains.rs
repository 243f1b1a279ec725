//! How libevent 2.1's chains would lie in memory, for a buffer that follows them.
//!
//! 2.1 never copies what it moves from buffer to buffer, however little is in a chain, and one write offers 128 chains. So a
//! trace of many short messages can only be the same if their chains are known. This buffer's own chunks are fewer; the
//! chains are kept beside them, as sizes alone, where somebody asks for it: a simulation does, a server does not.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};

/// What 2.1 allocates for a chain at least, and what it keeps of that for itself, in bytes.
const SMALLEST: usize = 1024;
const HEADER: usize = 48;

/// A chain that is added behind another is twice as large, up to this.
const MOST_DOUBLED: usize = 2048;

/// No more than so many bytes are moved to the front of a chain to make room behind them.
const MOST_REALIGNED: usize = 2048;

/// So many chains at the end of a buffer take part in one read.
const CHAINS_OF_A_READ: usize = 4;

/// The number of the last chain that was made.
static MADE: AtomicU64 = AtomicU64::new(0);

/// One chain. Its number, which no other has, stays with it when it goes to another buffer.
#[derive(Debug, Clone, Copy)]
struct Chain {
    number: u64,
    /// `buffer_len`.
    size: usize,
    /// Bytes before the payload.
    misalign: usize,
    /// Bytes of payload.
    off: usize,
}

impl Chain {
    /// `evbuffer_chain_new`.
    fn new(n: usize) -> Self {
        let number = MADE.fetch_add(1, Ordering::Relaxed) + 1;
        let size = (n + HEADER).next_power_of_two().max(SMALLEST) - HEADER;
        Self { number, size, misalign: 0, off: 0 }
    }

    const fn space(&self) -> usize {
        self.size - self.misalign - self.off
    }

    /// `evbuffer_chain_should_realign`.
    const fn should_realign(&self, n: usize) -> bool {
        self.size - self.off >= n && self.off < self.size / 2 && self.off <= MOST_REALIGNED
    }
}

/// The chains of one buffer, of which the last ones may be empty.
#[derive(Debug, Clone, Default)]
pub(super) struct Chains {
    list: VecDeque<Chain>,
    /// The last chain with payload, or the first if none has any (`last_with_datap`).
    last_with_data: usize,
    /// Invariant: the payload of all.
    len: usize,
}

/// What `evbuffer_remove_buffer` moves of a source: whole chains, and a part of the next, whose number this is. There is no
/// chain 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Front {
    pub(super) whole: usize,
    pub(super) part: usize,
    pub(super) chain: u64,
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

    /// Bytes of payload in each.
    pub(super) fn lens(&self) -> impl Iterator<Item = usize> {
        self.list.iter().map(|chain| chain.off)
    }

    /// Bytes of payload in the first `count`.
    pub(super) fn first(&self, count: usize) -> usize {
        self.lens().take(count).sum()
    }

    /// `evbuffer_free_trailing_empty_chains`.
    fn drop_empty(&mut self) {
        let behind = self.list.iter().skip(self.last_with_data).position(|chain| chain.off == 0);
        if let Some(behind) = behind {
            self.list.truncate(self.last_with_data + behind);
        }
    }

    /// `evbuffer_chain_insert`.
    fn insert(&mut self, chain: Chain) {
        self.drop_empty();
        self.list.push_back(chain);
        if chain.off > 0 {
            self.last_with_data = self.list.len() - 1;
        }
    }

    fn advance_last_with_data(&mut self) {
        while self.list.get(self.last_with_data + 1).is_some_and(|next| next.off > 0) {
            self.last_with_data += 1;
        }
    }

    /// `evbuffer_add`.
    pub(super) fn add(&mut self, n: usize) {
        if self.list.is_empty() {
            let chain = Chain::new(n);
            self.insert(chain);
        }
        self.len += n;
        let chain = &mut self.list[self.last_with_data];
        let space = chain.space();
        if space >= n {
            chain.off += n;
            return;
        }
        if chain.should_realign(n) {
            chain.misalign = 0;
            chain.off += n;
            return;
        }
        chain.off += space;
        let doubled = if chain.size <= MOST_DOUBLED { chain.size * 2 } else { chain.size };
        let next = Chain::new(doubled.max(n));
        self.insert(Chain { off: n - space, ..next });
    }

    /// `evbuffer_prepend`.
    pub(super) fn prepend(&mut self, mut n: usize) {
        if n == 0 {
            return;
        }
        self.len += n;
        if self.list.is_empty() {
            let chain = Chain::new(n);
            self.insert(chain);
        }
        let first = &mut self.list[0];
        if first.off == 0 {
            first.misalign = first.size;
        }
        let fits = n.min(first.misalign);
        first.off += fits;
        first.misalign -= fits;
        n -= fits;
        if n == 0 {
            return;
        }
        let is_empty = first.off == 0;
        let before = Chain::new(n);
        self.list.push_front(Chain { off: n, misalign: before.size - n, ..before });
        if self.last_with_data > 0 || !is_empty {
            self.last_with_data += 1;
        }
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
        while self.list[0].off <= n {
            n -= self.list[0].off;
            self.list.pop_front();
            self.last_with_data = self.last_with_data.saturating_sub(1);
        }
        self.list[0].misalign += n;
        self.list[0].off -= n;
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

    /// What `evbuffer_remove_buffer` moves where `n` bytes are asked for, which are no more than there are.
    pub(super) fn front(&self, n: usize) -> Front {
        let mut front = Front { whole: 0, part: n, chain: 0 };
        for chain in &self.list {
            if chain.off > front.part {
                front.chain = chain.number;
                break;
            }
            front.whole += chain.off;
            front.part -= chain.off;
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

    /// The part of the chain that was copied before. Gives whether that chain is still the first.
    pub(super) fn consume(&mut self, front: Front) -> bool {
        let first = self.list.front_mut().filter(|first| first.number == front.chain);
        let part = first.map(|first| {
            let part = front.part.min(first.off);
            first.misalign += part;
            first.off -= part;
            part
        });
        self.len -= part.unwrap_or(0);
        part.is_some()
    }

    /// Makes room for a read of at most `n` bytes: `evbuffer_expand_fast_`.
    pub(super) fn expand(&mut self, n: usize) {
        if self.list.is_empty() {
            let chain = Chain::new(n);
            self.insert(chain);
            return;
        }
        let (mut used, mut room) = (0, 0);
        for chain in self.list.iter_mut().skip(self.last_with_data) {
            if chain.off == 0 {
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
            let kept = usize::from(last.off > 0);
            room = kept * last.space();
            self.list.truncate(self.last_with_data + kept);
        }
        let chain = Chain::new(n - room);
        self.list.push_back(chain);
    }

    /// So many bytes were read into the room.
    pub(super) fn commit(&mut self, mut n: usize) {
        if n == 0 {
            return;
        }
        self.len += n;
        let full = usize::from(self.list[self.last_with_data].space() == 0);
        for (at, chain) in self.list.iter_mut().enumerate().skip(self.last_with_data + full) {
            let taken = n.min(chain.space());
            chain.off += taken;
            n -= taken;
            if n == 0 {
                self.last_with_data = at;
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lens(chains: &Chains) -> Vec<usize> {
        chains.lens().collect()
    }

    #[test]
    fn chains_have_the_sizes_that_2_1_was_seen_to_use() {
        let mut chains = Chains::of(1);
        [975, 2000, 5000, 1000].into_iter().for_each(|n| chains.add(n));
        // Of 1024, 2048 and 8192 bytes, 48 of them libevent's own.
        assert_eq!(lens(&chains), [976, 2000, 6000]);
    }

    #[test]
    fn what_is_moved_keeps_its_chain_however_short() {
        let mut chains = Chains::default();
        (0..3).for_each(|_| chains.add_buffer(&mut Chains::of(1)));
        chains.add(10);
        assert_eq!(lens(&chains), [1, 1, 11]);
        assert_eq!((chains.first(2), chains.first(9)), (2, 13));
    }

    #[test]
    fn a_part_is_there_until_it_is_consumed() {
        let (mut from, mut into) = (Chains::of(3), Chains::default());
        from.add_buffer(&mut Chains::of(5));
        let front = from.front(4);
        assert_eq!((front.whole, front.part), (3, 1));
        from.move_front(&mut into, front);
        assert_eq!((lens(&from), lens(&into)), (vec![5], vec![4]));
        assert!(from.consume(front));
        assert_eq!(lens(&from), [4]);
        from.drain(4);
        assert!(!from.consume(front), "its chain is gone");
    }

    #[test]
    fn a_read_leaves_the_room_that_it_did_not_fill() {
        let mut chains = Chains::of(970);
        chains.expand(100);
        chains.commit(3);
        assert_eq!(lens(&chains), [973, 0]);
        chains.expand(100);
        chains.commit(100);
        assert_eq!(lens(&chains), [976, 97]);
        chains.drain(1073);
        assert!(lens(&chains).is_empty());
        chains.expand(1);
        chains.drain(1);
        chains.add(977);
        assert_eq!(lens(&chains), [976, 1], "room that a read has left is there, with nothing to drain");
    }

    #[test]
    fn a_prepend_uses_the_room_before_and_then_a_chain_of_its_own() {
        let mut chains = Chains::of(10);
        chains.drain(4);
        chains.prepend(3);
        assert_eq!(lens(&chains), [9]);
        chains.prepend(5);
        assert_eq!(lens(&chains), [4, 10]);
        chains.prepend(2);
        assert_eq!(lens(&chains), [6, 10]);
    }
}
