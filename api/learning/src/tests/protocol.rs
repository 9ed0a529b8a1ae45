//! The whole protocol against a second, simple one: a map of squares of four seconds, a purse and a list of who was handed what. Random people
//! open, fetch, claim, answer, wait, lose replies and restart; after each act the two must agree, and the promises must hold.

mod oracle;

use std::sync::Arc;

use kernel::id::{Id, QuestionId, StudyId, Uuid};
use proptest::prelude::*;

use self::oracle::{Oracle, Purse, SQUARE, SQUARES, Squares};
use crate::{
    Beat, Config, Served, StudyInfo,
    model::{Evidence, Extent, Habits, Phase, Question, Record, Script, Sitting},
    rules::{self, At, Bucket, Claim, Place, Spans},
};

const NOW: i64 = 1_700_000_000_000;
/// Lessons that a person goes to and fro between.
const LESSONS: usize = 2;

fn config() -> Config {
    // Two intervals are whole squares.
    Config { heartbeat_ms: 16_000, ..Config::default() }
}

fn id<K>(number: usize) -> Id<K> {
    Id::new(Uuid::from_u128(u128::try_from(number).unwrap() + 1))
}

fn ms(square: usize) -> i64 {
    i64::try_from(square).unwrap() * SQUARE
}

/// A question on each minute; in the second lesson two on every second one.
fn script(lesson: usize) -> Arc<Script> {
    let question = |number: usize, minute: usize| Question {
        id: QuestionId::new(Uuid::from_u128(u128::try_from(number).unwrap() + 1)),
        start: ms(minute * 15),
        end: ms(minute * 15 + 15),
        prompt: format!("{number}"),
        options: vec!["对".to_owned(), "错".to_owned(), "不详".to_owned()],
        right: number % 3,
    };
    let mut questions: Vec<Question> = (0..20).map(|minute| question(minute, minute)).collect();
    if lesson == 1 {
        questions.extend((0..10).map(|n| question(20 + n, 2 * n)));
    }
    Arc::new(Script { extent: Extent::Video { duration_ms: ms(SQUARES) }, questions })
}

/// One study of the one person.
struct Visit {
    lesson: usize,
    sitting: Sitting,
    served: Squares,
    last: Option<Beat>,
}

struct Sim {
    config: Config,
    now: i64,
    bucket: Bucket,
    visits: Vec<Visit>,
    records: [Option<Record>; LESSONS],
    oracles: [Oracle; LESSONS],
    purse: Purse,
    /// When, and how much was paid until then.
    openings: Vec<(i64, i64)>,
    paid: i64,
    /// How often something that waited was released.
    released: u32,
    seed: u64,
}

impl Sim {
    fn new(seed: u64) -> Self {
        let config = config();
        Self {
            config,
            now: NOW,
            bucket: Bucket::new(NOW, &config),
            visits: Vec::new(),
            records: [None, None],
            oracles: [Oracle::default(), Oracle::default()],
            purse: Purse::new(NOW),
            openings: Vec::new(),
            paid: 0,
            released: 0,
            seed,
        }
    }

    fn open(&mut self, lesson: usize) {
        self.bucket = self.bucket.taken_over(self.now, &self.config);
        self.purse.taken_over(self.now);
        let number = self.visits.len();
        let info = StudyInfo {
            person: id(0),
            session: id(0),
            course: id(0),
            lesson: id(lesson),
            asset: None,
            opened_at: self.now,
            beaten_at: self.now,
        };
        let sitting = Sitting {
            id: StudyId::new(Uuid::from_u128(u128::try_from(number).unwrap() + 1)),
            info,
            version: "v1".to_owned(),
            script_id: None,
            script: script(lesson),
            epoch: i64::try_from(number).unwrap(),
            next_seq: 1,
            last: None,
            entries_seen: None,
            evidence: Evidence::default(),
            habits: Habits::default(),
        };
        let (now, seed) = (self.now, &mut self.seed);
        if let Some(record) = self.records[lesson].as_mut() {
            let long_ago = now - record.checks.seen_at > 600_000;
            rules::resumed(&mut record.checks, &sitting.script, now, &mut || chance(seed));
            if long_ago {
                self.oracles[lesson].sitting_ends();
            }
        }
        self.visits.push(Visit { lesson, sitting, served: Squares::default(), last: None });
        self.openings.push((self.now, self.paid));
    }

    fn serve(&mut self, from: usize, to: usize, whole: bool) {
        let Some(visit) = self.visits.last_mut() else { return };
        let bytes = if whole { (0, 10) } else { (0, 9) };
        let served = Served {
            study: visit.sitting.id,
            span: (ms(from), ms(to)),
            piece: format!("{from}-{to}"),
            bytes,
            size: 10,
            network: None,
        };
        rules::note(&mut visit.sitting.evidence, &visit.sitting.script.extent, &served);
        if whole {
            (from..to).for_each(|at| visit.served.set(at));
        }
        assert_eq!(squares(&visit.sitting.evidence.served), visit.served, "what was served whole, and nothing else");
    }

    /// A beat of the study opened last.
    fn beat(&mut self, from: usize, to: usize) {
        let Some(visit) = self.visits.last_mut() else { return };
        let beat = Beat {
            study: visit.sitting.id,
            seq: visit.sitting.next_seq,
            spans: vec![(ms(from), ms(to))],
            rate: None,
            visible: None,
            client_time: None,
            ledger_head: 0,
            network: None,
        };
        let claim = Claim::read(&beat).unwrap();
        visit.last = Some(beat);
        let at = At { wall: self.now, server: self.now, config: &self.config };
        let before = rules::carried(&visit.sitting, self.records[visit.lesson].take(), self.now);
        let seed = &mut self.seed;
        let filled = self.bucket.filled(self.now, &self.config);
        let step = rules::step(&visit.sitting, before.clone(), filled, &claim, at, &mut || chance(seed));
        visit.sitting.next_seq += 1;

        let oracle = &mut self.oracles[visit.lesson];
        self.purse.fill(self.now);
        let had = self.purse.allowance;
        oracle.beat((from, to), &visit.served, &mut self.purse, (&before, &step.record), self.now);
        assert!(squares(&step.record.covered) == oracle.covered, "covered");
        assert!(squares(&step.record.pending) == oracle.pending, "pending");
        assert_eq!(step.bucket.allowance_ms, self.purse.allowance, "the purse");
        assert_eq!(before.covered.without(&step.record.covered), Spans::default(), "coverage only grows");
        let newly = step.record.covered.without(&before.covered);
        assert_eq!(newly.length(), step.credited_ms, "credited is what is new");
        assert!(newly.without(&visit.sitting.evidence.served).is_empty(), "credited was served");
        assert!(newly.without(&claim.spans).is_empty(), "credited was claimed");
        let left = before.pending.without(&step.record.pending);
        assert!(left.without(&step.record.covered).is_empty(), "pending is never lost");
        assert_map(&step.record);
        self.paid += had - self.purse.allowance;
        for (opened, paid) in &self.openings {
            assert!(self.paid - paid <= 2 * (self.now - opened) + 32_000, "paid since an opening");
        }
        self.bucket = step.bucket;
        self.records[visit.lesson] = Some(step.record);
    }

    /// The reply was lost: the same beat again is the same beat, another one under its number is not.
    fn repeat(&mut self) {
        let Some((visit, beat)) = self.visits.last().and_then(|visit| Some((visit, visit.last.as_ref()?))) else {
            return;
        };
        let claim = Claim::read(beat).unwrap();
        let place = rules::place(&claim, visit.sitting.next_seq, Some(&claim.hash)).unwrap();
        assert_eq!(place, Place::Again);
        let other = Claim::read(&Beat { spans: vec![(0, 1)], ..beat.clone() }).unwrap();
        assert!(rules::place(&other, visit.sitting.next_seq, Some(&claim.hash)).is_err());
    }

    /// A beat of an older study: refused whole, and only the map hears of it.
    fn lost(&mut self, number: usize, from: usize, to: usize) {
        let latest = self.visits.len().saturating_sub(1);
        let Some(visit) = self.visits.get_mut(number).filter(|_| number < latest) else { return };
        let beat = Beat { seq: visit.sitting.next_seq, ..plain(visit.sitting.id, from, to) };
        let claim = Claim::read(&beat).unwrap();
        let record = rules::carried(&visit.sitting, self.records[visit.lesson].clone(), self.now);
        let (refused, _) = rules::lost(&visit.sitting, &claim, &record);
        assert_eq!(refused.iter().map(|one| one.span.length()).sum::<i64>(), ms(to) - ms(from));
        rules::contest(&mut visit.sitting.evidence, &claim.spans);
        visit.sitting.next_seq += 1;
    }

    fn answer(&mut self, choice: usize) {
        let Some(visit) = self.visits.last() else { return };
        let Some(record) = self.records[visit.lesson].as_mut() else { return };
        let Some(open) = record.checks.open.clone() else { return };
        let (key, option) = open.options[choice % open.options.len()].clone();
        let question = visit.sitting.script.questions.iter().find(|one| one.id == open.question).unwrap();
        let in_time = open.phase == Phase::Asked && self.now <= open.deadline;
        let judged = rules::judge(&mut record.checks, &visit.sitting.script, open.id, &key, self.now);
        let Ok(judged) = judged else {
            assert!(matches!(open.phase, Phase::Again { other: true, .. }), "one attempt");
            return;
        };
        let right = matches!(judged, rules::Judged::Right { .. });
        assert_eq!(right, in_time && option == question.right);
        let oracle = &mut self.oracles[visit.lesson];
        if right {
            let waiting = oracle.waiting();
            let grown = rules::passed(&visit.sitting, self.records[visit.lesson].take().unwrap(), self.now);
            assert_eq!(grown.credited_ms, ms(waiting), "all that waited is released, once");
            let mut record = grown.record;
            let told = crate::CheckAnswer { passed: true, released_ms: grown.credited_ms, again_from: None };
            rules::close(&mut record.checks, open.id, &key, told);
            self.records[visit.lesson] = Some(record);
            oracle.release();
            self.released += u32::from(waiting > 0);
        } else if open.phase == Phase::Asked {
            oracle.shown = Squares::default();
        }
        let record = self.records[visit.lesson].as_mut().unwrap();
        assert!((squares(&record.covered), squares(&record.pending)) == (oracle.covered, oracle.pending));
        if let (true, Ok(again)) =
            (in_time, rules::judge(&mut record.checks, &visit.sitting.script, open.id, &key, self.now))
        {
            assert!(matches!(again, rules::Judged::Again(told) if told.passed == right), "told the same again");
            let other = &open.options[(choice + 1) % open.options.len()].0;
            assert!(rules::judge(&mut record.checks, &visit.sitting.script, open.id, other, self.now).is_err());
        }
    }

    /// What is written and read again is what was decided on.
    fn restart(&mut self) {
        fn again<T: serde::Serialize + for<'a> serde::Deserialize<'a> + PartialEq + std::fmt::Debug>(one: &T) {
            let text = serde_json::to_string(one).unwrap();
            assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), one);
        }
        for record in self.records.iter().flatten() {
            again(&record.checks);
            again(&record.covered);
            again(&record.pending);
        }
        self.visits.iter().for_each(|visit| again(&visit.sitting.evidence));
    }
}

fn plain(study: StudyId, from: usize, to: usize) -> Beat {
    super::world::beat(study, 0, [(ms(from), ms(to))])
}

/// SplitMix64; small, so that questions come often.
fn chance(seed: &mut u64) -> u128 {
    let mut word = || {
        *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (*seed ^ (*seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        u128::from(z ^ (z >> 27))
    };
    ((word() << 64) | word()) >> 3
}

fn squares(spans: &Spans) -> Squares {
    let mut all = Squares::default();
    for span in spans.iter() {
        assert!(span.start % SQUARE == 0 && span.end % SQUARE == 0, "{span:?}");
        for at in (span.start / SQUARE)..(span.end / SQUARE) {
            all.set(usize::try_from(at).unwrap());
        }
    }
    all
}

/// The map is in order, bounded, and says nothing of what is settled.
fn assert_map(record: &Record) {
    let settled = record.covered.union(&record.pending);
    assert!(record.refused.len() <= 200);
    assert!(record.refused.windows(2).all(|two| two[0].span.end <= two[1].span.start), "{:?}", record.refused);
    assert!(record.refused.iter().all(|one| Spans::of([one.span]).intersect(&settled).is_empty()));
}

fn run(seed: u64, acts: Vec<(u8, usize, usize)>) -> Sim {
    let mut sim = Sim::new(seed);
    for (act, a, b) in acts {
        let (from, to) = (a % SQUARES, (a % SQUARES + b % 40).min(SQUARES));
        match act {
            0 => sim.open(a % LESSONS),
            1..=5 => sim.beat(from, to),
            6..=8 => sim.serve(from, (from + b % 150).min(SQUARES), b % 5 > 0),
            9 | 10 => sim.now += i64::try_from(a % 30).unwrap() * 2_000,
            11 => sim.now += i64::try_from(a % 500).unwrap() * 2_000,
            12 | 15 => sim.answer(b),
            13 => sim.repeat(),
            14 => sim.lost(a % 8, from, to),
            _ => sim.restart(),
        }
    }
    sim
}

/// The acts reach what they are to reach: questions are asked, passed, missed and asked anew.
#[test]
fn random_acts_reach_everything() {
    let (mut drawn, mut again, mut released, mut complete) = (0, 0, 0, 0);
    for seed in 0..150 {
        let mut state = seed;
        let acts = (0..100).map(|_| {
            let bits = chance(&mut state);
            let part = |shift: u32| usize::try_from((bits >> shift) & 0xFFFF).unwrap();
            (u8::try_from(part(0) % 17).unwrap(), part(16), part(32))
        });
        let sim = run(seed, acts.collect());
        released += sim.released;
        for record in sim.records.iter().flatten() {
            drawn += u32::from(record.checks.drawn > 0);
            again += u32::from(record.checks.open.as_ref().is_some_and(|open| open.phase != Phase::Asked));
            complete += u32::from(record.pending != Spans::default());
        }
    }
    assert!(drawn > 30 && again > 10 && released > 3 && complete > 10, "{drawn} {again} {released} {complete}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: super::steps() / 100, max_shrink_iters: 4_000, ..ProptestConfig::default() })]

    /// A hundred acts each.
    #[test]
    fn the_protocol_is_what_the_simple_one_says(seed: u64, acts in prop::collection::vec((0..17_u8, 0..10_000_usize, 0..10_000_usize), 100)) {
        run(seed, acts);
    }

    /// Whoever fetches before playing, plays at up to twice the speed and answers whenever asked gets everything, through outages of up to ten
    /// minutes, lost replies, wrong and late answers.
    #[test]
    fn an_honest_player_gets_everything(seed: u64, mishaps in prop::collection::vec(0..20_u8, 40)) {
        let mut sim = Sim::new(seed);
        sim.open(0);
        let (mut at, mut mishaps) = (0, mishaps.into_iter().cycle());
        for _ in 0..2_000 {
            let mishap = mishaps.next().unwrap();
            let covered = sim.records[0].as_ref().map_or(0, |record| record.covered_ms);
            if covered == ms(SQUARES) {
                return Ok(());
            }
            let asked = sim.records[0].as_ref().map(|record| rules::told(&record.checks, &script(0), sim.now));
            match asked {
                Some((Some(check), _)) if mishap == 3 => sim.now += check.deadline_ms + 1_000 - check.deadline_ms % 1_000,
                Some((Some(check), _)) => {
                    let question = script(0).questions.iter().position(|one| one.start == check.from).unwrap();
                    let key = check.options.iter().position(|(_, text)| (text == ["对", "错", "不详"][question % 3]) == (mishap != 4));
                    sim.answer(key.unwrap());
                }
                Some((None, Some(stretch))) => at = usize::try_from(stretch.start / SQUARE).unwrap(),
                _ => {}
            }
            // To the next square that does not count yet, unless something is shown again.
            let showing = sim.records[0].as_ref().is_some_and(|record| record.checks.open.is_some());
            if !showing {
                at = (0..SQUARES).find(|square| !sim.oracles[0].covered.has(*square)).unwrap_or(0);
            }
            let length = (SQUARES - at).min(if showing { 15 } else { 4 });
            sim.serve(at, at + length, true);
            sim.now += ms(length) / if mishap % 2 == 0 { 2 } else { 1 };
            if mishap == 5 {
                sim.now += 590_000;
            }
            sim.now -= sim.now % 2_000;
            sim.beat(at, at + length);
            sim.repeat();
            if mishap == 6 {
                sim.open(0);
            }
            at = if at + length >= SQUARES { 0 } else { at + length };
        }
        prop_assert!(false, "not everything after two thousand beats: {:?}", sim.records[0].as_ref().map(|record| record.covered.to_vec()));
    }
}
