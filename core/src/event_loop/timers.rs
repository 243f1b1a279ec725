//! Which timers run, soonest first.

use std::collections::BTreeSet;

use crate::Time;
use crate::arena::Key;

/// When an event's timer fires. Timers of the same moment fire in the order in which they were set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deadline {
    pub(crate) at: Time,
    order: u64,
}

/// libevent's `timeheap`: setting, cancelling and finding the soonest take O(log n).
#[derive(Debug, Default)]
pub(crate) struct Timers {
    soonest_first: BTreeSet<(Deadline, Key)>,
    last_order: u64,
}

impl Timers {
    pub(crate) fn set(&mut self, event: Key, at: Time) -> Deadline {
        self.last_order += 1;
        let deadline = Deadline { at, order: self.last_order };
        self.soonest_first.insert((deadline, event));
        deadline
    }

    pub(crate) fn cancel(&mut self, event: Key, deadline: Deadline) {
        self.soonest_first.remove(&(deadline, event));
    }

    pub(crate) fn soonest(&self) -> Option<(Time, Key)> {
        self.soonest_first.first().map(|(deadline, event)| (deadline.at, *event))
    }

    pub(crate) fn len(&self) -> usize {
        self.soonest_first.len()
    }
}
