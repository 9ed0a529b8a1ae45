//! What is asked of a report, what it answers, and the life of an export. Pure.

use kernel::{
    Amount, Day, Language, Millis,
    id::{CourseId, ExportId, PersonId, TermId, UnitId},
};
use organisation::{Play, School, Stage};
use serde::{Deserialize, Serialize};

/// `from` and `to` are days of the school's time zone, both included. `unit` means the unit and all beneath it; `None`: all in the asker's
/// charge. Days and course narrow what was earned and completed, not who is listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub unit: Option<UnitId>,
    pub stage: Option<Stage>,
    pub course: Option<CourseId>,
    pub from: Option<Day>,
    pub to: Option<Day>,
    /// Part of a name or number.
    pub query: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortField {
    Name,
    Number,
    Points,
    Hours,
    Credits,
    LastStudiedAt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Asc,
    Desc,
}

/// `points` and their mean are `None` while play is off or private; `credits` where the school does not use them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub as_of: Millis,
    pub students: u64,
    pub points: Option<Amount>,
    pub hours: Amount,
    pub credits: Option<Amount>,
    pub mean_points: Option<Amount>,
}

/// One student; who earned nothing is there with zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditRow {
    pub person: PersonId,
    pub number: String,
    pub name: String,
    pub stage: Stage,
    pub unit: UnitId,
    pub points: Option<Amount>,
    pub hours: Amount,
    pub credits: Option<Amount>,
    pub courses_completed: u64,
    /// Of all lessons and days, whatever the filter.
    pub last_studied_at: Option<Millis>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExportKind {
    CreditReport,
    LiteracyReport,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExportFormat {
    Xlsx,
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobStatus {
    Queued,
    Running,
    Ready,
    Failed,
    Expired,
}

/// What is asked for. A term stands for its days in a credit report whose filter names none.
#[derive(Debug, Clone)]
pub struct NewExport {
    pub kind: ExportKind,
    pub format: ExportFormat,
    pub filter: Filter,
    pub term: Option<TermId>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    pub id: ExportId,
    pub kind: ExportKind,
    pub format: ExportFormat,
    pub status: JobStatus,
    /// 0 to 1.
    pub progress: f64,
    /// Students in the file, once it is there.
    pub rows: Option<u64>,
    /// In the asker's language.
    pub failure: Option<String>,
}

/// A finished export as the gate hands it out: the object lies in the school's store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportFile {
    pub file_name: String,
    pub content_type: &'static str,
    pub object: String,
}

/// The literacy rows of an export, as plain data from whoever builds the houses.
#[derive(Debug, Clone)]
pub struct LiteracySheet {
    pub term: Option<organisation::Term>,
    pub scheme: String,
    pub as_of: Millis,
    pub indicators: Vec<String>,
    pub rows: Vec<LiteracyLine>,
    /// Always end with what the score is not.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct LiteracyLine {
    pub person: organisation::Person,
    pub score: Option<Amount>,
    /// In the order of the sheet's.
    pub indicators: Vec<Option<Amount>>,
}

/// What an export was asked for, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "v")]
pub(crate) enum Asked {
    #[serde(rename = "1")]
    V1(AskedV1),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AskedV1 {
    pub unit: Option<UnitId>,
    pub stage: Option<String>,
    pub course: Option<CourseId>,
    pub from: Option<Day>,
    pub to: Option<Day>,
    pub query: Option<String>,
    pub term: Option<TermId>,
    pub language: Language,
}

impl Asked {
    pub fn new(filter: &Filter, term: Option<TermId>, language: Language) -> Self {
        Self::V1(AskedV1 {
            unit: filter.unit,
            stage: filter.stage.map(|stage| stage.name().to_owned()),
            course: filter.course,
            from: filter.from,
            to: filter.to,
            query: filter.query.clone(),
            term,
            language,
        })
    }
    pub fn filter(&self) -> Filter {
        let Self::V1(asked) = self;
        Filter {
            unit: asked.unit,
            stage: asked.stage.as_deref().and_then(Stage::parse),
            course: asked.course,
            from: asked.from,
            to: asked.to,
            query: asked.query.clone(),
        }
    }
    pub fn term(&self) -> Option<TermId> {
        let Self::V1(asked) = self;
        asked.term
    }
    pub fn language(&self) -> Language {
        let Self::V1(asked) = self;
        asked.language
    }
}

/// An export and what its making needs.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub export: Export,
    pub asker: PersonId,
    pub asked: Asked,
    /// Paths of the units whose students are in the file.
    pub scope: Vec<String>,
    pub file_name: Option<String>,
    pub expires_at: Option<Millis>,
}

impl Order {
    /// The export as it stands at `now`: a file that has run out is no longer ready.
    pub fn at(&self, now: Millis) -> Export {
        let run_out = self.expires_at.is_some_and(|end| end <= now) && self.export.status == JobStatus::Ready;
        let status = if run_out { JobStatus::Expired } else { self.export.status };
        Export { status, ..self.export.clone() }
    }
    /// Where the file lies in the school's store.
    pub fn object(&self) -> String {
        format!("exports/{}", self.export.id)
    }
}

impl ExportKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreditReport => "CREDIT_REPORT",
            Self::LiteracyReport => "LITERACY_REPORT",
        }
    }
    pub fn parse(name: &str) -> Option<Self> {
        [Self::CreditReport, Self::LiteracyReport].into_iter().find(|kind| kind.name() == name)
    }
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::CreditReport => "学分报表",
            Self::LiteracyReport => "政治素养报表",
        }
    }
}

impl ExportFormat {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Xlsx => "XLSX",
            Self::Csv => "CSV",
        }
    }
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Xlsx, Self::Csv].into_iter().find(|format| format.name() == name)
    }
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

impl JobStatus {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Running => "RUNNING",
            Self::Ready => "READY",
            Self::Failed => "FAILED",
            Self::Expired => "EXPIRED",
        }
    }
    pub fn parse(name: &str) -> Option<Self> {
        let all = [Self::Queued, Self::Running, Self::Ready, Self::Failed, Self::Expired];
        all.into_iter().find(|status| status.name() == name)
    }
}

impl SortField {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "NAME",
            Self::Number => "NUMBER",
            Self::Points => "POINTS",
            Self::Hours => "HOURS",
            Self::Credits => "CREDITS",
            Self::LastStudiedAt => "LAST_STUDIED_AT",
        }
    }
}

/// What may be seen of the amounts: a school that does not compare shows no points, one without credits none of those.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shown {
    pub points: bool,
    pub credits: bool,
}

impl Shown {
    pub const fn at(school: &School) -> Self {
        let points = match school.play {
            Play::Off | Play::Private => false,
            Play::Team | Play::Boards => true,
        };
        Self { points, credits: school.uses_credits }
    }
}
