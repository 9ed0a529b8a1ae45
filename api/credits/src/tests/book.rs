//! The ledger against an oracle that only knows sums: whatever honest people do, in whatever order, both say the same, and verify is clean.

use std::collections::{BTreeMap, HashSet};

use kernel::{
    Amount, Day, Role,
    event::Measure,
    id::{AdjustmentId, EntryId, PersonId, Uuid},
};
use proptest::prelude::*;

use super::world::World;
use crate::{
    Adjustment, AdjustmentStatus, Entry, NewCorrection, RuleRef,
    model::{MEASURES, NewEntry},
    rules::{account, adjust, reverse},
    store,
};

/// How many steps; more by `XIANFENG_STEPS`.
pub fn steps(default: u32) -> u32 {
    std::env::var("XIANFENG_STEPS").ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

/// Chance that repeats (SplitMix64).
pub struct Draw(pub u64);

impl Draw {
    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    pub fn below(&mut self, bound: i64) -> i64 {
        i64::try_from(self.word() % bound.unsigned_abs()).unwrap()
    }
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[usize::try_from(self.below(i64::try_from(all.len()).unwrap())).unwrap()]
    }
}

pub fn paid(person: PersonId, measure: Measure, amount: i64, rule: &str, key: String) -> NewEntry {
    NewEntry {
        person,
        measure,
        amount: Amount::milli(amount),
        reason_key: key,
        rule: rule.to_owned(),
        pack: "demo-1".to_owned(),
        course: None,
        lesson: Some(kernel::id::LessonId::new(Uuid::from_u128(5))),
        note: "累计第 1 分钟".to_owned(),
        reverses: None,
        day: Day::of(2026, 11, 21).unwrap(),
    }
}

pub fn minutes(person: PersonId, many: usize) -> Vec<NewEntry> {
    (0..many).map(|n| paid(person, Measure::Points, 1_000, "video.minute", format!("m:{person}:{n}"))).collect()
}

#[derive(Debug, Clone)]
enum Act {
    Pay { person: u128, measure: usize, amount: i64, rule: usize },
    Reverse { which: usize },
    Adjust { person: u128, measure: usize, amount: i64 },
    Correct { person: u128, measure: usize, amount: i64 },
    CorrectBack { which: usize },
}

fn act() -> impl Strategy<Value = Act> {
    let (person, measure) = (1..4_u128, 0..3_usize);
    let amount = prop_oneof![-9_000..9_000_i64, Just(0), Just(99_999), Just(-100_000), Just(1)];
    prop_oneof![
        4 => (person.clone(), measure.clone(), 0..9_000_i64, 0..3_usize)
            .prop_map(|(person, measure, amount, rule)| Act::Pay { person, measure, amount, rule }),
        2 => any::<usize>().prop_map(|which| Act::Reverse { which }),
        1 => (person.clone(), measure.clone(), amount.clone())
            .prop_map(|(person, measure, amount)| Act::Adjust { person, measure, amount }),
        1 => (person, measure, amount).prop_map(|(person, measure, amount)| Act::Correct { person, measure, amount }),
        1 => any::<usize>().prop_map(|which| Act::CorrectBack { which }),
    ]
}

/// What the rules make of acts, one entry after the other.
#[derive(Default)]
struct Book {
    entries: Vec<NewEntry>,
    taken_back: HashSet<usize>,
}

fn told(id: usize, new: &NewEntry) -> Entry {
    Entry {
        id: EntryId(i64::try_from(id).unwrap() + 1),
        person: new.person,
        measure: new.measure,
        amount: new.amount,
        rule: RuleRef { key: new.rule.clone(), title: String::new() },
        pack: new.pack.clone(),
        course: new.course,
        lesson: new.lesson,
        note: Some(new.note.clone()),
        reverses: new.reverses,
        day: new.day,
        posted_at: 0,
        contra: String::new(),
        hash: None,
    }
}

impl Book {
    /// The entry that the act makes; none where it is refused.
    fn act(&mut self, n: usize, act: &Act) -> Option<NewEntry> {
        let today = Day::of(2026, 11, 22).unwrap();
        let person = |id: u128| PersonId::new(Uuid::from_u128(id));
        let (new, back) = match *act {
            Act::Pay { person: who, measure, amount, rule } => {
                let rule = ["video.minute", "reading.done", "course.hours"][rule];
                (Some(paid(person(who), MEASURES[measure], amount, rule, format!("{n}"))), None)
            }
            Act::Reverse { which } => {
                let at = which.checked_rem(self.entries.len())?;
                (reverse::reversal(&told(at, &self.entries[at]), "登记有误").ok(), Some(at))
            }
            Act::Adjust { person: who, measure, amount } => {
                adjust::amount(MEASURES[measure], Amount::milli(amount)).ok()?;
                (Some(adjust::entry(&proposed(n, person(who), MEASURES[measure], amount), today)), None)
            }
            Act::Correct { person: who, measure, amount } => (
                adjust::correction(&correction(n, person(who), MEASURES[measure], amount, None), None, today).ok(),
                None,
            ),
            Act::CorrectBack { which } => {
                let at = which.checked_rem(self.entries.len())?;
                let old = self.entries[at].clone();
                let back = EntryId(i64::try_from(at).unwrap() + 1);
                let new = correction(n, old.person, old.measure, -old.amount.thousandths(), Some(back));
                (adjust::correction(&new, Some(&old), today).ok(), Some(at))
            }
        };
        // The database has a unique key for this.
        let new = new.filter(|_| back.is_none_or(|at| !self.taken_back.contains(&at)))?;
        account::sound(&new, back.map(|at| &self.entries[at])).unwrap();
        self.taken_back.extend(back);
        self.entries.push(new.clone());
        Some(new)
    }
}

fn proposed(n: usize, person: PersonId, measure: Measure, amount: i64) -> Adjustment {
    Adjustment {
        id: AdjustmentId::new(Uuid::from_u128(n as u128)),
        person,
        path: "1.".to_owned(),
        measure,
        amount: Amount::milli(amount),
        reason: "补记线下党课".to_owned(),
        status: AdjustmentStatus::Proposed,
        proposed_by: PersonId::new(Uuid::from_u128(98)),
        proposed_at: 0,
        decided_by: None,
        decided_at: None,
        decision: None,
        entry: None,
    }
}

fn correction(n: usize, person: PersonId, measure: Measure, amount: i64, reverses: Option<EntryId>) -> NewCorrection {
    NewCorrection {
        lesson: None,
        person,
        measure,
        amount: Amount::milli(amount),
        reason: "复核后更正".to_owned(),
        reverses,
        case: format!("apl_{n}"),
        by: PersonId::new(Uuid::from_u128(99)),
    }
}

/// The oracle: what each act is worth, worked out from the act alone.
#[derive(Default)]
struct Oracle {
    worth: Vec<(u128, usize, i64)>,
    sums: BTreeMap<(u128, usize), i64>,
}

impl Oracle {
    fn act(&mut self, act: &Act) {
        let worth = match *act {
            Act::Pay { person, measure, amount, .. }
            | Act::Adjust { person, measure, amount }
            | Act::Correct { person, measure, amount } => (person, measure, amount),
            Act::Reverse { which } | Act::CorrectBack { which } => {
                let (person, measure, amount) = self.worth[which % self.worth.len()];
                (person, measure, -amount)
            }
        };
        self.worth.push(worth);
        *self.sums.entry((worth.0, worth.1)).or_default() += worth.2;
    }
}

const ACTS: u32 = 100;

proptest! {
    #![proptest_config(ProptestConfig { cases: steps(100_000).div_ceil(ACTS), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_act_is_worth_what_the_oracle_says_and_all_accounts_are_nothing(acts in proptest::collection::vec(act(), 100)) {
        let (mut book, mut oracle) = (Book::default(), Oracle::default());
        for (n, act) in acts.iter().enumerate() {
            if let Some(new) = book.act(n, act) {
                // One measure on both sides of an entry; what takes back has the measure of what it takes back.
                oracle.act(act);
                let (_, measure, amount) = *oracle.worth.last().unwrap();
                prop_assert_eq!((new.measure, new.amount.thousandths()), (MEASURES[measure], amount));
            }
        }
        let mut sums: BTreeMap<(u128, usize), i64> = BTreeMap::new();
        let mut accounts: BTreeMap<(String, usize), i64> = BTreeMap::new();
        for entry in &book.entries {
            let measure = MEASURES.iter().position(|m| *m == entry.measure).unwrap();
            *sums.entry((entry.person.uuid().as_u128(), measure)).or_default() += entry.amount.thousandths();
            *accounts.entry((account::contra(&entry.rule), measure)).or_default() -= entry.amount.thousandths();
        }
        prop_assert_eq!(&sums, &oracle.sums);
        for measure in 0..3 {
            let of = |all: i64, found: usize, amount: i64| if found == measure { all + amount } else { all };
            let got = sums.iter().fold(0, |all, ((_, found), amount)| of(all, *found, *amount));
            let given = accounts.iter().fold(0, |all, ((_, found), amount)| of(all, *found, *amount));
            prop_assert_eq!(got + given, 0);
        }
        let mut keys: Vec<&String> = book.entries.iter().map(|entry| &entry.reason_key).collect();
        keys.sort();
        keys.dedup();
        prop_assert_eq!(keys.len(), book.entries.len());
    }
}

/// The same through the front door and the database, with seals, roll-backs and refusals in between.
#[tokio::test]
async fn after_whatever_honest_people_did_verify_is_clean() {
    for world in World::each().await.into_iter().map(World::sealed) {
        let seed = 20_261_121;
        println!("seed {seed}");
        let mut draw = Draw(seed);
        let students = [world.person("1", &world.letters).await.id, world.person("2", &world.letters).await.id];
        let admins = [0; 3].map(|_| world.viewer(world.test.base.id(), Role::Admin, &world.letters));
        let (mut sums, mut worth) = (BTreeMap::<(PersonId, Measure), i64>::new(), Vec::new());
        let credits = &world.credits;
        for n in 0..steps(100_000) / 250 {
            let (person, measure) = (*draw.pick(&students), *draw.pick(&MEASURES));
            let amount = draw.below(9_000) - 3_000;
            let made: Vec<(PersonId, Measure, i64)> = match draw.below(8) {
                0..3 => {
                    let many = draw.below(5) + 1;
                    let new: Vec<_> = (0..many)
                        .map(|m| paid(person, measure, amount + m, "reading.done", format!("{n}:{m}")))
                        .collect();
                    let tx = world.test.base.db.begin().await.unwrap();
                    let head = store::lock_head(&tx).await.unwrap();
                    store::post::append(&tx, head, &new, world.test.base.now()).await.unwrap();
                    if draw.below(6) == 0 {
                        tx.rollback().await.unwrap();
                        Vec::new()
                    } else {
                        tx.commit().await.unwrap();
                        (0..many).map(|m| (person, measure, amount + m)).collect()
                    }
                }
                3 => {
                    let id = draw.below(i64::try_from(worth.len()).unwrap() + 3);
                    match credits.reverse(draw.pick(&admins), EntryId(id), "抽查更正").await {
                        Ok(back) => vec![(back.person, back.measure, back.amount.thousandths())],
                        Err(refused) => {
                            assert!(refused.refusal().is_some(), "{refused}");
                            Vec::new()
                        }
                    }
                }
                4 => {
                    let milli = Amount::milli(amount);
                    let proposed = credits.propose_adjustment(&admins[0], person, measure, milli, "补记线下党课").await;
                    match proposed {
                        Ok(proposed) if draw.below(3) == 0 => {
                            credits.reject_adjustment(&admins[1], proposed.id, "没有依据可查").await.unwrap();
                            Vec::new()
                        }
                        Ok(proposed) => {
                            credits.approve_adjustment(&admins[1], proposed.id).await.unwrap();
                            vec![(person, measure, amount)]
                        }
                        Err(refused) => {
                            assert!(refused.refusal().is_some() && amount == 0, "{refused}");
                            Vec::new()
                        }
                    }
                }
                5 => {
                    let tx = world.test.base.db.begin().await.unwrap();
                    let (case, by) = (usize::try_from(n / 2).unwrap(), admins[0].person);
                    let new = NewCorrection { by, ..correction(case, person, measure, amount, None) };
                    match credits.correct(&tx, new).await {
                        Ok(_) => {
                            tx.commit().await.unwrap();
                            vec![(person, measure, amount)]
                        }
                        Err(refused) => {
                            assert!(refused.refusal().is_some(), "{refused}");
                            Vec::new()
                        }
                    }
                }
                6 => {
                    world.test.clock.advance(draw.below(90_000));
                    Vec::new()
                }
                _ => {
                    world.seal().await;
                    Vec::new()
                }
            };
            for (person, measure, amount) in made {
                *sums.entry((person, measure)).or_default() += amount;
                worth.push(amount);
            }
        }
        for person in students {
            let balance = credits.balance(person).await.unwrap();
            let due = |measure| Amount::milli(sums.get(&(person, measure)).copied().unwrap_or(0));
            assert_eq!(balance.points, due(Measure::Points), "{}", world.test.name);
            assert_eq!((balance.hours, balance.credits), (due(Measure::Hours), due(Measure::Credits)));
        }
        let report = world.is_clean().await;
        assert_eq!(report.entries, i64::try_from(worth.len()).unwrap(), "{}", world.test.name);
        assert!(report.blocks > 20, "{}: {report}", world.test.name);
        assert_eq!(credits.rebuild().await.unwrap().rows(), 0, "{}", world.test.name);
        world.end().await;
    }
}
