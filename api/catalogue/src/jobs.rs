//! What follows: a converted video gives its lessons their length; a changed course is indexed anew.

use std::sync::Arc;

use futures::FutureExt;
use kernel::{Error, Event, Result, id::CourseId};
use platform::{Handlers, Job, Tx};
use search::{Document, Index, Kind};

use crate::{
    Catalogue,
    model::{Block, Course, Lesson, LessonKind},
    rules::captions,
    store,
};

pub const ASSET_READY: &str = "catalogue.asset_ready";
pub const INDEX: &str = "catalogue.index";

pub fn handlers(house: &Catalogue, index: &Arc<Index>, handlers: &mut Handlers) {
    let own = house.clone();
    handlers.inside(ASSET_READY, move |tx, job| {
        let house = own.clone();
        async move { asset_ready(&house, tx, job).await }.boxed()
    });
    let (own, index) = (house.clone(), index.clone());
    handlers.outside(INDEX, move |job| {
        let (house, index) = (own.clone(), index.clone());
        async move {
            match job.payload::<Event>()? {
                Event::CourseChanged { course } => index_course(&house, &index, course).await.map(drop),
                _ => Ok(()),
            }
        }
        .boxed()
    });
}

async fn asset_ready(house: &Catalogue, tx: &Tx, job: &Job) -> Result<()> {
    let Event::AssetReady { asset } = job.payload::<Event>()? else { return Ok(()) };
    // Read before the write: media answers from its own connection.
    let Some(duration) = house.0.media.find(asset).await?.and_then(|asset| asset.duration_ms) else { return Ok(()) };
    let courses = store::set_duration(tx, asset, duration).await?;
    for course in store::courses_by_id(tx, &courses).await? {
        house.changed(tx, &course).await?;
    }
    house.0.required.invalidate_all();
    Ok(())
}

/// The documents of a course as it stands; none where it is not published. Answers how many.
async fn index_course(house: &Catalogue, index: &Arc<Index>, id: CourseId) -> Result<usize> {
    let documents = if house.is_published(id).await? { documents(house, id).await? } else { Vec::new() };
    let (index, many) = (index.clone(), documents.len());
    let replaced = tokio::task::spawn_blocking(move || index.replace(&[id.to_string()], documents)).await;
    replaced.map_err(Error::from)?.map_err(Error::from)?;
    Ok(many)
}

/// Every published course anew; answers how many documents there are.
pub async fn reindex(house: &Catalogue, index: &Arc<Index>) -> Result<usize> {
    let emptied = index.clone();
    tokio::task::spawn_blocking(move || emptied.clear()).await.map_err(Error::from)?.map_err(Error::from)?;
    let mut many = 0;
    for course in house.published().await? {
        many += index_course(house, index, course).await?;
    }
    let filled = index.clone();
    tokio::task::spawn_blocking(move || filled.set_filled()).await.map_err(Error::from)?.map_err(Error::from)?;
    Ok(many)
}

async fn documents(house: &Catalogue, id: CourseId) -> Result<Vec<Document>> {
    let Some(outline) = house.outlines(&[id]).await?.remove(&id) else { return Ok(Vec::new()) };
    let mut all = vec![course_document(&outline.course)];
    for lesson in outline.lessons() {
        match lesson.kind {
            LessonKind::Reading => all.extend(reading_documents(house, &outline.course, lesson).await?),
            LessonKind::Video => all.extend(video_documents(house, &outline.course, lesson).await?),
        }
    }
    Ok(all)
}

fn course_document(course: &Course) -> Document {
    Document {
        id: course.id.to_string(),
        group: course.id.to_string(),
        kind: Kind::Course,
        title: course.title.clone(),
        body: course.summary.clone(),
        audience: course.audience.clone(),
        passage: false,
        course: course.id.to_string(),
        lesson: None,
        lecturers: course.lecturers.iter().map(ToString::to_string).collect(),
        block: None,
        start_ms: None,
    }
}

fn lesson_document(course: &Course, lesson: &Lesson, kind: Kind, part: usize) -> Document {
    Document {
        id: format!("{}#{part}", lesson.id),
        kind,
        title: lesson.title.clone(),
        body: String::new(),
        lesson: Some(lesson.id.to_string()),
        passage: part > 0,
        ..course_document(course)
    }
}

/// One document a block; the first stands for the reading.
async fn reading_documents(house: &Catalogue, course: &Course, lesson: &Lesson) -> Result<Vec<Document>> {
    let (_, json) = store::text(house.base().db.read(), lesson.id).await?;
    let blocks: Vec<Block> = json.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default();
    let document = |(part, block): (usize, Block)| Document {
        body: block.text,
        block: Some(block.index),
        ..lesson_document(course, lesson, Kind::Reading, part)
    };
    Ok(blocks.into_iter().enumerate().map(document).collect())
}

/// The video, and one document for each cue that is spoken in it.
async fn video_documents(house: &Catalogue, course: &Course, lesson: &Lesson) -> Result<Vec<Document>> {
    let mut all = vec![lesson_document(course, lesson, Kind::Video, 0)];
    for (_, vtt) in store::captions_of(house.base().db.read(), lesson.id).await? {
        let cues = captions::parse("vtt", &vtt, false)?;
        for cue in cues {
            let part = all.len();
            all.push(Document {
                body: cue.text,
                start_ms: Some(cue.start_ms),
                ..lesson_document(course, lesson, Kind::Transcript, part)
            });
        }
    }
    Ok(all)
}
