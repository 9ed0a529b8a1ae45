//! HLS texts: what ffmpeg's media playlist says, and the master playlist that we write ourselves.

use std::{collections::HashMap, ops::Range};

use crate::model::Rendition;

/// What a media playlist lists: each segment's length in microseconds and its file.
#[derive(Debug, PartialEq, Eq)]
pub struct Segments(pub Vec<(u64, String)>);

impl Segments {
    /// `None` unless the playlist is complete (has its end) and names segments.
    pub fn parse(playlist: &str) -> Option<Self> {
        let mut lines = playlist.lines().map(str::trim);
        let mut segments = Vec::new();
        let mut ended = false;
        while let Some(line) = lines.next() {
            ended |= line == "#EXT-X-ENDLIST";
            if let Some(rest) = line.strip_prefix("#EXTINF:") {
                let seconds = rest.split(',').next().unwrap_or_default();
                segments.push((micros(seconds)?, lines.next()?.to_owned()));
            }
        }
        (ended && !segments.is_empty()).then_some(Self(segments))
    }

    /// What each file shows, in milliseconds of the medium, half open: one begins where the one before ends.
    pub fn spans(&self) -> HashMap<String, (i64, i64)> {
        let millis = |micros: u64| i64::try_from((micros + 500) / 1000).unwrap_or(i64::MAX);
        let mut at = 0;
        let mut spans = HashMap::with_capacity(self.0.len());
        for (micros, file) in &self.0 {
            spans.insert(file.clone(), (millis(at), millis(at + micros)));
            at += micros;
        }
        spans
    }

    /// What a player will show as the length.
    pub fn duration_ms(&self) -> i64 {
        let micros: u64 = self.0.iter().map(|(micros, _)| micros).sum();
        i64::try_from((micros + 500) / 1000).unwrap_or(i64::MAX)
    }
}

/// Where each segment begins, in microseconds.
pub fn starts(segments: &Segments) -> Vec<u64> {
    let begin = |at: &mut u64, (micros, _): &(u64, String)| {
        let begins = *at;
        *at += micros;
        Some(begins)
    };
    segments.0.iter().scan(0, begin).collect()
}

/// Which pieces make the segment that begins at each of `starts`: those between the two boundaries that lie nearest. The last one takes the
/// rest; where the pieces end before, there are fewer.
pub fn groups(pieces: &Segments, starts: &[u64]) -> Vec<Range<usize>> {
    let mut ends = starts_of_all(pieces);
    let whole = ends.len().saturating_sub(1);
    ends.truncate(whole);
    let nearest = |at: u64| {
        let after = ends.partition_point(|begins| *begins < at);
        let off = |n: usize| ends.get(n).map_or(u64::MAX, |begins| begins.abs_diff(at));
        if after > 0 && off(after - 1) <= off(after) { after - 1 } else { after }
    };
    let mut bounds: Vec<usize> = starts.iter().skip(1).map(|at| nearest(*at)).chain([whole]).collect();
    bounds.dedup();
    let mut from = 0;
    bounds.into_iter().filter(|to| *to > 0).map(|to| std::mem::replace(&mut from, to)..to).collect()
}

/// The beginnings, and the end.
fn starts_of_all(segments: &Segments) -> Vec<u64> {
    let whole = segments.0.iter().map(|(micros, _)| micros).sum();
    starts(segments).into_iter().chain([whole]).collect()
}

/// A media playlist of these segments, as ffmpeg would write it.
pub fn media(segments: &Segments) -> String {
    let longest = segments.0.iter().map(|(micros, _)| (micros + 500_000) / 1_000_000).max().unwrap_or_default();
    let mut text = format!(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{longest}\n#EXT-X-MEDIA-SEQUENCE:1\n#EXT-X-PLAYLIST-TYPE:VOD\n\
         #EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"init.mp4\"\n"
    );
    for (micros, file) in &segments.0 {
        text += &format!("#EXTINF:{}.{:06},\n{file}\n", micros / 1_000_000, micros % 1_000_000);
    }
    text + "#EXT-X-ENDLIST\n"
}

/// Decimal seconds, as ffmpeg writes them, in microseconds.
pub fn micros(seconds: &str) -> Option<u64> {
    let (whole, rest) = seconds.split_once('.').unwrap_or((seconds, ""));
    let places: String = rest.chars().chain("000000".chars()).take(6).collect();
    whole.parse::<u64>().ok()?.checked_mul(1_000_000)?.checked_add(places.parse().ok()?)
}

/// Bits per second of a rendition, from its segments' lengths (µs) and sizes (bytes): of the busiest segment and on average. As RFC 8216
/// wants, a segment shorter than half the target does not count, unless all are.
pub fn bitrates(segments: &[(u64, u64)], target_micros: u64) -> (i32, i32) {
    let rate = |micros: u64, bytes: u64| {
        i32::try_from(bytes.saturating_mul(8_000_000).div_ceil(micros.max(1))).unwrap_or(i32::MAX)
    };
    let (time, size) = segments.iter().fold((0, 0), |(time, size), (micros, bytes)| (time + micros, size + bytes));
    let long = segments.iter().filter(|(micros, _)| micros.saturating_mul(2) >= target_micros);
    let average = rate(time, size);
    let peak = long.map(|(micros, bytes)| rate(*micros, *bytes)).max().unwrap_or(average);
    (peak.max(average), average)
}

/// One line pair of the master playlist.
pub struct Variant {
    pub rendition: Rendition,
    pub average: i32,
    pub codecs: String,
}

/// AAC-LC.
pub const SOUND_CODEC: &str = "mp4a.40.2";

/// Smallest first: a player without a better idea begins with the first, and phones are what most have. What is only to be heard comes last.
pub fn master(variants: &[Variant]) -> String {
    let mut text = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n".to_owned();
    for Variant { rendition, average, codecs } in variants {
        let Rendition { name, width, height, bitrate } = rendition;
        let size = if rendition.is_sound() { String::new() } else { format!("RESOLUTION={width}x{height},") };
        text += &format!(
            "#EXT-X-STREAM-INF:BANDWIDTH={bitrate},AVERAGE-BANDWIDTH={average},{size}CODECS=\"{codecs}\"\n{name}/index.m3u8\n"
        );
    }
    text
}

/// The `CODECS` of a rendition: H.264's profile, compatibility and level from the `avcC` box of its init segment; AAC-LC beside it.
pub fn codecs(init: &[u8], sound: bool) -> Option<String> {
    let name = init.windows(4).position(|four| four == b"avcC")?;
    let [_version, profile, compatibility, level] = init.get(name + 4..name + 8)? else { return None };
    let video = format!("avc1.{profile:02x}{compatibility:02x}{level:02x}");
    Some(if sound { format!("{video},{SOUND_CODEC}") } else { video })
}
