//! Finding a connection by what its bufferevent is called.

use std::hash::{BuildHasherDefault, Hasher};

/// Bufferevents are numbered one after the other, and nobody outside chooses which: a multiplication spreads them as evenly as
/// a hash that withstands attacks, for far less. Each message looks a connection up three times.
#[derive(Debug, Default)]
pub(super) struct ByNumber(u64);

/// For maps.
pub(super) type BuildByNumber = BuildHasherDefault<ByNumber>;

/// Odd, and its bits are evenly mixed: 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for ByNumber {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(byte.into()));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(SPREAD);
    }

    /// A map takes its places from the lowest bits, which know nothing of the higher ones before.
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// How many of the places that a map of so many has are taken, by numbers and places as they come.
    fn taken(numbers: impl Iterator<Item = (u64, u32)>, places: u64) -> usize {
        let place = |(number, slot)| {
            let mut hasher = ByNumber::default();
            hasher.write_u64(number);
            hasher.write_u32(slot);
            hasher.finish() % places
        };
        numbers.map(place).collect::<HashSet<_>>().len()
    }

    #[test]
    fn connections_are_spread_over_a_map_as_if_by_chance() {
        // By chance it would be 1 - 1/e of the places, which is 2589 of 4096.
        let in_order = (1..=4096).map(|number| (number, number as u32 - 1));
        let in_one_place = (1..=4096).map(|number| (number, 0));
        let in_a_few = (1..=4096).map(|number| (number * 2 + 9_000, (number % 50) as u32));
        for taken in [taken(in_order, 4096), taken(in_one_place, 4096), taken(in_a_few, 4096)] {
            assert!(taken > 2400, "{taken} of 4096 places");
        }
    }
}
