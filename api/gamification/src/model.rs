//! Rhythm, tasks, levels, badges, goals, boards.

use kernel::{
    Amount, Day, Millis,
    id::{CourseId, FreezeId, GoalId, PersonId, UnitId, Uuid},
    text::Text,
};

/// Weeks in a row in which the weekly goal was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Streak {
    pub current: u32,
    pub best: u32,
    /// Which days of the running week had study that counted, Monday first.
    pub days: [bool; 7],
    /// How many of the seven days the goal asks for.
    pub goal: u32,
    /// The running week lies in the calendar of exams and holidays: it neither breaks the run nor counts.
    pub frozen: bool,
}

/// How many days a week somebody wants to study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// The school's for the running week.
    pub school: u32,
    /// The person's own for the running week, where they chose one.
    pub own: Option<u32>,
    /// What holds from the coming Monday on.
    pub next: u32,
}

/// Weeks that do not count, for the unit at `path` and all beneath it. Both days are included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freeze {
    pub id: FreezeId,
    pub title: String,
    pub from: Day,
    pub to: Day,
    pub unit: UnitId,
    pub path: String,
}

/// Something finished that stays finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum DeedKind {
    Video,
    Reading,
    Check,
    Course,
}

impl DeedKind {
    pub const ALL: [Self; 4] = [Self::Video, Self::Reading, Self::Check, Self::Course];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Video => "VIDEO",
            Self::Reading => "READING",
            Self::Check => "CHECK",
            Self::Course => "COURSE",
        }
    }
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
    pub const fn is_lesson(self) -> bool {
        match self {
            Self::Video | Self::Reading => true,
            Self::Check | Self::Course => false,
        }
    }
}

/// `thing` is the lesson, the check or the course; one row each, whatever is told twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Deed {
    pub person: PersonId,
    pub kind: DeedKind,
    pub thing: Uuid,
    pub course: CourseId,
    pub at: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskPeriod {
    Day,
    Week,
}

/// A small task of the running day or week. Nothing is paid for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub key: &'static str,
    pub title: Text,
    pub period: TaskPeriod,
    /// Never more than the goal.
    pub done: u32,
    pub goal: u32,
    /// Of a task of days: the beginning of the day on which it was met, for only days are kept.
    pub finished_at: Option<Millis>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BadgeKind {
    /// A course was completed.
    Course,
    /// Better than the person ever was; compared with nobody.
    Best,
}

/// Never taken back: made of what stays, each time anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    pub key: String,
    pub kind: BadgeKind,
    pub title: Text,
    pub why: Text,
    pub course: Option<CourseId>,
    pub at: Millis,
}

/// How many courses of a topic somebody has completed, in three steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TopicLevel {
    Bronze,
    Silver,
    Gold,
}

impl TopicLevel {
    pub const ALL: [Self; 3] = [Self::Bronze, Self::Silver, Self::Gold];

    /// Completed courses that earn it.
    pub const fn asked(self) -> u32 {
        match self {
            Self::Bronze => 1,
            Self::Silver => 3,
            Self::Gold => 5,
        }
    }
}

/// A topic that somebody has begun: a tag of courses, and how far they are. No level is ever taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    pub name: String,
    /// Completed courses that count for it.
    pub completed: u32,
    /// The highest that was earned, and when.
    pub earned: Option<(TopicLevel, Millis)>,
    /// None at the top.
    pub next: Option<TopicLevel>,
    /// What is missing for the next.
    pub missing: Text,
    /// Courses of it that the person may study now and has not completed: required ones first, then the newest.
    pub open: Vec<CourseId>,
}

/// What a team counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GoalMeasure {
    /// Lessons that members finished between the two days.
    Lessons,
    /// Members who studied on a day of the running week; after the end, of the last one.
    Studying,
}

impl GoalMeasure {
    pub const ALL: [Self; 2] = [Self::Lessons, Self::Studying];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Lessons => "LESSONS",
            Self::Studying => "STUDYING",
        }
    }
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.name() == name)
    }
}

#[derive(Debug, Clone)]
pub struct NewGoal {
    pub unit: UnitId,
    pub title: String,
    pub measure: GoalMeasure,
    pub target: u32,
    pub from: Day,
    pub to: Day,
}

/// A team against its own target: a total, no names, no other team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    pub id: GoalId,
    pub unit: UnitId,
    pub path: String,
    pub title: String,
    pub measure: GoalMeasure,
    pub target: u32,
    pub from: Day,
    pub to: Day,
    /// Ended before its last day.
    pub ended_at: Option<Millis>,
    pub progress: u64,
}

/// Whether a person appears on the board of their branch, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptIn {
    pub nickname: String,
}

/// What a rebuild put right; all zero where nothing was wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rebuilt {
    pub deeds: u64,
    pub members: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// From one.
    pub rank: u32,
    pub title: String,
    /// Finished lessons and passed checks at which the next begins; none at the top.
    pub next_at: Option<u32>,
}

/// Whose boards: the colleges of the school, the branches of one's own college, the people of one's own branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    School,
    College,
    Branch,
}

/// The running one, in the school's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    Week,
    Month,
    Term,
    All,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Board {
    /// The row of the viewer's own unit, or of the viewer where people are compared; also when it stands below the rows shown.
    pub me: Option<Standing>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub rank: u32,
    pub points: Amount,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Equals share one, and the next is left out.
    pub rank: u32,
    /// A unit's title, or a person's nickname.
    pub name: String,
    /// The mean of the unit's students, or the person's own.
    pub points: Amount,
    /// The viewer's own unit, or the viewer: equals share a rank, so it does not tell.
    pub me: bool,
}
