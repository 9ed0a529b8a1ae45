//! Questions on stretches of a lesson, for who teaches it.

use ::catalogue as house;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use kernel::{Code, id::LessonId};

use super::author::LessonPayload;
use crate::{
    context::{houses, viewer},
    error::told,
    scalar::{self, int},
};

/// On a stretch: milliseconds of a video, blocks of a reading; half open.
#[derive(SimpleObject)]
pub struct Question {
    id: ID,
    start: i32,
    end: i32,
    prompt: String,
    options: Vec<String>,
    /// Index of the right option.
    right: i32,
}

impl From<house::Question> for Question {
    fn from(question: house::Question) -> Self {
        Self {
            id: ID(question.id.to_string()),
            start: int(question.start),
            end: int(question.end),
            prompt: question.prompt,
            options: question.options,
            right: int(question.right),
        }
    }
}

#[derive(InputObject)]
pub struct QuestionInput {
    start: i32,
    end: i32,
    prompt: String,
    options: Vec<String>,
    right: i32,
}

impl From<QuestionInput> for house::NewQuestion {
    fn from(input: QuestionInput) -> Self {
        Self {
            start: input.start.into(),
            end: input.end.into(),
            prompt: input.prompt,
            options: input.options,
            // A negative one is none of the options, like one beyond the last.
            right: usize::try_from(input.right).unwrap_or(usize::MAX),
        }
    }
}

/// Null for who does not teach it: also that there are questions is no business of theirs.
pub async fn of(ctx: &Context<'_>, lesson: LessonId) -> Result<Option<Vec<Question>>> {
    match houses(ctx).catalogue.authored_questions(viewer(ctx)?, lesson).await {
        Ok(questions) => Ok(Some(questions.into_iter().map(Question::from).collect())),
        Err(error) if matches!(error.code(), Some(Code::Forbidden | Code::NotFound)) => Ok(None),
        Err(error) => Err(told(ctx)(error)),
    }
}

#[derive(Default)]
pub struct QuestionMutation;

#[Object]
impl QuestionMutation {
    /// Asked once on what was just shown; a wrong answer costs nothing.
    async fn add_question(&self, ctx: &Context<'_>, lesson_id: ID, input: QuestionInput) -> Result<LessonPayload> {
        let viewer = viewer(ctx)?;
        let lesson = scalar::id(&lesson_id).map_err(told(ctx))?;
        let lesson = houses(ctx).catalogue.add_question(viewer, lesson, input.into()).await.map_err(told(ctx))?;
        Ok(LessonPayload { lesson: lesson.into() })
    }
    async fn update_question(&self, ctx: &Context<'_>, id: ID, input: QuestionInput) -> Result<LessonPayload> {
        let viewer = viewer(ctx)?;
        let id = scalar::id(&id).map_err(told(ctx))?;
        let lesson = houses(ctx).catalogue.update_question(viewer, id, input.into()).await.map_err(told(ctx))?;
        Ok(LessonPayload { lesson: lesson.into() })
    }
    async fn remove_question(&self, ctx: &Context<'_>, id: ID) -> Result<LessonPayload> {
        let viewer = viewer(ctx)?;
        let id = scalar::id(&id).map_err(told(ctx))?;
        let lesson = houses(ctx).catalogue.remove_question(viewer, id).await.map_err(told(ctx))?;
        Ok(LessonPayload { lesson: lesson.into() })
    }
}
