//! The part of the rule language that says how much.

use kernel::event::Measure;

use super::{
    event::{COURSE, EventKind, MINUTE},
    faults::{Part, Reader},
    pack::{Number, Of, Outcome, Pays, Quantity, Round, Tier},
};

const ROUNDS: [(&str, Round); 3] = [("down", Round::Down), ("up", Round::Up), ("nearest", Round::Nearest)];
/// The key by which each form is known.
const FORMS: [&str; 5] = ["named", "results", "each", "hour", "tiers"];
/// A day.
const LONGEST_MINUTES: i64 = 1440;

pub fn read<'a>(
    reader: &mut Reader<'a>,
    rule: Part<'a>,
    path: &str,
    event: &EventKind,
    measure: Measure,
) -> Option<Pays> {
    if !rule.table.contains_key("pays") {
        reader.fault(rule.at, "缺少「pays」：没有写明计多少。", "\"pays\" is missing: how much is not said.");
        return None;
    }
    let part = reader.part(rule, "pays")?;
    let given: Vec<&str> = FORMS.into_iter().filter(|form| part.table.contains_key(*form)).collect();
    match given.as_slice() {
        [] => fixed(reader, part, path, event),
        ["named"] => named(reader, part, event, measure),
        ["results"] => results(reader, part, path, event),
        ["each"] => each(reader, part, path, event),
        ["hour"] => hours(reader, part, path, event, measure),
        ["tiers"] => tiers(reader, part, path, event),
        several => {
            let zh = format!("{} 不能同时使用。", several.join("、"));
            reader.fault(part.at, zh, format!("{} exclude one another.", several.join(" and ")));
            None
        }
    }
}

fn fixed<'a>(reader: &mut Reader<'a>, part: Part<'a>, path: &str, event: &EventKind) -> Option<Pays> {
    reader.only(part, &["amount"]);
    if event.name == MINUTE {
        let en = "Minutes are paid by each, hour or tiers.";
        reader.fault(part.at, "视频分钟须用 each、hour 或 tiers 计。", en);
    }
    Some(Pays::Amount(reader.number(part, "amount", &format!("{path}:amount"))?.0))
}

fn named<'a>(reader: &mut Reader<'a>, part: Part<'a>, event: &EventKind, measure: Measure) -> Option<Pays> {
    reader.only(part, &["named"]);
    let good = reader.flag(part, "named") && event.name == COURSE && measure != Measure::Points;
    if !good {
        let zh = "named = true 只用于课程（course）的学时或学分。";
        reader.fault(part.at, zh, "named = true is for hours or credits of a course only.");
    }
    good.then_some(Pays::Named)
}

fn results<'a>(reader: &mut Reader<'a>, part: Part<'a>, path: &str, event: &EventKind) -> Option<Pays> {
    reader.only(part, &["results"]);
    if !event.carries.result {
        reader.fault(part.at, "该事件不带结果。", "The event carries no result.");
    }
    let mut outcomes: Vec<Outcome> = Vec::new();
    for one in reader.parts(part, "results") {
        reader.only(one, &["result", "title", "amount"]);
        let result = reader.text(one, "result");
        let title = reader.text(one, "title").map(|(title, _)| title.to_owned());
        let path = format!("{path}:result.{}", result.map(|(word, _)| word).unwrap_or_default());
        let amount = reader.number(one, "amount", &path);
        let (Some((result, at)), Some(title), Some((amount, _))) = (result, title, amount) else { continue };
        if outcomes.iter().any(|known| known.result == result) {
            reader.fault(at, format!("结果「{result}」重复了。"), format!("The result \"{result}\" is there twice."));
        }
        outcomes.push(Outcome { result: result.to_owned(), title, amount });
    }
    Some(Pays::Results(outcomes))
}

/// The words of a condition on results: any text, because each event has its own.
pub fn result_words<'a>(reader: &mut Reader<'a>, part: Part<'a>) -> Vec<String> {
    let Some(list) = part.table.get("results").and_then(|node| node.get_ref().as_array()) else {
        reader.fault(part.at, "results 应为一个列表。", "results must be a list.");
        return Vec::new();
    };
    let words: Vec<String> = list.iter().filter_map(|node| node.get_ref().as_str()).map(str::to_owned).collect();
    if words.is_empty() || words.len() < list.len() || words.iter().any(|word| word.trim().is_empty()) {
        reader.fault(part.at, "results 应为带引号的文字。", "results must be a list of strings.");
    }
    words
}

fn each<'a>(reader: &mut Reader<'a>, part: Part<'a>, path: &str, event: &EventKind) -> Option<Pays> {
    reader.only(part, &["of", "skip", "most", "each", "amount", "rest"]);
    let of = quantity(reader, part, path, event);
    let each = measured(reader, part, "each", path, of.as_ref());
    let amount = reader.number(part, "amount", &format!("{path}:amount"));
    let rest = reader.flag(part, "rest");
    Some(Pays::Each { of: of?, each: each?, amount: amount?.0, rest })
}

fn hours<'a>(reader: &mut Reader<'a>, part: Part<'a>, path: &str, event: &EventKind, measure: Measure) -> Option<Pays> {
    reader.only(part, &["of", "skip", "most", "hour", "step", "round"]);
    let of = quantity(reader, part, path, event);
    if measure != Measure::Hours || of.as_ref().is_some_and(|of| of.of != Of::Minutes) {
        let en = "hour turns minutes into hours; the measure must be hours, of must be minutes.";
        reader.fault(part.at, "hour 把分钟折算为学时：measure 须为 hours，of 须为 minutes。", en);
    }
    let hour = measured(reader, part, "hour", path, of.as_ref());
    let step = reader.number(part, "step", &format!("{path}:step")).map(|(number, _)| number);
    let round = reader.text(part, "round").and_then(|(word, at)| {
        reader.one_of(word, at, &ROUNDS.map(|(name, _)| name));
        ROUNDS.into_iter().find(|(name, _)| *name == word).map(|(_, round)| round)
    });
    Some(Pays::Hours { of: of?, hour: hour?, step: step?, round: round? })
}

fn tiers<'a>(reader: &mut Reader<'a>, part: Part<'a>, path: &str, event: &EventKind) -> Option<Pays> {
    reader.only(part, &["of", "skip", "most", "tiers"]);
    let of = quantity(reader, part, path, event);
    let mut tiers: Vec<Tier> = Vec::new();
    for (n, one) in reader.parts(part, "tiers").into_iter().enumerate() {
        reader.only(one, &["from", "above", "amount"]);
        let path = format!("{path}:tier.{}", n + 1);
        let (from, above) = (one.table.contains_key("from"), one.table.contains_key("above"));
        // Only the lowest tier may begin at the beginning.
        if (from && above) || (!from && !above && n > 0) {
            let en = "A tier begins with either from or above.";
            reader.fault(one.at, "每一档须写 from（达到）或 above（超过）之一。", en);
            continue;
        }
        let key = if above { "above" } else { "from" };
        let at = if from || above { measured(reader, one, key, &path, of.as_ref()) } else { None };
        let Some((amount, _)) = reader.number(one, "amount", &format!("{path}.amount")) else { continue };
        let start = |tier: &Tier| tier.at.as_ref().map(|at| at.value);
        let reached = at.as_ref().map(|at| at.value);
        if tiers.last().is_some_and(|last| reached <= start(last) || amount.value <= last.amount.value) {
            let zh = "各档须由低到高排列，数量和计分都逐档增加。";
            reader.fault(one.at, zh, "Tiers must ascend, in what is reached and in what it pays.");
        }
        tiers.push(Tier { at, above, amount });
    }
    Some(Pays::Tiers { of: of?, tiers })
}

fn quantity<'a>(reader: &mut Reader<'a>, part: Part<'a>, path: &str, event: &EventKind) -> Option<Quantity> {
    let (word, at) = reader.text(part, "of")?;
    let of = match word {
        "minutes" if event.carries.minutes => Of::Minutes,
        "count" if event.carries.count => Of::Count,
        "minutes" | "count" => {
            let zh = format!("事件「{}」不带 {word}。", event.name);
            reader.fault(at, zh, format!("The event \"{}\" carries no {word}.", event.name));
            return None;
        }
        _ => {
            reader.one_of(word, at, &["minutes", "count"]);
            return None;
        }
    };
    let mut found = Quantity { of, skip: None, most: None };
    for (key, slot) in [("skip", &mut found.skip), ("most", &mut found.most)] {
        if part.table.contains_key(key) {
            *slot = measured(reader, part, key, path, Some(&Quantity { of, skip: None, most: None }));
        }
    }
    Some(found)
}

/// A number of minutes or of pieces: pieces are whole, minutes fit into a day.
fn measured<'a>(
    reader: &mut Reader<'a>,
    part: Part<'a>,
    key: &str,
    path: &str,
    of: Option<&Quantity>,
) -> Option<Number> {
    let (number, at) = reader.number(part, key, &format!("{path}:{key}"))?;
    match of?.of {
        Of::Count => whole(reader, &number, at),
        Of::Minutes if number.value.thousandths() > LONGEST_MINUTES * 1000 => {
            reader.fault(at, "分钟数不能超过 1440。", "Minutes must not exceed 1440.");
        }
        Of::Minutes => {}
    }
    Some(number)
}

pub fn whole(reader: &mut Reader<'_>, number: &Number, at: usize) {
    if number.value.thousandths() % 1000 != 0 {
        reader.fault(at, "这里应为整数。", "This must be a whole number.");
    }
}
