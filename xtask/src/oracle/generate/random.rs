//! Random numbers.

/// SplitMix64: small, and the same for ever, which no crate promises.
#[derive(Debug)]
pub(in crate::oracle) struct Random(u64);

impl Random {
    /// Those that follow from these numbers.
    pub(in crate::oracle) fn new(seed: u64, index: u64) -> Self {
        let mixed = Self(seed).next();
        Self(mixed ^ index.wrapping_mul(0xd134_2543_de82_ef95))
    }

    pub(in crate::oracle) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Less than the bound, which is not 0.
    pub(in crate::oracle) fn below(&mut self, bound: u32) -> u32 {
        (self.next() % u64::from(bound)) as u32
    }

    pub(in crate::oracle) fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    pub(in crate::oracle) fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u32) as usize]
    }

    /// One of these, as often as its weight says. At least one weight is not 0.
    pub(in crate::oracle) fn weighted<T: Copy>(&mut self, values: &[(T, u32)]) -> T {
        let mut at = self.below(values.iter().map(|(_, weight)| weight).sum());
        for (value, weight) in values {
            match at.checked_sub(*weight) {
                Some(rest) => at = rest,
                None => return *value,
            }
        }
        unreachable!("the number is below the sum of all weights")
    }
}
