//! Chance that repeats: SplitMix64 from a seed that is printed, so that a run can be played again.

#[derive(Clone)]
pub struct Dice(u64);

/// The seed of this run: `XIANFENG_SEED`, else 1.
pub fn seed() -> u64 {
    number("XIANFENG_SEED").unwrap_or(1)
}

/// The seeds that an attack is tried with: `XIANFENG_SEEDS` of them, else two.
pub fn seeds() -> std::ops::Range<u64> {
    seed()..seed() + number("XIANFENG_SEEDS").unwrap_or(2)
}

/// A number that the environment may set.
pub fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text}: a number is needed")))
}

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }
    /// Another one that does not depend on how often this one is thrown.
    pub const fn fork(&self, tag: u64) -> Self {
        Self(mix(self.0 ^ tag.wrapping_mul(0xD6E8_FEB8_6659_FD93)))
    }
    pub const fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }
    /// From `low` to `high`, both possible.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low + 1).expect("low ≤ high");
        low + i64::try_from(self.word() % width).expect("less than the width")
    }
    pub fn percent(&mut self, chance: i64) -> bool {
        self.between(1, 100) <= chance
    }
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let at = self.word() % u64::try_from(all.len()).expect("a length");
        &all[usize::try_from(at).expect("an index")]
    }
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            let at = self.word() % u64::try_from(last + 1).expect("a length");
            all.swap(last, usize::try_from(at).expect("an index"));
        }
    }
}

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
