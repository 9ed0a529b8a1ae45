//! The other writers: a lecturer who publishes readings and mends their summaries, two admins who adjust credits by four eyes, and a reader of
//! ledgers, whose answers are promises too.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    ask::{Asker, End, at, text},
    chance::Chance,
    check,
    load::Load,
    oracle::{Adjustment, Reading, Stage},
};

/// So many readings are published; then only their summaries change.
const READINGS: usize = 60;

const CREATE: &str =
    "mutation($t: String!) { createCourse(input: { title: $t, hours: \"0.5\", credits: \"0.1\" }) { course { id } } }";
const CHAPTER: &str = "mutation($c: ID!) { addChapter(courseId: $c, title: \"一\") { chapter { id } } }";
const LESSON: &str = "mutation($c: ID!) { addReadingLesson(chapterId: $c, input: { title: \"一句话\", body: \"积少成多。\" }) { lesson { id } } }";
const PUBLISH: &str = "mutation($c: ID!) { publishCourse(id: $c) { course { status } } }";
const DRAFT: &str = "mutation($t: String!) { createCourse(input: { title: $t, summary: $t }) { course { id } } }";
const SUMMARY: &str =
    "mutation($c: ID!, $s: String!) { updateCourse(id: $c, input: { summary: $s }) { course { id } } }";
const PROPOSE: &str = "mutation($i: AdjustmentInput!) { proposeAdjustment(input: $i) { adjustment { id status } } }";
const APPROVE: &str = "mutation($id: ID!) { approveAdjustment(id: $id) { adjustment { id status } } }";

pub async fn lecture(asker: &Asker, load: &Load, mut chance: Chance) {
    while load.goes_on() {
        tokio::time::sleep(Duration::from_millis(chance.between(50, 250))).await;
        let published = load.oracle().readings.len();
        let on = if published < READINGS && chance.one_in(2) {
            publish(asker, load).await
        } else {
            mend(asker, load, &mut chance).await
        };
        if on.is_none() {
            return;
        }
    }
}

async fn publish(asker: &Asker, load: &Load) -> Option<()> {
    let course = asker.ask(&load.url, CREATE, json!({ "t": "短读物" })).await.done()?;
    let course = text(&course, "createCourse.course.id");
    let chapter = asker.ask(&load.url, CHAPTER, json!({ "c": course })).await.done()?;
    let lesson = asker.ask(&load.url, LESSON, json!({ "c": text(&chapter, "addChapter.chapter.id") })).await.done()?;
    asker.ask(&load.url, PUBLISH, json!({ "c": course })).await.done()?;
    let mut oracle = load.oracle();
    oracle.readings.push(Reading { course, lesson: text(&lesson, "addReadingLesson.lesson.id") });
    oracle.count("courses published");
    Some(())
}

/// The summary of a draft; a few drafts are enough.
async fn mend(asker: &Asker, load: &Load, chance: &mut Chance) -> Option<()> {
    let drafts: Vec<String> = load.oracle().summaries.keys().cloned().collect();
    if drafts.len() < 5 {
        let title = format!("草稿{}", chance.next());
        let course = asker.ask(&load.url, DRAFT, json!({ "t": title })).await.done()?;
        load.oracle().summaries.insert(text(&course, "createCourse.course.id"), (title, None));
        return Some(());
    }
    let course = chance.pick(&drafts)?.clone();
    let summary = format!("第{}稿", chance.next());
    load.oracle().summaries.get_mut(&course)?.1 = Some(summary.clone());
    asker.ask(&load.url, SUMMARY, json!({ "c": course, "s": summary })).await.done()?;
    let mut oracle = load.oracle();
    oracle.summaries.insert(course, (summary, None));
    oracle.count("summaries");
    Some(())
}

/// One proposes, the other approves most.
pub async fn adjust(admins: (&Asker, &Asker), load: &Load, mut chance: Chance) {
    while load.goes_on() && load.oracle().no_adjustments.is_none() {
        tokio::time::sleep(Duration::from_millis(chance.between(50, 300))).await;
        if one(admins, load, &mut chance).await.is_none() {
            return;
        }
    }
}

async fn one(admins: (&Asker, &Asker), load: &Load, chance: &mut Chance) -> Option<()> {
    let (student, id) = chance.pick(&load.people)?.clone();
    let amount = {
        let mut oracle = load.oracle();
        oracle.adjusted += 1;
        10_000 + oracle.adjusted
    };
    let decimal = format!("{}.{:03}", amount / 1000, amount % 1000);
    let decimal = decimal.trim_end_matches('0').trim_end_matches('.');
    let input = json!({ "studentId": id, "measure": "HOURS", "amount": decimal, "reason": "线下培训补录（测试）" });
    let proposed = match admins.0.ask(&load.url, PROPOSE, json!({ "i": input })).await {
        End::Done(data) => text(&data, "proposeAdjustment.adjustment.id"),
        End::Refused(code, answer) => {
            load.oracle().no_adjustments = Some(format!("{code}: {}", at(&answer, "errors.0.message")));
            return Some(());
        }
        End::Unknown => return None,
    };
    load.oracle().adjustments.insert(proposed.clone(), Adjustment { student, amount, stage: Stage::Proposed });
    load.oracle().count("adjustments proposed");
    if chance.one_in(4) {
        return Some(());
    }
    approve(admins.1, load, &proposed).await
}

async fn approve(admin: &Asker, load: &Load, id: &str) -> Option<()> {
    let step = |stage: Stage| load.oracle().adjustments.get_mut(id).expect("it was proposed").stage = stage;
    step(Stage::Approving);
    match admin.ask(&load.url, APPROVE, json!({ "id": id })).await {
        End::Done(_) => {
            step(Stage::Approved);
            load.oracle().count("adjustments approved");
            Some(())
        }
        End::Refused(code, answer) => panic!("an adjustment could not be approved: {code} {answer}"),
        End::Unknown => None,
    }
}

/// Whatever was read once was committed.
pub async fn look(askers: &[Asker], load: &Load, mut chance: Chance) {
    while load.goes_on() {
        tokio::time::sleep(Duration::from_millis(chance.between(50, 200))).await;
        let Some(asker) = chance.pick(askers) else { return };
        let Some(page) = asker.ask(&load.url, check::ENTRIES, json!({ "after": Value::Null })).await.done() else {
            return;
        };
        let mut oracle = load.oracle();
        for (id, entry) in check::entries_of(&page) {
            oracle.entries.insert((asker.name.clone(), id), entry);
        }
    }
}
