//! A course that was handed in for review, and what reviewers said.

use kernel::{
    Millis,
    id::{CourseId, PersonId, SubmissionId},
};

/// How a submission ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    Open,
    Published,
    /// Sent back with a reason.
    Returned,
    /// Taken back by those who handed it in.
    Withdrawn,
}

impl Outcome {
    pub const ALL: [Self; 4] = [Self::Open, Self::Published, Self::Returned, Self::Withdrawn];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Published => "PUBLISHED",
            Self::Returned => "RETURNED",
            Self::Withdrawn => "WITHDRAWN",
        }
    }
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// One handing in. What it is of stands still until it ends, so an approval is of what its reviewer saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    pub id: SubmissionId,
    /// What is looked at: a course that was never published, or the draft of one.
    pub course: CourseId,
    /// The course that students know it as.
    pub target: CourseId,
    pub title: String,
    pub audience: String,
    pub submitted_by: PersonId,
    pub submitted_at: Millis,
    pub outcome: Outcome,
    pub closed_at: Option<Millis>,
    /// In the order in which they came.
    pub reviews: Vec<Review>,
}

impl Submission {
    pub fn approvals(&self) -> usize {
        self.reviews.iter().filter(|review| review.approved).count()
    }
    /// Why it was sent back.
    pub fn returned(&self) -> Option<&Review> {
        self.reviews.iter().find(|review| !review.approved)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub reviewer: PersonId,
    /// Else sent back.
    pub approved: bool,
    /// What the author reads; may be empty where it was approved.
    pub reason: String,
    pub at: Millis,
}
