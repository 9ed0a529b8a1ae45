//! Questions on what was just shown, and where a person stands with them in a lesson.

use kernel::{
    Millis,
    id::{CheckId, QuestionId},
};
use serde::{Deserialize, Serialize};

use super::{CheckAnswer, Span};
use crate::rules::Spans;

/// A question as it was when the study was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    pub id: QuestionId,
    /// The stretch that it is about.
    pub start: i64,
    pub end: i64,
    pub prompt: String,
    pub options: Vec<String>,
    /// Index of the right one.
    pub right: usize,
}

impl Question {
    pub const fn stretch(&self) -> Span {
        Span::new(self.start, self.end)
    }
    /// What has to be read to answer it.
    pub fn characters(&self) -> i64 {
        let all = self.prompt.chars().count() + self.options.iter().map(|text| text.chars().count()).sum::<usize>();
        i64::try_from(all).unwrap_or(i64::MAX)
    }
}

/// Where a person stands with the questions of a lesson. Kept with what they have covered of it, so that opening it again evades nothing:
/// an open question stays open, and a sitting goes on when the lesson is opened again within ten minutes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checks {
    /// Server time of the last beat: what was shown long ago was not just shown.
    #[serde(rename = "t", default)]
    pub seen_at: Millis,
    /// So many credited milliseconds until the next question; none before the first beat.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub gap_ms: Option<i64>,
    /// How many were drawn in this lesson.
    #[serde(rename = "d", default)]
    pub drawn: u32,
    /// Credited in this sitting since the last draw.
    #[serde(rename = "f", default, skip_serializing_if = "Spans::is_empty")]
    pub fresh: Spans,
    /// Paid in this sitting since the open question was drawn.
    #[serde(rename = "p", default, skip_serializing_if = "Spans::is_empty")]
    pub pending: Spans,
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Open>,
    /// The last answers, for whoever lost the reply.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<Given>,
}

impl Checks {
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// The one question that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    pub id: CheckId,
    pub question: QuestionId,
    /// Key of each option and the option's place in the question, in the order told.
    pub options: Vec<(String, usize)>,
    pub asked_at: Millis,
    pub deadline: Millis,
    /// How often more time was asked for.
    pub extended: u32,
    pub phase: Phase,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Waits for an answer until its deadline.
    Asked,
    /// The stretch is to be shown again; so much of it was.
    Again {
        shown: Spans,
        /// Whether another question is asked then: after a wrong answer, not after none.
        other: bool,
    },
}

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    pub check: CheckId,
    pub option: String,
    pub told: CheckAnswer,
}
