//! What the entries add up to: by person, and by the account on the other side.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasherDefault, Hasher},
};

pub const MEASURES: [&str; 3] = ["POINTS", "HOURS", "CREDITS"];

pub fn measure_of(name: &str) -> Option<usize> {
    MEASURES.iter().position(|measure| *measure == name)
}

/// Ids of persons end in random bits: they are their own hash.
#[derive(Default)]
pub struct OwnBits(u64);

impl Hasher for OwnBits {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u128(&mut self, id: u128) {
        let (high, low) = ((id >> 64) & u128::from(u64::MAX), id & u128::from(u64::MAX));
        self.0 = u64::try_from(low).unwrap_or(0) ^ u64::try_from(high).unwrap_or(0).rotate_left(32);
    }
}

type Amounts = [i64; 3];

/// So many are looked up together: each waits for memory, and they wait at the same time.
const TOGETHER: usize = 128;

#[derive(Default)]
pub struct Sums {
    people: HashMap<u128, Amounts, BuildHasherDefault<OwnBits>>,
    /// Not yet added to `people`.
    waiting: Vec<(u128, usize, i64)>,
    accounts: Vec<(String, Amounts)>,
    /// Where the last one was found: entries of one rule come one after the other.
    newest: usize,
}

/// Sums wrap, so that they are the same in whatever order; honest ones never come near.
fn add(amounts: &mut Amounts, measure: usize, amount: i64) {
    if let Some(sum) = amounts.get_mut(measure) {
        *sum = sum.wrapping_add(amount);
    }
}

impl Sums {
    pub fn add(&mut self, person: [u8; 16], rule: &str, measure: usize, amount: i64) {
        self.waiting.push((u128::from_be_bytes(person), measure, amount));
        if self.waiting.len() >= TOGETHER {
            self.settle();
        }
        let found = match self.accounts.get(self.newest) {
            Some((name, _)) if name == rule => Some(self.newest),
            _ => self.accounts.iter().position(|(name, _)| name == rule),
        };
        self.newest = found.unwrap_or_else(|| {
            self.accounts.push((rule.to_owned(), Amounts::default()));
            self.accounts.len() - 1
        });
        if let Some((_, amounts)) = self.accounts.get_mut(self.newest) {
            add(amounts, measure, amount.wrapping_neg());
        }
    }

    /// Adds what waits.
    fn settle(&mut self) {
        for (person, measure, amount) in self.waiting.drain(..) {
            add(self.people.entry(person).or_default(), measure, amount);
        }
    }

    pub fn absorb(&mut self, mut other: Self) {
        other.settle();
        for (person, amounts) in other.people {
            let sums = self.people.entry(person).or_default();
            amounts.into_iter().enumerate().for_each(|(measure, amount)| add(sums, measure, amount));
        }
        for (rule, amounts) in other.accounts {
            match self.accounts.iter_mut().find(|(name, _)| *name == rule) {
                Some((_, sums)) => {
                    amounts.into_iter().enumerate().for_each(|(measure, amount)| add(sums, measure, amount))
                }
                None => self.accounts.push((rule, amounts)),
            }
        }
    }

    pub fn by_person(&mut self) -> BTreeMap<([u8; 16], usize), i64> {
        self.settle();
        let each = |(person, amounts): (&u128, &Amounts)| {
            let person = person.to_be_bytes();
            amounts
                .iter()
                .copied()
                .enumerate()
                .map(move |(measure, amount)| ((person, measure), amount))
                .collect::<Vec<_>>()
        };
        self.people.iter().flat_map(each).filter(|(_, amount)| *amount != 0).collect()
    }

    /// By the name of the account.
    pub fn by_account(&self) -> BTreeMap<(String, usize), i64> {
        let each = |(rule, amounts): &(String, Amounts)| {
            let name = contra(rule);
            amounts
                .iter()
                .copied()
                .enumerate()
                .map(move |(measure, amount)| ((name.clone(), measure), amount))
                .collect::<Vec<_>>()
        };
        self.accounts.iter().flat_map(each).filter(|(_, amount)| *amount != 0).collect()
    }
}

/// The account that pays for a rule.
pub fn contra(rule: &str) -> String {
    match rule {
        "adjust" | "correct" => rule.to_owned(),
        _ => format!("issue:{rule}"),
    }
}

/// Whether the account is the one that pays for the rule, without making its name.
pub fn is_contra(account: &str, rule: &str) -> bool {
    match rule {
        "adjust" | "correct" => account == rule,
        _ => account.strip_prefix("issue:") == Some(rule),
    }
}
