//! What each handle was last known to be able to do, and which events wait for it.
//!
//! The kernel may speak of readiness only when it changes (edge-triggered), while events are level-triggered:
//! a bufferevent that stopped reading early is still readable. So what is known is remembered until a call says
//! otherwise, and a pass asks this memory. Only handles that are ready for something that an event waits for
//! are looked at: a connection that is idle or stopped at a watermark costs a pass nothing.

use std::collections::{BTreeMap, VecDeque};

use crate::arena::Key;
use crate::dialect::ReadyOrder;
use crate::{Direction, EventFlags, Handle, Readiness};

/// An event that waits for a handle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiter {
    pub(crate) event: Key,
    pub(crate) read: bool,
    pub(crate) write: bool,
}

/// Memory for so many handles is kept, however few there are.
const KEPT: usize = 64;

/// Numbers below this are places in a list, as long as the highest of them: at most 32 MiB. What a driver numbers otherwise
/// takes memory for each handle alone.
const LISTED: usize = 1 << 20;

#[derive(Debug, Default)]
struct HandleState {
    ready: Readiness,
    /// In the order in which they were armed.
    waiters: Vec<Waiter>,
    /// Invariant: whether this handle is in `candidates`.
    listed: bool,
}

impl HandleState {
    fn is_forgotten(&self) -> bool {
        !self.listed && self.waiters.is_empty() && self.ready == Readiness::NONE
    }

    fn is_candidate(&self) -> bool {
        let wanted =
            |waiter: &Waiter| (self.ready.readable && waiter.read) || (self.ready.writable && waiter.write);
        self.waiters.iter().any(wanted)
    }
}

/// The remembered readiness of every handle, by its number.
#[derive(Debug, Default)]
pub(crate) struct ReadyMemory {
    handles: Vec<HandleState>,
    /// Those with high numbers. Invariant: none that is forgotten stays here.
    high: BTreeMap<Handle, HandleState>,
    /// Invariant: holds every handle that is ready for something an event waits for, and perhaps others.
    candidates: VecDeque<Handle>,
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

    fn list(&mut self, handle: Handle) {
        let state = self.state(handle);
        if !state.listed && state.is_candidate() {
            state.listed = true;
            self.candidates.push_back(handle);
        }
    }

    /// What is known now, whatever was remembered.
    pub(crate) fn replace(&mut self, handle: Handle, ready: Readiness) {
        self.state(handle).ready = ready;
        self.list(handle);
    }

    /// More is possible than what was remembered.
    pub(crate) fn note(&mut self, handle: Handle, ready: Readiness) {
        let state = self.state(handle);
        state.ready.readable |= ready.readable;
        state.ready.writable |= ready.writable;
        self.list(handle);
    }

    /// A call in this direction would block.
    pub(crate) fn clear(&mut self, handle: Handle, direction: Direction) {
        let state = self.state(handle);
        match direction {
            Direction::Read => state.ready.readable = false,
            Direction::Write => state.ready.writable = false,
        }
        self.tidy(handle);
    }

    pub(crate) fn forget(&mut self, handle: Handle) {
        let state = self.state(handle);
        state.ready = Readiness::NONE;
        if state.waiters.is_empty() {
            // The next with this number may be long in coming.
            state.waiters = Vec::new();
        }
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

    pub(crate) fn arm(&mut self, handle: Handle, waiter: Waiter) {
        self.state(handle).waiters.push(waiter);
        self.waiters += 1;
        self.list(handle);
    }

    pub(crate) fn disarm(&mut self, handle: Handle, event: Key) {
        let waiters = &mut self.state(handle).waiters;
        let before = waiters.len();
        waiters.retain(|waiter| waiter.event != event);
        let gone = before - waiters.len();
        self.waiters -= gone;
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
    pub(crate) fn take_candidates(&mut self, into: &mut Vec<Handle>) {
        into.clear();
        for _ in 0..self.candidates.len() {
            let Some(handle) = self.candidates.pop_front() else { break };
            let state = self.state(handle);
            if state.is_candidate() {
                into.push(handle);
                // Level-triggered: it is looked at again in the next pass, until nobody waits or nothing is ready.
                self.candidates.push_back(handle);
            } else {
                state.listed = false;
                self.tidy(handle);
            }
        }
        self.trim();
    }

    /// Whether a pass would find something, without asking the kernel.
    pub(crate) fn any(&mut self) -> bool {
        while let Some(&handle) = self.candidates.front() {
            let state = self.state(handle);
            if state.is_candidate() {
                return true;
            }
            state.listed = false;
            self.tidy(handle);
            self.candidates.pop_front();
        }
        false
    }

    pub(crate) fn get(&self, handle: Handle) -> (Readiness, &[Waiter]) {
        self.handles
            .get(handle.0 as usize)
            .or_else(|| self.high.get(&handle))
            .map_or((Readiness::NONE, &[]), |state| (state.ready, state.waiters.as_slice()))
    }
}

/// Appends the events that this readiness makes active, each with its cause.
pub(super) fn arrange(
    order: ReadyOrder,
    ready: Readiness,
    waiters: &[Waiter],
    found: &mut Vec<(Key, EventFlags)>,
) {
    let mut add = |waiter: &Waiter, read: bool, write: bool| {
        let mut cause = EventFlags::NONE;
        if read && ready.readable && waiter.read {
            cause |= EventFlags::READ;
        }
        if write && ready.writable && waiter.write {
            cause |= EventFlags::WRITE;
        }
        if !cause.is_empty() {
            found.push((waiter.event, cause));
        }
    };
    match order {
        ReadyOrder::ReadFirst => {
            waiters.iter().for_each(|waiter| add(waiter, true, false));
            waiters.iter().for_each(|waiter| add(waiter, false, true));
        }
        ReadyOrder::NewestFirst => waiters.iter().rev().for_each(|waiter| add(waiter, true, true)),
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
        Waiter { event: event(), read: true, write: false }
    }

    fn candidates(memory: &mut ReadyMemory) -> Vec<Handle> {
        let mut handles = Vec::new();
        memory.take_candidates(&mut handles);
        handles
    }

    #[test]
    fn a_high_number_is_remembered_as_a_low_one_is_and_takes_no_more_memory() {
        for (handle, listed) in [(Handle(3), 4), (Handle(LISTED as u32), 0), (HIGHEST, 0)] {
            let mut memory = ReadyMemory::default();
            memory.arm(handle, waiter());
            assert_eq!((memory.any(), candidates(&mut memory)), (false, vec![]), "{handle:?}");
            memory.note(handle, Readiness::BOTH);
            assert_eq!((memory.any(), candidates(&mut memory)), (true, vec![handle]), "{handle:?}");
            assert_eq!((memory.get(handle).0, memory.get(handle).1.len()), (Readiness::BOTH, 1));
            memory.clear(handle, Direction::Read);
            assert_eq!((memory.any(), memory.get(handle).0), (false, Readiness::WRITABLE), "{handle:?}");
            assert_eq!(memory.handles.len(), listed, "{handle:?}");
        }
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
