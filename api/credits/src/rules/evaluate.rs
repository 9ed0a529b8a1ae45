//! From a fact to what it earns. What was paid before is an argument; whatever is not paid for a cap or for being the same content again
//! leaves an explanation in the ledger, once a day. The same decision tells the console why a rule paid nothing.

use kernel::{Amount, Language, event::Measure};

use super::{
    event::{EventKind, MINUTE, hears},
    fact::Fact,
    pack::{MINUTE_MS, Of, Once, Pack, Pays, Rule, Scope},
    tally::{Needs, Tally},
    why::Why,
    worth::worth,
};
use crate::model::NewEntry;

/// Minutes of a day: more a longest watch cannot have.
const DAY_MINUTES: i64 = 1440;

/// What becomes of a fact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// To post, in order.
    pub entries: Vec<NewEntry>,
    /// To hold until somebody in charge approves them.
    pub waiting: Vec<NewEntry>,
    /// Rules that hear the event and pay nothing or less, and why.
    pub refused: Vec<(String, Why)>,
}

/// One reason to pay.
struct Reason {
    key: String,
    amount: Amount,
    note: String,
}

/// Pure; its entries are the seam to the ledger.
pub fn evaluate(pack: &Pack, fact: &Fact, tally: &Tally) -> Decision {
    let mut run = Run { pack, fact, tally: tally.clone(), approved: None, done: Decision::default() };
    for rule in heard(pack, fact) {
        run.rule(rule);
    }
    run.done
}

/// What one rule makes of a fact of which the one proposal of this key was approved.
pub fn approve(pack: &Pack, rule: &Rule, key: &str, fact: &Fact, tally: &Tally) -> Decision {
    let mut run = Run { pack, fact, tally: tally.clone(), approved: Some(key), done: Decision::default() };
    run.rule(rule);
    run.done
}

fn heard<'a>(pack: &'a Pack, fact: &'a Fact) -> impl Iterator<Item = &'a Rule> {
    pack.rules.iter().filter(|rule| hears(&rule.event, &fact.what.name))
}

/// What [`evaluate`] may ask the tally about.
pub fn needs(pack: &Pack, fact: &Fact) -> Needs {
    let mut needs = Needs { keeps: pack.rules.iter().any(|rule| !rule.frees), ..Needs::default() };
    for rule in heard(pack, fact).filter(|rule| condition(rule, fact).is_none()) {
        let keys: Vec<String> = match rule.once {
            Once::LongestOfDay => (1..=longest(rule)).filter_map(|n| longest_key(rule, fact, n)).collect(),
            _ => reasons(rule, fact, &Tally::default(), "").into_iter().map(|reason| reason.key).collect(),
        };
        if keys.is_empty() {
            continue;
        }
        needs.keys.extend(keys);
        needs.keys.extend([cap_key(rule, fact), same_key(rule, fact)]);
        let caps = [Some(&rule.caps), pack.caps_of(rule.measure)].into_iter().flatten();
        for caps in caps {
            needs.week |= caps.week.is_some();
            needs.term |= caps.term.is_some();
        }
        needs.paced.extend(rule.paced().then(|| rule.key.clone()));
    }
    needs
}

struct Run<'a> {
    pack: &'a Pack,
    fact: &'a Fact,
    tally: Tally,
    /// The one reason that is looked at, and needs no approval any more.
    approved: Option<&'a str>,
    done: Decision,
}

impl Run<'_> {
    fn rule(&mut self, rule: &Rule) {
        if let Some(why) = condition(rule, self.fact) {
            return self.refuse(rule, why);
        }
        let title = self.pack.event(&rule.event).map(|event: EventKind| event.title.into_owned()).unwrap_or_default();
        let reasons = reasons(rule, self.fact, &self.tally, &title);
        if reasons.is_empty() {
            self.refuse(rule, if rule.once == Once::LongestOfDay { Why::Shorter } else { Why::Nothing });
        }
        let approved = self.approved;
        for reason in reasons.into_iter().filter(|reason| approved.is_none_or(|key| key == reason.key)) {
            self.reason(rule, reason);
        }
    }

    fn refuse(&mut self, rule: &Rule, why: Why) {
        self.done.refused.push((rule.key.clone(), why));
    }

    fn reason(&mut self, rule: &Rule, reason: Reason) {
        match self.tally.taken.get(&reason.key) {
            Some(lesson) if *lesson == self.fact.what.lesson => return self.refuse(rule, Why::Already),
            Some(_) => return self.explain(rule, same_key(rule, self.fact), Why::SameContent),
            None => {}
        }
        if let Some(why) = self.pace(rule) {
            return self.explain(rule, cap_key(rule, self.fact), why);
        }
        match self.room(rule) {
            Some((left, why)) if left <= Amount::ZERO => self.explain(rule, cap_key(rule, self.fact), why),
            Some((left, why)) if left < reason.amount => {
                let scope = why.scope_words(Language::Chinese);
                let note = format!("{}（应计 {}，{scope}上限内只余 {left}）", reason.note, reason.amount);
                self.refuse(rule, why);
                self.pay(rule, reason.key, left, note);
            }
            _ => self.pay(rule, reason.key, reason.amount, reason.note),
        }
    }

    fn pay(&mut self, rule: &Rule, key: String, amount: Amount, note: String) {
        let approved = self.approved.is_some();
        if rule.approval && !approved {
            let entry = self.entry(rule, key, amount, note);
            self.refuse(rule, Why::Approval);
            return self.done.waiting.push(entry);
        }
        let note = if approved { format!("{note}（已审核）") } else { note };
        self.post(self.entry(rule, key, amount, note));
    }

    fn post(&mut self, entry: NewEntry) {
        self.tally.add(&entry, self.fact.at);
        self.done.entries.push(entry);
    }

    /// An entry of zero that says why nothing was paid, unless one stands already.
    fn explain(&mut self, rule: &Rule, key: String, why: Why) {
        if !self.tally.taken.contains_key(&key) {
            let note = why.say(Language::Chinese);
            self.post(self.entry(rule, key, Amount::ZERO, note));
        }
        self.refuse(rule, why);
    }

    fn pace(&self, rule: &Rule) -> Option<Why> {
        let pace = self.tally.pace.get(&rule.key).copied().unwrap_or_default();
        if let Some(first) = &rule.first
            && pace.payments >= first.whole()
        {
            return Some(Why::Often { times: first.whole() });
        }
        let interval = rule.interval.as_ref()?.raw(Of::Minutes);
        let near = pace.distance(self.fact.at).is_some_and(|distance| distance < interval);
        near.then_some(Why::TooSoon { minutes: interval / MINUTE_MS })
    }

    /// The least that a cap leaves, and which one; `None` is no limit.
    fn room(&self, rule: &Rule) -> Option<(Amount, Why)> {
        let (own, all) = (self.tally.sums(&rule.key), self.tally.sums_of(rule.measure));
        let measure = rule.measure;
        let cap = |scope, together| Why::Cap { measure, scope, together };
        let of_rule = rule.caps.each().map(|(scope, max)| (max.value - own.of(scope), cap(scope, false)));
        let caps = self.pack.caps_of(measure).into_iter().flat_map(|caps| caps.each());
        let of_all = caps.map(|(scope, max)| (max.value - all.of(scope), cap(scope, true)));
        of_rule.chain(of_all).min_by_key(|(left, _)| (*left).max(Amount::ZERO))
    }

    fn entry(&self, rule: &Rule, reason_key: String, amount: Amount, note: String) -> NewEntry {
        let what = &self.fact.what;
        NewEntry {
            person: self.fact.person,
            measure: rule.measure,
            amount,
            reason_key,
            rule: rule.key.clone(),
            pack: self.pack.version.clone(),
            course: what.course,
            lesson: what.lesson,
            note,
            reverses: None,
            day: self.fact.day,
        }
    }
}

/// The first condition of the rule that the fact does not meet.
fn condition(rule: &Rule, fact: &Fact) -> Option<Why> {
    let result = fact.what.result.as_deref();
    let asked = &rule.when.results;
    if !rule.on_weekday(fact.day) {
        return Some(Why::OtherDay);
    }
    if !rule.is_for(fact.what.stage.as_deref()) {
        return Some(Why::OtherStage);
    }
    let met = asked.is_empty() || result.is_some_and(|result| asked.iter().any(|one| one == result));
    (!met).then_some(Why::OtherResult)
}

fn cap_key(rule: &Rule, fact: &Fact) -> String {
    format!("cap:{}:{}:{}", rule.key, fact.person, fact.day)
}

fn same_key(rule: &Rule, fact: &Fact) -> String {
    let lesson = fact.what.lesson.map(|lesson| lesson.to_string()).unwrap_or_default();
    format!("same:{}:{}:{lesson}", rule.key, fact.person)
}

fn longest_key(rule: &Rule, fact: &Fact, minutes: i64) -> Option<String> {
    let content = fact.what.content.as_ref()?;
    Some(format!("{}:{content}:{}:{}:{minutes}", rule.key, fact.person, fact.day))
}

/// The most minutes that can be the longest.
fn longest(rule: &Rule) -> i64 {
    let most = rule.pays.quantity().and_then(|of| of.most.as_ref());
    most.map_or(DAY_MINUTES, |most| (most.raw(Of::Minutes) / MINUTE_MS).clamp(1, DAY_MINUTES))
}

/// The reasons that the rule finds in the fact; none that would pay nothing.
fn reasons(rule: &Rule, fact: &Fact, tally: &Tally, title: &str) -> Vec<Reason> {
    let found = if rule.event == MINUTE {
        minutes(rule, fact)
    } else if rule.once == Once::LongestOfDay {
        extended(rule, fact, tally, title).into_iter().collect()
    } else {
        whole(rule, fact, title).into_iter().collect()
    };
    found.into_iter().filter(|reason| reason.amount > Amount::ZERO).collect()
}

/// Each minute of the progress by what it adds; the last one, whole or part, at completion.
fn minutes(rule: &Rule, fact: &Fact) -> Vec<Reason> {
    let Some(content) = &fact.what.content else { return Vec::new() };
    let key = |n: u32| format!("{}:{content}:{}:{n}", rule.key, fact.person);
    let upto = |n: u32| worth(&rule.pays, i64::from(n) * MINUTE_MS, false);
    if let Some((from, to)) = fact.what.progress {
        let minute = |n: u32| Reason {
            key: key(n),
            amount: upto(n) - upto(n.saturating_sub(1)),
            note: format!("累计第 {n} 分钟"),
        };
        return (from.saturating_add(1)..=to).map(minute).collect();
    }
    let Some((number, millis)) = fact.what.last else { return Vec::new() };
    let before = number.saturating_sub(1);
    let whole = worth(&rule.pays, i64::from(before) * MINUTE_MS + i64::from(millis), true);
    let note = format!("学完，最后 {} 秒", Amount::milli(i64::from(millis)));
    vec![Reason { key: key(number), amount: whole - upto(before), note }]
}

/// What the fact adds to the longest of its content and day that was paid.
fn extended(rule: &Rule, fact: &Fact, tally: &Tally, title: &str) -> Option<Reason> {
    let minutes = (fact.what.millis? / MINUTE_MS).min(longest(rule));
    let paid = |n: &i64| longest_key(rule, fact, *n).is_some_and(|key| tally.taken.contains_key(&key));
    let best = (1..=longest(rule)).rev().find(paid).unwrap_or(0);
    if minutes <= best {
        return None;
    }
    let amount = worth(&rule.pays, minutes * MINUTE_MS, true) - worth(&rule.pays, best * MINUTE_MS, true);
    let note = format!("{title}，今日最长 {minutes} 分钟");
    Some(Reason { key: longest_key(rule, fact, minutes)?, amount, note })
}

/// A fact as a whole.
fn whole(rule: &Rule, fact: &Fact, title: &str) -> Option<Reason> {
    let (amount, note) = paid(rule, fact, title)?;
    let (rule, what, person) = (rule, &fact.what, fact.person);
    let key = match rule.once {
        Once::Fact => format!("{}:{}:{person}", rule.key, what.told),
        Once::Content => format!("{}:{}:{person}", rule.key, what.content.as_ref()?),
        Once::ContentDay => format!("{}:{}:{person}:{}", rule.key, what.content.as_ref()?, fact.day),
        Once::Day => format!("{}:day:{person}:{}", rule.key, fact.day),
        Once::Ever => format!("{}:ever:{person}", rule.key),
        Once::LongestOfDay => return None,
    };
    Some(Reason { key, amount, note })
}

fn paid(rule: &Rule, fact: &Fact, title: &str) -> Option<(Amount, String)> {
    let what = &fact.what;
    Some(match &rule.pays {
        Pays::Amount(amount) => (amount.value, done(title)),
        Pays::Named => {
            let (hours, credits) = what.named?;
            (if rule.measure == Measure::Hours { hours } else { credits }, done(title))
        }
        Pays::Results(outcomes) => {
            let outcome = outcomes.iter().find(|one| Some(one.result.as_str()) == what.result.as_deref())?;
            (outcome.amount.value, format!("{title}：{}", outcome.title))
        }
        Pays::Each { of, .. } | Pays::Hours { of, .. } | Pays::Tiers { of, .. } => match of.of {
            Of::Minutes => {
                let millis = what.millis?;
                (
                    worth(&rule.pays, millis, true),
                    format!("{title}，{} 分钟", Amount::whole(millis).share(1, MINUTE_MS)),
                )
            }
            Of::Count => {
                let count = i64::from(what.count?);
                (worth(&rule.pays, count, true), format!("{title}，计数 {count}"))
            }
        },
    })
}

/// The two oldest sentences are kept as they stand in many ledgers.
fn done(title: &str) -> String {
    match title {
        "读完一篇阅读" => "读完全文".to_owned(),
        "完成一门课程的全部必修内容" => "完成全部必修内容".to_owned(),
        title => title.to_owned(),
    }
}

/// What a scope is called.
pub const fn scope_words(scope: Scope, language: Language) -> &'static str {
    match (scope, language) {
        (Scope::Day, Language::Chinese) => "今日",
        (Scope::Week, Language::Chinese) => "本周",
        (Scope::Term, Language::Chinese) => "本学期",
        (Scope::Day, Language::English) => "today",
        (Scope::Week, Language::English) => "this week",
        (Scope::Term, Language::English) => "this term",
    }
}
