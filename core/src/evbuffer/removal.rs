//! `evbuffer_remove_buffer` of a part, in two halves: the callbacks of the receiver run between them, and find the source
//! as long as it was.

use super::memory::Front;
use super::{Evbuffer, Frozen};

/// The first half is done: this is what the source has yet to forget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Removal(Front);

impl Removal {
    /// How many bytes go.
    pub(crate) const fn bytes(self) -> usize {
        self.0.whole + self.0.part
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
        let n = n.min(self.len - self.missing);
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
        self.check();
        into.check();
        Ok(Removal(front))
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

    /// The second half. Where the callbacks have taken what it is about, libevent is left with a length that is wrong;
    /// here nothing more is taken than is there.
    pub(crate) fn end_removal(&mut self, removal: Removal) {
        let Removal(front) = removal;
        if let Some(memory) = &mut self.memory {
            memory.consume(front);
        }
        let before = self.len;
        let gone = front.whole.min(self.missing);
        self.missing -= gone;
        self.len -= gone;
        self.drop_front(front.part.min(self.len - self.missing));
        self.changes.note(before, 0, before - self.len);
        self.check();
    }
}
