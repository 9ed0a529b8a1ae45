//! Opening a study takes the one lease of the person.

use catalogue::{LessonKind, Material, Status};
use kernel::{
    Event, Refusal, Result, Role, Viewer,
    id::{LessonId, StudyId},
};

use crate::{
    Learning,
    model::{Extent, Holding, Sitting, Study, StudyInfo},
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
    let extent = extent(&material)?;
    let (base, person, course) = (&house.base, viewer.person, material.lesson.course);
    let id = StudyId::new(base.ids.secret());

    let tx = base.db.begin().await?;
    let first = Holding { epoch: 0, study: id, bucket: Bucket::new(house.committer.time.now(), &house.config) };
    let before = store::lock_holding(&tx, person, first).await?;
    let (now, server) = (base.now(), house.committer.time.now());
    let bucket = before.bucket.taken_over(server, &house.config);
    let holding = Holding { epoch: before.epoch + 1, study: id, bucket };
    let info = StudyInfo {
        person,
        session: viewer.session,
        course,
        lesson,
        asset: material.lesson.asset,
        opened_at: now,
        beaten_at: now,
    };
    let version = material.lesson.version.clone();
    let sitting =
        Sitting { id, info, version, extent, epoch: holding.epoch, next_seq: 1, last: None, entries_seen: None };
    let stored = store::records(&tx, &[(person, lesson)]).await?.remove(&(person, lesson)).transpose()?;
    let record = rules::carried(&sitting, stored.as_ref(), now);

    store::enrol(&tx, person, course, now).await?;
    store::save_holdings(&tx, [(person, holding)]).await?;
    store::insert_sitting(&tx, &sitting).await?;
    base.outbox.publish(&tx, now, &Event::StudyOpened { person, course, lesson, at: now }).await?;
    tx.commit().await?;
    Ok(Study {
        id,
        heartbeat_ms: house.config.heartbeat_ms,
        max_rate: house.config.max_rate(),
        next_seq: sitting.next_seq,
        resume_at: record.resume_at.min(sitting.extent.end()),
        covered: record.covered.cut(sitting.extent.end()).to_vec(),
        material,
    })
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
        (LessonKind::Reading, _) => {
            Ok(Extent::Reading { characters: material.blocks.iter().map(|block| block.characters).collect() })
        }
    }
}
