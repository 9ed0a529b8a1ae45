//! The words for measures, weekdays and stages.

use kernel::event::Measure;
use organisation::Stage;

const WEEKDAYS: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];

pub const fn measure_zh(measure: Measure) -> &'static str {
    match measure {
        Measure::Points => "积分",
        Measure::Hours => "学时",
        Measure::Credits => "学分",
    }
}

pub const fn measure_en(measure: Measure) -> &'static str {
    match measure {
        Measure::Points => "points",
        Measure::Hours => "hours",
        Measure::Credits => "credits",
    }
}

/// What one of it is called.
pub const fn unit(measure: Measure) -> &'static str {
    match measure {
        Measure::Points => "分",
        Measure::Hours => "学时",
        Measure::Credits => "学分",
    }
}

pub fn weekday(number: u32) -> &'static str {
    usize::try_from(number).ok().and_then(|n| WEEKDAYS.get(n)).copied().unwrap_or_default()
}

pub fn stage(name: &str) -> &str {
    match Stage::parse(name) {
        Some(Stage::None) => "未提出申请的人员",
        Some(Stage::Applicant) => "入党申请人",
        Some(Stage::Activist) => "入党积极分子",
        Some(Stage::Candidate) => "发展对象",
        Some(Stage::Probationary) => "预备党员",
        Some(Stage::Member) => "正式党员",
        None => name,
    }
}
