//! An owner lends its buffer to whoever may do anything with it, also put another in its place.

use std::sync::atomic::{AtomicU32, Ordering};

use super::change::Changes;
use super::freeze::FrozenEnds;
use super::memory::Memory;
use super::{Change, Evbuffer};

/// The number under which a buffer was lent last. One that was taken away keeps its own.
static LENT: AtomicU32 = AtomicU32::new(0);

/// What the owner keeps of a buffer that it lends.
#[derive(Debug)]
pub(crate) struct Lent {
    number: u32,
    len: usize,
    change: Option<Change>,
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
        let number = LENT.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        self.lent = number;
        let follow = self.memory.as_ref().map(|memory| match **memory {
            Memory::Chains(_) => Self::follow_chains as fn(&mut Self),
            Memory::Block(_) => Self::follow_block,
        });
        Lent { number, len: self.len, change: self.changes.pending(), frozen: self.frozen, follow }
    }

    /// Takes back what is there now, and gives the change if there was one. A buffer that was put in the place of the
    /// one that was lent is owned from now on: its ends are frozen as those were, and all of it is new.
    pub(crate) fn take_back(&mut self, lent: &Lent) -> Option<Change> {
        if self.lent != lent.number {
            self.own(lent);
        }
        self.changes.pending().filter(|change| Some(*change) != lent.change)
    }

    #[cold]
    fn own(&mut self, lent: &Lent) {
        // Bytes that a move of its own was about are counted elsewhere.
        self.len = self.held();
        self.missing = 0;
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
