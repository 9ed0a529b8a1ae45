//! Which renditions a video gets, and ffmpeg's arguments that make all of them from one decode.

use super::{
    probe::{self, Picture, Probe, Sound},
    stills,
};
use crate::rules::Container;

/// Seconds of a segment; every one begins with a key frame, at the same instants in all renditions that are encoded.
pub const SEGMENT_SECONDS: u64 = 4;
/// Seconds of the first segment: the first picture waits for all of it.
const FIRST_SECONDS: u64 = 2;
const AT_LEAST: &str = "4";
const FILE: &str = "seg";
const SIDES: [u64; 3] = [360, 540, 720];
const LARGEST: u64 = 1080;
/// Even a very wide picture stays within what phones decode.
const LONGEST_SIDE: u64 = 2560;
const FASTEST: u64 = 30;
/// A decoder that is fed something larger than it announced stops there.
const MOST_PIXELS: u64 = 9_000_000;
/// The audio-only rendition.
pub const SOUND: &str = "audio";
/// Speech at the loudness of broadcast podcasts, gaps filled so that it stays with the picture, whole numbers so that nothing infinite enters.
const LOUDNESS: &str = "loudnorm=I=-16:TP=-1.5:LRA=11,aresample=48000";

/// One rendition to be made. Its size is told by the shorter side, so that an upright phone video counts like a lying one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    pub name: String,
    pub width: u64,
    pub height: u64,
    /// Upper bound in kbit/s; quiet slides stay far below it.
    pub kilobits: u64,
}

/// What is made of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub rungs: Vec<Rung>,
    /// Where the source's own picture is the last of the rungs: the instants (µs) at which its segments begin, which all others keep.
    pub copied: Option<Vec<u64>>,
}

/// 360, 540, 720 and 1080, never above the source. A source between two of them keeps its own size as the upper one, in the place of one that
/// is hardly smaller.
pub fn rungs(picture: &Picture) -> Vec<Rung> {
    let top = picture.width.min(picture.height).min(LARGEST);
    let below = SIDES.into_iter().filter(|side| top * 5 >= side * 6);
    let mut all: Vec<Rung> = below.chain([top.max(2)]).map(|side| rung(picture, side)).collect();
    // A very wide picture comes out the same at every size.
    all.dedup_by_key(|rung| (rung.width, rung.height));
    all
}

/// The bound of a rendition by its shorter side.
const fn kilobits(side: u64) -> u64 {
    match side {
        0..=360 => 900,
        361..=540 => 1600,
        541..=720 => 2600,
        _ => 4500,
    }
}

fn rung(picture: &Picture, side: u64) -> Rung {
    let (short, long) = (picture.width.min(picture.height), picture.width.max(picture.height));
    // The scale as a fraction: side ÷ short, or less where the longer side would leave its bound.
    let (up, down) =
        if long.saturating_mul(side) > LONGEST_SIDE * short { (LONGEST_SIDE, long) } else { (side, short) };
    // To the nearest even number, never above the source.
    let scaled = |length: u64| even((length.saturating_mul(up) + down) / (2 * down) * 2).min(even(length));
    let (width, height) = (scaled(picture.width), scaled(picture.height));
    Rung { name: format!("{}p", even(side)), width, height, kilobits: kilobits(side) }
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

/// Arguments of ffmpeg that make all of it from one decode; each rendition goes into the folder of its name beneath the current one, the
/// poster and the storyboard beside them.
pub fn arguments(container: Container, file: &str, probe: &Probe, plan: &Plan) -> Vec<String> {
    let mut all = words(&format!(
        "-hide_banner -nostdin -v error -y -nostats -progress pipe:1 -stats_period 0.5 -filter_complex_threads 2 -threads 2 -max_pixels {MOST_PIXELS}",
    ));
    all.extend(probe::input(container, file));
    all.extend(["-filter_complex".to_owned(), filters(probe, plan)]);
    for (n, rung) in plan.rungs.iter().enumerate() {
        all.extend(output(n, rung, probe, plan));
    }
    if probe.sound.is_some() {
        all.extend(words(&format!("-map [a{}] -c:a aac -b:a 64k", plan.rungs.len())));
        // In pieces that are put together at the key frames of the picture.
        all.extend(hls(SOUND, "0.5", "piece"));
    }
    all.extend(words(&format!("-map [sheets] {}", stills::SHEETS)));
    all.extend(words(&format!("-map [poster] -frames:v 1 {}", stills::POSTER)));
    all
}

/// Arguments that hand the source's own packets on, cut at its own key frames.
pub fn copy(container: Container, file: &str, probe: &Probe, folder: &str) -> Vec<String> {
    let mut all = words("-hide_banner -nostdin -v error -y -nostats");
    all.extend(probe::input(container, file));
    all.extend(words(&format!("-map 0:{}", probe.picture.stream)));
    if let Some(sound) = &probe.sound {
        all.extend(words(&format!("-map 0:{}", sound.stream)));
    }
    all.extend(words("-c copy"));
    all.extend(hls(folder, AT_LEAST, FILE));
    all
}

impl Plan {
    /// Where the last rung is not encoded.
    fn is_copied(&self, n: usize) -> bool {
        self.copied.is_some() && n + 1 == self.rungs.len()
    }
}

fn filters(probe: &Probe, plan: &Plan) -> String {
    let picture = &probe.picture;
    let encoded: Vec<(usize, &Rung)> = plan.rungs.iter().enumerate().filter(|(n, _)| !plan.is_copied(*n)).collect();
    let ends: String = encoded.iter().map(|(n, _)| format!("[d{n}]")).collect();
    let scale = |(n, rung): &(usize, &Rung)| format!(";[d{n}]scale={}:{},setsar=1[v{n}]", rung.width, rung.height);
    let scales: String = encoded.iter().map(scale).collect();
    let (frames, branches) = (frame_rate(picture.frames), encoded.len() + 2);
    let stills = format!(";[ds]{}[sheets];[dp]{}[poster]", stills::sheet_filter(probe), stills::poster_filter(probe));
    let sound = probe.sound.as_ref().map(|sound| sounds(sound, plan.rungs.len() + 1)).unwrap_or_default();
    format!("[0:{}]{frames},split={branches}{ends}[ds][dp]{scales}{stills}{sound}", picture.stream)
}

fn sounds(sound: &Sound, ends: usize) -> String {
    let layout = if sound.channels == 1 { "mono" } else { "stereo" };
    let names: String = (0..ends).map(|n| format!("[a{n}]")).collect();
    let even = format!("aresample=48000:async=1:first_pts=0,aformat=sample_fmts=s32:channel_layouts={layout}");
    // Said again: a split leaves the choice of a layout to nobody.
    let shape = format!("aformat=sample_fmts=fltp:channel_layouts={layout}");
    format!(";[0:{}]{even},{LOUDNESS},{shape},asplit={ends}{names}", sound.stream)
}

fn output(n: usize, rung: &Rung, probe: &Probe, plan: &Plan) -> Vec<String> {
    let Rung { name, kilobits, .. } = rung;
    let copied = plan.is_copied(n);
    let mut all =
        words(&if copied { format!("-map 0:{} -c:v copy", probe.picture.stream) } else { format!("-map [v{n}]") });
    if probe.sound.is_some() {
        all.extend(words(&format!("-map [a{n}] -c:a aac -b:a 96k")));
    }
    if copied {
        all.extend(hls(name, AT_LEAST, FILE));
        return all;
    }
    // No key frame but those that are asked for, and a new segment with each: so all renditions are cut at the same instants.
    all.extend(words(&format!(
        "-c:v libx264 -preset veryfast -crf 23 -maxrate {kilobits}k -bufsize {}k -pix_fmt yuv420p -sc_threshold 0 -g 100000 -threads 2",
        kilobits * 2
    )));
    all.extend(["-force_key_frames".to_owned(), key_frames(probe, plan)]);
    all.extend(hls(name, "1", FILE));
    all
}

fn key_frames(probe: &Probe, plan: &Plan) -> String {
    let Some(starts) = &plan.copied else {
        return format!("expr:gte(t,if(lt(n_forced,2),n_forced*{FIRST_SECONDS},(n_forced-1)*{SEGMENT_SECONDS}))");
    };
    let ends = probe.duration_ms.and_then(|ms| u64::try_from(ms).ok()).map_or(0, |ms| ms * 1000);
    let shown = |at: u64| {
        let at = at + probe.picture.begins_us;
        format!("{}.{:06}", at / 1_000_000, at % 1_000_000)
    };
    divided(starts, ends).into_iter().map(shown).collect::<Vec<_>>().join(",")
}

/// The source's own instants (µs), and between them as many more as keep segments near their length: a camera or a screen recorder may wait
/// ten seconds for its next key frame, a phone on a slow line should not.
pub fn divided(starts: &[u64], ends: u64) -> Vec<u64> {
    const SEGMENT: u64 = SEGMENT_SECONDS * 1_000_000;
    const FIRST: u64 = FIRST_SECONDS * 1_000_000;
    let mut all = Vec::new();
    for (n, at) in starts.iter().copied().enumerate() {
        let until = starts.get(n + 1).copied().unwrap_or(ends).max(at);
        // What is left beside the first is a segment of its own.
        let first = n == 0 && until - at >= 2 * FIRST;
        let from = if first { at + FIRST } else { at };
        // Half as long again rather than two short ones.
        let parts = (until - from).div_ceil(SEGMENT * 3 / 2).max(1);
        all.extend(first.then_some(at));
        all.extend((0..parts).map(|part| from + (until - from) * part / parts));
    }
    all
}

/// One file after another with names of our own; nothing of the source's metadata (place, device, author) goes along.
fn hls(folder: &str, seconds: &str, file: &str) -> Vec<String> {
    words(&format!(
        "-map_metadata -1 -map_chapters -1 -sn -dn -t 21601 -f hls -hls_time {seconds} -hls_playlist_type vod -hls_segment_type fmp4 \
         -hls_flags independent_segments -hls_fmp4_init_filename init.mp4 -start_number 1 \
         -hls_segment_filename {folder}/{file}-%05d.m4s {folder}/index.m3u8"
    ))
}

pub fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
