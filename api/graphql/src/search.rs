//! Search and suggestions: only what the searcher may see, the filter being inside the query.

use std::{
    collections::{BTreeSet, HashMap},
    str::FromStr,
    sync::Arc,
};

use ::organisation::Person;
use ::search as house;
use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use kernel::{
    Refusal, Role, Viewer,
    id::{CourseId, LessonId, PersonId},
};

use crate::{
    catalogue::{Course, Lesson},
    context::{Houses, houses, viewer},
    error::told,
    organisation::Stage,
    page::{SearchNames, cost},
    scalar::{self, int},
};

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::Kind")]
pub enum SearchKind {
    Course,
    Video,
    Reading,
    Transcript,
}

#[derive(InputObject, Default)]
pub struct SearchFilter {
    kinds: Option<Vec<SearchKind>>,
    course_id: Option<ID>,
    lecturer_id: Option<ID>,
    /// Courses filed as being for this stage.
    stage: Option<Stage>,
    /// Courses published in this year.
    year: Option<i32>,
}

/// Marks count Unicode scalar values of `text`.
#[derive(SimpleObject)]
pub struct Fragment {
    field: String,
    text: String,
    marks: Vec<Mark>,
    /// Fixed expressions: no line is to be broken within one.
    whole: Vec<Mark>,
}

#[derive(SimpleObject)]
pub struct Mark {
    start: i32,
    end: i32,
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub struct SearchHit {
    kind: SearchKind,
    title: String,
    /// Where in the video a TRANSCRIPT hit is spoken.
    start_ms: Option<i32>,
    /// Where in the reading.
    block: Option<i32>,
    /// The block is a page of a PDF.
    page: bool,
    fragments: Vec<Fragment>,
    /// Fixed expressions in the title: no line is to be broken within one.
    whole: Vec<Mark>,
    /// Only some of the words are in it.
    partial: bool,
    #[graphql(skip)]
    course: Option<Arc<::catalogue::Course>>,
    #[graphql(skip)]
    lesson: Option<Arc<::catalogue::Lesson>>,
}

#[ComplexObject]
impl SearchHit {
    async fn course(&self, ctx: &Context<'_>) -> Result<Course> {
        let found = self.course.as_deref().cloned().map(Course);
        found.ok_or_else(|| told(ctx)(Refusal::not_found().into()))
    }
    /// Fixed expressions in the title of the course: no line is to be broken within one.
    async fn course_whole(&self, ctx: &Context<'_>) -> Vec<Mark> {
        let title = self.course.as_deref().map(|course| course.title.as_str());
        title.map(|title| stretches(houses(ctx).index.whole(title))).unwrap_or_default()
    }
    async fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_deref().cloned().map(Lesson::from)
    }
}

#[derive(SimpleObject)]
pub struct Facet {
    field: String,
    values: Vec<FacetValue>,
}

#[derive(SimpleObject)]
pub struct FacetValue {
    value: String,
    label: String,
    count: i32,
}

/// What a search answers beside its hits.
#[derive(SimpleObject)]
pub struct Found {
    total_count: i32,
    facets: Vec<Facet>,
    /// What was searched for instead, because nothing was found for what was typed.
    nearest: Option<String>,
    /// The index is being made anew: something may be missing.
    rebuilding: bool,
}

#[derive(SimpleObject)]
pub struct Suggestion {
    text: String,
    /// Fixed expressions: no line is to be broken within one.
    whole: Vec<Mark>,
    kind: Option<SearchKind>,
}

type SearchConnection = async_graphql::connection::Connection<
    String,
    SearchHit,
    Found,
    async_graphql::connection::EmptyFields,
    SearchNames,
    SearchNames,
>;

/// The audiences that a person belongs to or has charge of.
async fn searcher(houses: &Houses, viewer: &Viewer) -> kernel::Result<house::Searcher> {
    let mut audiences = viewer.audiences();
    let mut scope = viewer.scope(Role::Admin);
    scope.extend(viewer.scope(Role::Auditor));
    if !scope.is_empty() {
        audiences.extend(houses.organisation.paths_beneath(&scope).await?);
    }
    audiences.sort();
    audiences.dedup();
    Ok(house::Searcher { audiences })
}

fn label(kind: house::Kind, language: kernel::Language) -> &'static str {
    let (zh, en) = match kind {
        house::Kind::Course => ("课程", "Courses"),
        house::Kind::Video => ("视频", "Videos"),
        house::Kind::Reading => ("阅读", "Readings"),
        house::Kind::Transcript => ("视频字幕", "Transcripts"),
    };
    if language == kernel::Language::English { en } else { zh }
}

fn stretches(all: Vec<(usize, usize)>) -> Vec<Mark> {
    all.into_iter().map(|(start, end)| Mark { start: int(start), end: int(end) }).collect()
}

/// What an answer speaks of, each kind asked for once.
struct Named {
    courses: HashMap<CourseId, Arc<::catalogue::Course>>,
    lessons: HashMap<LessonId, Arc<::catalogue::Lesson>>,
    people: HashMap<PersonId, Person>,
}

async fn named(houses: &Houses, found: &house::Found) -> kernel::Result<Named> {
    let of_hits = found.hits.iter().map(|hit| hit.course.as_str());
    let courses: Vec<CourseId> = ids(of_hits.chain(found.counts.courses.iter().map(|(id, _)| id.as_str())))?;
    let lessons: Vec<LessonId> = ids(found.hits.iter().filter_map(|hit| hit.lesson.as_deref()))?;
    let people: Vec<PersonId> = ids(found.counts.lecturers.iter().map(|(id, _)| id.as_str()))?;
    let (courses, lessons, people) = futures::try_join!(
        houses.catalogue.kept_courses(&courses),
        houses.catalogue.kept_lessons(&lessons),
        houses.organisation.kept_people(&people),
    )?;
    Ok(Named { courses, lessons, people })
}

/// Each once.
fn ids<'a, T: FromStr + Ord>(all: impl Iterator<Item = &'a str>) -> kernel::Result<Vec<T>>
where
    kernel::Error: From<T::Err>,
{
    let all: BTreeSet<T> = all.map(|id| Ok(id.parse()?)).collect::<kernel::Result<_>>()?;
    Ok(all.into_iter().collect())
}

fn hit(found: house::Hit, named: &Named) -> kernel::Result<(String, SearchHit)> {
    let fragments = found.fragments.into_iter().map(|f| Fragment {
        field: f.field.to_string(),
        text: f.text,
        marks: stretches(f.marks),
        whole: stretches(f.whole),
    });
    let hit = SearchHit {
        kind: found.kind.into(),
        title: found.title,
        start_ms: found.start_ms.map(int),
        block: found.block.map(int),
        page: found.page,
        fragments: fragments.collect(),
        whole: stretches(found.whole),
        partial: found.partial,
        course: named.courses.get(&found.course.parse()?).cloned(),
        lesson: match found.lesson {
            Some(id) => named.lessons.get(&id.parse()?).cloned(),
            None => None,
        },
    };
    Ok((found.cursor.to_string(), hit))
}

/// What the hits may be narrowed by. Names of courses and lecturers are those of hits that the searcher sees.
fn facets(counts: house::Counts, named: &Named, language: kernel::Language) -> kernel::Result<Vec<Facet>> {
    let english = language == kernel::Language::English;
    let value = |value: String, label: String, count: usize| FacetValue { value, label, count: int(count) };
    let kinds = counts
        .kinds
        .iter()
        .map(|(kind, count)| value(format!("{kind:?}").to_uppercase(), label(*kind, language).to_owned(), *count));
    let (mut courses, mut lecturers) = (Vec::new(), Vec::new());
    for (id, count) in counts.courses {
        if let Some(course) = named.courses.get(&id.parse()?) {
            courses.push(value(id, course.title.clone(), count));
        }
    }
    for (id, count) in counts.lecturers {
        if let Some(person) = named.people.get(&id.parse()?) {
            lecturers.push(value(id, person.name.clone(), count));
        }
    }
    let stages = counts.stages.into_iter().filter_map(|(name, count)| {
        let (zh, en) = stage_in_words(organisation::Stage::parse(&name)?);
        Some(value(name, if english { en } else { zh }.to_owned(), count))
    });
    let years = counts.years.into_iter().map(|(year, count)| {
        let label = if english { year.to_string() } else { format!("{year} 年") };
        value(year.to_string(), label, count)
    });
    let facet = |field: &str, values: Vec<FacetValue>| Facet { field: field.to_owned(), values };
    Ok(vec![
        facet("kind", kinds.collect()),
        facet("course", courses),
        facet("lecturer", lecturers),
        facet("stage", stages.collect()),
        facet("year", years.collect()),
    ])
}

const fn stage_in_words(stage: organisation::Stage) -> (&'static str, &'static str) {
    use organisation::Stage;
    match stage {
        Stage::None => ("未申请", "Not applied"),
        Stage::Applicant => ("申请人", "Applicants"),
        Stage::Activist => ("积极分子", "Activists"),
        Stage::Candidate => ("发展对象", "Candidates"),
        Stage::Probationary => ("预备党员", "Probationary members"),
        Stage::Member => ("正式党员", "Members"),
    }
}

fn refused(error: house::Error) -> kernel::Error {
    match error {
        house::Error::Invalid(_) => Refusal::invalid(
            "after",
            "分页位置无效，请从第一页重新开始。",
            "This cursor is not valid; start from the first page.",
        )
        .into(),
        other => kernel::Error::from(other),
    }
}

#[derive(Default)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn search(
        &self,
        ctx: &Context<'_>,
        query: String,
        first: i32,
        after: Option<String>,
        filter: Option<SearchFilter>,
    ) -> Result<SearchConnection> {
        let (viewer, houses) = (viewer(ctx)?, houses(ctx));
        let page = kernel::Page::try_new(first, after).map_err(|e| told(ctx)(e.into()))?;
        let filter = filter.unwrap_or_default();
        let course: Option<CourseId> = scalar::id_option(filter.course_id.as_ref()).map_err(told(ctx))?;
        let lecturer: Option<PersonId> = scalar::id_option(filter.lecturer_id.as_ref()).map_err(told(ctx))?;
        let stage: Option<organisation::Stage> = filter.stage.map(Into::into);
        let asked = house::Query {
            text: query,
            kinds: filter.kinds.into_iter().flatten().map(house::Kind::from).collect(),
            course: course.map(|id| id.to_string()),
            lecturer: lecturer.map(|id| id.to_string()),
            stage: stage.map(|stage| stage.name().to_owned()),
            year: filter.year,
            first: usize::try_from(page.first).unwrap_or(1),
            after: page.after.as_deref().map(str::parse).transpose().map_err(|e| told(ctx)(refused(e)))?,
            day: houses.base.zone.day(houses.base.now()).number(),
            ..house::Query::default()
        };
        let searcher = searcher(houses, viewer).await.map_err(told(ctx))?;
        let index = houses.index.clone();
        let rebuilding = index.needs_building();
        let found = houses.searching.turn(move || index.search(&searcher, &asked)).await;
        let (found, rebuilding) = match found.map_err(told(ctx))? {
            // It is being made anew: that is said, and nothing is a fault.
            Err(house::Error::Damaged) => (house::Found::default(), true),
            other => (other.map_err(|e| told(ctx)(refused(e)))?, rebuilding),
        };
        let named = Box::pin(named(houses, &found)).await.map_err(told(ctx))?;
        let facets = facets(found.counts, &named, viewer.language).map_err(told(ctx))?;
        let answer = Found { total_count: int(found.total), facets, nearest: found.nearest, rebuilding };
        let mut connection = SearchConnection::with_additional_fields(page.after.is_some(), found.has_next, answer);
        for one in found.hits {
            let (cursor, node) = hit(one, &named).map_err(told(ctx))?;
            connection.edges.push(async_graphql::connection::Edge::new(cursor, node));
        }
        Ok(connection)
    }

    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn suggest(&self, ctx: &Context<'_>, prefix: String, first: i32) -> Result<Vec<Suggestion>> {
        let (viewer, houses) = (viewer(ctx)?, houses(ctx));
        let page = kernel::Page::try_new(first, None).map_err(|e| told(ctx)(e.into()))?;
        let searcher = searcher(houses, viewer).await.map_err(told(ctx))?;
        let (index, first) = (houses.index.clone(), usize::try_from(page.first).unwrap_or(1));
        let found = houses.searching.turn(move || index.suggest(&searcher, &prefix, first)).await;
        let found = match found.map_err(told(ctx))? {
            Err(house::Error::Damaged) => Vec::new(),
            other => other.map_err(|e| told(ctx)(refused(e)))?,
        };
        let suggestion = |s: house::Suggestion| {
            let whole = stretches(houses.index.whole(&s.text));
            Suggestion { text: s.text, whole, kind: s.kind.map(SearchKind::from) }
        };
        Ok(found.into_iter().map(suggestion).collect())
    }
}
