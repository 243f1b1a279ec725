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
        for chunk in &self.chunks {
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

#[cfg(test)]
mod tests {
    use super::super::chunk::Chunk;
    use super::*;
    use crate::Change;

    /// Chunks of these sizes.
    fn chunked(sizes: &[usize]) -> Evbuffer {
        let mut buf = Evbuffer::new();
        sizes.iter().for_each(|&n| buf.add_reference(vec![b'x'; n]).unwrap());
        buf
    }

    fn there(buf: &Evbuffer) -> Vec<usize> {
        buf.chunks.iter().map(Chunk::len).collect()
    }

    #[test]
    fn whole_chunks_are_gone_at_once_and_counted_until_the_end() {
        let (mut buf, mut into) = (chunked(&[300, 400, 500]), Evbuffer::new());
        let removal = buf.begin_removal(&mut into, 700).unwrap();
        assert_eq!((there(&buf), buf.len(), there(&into)), (vec![500], 1200, vec![300, 400]));
        buf.end_removal(removal);
        assert_eq!((there(&buf), buf.len()), (vec![500], 500));
    }

    #[test]
    fn a_part_is_there_until_the_end() {
        let (mut buf, mut into) = (chunked(&[300, 400]), Evbuffer::new());
        let removal = buf.begin_removal(&mut into, 301).unwrap();
        assert_eq!((there(&buf), buf.len(), into.len()), (vec![400], 700, 301));
        buf.end_removal(removal);
        assert_eq!((there(&buf), buf.len()), (vec![399], 399));
    }

    #[test]
    fn a_removal_inside_another_moves_what_is_there() {
        let (mut buf, mut into) = (chunked(&[300, 400]), Evbuffer::new());
        let outer = buf.begin_removal(&mut into, 300).unwrap();
        let inner = buf.begin_removal(&mut into, 600).unwrap();
        assert_eq!((inner.bytes(), into.len(), buf.len()), (400, 700, 700));
        buf.end_removal(inner);
        buf.end_removal(outer);
        assert_eq!((there(&buf), buf.len()), (vec![], 0));
    }

    #[test]
    fn what_was_drained_meanwhile_is_not_taken_again() {
        let (mut buf, mut into) = (chunked(&[300, 400]), Evbuffer::new());
        let outer = buf.begin_removal(&mut into, 300).unwrap();
        let inner = buf.begin_removal(&mut into, 1).unwrap();
        assert_eq!(buf.drain(400), Ok(400));
        buf.end_removal(inner);
        assert_eq!(buf.len(), 300, "it is what the outer one moved");
        buf.end_removal(outer);
        assert_eq!(buf.len(), 0);
    }

    /// As in libevent, the sum goes along between the buffers of a base; an application's has what there is.
    #[test]
    fn a_buffer_that_is_moved_meanwhile_takes_along_what_is_counted_where_both_are_of_one_base() {
        type Moves = fn(&mut Evbuffer, &mut Evbuffer) -> Result<(), Frozen>;
        let ways: [(Moves, usize); 3] = [
            (Evbuffer::add_buffer_as_counted, 700),
            (Evbuffer::add_buffer, 400),
            (Evbuffer::prepend_buffer, 400),
        ];
        for (moves, counted) in ways {
            let (mut buf, mut into, mut other) = (chunked(&[300, 400]), Evbuffer::new(), Evbuffer::new());
            let removal = buf.begin_removal(&mut into, 300).unwrap();
            buf.take_change();
            moves(&mut other, &mut buf).unwrap();
            assert_eq!((there(&other), other.len(), there(&buf), buf.len()), (vec![400], counted, vec![], 0));
            assert_eq!(other.take_change(), Some(Change { old_len: 0, added: counted, deleted: 0 }));
            assert_eq!(buf.take_change(), Some(Change { old_len: 700, added: 0, deleted: 700 }));
            other.assert_invariants();
            buf.assert_invariants();
            buf.end_removal(removal);
            assert_eq!((buf.len(), other.drain(700), other.len()), (0, Ok(counted), 0));
        }
    }
}
