//! The row of a person's progress in a lesson.

use kernel::{
    Error, Result,
    id::{LessonId, PersonId},
};

use super::{
    answer::{briefs, refused_of},
    parsed,
};
use crate::{model::Record, rules::Spans, tables::progress};

pub fn progress_row((person, lesson, record): (PersonId, LessonId, &Record)) -> Result<progress::Model> {
    let text = |empty: bool, text: fn(&Record) -> serde_json::Result<String>| {
        if empty { Ok(String::new()) } else { text(record) }
    };
    Ok(progress::Model {
        person: person.uuid(),
        lesson: lesson.uuid(),
        course: record.course.uuid(),
        version: record.version.clone(),
        size: record.size,
        covered: serde_json::to_string(&record.covered)?,
        covered_ms: record.covered_ms,
        coverage: record.coverage,
        resume_at: record.resume_at,
        completed_at: record.completed_at,
        updated_at: record.updated_at,
        script: record.script_id,
        pending: text(record.pending.is_empty(), |record| serde_json::to_string(&record.pending))?,
        refused: text(record.refused.is_empty(), |record| serde_json::to_string(&briefs(&record.refused)))?,
        checks: text(record.checks.is_default(), |record| serde_json::to_string(&record.checks))?,
    })
}

impl TryFrom<progress::Model> for Record {
    type Error = Error;
    fn try_from(row: progress::Model) -> Result<Self> {
        let covered: Spans = serde_json::from_str(&row.covered)?;
        let refused: Option<Vec<(i64, i64, u8)>> = parsed(&row.refused)?;
        Ok(Self {
            course: row.course.into(),
            version: row.version,
            size: row.size,
            script_id: row.script,
            covered,
            covered_ms: row.covered_ms,
            coverage: row.coverage,
            resume_at: row.resume_at,
            completed_at: row.completed_at,
            updated_at: row.updated_at,
            pending: parsed(&row.pending)?.unwrap_or_default(),
            refused: refused.unwrap_or_default().into_iter().filter_map(refused_of).collect(),
            checks: parsed(&row.checks)?.unwrap_or_default(),
        })
    }
}
