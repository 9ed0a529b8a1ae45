//! Something that may earn: a named event of a person with typed attributes. Facts are kept as they were told, so that another pack can be
//! tried on them later.

use kernel::{
    Amount, Day, Event, Millis, Zone,
    event::Medium,
    id::{CourseId, LessonId, PersonId},
};
use serde::{Deserialize, Serialize};

use super::{event, pack::MINUTE_MS};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub person: PersonId,
    /// Of the school's time zone.
    pub day: Day,
    pub at: Millis,
    pub what: What,
}

/// What is told of it, in short words because there will be many.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct What {
    /// Name of the event.
    #[serde(rename = "n")]
    pub name: String,
    /// What parts this telling from any other of the event to the person.
    #[serde(rename = "t")]
    pub told: String,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub course: Option<CourseId>,
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub lesson: Option<LessonId>,
    /// Content version; of a course the course.
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Whole minutes `from + 1 ..= to` of the content.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<(u32, u32)>,
    /// Number of the last minute of a video, and how many milliseconds that one has.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub last: Option<(u32, u32)>,
    /// How long it took, in milliseconds.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub millis: Option<i64>,
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// Hours and credits that the course names.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub named: Option<(Amount, Amount)>,
    /// Stage of membership when it happened.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
}

impl Fact {
    /// What the event tells; hours and credits of a course and the stage of the person are added by who knows them. `None`: nothing that
    /// could earn.
    pub fn of(event: Event, zone: Zone) -> Option<Self> {
        let fact = |person, at, what| Some(Self { person, day: zone.day(at), at, what });
        match event {
            Event::MinutesCovered { person, course, lesson, version, from, to, at } => {
                let told = format!("{version}:{from}-{to}");
                let progress = Some((from, to));
                let what = What { progress, ..What::lesson(event::MINUTE, course, lesson, version, told) };
                fact(person, at, what)
            }
            Event::LessonCompleted { person, course, lesson, version, medium, last_minute, at } => {
                let told = lesson.to_string();
                let what = match (medium, last_minute) {
                    (Medium::Reading, _) => What::lesson(event::READING, course, lesson, version, told),
                    (Medium::Video, last) => {
                        let millis = last.map(length);
                        What { last, millis, ..What::lesson(event::VIDEO, course, lesson, version, told) }
                    }
                };
                fact(person, at, what)
            }
            Event::CourseCompleted { person, course, at } => {
                let (name, told) = (event::COURSE.to_owned(), course.to_string());
                let content = Some(told.clone());
                fact(person, at, What { name, told, course: Some(course), content, ..What::default() })
            }
            Event::CheckPassed { person, course, lesson, check, at } => {
                let (name, told) = (event::CHECK.to_owned(), check.to_string());
                let lesson = Some(lesson);
                fact(person, at, What { name, told, course: Some(course), lesson, ..What::default() })
            }
            Event::PersonChanged { .. }
            | Event::CourseChanged { .. }
            | Event::AssetReady { .. }
            | Event::StudyOpened { .. }
            | Event::EntryPosted { .. } => None,
        }
    }

    /// Exists once for each telling of a person's day.
    pub fn reason(&self) -> String {
        format!("{}:{}", self.what.name, self.what.told)
    }
}

impl What {
    fn lesson(name: &str, course: CourseId, lesson: LessonId, content: String, told: String) -> Self {
        let (course, lesson, content) = (Some(course), Some(lesson), Some(content));
        Self { name: name.to_owned(), told, course, lesson, content, ..Self::default() }
    }
}

/// A whole video, by its last minute.
fn length((number, millis): (u32, u32)) -> i64 {
    (i64::from(number) - 1).max(0) * MINUTE_MS + i64::from(millis)
}
