//! Pictures of a video: the poster, and the storyboard for the seek bar (sheets of small pictures, and a WebVTT file that says which of them
//! shows which moment).

use super::{
    ladder::words,
    probe::{self, Picture, Probe},
};
use crate::rules::Container;

/// Pictures in a row of a sheet, and rows.
pub const ACROSS: u64 = 10;
const SIDE: u64 = 160;
/// At most so many seconds lie between two pictures; of a short video there are about a hundred.
const LONGEST_STEP: i64 = 10;

/// Arguments for a still at `at_ms`, into `poster.jpg`.
pub fn poster(container: Container, file: &str, probe: &Probe, at_ms: i64) -> Vec<String> {
    let mut all =
        words(&format!("-hide_banner -nostdin -v error -y -threads 2 -ss {}.{:03}", at_ms / 1000, at_ms % 1000));
    all.extend(probe::input(container, file));
    let (width, height) = within(&probe.picture, 1280);
    all.extend(words(&format!(
        "-map 0:{} -frames:v 1 -vf scale={width}:{height},setsar=1 {POSTER}",
        probe.picture.stream
    )));
    all
}

/// How the poster is written, also by the conversion.
pub const POSTER: &str = "-map_metadata -1 -q:v 4 -pix_fmt yuvj420p -c:v mjpeg -f mjpeg poster.jpg";
/// How the sheets are.
pub const SHEETS: &str = "-map_metadata -1 -q:v 6 -pix_fmt yuvj420p -c:v mjpeg -f image2 storyboard-%03d.jpg";

/// The filter that takes the poster out of the stream, at a tenth of the length.
pub fn poster_filter(probe: &Probe) -> String {
    let (width, height) = within(&probe.picture, 1280);
    let at = probe.duration_ms.unwrap_or_default() / 10;
    format!("select=gte(t\\,{}.{:03})*not(selected_n),scale={width}:{height},setsar=1", at / 1000, at % 1000)
}

/// The filter that makes the sheets.
pub fn sheet_filter(probe: &Probe) -> String {
    let ((width, height), step) = (within(&probe.picture, SIDE), step(probe));
    format!("select=gte(t\\,selected_n*{step}),scale={width}:{height},setsar=1,tile={ACROSS}x{ACROSS}")
}

/// Seconds between two pictures.
pub fn step(probe: &Probe) -> i64 {
    probe.duration_ms.map_or(LONGEST_STEP, |ms| (ms / 100_000 + 1).min(LONGEST_STEP))
}

/// The storyboard's text: which part of which sheet shows which moment. `sheets` is how many there are.
pub fn storyboard(probe: &Probe, duration_ms: i64, sheets: u64) -> String {
    let ((width, height), step) = (within(&probe.picture, SIDE), step(probe) * 1000);
    let mut text = "WEBVTT\n".to_owned();
    for (n, from) in (0..sheets * ACROSS * ACROSS).zip((0..duration_ms).step_by(usize::try_from(step).unwrap_or(1000)))
    {
        let (sheet, place) = (n / (ACROSS * ACROSS) + 1, n % (ACROSS * ACROSS));
        let (x, y) = (place % ACROSS * width, place / ACROSS * height);
        let (from, to) = (time(from), time((from + step).min(duration_ms)));
        text += &format!("\n{from} --> {to}\nstoryboard-{sheet:03}.jpg#xywh={x},{y},{width},{height}\n");
    }
    text
}

fn time(ms: i64) -> String {
    let (seconds, ms) = (ms / 1000, ms % 1000);
    format!("{:02}:{:02}:{:02}.{ms:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// The picture's size with the longer side at most `side`, in even numbers, never enlarged.
fn within(picture: &Picture, side: u64) -> (u64, u64) {
    let long = picture.width.max(picture.height).max(1);
    let scaled = |length: u64| (length.saturating_mul(side.min(long)) / long / 2 * 2).max(2);
    (scaled(picture.width), scaled(picture.height))
}
