//! What each handle was last known to be able to do, and which events wait for it.
//!
//! The kernel may speak of readiness only when it changes (edge-triggered), while events are level-triggered:
//! a bufferevent that stopped reading early is still readable. So what is known is remembered until a call says
//! otherwise, and a pass asks this memory. Only handles that are ready for something that an event waits for
//! are looked at: a connection that is idle or stopped at a watermark costs a pass nothing.

use std::collections::BTreeMap;

use super::waiters::{Waiter, Waiters};
use crate::arena::Key;
use crate::dialect::ReadyOrder;
use crate::{Direction, EventFlags, Handle, Readiness};

/// Memory for so many handles is kept, however few there are.
const KEPT: usize = 64;

/// Numbers below this are places in a list, as long as the highest of them: at most 88 MiB. What a driver numbers otherwise
/// takes memory for each handle alone.
const LISTED: usize = 1 << 20;

#[derive(Debug, Default)]
struct HandleState {
    waiters: Waiters,
    /// READ and WRITE, as far as a call would not block.
    ready: EventFlags,
    /// Invariant: whether this handle is in `candidates`.
    listed: bool,
}

impl HandleState {
    fn is_forgotten(&self) -> bool {
        !self.listed && self.waiters.is_empty() && self.ready.is_empty()
    }

    #[inline]
    fn is_candidate(&self) -> bool {
        self.ready.intersects(self.waiters.wanted())
    }
}

/// What a handle can do, as what events wait for.
#[inline]
fn flags(ready: Readiness) -> EventFlags {
    let read = if ready.readable { EventFlags::READ } else { EventFlags::NONE };
    let write = if ready.writable { EventFlags::WRITE } else { EventFlags::NONE };
    read | write
}

/// The remembered readiness of every handle, by its number.
#[derive(Debug, Default)]
pub(crate) struct ReadyMemory {
    handles: Vec<HandleState>,
    /// Those with high numbers. Invariant: none that is forgotten stays here.
    high: BTreeMap<Handle, HandleState>,
    /// Invariant: holds every handle that is ready for something an event waits for, and perhaps others.
    candidates: Vec<Handle>,
    /// Invariant: the number of waiters over all handles.
    waiters: usize,
}

impl ReadyMemory {
    #[inline]
    fn state(&mut self, handle: Handle) -> &mut HandleState {
        let at = handle.0 as usize;
        if at < self.handles.len() { &mut self.handles[at] } else { self.beyond_the_list(handle) }
    }

    #[cold]
    #[inline(never)]
    fn beyond_the_list(&mut self, handle: Handle) -> &mut HandleState {
        let at = handle.0 as usize;
        if at >= LISTED {
            return self.high.entry(handle).or_default();
        }
        self.handles.resize_with(at + 1, HandleState::default);
        &mut self.handles[at]
    }

    /// To follow what may have been the last that was known of a handle.
    #[inline]
    fn tidy(&mut self, handle: Handle) {
        if handle.0 as usize >= LISTED {
            self.tidy_high(handle);
        }
    }

    #[cold]
    #[inline(never)]
    fn tidy_high(&mut self, handle: Handle) {
        if self.high.get(&handle).is_some_and(HandleState::is_forgotten) {
            self.high.remove(&handle);
        }
    }

    /// Changes what is known of a handle, and lists it where that makes it a candidate.
    #[inline]
    fn change(&mut self, handle: Handle, change: impl FnOnce(&mut HandleState)) {
        let state = self.state(handle);
        change(state);
        if !state.listed && state.is_candidate() {
            state.listed = true;
            self.candidates.push(handle);
        }
    }

    /// What is known now, whatever was remembered.
    pub(crate) fn replace(&mut self, handle: Handle, ready: Readiness) {
        self.change(handle, |state| state.ready = flags(ready));
    }

    /// More is possible than what was remembered.
    #[inline]
    pub(crate) fn note(&mut self, handle: Handle, ready: Readiness) {
        self.change(handle, |state| state.ready |= flags(ready));
    }

    /// A call in this direction would block.
    #[inline]
    pub(crate) fn clear(&mut self, handle: Handle, direction: Direction) {
        let state = self.state(handle);
        state.ready = state.ready.without(match direction {
            Direction::Read => EventFlags::READ,
            Direction::Write => EventFlags::WRITE,
        });
        self.tidy(handle);
    }

    pub(crate) fn forget(&mut self, handle: Handle) {
        self.state(handle).ready = EventFlags::NONE;
        self.tidy(handle);
        self.trim();
    }

    /// Gives memory back when the handles with the highest numbers are forgotten.
    fn trim(&mut self) {
        while self.handles.last().is_some_and(HandleState::is_forgotten) {
            self.handles.pop();
        }
        if self.handles.capacity() > KEPT.max(4 * self.handles.len()) {
            self.handles.shrink_to(2 * self.handles.len());
        }
    }

    #[inline]
    pub(crate) fn arm(&mut self, handle: Handle, waiter: Waiter) {
        self.waiters += 1;
        self.change(handle, |state| state.waiters.push(waiter));
    }

    #[inline]
    pub(crate) fn disarm(&mut self, handle: Handle, event: Key) {
        let gone = self.state(handle).waiters.remove(event);
        self.waiters -= usize::from(gone);
        self.tidy(handle);
    }

    /// Gives back the memory that a crowd took.
    pub(crate) fn shrink(&mut self) {
        self.candidates.shrink_to_fit();
        self.handles.shrink_to_fit();
    }

    pub(crate) fn waiters(&self) -> usize {
        self.waiters
    }

    /// The handles that are ready for something an event waits for, each once.
    ///
    /// Level-triggered: each is looked at again in the next pass, until nobody waits or nothing is ready.
    pub(crate) fn take_candidates(&mut self, into: &mut Vec<Handle>) {
        self.keep_candidates(self.candidates.len());
        into.clone_from(&self.candidates);
        self.trim();
    }

    /// Whether a pass would find something, without asking the kernel.
    pub(crate) fn any(&mut self) -> bool {
        for at in 0..self.candidates.len() {
            if self.state(self.candidates[at]).is_candidate() {
                self.keep_candidates(at);
                return true;
            }
        }
        self.keep_candidates(self.candidates.len());
        false
    }

    /// Forgets those of the first so many that are candidates no more.
    fn keep_candidates(&mut self, first: usize) {
        let mut kept = 0;
        for at in 0..first {
            let handle = self.candidates[at];
            let state = self.state(handle);
            if state.is_candidate() {
                self.candidates[kept] = handle;
                kept += 1;
            } else {
                state.listed = false;
                self.tidy(handle);
            }
        }
        self.candidates.drain(kept..first);
    }

    /// Appends the events that what is known of the handle makes active, each with its cause.
    pub(super) fn arrange(&self, handle: Handle, order: ReadyOrder, found: &mut Vec<(Key, EventFlags)>) {
        let listed = self.handles.get(handle.0 as usize);
        let Some(state) = listed.or_else(|| self.high.get(&handle)) else { return };
        let mut add = |waiter: &Waiter, ready: EventFlags| {
            let cause = waiter.wants.intersection(ready);
            if !cause.is_empty() {
                found.push((waiter.event, cause));
            }
        };
        match order {
            ReadyOrder::ReadFirst => {
                let active = state.ready.intersection(state.waiters.wanted());
                for direction in [EventFlags::READ, EventFlags::WRITE] {
                    if active.contains(direction) {
                        state.waiters.oldest_first(|waiter| add(waiter, direction));
                    }
                }
            }
            ReadyOrder::NewestFirst => state.waiters.newest_first(|waiter| add(waiter, state.ready)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HIGHEST: Handle = Handle(u32::MAX);

    fn event() -> Key {
        crate::arena::Arena::new().insert(())
    }

    fn waiter() -> Waiter {
        Waiter { event: event(), wants: EventFlags::READ }
    }

    fn candidates(memory: &mut ReadyMemory) -> Vec<Handle> {
        let mut handles = Vec::new();
        memory.take_candidates(&mut handles);
        handles
    }

    /// What a handle can do, and how many events that makes active.
    fn known(memory: &ReadyMemory, handle: Handle) -> (EventFlags, usize) {
        let state = memory.handles.get(handle.0 as usize).or_else(|| memory.high.get(&handle)).unwrap();
        let mut found = Vec::new();
        memory.arrange(handle, ReadyOrder::ReadFirst, &mut found);
        (state.ready, found.len())
    }

    #[test]
    fn a_high_number_is_remembered_as_a_low_one_is_and_takes_no_more_memory() {
        for (handle, listed) in [(Handle(3), 4), (Handle(LISTED as u32), 0), (HIGHEST, 0)] {
            let mut memory = ReadyMemory::default();
            memory.arm(handle, waiter());
            assert_eq!((memory.any(), candidates(&mut memory)), (false, vec![]), "{handle:?}");
            memory.note(handle, Readiness::BOTH);
            assert_eq!((memory.any(), candidates(&mut memory)), (true, vec![handle]), "{handle:?}");
            assert_eq!(known(&memory, handle), (EventFlags::READ | EventFlags::WRITE, 1), "{handle:?}");
            memory.clear(handle, Direction::Read);
            assert_eq!((memory.any(), known(&memory, handle)), (false, (EventFlags::WRITE, 0)), "{handle:?}");
            assert_eq!(memory.handles.len(), listed, "{handle:?}");
        }
    }

    #[test]
    fn who_is_ready_no_more_makes_way_and_the_others_keep_their_turns() {
        let mut memory = ReadyMemory::default();
        let handles = [0, 1, 2, 3, 4].map(Handle);
        for handle in handles {
            memory.arm(handle, waiter());
            memory.note(handle, Readiness::READABLE);
        }
        [0, 2].into_iter().for_each(|at| memory.clear(handles[at], Direction::Read));
        assert!(memory.any());
        assert_eq!(memory.candidates, [1, 2, 3, 4].map(Handle), "only those before the first are looked at");
        assert_eq!(candidates(&mut memory), [1, 3, 4].map(Handle));
        memory.note(handles[0], Readiness::READABLE);
        assert_eq!(candidates(&mut memory), [1, 3, 4, 0].map(Handle));
        handles.into_iter().for_each(|handle| memory.clear(handle, Direction::Read));
        assert!(!memory.any() && memory.candidates.is_empty());
    }

    /// Each in its own way, the last that was known of it goes.
    #[test]
    fn a_high_number_that_is_forgotten_leaves_nothing() {
        let ways: [fn(&mut ReadyMemory); 4] = [
            |memory| memory.clear(HIGHEST, Direction::Read),
            |memory| {
                memory.note(HIGHEST, Readiness::READABLE);
                memory.forget(HIGHEST);
            },
            |memory| {
                memory.arm(HIGHEST, waiter());
                memory.disarm(HIGHEST, event());
            },
            |memory| {
                memory.arm(HIGHEST, waiter());
                memory.note(HIGHEST, Readiness::READABLE);
                memory.disarm(HIGHEST, event());
                memory.forget(HIGHEST);
                candidates(memory);
            },
        ];
        for (at, way) in ways.iter().enumerate() {
            let mut memory = ReadyMemory::default();
            way(&mut memory);
            assert!(memory.high.is_empty(), "{at}");
        }
        let mut memory = ReadyMemory::default();
        memory.arm(HIGHEST, waiter());
        memory.note(HIGHEST, Readiness::READABLE);
        memory.disarm(HIGHEST, event());
        memory.forget(HIGHEST);
        assert!(!memory.any() && memory.high.is_empty());
    }
}
