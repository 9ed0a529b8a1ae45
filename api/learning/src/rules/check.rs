//! Questions on what was just shown. The server draws when and which; a wrong answer forfeits nothing: the stretch is shown again, then there
//! is another question. What was paid in the meantime waits and is released as a whole.

use kernel::{Millis, Refusal, Result, id::CheckId};

use super::{At, Chance, Spans, bucket::BREAK_MS};
use crate::model::{Check, CheckAnswer, Checks, Extent, Given, Open, Phase, Question, Script, Span};

/// Between two questions lies an exponential time of this mean, counted in what was credited: nobody can foresee the next.
const MEAN_GAP_MS: f64 = 600_000.0;
/// A video that is longer is not completed without any question, if it has one on what was shown.
const LONG_MS: i64 = 600_000;
/// Time for an answer, and what each character adds to it: ten of them a second are read.
const ANSWER_MS: i64 = 90_000;
const CHARACTER_MS: i64 = 100;
/// More time may be asked for so often (WCAG 2.2.1 asks for ten).
const EXTENSIONS: u32 = 10;
/// So many answers are told again to whoever lost the reply.
const REMEMBERED: usize = 8;

/// How long somebody has for an answer.
pub fn allowed_ms(question: &Question) -> i64 {
    ANSWER_MS.saturating_add(question.characters().saturating_mul(CHARACTER_MS))
}

/// A stretch was shown when nine tenths of it were: players lose a little, and leaving out a second must not evade the question.
fn shown(stretch: Span, spans: &Spans) -> bool {
    share_shown(stretch, spans) * 10 >= stretch.length() * 9
}

fn share_shown(stretch: Span, spans: &Spans) -> i64 {
    spans.intersect(&Spans::of([stretch])).length()
}

/// An unanswered question ends with its deadline. It is asked again when its stretch was shown again.
pub fn lapse(checks: &mut Checks, server: Millis) {
    if let Some(open) = checks.open.as_mut().filter(|open| open.phase == Phase::Asked && open.deadline < server) {
        open.phase = Phase::Again { shown: Spans::default(), other: false };
    }
}

/// Counts what was credited while no question is open; draws one when it is time and something whole was shown.
pub fn count(checks: &mut Checks, script: &Script, credited: (&Spans, i64), at: At<'_>, chance: Chance<'_>) {
    if script.questions.is_empty() || checks.open.is_some() {
        return;
    }
    let gap = checks.gap_ms.unwrap_or_else(|| first_gap(&script.extent, chance));
    checks.fresh = checks.fresh.union(credited.0);
    checks.gap_ms = Some(gap - credited.1);
    if gap > credited.1 {
        return;
    }
    let askable: Vec<&Question> = script.questions.iter().filter(|one| shown(one.stretch(), &checks.fresh)).collect();
    if let Some(question) = picked(&askable, chance) {
        open(checks, question, at.server, chance);
    }
}

/// A long video is not completed without any question: the one of which most was shown in this sitting, if that is half of it.
/// Answers whether one was drawn; `paid` is then pending already.
pub fn hold(checks: &mut Checks, script: &Script, paid: &Spans, at: At<'_>, chance: Chance<'_>) -> bool {
    let long = matches!(script.extent, Extent::Video { duration_ms } if duration_ms > LONG_MS);
    if !long || checks.drawn > 0 || checks.open.is_some() {
        return false;
    }
    let seen = checks.fresh.union(paid);
    let half = |one: &&Question| share_shown(one.stretch(), &seen) * 2 >= one.stretch().length();
    let Some(question) = script.questions.iter().filter(half).max_by_key(|one| share_shown(one.stretch(), &seen))
    else {
        return false;
    };
    open(checks, question, at.server, chance);
    true
}

fn open(checks: &mut Checks, question: &Question, server: Millis, chance: Chance<'_>) {
    checks.drawn = checks.drawn.saturating_add(1);
    checks.fresh = Spans::default();
    checks.gap_ms = Some(exponential(chance));
    checks.open = Some(asked(question, server, chance));
}

fn asked(question: &Question, server: Millis, chance: Chance<'_>) -> Open {
    Open {
        id: CheckId::new(kernel::id::Uuid::from_u128(chance())),
        question: question.id,
        options: keyed(question.options.len(), chance),
        asked_at: server,
        deadline: server.saturating_add(allowed_ms(question)),
        extended: 0,
        phase: Phase::Asked,
    }
}

/// A key that says nothing for each option; told in the order of the keys, which is no order.
fn keyed(many: usize, chance: Chance<'_>) -> Vec<(String, usize)> {
    let mut keys: Vec<(String, usize)> = Vec::with_capacity(many);
    while keys.len() < many {
        let key = format!("{:08x}", chance() >> 96);
        if keys.iter().all(|(other, _)| *other != key) {
            keys.push((key, keys.len()));
        }
    }
    keys.sort_unstable();
    keys
}

fn picked<'a>(of: &[&'a Question], chance: Chance<'_>) -> Option<&'a Question> {
    let many = u128::try_from(of.len()).ok().filter(|many| *many > 0)?;
    of.get(usize::try_from(chance() % many).ok()?).copied()
}

fn first_gap(extent: &Extent, chance: Chance<'_>) -> i64 {
    let gap = exponential(chance);
    if matches!(extent, Extent::Video { duration_ms } if *duration_ms > LONG_MS) { gap.min(LONG_MS) } else { gap }
}

#[expect(clippy::cast_possible_truncation, reason = "at most 37 times the mean: 53 bits of chance are never one")]
fn exponential(chance: Chance<'_>) -> i64 {
    let share = (chance() >> 75) as f64 / (1_u64 << 53) as f64;
    (-(1.0 - share).ln() * MEAN_GAP_MS) as i64
}

/// What of the stretch is still to be shown again; nothing unless the question waits for that.
pub fn to_show_again(checks: &Checks, script: &Script) -> Option<Spans> {
    let open = checks.open.as_ref()?;
    let Phase::Again { shown, .. } = &open.phase else { return None };
    Some(Spans::of([question(script, open)?.stretch()]).without(shown))
}

/// Notes what was shown of the stretch; asks again once it was shown, another question after a wrong answer where there is one.
pub fn ask_again(checks: &mut Checks, script: &Script, seen: &Spans, at: At<'_>, chance: Chance<'_>) {
    let Some(open) = checks.open.as_mut() else { return };
    let Some(before) = question(script, open) else { return };
    let Phase::Again { shown: so_far, other } = &mut open.phase else { return };
    *so_far = so_far.union(&seen.intersect(&Spans::of([before.stretch()])));
    if !shown(before.stretch(), so_far) {
        return;
    }
    let same_stretch = |one: &&Question| one.stretch() == before.stretch() && one.id != before.id;
    let others: Vec<&Question> = script.questions.iter().filter(same_stretch).collect();
    let next = if *other { picked(&others, chance).unwrap_or(before) } else { before };
    checks.open = Some(asked(next, at.server, chance));
}

fn question<'a>(script: &'a Script, open: &Open) -> Option<&'a Question> {
    script.questions.iter().find(|one| one.id == open.question)
}

/// What a beat's answer tells: the question that waits, or the stretch to show again.
pub fn told(checks: &Checks, script: &Script, server: Millis) -> (Option<Check>, Option<Span>) {
    let Some((open, question)) = checks.open.as_ref().and_then(|open| Some((open, question(script, open)?))) else {
        return (None, None);
    };
    if open.phase != Phase::Asked || open.deadline < server {
        return (None, Some(question.stretch()));
    }
    let text = |at: usize| question.options.get(at).cloned().unwrap_or_default();
    let check = Check {
        id: open.id,
        prompt: question.prompt.clone(),
        options: open.options.iter().map(|(key, at)| (key.clone(), text(*at))).collect(),
        deadline_ms: open.deadline - server,
        from: question.start,
        to: question.end,
    };
    (Some(check), None)
}

/// What an answer is found to be. Only the last two change anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    Again(CheckAnswer),
    Late(CheckAnswer),
    Wrong(CheckAnswer),
    /// Asked and answered after so many milliseconds; the question has so many characters.
    Right {
        took_ms: i64,
        characters: i64,
    },
}

/// One attempt a drawn check: the same answer again is told the same, another one is in conflict.
pub fn judge(checks: &mut Checks, script: &Script, check: CheckId, option: &str, server: Millis) -> Result<Judged> {
    if let Some(given) = checks.given.iter().find(|given| given.check == check) {
        if given.option == option {
            return Ok(Judged::Again(given.told));
        }
        return Err(Refusal::conflict("此题已作答。", "This question has been answered.").into());
    }
    let found = checks.open.as_mut().filter(|open| open.id == check);
    let Some((open, question)) = found.and_then(|open| Some((question(script, open)?, open))).map(|(q, o)| (o, q))
    else {
        return Err(Refusal::not_found().into());
    };
    let again = CheckAnswer { passed: false, released_ms: 0, again_from: Some(question.start) };
    if open.phase != Phase::Asked || open.deadline < server {
        lapse(checks, server);
        return Ok(Judged::Late(again));
    }
    let Some((_, at)) = open.options.iter().find(|(key, _)| key == option) else {
        return Err(Refusal::invalid("option", "没有这个选项。", "There is no such option.").into());
    };
    if *at == question.right {
        return Ok(Judged::Right { took_ms: server - open.asked_at, characters: question.characters() });
    }
    open.phase = Phase::Again { shown: Spans::default(), other: true };
    remember(checks, check, option, again);
    Ok(Judged::Wrong(again))
}

/// Ends the open question; its answer is remembered for whoever loses the reply.
pub fn close(checks: &mut Checks, check: CheckId, option: &str, told: CheckAnswer) {
    checks.open = None;
    remember(checks, check, option, told);
}

fn remember(checks: &mut Checks, check: CheckId, option: &str, told: CheckAnswer) {
    if checks.given.len() >= REMEMBERED {
        checks.given.remove(0);
    }
    checks.given.push(Given { check, option: option.to_owned(), told });
}

/// The same time again; answers how much is left.
pub fn extend(checks: &mut Checks, script: &Script, check: CheckId, server: Millis) -> Result<i64> {
    let found = checks.open.as_mut().filter(|open| open.id == check);
    let Some((question, open)) = found.and_then(|open| Some((question(script, open)?, open))) else {
        return Err(Refusal::not_found().into());
    };
    if open.phase != Phase::Asked || open.deadline < server {
        return Err(Refusal::conflict(
            "时间已到，重看这一段后会再次提问。",
            "The time is over; the question is asked again after this part was shown again.",
        )
        .into());
    }
    if open.extended >= EXTENSIONS {
        return Err(Refusal::conflict("已延长十次，不能再延长。", "More time was asked for ten times.").into());
    }
    open.extended += 1;
    open.deadline = open.deadline.saturating_add(allowed_ms(question));
    Ok(open.deadline - server)
}

/// A lesson is opened again. Within ten minutes the sitting goes on; after that nothing was just shown and what is pending is not of this
/// sitting. An open question stays open either way, under a name of its own for this study.
pub fn resumed(checks: &mut Checks, script: &Script, server: Millis, chance: Chance<'_>) {
    lapse(checks, server);
    if server.saturating_sub(checks.seen_at) > BREAK_MS {
        checks.fresh = Spans::default();
        checks.pending = Spans::default();
    }
    checks.given.clear();
    checks.seen_at = server;
    let Some(mut open) = checks.open.take() else { return };
    // A question that the lecturer took back asks nobody any more; what waited for it stays pending and may be claimed again.
    let Some(found) = question(script, &open) else { return };
    open.id = CheckId::new(kernel::id::Uuid::from_u128(chance()));
    open.options = keyed(found.options.len(), chance);
    checks.open = Some(open);
}
