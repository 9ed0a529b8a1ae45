//! Badges of topics: a topic is a tag, and what counts are completed courses. A course counts for each tag that students knew it under when they
//! completed it, or afterwards: what was completed stays so and what a course was filed under is kept, so no level is ever taken back, whatever
//! is published, withdrawn or filed otherwise later. Made of that each time; nothing is kept.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use catalogue::Filing;
use kernel::{Millis, id::CourseId, text::Text};

use crate::model::{Deed, DeedKind, Topic, TopicLevel};

pub struct Known<'a> {
    pub deeds: &'a [Deed],
    /// Of the completed courses.
    pub filings: &'a HashMap<CourseId, Arc<Vec<Filing>>>,
    /// What the person may study now, with its tags.
    pub shelf: &'a [(CourseId, Vec<String>)],
}

/// Those in which something was finished: the highest level first, then the newest.
pub fn topics(known: &Known<'_>) -> Vec<Topic> {
    let completed = completed(known.deeds);
    let mut times = counted(&completed, known.filings);
    let begun: HashSet<CourseId> = known.deeds.iter().map(|deed| deed.course).collect();
    let mut open: HashMap<&str, Vec<CourseId>> = HashMap::new();
    for (course, tags) in known.shelf.iter().filter(|(course, _)| !completed.contains_key(course)) {
        for tag in tags {
            open.entry(tag).or_default().push(*course);
            if begun.contains(course) {
                times.entry(tag).or_default();
            }
        }
    }
    let topic = |(name, times): (&str, Vec<Millis>)| topic(name, &times, open.remove(name).unwrap_or_default());
    let mut all: Vec<Topic> = times.into_iter().map(topic).collect();
    all.sort_by(|a, b| b.earned.cmp(&a.earned).then_with(|| a.name.cmp(&b.name)));
    all
}

fn completed(deeds: &[Deed]) -> HashMap<CourseId, Millis> {
    let courses = deeds.iter().filter(|deed| deed.kind == DeedKind::Course);
    courses.map(|deed| (deed.course, deed.at)).collect()
}

/// By topic: when each course began to count, the earliest first.
fn counted<'a>(
    completed: &HashMap<CourseId, Millis>,
    filings: &'a HashMap<CourseId, Arc<Vec<Filing>>>,
) -> BTreeMap<&'a str, Vec<Millis>> {
    let mut all: BTreeMap<&str, Vec<Millis>> = BTreeMap::new();
    for (course, at) in completed {
        let mut own: HashMap<&str, Millis> = HashMap::new();
        let lasting = filings.get(course).into_iter().flat_map(|filings| filings.iter());
        for filing in lasting.filter(|filing| filing.until.is_none_or(|until| *at < until)) {
            let since = filing.since.max(*at);
            own.entry(&filing.tag).and_modify(|first| *first = since.min(*first)).or_insert(since);
        }
        for (tag, since) in own {
            all.entry(tag).or_default().push(since);
        }
    }
    all.values_mut().for_each(|times| times.sort_unstable());
    all
}

fn topic(name: &str, times: &[Millis], open: Vec<CourseId>) -> Topic {
    let nth = |level: TopicLevel| times.get(usize::try_from(level.asked()).ok()?.checked_sub(1)?).copied();
    let earned = TopicLevel::ALL.into_iter().filter_map(|level| Some((level, nth(level)?))).next_back();
    let next = TopicLevel::ALL.into_iter().find(|level| nth(*level).is_none());
    let completed = u32::try_from(times.len()).unwrap_or(u32::MAX);
    let missing = missing(completed, next, open.len());
    Topic { name: name.to_owned(), completed, earned, next, missing, open }
}

const fn title(level: TopicLevel) -> (&'static str, &'static str) {
    match level {
        TopicLevel::Bronze => ("铜章", "bronze"),
        TopicLevel::Silver => ("银章", "silver"),
        TopicLevel::Gold => ("金章", "gold"),
    }
}

fn missing(completed: u32, next: Option<TopicLevel>, open: usize) -> Text {
    let Some(level) = next else {
        return Text::new("已是最高一级。", "This is the highest level.");
    };
    let more = level.asked().saturating_sub(completed);
    let (zh, en) = title(level);
    let courses = if more == 1 { "course" } else { "courses" };
    let (zh, en) = (format!("再学完 {more} 门得{zh}"), format!("{more} more {courses} to complete for {en}"));
    match open {
        0 => Text::new(
            format!("{zh}；现有的都已学完，有了新课程再接着学。"),
            format!("{en}; those that are there are all completed, so go on when there are new ones."),
        ),
        few if usize::try_from(more).is_ok_and(|more| few < more) => {
            Text::new(format!("{zh}，现在可学 {few} 门。"), format!("{en}; {few} can be studied now."))
        }
        _ => Text::new(format!("{zh}。"), format!("{en}.")),
    }
}
