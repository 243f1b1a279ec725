//! Slots with keys that are never used twice.

use std::ops::{Index, IndexMut};

/// A key into an [`Arena`]: where the value is, and which value of all that ever lived there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    /// Counts every value the arena ever held, from 1: no two values share one, so a stale key finds nothing.
    pub(crate) number: u64,
    slot: u32,
}

/// Values under keys; a freed slot is used again, its key is not.
#[derive(Debug)]
pub(crate) struct Arena<T> {
    slots: Vec<Option<(u64, T)>>,
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
        let slot = if let Some(slot) = self.free.pop() {
            self.slots[slot as usize] = entry;
            slot
        } else {
            self.slots.push(entry);
            u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 values live at once")
        };
        Key { number, slot }
    }

    pub(crate) fn remove(&mut self, key: Key) -> Option<T> {
        self.get(key)?;
        self.free.push(key.slot);
        self.slots[key.slot as usize].take().map(|(_, value)| value)
    }

    pub(crate) fn get(&self, key: Key) -> Option<&T> {
        match self.slots.get(key.slot as usize)? {
            Some((number, value)) if *number == key.number => Some(value),
            _ => None,
        }
    }

    pub(crate) fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        match self.slots.get_mut(key.slot as usize)? {
            Some((number, value)) if *number == key.number => Some(value),
            _ => None,
        }
    }

    pub(crate) fn contains(&self, key: Key) -> bool {
        self.get(key).is_some()
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

    fn index(&self, key: Key) -> &T {
        self.get(key).expect("the engine keeps no key of a removed value")
    }
}

impl<T> IndexMut<Key> for Arena<T> {
    fn index_mut(&mut self, key: Key) -> &mut T {
        self.get_mut(key).expect("the engine keeps no key of a removed value")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
