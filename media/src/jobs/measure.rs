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

    /// Its pieces are put together so that its segments show what those of the picture show; `starts` is where these begin.
    pub(super) async fn measure_sound(&self, starts: &[u64]) -> Result<Output, Stop> {
        join(&self.out().join(SOUND), starts).await?;
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

async fn join(folder: &Path, starts: &[u64]) -> Result<(), Stop> {
    let index = folder.join("index.m3u8");
    let text = tokio::fs::read_to_string(&index).await?;
    let pieces = Segments::parse(&text).ok_or(Unfit::Broken)?;
    let mut joined = Vec::new();
    for (n, group) in (1..).zip(hls::groups(&pieces, starts)) {
        let name = format!("seg-{n:05}.m4s");
        let (mut length, mut bytes) = (0, Vec::new());
        for (micros, piece) in pieces.0.get(group).unwrap_or_default() {
            length += micros;
            bytes.extend(tokio::fs::read(folder.join(piece)).await?);
            tokio::fs::remove_file(folder.join(piece)).await?;
        }
        tokio::fs::write(folder.join(&name), bytes).await?;
        joined.push((length, name));
    }
    Ok(tokio::fs::write(index, hls::media(&Segments(joined))).await?)
}

async fn size(file: &Path) -> Result<u64> {
    Ok(tokio::fs::metadata(file).await?.len())
}
