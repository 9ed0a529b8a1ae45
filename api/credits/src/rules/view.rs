//! Packs as the console and the student read them, and what one makes of a made-up fact.

use std::collections::HashMap;

use kernel::{
    Day, Refusal, Zone,
    id::{CourseId, LessonId, PersonId, Uuid},
};
use organisation::Stage;

use super::{
    evaluate::evaluate,
    event::{COURSE, MINUTE},
    explain::{explain, explain_caps, explain_target, label},
    fact::{Fact, What},
    force::{Known, Packs},
    pack::{MINUTE_MS, Number, Pack},
    tally::Tally,
    words::measure_zh,
};
use crate::model::{
    Checked, Explained, NewEntry, NumberView, PackState, PackView, RuleRef, Sample, Tried, TriedEntry, measure_name,
};

/// `names`: of those who confirmed numbers; `text`: whether the viewer sees the TOML.
pub fn pack(
    packs: &Packs,
    known: &Known,
    today: Day,
    zone: Zone,
    names: &HashMap<PersonId, String>,
    text: bool,
) -> PackView {
    let pack = known.pack.as_ref();
    let number = |number: &Number| self::number(packs, pack, number, zone, names);
    let of_caps = pack.caps.iter().map(|(measure, caps)| Explained {
        key: format!("all.{}", measure_name(*measure).to_lowercase()),
        title: measure_zh(*measure).to_owned(),
        measure: Some(*measure),
        text: explain_caps(*measure, caps),
        numbers: caps.each().map(|(_, cap)| number(cap)).collect(),
    });
    let of_rules = pack.rules.iter().map(|rule| Explained {
        key: rule.key.clone(),
        title: rule.title.clone(),
        measure: Some(rule.measure),
        text: explain(pack, rule),
        numbers: rule.numbers().into_iter().map(number).collect(),
    });
    let of_targets = pack.targets.iter().map(|target| Explained {
        key: target.key.clone(),
        title: target.title.clone(),
        measure: None,
        text: explain_target(target),
        numbers: vec![number(&target.total)],
    });
    let (caps, rules, targets): (Vec<_>, Vec<_>, Vec<_>) =
        (of_caps.collect(), of_rules.collect(), of_targets.collect());
    let all = caps.iter().chain(&rules).chain(&targets).flat_map(|one| &one.numbers);
    let unconfirmed = all.filter(|number| number.confirmed.is_none()).count();
    PackView {
        version: pack.version.clone(),
        title: pack.title.clone(),
        summary: pack.summary.clone(),
        state: state(packs, known, today),
        shipped: known.shipped,
        spans: packs.spans(&pack.version),
        caps,
        rules,
        targets,
        unconfirmed,
        text: text.then(|| known.text.clone()),
    }
}

fn state(packs: &Packs, known: &Known, today: Day) -> PackState {
    let version = known.pack.version.as_str();
    let later = packs.force.iter().any(|(from, one)| *from > today && one == version);
    match () {
        () if packs.version_on(today) == version => PackState::Active,
        () if later => PackState::Planned,
        () if packs.is_used(version) => PackState::Past,
        () if known.shipped => PackState::Shipped,
        () => PackState::Draft,
    }
}

/// What matters most first.
pub const fn order(state: PackState) -> u8 {
    match state {
        PackState::Active => 0,
        PackState::Planned => 1,
        PackState::Draft => 2,
        PackState::Shipped => 3,
        PackState::Past => 4,
    }
}

fn number(packs: &Packs, pack: &Pack, number: &Number, zone: Zone, names: &HashMap<PersonId, String>) -> NumberView {
    let here = packs.confirmed.get(&(pack.version.clone(), number.path.clone()));
    let here = here.map(|confirmed| Checked {
        by: names.get(&confirmed.by).cloned().unwrap_or_default(),
        on: zone.day(confirmed.at),
        note: confirmed.note.clone(),
    });
    let basis = &number.basis;
    let there = basis.checked.as_ref().map(|(by, on)| Checked { by: by.clone(), on: *on, note: String::new() });
    NumberView {
        path: number.path.clone(),
        label: label(number),
        value: number.value,
        note: number.note.clone(),
        document: basis.document.clone(),
        edition: basis.edition.clone(),
        article: basis.article.clone(),
        confirmed: there.or(here),
    }
}

/// On a day on which nothing was earned yet.
pub fn tried(pack: &Pack, sample: &Sample, today: Day, zone: Zone) -> Result<Tried, Refusal> {
    let fact = fact(pack, sample, today, zone)?;
    let decision = evaluate(pack, &fact, &Tally::default());
    let title = |key: &str| pack.rule(key).map(|rule| rule.told());
    let told = |key: &str| title(key).unwrap_or_else(|| RuleRef { key: key.to_owned(), title: key.to_owned() });
    let posted = decision.entries.iter().map(|entry| (entry, false));
    let mut entries: Vec<TriedEntry> = Vec::new();
    for (entry, waits) in posted.chain(decision.waiting.iter().map(|entry| (entry, true))) {
        // Minute by minute would be a long list.
        match entries.last_mut().filter(|last| last.rule.key == entry.rule && last.waits == waits) {
            Some(last) => extend(last, entry),
            None => entries.push(TriedEntry {
                rule: told(&entry.rule),
                measure: entry.measure,
                amount: entry.amount,
                note: entry.note.clone(),
                waits,
            }),
        }
    }
    let mut refused: Vec<_> = decision.refused.iter().map(|(key, why)| (told(key), why.text())).collect();
    refused.dedup();
    Ok(Tried { entries, refused })
}

fn extend(last: &mut TriedEntry, entry: &NewEntry) {
    last.amount += entry.amount;
    last.note = entry.note.clone();
}

fn fact(pack: &Pack, sample: &Sample, today: Day, zone: Zone) -> Result<Fact, Refusal> {
    if pack.event(&sample.event).is_none() {
        return Err(Refusal::invalid("input.event", "该规则包不认识这一事件。", "This pack does not know the event."));
    }
    if sample.stage.as_deref().is_some_and(|stage| Stage::parse(stage).is_none()) {
        return Err(Refusal::invalid("input.stage", "没有这一发展阶段。", "There is no such stage."));
    }
    if sample.minutes.is_some_and(|minutes| minutes > 1440) {
        return Err(Refusal::invalid("input.minutes", "分钟数不能超过 1440。", "At most 1440 minutes."));
    }
    let (day, id) = (sample.day.unwrap_or(today), Uuid::nil());
    let minutes = sample.minutes.filter(|_| sample.event == MINUTE);
    let (course, lesson) = (Some(CourseId::new(id)), (sample.event != COURSE).then(|| LessonId::new(id)));
    let what = What {
        name: sample.event.clone(),
        told: "sample".to_owned(),
        course,
        lesson,
        content: Some("sample".to_owned()),
        progress: minutes.map(|minutes| (0, minutes)),
        last: None,
        millis: sample.minutes.map(|minutes| i64::from(minutes) * MINUTE_MS),
        count: sample.count,
        result: sample.result.clone(),
        named: Some((sample.hours, sample.credits)),
        stage: sample.stage.clone(),
    };
    Ok(Fact { person: PersonId::new(id), day, at: zone.start(day), what })
}
