//! Questions on stretches of a lesson: what a student is asked about just after it was shown. Written by who teaches the course; the right
//! option is told to nobody else.

use kernel::{
    Refusal, Result, Viewer,
    id::{LessonId, QuestionId},
};

use crate::{
    Catalogue,
    model::{Lesson, LessonKind, NewQuestion, Question},
    rules::question,
    store::{content, questions},
};

impl Catalogue {
    /// In the order of their stretches. Unguarded: for houses above, which never tell which option is right.
    pub async fn questions(&self, lesson: LessonId) -> Result<Vec<Question>> {
        questions::of(self.base().db.read(), lesson).await
    }

    /// For who may change the course.
    pub async fn authored_questions(&self, viewer: &Viewer, lesson: LessonId) -> Result<Vec<Question>> {
        let lesson = self.lesson(viewer, lesson).await?;
        self.may_edit(viewer, lesson.course).await?;
        self.questions(lesson.id).await
    }

    pub async fn add_question(&self, viewer: &Viewer, lesson: LessonId, new: NewQuestion) -> Result<Lesson> {
        let lesson = self.lesson(viewer, lesson).await?;
        let (tx, course) = self.edit(viewer, lesson.course).await?;
        let there = questions::of(&tx, lesson.id).await?;
        if there.len() >= question::MOST {
            let most = question::MOST;
            let (zh, en) = (format!("每个课时最多 {most} 道题。"), format!("A lesson has at most {most} questions."));
            return Err(Refusal::invalid("lessonId", zh, en).into());
        }
        let end = self.end(&tx, &lesson).await?;
        let question = question::checked(self.base().id(), lesson.id, new, end)?;
        questions::insert(&tx, &question, self.base().now()).await?;
        self.changed(tx, &course).await?;
        Ok(lesson)
    }

    /// Who is being asked the question at the moment is still asked it as it was.
    pub async fn update_question(&self, viewer: &Viewer, id: QuestionId, new: NewQuestion) -> Result<Lesson> {
        let lesson = self.asked_in(viewer, id).await?;
        let (tx, course) = self.edit(viewer, lesson.course).await?;
        let end = self.end(&tx, &lesson).await?;
        let question = question::checked(id, lesson.id, new, end)?;
        if !questions::update(&tx, &question).await? {
            return Err(Refusal::not_found().into());
        }
        self.changed(tx, &course).await?;
        Ok(lesson)
    }

    pub async fn remove_question(&self, viewer: &Viewer, id: QuestionId) -> Result<Lesson> {
        let lesson = self.asked_in(viewer, id).await?;
        let (tx, course) = self.edit(viewer, lesson.course).await?;
        questions::delete(&tx, id).await?;
        self.changed(tx, &course).await?;
        Ok(lesson)
    }

    async fn asked_in(&self, viewer: &Viewer, id: QuestionId) -> Result<Lesson> {
        let question = questions::find(self.base().db.read(), id).await?.ok_or_else(Refusal::not_found)?;
        self.lesson(viewer, question.lesson).await
    }

    /// Where the lesson ends: its milliseconds, none while it is not converted; or its blocks.
    async fn end(&self, db: &platform::Tx, lesson: &Lesson) -> Result<Option<i64>> {
        Ok(match lesson.kind {
            LessonKind::Video => lesson.duration_ms,
            LessonKind::Reading => {
                let stored = content::reading(db, lesson.id).await?;
                stored.map(|reading| i64::try_from(reading.blocks.len())).transpose()?
            }
        })
    }
}
