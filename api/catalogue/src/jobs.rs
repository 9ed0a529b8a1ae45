//! What happens later: lessons learn the length of their video, documents are read, and speech is heard; the search index follows the published
//! courses by itself ([`follow`]).

pub(crate) mod follow;

use std::{collections::HashMap, sync::Arc};

use futures::FutureExt;
use kernel::{
    Event, Millis, Result,
    id::{AssetId, CourseId, LessonId, PersonId},
};
use platform::{Handlers, Job, Tx, jobs::without_end};
use search::{Document, Index, Kind};

use crate::{
    Catalogue,
    model::{Course, Lesson, LessonKind, Outline, Status},
    rules::{captions, reading},
    store::{
        self,
        content::{self, StoredCaptions},
    },
};

/// The job that reads a document.
pub(crate) const DOCUMENT: &str = "catalogue.document";

/// Registers this house's jobs.
pub fn handlers(house: &Catalogue, handlers: &mut Handlers) {
    let own = house.clone();
    handlers.inside("catalogue.asset_ready", move |tx, job| {
        let house = own.clone();
        async move { asset_ready(&house, tx, job).await }.boxed()
    });
    let own = house.clone();
    handlers.outside(DOCUMENT, move |job| {
        let house = own.clone();
        async move {
            let Event::AssetReady { asset } = job.payload::<Event>()? else { return Ok(()) };
            house.read_document(asset).await?;
            house.bring_in(asset).await.map(drop)
        }
        .boxed()
    });
    let own = house.clone();
    handlers.apart("catalogue.recognise", move |job| {
        let house = own.clone();
        async move { house.hear(&job).await }.boxed()
    });
    let own = house.clone();
    handlers.outside("catalogue.erase_asset", move |job| {
        let house = own.clone();
        async move {
            let (asset, deleted_at) = job.payload::<(AssetId, Millis)>()?;
            without_end(house.base(), &job, house.erase(asset, deleted_at)).await
        }
        .boxed()
    });
    // Left behind by an earlier release: the index follows the announcements in their order, and a job could put older documents over newer ones.
    handlers.outside("catalogue.index", |_| async { Ok(()) }.boxed());
}

async fn asset_ready(house: &Catalogue, tx: &Tx, job: &Job) -> Result<()> {
    let Event::AssetReady { asset } = job.payload::<Event>()? else { return Ok(()) };
    let Some(duration_ms) = house.media().find(asset).await?.and_then(|asset| asset.duration_ms) else {
        return Ok(());
    };
    house.give_length(tx, asset, duration_ms).await?;
    if let Some(coming) = house.arrived(asset).await? {
        house.replace_planned(tx, &coming).await?;
    }
    house.forget();
    Ok(())
}

/// Makes the whole index again from the published courses, beside the one that answers; answers how many documents it has.
pub async fn reindex(house: &Catalogue, index: &Arc<Index>) -> Result<u64> {
    crate::Follower::new(house.clone(), index.clone()).rebuild().await
}

/// What can be found of these courses: of the published ones everything, of the others nothing.
async fn documents_of(house: &Catalogue, courses: &[CourseId]) -> Result<Vec<Document>> {
    let db = house.base().db.read();
    let published = |outline: &Outline| outline.course.status == Status::Published;
    let mut outlines: Vec<Outline> = house.outlines(courses).await?.into_values().filter(published).collect();
    outlines.sort_by_key(|outline| outline.course.id);
    let lessons: Vec<LessonId> = outlines.iter().flat_map(Outline::lessons).map(|lesson| lesson.id).collect();
    let texts = Texts::new(content::htmls(db, &lessons).await?, content::captions_of(db, &lessons).await?);
    let labels = store::labels::of(db, courses).await?;
    let mut lecturers: Vec<PersonId> = outlines.iter().flat_map(|outline| outline.course.lecturers.clone()).collect();
    lecturers.sort_unstable();
    lecturers.dedup();
    let people = house.organisation().people(&lecturers).await?;
    let zone = house.base().zone;
    let all = tokio::task::spawn_blocking(move || {
        let of = |outline: &Outline| {
            let mut all = documents(outline, &texts);
            let labels = labels.get(&outline.course.id).cloned().unwrap_or_default();
            labels.write(outline.course.published_at.map(|at| zone.day(at)), &mut all);
            let names =
                outline.course.lecturers.iter().filter_map(|id| people.get(id)).map(|person| person.name.clone());
            let names: Vec<String> = names.collect();
            all.iter_mut().for_each(|document| document.teachers.clone_from(&names));
            all
        };
        outlines.iter().flat_map(of).collect()
    });
    Ok(all.await?)
}

/// What is read and said in lessons.
struct Texts {
    readings: HashMap<LessonId, String>,
    captions: HashMap<LessonId, Vec<StoredCaptions>>,
}

impl Texts {
    fn new(readings: HashMap<LessonId, String>, all: Vec<StoredCaptions>) -> Self {
        let mut captions: HashMap<LessonId, Vec<StoredCaptions>> = HashMap::new();
        for one in all {
            captions.entry(one.lesson).or_default().push(one);
        }
        Self { readings, captions }
    }
}

/// One for the course, one for each lesson, a passage for each further block of a reading and each cue of a video.
fn documents(outline: &Outline, texts: &Texts) -> Vec<Document> {
    let course = &outline.course;
    let whole = document(course, Kind::Course, course.id.to_string(), &course.title);
    let mut all = vec![Document { body: course.summary.clone(), ..whole }];
    for lesson in outline.lessons() {
        match lesson.kind {
            LessonKind::Video => all.extend(of_video(course, lesson, texts)),
            LessonKind::Reading => all.extend(of_reading(course, lesson, texts)),
        }
    }
    all
}

fn of_video(course: &Course, lesson: &Lesson, texts: &Texts) -> Vec<Document> {
    let id = lesson.id.to_string();
    let mut all = vec![of_lesson(course, lesson, Kind::Video, id.clone())];
    for captions in texts.captions.get(&lesson.id).into_iter().flatten() {
        // What is stored was written by us and can be read.
        let cues = captions::parse_vtt(&captions.vtt).unwrap_or_default();
        all.extend(cues.into_iter().enumerate().map(|(n, cue)| Document {
            body: cue.text.replace('\n', " "),
            passage: true,
            start_ms: Some(cue.start_ms),
            ..of_lesson(course, lesson, Kind::Transcript, format!("{id}#{}#{n}", captions.info.language))
        }));
    }
    all
}

fn of_reading(course: &Course, lesson: &Lesson, texts: &Texts) -> Vec<Document> {
    let html = texts.readings.get(&lesson.id).map(String::as_str).unwrap_or_default();
    let (headings, pages) = reading::headings_and_pages(html);
    let block = |(index, text): (u32, String)| {
        let id = if index == 0 { lesson.id.to_string() } else { format!("{}#{index}", lesson.id) };
        let found = of_lesson(course, lesson, Kind::Reading, id);
        let heading = if headings.contains(&index) { text.clone() } else { String::new() };
        let page = pages.contains(&index);
        Document { heading, body: text, passage: index > 0, block: Some(index), page, ..found }
    };
    reading::block_texts(html).into_iter().map(block).collect()
}

fn of_lesson(course: &Course, lesson: &Lesson, kind: Kind, id: String) -> Document {
    Document { lesson: Some(lesson.id.to_string()), ..document(course, kind, id, &lesson.title) }
}

fn document(course: &Course, kind: Kind, id: String, title: &str) -> Document {
    Document {
        id,
        group: course.id.to_string(),
        kind,
        title: title.to_owned(),
        audience: course.audience.clone(),
        course: course.id.to_string(),
        lecturers: course.lecturers.iter().map(ToString::to_string).collect(),
        required: course.required,
        ..Document::default()
    }
}
