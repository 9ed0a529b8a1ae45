//! Rows and nouns, one made from the other.

use kernel::{
    Error, Result,
    id::{LessonId, PersonId},
};
use uuid::Uuid;

use crate::{
    model::{Answer, Extent, Holding, Record, Sitting, StudyInfo},
    rules::{Bucket, Spans},
    tables::{lease, progress, study},
};

pub fn lease_row(person: PersonId, holding: &Holding) -> lease::Model {
    lease::Model {
        person: person.uuid(),
        epoch: holding.epoch,
        study: holding.study.uuid(),
        allowance_ms: holding.bucket.allowance_ms,
        counted_at: holding.bucket.counted_at,
    }
}

impl From<lease::Model> for Holding {
    fn from(row: lease::Model) -> Self {
        let bucket = Bucket { allowance_ms: row.allowance_ms, counted_at: row.counted_at };
        Self { epoch: row.epoch, study: row.study.into(), bucket }
    }
}

pub fn study_row(sitting: &Sitting) -> Result<study::Model> {
    let (info, last) = (&sitting.info, sitting.last.as_ref());
    Ok(study::Model {
        id: sitting.id.uuid(),
        person: info.person.uuid(),
        session: info.session.uuid(),
        course: info.course.uuid(),
        lesson: info.lesson.uuid(),
        asset: info.asset.map(Uuid::from),
        version: sitting.version.clone(),
        extent: serde_json::to_string(&sitting.extent)?,
        epoch: sitting.epoch,
        opened_at: info.opened_at,
        beaten_at: info.beaten_at,
        next_seq: sitting.next_seq,
        last_hash: last.map(|(hash, _)| hash.clone()),
        last_answer: last.map(|(_, answer)| serde_json::to_string(answer)).transpose()?,
        entries_seen: sitting.entries_seen,
    })
}

impl TryFrom<study::Model> for Sitting {
    type Error = Error;
    fn try_from(row: study::Model) -> Result<Self> {
        let extent: Extent = serde_json::from_str(&row.extent)?;
        let answer: Option<Answer> = row.last_answer.as_deref().map(serde_json::from_str).transpose()?;
        let info = StudyInfo {
            person: row.person.into(),
            session: row.session.into(),
            course: row.course.into(),
            lesson: row.lesson.into(),
            asset: row.asset.map(Into::into),
            opened_at: row.opened_at,
            beaten_at: row.beaten_at,
        };
        Ok(Self {
            id: row.id.into(),
            info,
            version: row.version,
            extent,
            epoch: row.epoch,
            next_seq: row.next_seq,
            last: row.last_hash.zip(answer),
            entries_seen: row.entries_seen,
        })
    }
}

pub fn progress_row((person, lesson, record): &(PersonId, LessonId, &Record)) -> Result<progress::Model> {
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
    })
}

impl TryFrom<progress::Model> for Record {
    type Error = Error;
    fn try_from(row: progress::Model) -> Result<Self> {
        let covered: Spans = serde_json::from_str(&row.covered)?;
        Ok(Self {
            course: row.course.into(),
            version: row.version,
            size: row.size,
            covered,
            covered_ms: row.covered_ms,
            coverage: row.coverage,
            resume_at: row.resume_at,
            completed_at: row.completed_at,
            updated_at: row.updated_at,
        })
    }
}
