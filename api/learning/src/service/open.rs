//! Opening a study takes the one lease of the person.

use std::sync::Arc;

use catalogue::{LessonKind, Material, Status};
use kernel::{
    Event, Refusal, Result, Role, Viewer,
    id::{LessonId, StudyId, Uuid},
};
use platform::Tx;
use sha2::{Digest, Sha256};

use super::questions::questions_of;
use crate::{
    Learning,
    model::{Checks, Evidence, Extent, Holding, Record, Script, Seat, Sitting, Study, StudyInfo},
    rules::{self, Bucket},
    store,
};

/// Enrols the person, takes the lease from whatever study of theirs has it, and answers with what is covered already.
pub async fn open_study(house: &Learning, viewer: &Viewer, lesson: LessonId) -> Result<Study> {
    viewer.must(Role::Student)?;
    let material = house.catalogue.material(viewer, lesson).await?;
    if material.course.status != Status::Published {
        // Its lecturer sees a draft, but its text may still change and pays nobody.
        return Err(Refusal::conflict("课程尚未发布，还不能学习。", "The course is not published yet.").into());
    }
    let script = Script { extent: extent(&material)?, questions: questions_of(house, lesson).await? };
    let text = serde_json::to_string(&script)?;
    let (base, person, course) = (&house.base, viewer.person, material.lesson.course);
    let id = StudyId::new(base.ids.secret());

    let tx = base.db.begin().await?;
    let first = Holding { epoch: 0, study: id, bucket: Bucket::new(house.committer.time.now(), &house.config) };
    let before = store::lock_seat(&tx, person, first).await?;
    let (now, server) = (base.now(), house.committer.time.now());
    let bucket = before.holding.bucket.taken_over(server, &house.config);
    let holding = Holding { epoch: before.holding.epoch + 1, study: id, bucket };
    let info = StudyInfo {
        person,
        session: viewer.session,
        course,
        lesson,
        asset: material.lesson.asset,
        opened_at: now,
        beaten_at: now,
    };
    let sitting = Sitting {
        id,
        info,
        version: material.lesson.version.clone(),
        script_id: Some(script_id(&text)),
        script: Arc::new(script),
        epoch: holding.epoch,
        next_seq: 1,
        last: None,
        entries_seen: None,
        evidence: Evidence::default(),
        habits: before.sitting.as_ref().map(|old| rules::kept(&old.habits)).unwrap_or_default(),
    };
    store::put_away(&tx, &before).await?;
    let stored = store::records(&tx, &[(person, lesson)]).await?.remove(&(person, lesson)).transpose()?;
    let stored = resumed_content(&tx, &sitting, stored).await?;
    let goes_on = stored.as_ref().is_some_and(|record| rules::goes_on(&sitting, record));
    let mut record = rules::carried(&sitting, stored, now);
    if record.checks != Checks::default() {
        rules::resumed(&mut record.checks, &sitting.script, server, &mut || base.ids.secret().as_u128());
    }
    let (check, again) = rules::told(&record.checks, &sitting.script, server);

    store::enrol(&tx, person, course, now).await?;
    store::insert_script(&tx, script_id(&text), text).await?;
    store::insert_sitting(&tx, &sitting).await?;
    // A union that begins anew is written with its first beat.
    if goes_on {
        store::save_records(&tx, vec![(person, lesson, &record)]).await?;
    }
    let seat = Seat {
        person,
        version: before.version + 1,
        holding,
        sitting: Some(sitting),
        record: None,
        stored_ms: None,
        ahead: false,
        day_noted: None,
    };
    store::save_seats(&tx, vec![&seat]).await?;
    base.outbox.publish(&tx, now, &Event::StudyOpened { person, course, lesson, at: now }).await?;
    tx.commit().await?;
    let end = seat.sitting.as_ref().map_or(0, |sitting| sitting.script.extent.end());
    Ok(Study {
        id,
        heartbeat_ms: house.config.heartbeat_ms,
        max_rate: house.config.max_rate(),
        next_seq: 1,
        resume_at: record.resume_at.min(end),
        covered: record.covered.cut(end).to_vec(),
        check,
        again,
        material,
    })
}

/// Another content than the one that was covered begins a union of its own. What was covered of the earlier one is kept, and goes on should
/// that content come back.
async fn resumed_content(tx: &Tx, sitting: &Sitting, stored: Option<Record>) -> Result<Option<Record>> {
    let Some(stored) = stored else { return Ok(None) };
    if rules::goes_on(sitting, &stored) {
        return Ok(Some(stored));
    }
    let (person, lesson) = (sitting.info.person, sitting.info.lesson);
    store::past::keep(tx, person, lesson).await?;
    let earlier = store::past::find(tx, person, lesson, &sitting.version).await?;
    let completed_at = stored.completed_at;
    let back = |earlier: Record| Record { completed_at: completed_at.or(earlier.completed_at), ..earlier };
    Ok(Some(earlier.map_or(stored, back)))
}

/// The same script has the same name.
fn script_id(text: &str) -> Uuid {
    let digest = Sha256::digest(text.as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    Uuid::from_bytes(bytes)
}

/// How long the material is. A video that has not been converted has no length yet.
fn extent(material: &Material) -> Result<Extent> {
    let duration = material.lesson.duration_ms.filter(|duration| *duration > 0);
    match (material.lesson.kind, duration) {
        (LessonKind::Video, Some(duration_ms)) => Ok(Extent::Video { duration_ms }),
        (LessonKind::Video, None) => {
            Err(Refusal::unavailable("视频尚在转换，请稍后再来。", "The video is still being converted.")
                .retry_after(60_000)
                .into())
        }
        (LessonKind::Reading, _) if material.blocks.is_empty() => {
            Err(Refusal::unavailable("文档尚在处理，请稍后再来。", "The document is still being read.")
                .retry_after(60_000)
                .into())
        }
        (LessonKind::Reading, _) => {
            let characters = material.blocks.iter().map(|block| block.characters).collect();
            Ok(Extent::Reading { characters, per_minute: material.course.characters_per_minute })
        }
    }
}
