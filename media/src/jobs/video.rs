//! From a video file to renditions in the object store.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use futures::{FutureExt, StreamExt, TryStreamExt, future::BoxFuture};
use kernel::{Error, Result};
use tokio::{io::AsyncWriteExt, sync::watch, time::Instant};

use super::{Attempt, Stop, overtaken};
use crate::{
    ffmpeg::{
        ladder::{self, Rung, SEGMENT_SECONDS},
        probe::{self, LONGEST_MS, Probe},
        run::Outcome,
    },
    hls::{self, Segments, Variant},
    model::{Rendition, Unfit},
    rules::{self, Container},
    store::{self, Made},
};

const PROBE_TIME: Duration = Duration::from_secs(20);
const POSTER_TIME: Duration = Duration::from_secs(60);
/// For a file that does not say how long it is.
const UNKNOWN_TIME: Duration = Duration::from_secs(4 * 3600);
/// Progress is written at most so often.
const TELL: Duration = Duration::from_millis(450);
const WRITES_AT_ONCE: usize = 4;

/// A rendition as it lies in scratch.
struct Output {
    variant: Variant,
    duration_ms: i64,
    /// Relative names of its files.
    files: Vec<String>,
}

impl Attempt<'_> {
    pub(super) async fn convert(&self, object: &str, head: &[u8]) -> Result<Made, Stop> {
        let container = Container::sniff(head).ok_or(Unfit::NotVideo)?;
        let source = self.source(object).await?;
        let probe = self.probe(container, &source).await?;
        let rungs = ladder::rungs(&probe.picture);
        self.transcode(container, &source, &probe, &rungs).await?;
        let mut outputs = Vec::new();
        for rung in &rungs {
            outputs.push(self.measure(rung, probe.sound.is_some()).await?);
        }
        let duration_ms = outputs.iter().map(|output| output.duration_ms).min().unwrap_or_default();
        is_whole(&probe, duration_ms)?;
        let top = rungs.last().ok_or(Unfit::Broken)?;
        let poster = self.poster(container, &source, &probe, top, duration_ms).await?;
        self.keep(outputs, poster, duration_ms).await.map_err(Stop::Fault)
    }

    /// A local file to read from: the upload's own, else fetched.
    pub(super) async fn source(&self, object: &str) -> Result<String> {
        let path = match self.spool().await? {
            Some(path) => path,
            None => self.fetch(object).await?,
        };
        path.into_os_string().into_string().map_err(|_| Error::broken("the work folder's name is not UTF-8"))
    }

    async fn fetch(&self, object: &str) -> Result<PathBuf> {
        let path = self.scratch.path().join("source");
        let mut file = tokio::fs::File::create(&path).await?;
        let mut stream = self.media.blob().get(object, None, "").await?.stream;
        while let Some(bytes) = stream.try_next().await? {
            file.write_all(&bytes).await?;
        }
        file.flush().await?;
        Ok(path)
    }

    async fn probe(&self, container: Container, source: &str) -> Result<Probe, Stop> {
        let tools = &self.media.0.tools;
        let arguments = probe::arguments(container, source);
        match tools.read(&tools.ffprobe, &arguments, self.scratch.path(), PROBE_TIME).await? {
            Outcome::Done(json) => Ok(probe::judge(&json)?),
            Outcome::Failed(_) | Outcome::TimedOut => Err(Unfit::Broken.into()),
        }
    }

    async fn transcode(&self, container: Container, source: &str, probe: &Probe, rungs: &[Rung]) -> Result<(), Stop> {
        make_folders(self.scratch.path(), rungs).await?;
        let arguments = ladder::arguments(container, source, probe, rungs);
        let (reached, heard) = watch::channel(0);
        let converting = async move {
            // `reached` ends with the run, and with it the telling.
            self.media.0.tools.convert(&arguments, self.scratch.path(), patience(probe), &reached).await
        };
        let (outcome, ()) = tokio::try_join!(converting, self.tell(heard, probe.duration_ms))?;
        match outcome {
            Outcome::Done(_) => Ok(()),
            Outcome::TimedOut => Err(Unfit::TooSlow.into()),
            Outcome::Failed(said) => {
                tracing::info!(asset.id = %self.asset, said, "ffmpeg gave up on a file");
                Err(Unfit::Broken.into())
            }
        }
    }

    /// Writes down how far the conversion is, and ends it when a later attempt has taken over.
    async fn tell(&self, mut heard: watch::Receiver<u64>, duration_ms: Option<i64>) -> Result<()> {
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
                Ok(false) => return Err(overtaken()),
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

    async fn measure(&self, rung: &Rung, sound: bool) -> Result<Output, Stop> {
        let folder = self.scratch.path().join(&rung.name);
        let Ok(playlist) = tokio::fs::read_to_string(folder.join("index.m3u8")).await else {
            return Err(Unfit::Broken.into());
        };
        let segments = Segments::parse(&playlist).ok_or(Unfit::Broken)?;
        let init = read(&folder.join("init.mp4")).await?;
        let codecs = hls::codecs(&init, sound).ok_or(Unfit::Broken)?;
        let mut files = vec![format!("{}/index.m3u8", rung.name), format!("{}/init.mp4", rung.name)];
        let mut sizes = Vec::new();
        for (micros, name) in &segments.0 {
            sizes.push((*micros, size(&folder.join(name)).await?));
            files.push(format!("{}/{name}", rung.name));
        }
        let (bitrate, average) = hls::bitrates(&sizes, SEGMENT_SECONDS * 1_000_000);
        let rendition = rendition(rung, bitrate)?;
        Ok(Output { variant: Variant { rendition, average, codecs }, duration_ms: segments.duration_ms(), files })
    }

    /// A still at a tenth of the length, else the first picture, else none.
    async fn poster(
        &self,
        container: Container,
        source: &str,
        probe: &Probe,
        rung: &Rung,
        duration_ms: i64,
    ) -> Result<Option<String>> {
        let (tools, file) = (&self.media.0.tools, self.scratch.path().join("poster.jpg"));
        for at in [duration_ms / 10, 0] {
            let arguments = ladder::poster(container, source, probe, rung, at);
            tools.read(&tools.ffmpeg, &arguments, self.scratch.path(), POSTER_TIME).await?;
            if size(&file).await.is_ok_and(|size| size > 0) {
                return Ok(Some("poster.jpg".to_owned()));
            }
        }
        Ok(None)
    }

    /// Puts all objects under the prefix of this attempt, the master playlist last.
    async fn keep(&self, outputs: Vec<Output>, poster: Option<String>, duration_ms: i64) -> Result<Made> {
        let blob = self.media.blob();
        blob.delete_beneath(&self.prefix_of_all(), Some(&self.prefix())).await?;
        let prefix = self.prefix();
        let names = outputs.iter().flat_map(|output| output.files.clone()).chain(poster.clone());
        let puts: Vec<BoxFuture<'_, Result<u64>>> = names.map(|name| self.put(name).boxed()).collect();
        futures::stream::iter(puts).buffer_unordered(WRITES_AT_ONCE).try_collect::<Vec<u64>>().await?;
        let variants: Vec<Variant> = outputs.into_iter().map(|output| output.variant).collect();
        blob.put(&format!("{prefix}/master.m3u8"), hls::master(&variants).into()).await?;
        let renditions = variants.into_iter().map(|variant| variant.rendition).collect();
        Ok(Made { playlist: prefix, duration_ms, renditions, poster })
    }

    async fn put(&self, name: String) -> Result<u64> {
        rules::content_type(&name).ok_or_else(|| Error::broken(format!("ffmpeg wrote {name}")))?;
        self.media.blob().put_file(&format!("{}/{name}", self.prefix()), &self.scratch.path().join(&name)).await
    }
}

/// Four times the length and five minutes more.
fn patience(probe: &Probe) -> Duration {
    let length = probe.duration_ms.and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis);
    length.map_or(UNKNOWN_TIME, |length| length * 4 + Duration::from_secs(300))
}

/// A file that was cut off converts without complaint up to the cut; what its header claims gives it away.
fn is_whole(probe: &Probe, duration_ms: i64) -> Result<(), Unfit> {
    match probe.duration_ms {
        Some(claimed) if duration_ms + 5000 < claimed / 10 * 9 => Err(Unfit::CutShort),
        None if duration_ms > LONGEST_MS => Err(Unfit::TooLong),
        _ => Ok(()),
    }
}

fn rendition(rung: &Rung, bitrate: i32) -> Result<Rendition> {
    let (width, height) = (i32::try_from(rung.width)?, i32::try_from(rung.height)?);
    Ok(Rendition { name: rung.name.clone(), width, height, bitrate })
}

async fn make_folders(scratch: &Path, rungs: &[Rung]) -> Result<()> {
    for rung in rungs {
        tokio::fs::create_dir(scratch.join(&rung.name)).await?;
    }
    Ok(())
}

async fn read(file: &Path) -> Result<Vec<u8>> {
    Ok(tokio::fs::read(file).await?)
}

async fn size(file: &Path) -> Result<u64> {
    Ok(tokio::fs::metadata(file).await?.len())
}
