//! After each restart: what was acknowledged is there, what is there is there once.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use crate::{
    ask::{Asker, End, at, text},
    load::Cast,
    oracle::{Entry, Oracle, Sitting, Stage, thousandths},
    player::BEAT,
};

pub const ENTRIES: &str =
    "query($after: String) { viewer { entries(first: 100, after: $after) { pageInfo { hasNextPage endCursor }
    nodes { id measure amount rule { key } course { id } lesson { id } } } } }";
const PROGRESS: &str =
    "query($c: ID!) { course(id: $c) { chapters { lessons { id progress { coverage completed } } } } }";
const SUMMARY: &str = "query($c: ID!) { course(id: $c) { summary status } }";
/// What a repeated beat must repeat. Awards are told once and belong to no beat.
const REPEATED: [&str; 6] = ["nextSeq", "lease", "creditedMs", "coverage", "completed", "refused"];
/// Jobs follow their commit within moments; a machine that is busy may take longer.
const PATIENCE: Duration = Duration::from_secs(60);

impl Cast {
    /// Of what so many kills have seen too little to prove anything.
    pub fn lacks(&self, kills: u64) -> Option<&'static str> {
        let counts = &self.oracle.lock().unwrap().counts;
        let little = |what: &&str| counts.get(*what).is_none_or(|many| *many < (kills / 4).min(50));
        ["beats that counted", "openings", "courses published", "summaries"].into_iter().find(little)
    }

    /// Against a server that has just come back.
    pub async fn check(&self, url: &str, thorough: bool) {
        for student in &self.students {
            self.last_beat(url, student).await;
            self.progress(url, student, thorough).await;
        }
        self.lecturer(url, thorough).await;
        for student in &self.students {
            let entries = all_entries(url, student).await;
            self.entries(student, &entries);
        }
        self.oracle.lock().unwrap().touched.clear();
    }

    fn sitting(&self, student: &Asker) -> Option<Sitting> {
        self.oracle.lock().unwrap().sittings.get(&student.name).cloned()
    }

    /// A beat of which nobody knows is sent again and counts once; one that was answered is answered the same way.
    async fn last_beat(&self, url: &str, student: &Asker) {
        let Some(sitting) = self.sitting(student) else { return };
        if let Some(input) = &sitting.pending {
            let course = self.course_of(&sitting.lesson, student);
            match student.ask(url, BEAT, json!({ "i": input })).await {
                End::Done(answer) => {
                    let answer = at(&answer, "heartbeat");
                    assert_eq!(answer["nextSeq"], json!(input["seq"].as_i64().unwrap() + 1), "{answer} to {input}");
                    self.oracle.lock().unwrap().beaten(&student.name, &course, answer);
                }
                other => panic!("{}: a beat of which nobody knew was not taken: {other:?}\n{sitting:?}", student.name),
            }
            return;
        }
        let Some((input, before)) = &sitting.acked else { return };
        let again = student.must(url, BEAT, json!({ "i": input })).await;
        for field in REPEATED {
            let again = &at(&again, "heartbeat")[field];
            assert_eq!(again, &before[field], "{}: {field} of a repeated beat; {sitting:?}", student.name);
        }
    }

    fn course_of(&self, lesson: &str, student: &Asker) -> String {
        let oracle = self.oracle.lock().unwrap();
        let reading = oracle.readings.iter().find(|reading| reading.lesson == lesson).map(|r| r.course.clone());
        let video = self.videos.iter().find(|(video, _)| video == lesson).map(|(_, course)| course.clone());
        reading.or(video).unwrap_or_else(|| panic!("{}: of which course is {lesson}?", student.name))
    }

    /// Nothing that was covered is uncovered, nothing completed is undone.
    async fn progress(&self, url: &str, student: &Asker, all: bool) {
        let seen: Vec<_> = {
            let oracle = self.oracle.lock().unwrap();
            let own = oracle.seen.iter().filter(|((name, _), _)| *name == student.name);
            own.filter(|(key, _)| all || oracle.touched.contains(*key))
                .map(|((_, lesson), seen)| (lesson.clone(), seen.clone()))
                .collect()
        };
        for (lesson, seen) in seen {
            let course = student.must(url, PROGRESS, json!({ "c": seen.course })).await;
            let lessons = at(&course, "course.chapters").as_array().unwrap().iter();
            let lessons = lessons.flat_map(|chapter| at(chapter, "lessons").as_array().unwrap());
            let found = lessons.into_iter().find(|l| text(l, "id") == lesson).expect("the lesson is there");
            let coverage = at(found, "progress.coverage").as_f64().unwrap_or(0.0);
            assert!(coverage >= seen.coverage - 1e-9, "{}: {coverage} < {seen:?} of {lesson}", student.name);
            assert!(at(found, "progress.completed") == true || !seen.completed, "{}: {found} {seen:?}", student.name);
        }
    }

    async fn lecturer(&self, url: &str, all: bool) {
        let (summaries, readings) = {
            let oracle = self.oracle.lock().unwrap();
            let new = if all { 0 } else { oracle.readings.len().saturating_sub(8) };
            (oracle.summaries.clone(), oracle.readings[new..].to_vec())
        };
        for (course, (acked, pending)) in summaries {
            let found = self.lecturer.must(url, SUMMARY, json!({ "c": course })).await;
            let found = text(&found, "course.summary");
            assert!(
                found == acked || Some(&found) == pending.as_ref(),
                "{course}: {found}, not {acked} or {pending:?}"
            );
            self.oracle.lock().unwrap().summaries.insert(course, (found, None));
        }
        for reading in readings {
            let found = self.lecturer.must(url, SUMMARY, json!({ "c": reading.course })).await;
            assert_eq!(text(&found, "course.status"), "PUBLISHED");
        }
    }

    /// What was read once stays as it was, nothing is paid twice, an adjustment stands exactly as often as it was approved.
    fn entries(&self, student: &Asker, found: &BTreeMap<String, Entry>) {
        let mut oracle = self.oracle.lock().unwrap();
        for ((name, id), entry) in oracle.entries.iter().filter(|((name, _), _)| *name == student.name) {
            assert_eq!(found.get(id), Some(entry), "{name}: {id} was read before");
        }
        once(&student.name, found);
        for (id, adjustment) in oracle.adjustments.iter().filter(|(_, a)| a.student == student.name) {
            let many = found.values().filter(|entry| entry.amount == adjustment.amount).count();
            let good = match adjustment.stage {
                Stage::Proposed => many == 0,
                Stage::Approving => many <= 1,
                Stage::Approved => many == 1,
            };
            assert!(good, "{id}: {adjustment:?} stands {many} times");
        }
        let known = found.iter().map(|(id, entry)| ((student.name.clone(), id.clone()), entry.clone()));
        oracle.entries.extend(known);
    }

    /// At the end, when the queue is empty: every completion was paid, and what somebody has is the sum of their entries.
    pub async fn settle(&self, url: &str) {
        for student in &self.students {
            let deadline = tokio::time::Instant::now() + PATIENCE;
            loop {
                let before = balance(url, student).await;
                let entries = all_entries(url, student).await;
                let (quiet, unpaid) = (balance(url, student).await == before, self.unpaid(student, &entries));
                if quiet && unpaid.is_empty() {
                    self.entries(student, &entries);
                    assert_eq!(sums(&entries), before, "{}: balance and entries", student.name);
                    break;
                }
                let late = tokio::time::Instant::now() > deadline;
                assert!(!late, "{}: completed, and not paid: {unpaid:?}", student.name);
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }

    /// Courses of one reading that were completed by an acknowledged beat.
    fn unpaid(&self, student: &Asker, entries: &BTreeMap<String, Entry>) -> Vec<String> {
        let oracle = self.oracle.lock().unwrap();
        let own = oracle.readings.iter().filter(|reading| {
            oracle.seen.get(&(student.name.clone(), reading.lesson.clone())).is_some_and(|seen| seen.completed)
        });
        let paid = |course: &str| entries.values().any(|entry| entry.course == course && entry.measure == "HOURS");
        own.filter(|reading| !paid(&reading.course)).map(|reading| reading.course.clone()).collect()
    }
}

/// A reading and a course pay once.
fn once(name: &str, entries: &BTreeMap<String, Entry>) {
    let mut paid: BTreeMap<(&str, &str, &str), &Entry> = BTreeMap::new();
    for entry in entries
        .values()
        .filter(|entry| ["reading.done", "course.hours", "course.credits"].contains(&entry.rule.as_str()))
    {
        let place = if entry.rule == "reading.done" { &entry.lesson } else { &entry.course };
        let twice = paid.insert((&entry.rule, place, &entry.measure), entry);
        assert!(twice.is_none(), "{name}: paid twice: {entry:?}");
    }
}

fn sums(entries: &BTreeMap<String, Entry>) -> BTreeMap<String, i64> {
    let mut sums: BTreeMap<String, i64> = ["CREDITS", "HOURS", "POINTS"].map(|measure| (measure.to_owned(), 0)).into();
    for entry in entries.values() {
        *sums.entry(entry.measure.clone()).or_default() += entry.amount;
    }
    sums
}

async fn balance(url: &str, student: &Asker) -> BTreeMap<String, i64> {
    let found = student.must(url, "{ viewer { balance { points hours credits } } }", json!({})).await;
    let of = |field: &str| (field.to_uppercase(), thousandths(&text(&found, &format!("viewer.balance.{field}"))));
    ["points", "hours", "credits"].map(of).into()
}

pub fn entries_of(page: &Value) -> Vec<(String, Entry)> {
    let word = |node: &Value, path: &str| at(node, path).as_str().unwrap_or_default().to_owned();
    let nodes = at(page, "viewer.entries.nodes").as_array().unwrap().iter();
    let entry = |node: &Value| Entry {
        measure: text(node, "measure"),
        amount: thousandths(&text(node, "amount")),
        rule: word(node, "rule.key"),
        course: word(node, "course.id"),
        lesson: word(node, "lesson.id"),
    };
    nodes.map(|node| (text(node, "id"), entry(node))).collect()
}

pub async fn all_entries(url: &str, student: &Asker) -> BTreeMap<String, Entry> {
    let (mut all, mut after) = (BTreeMap::new(), Value::Null);
    loop {
        let page = student.must(url, ENTRIES, json!({ "after": after })).await;
        all.extend(entries_of(&page));
        if at(&page, "viewer.entries.pageInfo.hasNextPage") != true {
            return all;
        }
        after = at(&page, "viewer.entries.pageInfo.endCursor").clone();
    }
}

/// What was done, and what could not be tried.
pub fn summary(oracle: &Oracle) -> String {
    let counts: Vec<String> = oracle.counts.iter().map(|(what, many)| format!("{many} {what}")).collect();
    let mut said = format!("{}, {} entries", counts.join(", "), oracle.entries.len());
    if let Some(why) = &oracle.no_adjustments {
        said.push_str(&format!("\n  NO ADJUSTMENTS were part of this: {why}"));
    }
    said
}
