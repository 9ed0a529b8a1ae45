//! What is told of rule packs, of proposals that wait, of facts that are tried, and of dry runs.

use kernel::{
    Amount, Day, Millis,
    event::Measure,
    id::{DryRunId, PersonId, TermId, WaitingId},
    text::Text,
};
use serde::{Deserialize, Serialize};

use super::RuleRef;

/// A text enum as it stands in tables.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$of])* $variant),* }
        impl $name {
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
            pub fn parse(name: &str) -> Option<Self> {
                [$(Self::$variant),*].into_iter().find(|one| one.name() == name)
            }
        }
    };
}

names! {
    PackState {
        /// Added by an admin, never activated.
        Draft = "DRAFT",
        /// Comes with the platform, never activated.
        Shipped = "SHIPPED",
        /// Will be in force from a later day on.
        Planned = "PLANNED",
        Active = "ACTIVE",
        Past = "PAST",
    }
}
names! {
    /// What became of a proposal.
    WaitingState { Open = "OPEN", Approved = "APPROVED", Rejected = "REJECTED" }
}
names! {
    DryRunStatus { Queued = "QUEUED", Running = "RUNNING", Done = "DONE", Failed = "FAILED" }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackView {
    pub version: String,
    pub title: String,
    pub summary: String,
    pub state: PackState,
    pub shipped: bool,
    /// When it is, was or will be in force, last first. No first day: from the beginning; no last day: until further notice.
    pub spans: Vec<(Option<Day>, Option<Day>)>,
    /// What all rules together pay at most, a sentence a measure.
    pub caps: Vec<Explained>,
    pub rules: Vec<Explained>,
    pub targets: Vec<Explained>,
    /// How many numbers nobody has confirmed yet.
    pub unconfirmed: usize,
    /// The TOML text; only for whoever may add packs.
    pub text: Option<String>,
}

/// Something of a pack in plain Chinese, with the numbers in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    pub key: String,
    pub title: String,
    /// What a rule or a cap is counted in; none of what is only asked for.
    pub measure: Option<Measure>,
    pub text: String,
    pub numbers: Vec<NumberView>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberView {
    /// Names the number within its pack; `confirm_basis` takes it.
    pub path: String,
    /// What the number is: 「每日上限」.
    pub label: String,
    pub value: Amount,
    pub note: Option<String>,
    pub document: String,
    pub edition: String,
    pub article: String,
    pub confirmed: Option<Checked>,
}

/// Who settled that the number rests on its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// As the pack names them, or the admin who confirmed it here.
    pub by: String,
    pub on: Day,
    pub note: String,
}

impl NumberView {
    /// What is to be said where nobody has confirmed it.
    pub fn standing(&self) -> Option<Text> {
        let open = || Text::new("依据待学校核对", "basis to be checked by the school");
        self.confirmed.is_none().then(open)
    }
}

/// A payment that waits, or waited, for approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub id: WaitingId,
    pub person: PersonId,
    pub rule: RuleRef,
    pub pack: String,
    pub measure: Measure,
    /// As proposed; the caps of its day are asked again at approval.
    pub amount: Amount,
    pub note: String,
    pub day: Day,
    pub state: WaitingState,
    pub created_at: Millis,
    pub decided_by: Option<PersonId>,
    pub decided_at: Option<Millis>,
    pub reason: Option<String>,
}

/// A fact made up to try a pack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    /// Name of an event.
    pub event: String,
    /// None: today.
    pub day: Option<Day>,
    pub minutes: Option<u32>,
    pub count: Option<u32>,
    pub result: Option<String>,
    /// Name of a stage.
    pub stage: Option<String>,
    /// What the course names.
    pub hours: Amount,
    pub credits: Amount,
}

/// What a pack makes of a sample on a day on which nothing was earned yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    pub entries: Vec<TriedEntry>,
    /// Rules that hear the event and pay nothing or less, and why.
    pub refused: Vec<(RuleRef, Text)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedEntry {
    pub rule: RuleRef,
    pub measure: Measure,
    pub amount: Amount,
    pub note: String,
    /// It would wait for approval.
    pub waits: bool,
}

/// What the facts of a span of days earned under the packs then in force, and would earn under another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub old: Amount,
    pub new: Amount,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureTotals {
    pub points: Change,
    pub hours: Change,
    pub credits: Change,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DryRun {
    pub id: DryRunId,
    pub version: String,
    pub term: TermId,
    pub from: Day,
    pub to: Day,
    pub status: DryRunStatus,
    /// Of the roster, and how many of them are done.
    pub students: u64,
    pub done: u64,
    /// For how many the pack makes a difference.
    pub changed: u64,
    pub totals: MeasureTotals,
    pub asked_by: PersonId,
    pub asked_at: Millis,
    pub finished_at: Option<Millis>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DryRunRow {
    pub person: PersonId,
    pub totals: MeasureTotals,
}

impl Change {
    pub fn difference(self) -> Amount {
        self.new - self.old
    }
    fn add(&mut self, other: Self) {
        self.old += other.old;
        self.new += other.new;
    }
}

impl MeasureTotals {
    pub fn is_changed(&self) -> bool {
        [self.points, self.hours, self.credits].iter().any(|change| !change.difference().is_zero())
    }
    pub fn add(&mut self, other: &Self) {
        self.points.add(other.points);
        self.hours.add(other.hours);
        self.credits.add(other.credits);
    }
}

impl DryRun {
    /// 0 to 1.
    pub fn progress(&self) -> f64 {
        match self.status {
            DryRunStatus::Done => 1.0,
            _ if self.students == 0 => 0.0,
            // Both are numbers of students, far below what a double holds exactly.
            _ => self.done as f64 / self.students as f64,
        }
    }
}
