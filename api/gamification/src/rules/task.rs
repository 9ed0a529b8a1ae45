//! Small tasks of a day and of a week. They are few and fixed, because what each counts is code; nothing is paid for them, so there is nothing
//! that a school would have to set. To add one: a line in `TASKS`.

use kernel::{Day, Millis, text::Text};

use crate::model::{Deed, DeedKind, Task, TaskPeriod};

/// What a task counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    Lessons,
    Readings,
    Checks,
    /// Days on which something was credited; the goal is the week's own.
    Days,
}

pub struct Rule {
    pub key: &'static str,
    pub period: TaskPeriod,
    pub counts: Counts,
    /// Of days: replaced by the goal of the week.
    pub goal: u32,
    pub title: (&'static str, &'static str),
}

pub const TASKS: [Rule; 5] = [
    Rule {
        key: "day.lesson",
        period: TaskPeriod::Day,
        counts: Counts::Lessons,
        goal: 1,
        title: ("学完一节", "Finish a lesson"),
    },
    Rule {
        key: "day.reading",
        period: TaskPeriod::Day,
        counts: Counts::Readings,
        goal: 1,
        title: ("读完一篇", "Finish a reading"),
    },
    Rule {
        key: "day.check",
        period: TaskPeriod::Day,
        counts: Counts::Checks,
        goal: 1,
        title: ("答对一道题", "Answer a question rightly"),
    },
    Rule { key: "week.days", period: TaskPeriod::Week, counts: Counts::Days, goal: 3, title: ("", "") },
    Rule {
        key: "week.lessons",
        period: TaskPeriod::Week,
        counts: Counts::Lessons,
        goal: 2,
        title: ("本周学完两节", "Finish two lessons this week"),
    },
];

/// What is known of the person in the running week, and of the day in it.
pub struct Known<'a> {
    /// Half open.
    pub day: (Millis, Millis),
    pub week: (Millis, Millis),
    /// Of the running week at least, in any order.
    pub deeds: &'a [Deed],
    /// Days of the running week on which something was credited, each with its first instant, in order.
    pub days: &'a [(Day, Millis)],
    pub days_goal: u32,
    /// A frozen week has no tasks of a week: they rest.
    pub frozen: bool,
    /// Whether the school asks questions at all; a task that nobody can do is none.
    pub asked: bool,
}

pub fn tasks(known: &Known) -> Vec<Task> {
    let set = |rule: &&Rule| {
        (rule.period == TaskPeriod::Day || !known.frozen) && (rule.counts != Counts::Checks || known.asked)
    };
    TASKS.iter().filter(set).map(|rule| task(rule, known)).collect()
}

fn task(rule: &Rule, known: &Known) -> Task {
    let goal = if rule.counts == Counts::Days { known.days_goal } else { rule.goal };
    let instants = instants(rule, known);
    let reached = usize::try_from(goal).ok().and_then(|goal| instants.get(goal.checked_sub(1)?)).copied();
    let done = u32::try_from(instants.len()).unwrap_or(goal).min(goal);
    Task { key: rule.key, title: title(rule, goal), period: rule.period, done, goal, finished_at: reached }
}

fn title(rule: &Rule, goal: u32) -> Text {
    match rule.counts {
        Counts::Days => Text::new(format!("本周学满 {goal} 天"), format!("Study on {goal} days this week")),
        Counts::Lessons | Counts::Readings | Counts::Checks => Text::new(rule.title.0, rule.title.1),
    }
}

/// When each counted thing happened, in order.
fn instants(rule: &Rule, known: &Known) -> Vec<Millis> {
    let (from, to) = match rule.period {
        TaskPeriod::Day => known.day,
        TaskPeriod::Week => known.week,
    };
    let counts = |kind: DeedKind| match rule.counts {
        Counts::Lessons => kind.is_lesson(),
        Counts::Readings => kind == DeedKind::Reading,
        Counts::Checks => kind == DeedKind::Check,
        Counts::Days => false,
    };
    let mut found: Vec<Millis> = match rule.counts {
        Counts::Days => known.days.iter().map(|(_, at)| *at).collect(),
        Counts::Lessons | Counts::Readings | Counts::Checks => {
            known.deeds.iter().filter(|deed| counts(deed.kind)).map(|deed| deed.at).collect()
        }
    };
    found.retain(|at| (from..to).contains(at));
    found.sort_unstable();
    found
}
