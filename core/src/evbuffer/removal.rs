//! `evbuffer_remove_buffer` of a part, in two halves: the callbacks of the receiver run between them, and find the source
//! as long as it was.

use super::chunk::Chunk;
use super::memory::Front;
use super::{Evbuffer, Frozen};

/// The first half is done: this is what the source has yet to forget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Removal {
    front: Front,
    /// The number of the chunk that begins with the part; there is no chunk 0.
    chunk: u64,
}

impl Removal {
    /// How many bytes go.
    pub(crate) const fn bytes(self) -> usize {
        self.front.whole + self.front.part
    }
}

impl Evbuffer {
    /// Moves the first `n < len` bytes to the end of `into`, and leaves the length of this buffer as it was: to be
    /// followed by [`Self::end_removal`].
    ///
    /// Whole chains are gone at once. Of the next a part is copied, and is still there until the second half.
    pub(crate) fn begin_removal(&mut self, into: &mut Self, n: usize) -> Result<Removal, Frozen> {
        self.start_may_change()?;
        into.end_may_change()?;
        // What an earlier move under way has taken is only counted.
        let n = n.min(self.held());
        let front = self.front(n);
        if let (Some(memory), Some(theirs)) = (&mut self.memory, &mut into.memory) {
            memory.move_front(theirs, front);
        }
        into.changes.note(into.len, n, 0);
        into.contiguous.expand(into.len, n);
        self.missing += front.whole;
        self.move_front(into, front.whole);
        self.len += front.whole;
        for (_, piece) in self.pieces(0, front.part) {
            into.push_bytes_back(piece);
        }
        let chunk = self.chunks.front_mut().filter(|_| front.part > 0).map_or(0, Chunk::numbered);
        self.check();
        into.check();
        Ok(Removal { front, chunk })
    }

    /// What of the first `n` bytes are whole chains, or where none are followed, whole chunks.
    fn front(&self, n: usize) -> Front {
        if let Some(memory) = &self.memory {
            return memory.front(n);
        }
        let mut front = Front { whole: 0, part: n, chain: 0 };
        for chunk in self.chunks.iter().take_while(|chunk| chunk.len() <= n) {
            if chunk.len() > front.part {
                break;
            }
            front.whole += chunk.len();
            front.part -= chunk.len();
        }
        front
    }

    /// The second half. What was copied goes from the chain that it came from, whatever callbacks have put before that.
    ///
    /// Where they have taken what it is about, libevent is left with a length that is wrong; here nothing more is taken
    /// than is there.
    pub(crate) fn end_removal(&mut self, removal: Removal) {
        let before = self.len;
        let gone = removal.front.whole.min(self.missing);
        self.missing -= gone;
        self.len -= gone;
        if let Some((at, there)) = self.place_of_part(removal) {
            let part = removal.front.part.min(there);
            if let Some(memory) = &mut self.memory {
                memory.consume(removal.front.chain, part);
            }
            self.drop_at(at, part);
        }
        self.changes.note(before, 0, before - self.len);
        self.check();
    }

    /// Where what was copied lies now, and how much of it there can be.
    fn place_of_part(&self, removal: Removal) -> Option<(usize, usize)> {
        let followed = self.memory.as_ref().map(|memory| memory.place(removal.front.chain));
        if let Some(Some(place)) = followed {
            return Some(place);
        }
        let mut at = 0;
        for chunk in &self.chunks {
            if chunk.number() == removal.chunk && removal.chunk > 0 {
                // A chain can lie in several chunks.
                let there = if followed.is_some() { self.held() - at } else { chunk.len() };
                return Some((at, there));
            }
            at += chunk.len();
        }
        None
    }

    /// Drops `n` bytes that are not at the start; the caller keeps the chains, the 1.4 size and the change.
    fn drop_at(&mut self, at: usize, n: usize) {
        let mut before = vec![0; at];
        self.copyout(&mut before);
        self.drop_front(at + n);
        self.push_bytes_front(&before);
    }
}
