//! The demo courses: videos through the same intake as an upload, readings in Markdown, captions; published by the demo lecturer.

use std::io::Write;

use catalogue::{Format, Labels, LessonKind, NewCaptions, NewCourse, NewQuestion, NewReadingLesson, NewVideoLesson};
use kernel::{
    Amount, Error, Result, Viewer,
    id::{AssetId, ChapterId, CourseId, LessonId},
};
use rust_embed::RustEmbed;
use serde::Deserialize;

use crate::app::App;

#[derive(RustEmbed)]
#[folder = "demo"]
struct Files;

#[derive(Deserialize)]
struct Plan {
    course: Vec<PlannedCourse>,
}

#[derive(Deserialize)]
struct PlannedCourse {
    title: String,
    summary: String,
    required: bool,
    hours: String,
    credits: String,
    tags: Vec<String>,
    chapter: Vec<PlannedChapter>,
}

#[derive(Deserialize)]
struct PlannedChapter {
    title: String,
    lesson: Vec<PlannedLesson>,
}

#[derive(Deserialize)]
struct PlannedLesson {
    kind: String,
    title: String,
    file: String,
    captions: Option<String>,
    required: bool,
    #[serde(default)]
    question: Vec<PlannedQuestion>,
}

/// On a stretch of a video, in milliseconds.
#[derive(Deserialize)]
struct PlannedQuestion {
    start: i64,
    end: i64,
    prompt: String,
    options: Vec<String>,
    right: usize,
}

/// A published lesson as the activity needs it.
#[derive(Debug, Clone)]
pub struct Lesson {
    pub id: LessonId,
    pub kind: LessonKind,
    /// Of a video, or what the reading's characters take at 600 a minute.
    pub length_ms: i64,
    /// Milliseconds that each block of a reading takes.
    pub blocks: Vec<i64>,
}

fn plan() -> Result<Plan> {
    toml::from_str(&text("course.toml")?).map_err(|e| Error::broken(format!("course.toml: {e}")))
}

/// Writes the questions on the lessons that [`publish`] made: after three weeks of study in which nobody was asked one.
pub async fn ask(app: &App, lecturer: &Viewer, lessons: &[Lesson]) -> Result<()> {
    let plan = plan()?;
    let planned = plan.course.iter().flat_map(|course| &course.chapter).flat_map(|chapter| &chapter.lesson);
    for (planned, lesson) in planned.zip(lessons) {
        for question in &planned.question {
            let PlannedQuestion { start, end, right, .. } = *question;
            let (prompt, options) = (question.prompt.clone(), question.options.clone());
            let new = NewQuestion { start, end, prompt, options, right };
            app.houses.catalogue.add_question(lecturer, lesson.id, new).await?;
        }
    }
    Ok(())
}

/// Makes and publishes the courses; answers their lessons in order.
pub async fn publish(app: &App, lecturer: &Viewer) -> Result<Vec<Lesson>> {
    let plan = plan()?;
    let mut courses = Vec::new();
    for planned in &plan.course {
        courses.push(build(app, lecturer, planned).await?);
    }
    // The videos are converted here, then the courses can be published.
    app.worker.run_until_idle().await?;
    for course in &courses {
        app.houses.catalogue.publish_course(lecturer, *course).await?;
    }
    app.worker.run_until_idle().await?;
    lessons(app, lecturer, &courses).await
}

async fn build(app: &App, lecturer: &Viewer, planned: &PlannedCourse) -> Result<CourseId> {
    let amount =
        |text: &str| text.parse::<Amount>().map_err(|()| Error::broken(format!("course.toml: {text} is no amount")));
    let new = NewCourse {
        title: planned.title.clone(),
        summary: planned.summary.clone(),
        unit: None,
        required: planned.required,
        hours: amount(&planned.hours)?,
        credits: amount(&planned.credits)?,
    };
    let course = app.houses.catalogue.create_course(lecturer, new).await?;
    let labels = Labels { tags: planned.tags.clone(), ..Labels::default() };
    app.houses.catalogue.label_course(lecturer, course.id, labels).await?;
    for planned in &planned.chapter {
        let chapter = app.houses.catalogue.add_chapter(lecturer, course.id, planned.title.clone()).await?;
        for lesson in &planned.lesson {
            add(app, lecturer, chapter.id, lesson).await?;
        }
    }
    Ok(course.id)
}

async fn add(app: &App, lecturer: &Viewer, chapter: ChapterId, planned: &PlannedLesson) -> Result<()> {
    let (catalogue, title, required) = (&app.houses.catalogue, planned.title.clone(), planned.required);
    if planned.kind == "reading" {
        let body = Some(text(&planned.file)?);
        let new = NewReadingLesson { title, format: Format::Markdown, body, asset: None, required };
        catalogue.add_reading_lesson(lecturer, chapter, new).await?;
        return Ok(());
    }
    let asset = import(app, lecturer, &planned.file).await?;
    let lesson = catalogue.add_video_lesson(lecturer, chapter, NewVideoLesson { title, asset, required }).await?;
    if let Some(file) = &planned.captions {
        let captions =
            NewCaptions {
                language: "zh-CN".to_owned(), label: "中文".to_owned(), vtt: Some(text(file)?), asset: None
            };
        catalogue.add_captions(lecturer, lesson.id, captions).await?;
    }
    Ok(())
}

/// Through the same intake that an upload goes through.
async fn import(app: &App, lecturer: &Viewer, name: &str) -> Result<AssetId> {
    let found = Files::get(name).ok_or_else(|| Error::broken(format!("the demo lacks {name}")))?;
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(&found.data)?;
    let asset = app.houses.media.import(lecturer.person, name, media::Purpose::Video, file.path()).await?;
    Ok(asset.id)
}

fn text(name: &str) -> Result<String> {
    let found = Files::get(name).ok_or_else(|| Error::broken(format!("the demo lacks {name}")))?;
    Ok(String::from_utf8(found.data.into_owned())?)
}

async fn lessons(app: &App, lecturer: &Viewer, courses: &[CourseId]) -> Result<Vec<Lesson>> {
    let mut outlines = app.houses.catalogue.outlines(courses).await?;
    let mut all = Vec::new();
    for outline in courses.iter().filter_map(|course| outlines.remove(course)) {
        for lesson in outline.chapters.into_iter().flat_map(|(_, lessons)| lessons) {
            let material = app.houses.catalogue.material(lecturer, lesson.id).await?;
            let blocks: Vec<i64> = material.blocks.iter().map(|b| i64::from(b.characters) * 60_000 / 600).collect();
            let length_ms = lesson.duration_ms.unwrap_or_else(|| blocks.iter().sum());
            all.push(Lesson { id: lesson.id, kind: lesson.kind, length_ms, blocks });
        }
    }
    Ok(all)
}
