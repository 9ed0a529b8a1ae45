//! Studying: opening a study, heartbeats.

use ::learning as house;
use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, Result, SimpleObject, Union};
use kernel::{
    Role,
    id::{LessonId, PersonId, StudyId},
};

use crate::{
    catalogue::{self, Course, Lesson},
    context::{Page, asker, houses, viewer},
    credits::{CreditMeasure, Rule},
    error::told,
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
            house::Reason::NotServed => Self::NotServed,
            house::Reason::CheckPending => Self::CheckPending,
            house::Reason::Hidden => Self::Hidden,
        }
    }
}

#[derive(SimpleObject)]
pub struct Span {
    start: i32,
    end: i32,
}

impl From<house::Span> for Span {
    fn from(span: house::Span) -> Self {
        Self { start: int(span.start), end: int(span.end) }
    }
}

#[derive(SimpleObject)]
pub struct RefusedSpan {
    start: i32,
    end: i32,
    reason: RefusalReason,
}

impl From<(house::Span, house::Reason)> for RefusedSpan {
    fn from((span, reason): (house::Span, house::Reason)) -> Self {
        Self { start: int(span.start), end: int(span.end), reason: reason.into() }
    }
}

/// What counts of a lesson, what does not, and why: milliseconds of a video, blocks of a reading.
#[derive(SimpleObject)]
pub struct WatchMap {
    end: i32,
    covered: Vec<Span>,
    /// Waits for a question to be answered, or for the lecturer.
    pending: Vec<Span>,
    refused: Vec<RefusedSpan>,
}

impl WatchMap {
    /// Of the asker; null for who does not study, and before the first study.
    pub async fn of(ctx: &Context<'_>, lesson: LessonId) -> Result<Option<Self>> {
        let viewer = viewer(ctx)?;
        if !viewer.has(Role::Student) {
            return Ok(None);
        }
        let map = houses(ctx).learning.watch_map(viewer.person, lesson).await.map_err(told(ctx))?;
        Ok((map.end > 0).then(|| Self {
            end: int(map.end),
            covered: map.covered.into_iter().map(Span::from).collect(),
            pending: map.pending.into_iter().map(Span::from).collect(),
            refused: map.refused.into_iter().map(RefusedSpan::from).collect(),
        }))
    }
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

pub struct ReadingMaterial {
    version: String,
    html: String,
    blocks: Vec<Block>,
    study: StudyId,
}

#[Object]
impl ReadingMaterial {
    /// Each block is an element with `data-block`. That the page was handed over is evidence of the study: without it no block counts.
    async fn html(&self, ctx: &Context<'_>) -> &str {
        asker(ctx).hand_over(Page { study: self.study, blocks: self.blocks.len() });
        &self.html
    }
    /// Changes with the text: a kept copy of another version is old.
    async fn version(&self) -> &str {
        &self.version
    }
    async fn blocks(&self) -> &[Block] {
        &self.blocks
    }
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
            let version = content.lesson.version.clone();
            let made = ReadingMaterial { version, html, blocks: blocks.collect(), study: self.study };
            return Ok(Material::Reading(made));
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
    /// How many questions the lesson has; 0: none will be asked.
    async fn questions(&self, ctx: &Context<'_>) -> Result<i32> {
        let questions = houses(ctx).catalogue.questions(self.content.lesson.id).await.map_err(told(ctx))?;
        Ok(int(questions.len()))
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
    /// A question on what was just shown.
    check: Option<Check>,
    /// The stretch that is to be shown again before the next question on it.
    again: Option<Span>,
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

/// A question on what was just shown: `start` and `end` are its stretch.
#[derive(SimpleObject)]
pub struct Check {
    id: ID,
    prompt: String,
    options: Vec<CheckOption>,
    /// Milliseconds left.
    deadline_ms: i32,
    start: i32,
    end: i32,
}
#[derive(SimpleObject)]
pub struct CheckOption {
    key: String,
    text: String,
}
impl From<house::Check> for Check {
    fn from(check: house::Check) -> Self {
        Self {
            id: ID(check.id.to_string()),
            prompt: check.prompt,
            options: check.options.into_iter().map(|(key, text)| CheckOption { key, text }).collect(),
            deadline_ms: int(check.deadline_ms),
            start: int(check.from),
            end: int(check.to),
        }
    }
}
#[derive(SimpleObject)]
pub struct CheckAnswer {
    passed: bool,
    released_ms: i32,
    /// Where the stretch begins that is to be shown again; null when passed.
    again_from: Option<i32>,
}
#[derive(SimpleObject)]
pub struct CheckExtension {
    /// Milliseconds left.
    deadline_ms: i32,
}

#[derive(InputObject)]
pub struct SpanInput {
    start: i32,
    end: i32,
}

impl SpanInput {
    pub fn span(&self) -> house::Span {
        house::Span::new(self.start.into(), self.end.into())
    }
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
            covered: study.covered.into_iter().map(Span::from).collect(),
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
            network: Some(asker(ctx).network_name()),
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
            check: answer.check.map(Check::from),
            again: answer.again.map(Span::from),
            person: viewer.person,
            entries: (answer.entries_after, answer.entries_upto),
        })
    }

    /// A wrong answer costs nothing: the stretch is shown again, then another question is asked.
    async fn answer_check(&self, ctx: &Context<'_>, check_id: ID, option: String) -> Result<CheckAnswer> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&check_id).map_err(told(ctx))?);
        let answer = houses(ctx).learning.answer_check(viewer, id, &option).await.map_err(told(ctx))?;
        let (passed, released_ms) = (answer.passed, int(answer.released_ms));
        Ok(CheckAnswer { passed, released_ms, again_from: answer.again_from.map(int) })
    }
    /// More time to answer; as much as there was at first.
    async fn extend_check(&self, ctx: &Context<'_>, check_id: ID) -> Result<CheckExtension> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&check_id).map_err(told(ctx))?);
        let left = houses(ctx).learning.extend_check(viewer, id).await.map_err(told(ctx))?;
        Ok(CheckExtension { deadline_ms: int(left) })
    }
}
