//! The map of what causes what: event → listeners. The only list of listeners; a house that wants to hear more is added here.

use std::collections::HashMap;

use platform::{Handlers, Outbox, outbox::Listener};

use crate::app::Houses;

const fn inside(kind: &'static str) -> Listener {
    Listener { kind, outside: false }
}
const fn outside(kind: &'static str) -> Listener {
    Listener { kind, outside: true }
}

pub fn outbox() -> Outbox {
    Outbox::new(HashMap::from([
        ("PersonChanged", vec![inside("reports.person"), inside("gamification.member"), inside("appeals.person")]),
        // The search index hears it too: each node's `catalogue::Follower` at its own pace, not by a job that one of them would take.
        ("CourseChanged", vec![inside("learning.course_changed")]),
        ("AssetReady", vec![inside("catalogue.asset_ready"), outside("catalogue.document")]),
        ("StudyOpened", vec![inside("reports.studied")]),
        ("MinutesCovered", vec![inside("credits.award")]),
        (
            "LessonCompleted",
            vec![
                inside("credits.award"),
                inside("learning.course_progress"),
                inside("reports.studied"),
                inside("gamification.count"),
            ],
        ),
        ("CheckPassed", vec![inside("credits.award"), inside("gamification.count")]),
        ("CourseCompleted", vec![inside("credits.award"), inside("reports.completed"), inside("gamification.count")]),
        ("EntryPosted", vec![inside("reports.entry")]),
    ]))
}

/// What each kind of job does, by the house whose name it begins with.
pub fn handlers(houses: &Houses) -> Handlers {
    let mut handlers = Handlers::default();
    media::jobs::handlers(&houses.media, &mut handlers);
    catalogue::jobs::handlers(&houses.catalogue, &mut handlers);
    learning::handlers(&houses.learning, &mut handlers);
    credits::jobs::handlers(&houses.credits, &mut handlers);
    appeals::jobs::handlers(&houses.appeals, &mut handlers);
    gamification::jobs::handlers(&houses.gamification, &mut handlers);
    reports::jobs::handlers(&houses.reports, &mut handlers);
    handlers
}
