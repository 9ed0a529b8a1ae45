//! The names of what may earn: events that this platform tells, and events that a pack names for what others tell.

use std::borrow::Cow;

/// What facts of an event carry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Carries {
    /// A duration.
    pub minutes: bool,
    pub count: bool,
    pub result: bool,
    /// A content version, so that the same content can be told again.
    pub content: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventKind {
    pub name: Cow<'static, str>,
    pub title: Cow<'static, str>,
    pub carries: Carries,
    /// Whether this platform itself tells it.
    pub told: bool,
}

/// New whole minutes of a video, told while they are watched; its last minute comes with its completion.
pub const MINUTE: &str = "minute";
pub const READING: &str = "reading";
pub const VIDEO: &str = "video";
/// A video or a reading.
pub const LESSON: &str = "lesson";
pub const COURSE: &str = "course";
pub const CHECK: &str = "check";

const CONTENT: Carries = Carries { minutes: false, count: false, result: false, content: true };
const TIMED: Carries = Carries { minutes: true, ..CONTENT };
const BARE: Carries = Carries { content: false, ..CONTENT };

/// How to add one: a line here, a case in `Fact::of`.
const BUILT_IN: [(&str, &str, Carries); 6] = [
    (MINUTE, "看视频", TIMED),
    (READING, "读完一篇阅读", CONTENT),
    (VIDEO, "看完一个视频", TIMED),
    (LESSON, "学完一节", CONTENT),
    (COURSE, "完成一门课程的全部必修内容", CONTENT),
    (CHECK, "答对学习中的提问", BARE),
];

impl EventKind {
    pub fn built_in(name: &str) -> Option<Self> {
        let (name, title, carries) = BUILT_IN.into_iter().find(|(known, ..)| *known == name)?;
        Some(Self { name: name.into(), title: title.into(), carries, told: true })
    }
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.into_iter().map(|(name, ..)| name)
    }
}

/// Whether a rule for `rule` hears a fact of `fact`.
pub fn hears(rule: &str, fact: &str) -> bool {
    rule == fact || (fact == VIDEO && matches!(rule, MINUTE | LESSON)) || (fact == READING && rule == LESSON)
}
