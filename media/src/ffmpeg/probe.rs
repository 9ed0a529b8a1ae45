//! What ffprobe says about a file, and whether we take it.

use serde::Deserialize;

use crate::{hls, model::Unfit, rules::Container};

pub const LONGEST_MS: i64 = 6 * 3_600_000;
const MOST_PIXELS: u64 = 8_300_000;
const MOST_STREAMS: usize = 8;
const MOST_FRAMES: u64 = 120;

/// A video that may be converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// As the header claims; streams that were recorded live claim nothing.
    pub duration_ms: Option<i64>,
    pub picture: Picture,
    pub sound: Option<Sound>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub stream: u32,
    /// As it is to be seen: turned upright, with square pixels.
    pub width: u64,
    pub height: u64,
    /// Frames per second as a fraction.
    pub frames: (u64, u64),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    pub stream: u32,
    pub channels: u32,
}

/// Arguments of ffprobe.
pub fn arguments(container: Container, file: &str) -> Vec<String> {
    let mut all: Vec<String> = ["-v", "error"].map(str::to_owned).into();
    all.extend(input(container, file));
    all.extend(["-show_streams", "-show_format", "-of", "json"].map(str::to_owned));
    all
}

/// The only way that a foreign file is opened: one demuxer, no other may be opened from within, and nothing but local files.
pub fn input(container: Container, file: &str) -> Vec<String> {
    let demuxer = container.demuxer();
    let lead = ["-protocol_whitelist", "file,pipe", "-format_whitelist", demuxer, "-f", demuxer, "-i"];
    lead.map(str::to_owned).into_iter().chain([format!("file:{file}")]).collect()
}

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Deserialize, Default)]
struct Format {
    duration: Option<String>,
}

#[derive(Deserialize)]
struct Stream {
    index: u32,
    #[serde(default)]
    codec_type: String,
    #[serde(default)]
    codec_name: String,
    #[serde(default)]
    width: u64,
    #[serde(default)]
    height: u64,
    sample_aspect_ratio: Option<String>,
    avg_frame_rate: Option<String>,
    r_frame_rate: Option<String>,
    #[serde(default)]
    channels: u32,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    side_data_list: Vec<SideData>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Deserialize, Default)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Deserialize)]
struct SideData {
    rotation: Option<f64>,
}

#[derive(Deserialize, Default)]
struct Tags {
    rotate: Option<String>,
}

/// Reads ffprobe's JSON and judges it.
pub fn judge(json: &[u8]) -> Result<Probe, Unfit> {
    let report: Report = serde_json::from_slice(json).map_err(|_| Unfit::Broken)?;
    if report.streams.is_empty() {
        return Err(Unfit::Broken);
    }
    if report.streams.len() > MOST_STREAMS {
        return Err(Unfit::TooManyStreams);
    }
    // A cover picture is a video stream too, to ffmpeg.
    let moving = |s: &&Stream| s.codec_type == "video" && s.disposition.attached_pic == 0;
    let video = report.streams.iter().find(moving).ok_or(Unfit::NoPicture)?;
    if video.codec_name.is_empty() || video.width == 0 || video.height == 0 {
        return Err(Unfit::Broken);
    }
    let duration_ms =
        report.format.duration.as_deref().and_then(hls::micros).and_then(|us| i64::try_from(us / 1000).ok());
    if duration_ms.is_some_and(|ms| ms > LONGEST_MS) {
        return Err(Unfit::TooLong);
    }
    if video.width.saturating_mul(video.height) > MOST_PIXELS {
        return Err(Unfit::TooManyPixels);
    }
    let picture = video.picture();
    if picture.frames.0 > picture.frames.1.saturating_mul(MOST_FRAMES) {
        return Err(Unfit::TooManyFrames);
    }
    let sound = report.streams.iter().find(|s| s.codec_type == "audio" && s.channels > 0 && !s.codec_name.is_empty());
    let sound = sound.map(|s| Sound { stream: s.index, channels: s.channels });
    Ok(Probe { duration_ms, picture, sound })
}

impl Stream {
    fn picture(&self) -> Picture {
        let (across, down) = self.sample_aspect_ratio.as_deref().and_then(|r| fraction(r, ':')).unwrap_or((1, 1));
        let (width, height) = (self.width.saturating_mul(across) / down, self.height);
        let (width, height) = if self.lies_on_its_side() { (height, width) } else { (width, height) };
        let rate = |text: &Option<String>| text.as_deref().and_then(|r| fraction(r, '/'));
        // Without an average (recorded live) the other is only the finest tick, often a thousandth of a second.
        let tick = rate(&self.r_frame_rate).filter(|(frames, seconds)| *frames <= MOST_FRAMES * seconds);
        let frames = rate(&self.avg_frame_rate).or(tick).unwrap_or((30, 1));
        Picture { stream: self.index, width: width.max(1), height: height.max(1), frames }
    }
    /// ffmpeg turns it upright by itself; only our sizes have to know.
    fn lies_on_its_side(&self) -> bool {
        let tag = self.tags.rotate.as_deref().and_then(|degrees| degrees.parse::<f64>().ok());
        let degrees = self.side_data_list.iter().find_map(|data| data.rotation).or(tag).unwrap_or(0.0);
        (degrees.abs() % 180.0 - 90.0).abs() < 1.0
    }
}

/// A fraction above zero; anything else is as good as not said. Wild aspect ratios are taken as none.
fn fraction(text: &str, between: char) -> Option<(u64, u64)> {
    let (a, b) = text.split_once(between)?;
    let (a, b) = (a.parse::<u64>().ok()?, b.parse::<u64>().ok()?);
    let sane = a > 0 && b > 0 && (between != ':' || (a / b < 4 && b / a < 4));
    sane.then_some((a, b))
}
