//! Use cases: opening a study, beating, completing a course, and what others ask about progress.

mod complete;
mod open;
mod read;

pub use complete::complete_course;
pub use open::open_study;
pub use read::{completed, course_progress, days_studied, progress, recent, statistics, study};

use kernel::{Error, Result, Viewer};
use tokio::sync::oneshot;

use crate::{
    Learning,
    commit::Ticket,
    model::{Answer, Beat},
    rules::Claim,
};

/// Answers after the commit. Whoever hangs up before has not taken anything back.
pub async fn heartbeat(house: &Learning, viewer: &Viewer, beat: &Beat) -> Result<Answer> {
    let claim = Claim::read(beat)?;
    let (told, answer) = oneshot::channel();
    let ticket = Ticket { person: viewer.person, session: viewer.session, study: beat.study, claim, told };
    house.committer.submit(ticket)?;
    answer.await.unwrap_or_else(|_| Err(Error::broken("the heartbeat committer is gone")))
}
