//! Why a rule paid nothing, or less: sentences for the ledger and for the console.

use kernel::{Language, event::Measure, text::Text};

use super::{
    evaluate::scope_words,
    pack::Scope,
    words::{measure_en, measure_zh},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    OtherDay,
    OtherStage,
    OtherResult,
    /// The quantity does not reach what is paid for.
    Nothing,
    Already,
    SameContent,
    Shorter,
    Often {
        times: u32,
    },
    TooSoon {
        minutes: i64,
    },
    Cap {
        measure: Measure,
        scope: Scope,
        together: bool,
    },
    /// Held for approval.
    Approval,
}

impl Why {
    pub fn scope_words(self, language: Language) -> &'static str {
        match self {
            Self::Cap { scope, .. } => scope_words(scope, language),
            _ => "",
        }
    }

    pub fn say(self, language: Language) -> String {
        self.text().say(language).to_owned()
    }

    pub fn text(self) -> Text {
        match self {
            Self::OtherDay => Text::new("该规则在这一天（按星期）不计", "The rule does not pay on this weekday"),
            Self::OtherStage => Text::new("该规则不适用于此人的发展阶段", "The rule is not for this person's stage"),
            Self::OtherResult => Text::new("结果不在该规则的范围内", "The rule does not pay for this result"),
            Self::Nothing => Text::new("没有达到计分的数量", "Not enough to be paid for"),
            Self::Already => Text::new("已经计过，不重复计", "Paid already"),
            Self::SameContent => {
                Text::new("与另一节的内容相同，不重复计分", "The same content as in another lesson; paid once")
            }
            Self::Shorter => Text::new("不超过当日已计的最长时长", "Not longer than what was paid today"),
            Self::Often { times } => {
                Text::new(format!("该项每日只计前 {times} 次"), format!("Only the first {times} of a day are paid"))
            }
            Self::TooSoon { minutes } => Text::new(
                format!("距上次计分不足 {minutes} 分钟"),
                format!("Less than {minutes} minutes since the payment before"),
            ),
            Self::Cap { measure, scope, together } => cap(measure, scope, together),
            Self::Approval => Text::new("须经审核后计入", "Held until it is approved"),
        }
    }
}

fn cap(measure: Measure, scope: Scope, together: bool) -> Text {
    let (zh, en) = (measure_zh(measure), measure_en(measure));
    let (now, word) = (scope_words(scope, Language::Chinese), scope_words(scope, Language::English));
    let all = match scope {
        Scope::Day => "每日",
        Scope::Week => "每周",
        Scope::Term => "每学期",
    };
    if together {
        Text::new(format!("{now}{zh}已达{all}总上限"), format!("The cap of all {en} {word} is reached"))
    } else {
        Text::new(format!("{now}该项{zh}已达上限"), format!("The rule's cap of {en} {word} is reached"))
    }
}
