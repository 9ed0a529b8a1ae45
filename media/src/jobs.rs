//! What becomes of a file once it has arrived. `media.intake` looks at it, keeps it, and makes ready at once what can be ready at once;
//! `media.ladder` makes the renditions of a video, however long that takes; `media.retire` clears away what they have replaced; `media.scrub`
//! re-reads all objects. Each may be run again at any time: an attempt writes under a prefix of its own and only the last one may publish.

mod attempt;
pub(crate) mod document;
mod early;
mod keep;
mod ladder;
mod measure;
mod retire;
mod scrub;

use futures::FutureExt;
use kernel::{Error, Result};
use platform::{Handlers, Job, jobs::ATTEMPTS};

use crate::{Media, model::Unfit, service::Discard};
use attempt::Attempt;
#[cfg(feature = "testing")]
pub(crate) use keep::hex;

pub(crate) const INTAKE: &str = "media.intake";
pub(crate) const LADDER: &str = "media.ladder";
pub(crate) const RETIRE: &str = "media.retire";
/// Throws away what an upload has left in the store.
pub(crate) const DISCARD: &str = "media.discard";
pub(crate) const SCRUB: &str = "media.scrub";

/// A process that dies takes its conversions along, and that is seldom the file's fault. Whoever took it down so often is not tried again.
const MOST_DEATHS: i32 = 64;

/// Registers this house's jobs.
pub fn handlers(house: &Media, handlers: &mut Handlers) {
    intake(house, handlers);
    let media = house.clone();
    handlers.long(LADDER, move |job| run(media.clone(), job, Step::Ladder).boxed());
    let media = house.clone();
    handlers.outside(RETIRE, move |job| {
        let media = media.clone();
        async move { retire::run(&media, &job).await }.boxed()
    });
    let media = house.clone();
    handlers.outside(DISCARD, move |job| {
        let media = media.clone();
        async move { media.discard(job.payload::<Discard>()?).await }.boxed()
    });
    let media = house.clone();
    handlers.long(SCRUB, move |job| {
        let media = media.clone();
        async move { scrub::run(&media, &job).await }.boxed()
    });
}

/// The short one.
pub(crate) fn intake(house: &Media, handlers: &mut Handlers) {
    let media = house.clone();
    handlers.outside(INTAKE, move |job| run(media.clone(), job, Step::Intake).boxed());
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Intake,
    Ladder,
}

/// Why an attempt ends early.
enum Stop {
    /// The file's fault: told to the lecturer, not tried again.
    Unfit(Unfit),
    /// Somebody killed the program, perhaps because of the file: tried again a few times.
    Killed,
    /// A later attempt has taken over; it answers for the rest.
    Overtaken,
    /// Ours (a full disk, a store that does not answer): tried again until it works.
    Fault(Error),
}
impl From<Unfit> for Stop {
    fn from(unfit: Unfit) -> Self {
        Self::Unfit(unfit)
    }
}
impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}
impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Fault(error.into())
    }
}

async fn run(media: Media, job: Job, step: Step) -> Result<()> {
    let Some(attempt) = Attempt::begin(&media, job.payload()?).await? else { return Ok(()) };
    let tired = job.attempts >= ATTEMPTS;
    let ended = match step {
        _ if job.attempts > MOST_DEATHS => Err(Unfit::GaveUp.into()),
        Step::Intake => attempt.intake().await,
        Step::Ladder => attempt.ladder().await,
    };
    match ended {
        Ok(()) | Err(Stop::Overtaken) => Ok(()),
        Err(Stop::Unfit(unfit)) => attempt.refuse(unfit).await,
        Err(Stop::Killed) if tired => attempt.refuse(Unfit::GaveUp).await,
        Err(Stop::Killed) => Err(Error::broken("the program was killed")),
        Err(Stop::Fault(error)) if tired => attempt.put_off(step, &error).await,
        Err(Stop::Fault(error)) => Err(error),
    }
}
