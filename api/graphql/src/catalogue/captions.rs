//! Captions as their lecturer works on them: lines, drafts that a program heard.

use ::catalogue as house;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use super::author::LessonPayload;
use crate::{
    context::{asker, houses, viewer},
    error::told,
    reports::JobStatus,
    scalar::{self, int},
};

#[derive(SimpleObject)]
pub struct Cue {
    start_ms: i32,
    end_ms: i32,
    /// Lines as they are shown.
    text: String,
}

/// Captions in one language; `version` changes with every edit.
#[derive(SimpleObject)]
pub struct CaptionsTrack {
    id: ID,
    language: String,
    label: String,
    version: String,
    cues: Vec<Cue>,
}

impl From<house::Track> for CaptionsTrack {
    fn from(track: house::Track) -> Self {
        let cue = |cue: house::Cue| Cue { start_ms: int(cue.start_ms), end_ms: int(cue.end_ms), text: cue.text };
        Self {
            id: ID(track.info.id.to_string()),
            language: track.info.language,
            label: track.info.label,
            version: track.version,
            cues: track.cues.into_iter().map(cue).collect(),
        }
    }
}

/// What a program has heard, or is hearing; READY: a draft that waits to be confirmed.
#[derive(SimpleObject)]
pub struct CaptionsDraft {
    id: ID,
    language: String,
    status: JobStatus,
    /// 0 to 1.
    progress: f64,
    failure: Option<String>,
    /// The draft's lines, once it is READY.
    track: Option<CaptionsTrack>,
}

impl CaptionsDraft {
    fn new(ctx: &Context<'_>, (one, track): (house::Recognition, Option<house::Track>)) -> Self {
        Self {
            id: ID(one.id.to_string()),
            language: one.language,
            status: match one.status {
                house::Hearing::Queued => JobStatus::Queued,
                house::Hearing::Running => JobStatus::Running,
                house::Hearing::Ready => JobStatus::Ready,
                house::Hearing::Failed => JobStatus::Failed,
            },
            progress: one.progress,
            failure: one.failure.map(|why| why.say(asker(ctx).language).to_owned()),
            track: track.map(CaptionsTrack::from),
        }
    }
}

#[derive(SimpleObject)]
pub struct LessonCaptions {
    tracks: Vec<CaptionsTrack>,
    drafts: Vec<CaptionsDraft>,
    /// Whether the school has set a program that recognises speech.
    recognises: bool,
}

/// `text` null: the line goes. `version`: of the captions as they were seen; CONFLICT where somebody has changed them since.
#[derive(InputObject)]
pub struct EditCueInput {
    captions_id: ID,
    version: String,
    /// Of the line among the captions' lines, from 0.
    index: i32,
    start_ms: Option<i32>,
    end_ms: Option<i32>,
    text: Option<String>,
}

#[derive(SimpleObject)]
pub struct CaptionsPayload {
    track: CaptionsTrack,
}

#[derive(SimpleObject)]
pub struct CaptionsDraftPayload {
    draft: CaptionsDraft,
}

#[derive(Default)]
pub struct CaptionsQuery;

#[Object]
impl CaptionsQuery {
    /// For who teaches the lesson: its captions with their lines, and drafts.
    #[graphql(complexity = "1 + child_complexity * 20")]
    async fn lesson_captions(&self, ctx: &Context<'_>, lesson_id: ID) -> Result<LessonCaptions> {
        let (viewer, lesson) = (viewer(ctx)?, scalar::id(&lesson_id).map_err(told(ctx))?);
        let desk = houses(ctx).catalogue.captions_desk(viewer, lesson).await.map_err(told(ctx))?;
        Ok(LessonCaptions {
            tracks: desk.tracks.into_iter().map(CaptionsTrack::from).collect(),
            drafts: desk.drafts.into_iter().map(|draft| CaptionsDraft::new(ctx, draft)).collect(),
            recognises: desk.recognises,
        })
    }
}

#[derive(Default)]
pub struct CaptionsMutation;

#[Object]
impl CaptionsMutation {
    /// One line: its times, its text, or away with it.
    async fn edit_cue(&self, ctx: &Context<'_>, input: EditCueInput) -> Result<CaptionsPayload> {
        let viewer = viewer(ctx)?;
        let id = scalar::id(&input.captions_id).map_err(told(ctx))?;
        // Negative numbers are no times and no lines; the house refuses what these become.
        let time = |ms: Option<i32>| u64::try_from(ms.unwrap_or_default()).unwrap_or(u64::MAX);
        let (start_ms, end_ms) = (time(input.start_ms), time(input.end_ms));
        let change = input.text.map(|text| house::CueChange { start_ms, end_ms, text });
        let index = usize::try_from(input.index).unwrap_or(usize::MAX);
        let catalogue = &houses(ctx).catalogue;
        let track = catalogue.edit_cue(viewer, id, &input.version, index, change).await.map_err(told(ctx))?;
        Ok(CaptionsPayload { track: track.into() })
    }

    /// NOT_FOUND where the lesson has none in this language.
    async fn remove_captions(&self, ctx: &Context<'_>, lesson_id: ID, language: String) -> Result<bool> {
        let (viewer, lesson) = (viewer(ctx)?, scalar::id(&lesson_id).map_err(told(ctx))?);
        houses(ctx).catalogue.remove_captions(viewer, lesson, &language).await.map_err(told(ctx))?;
        Ok(true)
    }

    /// UNAVAILABLE where the school has set no program for it.
    async fn recognise_captions(
        &self,
        ctx: &Context<'_>,
        lesson_id: ID,
        language: String,
    ) -> Result<CaptionsDraftPayload> {
        let (viewer, lesson) = (viewer(ctx)?, scalar::id(&lesson_id).map_err(told(ctx))?);
        let asked = houses(ctx).catalogue.recognise(viewer, lesson, &language).await.map_err(told(ctx))?;
        Ok(CaptionsDraftPayload { draft: CaptionsDraft::new(ctx, (asked, None)) })
    }

    /// The draft becomes the captions of its language.
    async fn confirm_captions(&self, ctx: &Context<'_>, draft_id: ID, label: String) -> Result<LessonPayload> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&draft_id).map_err(told(ctx))?);
        let lesson = houses(ctx).catalogue.confirm_recognition(viewer, id, &label).await.map_err(told(ctx))?;
        Ok(LessonPayload { lesson: lesson.into() })
    }

    async fn discard_captions(&self, ctx: &Context<'_>, draft_id: ID) -> Result<bool> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&draft_id).map_err(told(ctx))?);
        houses(ctx).catalogue.discard_recognition(viewer, id).await.map_err(told(ctx))?;
        Ok(true)
    }
}
