//! The codecs that lectures come in. No other decoder is ever opened: each is code that reads foreign bytes.

/// Names of formats, as ffprobe tells them, and of the decoders where those are called otherwise.
const VIDEO: [(&str, &str); 24] = [
    ("h264", ""),
    ("hevc", ""),
    ("vp8", ""),
    ("vp9", ""),
    ("av1", "libdav1d,libaom-av1"),
    ("mpeg4", ""),
    ("mpeg2video", ""),
    ("mpeg1video", ""),
    ("h263", ""),
    ("mjpeg", ""),
    ("prores", ""),
    ("dnxhd", ""),
    ("flv1", "flv"),
    ("vp6", ""),
    ("vp6f", ""),
    ("msmpeg4v2", ""),
    ("msmpeg4v3", "msmpeg4"),
    ("flashsv", ""),
    ("flashsv2", ""),
    ("qtrle", ""),
    ("png", ""),
    ("svq3", ""),
    ("ffv1", ""),
    ("rawvideo", ""),
];
const SOUND: [(&str, &str); 28] = [
    ("aac", ""),
    ("mp3", "mp3float"),
    ("mp2", "mp2float"),
    ("ac3", ""),
    ("eac3", ""),
    ("opus", "libopus"),
    ("vorbis", "libvorbis"),
    ("flac", ""),
    ("alac", ""),
    ("dts", "dca"),
    ("amr_nb", "amrnb"),
    ("speex", "libspeex"),
    ("nellymoser", ""),
    ("adpcm_ms", ""),
    ("adpcm_ima_wav", ""),
    ("adpcm_ima_qt", ""),
    ("adpcm_swf", ""),
    ("pcm_u8", ""),
    ("pcm_s8", ""),
    ("pcm_s16le", ""),
    ("pcm_s16be", ""),
    ("pcm_s24le", ""),
    ("pcm_s24be", ""),
    ("pcm_s32le", ""),
    ("pcm_f32le", ""),
    ("pcm_f32be", ""),
    ("pcm_mulaw", ""),
    ("pcm_alaw", ""),
];

/// Looked at with the rest of the file, never shown; a file with others is refused as a whole.
const SUBTITLES: &str = "mov_text,subrip,srt,ass,ssa,webvtt,text,dvdsub,pgssub,dvbsub,cc_dec";

pub fn is_video(name: &str) -> bool {
    VIDEO.iter().any(|(known, _)| *known == name)
}

pub fn is_sound(name: &str) -> bool {
    SOUND.iter().any(|(known, _)| *known == name)
}

/// For ffmpeg's list of what may be opened.
pub fn decoders() -> String {
    let names = VIDEO.iter().chain(&SOUND).flat_map(|(name, more)| [*name, *more]);
    names.chain([SUBTITLES]).filter(|name| !name.is_empty()).collect::<Vec<_>>().join(",")
}
