//! Chance from a seed (splitmix64): the moments of a run are drawn again by the same seed; what runs beside each other is up to the machine.

#[derive(Clone)]
pub struct Chance(u64);

impl Chance {
    pub const fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// The seed of the environment, else one of this moment.
    pub fn from_environment() -> (Self, u64) {
        let fresh = std::time::UNIX_EPOCH.elapsed().map_or(1, |since| since.subsec_nanos().into());
        let seed = crate::number("XIANFENG_SEED", fresh);
        (Self::of(seed), seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` up to but not `high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low).max(1)
    }

    /// True once in `many`.
    pub fn one_in(&mut self, many: u64) -> bool {
        self.between(0, many) == 0
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let many = u64::try_from(items.len()).ok().filter(|many| *many > 0)?;
        items.get(usize::try_from(self.between(0, many)).ok()?)
    }

    /// Another stream of chance.
    pub fn split(&mut self) -> Self {
        Self(self.next())
    }
}
