//! What is kept of a course: a snapshot each time it is published.

use std::collections::HashMap;

use kernel::{
    Millis, Refusal, Result, Viewer,
    id::{AssetId, CourseId, LessonId, PersonId, SubmissionId},
};
use platform::Tx;
use sea_orm::ConnectionTrait;

use super::{browse, managed, must_make_courses};
use crate::{
    Catalogue,
    model::{
        CaptionsKept, ChapterKept, Contents, Course, CourseVersion, Differences, Labels, LessonKept, Outline,
        QuestionKept, Snapshot, Status, TextKept,
    },
    rules::{compare, snapshot},
    store::{self, content, drafts, labels, questions, versions},
};

impl Catalogue {
    /// Newest first; for who may change the course.
    pub async fn versions(&self, viewer: &Viewer, course: CourseId) -> Result<Vec<CourseVersion>> {
        let course = self.known(viewer, course).await?;
        versions::of(self.base().db.read(), course.lasting()).await
    }

    /// For who may change the course.
    pub async fn version(&self, viewer: &Viewer, course: CourseId, number: u32) -> Result<CourseVersion> {
        let course = self.known(viewer, course).await?;
        let found = versions::find(self.base().db.read(), course.lasting(), number).await?;
        found.ok_or_else(|| Refusal::not_found().into())
    }

    /// What it was. Unguarded: ask [`Catalogue::version`] first.
    pub async fn version_contents(&self, version: &CourseVersion) -> Result<Contents> {
        let found = versions::contents(self.base().db.read(), version.course, version.number).await?;
        found.ok_or_else(|| Refusal::not_found().into())
    }

    /// What it changed in the version before. Unguarded, like [`Catalogue::version_contents`].
    pub async fn version_differences(&self, version: &CourseVersion) -> Result<Differences> {
        let after = self.version_contents(version).await?;
        let number = version.number.saturating_sub(1);
        let before = versions::contents(self.base().db.read(), version.course, number).await?;
        compared(before, after).await
    }

    /// How what stands now differs from the newest version; for who may change it.
    pub async fn draft_differences(&self, viewer: &Viewer, course: CourseId) -> Result<Differences> {
        let course = self.known(viewer, course).await?;
        self.differences_now(&course).await
    }

    pub(super) async fn differences_now(&self, course: &Course) -> Result<Differences> {
        let db = self.base().db.read();
        let before = match store::find(db, course.lasting()).await? {
            Some(lasting) => versions::contents(db, lasting.id, lasting.version).await?,
            None => None,
        };
        compared(before, self.contents(db, course).await?).await
    }

    async fn known(&self, viewer: &Viewer, course: CourseId) -> Result<Course> {
        must_make_courses(viewer)?;
        managed(viewer, store::find(self.base().db.read(), course).await?)
    }

    /// What is in a course now, told by the ids that students know.
    pub(super) async fn contents(&self, db: &impl ConnectionTrait, course: &Course) -> Result<Contents> {
        let outline = browse::outline(db, course).await?;
        let lessons: Vec<LessonId> = outline.lessons().map(|lesson| lesson.id).collect();
        let assets: Vec<AssetId> = outline.lessons().filter_map(|lesson| lesson.asset).collect();
        let files = self.media().find_many(&assets).await?;
        let mut parts = Parts {
            origins: drafts::origins(db, course.id).await?,
            names: files.into_iter().map(|(id, asset)| (id, asset.file_name)).collect(),
            readings: versions::readings(db, &lessons).await?,
            captions: HashMap::new(),
            questions: HashMap::new(),
            texts: HashMap::new(),
            labels: labels::of(db, &[course.id]).await?.remove(&course.id).unwrap_or_default(),
        };
        for one in content::captions_of(db, &lessons).await? {
            parts.captions.entry(one.lesson).or_default().push(one);
        }
        for one in questions::of_many(db, &lessons).await? {
            parts.questions.entry(one.lesson).or_default().push(one);
        }
        let snapshot = parts.snapshot(outline);
        Ok(Contents { snapshot, texts: parts.texts })
    }

    /// A course that was published before versions were kept: what it is becomes the first.
    pub(super) async fn keep_first(&self, tx: &Tx, course: &mut Course) -> Result<()> {
        if course.status != Status::Published || course.version > 0 {
            return Ok(());
        }
        let Some(person) = course.lecturers.first().copied() else { return Ok(()) };
        let at = course.published_at.unwrap_or(course.created_at);
        self.keep(tx, course, (person, at), None).await
    }

    /// After a change that went straight to a published course: what it became is a version too.
    pub(super) async fn keep_changed(&self, tx: &Tx, course: &Course) -> Result<()> {
        if course.status != Status::Published {
            return Ok(());
        }
        let Some(person) = drafts::hands(tx, course.id).await?.first().copied() else { return Ok(()) };
        let mut course = course.clone();
        self.keep(tx, &mut course, (person, self.base().now()), None).await?;
        drafts::forget_hands(tx, course.id).await
    }

    /// After a file of a published course became ready: what students see from now on is a version too, of whoever made the one before.
    pub(super) async fn keep_ready(&self, tx: &Tx, course: &mut Course) -> Result<()> {
        if course.status != Status::Published {
            return Ok(());
        }
        let newest = versions::find(tx, course.id, course.version).await?.map(|version| version.published_by);
        let Some(person) = newest.or_else(|| course.lecturers.first().copied()) else { return Ok(()) };
        self.keep(tx, course, (person, self.base().now()), None).await
    }

    /// Keeps what the course is as its next version, unless that is the newest one already.
    pub(super) async fn keep(
        &self,
        tx: &Tx,
        course: &mut Course,
        (published_by, published_at): (PersonId, Millis),
        submission: Option<SubmissionId>,
    ) -> Result<()> {
        let contents = self.contents(tx, course).await?;
        let digest = snapshot::digest(&contents.snapshot)?;
        if self.newest_is(tx, course, &digest).await? {
            return Ok(());
        }
        course.version += 1;
        let version = CourseVersion {
            course: course.id,
            number: course.version,
            digest,
            source: course.source.clone(),
            edition: course.edition.clone(),
            published_by,
            published_at,
            submission,
            reviewers: Vec::new(),
        };
        versions::insert(tx, &version, &contents).await?;
        store::update(tx, course).await
    }

    /// Whether what stands in the course, or its draft, is what its newest version was.
    pub(super) async fn is_unchanged(&self, tx: &Tx, course: &Course) -> Result<bool> {
        let contents = self.contents(tx, course).await?;
        let digest = snapshot::digest(&contents.snapshot)?;
        match store::find(tx, course.lasting()).await? {
            Some(lasting) => self.newest_is(tx, &lasting, &digest).await,
            None => Ok(false),
        }
    }

    async fn newest_is(&self, tx: &Tx, course: &Course, digest: &str) -> Result<bool> {
        let newest = versions::find(tx, course.id, course.version).await?;
        Ok(newest.is_some_and(|version| version.digest == digest))
    }
}

/// Beside the other tasks: long texts take a while.
async fn compared(before: Option<Contents>, after: Contents) -> Result<Differences> {
    Ok(tokio::task::spawn_blocking(move || compare::differences(before.as_ref(), &after)).await?)
}

/// What a snapshot is put together from.
struct Parts {
    origins: drafts::Origins,
    names: HashMap<AssetId, String>,
    readings: HashMap<LessonId, versions::Written>,
    captions: HashMap<LessonId, Vec<content::StoredCaptions>>,
    questions: HashMap<LessonId, Vec<crate::model::Question>>,
    texts: HashMap<String, String>,
    labels: Labels,
}

impl Parts {
    fn snapshot(&mut self, outline: Outline) -> Snapshot {
        let course = outline.course;
        let mut chapters = Vec::new();
        for (chapter, lessons) in outline.chapters {
            chapters.push(ChapterKept {
                id: self.origins.chapters.get(&chapter.id).copied().unwrap_or(chapter.id),
                title: chapter.title,
                lessons: lessons.iter().map(|lesson| self.lesson(lesson)).collect(),
            });
        }
        Snapshot {
            title: course.title,
            summary: course.summary,
            unit: course.unit,
            required: course.required,
            hours: course.hours.thousandths(),
            credits: course.credits.thousandths(),
            characters_per_minute: course.characters_per_minute,
            source: course.source,
            edition: course.edition,
            tags: self.labels.tags.clone(),
            stages: self.labels.stages.iter().map(|stage| stage.name().to_owned()).collect(),
            chapters,
        }
    }

    fn lesson(&mut self, lesson: &crate::model::Lesson) -> LessonKept {
        let text = self.readings.remove(&lesson.id).map(|written| TextKept {
            format: written.format,
            source: self.hashed(written.source),
            html: self.hashed(written.html),
        });
        let captions = self.captions.remove(&lesson.id).unwrap_or_default();
        let captions = captions.into_iter().map(|one| CaptionsKept {
            language: one.info.language,
            label: one.info.label,
            vtt: self.hashed(one.vtt),
        });
        let captions = captions.collect();
        let questions = self.questions.remove(&lesson.id).unwrap_or_default();
        let question = |one: crate::model::Question| QuestionKept {
            id: self.origins.questions.get(&one.id).copied().unwrap_or(one.id),
            start: one.start,
            end: one.end,
            prompt: one.prompt,
            options: one.options,
            right: one.right,
        };
        let mut questions: Vec<QuestionKept> = questions.into_iter().map(question).collect();
        questions.sort_by_key(|question| (question.start, question.id));
        LessonKept {
            id: self.origins.lessons.get(&lesson.id).copied().unwrap_or(lesson.id),
            kind: lesson.kind.name().to_owned(),
            title: lesson.title.clone(),
            required: lesson.required,
            asset: lesson.asset,
            file_name: lesson.asset.and_then(|asset| self.names.get(&asset).cloned()),
            duration_ms: lesson.duration_ms,
            characters: lesson.characters,
            version: lesson.version.clone(),
            text,
            captions,
            questions,
        }
    }

    fn hashed(&mut self, text: String) -> String {
        let hash = snapshot::hash(&text);
        self.texts.insert(hash.clone(), text);
        hash
    }
}
