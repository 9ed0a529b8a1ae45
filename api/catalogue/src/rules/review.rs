//! Who may review, and what follows from what they say. Pure.

use kernel::{Code, Refusal, id::PersonId};

use super::storable;
use crate::model::{Course, Outcome, Submission};

/// Characters of a reason.
const LONGEST_REASON: usize = 500;
pub const LONGEST_SOURCE: usize = 200;
pub const LONGEST_EDITION: usize = 60;

/// Nobody looks at their own work: not who handed it in, who teaches the course or who changed it since it was last published.
pub fn may_review(who: PersonId, course: &Course, hands: &[PersonId], submission: &Submission) -> Result<(), Refusal> {
    let theirs = submission.submitted_by == who || course.lecturers.contains(&who) || hands.contains(&who);
    if theirs {
        return Err(Refusal::new(
            Code::Forbidden,
            "不能审核自己授课、提交或修改过的课程，请由另一位管理员审核。",
            "Nobody reviews a course that they teach, handed in or changed; another admin does.",
        ));
    }
    Ok(())
}

/// It may have ended while the reviewer was reading, and one person speaks once.
pub fn must_be_open(who: PersonId, submission: &Submission) -> Result<(), Refusal> {
    let (zh, en) = match submission.outcome {
        Outcome::Open if submission.reviews.iter().any(|review| review.reviewer == who) => {
            ("你已审核过这次提交，请等待另一位审核人。", "You have reviewed this already; another reviewer is awaited.")
        }
        Outcome::Open => return Ok(()),
        Outcome::Published => ("这次提交已经审核通过并发布。", "This was approved and published already."),
        Outcome::Returned => ("这次提交已被退回。", "This was sent back already."),
        Outcome::Withdrawn => ("作者已撤回这次提交。", "Its author has taken this back."),
    };
    Err(Refusal::conflict(zh, en))
}

/// Enough people have approved. What was handed in is looked at by one at least, whatever the school says since.
pub fn is_approved(approvals: usize, wanted: usize) -> bool {
    approvals >= wanted.max(1)
}

/// The cleaned reason; one who sends back gives one.
pub fn reason(text: &str, wanted: bool) -> Result<String, Refusal> {
    let clean = storable(text).trim().to_owned();
    let length = clean.chars().count();
    if length > LONGEST_REASON || wanted && length < 2 {
        let zh = format!("请用 2 到 {LONGEST_REASON} 字说明理由，作者会看到。");
        let en = format!("Please give the reason in 2 to {LONGEST_REASON} characters; its author reads it.");
        return Err(Refusal::invalid("reason", zh, en));
    }
    Ok(clean)
}
