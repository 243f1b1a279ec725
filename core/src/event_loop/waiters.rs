//! The events that wait for one handle.

use crate::EventFlags;
use crate::arena::Key;

/// An event that waits for a handle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiter {
    pub(crate) event: Key,
    /// READ, WRITE or both.
    pub(crate) wants: EventFlags,
}

/// The place of no event.
const NOBODY: Waiter = Waiter { event: Key::NONE, wants: EventFlags::NONE };

/// In the order in which they were armed. Mostly these are the two events of a bufferevent, which have their place here: to look
/// at a handle is to look at one piece of memory.
#[derive(Debug)]
pub(super) struct Waiters {
    /// Invariant: nobody is before somebody.
    few: [Waiter; 2],
    /// Those that came when both places were taken. Invariant: without any it owns no memory.
    more: Vec<Waiter>,
    /// Invariant: what any of them wants.
    wanted: EventFlags,
}

impl Default for Waiters {
    fn default() -> Self {
        Self { few: [NOBODY; 2], more: Vec::new(), wanted: EventFlags::NONE }
    }
}

impl Waiters {
    #[inline]
    pub(super) fn push(&mut self, waiter: Waiter) {
        self.wanted |= waiter.wants;
        match &mut self.few {
            [first, _] if first.wants.is_empty() => *first = waiter,
            [_, second] if second.wants.is_empty() => *second = waiter,
            _ => self.more.push(waiter),
        }
    }

    /// Takes the event out, if it is there; gives whether it was.
    #[inline]
    pub(super) fn remove(&mut self, event: Key) -> bool {
        match &mut self.few {
            [_, second] if second.event == event => *second = NOBODY,
            [first, second] if first.event == event => (*first, *second) = (*second, NOBODY),
            _ => return self.remove_from_more(event),
        }
        self.wanted = self.few[0].wants | self.few[1].wants;
        if !self.more.is_empty() {
            self.few[1] = self.take_of_more(0);
            self.look_at_all();
        }
        true
    }

    #[cold]
    fn remove_from_more(&mut self, event: Key) -> bool {
        let place = self.more.iter().position(|waiter| waiter.event == event);
        let removed = place.map(|place| self.take_of_more(place)).is_some();
        self.look_at_all();
        removed
    }

    fn look_at_all(&mut self) {
        let all = self.few.iter().chain(&self.more);
        self.wanted = all.fold(EventFlags::NONE, |wanted, waiter| wanted | waiter.wants);
    }

    #[cold]
    fn take_of_more(&mut self, place: usize) -> Waiter {
        let waiter = self.more.remove(place);
        if self.more.is_empty() {
            // The next may be long in coming.
            self.more = Vec::new();
        }
        waiter
    }

    #[inline]
    pub(super) const fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// What any of them wants.
    #[inline]
    pub(super) const fn wanted(&self) -> EventFlags {
        self.wanted
    }

    /// Shows all of them, and perhaps places of nobody, who wants nothing.
    #[inline]
    pub(super) fn oldest_first(&self, mut show: impl FnMut(&Waiter)) {
        self.few.iter().for_each(&mut show);
        self.more.iter().for_each(show);
    }

    /// The same the other way round.
    #[inline]
    pub(super) fn newest_first(&self, mut show: impl FnMut(&Waiter)) {
        self.more.iter().rev().for_each(&mut show);
        self.few.iter().rev().for_each(show);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arena::Arena;

    fn there(waiters: &Waiters) -> Vec<Key> {
        let (mut oldest, mut newest) = (Vec::new(), Vec::new());
        let add =
            |to: &mut Vec<_>, waiter: &Waiter| to.extend((!waiter.wants.is_empty()).then_some(waiter.event));
        waiters.oldest_first(|waiter| add(&mut oldest, waiter));
        waiters.newest_first(|waiter| add(&mut newest, waiter));
        newest.reverse();
        assert_eq!(oldest, newest);
        oldest
    }

    #[test]
    fn however_many_there_are_and_go_the_others_keep_their_order() {
        let mut arena = Arena::new();
        let keys: Vec<_> = (0..6).map(|_| arena.insert(())).collect();
        for count in 0..=keys.len() {
            for gone in 0..count {
                let (mut waiters, mut expected) = (Waiters::default(), keys[..count].to_vec());
                for &event in &expected {
                    waiters.push(Waiter { event, wants: EventFlags::READ });
                }
                assert_eq!(there(&waiters), expected);
                assert!(waiters.remove(keys[gone]) && !waiters.remove(keys[gone]));
                expected.remove(gone);
                assert_eq!(there(&waiters), expected, "{count}, without {gone}");
                assert_eq!(waiters.is_empty(), expected.is_empty());
                assert_eq!(waiters.more.capacity() > 0, expected.len() > 2, "memory of its own is for many");
            }
        }
    }

    #[test]
    fn what_is_wanted_is_what_any_of_them_wants() {
        let mut arena = Arena::new();
        let mut waiters = Waiters::default();
        assert_eq!(waiters.wanted(), EventFlags::NONE);
        let events = [EventFlags::READ, EventFlags::READ, EventFlags::WRITE].map(|wants| {
            let event = arena.insert(());
            waiters.push(Waiter { event, wants });
            event
        });
        assert_eq!(waiters.wanted(), EventFlags::READ | EventFlags::WRITE);
        waiters.remove(events[2]);
        assert_eq!(waiters.wanted(), EventFlags::READ);
    }
}
