//! Which timers run, soonest first.

use crate::Time;
use crate::arena::Key;

/// Memory for so many timers is kept, however few run.
const KEPT: usize = 64;

/// A timer that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deadline {
    pub(crate) at: Time,
    /// Where the heap's place of it is kept.
    slot: u32,
}

#[derive(Debug, Clone, Copy)]
struct Timer {
    at: Time,
    event: Key,
    slot: u32,
}

/// libevent's `timeheap`, a binary heap: setting, cancelling and finding the soonest take O(log n).
///
/// Of several timers of one moment, the one that fires first is the one that comes out of this heap first, whatever the
/// order in which they were set: so each is put, moved and taken out as libevent does it.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    heap: Vec<Timer>,
    /// Invariant: of each timer in the heap, its place there.
    places: Vec<u32>,
    /// Slots that no timer has.
    free: Vec<u32>,
}

impl Timers {
    pub(crate) fn set(&mut self, event: Key, at: Time) -> Deadline {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.places.push(0);
            u32::try_from(self.places.len() - 1).expect("fewer than 2^32 timers run at once")
        });
        let timer = Timer { at, event, slot };
        self.heap.push(timer);
        self.shift_up(self.heap.len() - 1, timer);
        Deadline { at, slot }
    }

    pub(crate) fn cancel(&mut self, deadline: Deadline) {
        self.free.push(deadline.slot);
        let place = self.places[deadline.slot as usize] as usize;
        let Some(last) = self.heap.pop() else { return };
        if place < self.heap.len() {
            if place > 0 && self.heap[(place - 1) / 2].at > last.at {
                self.shift_up(place, last);
            } else {
                self.shift_down(place, last);
            }
        }
        if self.heap.is_empty() && self.places.len() > KEPT {
            *self = Self::default();
        }
    }

    pub(crate) fn soonest(&self) -> Option<(Time, Key)> {
        self.heap.first().map(|timer| (timer.at, timer.event))
    }

    pub(crate) const fn len(&self) -> usize {
        self.heap.len()
    }

    fn shift_up(&mut self, mut hole: usize, timer: Timer) {
        while hole > 0 {
            let parent = (hole - 1) / 2;
            if self.heap[parent].at <= timer.at {
                break;
            }
            self.put(hole, self.heap[parent]);
            hole = parent;
        }
        self.put(hole, timer);
    }

    /// Of two children of one moment the second goes up.
    fn shift_down(&mut self, mut hole: usize, timer: Timer) {
        loop {
            let mut child = 2 * hole + 1;
            if child >= self.heap.len() {
                break;
            }
            if child + 1 < self.heap.len() && self.heap[child + 1].at <= self.heap[child].at {
                child += 1;
            }
            if timer.at <= self.heap[child].at {
                break;
            }
            self.put(hole, self.heap[child]);
            hole = child;
        }
        self.put(hole, timer);
    }

    fn put(&mut self, place: usize, timer: Timer) {
        self.heap[place] = timer;
        self.places[timer.slot as usize] = place as u32;
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;
    use crate::arena::Arena;

    proptest! {
        #[test]
        fn the_soonest_of_many_is_found_whatever_was_cancelled(
            steps in vec((0..40_u64, 0..4_u8, any::<Index>()), 1..400),
        ) {
            let event = Arena::new().insert(());
            let mut timers = Timers::default();
            let mut running = Vec::new();
            for (at, kind, which) in steps {
                if kind == 0 && !running.is_empty() {
                    timers.cancel(running.swap_remove(which.index(running.len())));
                } else {
                    running.push(timers.set(event, Time::from_micros(at)));
                }
                prop_assert_eq!(timers.len(), running.len());
                prop_assert_eq!(timers.soonest().map(|(at, _)| at), soonest(&running));
            }
            while let Some(at) = soonest(&running) {
                prop_assert_eq!(timers.soonest(), Some((at, event)));
                let next = running.iter().position(|timer: &Deadline| timer.at == at).unwrap();
                timers.cancel(running.swap_remove(next));
            }
            prop_assert_eq!(timers.soonest(), None);
        }
    }

    fn soonest(running: &[Deadline]) -> Option<Time> {
        running.iter().map(|timer| timer.at).min()
    }
}
