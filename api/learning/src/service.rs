//! Use cases: opening a study, beating, evidence, answering, completing a course, releasing, sweeping, and what others ask about progress.

mod complete;
mod finished;
mod open;
mod questions;
mod read;
mod release;

pub use complete::{complete_course, complete_courses};
pub use open::open_study;
pub use read::{
    completed, course_progress, days_studied, flags, pending_of, progress, recent, review_flag, statistics, study,
    watch_map,
};
pub use release::{release, release_pending};

use kernel::{
    Error, Refusal, Result, Viewer,
    id::{CheckId, PersonId},
};

use crate::{
    Learning,
    commit::{Act, Verdict, answered},
    model::{Answer, Beat, CheckAnswer, Served},
    rules::Claim,
    store,
};

/// Studies that one sweep removes in one transaction.
const SWEPT: u64 = 1_000;
const DAY_MS: i64 = 86_400_000;

/// Answers after the commit. Whoever hangs up before has not taken anything back.
pub async fn heartbeat(house: &Learning, viewer: &Viewer, beat: Beat) -> Result<Answer> {
    let claim = Claim::read(&beat)?;
    let act = Act::Beat { study: beat.study, session: viewer.session, claim, network: beat.network };
    match house.committer.decide(viewer.person, act).await? {
        Verdict::Beat(answer) => Ok(answer),
        _ => Err(mixed_up()),
    }
}

pub async fn served(house: &Learning, served: Served) -> Result<()> {
    let Some(info) = study(house, served.study).await? else { return Err(Refusal::not_found().into()) };
    served_to(house, info.person, served).await
}

pub fn served_to(
    house: &Learning,
    person: PersonId,
    served: Served,
) -> impl Future<Output = Result<()>> + Send + use<> {
    let told = house.committer.hand_in(person, Act::Served(served));
    async move { answered(told?).await.map(drop) }
}

pub async fn answer_check(house: &Learning, viewer: &Viewer, check: CheckId, option: &str) -> Result<CheckAnswer> {
    let act = Act::AnswerCheck { session: viewer.session, check, option: option.to_owned() };
    match house.committer.decide(viewer.person, act).await? {
        Verdict::Checked(answer) => Ok(answer),
        _ => Err(mixed_up()),
    }
}

pub async fn extend_check(house: &Learning, viewer: &Viewer, check: CheckId) -> Result<i64> {
    match house.committer.decide(viewer.person, Act::ExtendCheck { session: viewer.session, check }).await? {
        Verdict::Extended(left) => Ok(left),
        _ => Err(mixed_up()),
    }
}

fn mixed_up() -> Error {
    Error::broken("an act was answered as another")
}

/// In small transactions: heartbeats go on between them.
pub async fn sweep(house: &Learning) -> Result<u64> {
    let before = house.base.now() - house.config.kept_days * DAY_MS;
    let mut all = 0;
    loop {
        let tx = house.base.db.begin().await?;
        let swept = store::sweep(&tx, before, SWEPT).await?;
        tx.commit().await?;
        all += swept;
        if swept < SWEPT {
            return Ok(all);
        }
    }
}
