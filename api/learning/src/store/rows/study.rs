//! A study's own row.

use std::sync::Arc;

use kernel::{Error, Result};
use uuid::Uuid;

use super::{
    answer::{Brief, Told},
    parsed,
};
use crate::{
    commit::Scripts,
    model::{Evidence, Extent, Habits, Script, Sitting, StudyInfo},
    tables::study,
};

pub fn study_row(sitting: &Sitting) -> Result<study::Model> {
    let (info, last) = (&sitting.info, sitting.last.as_ref());
    let evidence = &sitting.evidence;
    Ok(study::Model {
        id: sitting.id.uuid(),
        person: info.person.uuid(),
        session: info.session.uuid(),
        course: info.course.uuid(),
        lesson: info.lesson.uuid(),
        asset: info.asset.map(Uuid::from),
        version: sitting.version.clone(),
        extent: String::new(),
        epoch: sitting.epoch,
        opened_at: info.opened_at,
        beaten_at: info.beaten_at,
        next_seq: sitting.next_seq,
        last_hash: last.map(|(hash, _)| hash.clone()),
        last_answer: last.map(|(_, answer)| serde_json::to_string(&Brief::from(answer))).transpose()?,
        entries_seen: sitting.entries_seen,
        script: sitting.script_id,
        evidence: if *evidence == Evidence::default() { String::new() } else { serde_json::to_string(evidence)? },
    })
}

pub fn study_info(row: &study::Model) -> StudyInfo {
    StudyInfo {
        person: row.person.into(),
        session: row.session.into(),
        course: row.course.into(),
        lesson: row.lesson.into(),
        asset: row.asset.map(Into::into),
        opened_at: row.opened_at,
        beaten_at: row.beaten_at,
    }
}

pub fn sitting(row: study::Model, scripts: &Scripts) -> Result<Sitting> {
    let info = study_info(&row);
    let script = match row.script {
        Some(id) => scripts.get(id).ok_or_else(|| Error::broken("a study's script is missing"))?,
        // Opened before scripts were kept: there were no questions.
        None => Arc::new(Script { extent: serde_json::from_str::<Extent>(&row.extent)?, questions: Vec::new() }),
    };
    let answer: Option<Told> = row.last_answer.as_deref().map(serde_json::from_str).transpose()?;
    let answer = answer.map(|told| match told {
        Told::Brief(brief) => brief.into(),
        Told::Named(answer) => answer,
    });
    Ok(Sitting {
        id: row.id.into(),
        info,
        version: row.version,
        script_id: row.script,
        script,
        epoch: row.epoch,
        next_seq: row.next_seq,
        last: row.last_hash.zip(answer),
        entries_seen: row.entries_seen,
        evidence: parsed(&row.evidence)?.unwrap_or_default(),
        habits: Habits::default(),
    })
}
