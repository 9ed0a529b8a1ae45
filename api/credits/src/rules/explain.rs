//! A rule in plain Chinese, for the student whom it pays and the admin who answers for it.

use kernel::event::Measure;

use super::{
    event::{CHECK, COURSE, EventKind, LESSON, MINUTE, READING, VIDEO},
    pack::{Caps, Number, Of, Once, Pack, Pays, Quantity, Round, Rule, Scope, Target},
    words::{measure_zh, stage, unit, weekday},
};

/// For example 「每看满 1 分钟新内容计 1 分，每日最多 30 分。」
pub fn explain(pack: &Pack, rule: &Rule) -> String {
    let event = pack.event(&rule.event);
    let title = event.as_ref().map_or(rule.event.as_str(), |event| event.title.as_ref());
    let mut parts = Vec::new();
    parts.extend(condition(rule));
    parts.push(payment(rule, title));
    parts.extend(quantity(rule));
    parts.extend(once(rule));
    parts.extend(limits(&rule.caps, rule.measure, "最多"));
    parts.extend(rule.first.as_ref().map(|first| format!("每日只计前 {} 次", first.value)));
    parts.extend(rule.interval.as_ref().map(|minutes| format!("两次计分至少间隔 {} 分钟", minutes.value)));
    parts.extend(rule.approval.then(|| "须经审核后计入".to_owned()));
    parts.extend((!rule.frees).then(|| "更正后不退还上限额度".to_owned()));
    let told = event.is_some_and(|event: EventKind| event.told);
    let end = if told { "。" } else { "。（本平台目前不产生这一事件）" };
    format!("{}{end}", parts.join("，"))
}

/// What all rules of a measure together pay at most.
pub fn explain_caps(measure: Measure, caps: &Caps) -> String {
    let limits = limits(caps, measure, "合计最多");
    format!("全部规则的{}：{}。", measure_zh(measure), limits.join("，"))
}

pub fn explain_target(target: &Target) -> String {
    let stages: Vec<&str> = target.stages.iter().map(|name| stage(name)).collect();
    let who = if stages.is_empty() { String::new() } else { format!("（{}）", stages.join("、")) };
    format!("{}{who}：累计达到 {} {}。", target.title, target.total.value, unit(target.measure))
}

/// What a number is, by the last part of its path.
pub fn label(number: &Number) -> String {
    let part = number.path.rsplit(':').next().unwrap_or_default();
    let known = match part {
        "amount" => "计分",
        "cap.day" => "每日上限",
        "cap.week" => "每周上限",
        "cap.term" => "每学期上限",
        "first" => "每日次数",
        "interval" => "最短间隔（分钟）",
        "each" => "计数单位",
        "hour" => "每学时分钟数",
        "step" => "取整单位",
        "skip" => "起计前不计",
        "most" => "一次最多计",
        "total" => "总量要求",
        "from" => "达到",
        "above" => "超过",
        _ if part.starts_with("tier.") => "分档计分",
        _ if part.starts_with("result.") => "按结果计分",
        _ => part,
    };
    known.to_owned()
}

fn condition(rule: &Rule) -> Option<String> {
    let days: Vec<&str> = rule.when.weekdays.iter().map(|day| weekday(*day)).collect();
    let stages: Vec<&str> = rule.when.stages.iter().map(|name| stage(name)).collect();
    let results = &rule.when.results;
    let days = (!days.is_empty()).then(|| format!("仅{}计", days.join("、")));
    let stages = (!stages.is_empty()).then(|| format!("限{}", stages.join("、")));
    let results = (!results.is_empty()).then(|| format!("结果为{}时", results.join("、")));
    let all: Vec<String> = stages.into_iter().chain(days).chain(results).collect();
    (!all.is_empty()).then(|| all.join("，"))
}

fn payment(rule: &Rule, title: &str) -> String {
    let unit = unit(rule.measure);
    match &rule.pays {
        Pays::Amount(amount) => format!("{}计 {} {unit}", lead(rule, title), amount.value),
        Pays::Named => format!("{}，按课程标明的{}计", lead(rule, title), measure_zh(rule.measure)),
        Pays::Results(outcomes) => {
            let each: Vec<String> =
                outcomes.iter().map(|one| format!("{}计 {} {unit}", one.title, one.amount.value)).collect();
            format!("{title}：{}", each.join("、"))
        }
        Pays::Each { of, each, amount, rest } => {
            let lead = match (rule.event.as_str(), of.of) {
                (MINUTE, _) => format!("每看满 {} 分钟新内容", each.value),
                (_, Of::Minutes) => format!("{title}每满 {} 分钟", each.value),
                (_, Of::Count) => format!("{title}每满 {} 个", each.value),
            };
            let rest = if *rest { "，末尾不足的部分在学完时按比例计" } else { "" };
            format!("{lead}计 {} {unit}{rest}", amount.value)
        }
        Pays::Hours { hour, step, round, .. } => {
            let how = match round {
                Round::Down => "向下取整",
                Round::Up => "向上取整",
                Round::Nearest => "四舍五入",
            };
            format!("{title}按时长折算，{} 分钟为 1 学时，{how}到 {} 学时", hour.value, step.value)
        }
        Pays::Tiers { of, tiers } => {
            let what = if of.of == Of::Minutes { " 分钟" } else { " 个" };
            let each = tiers.iter().rev().map(|tier| match (&tier.at, tier.above) {
                (None, _) => format!("其余计 {} {unit}", tier.amount.value),
                (Some(at), true) => format!("超过 {}{what}计 {} {unit}", at.value, tier.amount.value),
                (Some(at), false) => format!("满 {}{what}计 {} {unit}", at.value, tier.amount.value),
            });
            format!("{title}按档计：{}", each.collect::<Vec<_>>().join("，"))
        }
    }
}

fn lead(rule: &Rule, title: &str) -> String {
    match (rule.once, rule.event.as_str()) {
        (Once::Day, _) => format!("每日首次{title}"),
        (Once::Ever, _) => format!("首次{title}"),
        (_, READING | VIDEO | LESSON) => format!("每{title}"),
        (_, COURSE) => "每完成一门课程的全部必修内容".to_owned(),
        (_, CHECK) => "每答对一次学习中的提问".to_owned(),
        _ => format!("每次{title}"),
    }
}

fn quantity(rule: &Rule) -> Vec<String> {
    let Some(Quantity { of, skip, most }) = rule.pays.quantity() else { return Vec::new() };
    let what = if *of == Of::Minutes { "分钟" } else { "个" };
    let skip = skip.as_ref().map(|skip| format!("开头 {} {what}不计", skip.value));
    skip.into_iter().chain(most.as_ref().map(|most| format!("最多计到第 {} {what}", most.value))).collect()
}

fn once(rule: &Rule) -> Option<String> {
    let said = match rule.once {
        // Said by the payment itself.
        Once::Fact | Once::Day | Once::Ever => return None,
        Once::Content if rule.event == MINUTE => return None,
        Once::Content if rule.event == COURSE => "同一课程只计一次",
        Once::Content => "同一内容只计一次",
        Once::ContentDay => "同一内容每日只计一次",
        Once::LongestOfDay => "同一内容每日只计最长的一次",
    };
    Some(said.to_owned())
}

fn limits(caps: &Caps, measure: Measure, most: &str) -> Vec<String> {
    let each = |(scope, cap): (Scope, &Number)| {
        let when = match scope {
            Scope::Day => "每日",
            Scope::Week => "每周",
            Scope::Term => "每学期",
        };
        format!("{when}{most} {} {}", cap.value, unit(measure))
    };
    caps.each().map(each).collect()
}
