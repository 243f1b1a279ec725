//! Slots with keys that are never used twice.

use std::ops::{Index, IndexMut};

/// Memory for so many slots is kept, however few are in use.
const KEPT: usize = 64;

/// A key into an [`Arena`]: where the value is, and which value of all that ever lived there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    /// Counts every value the arena ever held, from 1: no two values share one, so a stale key finds nothing.
    pub(crate) number: u64,
    slot: u32,
}

impl Key {
    /// The key of no value.
    pub(crate) const NONE: Self = Self { number: 0, slot: 0 };
}

/// Values under keys; a freed slot is used again, its key is not.
#[derive(Debug)]
pub(crate) struct Arena<T> {
    /// Invariant: the last slot is in use, so that memory goes back when what came last has gone.
    slots: Vec<Option<(u64, T)>>,
    /// Holds every free slot, and perhaps numbers of slots that are no more.
    free: Vec<u32>,
    last_number: u64,
}

impl<T> Arena<T> {
    pub(crate) const fn new() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), last_number: 0 }
    }

    pub(crate) fn insert(&mut self, value: T) -> Key {
        self.last_number += 1;
        let number = self.last_number;
        let entry = Some((number, value));
        let slot = if let Some(slot) = self.free_slot() {
            self.slots[slot as usize] = entry;
            slot
        } else {
            self.slots.push(entry);
            u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 values live at once")
        };
        Key { number, slot }
    }

    fn free_slot(&mut self) -> Option<u32> {
        while let Some(slot) = self.free.pop() {
            if (slot as usize) < self.slots.len() {
                return Some(slot);
            }
        }
        None
    }

    pub(crate) fn remove(&mut self, key: Key) -> Option<T> {
        self.get(key)?;
        let value = self.slots[key.slot as usize].take().map(|(_, value)| value);
        self.free.push(key.slot);
        if key.slot as usize + 1 == self.slots.len() {
            self.trim();
        }
        value
    }

    fn trim(&mut self) {
        while self.slots.last().is_some_and(Option::is_none) {
            self.slots.pop();
        }
        let slots = self.slots.len();
        if self.slots.capacity() > KEPT.max(4 * slots) {
            self.slots.shrink_to(2 * slots);
            self.free.retain(|&slot| (slot as usize) < slots);
            self.free.shrink_to(slots);
        }
    }

    #[inline]
    pub(crate) fn get(&self, key: Key) -> Option<&T> {
        match self.slots.get(key.slot as usize)? {
            Some((number, value)) if *number == key.number => Some(value),
            _ => None,
        }
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        match self.slots.get_mut(key.slot as usize)? {
            Some((number, value)) if *number == key.number => Some(value),
            _ => None,
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Every value with its key, in the order of the slots.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        self.slots.iter().enumerate().filter_map(|(slot, entry)| {
            let (number, value) = entry.as_ref()?;
            Some((Key { number: *number, slot: slot as u32 }, value))
        })
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.slots.iter_mut().flatten().map(|(_, value)| value)
    }
}

/// For the engine's own paths, which hold keys of what is there; a caller's key goes through `get`.
impl<T> Index<Key> for Arena<T> {
    type Output = T;

    #[inline]
    fn index(&self, key: Key) -> &T {
        self.get(key).expect("the engine keeps no key of a removed value")
    }
}

impl<T> IndexMut<Key> for Arena<T> {
    #[inline]
    fn index_mut(&mut self, key: Key) -> &mut T {
        self.get_mut(key).expect("the engine keeps no key of a removed value")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_goes_back_when_most_have_gone() {
        let mut arena = Arena::new();
        let keys: Vec<_> = (0..10_000).map(|value| arena.insert(value)).collect();
        for &key in keys[1..].iter().step_by(2).chain(keys[2..].iter().step_by(2)) {
            arena.remove(key);
        }
        assert_eq!((arena.slots.len(), arena.get(keys[0])), (1, Some(&0)));
        assert!(arena.slots.capacity() <= KEPT && arena.free.capacity() <= KEPT);
        let again = [arena.insert(1), arena.insert(2)];
        assert_eq!(again.map(|key| arena[key]), [1, 2]);
        assert!(keys[1..].iter().all(|&key| arena.get(key).is_none()));
    }

    #[test]
    fn a_slot_is_given_once() {
        let mut arena = Arena::new();
        let mut keys = Vec::new();
        for round in 0..1000_u32 {
            keys.push(arena.insert(round));
            if round % 3 == 0 {
                let gone = keys.swap_remove(round as usize * 7 % keys.len());
                arena.remove(gone);
            }
            let mut slots: Vec<_> = keys.iter().map(|key| key.slot).collect();
            slots.sort_unstable();
            slots.dedup();
            assert_eq!(slots.len(), keys.len());
        }
    }

    #[test]
    fn a_stale_key_finds_nothing_in_a_reused_slot() {
        let mut arena = Arena::new();
        let first = arena.insert("first");
        assert_eq!(arena.remove(first), Some("first"));
        let second = arena.insert("second");
        assert_eq!((first.slot, second.slot), (0, 0));
        assert_eq!(arena.get(first), None);
        assert_eq!(arena.remove(first), None);
        assert_eq!(arena.get(second), Some(&"second"));
    }
}
