//! Captions: WebVTT (W3C) and SRT are read strictly, with the line of each fault, and written as plain WebVTT: times, settings, text.
//! Styles, regions, notes and marks within the text are left out.

use kernel::{Refusal, text::Text};

use super::Faults;
use crate::model::CueChange;

const MOST_FAULTS: usize = 10;
/// Characters of one line that is edited.
const LONGEST_CUE: usize = 500;
const LATEST_MS: u64 = 24 * 3_600_000;
/// So long a cue may stay after its video: many files count in whole seconds.
const PAST_END_MS: u64 = 1_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    pub start_ms: u64,
    pub end_ms: u64,
    /// Where on the picture: `line:0 align:start`.
    pub settings: String,
    /// Without marks and entities; lines as they are shown.
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFault {
    pub line: usize,
    pub text: Text,
}

impl LineFault {
    fn new(line: usize, zh: &str, en: &str) -> Self {
        Self { line, text: Text::new(format!("第 {line} 行：{zh}"), format!("Line {line}: {en}")) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Vtt,
    Srt,
}

type Line<'a> = (usize, &'a str);

/// WebVTT text as it is stored.
pub fn parse_vtt(source: &str) -> Result<Vec<Cue>, Vec<LineFault>> {
    vtt(source, None)
}

fn vtt(source: &str, ends_ms: Option<u64>) -> Result<Vec<Cue>, Vec<LineFault>> {
    let source = super::storable(source.trim_start_matches('\u{feff}'));
    let mut lines = (1..).zip(source.lines());
    let header = lines.next().map(|(_, line)| line).unwrap_or_default();
    if !(header == "WEBVTT" || header.starts_with("WEBVTT ") || header.starts_with("WEBVTT\t")) {
        return Err(vec![LineFault::new(1, "首行须为 WEBVTT。", "the first line must be WEBVTT.")]);
    }
    let body: Vec<Line<'_>> = lines.skip_while(|(_, line)| !is_blank(line) && !line.contains("-->")).collect();
    // Without a blank line in between, the first cue would be taken for a part of the header.
    match body.first() {
        Some((line, text)) if !is_blank(text) => Err(vec![LineFault::new(
            *line,
            "首行与第一条字幕之间缺少空行。",
            "a blank line is missing before the first cue.",
        )]),
        _ => cues(&body, Dialect::Vtt, ends_ms),
    }
}

/// An uploaded file: WebVTT if it begins like it, else SRT. Cues lie within the video, where it is known when that ends.
pub fn parse_file(source: &str, ends_ms: Option<u64>) -> Result<Vec<Cue>, Vec<LineFault>> {
    let source = source.trim_start_matches('\u{feff}');
    if source.starts_with("WEBVTT") {
        return vtt(source, ends_ms);
    }
    let source = super::storable(source);
    cues(&(1..).zip(source.lines()).collect::<Vec<_>>(), Dialect::Srt, ends_ms)
}

/// A text that was typed or pasted: SRT where it begins like it, with a number or a time, else WebVTT.
pub fn parse_text(source: &str, ends_ms: Option<u64>) -> Result<Vec<Cue>, Vec<LineFault>> {
    let first = source.trim_start_matches('\u{feff}').lines().map(str::trim).find(|line| !line.is_empty());
    let srt = first.is_some_and(|line| line.contains("-->") || line.bytes().all(|byte| byte.is_ascii_digit()));
    if srt { parse_file(source, ends_ms) } else { vtt(source, ends_ms) }
}

/// What a program heard, without what it heard after the end: programs count in whole windows, and there is nobody to mend the line.
pub fn heard(source: &str, ends_ms: Option<u64>) -> Result<Vec<Cue>, Vec<LineFault>> {
    let mut found = parse_vtt(source)?;
    if let Some(ends_ms) = ends_ms {
        found.retain(|cue| cue.start_ms < ends_ms);
        found.iter_mut().for_each(|cue| cue.end_ms = cue.end_ms.min(ends_ms));
    }
    if found.is_empty() { Err(vec![no_cues()]) } else { Ok(found) }
}

fn no_cues() -> LineFault {
    LineFault::new(1, "没有任何字幕。", "there are no cues.")
}

enum Past {
    Begins,
    Ends,
}

fn past_end(start_ms: u64, end_ms: u64, ends_ms: u64) -> Option<Past> {
    if start_ms > ends_ms {
        return Some(Past::Begins);
    }
    (end_ms > ends_ms.saturating_add(PAST_END_MS)).then_some(Past::Ends)
}

impl Past {
    /// The field of an edited line.
    const fn field(&self) -> &'static str {
        match self {
            Self::Begins => "input.startMs",
            Self::Ends => "input.endMs",
        }
    }
    /// Of this cue, in English without it.
    fn sentences(&self, ends_ms: u64) -> (String, String) {
        let at = clock(ends_ms);
        match self {
            Self::Begins => {
                (format!("开始时间在视频结束（{at}）之后。"), format!("begins after the video has ended ({at})."))
            }
            Self::Ends => (format!("结束时间超出视频结尾（{at}）。"), format!("ends after the video does ({at}).")),
        }
    }
}

/// As it is stored and served.
pub fn write_vtt(cues: &[Cue]) -> String {
    let mut out = "WEBVTT\n".to_owned();
    for cue in cues {
        let settings = if cue.settings.is_empty() { String::new() } else { format!(" {}", cue.settings) };
        let text = cue.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        out.push_str(&format!("\n{} --> {}{settings}\n{text}\n", clock(cue.start_ms), clock(cue.end_ms)));
    }
    out
}

/// With one line changed or gone; the others stand as they stood. The changed one takes its place by its time.
pub fn edited(
    mut cues: Vec<Cue>,
    index: usize,
    change: Option<CueChange>,
    ends_ms: Option<u64>,
) -> Result<Vec<Cue>, Refusal> {
    if index >= cues.len() {
        return Err(Refusal::not_found());
    }
    let before = cues.remove(index);
    let Some(change) = change else {
        if cues.is_empty() {
            let (zh, en) = (
                "这是最后一条字幕；要全部去掉，请删除这份字幕。",
                "This is the last line; delete the captions instead.",
            );
            return Err(Refusal::conflict(zh, en));
        }
        return Ok(cues);
    };
    let text = super::storable(&change.text);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut faults = Faults::default();
    if lines.is_empty() {
        faults.add("input.text", "字幕文字不能为空。", "The text of a line is empty.");
    }
    if lines.iter().map(|line| line.chars().count()).sum::<usize>() > LONGEST_CUE {
        let (zh, en) =
            (format!("一条字幕最多 {LONGEST_CUE} 字。"), format!("A line has at most {LONGEST_CUE} characters."));
        faults.add("input.text", zh, en);
    }
    if lines.iter().any(|line| line.contains("-->")) {
        faults.add("input.text", "字幕文字不能含有“-->”。", "The text cannot contain “-->”.");
    }
    edited_times(&mut faults, &change, &before, ends_ms);
    faults.done()?;
    let cue = Cue { start_ms: change.start_ms, end_ms: change.end_ms, text: lines.join("\n"), ..before };
    // Among those that begin at the same moment it stays where it was.
    let first = cues.partition_point(|other| other.start_ms < cue.start_ms);
    let last = cues.partition_point(|other| other.start_ms <= cue.start_ms);
    cues.insert(index.clamp(first, last), cue);
    Ok(cues)
}

fn edited_times(faults: &mut Faults, change: &CueChange, before: &Cue, ends_ms: Option<u64>) {
    if change.end_ms <= change.start_ms {
        faults.add("input.endMs", "结束时间须晚于开始时间。", "The end must be later than the start.");
    }
    // Another word in a line that was there before its times were looked at does not fail for them.
    let moved = (change.start_ms, change.end_ms) != (before.start_ms, before.end_ms);
    let ends_ms = ends_ms.filter(|_| moved);
    match ends_ms.and_then(|ends_ms| Some((past_end(change.start_ms, change.end_ms, ends_ms)?, ends_ms))) {
        Some((past, ends_ms)) => {
            let (zh, en) = past.sentences(ends_ms);
            faults.add(past.field(), zh, format!("This line {en}"));
        }
        None if change.end_ms > LATEST_MS => {
            faults.add("input.endMs", "时间超出视频可能的长度。", "No video is that long.");
        }
        None => {}
    }
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

fn cues(lines: &[Line<'_>], dialect: Dialect, ends_ms: Option<u64>) -> Result<Vec<Cue>, Vec<LineFault>> {
    let (mut found, mut faults, mut latest) = (Vec::new(), Vec::new(), 0);
    for block in lines.split(|(_, line)| is_blank(line)).filter(|block| !block.is_empty() && !is_remark(block, dialect))
    {
        match cue(block, dialect, latest) {
            Ok((line, cue)) => {
                latest = cue.start_ms;
                faults.extend(ends_ms.and_then(|ends_ms| beyond(line, &cue, ends_ms)));
                found.push(cue);
            }
            Err(fault) => faults.push(fault),
        }
    }
    found.retain(|cue| !cue.text.is_empty());
    if found.is_empty() && faults.is_empty() {
        faults.push(no_cues());
    }
    faults.truncate(MOST_FAULTS);
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

fn beyond(line: usize, cue: &Cue, ends_ms: u64) -> Option<LineFault> {
    let (zh, en) = past_end(cue.start_ms, cue.end_ms, ends_ms)?.sentences(ends_ms);
    Some(LineFault::new(line, &zh, &format!("this cue {en}")))
}

fn is_remark(block: &[Line<'_>], dialect: Dialect) -> bool {
    let first = block.first().map(|(_, line)| *line).unwrap_or_default();
    let word = first.split_whitespace().next().unwrap_or_default();
    dialect == Dialect::Vtt && ["NOTE", "STYLE", "REGION"].contains(&word) && !first.contains("-->")
}

/// With the line of its times.
fn cue(block: &[Line<'_>], dialect: Dialect, latest: u64) -> Result<(usize, Cue), LineFault> {
    let first = block.first().map_or(1, |(line, _)| *line);
    let no_time = || {
        LineFault::new(first, "缺少时间行（开始 --> 结束）。", "the line with the times (start --> end) is missing.")
    };
    // A name may stand above the times.
    let at = block.iter().take(2).position(|(_, line)| line.contains("-->")).ok_or_else(no_time)?;
    let mut lines = block.iter().skip(at);
    let (line, times) = lines.next().copied().ok_or_else(no_time)?;
    if let Some((line, _)) = lines.clone().find(|(_, line)| line.contains("-->")) {
        return Err(LineFault::new(*line, "与上一条字幕之间缺少空行。", "a blank line is missing before this cue."));
    }
    let (start_ms, end_ms, settings) = timing(times, dialect).ok_or_else(|| {
        LineFault::new(
            line,
            "时间须写作 00:00:01.000 --> 00:00:04.000。",
            "times are written 00:00:01.000 --> 00:00:04.000.",
        )
    })?;
    if end_ms <= start_ms {
        return Err(LineFault::new(line, "结束时间须晚于开始时间。", "the end must be later than the start."));
    }
    if start_ms < latest {
        return Err(LineFault::new(line, "开始时间早于上一条字幕。", "this cue starts earlier than the one before."));
    }
    let shown: Vec<String> = lines.map(|(_, line)| plain(line)).filter(|line| !line.is_empty()).collect();
    Ok((line, Cue { start_ms, end_ms, settings, text: shown.join("\n") }))
}

fn timing(line: &str, dialect: Dialect) -> Option<(u64, u64, String)> {
    let (start, rest) = line.split_once("-->")?;
    let mut words = rest.split_whitespace();
    let (start, end) = (time(start.trim(), dialect)?, time(words.next()?, dialect)?);
    let settings: Vec<&str> = words.filter(|word| dialect == Dialect::Vtt && is_setting(word)).collect();
    Some((start, end, settings.join(" ")))
}

fn is_setting(word: &str) -> bool {
    let known = ["vertical", "line", "position", "size", "align"];
    let plain =
        |value: &str| !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"%.,-".contains(&b));
    word.split_once(':').is_some_and(|(name, value)| known.contains(&name) && plain(value))
}

/// `[hours:]minutes:seconds.thousandths`, in SRT with a comma.
fn time(text: &str, dialect: Dialect) -> Option<u64> {
    let (clock, millis) = match dialect {
        Dialect::Vtt => text.split_once('.')?,
        Dialect::Srt => text.split_once([',', '.'])?,
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let (hours, minutes, seconds) = match (parts.as_slice(), dialect) {
        ([m, s], Dialect::Vtt) => (0, number(m, 2)?, number(s, 2)?),
        ([h, m, s], _) => (number(h, h.len().clamp(1, 4))?, number(m, 2)?, number(s, 2)?),
        _ => return None,
    };
    let millis = number(millis, 3)?;
    (minutes < 60 && seconds < 60).then_some(((hours * 60 + minutes) * 60 + seconds) * 1000 + millis)
}

fn number(text: &str, digits: usize) -> Option<u64> {
    let good = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
    if good { text.parse().ok() } else { None }
}

fn clock(ms: u64) -> String {
    format!("{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

/// The text of a line without its marks (`<b>`, `<v 张三>`, `<00:01.000>`); a lone `<` is one.
fn plain(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, tail)) = rest.split_once('<') {
        out.push_str(before);
        let marks = tail.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/');
        rest = match tail.split_once('>').filter(|_| marks) {
            Some((_, after)) => after,
            None => {
                out.push('<');
                tail
            }
        };
    }
    out.push_str(rest);
    let out = out.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ");
    out.replace("&lrm;", "").replace("&rlm;", "").replace("&amp;", "&").trim().to_owned()
}
