//! Studying: opening a study, heartbeats.

use ::learning as house;
use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, Result, SimpleObject, Union};
use kernel::id::{PersonId, StudyId};

use crate::{
    catalogue::{self, Course, Lesson},
    context::{houses, viewer},
    credits::{CreditMeasure, Rule},
    error::{refusal_error, told},
    later,
    scalar::{self, DateTime, Decimal, int},
};

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::Lease")]
pub enum Lease {
    Held,
    Lost,
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
pub enum RefusalReason {
    NotServed,
    TooFast,
    CountedBefore,
    CheckPending,
    Hidden,
    LeaseLost,
}

impl From<house::Reason> for RefusalReason {
    fn from(reason: house::Reason) -> Self {
        match reason {
            house::Reason::TooFast => Self::TooFast,
            house::Reason::CountedBefore => Self::CountedBefore,
            house::Reason::LeaseLost => Self::LeaseLost,
        }
    }
}

#[derive(SimpleObject)]
pub struct Span {
    start: i32,
    end: i32,
}

#[derive(SimpleObject)]
pub struct RefusedSpan {
    start: i32,
    end: i32,
    reason: RefusalReason,
}

#[derive(SimpleObject)]
pub struct Captions {
    language: String,
    label: String,
    url: String,
}

/// `index` is the `data-block` of the element in the reading's html.
#[derive(SimpleObject)]
pub struct Block {
    index: i32,
    characters: i32,
}

#[derive(SimpleObject)]
pub struct VideoMaterial {
    playlist_url: String,
    poster_url: Option<String>,
    duration_ms: i32,
    captions: Vec<Captions>,
}

#[derive(SimpleObject)]
pub struct ReadingMaterial {
    html: String,
    blocks: Vec<Block>,
}

#[derive(Union)]
pub enum Material {
    Video(VideoMaterial),
    Reading(ReadingMaterial),
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Study {
    id: ID,
    heartbeat_ms: i32,
    max_rate: f64,
    next_seq: i32,
    resume_at: i32,
    covered: Vec<Span>,
    #[graphql(skip)]
    study: StudyId,
    #[graphql(skip)]
    content: ::catalogue::Material,
}

#[ComplexObject]
impl Study {
    async fn material(&self, ctx: &Context<'_>) -> Result<Material> {
        let content = &self.content;
        if content.lesson.kind == ::catalogue::LessonKind::Reading {
            let blocks = content.blocks.iter().map(|b| Block { index: int(b.index), characters: int(b.characters) });
            let html = content.html.clone().unwrap_or_default();
            return Ok(Material::Reading(ReadingMaterial { html, blocks: blocks.collect() }));
        }
        let prefix = houses(ctx).media.study_prefix(self.study, houses(ctx).base.now());
        let captions = content.captions.iter().map(|c| Captions {
            language: c.language.clone(),
            label: c.label.clone(),
            url: format!("{prefix}/captions/{}.vtt", c.id),
        });
        Ok(Material::Video(VideoMaterial {
            playlist_url: format!("{prefix}/master.m3u8"),
            poster_url: Some(format!("{prefix}/poster.jpg")),
            duration_ms: int(content.lesson.duration_ms.unwrap_or_default()),
            captions: captions.collect(),
        }))
    }
    async fn lesson(&self) -> Lesson {
        self.content.lesson.clone().into()
    }
    async fn course(&self) -> Course {
        Course(self.content.course.clone())
    }
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub struct HeartbeatAnswer {
    next_seq: i32,
    lease: Lease,
    credited_ms: i32,
    coverage: f64,
    completed: bool,
    refused: Vec<RefusedSpan>,
    #[graphql(skip)]
    person: PersonId,
    #[graphql(skip)]
    entries: (i64, i64),
}

#[ComplexObject]
impl HeartbeatAnswer {
    /// Posted since the answer before; an entry follows its beat within a second.
    async fn awards(&self, ctx: &Context<'_>) -> Result<Vec<Award>> {
        let (after, upto) = self.entries;
        let entries = houses(ctx).credits.entries_between(self.person, after, upto).await.map_err(told(ctx))?;
        let awards = entries.into_iter().filter(|entry| !entry.amount.is_zero()).map(|entry| Award {
            rule: entry.rule.into(),
            measure: entry.measure.into(),
            amount: Decimal(entry.amount),
        });
        Ok(awards.collect())
    }
    /// Attention checks are not asked yet.
    async fn check(&self) -> Option<later::Check> {
        None
    }
}

#[derive(SimpleObject)]
pub struct Award {
    rule: Rule,
    measure: CreditMeasure,
    amount: Decimal,
}

#[derive(SimpleObject)]
pub struct Continuation {
    lesson: Lesson,
    course: Course,
    coverage: f64,
}

impl Continuation {
    pub async fn of(ctx: &Context<'_>, person: PersonId, first: i32) -> Result<Vec<Self>> {
        let page = kernel::Page::try_new(first, None).map_err(|e| told(ctx)(e.into()))?;
        let recent =
            houses(ctx).learning.recent(person, usize::try_from(page.first).unwrap_or(1)).await.map_err(told(ctx))?;
        let mut all = Vec::with_capacity(recent.len());
        for one in recent {
            let (lesson, course) =
                (catalogue::lesson(ctx, one.lesson).await?, catalogue::course(ctx, one.course).await?);
            if let (Some(lesson), Some(course)) = (lesson, course) {
                all.push(Self { lesson, course, coverage: one.coverage });
            }
        }
        Ok(all)
    }
}

#[derive(InputObject)]
pub struct SpanInput {
    start: i32,
    end: i32,
}

#[derive(InputObject)]
pub struct HeartbeatInput {
    study_id: ID,
    seq: i32,
    spans: Vec<SpanInput>,
    rate: Option<f64>,
    visible: Option<bool>,
    /// A note; never counted with.
    client_time: Option<DateTime>,
}

#[derive(Default)]
pub struct LearningMutation;

#[Object]
impl LearningMutation {
    /// Takes the one lease that a person has: any other open study of theirs loses it.
    async fn open_study(&self, ctx: &Context<'_>, lesson_id: ID) -> Result<Study> {
        let viewer = viewer(ctx)?;
        let lesson = scalar::id(&lesson_id).map_err(told(ctx))?;
        let study = houses(ctx).learning.open_study(viewer, lesson).await.map_err(told(ctx))?;
        Ok(Study {
            id: ID(study.id.to_string()),
            heartbeat_ms: int(study.heartbeat_ms),
            max_rate: study.max_rate,
            next_seq: int(study.next_seq),
            resume_at: int(study.resume_at),
            covered: study.covered.iter().map(|s| Span { start: int(s.start), end: int(s.end) }).collect(),
            study: study.id,
            content: study.material,
        })
    }

    /// Acknowledged only when it is on disk.
    async fn heartbeat(&self, ctx: &Context<'_>, input: HeartbeatInput) -> Result<HeartbeatAnswer> {
        let (viewer, houses) = (viewer(ctx)?, houses(ctx));
        let beat = house::Beat {
            study: scalar::id(&input.study_id).map_err(told(ctx))?,
            seq: input.seq.into(),
            spans: input.spans.iter().map(|s| (s.start.into(), s.end.into())).collect(),
            rate: input.rate,
            visible: input.visible,
            client_time: input.client_time.map(|at| at.0),
            ledger_head: houses.credits.head().await.map_err(told(ctx))?,
        };
        let answer = houses.learning.heartbeat(viewer, beat).await.map_err(told(ctx))?;
        let refused = answer.refused.iter().map(|r| RefusedSpan {
            start: int(r.span.start),
            end: int(r.span.end),
            reason: r.reason.into(),
        });
        Ok(HeartbeatAnswer {
            next_seq: int(answer.next_seq),
            lease: answer.lease.into(),
            credited_ms: int(answer.credited_ms),
            coverage: answer.coverage,
            completed: answer.completed,
            refused: refused.collect(),
            person: viewer.person,
            entries: (answer.entries_after, answer.entries_upto),
        })
    }

    /// Attention checks come with a later step: until then there is none to answer.
    async fn answer_check(&self, ctx: &Context<'_>, check_id: ID, option: String) -> Result<later::CheckAnswer> {
        let (viewer, _) = (viewer(ctx)?, (check_id, option));
        Err(refusal_error(&later::not_yet(), viewer.language))
    }
}
