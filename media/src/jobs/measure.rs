//! What the programs wrote: how long, how heavy, in which codecs.

use std::path::Path;

use kernel::Result;

use super::{Stop, attempt::Attempt};
use crate::{
    ffmpeg::{
        ladder::{Rung, SEGMENT_SECONDS, SOUND},
        probe::{LONGEST_MS, Probe},
    },
    hls::{self, Segments, Variant},
    model::{Rendition, Unfit},
};

/// A rendition as it lies in scratch.
pub(super) struct Output {
    pub variant: Variant,
    pub segments: Segments,
    /// Relative names of its files.
    pub files: Vec<String>,
}

impl Attempt<'_> {
    pub(super) async fn measure(&self, rung: &Rung, sound: bool) -> Result<Output, Stop> {
        let (width, height) = (i32::try_from(rung.width), i32::try_from(rung.height));
        let size = (width.map_err(kernel::Error::from)?, height.map_err(kernel::Error::from)?);
        self.measure_folder(&rung.name, size, |init| hls::codecs(init, sound)).await
    }

    pub(super) async fn measure_sound(&self) -> Result<Output, Stop> {
        self.measure_folder(SOUND, (0, 0), |_| Some(hls::SOUND_CODEC.to_owned())).await
    }

    async fn measure_folder(
        &self,
        name: &str,
        (width, height): (i32, i32),
        codecs: impl Fn(&[u8]) -> Option<String>,
    ) -> Result<Output, Stop> {
        let folder = self.out().join(name);
        let Ok(playlist) = tokio::fs::read_to_string(folder.join("index.m3u8")).await else {
            return Err(Unfit::Broken.into());
        };
        let segments = Segments::parse(&playlist).ok_or(Unfit::Broken)?;
        let init = tokio::fs::read(folder.join("init.mp4")).await?;
        let codecs = codecs(&init).ok_or(Unfit::Broken)?;
        let mut files = vec![format!("{name}/index.m3u8"), format!("{name}/init.mp4")];
        let mut sizes = Vec::new();
        for (micros, file) in &segments.0 {
            sizes.push((*micros, size(&folder.join(file)).await?));
            files.push(format!("{name}/{file}"));
        }
        let (bitrate, average) = hls::bitrates(&sizes, SEGMENT_SECONDS * 1_000_000);
        let rendition = Rendition { name: name.to_owned(), width, height, bitrate };
        Ok(Output { variant: Variant { rendition, average, codecs }, segments, files })
    }
}

/// A file that was cut off converts without complaint up to the cut; what its header claims gives it away.
pub(super) fn is_whole(probe: &Probe, duration_ms: i64) -> Result<(), Unfit> {
    match probe.duration_ms {
        Some(claimed) if duration_ms + 5000 < claimed / 10 * 9 => Err(Unfit::CutShort),
        None if duration_ms > LONGEST_MS => Err(Unfit::TooLong),
        _ => Ok(()),
    }
}

async fn size(file: &Path) -> Result<u64> {
    Ok(tokio::fs::metadata(file).await?.len())
}
