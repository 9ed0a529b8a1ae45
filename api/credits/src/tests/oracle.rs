//! The rules against a second, simple-minded reading of them: everything that was paid is one list, and every question is a loop over it.

use std::collections::HashSet;

use kernel::{Amount, Day, event::Measure};
use proptest::{collection::vec, prelude::*, test_runner::Config};

use super::{
    facts::{Told, at, event, finished, minutes, reading, watched},
    language::written,
};
use crate::rules::fact::{Fact, What};

const FACTS: u32 = 100;

/// Steps in all: 100 000 unless `XIANFENG_STEPS` says more.
pub fn cases() -> u32 {
    let steps: u32 = std::env::var("XIANFENG_STEPS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    (steps / FACTS).max(1)
}

/// Numbers of a pack that are drawn; amounts in thousandths.
#[derive(Debug, Clone)]
struct Figures {
    minute: i64,
    minute_day: i64,
    minute_week: i64,
    reading: i64,
    reading_term: i64,
    all_day: i64,
    visit: i64,
    first: u32,
    interval: i64,
    hour: i64,
    step: i64,
    watch: i64,
    most: i64,
    duel_win: i64,
    weekday: u32,
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn dec(milli: i64) -> String {
    Amount::milli(milli).to_string()
}

fn pack(f: &Figures) -> String {
    let head = format!(
        "[events.visit]\ntitle = \"a\"\n[events.watch]\ntitle = \"b\"\ncarries = [\"minutes\", \"content\"]\n\
         [events.duel]\ntitle = \"c\"\ncarries = [\"result\"]\n[caps.points]\nday = N({})N\n",
        dec(f.all_day)
    );
    let rule = |key: &str, event: &str, measure: &str, rest: String| {
        format!("key = \"{key}\"\ntitle = \"t\"\nevent = \"{event}\"\nmeasure = \"{measure}\"\n{rest}")
    };
    let minute = format!(
        "pays = {{ of = \"minutes\", each = N(1)N, amount = N({})N, rest = true }}\ncaps = {{ day = N({})N, week = N({})N }}",
        dec(f.minute),
        dec(f.minute_day),
        dec(f.minute_day + f.minute_week)
    );
    let read = format!("pays = {{ amount = N({})N }}\ncaps = {{ term = N({})N }}", dec(f.reading), dec(f.reading_term));
    let visit =
        format!("pays = {{ amount = N({})N }}\nfirst = N({})N\ninterval = N({})N", dec(f.visit), f.first, f.interval);
    let hours =
        format!("pays = {{ of = \"minutes\", hour = N({})N, step = N({})N, round = \"down\" }}", f.hour, dec(f.step));
    let watch = format!(
        "once = \"longest-of-day\"\npays = {{ of = \"minutes\", skip = N(1)N, most = N({})N, each = N(1)N, amount = N({})N }}",
        f.most,
        dec(f.watch)
    );
    let duel = format!(
        "once = \"day\"\npays = {{ results = [{{ result = \"win\", title = \"w\", amount = N({})N }}] }}\nwhen = {{ weekdays = [\"{}\"] }}",
        dec(f.duel_win),
        DAYS[f.weekday as usize]
    );
    let rules = [
        rule("minute", "minute", "points", minute),
        rule("read", "reading", "points", read),
        rule("visit", "visit", "points", visit),
        rule("hours", "minute", "hours", hours),
        rule("watch", "watch", "credits", watch),
        rule("duel", "duel", "points", duel),
    ];
    written(&head, &rules.iter().map(String::as_str).collect::<Vec<_>>())
}

/// One payment as the oracle remembers it.
struct Paid {
    rule: &'static str,
    points: bool,
    day: Day,
    at: i64,
    amount: i64,
}

struct Oracle<'a> {
    f: &'a Figures,
    paid: Vec<Paid>,
    seen: HashSet<String>,
    longest: Vec<(String, Day, i64)>,
}

impl Oracle<'_> {
    fn sum(&self, keep: impl Fn(&Paid) -> bool) -> i64 {
        self.paid.iter().filter(|paid| keep(paid)).map(|paid| paid.amount).sum()
    }

    /// Pays what the caps leave; answers whether anything was paid.
    fn pay(&mut self, rule: &'static str, key: Option<String>, fact: &Fact, amount: i64, caps: &[i64]) -> bool {
        if amount <= 0 || key.as_ref().is_some_and(|key| self.seen.contains(key)) {
            return false;
        }
        let points = !matches!(rule, "hours" | "watch");
        let mut left = caps.iter().copied().min().unwrap_or(i64::MAX).min(amount);
        if points {
            left = left.min(self.f.all_day - self.sum(|paid| paid.points && paid.day == fact.day));
        }
        if left <= 0 {
            return false;
        }
        self.seen.extend(key);
        self.paid.push(Paid { rule, points, day: fact.day, at: fact.at, amount: left });
        true
    }

    /// Minutes and how much of each; each rule goes through all of them before the next does.
    fn minutes(&mut self, content: &str, minutes: &[(u32, i64)], fact: &Fact) {
        for (n, millis) in minutes {
            let day = self.f.minute_day - self.sum(|paid| paid.rule == "minute" && paid.day == fact.day);
            let week = self.f.minute_day + self.f.minute_week
                - self.sum(|paid| paid.rule == "minute" && paid.day.monday() == fact.day.monday());
            let amount = (self.f.minute * millis * 2 + 60_000) / 120_000;
            self.pay("minute", Some(format!("m{content}:{n}")), fact, amount, &[day, week]);
        }
        for (n, millis) in minutes {
            let hours = |millis: i64| millis * 1000 / (self.f.hour * 60_000 * self.f.step) * self.f.step;
            let before = i64::from(n - 1) * 60_000;
            let amount = hours(before + millis) - hours(before);
            self.pay("hours", Some(format!("h{content}:{n}")), fact, amount, &[]);
        }
    }

    fn tell(&mut self, fact: &Fact) {
        let what = &fact.what;
        let content = what.content.clone().unwrap_or_default();
        match what.name.as_str() {
            "minute" => {
                let (from, to) = what.progress.unwrap();
                let all: Vec<_> = (from + 1..=to).map(|n| (n, 60_000)).collect();
                self.minutes(&content, &all, fact);
            }
            "video" => {
                let (n, millis) = what.last.unwrap();
                self.minutes(&content, &[(n, i64::from(millis))], fact);
            }
            "reading" => {
                let year = |day: Day| day.year();
                let left = self.f.reading_term - self.sum(|p| p.rule == "read" && year(p.day) == year(fact.day));
                self.pay("read", Some(format!("r{content}")), fact, self.f.reading, &[left]);
            }
            "visit" => {
                let mine = || self.paid.iter().filter(|paid| paid.rule == "visit");
                let today = mine().filter(|paid| paid.day == fact.day).count();
                let near = mine().any(|paid| (paid.at - fact.at).abs() < self.f.interval * 60_000);
                if today < self.f.first as usize && !near {
                    self.pay("visit", Some(format!("v{}", what.told)), fact, self.f.visit, &[]);
                }
            }
            "watch" => {
                let minutes = (what.millis.unwrap() / 60_000).min(self.f.most);
                let mine = self.longest.iter().filter(|(one, day, _)| *one == content && *day == fact.day);
                let best = mine.map(|(_, _, minutes)| *minutes).max().unwrap_or(0);
                let worth = |minutes: i64| (minutes - 1).max(0) * self.f.watch;
                if minutes > best && self.pay("watch", None, fact, worth(minutes) - worth(best), &[]) {
                    self.longest.push((content, fact.day, minutes));
                }
            }
            "duel" if what.result.as_deref() == Some("win") && fact.day.weekday() == self.f.weekday => {
                self.pay("duel", Some(format!("d{}", fact.day)), fact, self.f.duel_win, &[]);
            }
            _ => {}
        }
    }
}

fn figures() -> impl Strategy<Value = Figures> {
    let points = (1_i64..4_000, 500_i64..20_000, 0_i64..30_000, 500_i64..9_000, 1_000_i64..40_000);
    let others = (3_000_i64..40_000, 500_i64..6_000, 1_u32..4, 1_i64..400);
    let hours =
        (prop_oneof![Just(45_i64), Just(60)], prop_oneof![Just(1_i64), Just(100), Just(500)], 1_i64..4_000, 5_i64..90);
    (points, others, hours, (500_i64..20_000, 0_u32..7)).prop_map(|(a, b, c, d)| Figures {
        minute: a.0,
        minute_day: a.1,
        minute_week: a.2,
        reading: a.3,
        reading_term: a.4,
        all_day: b.0,
        visit: b.1,
        first: b.2,
        interval: b.3,
        hour: c.0,
        step: c.1,
        watch: c.2,
        most: c.3,
        duel_win: d.0,
        weekday: d.1,
    })
}

fn what() -> impl Strategy<Value = What> {
    let content = |n: u8| format!("c{n}");
    prop_oneof![
        4 => (0_u8..4, 0_u32..30, 1_u32..6).prop_map(move |(c, from, more)| minutes(&content(c), from, from + more)),
        1 => (0_u8..4, 1_u32..30, 1_u32..=60_000).prop_map(move |(c, n, ms)| finished(&content(c), n, ms)),
        2 => (0_u8..30).prop_map(move |c| reading(&content(c))),
        3 => (0_u8..40).prop_map(|n| event("visit", &n.to_string())),
        2 => (0_u8..3, 0_i64..100).prop_map(move |(c, n)| watched("watch", &content(c), n)),
        1 => (any::<bool>(), 0_u8..9).prop_map(|(win, n)| What {
            result: Some(if win { "win" } else { "loss" }.to_owned()),
            ..event("duel", &n.to_string())
        }),
    ]
}

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let monday = Day::of(2026, 12, 21).unwrap();
    vec((what(), 0_i64..16, 0_i64..1440), FACTS as usize)
        .prop_map(move |all| all.into_iter().map(|(what, day, minute)| at(what, monday.plus(day), minute)).collect())
}

proptest! {
    #![proptest_config(Config { cases: cases(), failure_persistence: None, ..Config::default() })]

    /// In any order, over week, year and day borders: the same payments, one by one.
    #[test]
    fn the_rules_pay_what_simple_loops_pay(f in figures(), facts in facts()) {
        let mut person = Told::new(&pack(&f));
        let mut oracle = Oracle { f: &f, paid: Vec::new(), seen: HashSet::new(), longest: Vec::new() };
        for (n, fact) in facts.iter().enumerate() {
            let (told, known) = (person.tell(fact).entries, oracle.paid.len());
            oracle.tell(fact);
            let mine = told.iter().filter(|e| !e.amount.is_zero()).map(|e| (e.rule.as_str(), e.day, e.amount.thousandths()));
            let theirs = oracle.paid[known..].iter().map(|p| (p.rule, p.day, p.amount));
            prop_assert!(mine.eq(theirs), "after fact {n}: {fact:?}");
        }
        let mut keys = HashSet::new();
        for entry in &person.entries {
            prop_assert!(entry.amount >= Amount::ZERO);
            prop_assert!(keys.insert(entry.reason_key.clone()), "twice: {}", entry.reason_key);
        }
        for (measure, points) in [(Measure::Points, true), (Measure::Hours, false)] {
            let rule_of = |paid: &Paid| if points { paid.points } else { paid.rule == "hours" };
            let total = Amount::milli(oracle.sum(rule_of));
            prop_assert_eq!(person.replay.total(measure), total);
        }
    }

    /// Where each fact stands for itself and caps lie one within the other, a day pays the same in every order.
    #[test]
    fn a_day_pays_the_same_in_every_order(f in figures(), whats in vec(what(), 20), seed in any::<u64>()) {
        let day = Day::of(2026, 11, 23).unwrap();
        let mut facts: Vec<Fact> = Vec::new();
        for (n, what) in (0_u32..).zip(whats) {
            if matches!(what.name.as_str(), "reading" | "duel") {
                facts.push(at(what, day, n.into()));
            } else {
                facts.push(at(minutes("c", n, n + 1), day, n.into()));
            }
        }
        let figures = Figures { minute_week: 1_000_000, reading_term: 1_000_000, weekday: 0, ..f };
        let total = |facts: &[Fact]| {
            let mut person = Told::new(&pack(&figures));
            for fact in facts { person.tell(fact); }
            person.replay.total(Measure::Points)
        };
        let told = total(&facts);
        let mut state = seed | 1;
        for n in (1..facts.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            facts.swap(n, (state >> 33) as usize % (n + 1));
        }
        prop_assert_eq!(told, total(&facts));
    }
}
