//! Whether a source may be sent on as it is: then it plays within seconds, and its own picture stays the best of the renditions.

use super::{
    ladder::{self, Rung},
    probe::Probe,
};
use crate::rules::Container;

/// A rendition that waits longer for its next key frame makes every jump wait.
pub const LONGEST_SEGMENT_US: u64 = 12_000_000;
const FASTEST: u64 = 60;

/// The rendition that the source itself makes, where it fits: a container whose packets can be handed on, a picture and a sound that every
/// browser plays, no larger and hardly heavier than the best rendition would be.
pub fn rung(container: Container, probe: &Probe, size: u64) -> Option<Rung> {
    let packets = matches!(container, Container::Mov | Container::Matroska);
    let top = ladder::rungs(&probe.picture).pop()?;
    let picture = &probe.picture;
    let same = (top.width, top.height) == (picture.width, picture.height);
    let slow = picture.frames.0 <= picture.frames.1.saturating_mul(FASTEST);
    let heavy = bitrate(probe, size)? > top.kilobits.saturating_mul(1500);
    let sound = probe.sound.as_ref().is_none_or(|sound| sound.plain);
    (packets && picture.plain && sound && same && slow && !heavy).then_some(top)
}

fn bitrate(probe: &Probe, size: u64) -> Option<u64> {
    let length = u64::try_from(probe.duration_ms?).ok().filter(|ms| *ms > 0)?;
    Some(probe.bitrate.unwrap_or(size.saturating_mul(8000) / length))
}
