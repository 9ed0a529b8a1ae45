//! All renditions of a video, its sound alone, its poster and its storyboard, from one decode.

use std::{path::Path, time::Duration};

use kernel::Result;
use tokio::{sync::watch, time::Instant};

use super::{
    Stop,
    attempt::{Attempt, Source},
    measure::{Output, is_whole},
};
use crate::{
    ffmpeg::{
        fit,
        ladder::{self, Plan, Rung, SOUND},
        run::Outcome,
        stills,
    },
    hls,
    model::{Status, Unfit},
    store,
};

/// For a file that does not say how long it is.
const UNKNOWN_TIME: Duration = Duration::from_secs(4 * 3600);
/// Progress is written at most so often.
const TELL: Duration = Duration::from_millis(450);

impl Attempt<'_> {
    pub(super) async fn ladder(&self) -> Result<(), Stop> {
        let source = self.source().await?;
        let object = self.store().await?;
        let plan = self.plan(&source).await?;
        self.transcode(&source, &plan).await?;
        let mut outputs = Vec::new();
        for rung in &plan.rungs {
            outputs.push(self.measure(rung, source.probe.sound.is_some()).await?);
        }
        let length = |output: &Output| output.segments.duration_ms();
        let mut duration_ms = outputs.iter().map(length).min().unwrap_or_default();
        is_whole(&source.probe, duration_ms)?;
        if source.probe.sound.is_some() {
            let starts = outputs.first().map(|output| hls::starts(&output.segments)).unwrap_or_default();
            outputs.push(self.measure_sound(&starts).await?);
        }
        if self.place.status == Status::Ready
            && let Some(told) = self.media.find(self.asset).await?.and_then(|asset| asset.duration_ms)
        {
            // What was announced as its length stays its length.
            duration_ms = told;
        }
        let poster = self.poster(&source).await?;
        let sheets = self.sheets().await?;
        let storyboard = (sheets > 0).then(|| stills::storyboard(&source.probe, duration_ms, sheets));
        let storyboard = storyboard.map(|text| (text, sheets));
        let made = self.keep(outputs, poster, storyboard, duration_ms).await?;
        self.seal(&object).await?;
        self.publish(source.container.media_type(), Some(made)).await
    }

    /// Where the source itself plays already, its picture is the best rendition, and the others keep to its key frames.
    async fn plan(&self, source: &Source) -> Result<Plan, Stop> {
        let rungs = ladder::rungs(&source.probe.picture);
        let early = fit::rung(source.container, &source.probe, source.size);
        let copied = match early.filter(|_| self.place.status == Status::Ready) {
            Some(rung) => self.early_starts(&format!("{}s", rung.name.trim_end_matches('p'))).await?,
            None => None,
        };
        Ok(Plan { rungs, copied })
    }

    async fn transcode(&self, source: &Source, plan: &Plan) -> Result<(), Stop> {
        let out = self.out();
        make_folders(&out, &plan.rungs).await?;
        let arguments = ladder::arguments(source.container, &source.name, &source.probe, plan);
        let (reached, heard) = watch::channel(0);
        let duration_ms = source.probe.duration_ms;
        let converting = async move {
            // `reached` ends with the run, and with it the telling.
            let room = self.room(&out, source);
            let ended = self.media.0.tools.convert(&arguments, room, patience(duration_ms), &reached).await;
            ended.map_err(Stop::from)
        };
        let (outcome, ()) = tokio::try_join!(converting, self.tell(heard, duration_ms))?;
        match outcome {
            Outcome::Done(_) => Ok(()),
            Outcome::TimedOut => Err(Unfit::TooSlow.into()),
            Outcome::Killed => Err(Stop::Killed),
            Outcome::Failed(said) => {
                tracing::info!(asset.id = %self.asset, said, "ffmpeg gave up on a file");
                Err(Unfit::Broken.into())
            }
        }
    }

    /// Writes down how far the conversion is, and ends it when a later attempt has taken over.
    async fn tell(&self, mut heard: watch::Receiver<u64>, duration_ms: Option<i64>) -> Result<(), Stop> {
        let Some(whole) = duration_ms.filter(|ms| *ms > 0) else { return Ok(()) };
        let mut told = Instant::now();
        while heard.changed().await.is_ok() {
            let micros = *heard.borrow_and_update();
            if told.elapsed() < TELL {
                continue;
            }
            told = Instant::now();
            let share = (micros as f64 / 1000.0 / whole as f64).min(0.99);
            match self.reach(share).await {
                Ok(true) => {}
                Ok(false) => return Err(Stop::Overtaken),
                Err(error) => tracing::warn!(%error, "the progress of a conversion was not written; going on"),
            }
        }
        Ok(())
    }

    /// False when a later attempt has taken over.
    pub(super) async fn reach(&self, share: f64) -> Result<bool> {
        let base = self.media.base();
        let tx = base.db.begin().await?;
        let mine = store::set_progress(&tx, self.asset, Some(self.id), share, base.now()).await?;
        tx.commit().await?;
        self.media.changed(self.asset);
        Ok(mine)
    }

    /// The conversion's own still; a video that ends before a tenth of its claimed length has its first picture.
    async fn poster(&self, source: &Source) -> Result<Option<String>, Stop> {
        let made = tokio::fs::metadata(self.out().join("poster.jpg")).await;
        if made.is_ok_and(|file| file.len() > 0) {
            return Ok(Some("poster.jpg".to_owned()));
        }
        self.early_poster(source).await
    }

    async fn sheets(&self) -> Result<u64> {
        let out = self.out();
        let mut sheets = 0;
        while tokio::fs::try_exists(out.join(format!("storyboard-{:03}.jpg", sheets + 1))).await? {
            sheets += 1;
        }
        Ok(sheets)
    }
}

/// Four times the length and five minutes more.
fn patience(duration_ms: Option<i64>) -> Duration {
    let length = duration_ms.and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis);
    length.map_or(UNKNOWN_TIME, |length| length * 4 + Duration::from_secs(300))
}

async fn make_folders(out: &Path, rungs: &[Rung]) -> Result<()> {
    for name in rungs.iter().map(|rung| rung.name.as_str()).chain([SOUND]) {
        tokio::fs::create_dir_all(out.join(name)).await?;
    }
    Ok(())
}
