//! A source that browsers play as it is: its packets are handed on, and it is ready within seconds of its last byte.

use std::time::Duration;

use kernel::Result;

use super::{
    Stop,
    attempt::{Attempt, Source},
    measure::is_whole,
};
use crate::{
    ffmpeg::{
        fit::{self, LONGEST_SEGMENT_US},
        ladder,
        run::Outcome,
        stills,
    },
    hls::{self, Segments},
    store::Made,
};

/// Copying goes as fast as the disk.
const COPY_TIME: Duration = Duration::from_secs(900);
const POSTER_TIME: Duration = Duration::from_secs(60);

impl Attempt<'_> {
    /// Publishes the source itself where it fits; does nothing where it does not.
    pub(super) async fn early(&self, source: &Source) -> Result<(), Stop> {
        let Some(mut rung) = fit::rung(source.container, &source.probe, source.size) else { return Ok(()) };
        // A name of its own: what others are made into later never mixes with it.
        rung.name = format!("{}s", rung.name.trim_end_matches('p'));
        let (out, tools) = (self.out(), &self.media.0.tools);
        tokio::fs::create_dir_all(out.join(&rung.name)).await?;
        let arguments = ladder::copy(source.container, &source.name, &source.probe, &rung.name);
        let copied = tools.read(&tools.ffmpeg, &arguments, self.room(&out, source), COPY_TIME).await?;
        if !matches!(copied, Outcome::Done(_)) {
            // What cannot be copied may still be decoded.
            return Ok(());
        }
        let Ok(output) = self.measure(&rung, source.probe.sound.is_some()).await else { return Ok(()) };
        let even = output.segments.0.iter().all(|(micros, _)| *micros <= LONGEST_SEGMENT_US);
        if !even || is_whole(&source.probe, output.segments.duration_ms()).is_err() {
            return Ok(());
        }
        let poster = self.early_poster(source).await?;
        let duration_ms = output.segments.duration_ms();
        let made: Made = self.keep(vec![output], poster, None, duration_ms).await?;
        self.publish_early(source.container.media_type(), made).await
    }

    /// A still at a tenth of the length, else the first picture, else none.
    pub(super) async fn early_poster(&self, source: &Source) -> Result<Option<String>, Stop> {
        let (tools, out) = (&self.media.0.tools, self.out());
        for at in [source.probe.duration_ms.unwrap_or_default() / 10, 0] {
            let arguments = stills::poster(source.container, &source.name, &source.probe, at);
            tools.read(&tools.ffmpeg, &arguments, self.room(&out, source), POSTER_TIME).await?;
            if tokio::fs::metadata(out.join("poster.jpg")).await.is_ok_and(|file| file.len() > 0) {
                return Ok(Some("poster.jpg".to_owned()));
            }
        }
        Ok(None)
    }

    /// Where the segments of the early rendition begin; none where there is none.
    pub(super) async fn early_starts(&self, name: &str) -> Result<Option<Vec<u64>>> {
        let Some(prefix) = self.place.renditions.get(name) else { return Ok(None) };
        let index = self.media.blob().get(&format!("{prefix}/{name}/index.m3u8"), None, "").await?.bytes().await?;
        Ok(Segments::parse(&String::from_utf8_lossy(&index)).map(|segments| hls::starts(&segments)))
    }
}
