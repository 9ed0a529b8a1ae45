//! Search and suggestions: only what the searcher may see, the filter being inside the query.

use ::search as house;
use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use kernel::{
    Refusal, Role, Viewer,
    id::{CourseId, LessonId},
};

use crate::{
    catalogue::{self, Course, Lesson},
    context::{Houses, houses, viewer},
    error::told,
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
}

/// Marks count Unicode scalar values of `text`.
#[derive(SimpleObject)]
pub struct Fragment {
    field: String,
    text: String,
    marks: Vec<Mark>,
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
    fragments: Vec<Fragment>,
    #[graphql(skip)]
    course: CourseId,
    #[graphql(skip)]
    lesson: Option<LessonId>,
}

#[ComplexObject]
impl SearchHit {
    async fn course(&self, ctx: &Context<'_>) -> Result<Course> {
        let found = catalogue::course(ctx, self.course).await?;
        found.ok_or_else(|| told(ctx)(Refusal::not_found().into()))
    }
    async fn lesson(&self, ctx: &Context<'_>) -> Result<Option<Lesson>> {
        let Some(id) = self.lesson else { return Ok(None) };
        catalogue::lesson(ctx, id).await
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
}

#[derive(SimpleObject)]
pub struct Suggestion {
    text: String,
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
        audiences.extend(houses.organisation.units_beneath(&scope).await?.into_iter().map(|unit| unit.path));
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

fn hit(found: house::Hit) -> kernel::Result<(String, SearchHit)> {
    let fragments = found.fragments.into_iter().map(|f| Fragment {
        field: f.field.to_string(),
        text: f.text,
        marks: f.marks.into_iter().map(|(start, end)| Mark { start: int(start), end: int(end) }).collect(),
    });
    let hit = SearchHit {
        kind: found.kind.into(),
        title: found.title,
        start_ms: found.start_ms.map(int),
        block: found.block.map(int),
        fragments: fragments.collect(),
        course: found.course.parse()?,
        lesson: found.lesson.map(|id| id.parse()).transpose()?,
    };
    Ok((found.cursor.to_string(), hit))
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
        let lecturer: Option<kernel::id::PersonId> =
            scalar::id_option(filter.lecturer_id.as_ref()).map_err(told(ctx))?;
        let asked = house::Query {
            text: query,
            kinds: filter.kinds.into_iter().flatten().map(house::Kind::from).collect(),
            course: course.map(|id| id.to_string()),
            lecturer: lecturer.map(|id| id.to_string()),
            first: usize::try_from(page.first).unwrap_or(1),
            after: page.after.as_deref().map(str::parse).transpose().map_err(|e| told(ctx)(refused(e)))?,
        };
        let searcher = searcher(houses, viewer).await.map_err(told(ctx))?;
        let index = houses.index.clone();
        let found = tokio::task::spawn_blocking(move || index.search(&searcher, &asked)).await;
        let found = found.map_err(|e| told(ctx)(e.into()))?.map_err(|e| told(ctx)(refused(e)))?;
        let kinds = found.kinds.iter().map(|(kind, count)| FacetValue {
            value: async_graphql::Name::new(format!("{kind:?}").to_uppercase()).to_string(),
            label: label(*kind, viewer.language).to_owned(),
            count: int(*count),
        });
        let facets = vec![Facet { field: "kind".to_owned(), values: kinds.collect() }];
        let answer = Found { total_count: int(found.total), facets };
        let mut connection = SearchConnection::with_additional_fields(page.after.is_some(), found.has_next, answer);
        for one in found.hits {
            let (cursor, node) = hit(one).map_err(told(ctx))?;
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
        let found = tokio::task::spawn_blocking(move || index.suggest(&searcher, &prefix, first)).await;
        let found = found.map_err(|e| told(ctx)(e.into()))?.map_err(|e| told(ctx)(refused(e)))?;
        Ok(found.into_iter().map(|s| Suggestion { text: s.text, kind: s.kind.map(SearchKind::from) }).collect())
    }
}
