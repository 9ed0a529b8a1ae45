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
mod tidy;

use futures::FutureExt;
use kernel::{Error, Result};
use platform::{
    Handlers, Job,
    jobs::{ATTEMPTS, without_end},
};

use crate::{Media, model::Unfit, service::Discard};
pub(crate) use attempt::Attempt;
#[cfg(feature = "testing")]
pub(crate) use keep::hex;

pub(crate) const INTAKE: &str = "media.intake";
pub(crate) const LADDER: &str = "media.ladder";
pub(crate) const RETIRE: &str = "media.retire";
/// Throws away what an upload has left in the store.
pub(crate) const DISCARD: &str = "media.discard";
pub(crate) const SCRUB: &str = "media.scrub";
/// Deletes what an asset keeps no longer.
pub(crate) const TIDY: &str = "media.tidy";

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
        async move { without_end(media.base(), &job, retire::run(&media, &job)).await }.boxed()
    });
    let media = house.clone();
    handlers.outside(DISCARD, move |job| {
        let media = media.clone();
        async move { without_end(media.base(), &job, media.discard(job.payload::<Discard>()?)).await }.boxed()
    });
    let media = house.clone();
    handlers.long(SCRUB, move |job| {
        let media = media.clone();
        async move { without_end(media.base(), &job, scrub::run(&media, &job)).await }.boxed()
    });
}

/// The short ones.
pub(crate) fn intake(house: &Media, handlers: &mut Handlers) {
    let media = house.clone();
    handlers.outside(INTAKE, move |job| run(media.clone(), job, Step::Intake).boxed());
    let media = house.clone();
    handlers.outside(TIDY, move |job| {
        let media = media.clone();
        async move { without_end(media.base(), &job, tidy::run(&media, &job)).await }.boxed()
    });
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Intake,
    Ladder,
}

/// Why an attempt ends early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The file's fault: told to the lecturer, not tried again.
    Unfit(Unfit),
    /// Somebody killed the program, perhaps because of the file: tried again a few times.
    Killed,
    /// It took too long, perhaps because the machine is busy: the same.
    Slow,
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

/// What follows when an attempt has ended early.
#[derive(Debug)]
pub(crate) enum Next {
    Nothing,
    Refuse(Unfit),
    Again(Error),
    /// Much later: the job has been tried as often as any.
    Later(Error),
}

impl Stop {
    /// `cramped`: the disk on which the programs work is all but full, and what they say then proves nothing against a file.
    pub(crate) fn next(self, tired: bool, cramped: bool) -> Next {
        match self {
            Self::Overtaken => Next::Nothing,
            Self::Unfit(_) if cramped => {
                Self::Fault(Error::broken("there is hardly any scratch space")).next(tired, false)
            }
            Self::Unfit(unfit) => Next::Refuse(unfit),
            Self::Killed if tired => Next::Refuse(Unfit::GaveUp),
            Self::Killed => Next::Again(Error::broken("the program was killed")),
            Self::Slow if tired => Next::Refuse(Unfit::TooSlow),
            Self::Slow => Next::Again(Error::broken("the program took too long")),
            Self::Fault(error) if tired => Next::Later(error),
            Self::Fault(error) => Next::Again(error),
        }
    }
}

async fn run(media: Media, job: Job, step: Step) -> Result<()> {
    let Some(mut attempt) = Attempt::begin(&media, job.payload()?).await? else { return Ok(()) };
    let ended = if job.attempts > MOST_DEATHS { Err(Unfit::GaveUp.into()) } else { attempt.work(step).await };
    let Err(stop) = ended else { return Ok(()) };
    match stop.next(job.attempts >= ATTEMPTS, media.is_cramped()) {
        Next::Nothing => Ok(()),
        Next::Refuse(unfit) => attempt.refuse(unfit).await,
        Next::Again(error) => Err(error),
        Next::Later(error) => attempt.put_off(step, &error).await,
    }
}
