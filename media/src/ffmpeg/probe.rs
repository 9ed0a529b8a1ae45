//! What ffprobe says about a file, and whether we take it.

mod codecs;

use serde::Deserialize;

use crate::{hls, model::Unfit, rules::Container};

pub const LONGEST_MS: i64 = 6 * 3_600_000;
const MOST_PIXELS: u64 = 8_300_000;
const MOST_STREAMS: usize = 8;
const MOST_FRAMES: u64 = 120;
/// What phones of the last ten years decode (5.1, in tenths).
const HIGHEST_LEVEL: i32 = 51;

/// A video that may be converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// As the header claims; streams that were recorded live claim nothing.
    pub duration_ms: Option<i64>,
    pub picture: Picture,
    pub sound: Option<Sound>,
    /// Bits per second of the whole file, where it can be known.
    pub bitrate: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub stream: u32,
    /// As it is to be seen: turned upright, with square pixels.
    pub width: u64,
    pub height: u64,
    /// Frames per second as a fraction.
    pub frames: (u64, u64),
    /// As browsers and phones play it: H.264 with 8 bits in 4:2:0, upright, whole frames, square pixels.
    pub plain: bool,
    /// How long after the file's own beginning the first picture comes.
    pub begins_us: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    pub stream: u32,
    pub channels: u32,
    /// AAC-LC with one or two channels.
    pub plain: bool,
}

/// Arguments of ffprobe.
pub fn arguments(container: Container, file: &str) -> Vec<String> {
    let mut all: Vec<String> = ["-v", "repeat+error"].map(str::to_owned).into();
    all.extend(input(container, file));
    all.extend(["-show_streams", "-show_format", "-of", "json"].map(str::to_owned));
    all
}

/// The only way that a foreign file is opened: one demuxer, no other may be opened from within, and nothing but local files.
pub fn input(container: Container, file: &str) -> Vec<String> {
    let demuxer = container.demuxer();
    let decoders = codecs::decoders();
    let lead = [
        "-protocol_whitelist",
        "file,pipe",
        "-format_whitelist",
        demuxer,
        "-codec_whitelist",
        &decoders,
        "-f",
        demuxer,
        "-i",
    ];
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
    start_time: Option<String>,
    bit_rate: Option<String>,
}

#[derive(Deserialize)]
struct Stream {
    index: u32,
    #[serde(default)]
    codec_type: String,
    #[serde(default)]
    codec_name: String,
    #[serde(default)]
    codec_tag_string: String,
    #[serde(default)]
    profile: String,
    #[serde(default)]
    pix_fmt: String,
    #[serde(default)]
    field_order: String,
    #[serde(default)]
    level: i32,
    start_time: Option<String>,
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
    #[serde(default)]
    side_data_type: String,
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
    if report.streams.iter().any(Stream::is_encrypted) {
        return Err(Unfit::Encrypted);
    }
    // A cover picture is a video stream too, to ffmpeg.
    let moving = |s: &&Stream| s.codec_type == "video" && s.disposition.attached_pic == 0;
    let video = report.streams.iter().find(moving).ok_or(Unfit::NoPicture)?;
    if !codecs::is_video(&video.codec_name) {
        return Err(Unfit::UnknownCodec);
    }
    if video.width == 0 || video.height == 0 {
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
    let start = report.format.start_time.as_deref().and_then(signed_micros).unwrap_or_default();
    let picture = video.picture(start);
    if picture.frames.0 > picture.frames.1.saturating_mul(MOST_FRAMES) {
        return Err(Unfit::TooManyFrames);
    }
    let sounds = || report.streams.iter().filter(|s| s.codec_type == "audio" && s.channels > 0);
    let sound = sounds().find(|s| codecs::is_sound(&s.codec_name));
    if sound.is_none() && sounds().next().is_some() {
        return Err(Unfit::UnknownCodec);
    }
    let bitrate = report.format.bit_rate.as_deref().and_then(|rate| rate.parse().ok());
    Ok(Probe { duration_ms, picture, sound: sound.map(Stream::sound), bitrate })
}

/// As [`hls::micros`], also below zero.
fn signed_micros(seconds: &str) -> Option<i64> {
    let (sign, seconds) = seconds.strip_prefix('-').map_or((1, seconds), |rest| (-1, rest));
    i64::try_from(hls::micros(seconds)?).ok().map(|micros| sign * micros)
}

impl Stream {
    /// By the sample entry's name, or by what the container tells of keys.
    fn is_encrypted(&self) -> bool {
        matches!(self.codec_tag_string.as_str(), "encv" | "enca" | "drmi" | "drms" | "p608")
            || self.side_data_list.iter().any(|data| data.side_data_type.starts_with("Encryption"))
    }

    fn sound(&self) -> Sound {
        let plain = self.codec_name == "aac" && self.profile == "LC" && self.channels <= 2;
        Sound { stream: self.index, channels: self.channels, plain }
    }

    fn is_plain(&self) -> bool {
        let profile = matches!(self.profile.as_str(), "Constrained Baseline" | "Baseline" | "Main" | "High");
        let whole = matches!(self.field_order.as_str(), "progressive" | "unknown" | "");
        let upright = self.side_data_list.iter().all(|data| data.rotation.is_none()) && self.tags.rotate.is_none();
        let square = self.sample_aspect_ratio.as_deref().is_none_or(|ratio| matches!(ratio, "1:1" | "0:1" | "N/A"));
        self.codec_name == "h264"
            && profile
            && whole
            && upright
            && square
            && matches!(self.pix_fmt.as_str(), "yuv420p" | "yuvj420p")
            && self.level <= HIGHEST_LEVEL
    }

    fn picture(&self, file_begins: i64) -> Picture {
        let (across, down) = self.sample_aspect_ratio.as_deref().and_then(|r| fraction(r, ':')).unwrap_or((1, 1));
        let (width, height) = (self.width.saturating_mul(across) / down, self.height);
        let (width, height) = if self.lies_on_its_side() { (height, width) } else { (width, height) };
        let rate = |text: &Option<String>| text.as_deref().and_then(|r| fraction(r, '/'));
        // Without an average (recorded live) the other is only the finest tick, often a thousandth of a second.
        let tick = rate(&self.r_frame_rate).filter(|(frames, seconds)| *frames <= MOST_FRAMES * seconds);
        let frames = rate(&self.avg_frame_rate).or(tick).unwrap_or((30, 1));
        let begins = self.start_time.as_deref().and_then(signed_micros).unwrap_or(file_begins);
        Picture {
            stream: self.index,
            width: width.max(1),
            height: height.max(1),
            frames,
            plain: self.is_plain(),
            begins_us: u64::try_from(begins - file_begins).unwrap_or_default(),
        }
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
