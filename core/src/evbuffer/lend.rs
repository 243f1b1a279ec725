//! An owner lends its buffer to whoever may do anything with it, also put another in its place.

use std::sync::atomic::{AtomicU32, Ordering};

use super::change::Changes;
use super::freeze::FrozenEnds;
use super::{Change, Evbuffer};

/// The number under which the next buffer is lent. One that was taken away keeps its own. Odd, as 0 is that of no loan.
static NEXT: AtomicU32 = AtomicU32::new(1);

/// What the owner keeps of a buffer that it lends.
#[derive(Debug)]
pub(crate) struct Lent {
    number: u32,
    len: usize,
    /// What it has not heard of yet.
    changes: Changes,
    /// What it only counts: nobody can take that away.
    missing: usize,
    frozen: FrozenEnds,
    /// What memory is followed.
    follow: Option<fn(&mut Evbuffer)>,
}

impl Lent {
    /// How many bytes there were.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }
}

impl Evbuffer {
    /// To be followed by [`Self::take_back`] of what is in its place then.
    pub(crate) fn lend(&mut self) -> Lent {
        let number = NEXT.fetch_add(2, Ordering::Relaxed);
        let (len, missing) = (self.len, std::mem::take(&mut self.missing));
        self.len -= missing;
        self.lent = number;
        let follow = self.memory.as_ref().map(|memory| memory.follow());
        let changes = std::mem::take(&mut self.changes);
        Lent { number, len, changes, missing, frozen: self.frozen, follow }
    }

    /// Takes back what is there now, and gives the change if there was one. A buffer that was put in the place of the
    /// one that was lent is owned from now on: its ends are frozen as those were, and all of it is new.
    pub(crate) fn take_back(&mut self, lent: &Lent) -> Option<Change> {
        let taken = self.taken.take();
        if std::mem::take(&mut self.lent) != lent.number {
            self.own(lent);
            return self.changes.pending();
        }
        self.contiguous.expand(self.len, lent.missing);
        self.len += lent.missing;
        self.missing = lent.missing;
        let mut changes = lent.changes;
        let during = [taken.and_then(|taken| taken.pending()), self.changes.pending()];
        during.iter().flatten().for_each(|change| changes.note(lent.len, change.added, change.deleted));
        self.changes = changes;
        if during == [None, None] {
            return None;
        }
        if self.held() == 0 {
            // Who takes all takes what is counted, too.
            self.drain_unfrozen(self.len);
        }
        self.check();
        self.changes.pending()
    }

    /// Whoever it was lent to has taken a change, of which its owner is still to hear.
    #[cold]
    pub(super) fn keep_for_owner(&mut self, change: Change) {
        self.taken.get_or_insert_default().note(change.old_len, change.added, change.deleted);
    }

    #[cold]
    fn own(&mut self, lent: &Lent) {
        self.frozen = lent.frozen;
        self.memory = None;
        if let Some(follow) = lent.follow {
            follow(self);
        }
        self.changes = Changes::default();
        self.changes.note(lent.len, self.len, lent.len);
        self.check();
    }
}
