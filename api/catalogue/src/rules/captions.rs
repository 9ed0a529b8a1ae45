//! WebVTT and SRT: read strictly, with line numbers in refusals, and written in one normal form. Pure.

use std::fmt::Write;

use kernel::Refusal;

/// Bytes of a captions text.
pub const MOST: usize = 200 * 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    pub start_ms: u64,
    pub end_ms: u64,
    pub text: String,
}

fn wrong(path: &str, line: usize, zh: &str, en: &str) -> Refusal {
    Refusal::invalid(path, format!("字幕第 {line} 行：{zh}"), format!("Captions, line {line}: {en}"))
}

/// Cues of a WebVTT text, or of an SRT one where `srt` allows it.
pub fn parse(path: &str, text: &str, srt: bool) -> Result<Vec<Cue>, Refusal> {
    if text.len() > MOST {
        return Err(Refusal::invalid(path, "字幕不能超过 200 KB。", "Captions are at most 200 KB."));
    }
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let vtt = text.starts_with("WEBVTT");
    if !vtt && !srt {
        return Err(wrong(path, 1, "应以 WEBVTT 开头。", "must begin with WEBVTT."));
    }
    let lines: Vec<(usize, &str)> = (1..).zip(text.split('\n')).skip(usize::from(vtt)).collect();
    let mut cues: Vec<Cue> = Vec::new();
    for block in lines.split(|(_, line)| line.trim().is_empty()).filter(|block| !block.is_empty()) {
        if let Some(cue) = cue(path, block)? {
            if cues.last().is_some_and(|before| cue.start_ms < before.start_ms) {
                let line = block.first().map_or(0, |(line, _)| *line);
                return Err(wrong(path, line, "时间早于上一条。", "starts before the cue above it."));
            }
            cues.push(cue);
        }
    }
    if cues.is_empty() {
        return Err(Refusal::invalid(path, "字幕里没有一条内容。", "There is no cue in these captions."));
    }
    Ok(cues)
}

/// Header lines, notes and style blocks are no cue.
fn cue(path: &str, block: &[(usize, &str)]) -> Result<Option<Cue>, Refusal> {
    let Some(at) = block.iter().position(|(_, line)| line.contains("-->")) else { return Ok(None) };
    let Some((line, timing)) = block.get(at) else { return Ok(None) };
    let bad = || {
        wrong(
            path,
            *line,
            "时间格式有误，例如 00:01.000 --> 00:04.000。",
            "the timing is not like 00:01.000 --> 00:04.000.",
        )
    };
    let (start, rest) = timing.split_once("-->").ok_or_else(bad)?;
    let end = rest.split_whitespace().next().ok_or_else(bad)?;
    let (start_ms, end_ms) = (instant(start.trim()).ok_or_else(bad)?, instant(end).ok_or_else(bad)?);
    if end_ms <= start_ms {
        return Err(wrong(path, *line, "结束时间须晚于开始时间。", "must end after it starts."));
    }
    let words = block.iter().skip(at + 1).map(|(_, line)| plain(line)).collect::<Vec<_>>().join("\n");
    Ok(Some(Cue { start_ms, end_ms, text: words }))
}

/// `[hh:]mm:ss.mmm`, with a comma in SRT.
fn instant(text: &str) -> Option<u64> {
    let (clock, millis) = text.split_once(['.', ','])?;
    let digits = |s: &str, least: usize| {
        let good = s.len() >= least && s.len() <= 4 && s.bytes().all(|b| b.is_ascii_digit());
        if good { s.parse::<u64>().ok() } else { None }
    };
    let millis = digits(millis, 3).filter(|_| millis.len() == 3)?;
    let parts: Vec<u64> = clock.split(':').map(|part| digits(part, 2)).collect::<Option<_>>()?;
    let (hours, minutes, seconds) = match parts.as_slice() {
        [minutes, seconds] => (0, *minutes, *seconds),
        [hours, minutes, seconds] => (*hours, *minutes, *seconds),
        _ => return None,
    };
    (minutes < 60 && seconds < 60).then_some(((hours * 60 + minutes) * 60 + seconds) * 1000 + millis)
}

/// Without markup: what is spoken, and nothing a player would interpret.
fn plain(line: &str) -> String {
    let mut inside = false;
    let kept: String = line
        .chars()
        .filter(|c| {
            inside = (inside && *c != '>') || *c == '<';
            !inside && *c != '>'
        })
        .collect();
    kept.replace('&', "&amp;").replace("&amp;amp;", "&amp;")
}

/// The normal form.
pub fn write(cues: &[Cue]) -> String {
    let clock =
        |ms: u64| format!("{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
    cues.iter().fold("WEBVTT\n".to_owned(), |mut text, cue| {
        let _ = write!(text, "\n{} --> {}\n{}\n", clock(cue.start_ms), clock(cue.end_ms), cue.text);
        text
    })
}
