//! The rule language: what a pack may say, and what of it makes no sense. Comments in `packs/*.toml` show it by example.
//!
//! ```toml
//! version = "school-1"            # names the pack for ever
//! title = "…"                     # and, if wanted, summary = "…"
//! [basis.b]                       # where numbers come from; every number names one
//! document = "…"                  # also: edition, article; checked_by and checked_on together
//! [events.quiz]                   # an event that the platform does not tell itself
//! title = "…"
//! carries = ["count"]             # of: minutes, count, result, content
//! [caps.points]                   # what all rules of a measure together pay at most: day, week, term
//! day = { value = "45", basis = "b" }
//! [[rules]]
//! key = "quiz.daily"              # a-z 0-9 . _
//! title = "…"
//! event = "quiz"                  # or: minute, reading, video, lesson, course, check
//! measure = "points"              # or: hours, credits
//! pays = { amount = N }           # one of these forms, where N is { value = "1", basis = "b", note = "…" }
//!        { named = true }                                               hours or credits that the course names
//!        { results = [{ result = "win", title = "胜", amount = N }] }
//!        { of = "minutes", each = N, amount = N, rest = true }          for each N minutes (or count) so much
//!        { of = "minutes", hour = N, step = N, round = "down" }         45 or 60 minutes to the hour; down, up, nearest
//!        { of = "minutes", tiers = [{ from = N, amount = N }, { above = N, amount = N }] }
//!                                   the last three may skip = N at the beginning and count at most = N
//! once = "content"                # or: fact, content-day, longest-of-day, day, ever
//! caps = { day = N, week = N, term = N }
//! first = N                       # payments a day
//! interval = N                    # minutes between two payments
//! when = { weekdays = ["mon"], stages = ["ACTIVIST"], results = ["win"] }
//! approval = true
//! reversal = "frees"              # or "keeps": what a reversal takes back does not return to the caps
//! [[targets]]                     # what is asked of a class; shown, never paid
//! key = "activist.hours"
//! title = "…"
//! stages = ["ACTIVIST"]
//! measure = "hours"
//! total = N
//! ```

use std::sync::Arc;

use kernel::event::Measure;
use organisation::Stage;
use toml::de::DeTable;

use super::{
    event::{Carries, EventKind, MINUTE},
    faults::{Fault, Part, Reader},
    pack::{Basis, Caps, Number, Of, Once, Pack, Pays, Rule, Target, When},
    pays,
};

pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
pub const MEASURES: [(&str, Measure); 3] =
    [("points", Measure::Points), ("hours", Measure::Hours), ("credits", Measure::Credits)];
const ONCE: [(&str, Once); 6] = [
    ("fact", Once::Fact),
    ("content", Once::Content),
    ("content-day", Once::ContentDay),
    ("longest-of-day", Once::LongestOfDay),
    ("day", Once::Day),
    ("ever", Once::Ever),
];
const PACK: [&str; 8] = ["version", "title", "summary", "basis", "events", "caps", "rules", "targets"];
const RULE: [&str; 12] =
    ["key", "title", "event", "measure", "pays", "once", "caps", "first", "interval", "when", "approval", "reversal"];
const LONGEST_NAME: usize = 60;

/// The pack, or everything that is wrong with it.
pub fn read(text: &str) -> Result<Pack, Vec<Fault>> {
    let mut reader = Reader::new(text);
    let (root, broken) = DeTable::parse_recoverable(text);
    for error in broken {
        let at = error.span().map_or(0, |span| span.start);
        let zh = format!("这里不符合 TOML 的写法（{}）。", error.message());
        reader.fault(at, zh, format!("This is not TOML: {}.", error.message()));
    }
    let pack = pack(&mut reader, Part { table: root.get_ref(), at: 0 });
    let faults = reader.faults();
    match pack {
        Some(pack) if faults.is_empty() => Ok(pack),
        _ => Err(faults),
    }
}

fn pack<'a>(reader: &mut Reader<'a>, root: Part<'a>) -> Option<Pack> {
    reader.only(root, &PACK);
    let version = reader.text(root, "version").and_then(|(name, at)| name_of(reader, name, at, "-._"));
    let title = reader.text(root, "title").map(|(title, _)| title.to_owned());
    let summary = reader.maybe_text(root, "summary").map(|(text, _)| text.to_owned()).unwrap_or_default();
    bases(reader, root);
    let events = events(reader, root);
    let mut caps_of_all = Vec::new();
    if let Some(part) = reader.part(root, "caps") {
        reader.only(part, &MEASURES.map(|(name, _)| name));
        for (name, measure) in MEASURES {
            if let Some(inner) = reader.part(part, name) {
                caps_of_all.push((measure, caps(reader, inner, &format!("all.{name}"))));
            }
        }
    }
    if !root.table.contains_key("rules") {
        reader.fault(0, "规则包里没有规则（[[rules]]）。", "The pack has no [[rules]].");
    }
    let mut rules: Vec<Rule> = Vec::new();
    for part in reader.parts(root, "rules") {
        let taken: Vec<&str> = rules.iter().map(|rule| rule.key.as_str()).collect();
        if let Some(rule) = rule(reader, part, &events, &taken) {
            rules.push(rule);
        }
    }
    let targets = reader.parts(root, "targets").into_iter().filter_map(|part| target(reader, part)).collect();
    Some(Pack { version: version?, title: title?, summary, events, caps: caps_of_all, rules, targets })
}

/// A name that is safe in keys: a colon parts them.
fn name_of(reader: &mut Reader<'_>, name: &str, at: usize, marks: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || marks.contains(c);
    if name.len() <= LONGEST_NAME && name.chars().all(plain) {
        return Some(name.to_owned());
    }
    let zh = format!("「{name}」只能用小写字母、数字和 {marks}，不超过 {LONGEST_NAME} 字符。");
    let en = format!("\"{name}\" may only have a-z, 0-9 and {marks}, at most {LONGEST_NAME} characters.");
    reader.fault(at, zh, en);
    None
}

fn bases<'a>(reader: &mut Reader<'a>, root: Part<'a>) {
    let Some(all) = reader.part(root, "basis") else { return };
    for key in all.table.keys() {
        let name = key.get_ref().as_ref();
        let Some(part) = reader.part(all, name) else { continue };
        reader.only(part, &["document", "edition", "article", "checked_by", "checked_on"]);
        let document = reader.text(part, "document").map(|(text, _)| text.to_owned()).unwrap_or_default();
        let said = |reader: &mut Reader<'a>, key| reader.maybe_text(part, key).map(|(text, _)| text.to_owned());
        let (edition, article) = (said(reader, "edition"), said(reader, "article"));
        let (by, on) = (said(reader, "checked_by"), reader.day(part, "checked_on"));
        if part.table.contains_key("checked_by") != part.table.contains_key("checked_on") {
            let en = "checked_by and checked_on belong together.";
            reader.fault(part.at, "checked_by 与 checked_on 须同时写明。", en);
        }
        let (edition, article) = (edition.unwrap_or_default(), article.unwrap_or_default());
        let basis = Basis { document, edition, article, checked: by.zip(on) };
        reader.bases.insert(name.to_owned(), Arc::new(basis));
    }
}

fn events<'a>(reader: &mut Reader<'a>, root: Part<'a>) -> Vec<EventKind> {
    let mut found = Vec::new();
    let Some(all) = reader.part(root, "events") else { return found };
    for key in all.table.keys() {
        let (name, at) = (key.get_ref().as_ref(), key.span().start);
        let good = name_of(reader, name, at, "._");
        if EventKind::built_in(name).is_some() {
            let zh = format!("「{name}」是平台自带的事件，不能另行定义。");
            reader.fault(at, zh, format!("\"{name}\" is an event of the platform itself."));
        }
        let Some(part) = reader.part(all, name) else { continue };
        reader.only(part, &["title", "carries"]);
        let title = reader.text(part, "title").map(|(title, _)| title.to_owned());
        let words = reader.words(part, "carries", &["minutes", "count", "result", "content"]);
        let has = |word| words.contains(&word);
        let carries =
            Carries { minutes: has("minutes"), count: has("count"), result: has("result"), content: has("content") };
        if let (Some(name), Some(title)) = (good, title) {
            found.push(EventKind { name: name.into(), title: title.into(), carries, told: false });
        }
    }
    found
}

fn caps<'a>(reader: &mut Reader<'a>, part: Part<'a>, path: &str) -> Caps {
    reader.only(part, &["day", "week", "term"]);
    let cap = |reader: &mut Reader<'a>, key: &str| reader.maybe_number(part, key, &format!("{path}:cap.{key}"));
    let all = ["day", "week", "term"].map(|key| cap(reader, key));
    let given: Vec<&(Number, usize)> = all.iter().flatten().collect();
    for pair in given.windows(2) {
        if let [(shorter, _), (longer, at)] = pair
            && longer.value < shorter.value
        {
            let zh = "较长时段的上限不能小于较短时段的上限。";
            reader.fault(*at, zh, "A cap over a longer time must not be below one over a shorter time.");
        }
    }
    let [day, week, term] = all.map(|cap| cap.map(|(number, _)| number));
    Caps { day, week, term }
}

fn measure<'a>(reader: &mut Reader<'a>, part: Part<'a>) -> Option<Measure> {
    let (word, at) = reader.text(part, "measure")?;
    reader.one_of(word, at, &MEASURES.map(|(name, _)| name));
    MEASURES.into_iter().find(|(name, _)| *name == word).map(|(_, measure)| measure)
}

fn rule<'a>(reader: &mut Reader<'a>, part: Part<'a>, events: &[EventKind], taken: &[&str]) -> Option<Rule> {
    reader.only(part, &RULE);
    let key = reader.text(part, "key").and_then(|(key, at)| {
        if taken.contains(&key) {
            let zh = format!("规则「{key}」重复了。");
            reader.fault(at, zh, format!("The rule \"{key}\" is there twice."));
        }
        name_of(reader, key, at, "._")
    });
    let path = key.clone().unwrap_or_default();
    let title = reader.text(part, "title").map(|(title, _)| title.to_owned());
    let event = event(reader, part, events);
    let measure = measure(reader, part);
    let pays = match (&event, measure) {
        (Some(event), Some(measure)) => pays::read(reader, part, &path, event, measure),
        _ => None,
    };
    let once = once(reader, part, event.as_ref(), pays.as_ref());
    let caps = reader.part(part, "caps").map(|inner| caps(reader, inner, &path)).unwrap_or_default();
    let first = pace(reader, part, "first", &path);
    let interval = pace(reader, part, "interval", &path);
    let when = reader.part(part, "when").map(|inner| when(reader, inner, event.as_ref())).unwrap_or_default();
    let approval = reader.flag(part, "approval");
    let reversal =
        reader.maybe_text(part, "reversal").filter(|(word, at)| reader.one_of(word, *at, &["frees", "keeps"]));
    let frees = !matches!(reversal, Some(("keeps", _)));
    let event = event?.name.into_owned();
    let (title, measure, pays) = (title?, measure?, pays?);
    Some(Rule { key: key?, title, event, measure, pays, when, once, caps, first, interval, approval, frees })
}

fn event<'a>(reader: &mut Reader<'a>, part: Part<'a>, events: &[EventKind]) -> Option<EventKind> {
    let (name, at) = reader.text(part, "event")?;
    let found = EventKind::built_in(name).or_else(|| events.iter().find(|event| event.name == name).cloned());
    if found.is_none() {
        let mut known: Vec<&str> = EventKind::names().collect();
        known.extend(events.iter().map(|event| event.name.as_ref()));
        let zh = format!("没有名为「{name}」的事件，可用的有：{}；其他事件请在 [events] 中定义。", known.join("、"));
        let en = format!("Unknown event \"{name}\"; known: {}; name others in [events].", known.join(", "));
        reader.fault(at, zh, en);
    }
    found
}

fn once<'a>(reader: &mut Reader<'a>, part: Part<'a>, event: Option<&EventKind>, pays: Option<&Pays>) -> Once {
    let usual = if event.is_some_and(|event| event.carries.content) { Once::Content } else { Once::Fact };
    let Some((word, at)) = reader.maybe_text(part, "once") else { return usual };
    reader.one_of(word, at, &ONCE.map(|(name, _)| name));
    let Some(once) = ONCE.into_iter().find(|(name, _)| *name == word).map(|(_, once)| once) else { return usual };
    let Some(event) = event else { return once };
    let needs_content = matches!(once, Once::Content | Once::ContentDay | Once::LongestOfDay);
    if needs_content && !event.carries.content {
        let en = format!("The event \"{}\" carries no content to be paid once.", event.name);
        reader.fault(at, format!("事件「{}」不带内容版本，不能按内容计一次。", event.name), en);
    }
    if event.name == MINUTE && once != Once::Content {
        let en = "Minutes of a video are paid once each; \"once\" can only be \"content\".";
        reader.fault(at, "视频的每一分钟本来只计一次，此处只能写 content。", en);
    }
    let minutes = pays.is_none_or(|pays| pays.quantity().is_some_and(|of| of.of == Of::Minutes));
    if once == Once::LongestOfDay && !minutes {
        let en = "longest-of-day needs a payment by minutes.";
        reader.fault(at, "longest-of-day 只用于按分钟计的规则。", en);
    }
    once
}

fn pace<'a>(reader: &mut Reader<'a>, part: Part<'a>, key: &str, path: &str) -> Option<Number> {
    let (number, at) = reader.maybe_number(part, key, &format!("{path}:{key}"))?;
    pays::whole(reader, &number, at);
    Some(number)
}

fn when<'a>(reader: &mut Reader<'a>, part: Part<'a>, event: Option<&EventKind>) -> When {
    reader.only(part, &["weekdays", "stages", "results"]);
    let words = reader.words(part, "weekdays", &WEEKDAYS);
    let number = |word: &&str| WEEKDAYS.iter().position(|day| day == word).and_then(|n| u32::try_from(n).ok());
    let weekdays = words.iter().filter_map(number).collect();
    let stages = stages(reader, part);
    let mut results = Vec::new();
    if part.table.contains_key("results") {
        if event.is_some_and(|event| !event.carries.result) {
            reader.fault(part.at, "该事件不带结果，不能以结果为条件。", "The event carries no result to ask for.");
        }
        results = pays::result_words(reader, part);
    }
    When { weekdays, stages, results }
}

fn stages<'a>(reader: &mut Reader<'a>, part: Part<'a>) -> Vec<String> {
    let known: Vec<&str> = Stage::ALL.iter().map(|stage| stage.name()).collect();
    reader.words(part, "stages", &known).into_iter().map(str::to_owned).collect()
}

fn target<'a>(reader: &mut Reader<'a>, part: Part<'a>) -> Option<Target> {
    reader.only(part, &["key", "title", "stages", "measure", "total"]);
    let key = reader.text(part, "key").and_then(|(key, at)| name_of(reader, key, at, "._"));
    let title = reader.text(part, "title").map(|(title, _)| title.to_owned());
    let (stages, measure) = (stages(reader, part), measure(reader, part));
    let path = format!("{}:total", key.as_deref().unwrap_or_default());
    let total = reader.number(part, "total", &path).map(|(number, _)| number);
    Some(Target { key: key?, title: title?, stages, measure: measure?, total: total? })
}
