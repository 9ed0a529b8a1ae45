//! Which renditions a video gets, and ffmpeg's arguments that make all of them from one decode.

use super::probe::{self, Picture, Probe};
use crate::rules::Container;

/// Seconds of a segment; every one begins with a key frame, at the same instants in all renditions.
pub const SEGMENT_SECONDS: u64 = 4;
const SMALL: u64 = 360;
const LARGE: u64 = 720;
/// Even a very wide picture stays within what phones decode.
const LONGEST_SIDE: u64 = 2560;
const FASTEST: u64 = 30;

/// One rendition to be made. Its size is told by the shorter side, so that an upright phone video counts like a lying one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    pub name: String,
    pub width: u64,
    pub height: u64,
    /// Upper bound in kbit/s; quiet slides stay far below it.
    kilobits: u64,
}

/// 360 and 720, never above the source. A source between the two keeps its own size as the upper one, unless that is hardly more than 360.
pub fn rungs(picture: &Picture) -> Vec<Rung> {
    let top = picture.width.min(picture.height).min(LARGE);
    let sides = if top * 5 >= SMALL * 6 { vec![SMALL, top] } else { vec![top.max(2)] };
    sides.into_iter().map(|side| rung(picture, side)).collect()
}

fn rung(picture: &Picture, side: u64) -> Rung {
    let (short, long) = (picture.width.min(picture.height), picture.width.max(picture.height));
    // The scale as a fraction: side ÷ short, or less where the longer side would leave its bound.
    let (up, down) =
        if long.saturating_mul(side) > LONGEST_SIDE * short { (LONGEST_SIDE, long) } else { (side, short) };
    // To the nearest even number, never above the source.
    let scaled = |length: u64| even((length.saturating_mul(up) + down) / (2 * down) * 2).min(even(length));
    let kilobits = if side <= SMALL { 900 } else { 2600 };
    Rung { name: format!("{}p", even(side)), width: scaled(picture.width), height: scaled(picture.height), kilobits }
}

/// 4:2:0 has one colour for two by two pixels.
const fn even(length: u64) -> u64 {
    if length < 2 { 2 } else { length - length % 2 }
}

/// Halved until it is at most 30: of 50 and 60 frames every second one is enough for a lecture. Always said: left to itself ffmpeg would
/// fill a recording with uneven times up to its finest tick.
fn frame_rate((mut frames, mut seconds): (u64, u64)) -> String {
    while frames > FASTEST * seconds {
        // Exact on either side.
        if frames.is_multiple_of(2) { frames /= 2 } else { seconds *= 2 }
    }
    format!("fps={frames}/{seconds}")
}

/// Arguments of ffmpeg; each rendition goes into the folder of its name beneath the current one.
pub fn arguments(container: Container, file: &str, probe: &Probe, rungs: &[Rung]) -> Vec<String> {
    let mut all = words(
        "-hide_banner -nostdin -v error -y -nostats -progress pipe:1 -stats_period 0.5 -filter_complex_threads 2 -threads 2",
    );
    all.extend(probe::input(container, file));
    all.extend(["-filter_complex".to_owned(), filters(&probe.picture, rungs)]);
    for (n, rung) in rungs.iter().enumerate() {
        all.extend(output(n, rung, probe));
    }
    all
}

fn filters(picture: &Picture, rungs: &[Rung]) -> String {
    let frames = frame_rate(picture.frames);
    let ends: String = (0..rungs.len()).map(|n| format!("[d{n}]")).collect();
    let scale = |(n, rung): (usize, &Rung)| format!(";[d{n}]scale={}:{},setsar=1[v{n}]", rung.width, rung.height);
    let scales: String = rungs.iter().enumerate().map(scale).collect();
    format!("[0:{}]{frames},split={}{ends}{scales}", picture.stream, rungs.len())
}

fn output(n: usize, rung: &Rung, probe: &Probe) -> Vec<String> {
    let Rung { name, kilobits, .. } = rung;
    let mut all = words(&format!("-map [v{n}]"));
    if let Some(sound) = &probe.sound {
        let channels = sound.channels.min(2);
        all.extend(words(&format!("-map 0:{} -c:a aac -b:a 96k -ar 48000 -ac {channels}", sound.stream)));
    }
    all.extend(words(&format!(
        "-c:v libx264 -preset veryfast -crf 23 -maxrate {kilobits}k -bufsize {}k -pix_fmt yuv420p -sc_threshold 0 -threads 2",
        kilobits * 2
    )));
    all.extend(["-force_key_frames".to_owned(), format!("expr:gte(t,n_forced*{SEGMENT_SECONDS})")]);
    // One file after another with names of our own; nothing of the source's metadata (place, device, author) goes along.
    all.extend(words(&format!(
        "-map_metadata -1 -map_chapters -1 -sn -dn -t 21601 -f hls -hls_time {SEGMENT_SECONDS} -hls_playlist_type vod -hls_segment_type fmp4 \
         -hls_flags independent_segments -hls_fmp4_init_filename init.mp4 -start_number 1 \
         -hls_segment_filename {name}/seg-%05d.m4s {name}/index.m3u8"
    )));
    all
}

/// Arguments for a still at `at_ms`, into `poster.jpg`.
pub fn poster(container: Container, file: &str, probe: &Probe, rung: &Rung, at_ms: i64) -> Vec<String> {
    let mut all =
        words(&format!("-hide_banner -nostdin -v error -y -threads 2 -ss {}.{:03}", at_ms / 1000, at_ms % 1000));
    all.extend(probe::input(container, file));
    all.extend(words(&format!(
        "-map 0:{} -frames:v 1 -vf scale={}:{},setsar=1 -map_metadata -1 -q:v 4 -pix_fmt yuvj420p -c:v mjpeg -f mjpeg poster.jpg",
        probe.picture.stream, rung.width, rung.height
    )));
    all
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
