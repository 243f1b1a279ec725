//! What changed since somebody last looked.

/// How an [`Evbuffer`](super::Evbuffer)'s length changed since the last
/// [`take_change`](super::Evbuffer::take_change).
///
/// It stands for the old and the new length that 1.4 gives an `evbuffer_cb`, and for 2.x's `evbuffer_cb_info`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Change {
    /// Bytes there were before: 2.x's `orig_size`.
    pub old_len: usize,
    /// Bytes added at either end since: 2.x's `n_added`.
    pub added: usize,
    /// Bytes taken from either end since: 2.x's `n_deleted`. May include bytes that were added since.
    pub deleted: usize,
}

impl Change {
    /// Bytes there are after the change.
    #[must_use]
    pub fn new_len(&self) -> usize {
        self.old_len + self.added - self.deleted
    }
}

/// Gathers a [`Change`]: that of a buffer in which nothing was added or deleted is none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Changes {
    old_len: usize,
    added: usize,
    deleted: usize,
}

impl Changes {
    /// Notes a change of a buffer that had `len` bytes before it.
    pub(super) fn note(&mut self, len: usize, added: usize, deleted: usize) {
        if self.added == 0 && self.deleted == 0 {
            self.old_len = len;
        }
        self.added += added;
        self.deleted += deleted;
    }

    pub(super) const fn pending(&self) -> Option<Change> {
        let Self { old_len, added, deleted } = *self;
        if added == 0 && deleted == 0 { None } else { Some(Change { old_len, added, deleted }) }
    }

    pub(super) fn take(&mut self) -> Option<Change> {
        let pending = self.pending();
        *self = Self::default();
        pending
    }

    pub(super) fn assert_invariants(&self, len: usize) {
        if let Some(change) = self.pending() {
            assert_eq!(change.new_len(), len, "{change:?} does not lead to the length");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Change;
    use crate::Evbuffer;

    #[test]
    fn a_change_gathers_until_it_is_taken() {
        let mut buf = Evbuffer::from(&[b'x'; 36][..]);
        assert_eq!(buf.take_change(), Some(Change { old_len: 0, added: 36, deleted: 0 }));
        buf.drain(10).unwrap();
        buf.add(b"hello").unwrap();
        let pending = buf.pending_change();
        let change = buf.take_change().unwrap();
        assert_eq!(change, Change { old_len: 36, added: 5, deleted: 10 });
        assert_eq!(pending, Some(change), "it is shown and stays");
        assert_eq!(change.new_len(), 31);
        assert_eq!((buf.take_change(), buf.pending_change()), (None, None));
    }

    #[test]
    fn an_operation_that_moves_nothing_is_no_change() {
        let mut buf = Evbuffer::new();
        buf.add(b"").unwrap();
        buf.drain(7).unwrap();
        buf.remove(&mut [0; 4]).unwrap();
        buf.add_buffer(&mut Evbuffer::new()).unwrap();
        assert_eq!(buf.take_change(), None);
    }

    #[test]
    fn moving_notes_both_buffers() {
        let (mut dst, mut src) = (Evbuffer::from(&b"ab"[..]), Evbuffer::from(&b"cde"[..]));
        dst.take_change();
        src.take_change();
        dst.add_buffer(&mut src).unwrap();
        assert_eq!(dst.take_change(), Some(Change { old_len: 2, added: 3, deleted: 0 }));
        assert_eq!(src.take_change(), Some(Change { old_len: 3, added: 0, deleted: 3 }));
    }
}
