//! Habits that a machine has sooner than a person, for people to look at; and what waits in a lesson for a lecturer.

use ::learning as house;
use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};
use kernel::{
    Language, Page, Refusal, Role, Viewer,
    id::{FlagId, LessonId, PersonId, StudyId},
};

use crate::{
    catalogue::{self, Lesson, LessonPayload},
    context::{houses, viewer},
    error::told,
    learning::Span,
    organisation::{self, Person},
    page::{Paged, StudyFlagNames, paged},
    reports::Student,
    scalar::{self, DateTime},
};

/// For human review: nothing is withheld for it.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct StudyFlag {
    id: ID,
    kind: String,
    /// What was noticed, with its figure.
    text: String,
    noted_at: DateTime,
    reviewed_at: Option<DateTime>,
    /// What was found at the review.
    note: Option<String>,
    #[graphql(skip)]
    person: PersonId,
    #[graphql(skip)]
    study: StudyId,
    #[graphql(skip)]
    reviewer: Option<PersonId>,
}

#[ComplexObject]
impl StudyFlag {
    async fn student(&self, ctx: &Context<'_>) -> Result<Student> {
        Student::of(ctx, self.person).await
    }
    /// Null once the study was removed.
    async fn lesson(&self, ctx: &Context<'_>) -> Result<Option<Lesson>> {
        let study = houses(ctx).learning.study(self.study).await.map_err(told(ctx))?;
        let Some(study) = study else { return Ok(None) };
        catalogue::lesson(ctx, study.lesson).await
    }
    async fn reviewed_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(id) = self.reviewer else { return Ok(None) };
        organisation::person(ctx, id).await
    }
}

impl StudyFlag {
    fn of(flag: house::Flag, language: Language) -> Self {
        let (kind, text) = words(&flag, language);
        let (reviewer, reviewed_at, note) = match flag.reviewed {
            Some((by, at, note)) => (Some(by), Some(DateTime(at)), Some(note)),
            None => (None, None, None),
        };
        Self {
            id: ID(FlagId::new(flag.id).to_string()),
            kind: kind.to_owned(),
            text,
            noted_at: DateTime(flag.noted_at),
            reviewed_at,
            note,
            person: flag.person,
            study: flag.study,
            reviewer,
        }
    }
}

fn words(flag: &house::Flag, language: Language) -> (&'static str, String) {
    let (ms, hours) = (flag.figure_ms, flag.figure_ms as f64 / 3_600_000.0);
    let seconds = flag.figure_ms as f64 / 1000.0;
    let (kind, zh, en) = match flag.kind {
        house::FlagKind::EvenCadence => (
            "EVEN_CADENCE",
            format!("连续五十次心跳的间隔相差不到 {ms} 毫秒。"),
            format!("Fifty heartbeats in a row came within {ms} ms of one another."),
        ),
        house::FlagKind::Unbroken => (
            "UNBROKEN",
            format!("连续 {hours:.1} 小时没有暂停或跳转。"),
            format!("{hours:.1} hours without a pause or a jump."),
        ),
        house::FlagKind::LongDay => {
            ("LONG_DAY", format!("一天内学习 {hours:.1} 小时。"), format!("{hours:.1} hours of study in one day."))
        }
        house::FlagKind::FastAnswer => (
            "FAST_ANSWER",
            format!("题目出现 {seconds:.1} 秒后即作答，快于阅读所需。"),
            format!("A question was answered after {seconds:.1} s, faster than it can be read."),
        ),
        house::FlagKind::Cluster => (
            "CLUSTER",
            format!("同一网络的多个账号心跳同步，相差不到 {ms} 毫秒。"),
            format!("Several accounts of one network beat within {ms} ms of one another."),
        ),
        house::FlagKind::OtherNetwork => (
            "OTHER_NETWORK",
            format!("连续 {:.0} 分钟，视频由另一个网络取走，心跳却来自这个网络。", seconds / 60.0),
            format!(
                "For {:.0} minutes the video was fetched through another network than the heartbeats.",
                seconds / 60.0
            ),
        ),
    };
    (kind, if language == Language::Chinese { zh } else { en })
}

/// What a student watched behind a question that stayed unanswered.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct PendingStretch {
    spans: Vec<Span>,
    since: DateTime,
    #[graphql(skip)]
    person: PersonId,
}

#[ComplexObject]
impl PendingStretch {
    async fn student(&self, ctx: &Context<'_>) -> Result<Student> {
        Student::of(ctx, self.person).await
    }
}

impl PendingStretch {
    /// Null for who does not teach the lesson's course.
    pub async fn of(ctx: &Context<'_>, lesson: LessonId) -> Result<Option<Vec<Self>>> {
        if catalogue::questions_of(ctx, lesson).await?.is_none() {
            return Ok(None);
        }
        let pending = houses(ctx).learning.pending_of(lesson).await.map_err(told(ctx))?;
        let told = |pending: house::Pending| Self {
            spans: pending.spans.into_iter().map(Span::from).collect(),
            since: DateTime(pending.updated_at),
            person: pending.person,
        };
        Ok(Some(pending.into_iter().map(told).collect()))
    }
}

/// Flags are of the whole school, and so is who looks at them.
async fn must_watch<'a>(ctx: &Context<'a>) -> Result<&'a Viewer> {
    let viewer = viewer(ctx)?;
    let root = houses(ctx).organisation.root().await.map_err(told(ctx))?;
    if viewer.covers(Role::Admin, &root.path) || viewer.covers(Role::Auditor, &root.path) {
        return Ok(viewer);
    }
    Err(told(ctx)(Refusal::forbidden().into()))
}

#[derive(Default)]
pub struct FlagsQuery;

#[Object]
impl FlagsQuery {
    /// Newest first; for admins and auditors of the school.
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn study_flags(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
        reviewed: Option<bool>,
    ) -> Result<Paged<StudyFlag, StudyFlagNames>> {
        let viewer = must_watch(ctx).await?;
        let page = Page::try_new(first, after).map_err(|e| told(ctx)(e.into()))?;
        let found = houses(ctx).learning.flags(reviewed, &page).await.map_err(told(ctx))?;
        Ok(paged(found.map(|flag| StudyFlag::of(flag, viewer.language))))
    }
}

#[derive(SimpleObject)]
pub struct StudyFlagPayload {
    flag: StudyFlag,
}

#[derive(Default)]
pub struct FlagsMutation;

#[Object]
impl FlagsMutation {
    /// What was found; nothing else follows from it.
    async fn review_flag(&self, ctx: &Context<'_>, id: ID, note: String) -> Result<StudyFlagPayload> {
        let viewer = must_watch(ctx).await?;
        viewer.must(Role::Admin).map_err(told(ctx))?;
        let id = scalar::id(&id).map_err(told(ctx))?;
        let flag = houses(ctx).learning.review_flag(viewer, id, &note).await.map_err(told(ctx))?;
        Ok(StudyFlagPayload { flag: StudyFlag::of(flag, viewer.language) })
    }
    /// By who teaches the course: what waited for a question counts from now on.
    async fn release_pending(&self, ctx: &Context<'_>, lesson_id: ID, student_id: ID) -> Result<LessonPayload> {
        let viewer = viewer(ctx)?;
        let lesson: LessonId = scalar::id(&lesson_id).map_err(told(ctx))?;
        let student: PersonId = scalar::id(&student_id).map_err(told(ctx))?;
        houses(ctx).catalogue.authored_questions(viewer, lesson).await.map_err(told(ctx))?;
        houses(ctx).learning.release_pending(viewer, lesson, student).await.map_err(told(ctx))?;
        let found = catalogue::lesson(ctx, lesson).await?;
        let lesson = found.ok_or_else(|| told(ctx)(Refusal::not_found().into()))?;
        Ok(LessonPayload { lesson })
    }
}
