//! Every SQL statement of this house. What a viewer may see is part of the statement, not of what follows it.

use std::collections::HashMap;

use kernel::{
    Amount, Error, Millis, Page, Result,
    id::{AssetId, CaptionsId, ChapterId, CourseId, LessonId, PersonId, UnitId},
};
use platform::Tx;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, Func, LikeExpr, OnConflict, Query},
};

use crate::{
    model::{CaptionsInfo, Chapter, Course, CourseFilter, Lesson, LessonKind, Outline, Status},
    rules::reading::Reading,
    tables::{captions, chapter, course, lecturer, lesson},
};

/// The total of a list is counted no further.
const COUNTED: u64 = 10_000;

fn word<T>(parsed: Option<T>, text: &str) -> Result<T> {
    parsed.ok_or_else(|| Error::broken(format!("a stored word that is not known: {text}")))
}

fn course_of(row: course::Model, lecturers: &mut HashMap<CourseId, Vec<PersonId>>) -> Result<Course> {
    let id = row.id.into();
    Ok(Course {
        id,
        title: row.title,
        summary: row.summary,
        unit: row.unit.into(),
        audience: row.audience,
        required: row.required,
        hours: Amount::milli(row.hours),
        credits: Amount::milli(row.credits),
        status: word(Status::parse(&row.status), &row.status)?,
        lecturers: lecturers.remove(&id).unwrap_or_default(),
        created_at: row.created_at,
        published_at: row.published_at,
    })
}

async fn with_lecturers(db: &impl ConnectionTrait, rows: Vec<course::Model>) -> Result<Vec<Course>> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut lecturers: HashMap<CourseId, Vec<PersonId>> = HashMap::new();
    for row in lecturer::Entity::find()
        .filter(lecturer::Column::Course.is_in(ids))
        .order_by_asc(lecturer::Column::Person)
        .all(db)
        .await?
    {
        lecturers.entry(row.course.into()).or_default().push(row.person.into());
    }
    rows.into_iter().map(|row| course_of(row, &mut lecturers)).collect()
}

pub async fn courses_by_id(db: &impl ConnectionTrait, ids: &[CourseId]) -> Result<Vec<Course>> {
    let rows = course::Entity::find().filter(course::Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db).await?;
    with_lecturers(db, rows).await
}

/// Whose courses a person finds.
pub struct Sight {
    /// Paths of the own unit and all above it.
    pub audiences: Vec<String>,
    /// Paths in charge as admin or auditor: what is for units beneath or above is seen.
    pub charges: Vec<String>,
    pub person: PersonId,
}

fn taught_by(person: PersonId) -> Condition {
    let own = Query::select()
        .column(lecturer::Column::Course)
        .from(lecturer::Entity)
        .and_where(lecturer::Column::Person.eq(person.uuid()))
        .to_owned();
    Condition::all().add(course::Column::Id.in_subquery(own))
}

fn visible_to(sight: &Sight, mine: bool) -> Condition {
    if mine {
        return taught_by(sight.person);
    }
    let mut shown = Condition::any().add(course::Column::Audience.is_in(sight.audiences.iter().map(String::as_str)));
    for path in &sight.charges {
        shown = shown.add(course::Column::Audience.starts_with(path.as_str()));
        let above = path.match_indices('.').filter_map(|(at, _)| path.get(..=at));
        shown = shown.add(course::Column::Audience.is_in(above));
    }
    let published = Condition::all().add(course::Column::Status.eq(Status::Published.name())).add(shown);
    Condition::any().add(published).add(taught_by(sight.person))
}

pub async fn visible(db: &impl ConnectionTrait, sight: &Sight, id: CourseId) -> Result<Option<Course>> {
    let query = course::Entity::find_by_id(id.uuid()).filter(visible_to(sight, false));
    let rows = query.all(db).await?;
    Ok(with_lecturers(db, rows).await?.pop())
}

/// `%`, `_` and `\` in what people type are themselves.
fn containing(text: &str) -> LikeExpr {
    let escaped: String = text
        .to_lowercase()
        .chars()
        .flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c]))
        .collect();
    LikeExpr::new(format!("%{escaped}%")).escape('\\')
}

fn filtered(sight: &Sight, filter: &CourseFilter) -> Select<course::Entity> {
    let mut query = course::Entity::find().filter(visible_to(sight, filter.mine));
    if let Some(required) = filter.required {
        query = query.filter(course::Column::Required.eq(required));
    }
    if let Some(person) = filter.lecturer {
        query = query.filter(taught_by(person));
    }
    if let Some(text) = filter.query.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let title = Expr::expr(Func::lower(Expr::col(course::Column::Title)));
        query = query.filter(title.like(containing(text)));
    }
    query
}

/// Sort key of a list: required first, then the newest, then the id.
pub type CourseKey = (bool, Millis, CourseId);

pub fn course_key(course: &Course) -> CourseKey {
    (course.required, course.created_at, course.id)
}

/// A page and the total, which is exact to 10 000.
pub async fn list(
    db: &impl ConnectionTrait,
    sight: &Sight,
    filter: &CourseFilter,
    page: &Page,
) -> Result<(Vec<Course>, u64)> {
    let query = filtered(sight, filter);
    let total = query.clone().limit(COUNTED).count(db).await?;
    let mut query = query
        .order_by_desc(course::Column::Required)
        .order_by_desc(course::Column::CreatedAt)
        .order_by_desc(course::Column::Id);
    if let Some((required, created, id)) = page.after::<CourseKey>()? {
        let same = || Condition::all().add(course::Column::Required.eq(required));
        let mut later = Condition::any()
            .add(same().add(course::Column::CreatedAt.lt(created)))
            .add(same().add(course::Column::CreatedAt.eq(created)).add(course::Column::Id.lt(id.uuid())));
        if required {
            later = later.add(course::Column::Required.eq(false));
        }
        query = query.filter(later);
    }
    let rows = query.limit(page.limit()).all(db).await?;
    Ok((with_lecturers(db, rows).await?, total))
}

/// Published required courses for one of the audiences.
pub async fn required_courses(db: &impl ConnectionTrait, audiences: &[String]) -> Result<Vec<Course>> {
    let query = course::Entity::find()
        .filter(course::Column::Status.eq(Status::Published.name()))
        .filter(course::Column::Required.eq(true))
        .filter(course::Column::Audience.is_in(audiences.iter().map(String::as_str)))
        .order_by_asc(course::Column::CreatedAt)
        .order_by_asc(course::Column::Id);
    with_lecturers(db, query.all(db).await?).await
}

pub async fn published(db: &impl ConnectionTrait) -> Result<Vec<CourseId>> {
    let rows = course::Entity::find().filter(course::Column::Status.eq(Status::Published.name())).all(db).await?;
    Ok(rows.into_iter().map(|row| row.id.into()).collect())
}

fn brief(row: lesson::Brief) -> Result<Lesson> {
    Ok(Lesson {
        id: row.id.into(),
        course: row.course.into(),
        chapter: row.chapter.into(),
        position: row.position,
        kind: word(LessonKind::parse(&row.kind), &row.kind)?,
        title: row.title,
        required: row.required,
        asset: row.asset.map(AssetId::new),
        duration_ms: row.duration_ms,
        characters: row.characters.and_then(|n| u32::try_from(n).ok()),
        version: row.version,
    })
}

pub async fn lessons(db: &impl ConnectionTrait, ids: &[LessonId]) -> Result<Vec<Lesson>> {
    let query = lesson::Entity::find().filter(lesson::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    query.into_partial_model::<lesson::Brief>().all(db).await?.into_iter().map(brief).collect()
}

pub async fn outlines(db: &impl ConnectionTrait, ids: &[CourseId]) -> Result<HashMap<CourseId, Outline>> {
    let uuids = || ids.iter().map(|id| id.uuid());
    let chapters =
        chapter::Entity::find().filter(chapter::Column::Course.is_in(uuids())).order_by_asc(chapter::Column::Position);
    let chapters = chapters.all(db).await?;
    let found =
        lesson::Entity::find().filter(lesson::Column::Course.is_in(uuids())).order_by_asc(lesson::Column::Position);
    let mut lessons: HashMap<ChapterId, Vec<Lesson>> = HashMap::new();
    for row in found.into_partial_model::<lesson::Brief>().all(db).await? {
        let one = brief(row)?;
        lessons.entry(one.chapter).or_default().push(one);
    }
    let mut all: HashMap<CourseId, Outline> = HashMap::new();
    for course in courses_by_id(db, ids).await? {
        all.insert(course.id, Outline { course, chapters: Vec::new() });
    }
    for row in chapters {
        let own = Chapter { id: row.id.into(), course: row.course.into(), position: row.position, title: row.title };
        if let Some(outline) = all.get_mut(&own.course) {
            let inside = lessons.remove(&own.id).unwrap_or_default();
            outline.chapters.push((own, inside));
        }
    }
    Ok(all)
}

/// A reading's html and blocks as they are kept.
pub async fn text(db: &impl ConnectionTrait, id: LessonId) -> Result<(Option<String>, Option<String>)> {
    let row = lesson::Entity::find_by_id(id.uuid()).one(db).await?;
    Ok(row.map(|row| (row.html, row.blocks)).unwrap_or_default())
}

pub async fn chapter(db: &impl ConnectionTrait, id: ChapterId) -> Result<Option<Chapter>> {
    let row = chapter::Entity::find_by_id(id.uuid()).one(db).await?;
    Ok(row.map(|row| Chapter {
        id: row.id.into(),
        course: row.course.into(),
        position: row.position,
        title: row.title,
    }))
}

pub async fn captions_of(db: &impl ConnectionTrait, lesson: LessonId) -> Result<Vec<(CaptionsInfo, String)>> {
    let query = captions::Entity::find()
        .filter(captions::Column::Lesson.eq(lesson.uuid()))
        .order_by_asc(captions::Column::Language);
    let one =
        |row: captions::Model| (CaptionsInfo { id: row.id.into(), language: row.language, label: row.label }, row.vtt);
    Ok(query.all(db).await?.into_iter().map(one).collect())
}

pub async fn captions(db: &impl ConnectionTrait, id: CaptionsId) -> Result<Option<(LessonId, String)>> {
    let row = captions::Entity::find_by_id(id.uuid()).one(db).await?;
    Ok(row.map(|row| (row.lesson.into(), row.vtt)))
}

pub async fn insert_course(tx: &Tx, new: &Course, lecturer: PersonId) -> Result<()> {
    let row = course::ActiveModel {
        id: Set(new.id.uuid()),
        title: Set(new.title.clone()),
        summary: Set(new.summary.clone()),
        unit: Set(UnitId::uuid(new.unit)),
        audience: Set(new.audience.clone()),
        required: Set(new.required),
        hours: Set(new.hours.thousandths()),
        credits: Set(new.credits.thousandths()),
        status: Set(new.status.name().to_owned()),
        created_at: Set(new.created_at),
        published_at: Set(None),
    };
    course::Entity::insert(row).exec_without_returning(tx).await?;
    let row = lecturer::ActiveModel { course: Set(new.id.uuid()), person: Set(lecturer.uuid()) };
    lecturer::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn set_status(tx: &Tx, id: CourseId, status: Status, published_at: Option<Millis>) -> Result<()> {
    let mut row =
        course::ActiveModel { id: Set(id.uuid()), status: Set(status.name().to_owned()), ..Default::default() };
    if published_at.is_some() {
        row.published_at = Set(published_at);
    }
    course::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// How many chapters a course has.
pub async fn chapters(db: &impl ConnectionTrait, course: CourseId) -> Result<i32> {
    let there = chapter::Entity::find().filter(chapter::Column::Course.eq(course.uuid())).count(db).await?;
    Ok(i32::try_from(there).unwrap_or(i32::MAX))
}

pub async fn insert_chapter(tx: &Tx, new: &Chapter) -> Result<()> {
    let row = chapter::ActiveModel {
        id: Set(new.id.uuid()),
        course: Set(new.course.uuid()),
        position: Set(new.position),
        title: Set(new.title.clone()),
    };
    chapter::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Behind the chapter's last lesson; answers its place.
pub async fn insert_lesson(tx: &Tx, new: &Lesson, reading: Option<&Reading>, now: Millis) -> Result<i32> {
    let there = lesson::Entity::find().filter(lesson::Column::Chapter.eq(new.chapter.uuid())).count(tx).await?;
    let position = i32::try_from(there).unwrap_or(i32::MAX);
    let row = lesson::ActiveModel {
        id: Set(new.id.uuid()),
        course: Set(new.course.uuid()),
        chapter: Set(new.chapter.uuid()),
        position: Set(position),
        kind: Set(new.kind.name().to_owned()),
        title: Set(new.title.clone()),
        required: Set(new.required),
        asset: Set(new.asset.map(AssetId::uuid)),
        duration_ms: Set(new.duration_ms),
        html: Set(reading.map(|r| r.html.clone())),
        blocks: Set(reading.map(|r| serde_json::to_string(&r.blocks)).transpose()?),
        characters: Set(new.characters.map(|n| i32::try_from(n).unwrap_or(i32::MAX))),
        version: Set(new.version.clone()),
        created_at: Set(now),
    };
    lesson::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(position)
}

/// Fills the length of the lessons that show this asset; answers their courses.
pub async fn set_duration(tx: &Tx, asset: AssetId, duration_ms: i64) -> Result<Vec<CourseId>> {
    let of_asset = || lesson::Column::Asset.eq(asset.uuid());
    let filled = lesson::Entity::update_many().col_expr(lesson::Column::DurationMs, Expr::value(duration_ms));
    filled.filter(of_asset()).exec(tx).await?;
    let rows = lesson::Entity::find().filter(of_asset()).into_partial_model::<lesson::Brief>().all(tx).await?;
    let mut courses: Vec<CourseId> = rows.into_iter().map(|row| row.course.into()).collect();
    courses.sort();
    courses.dedup();
    Ok(courses)
}

/// One text a language; a second replaces the first.
pub async fn put_captions(
    tx: &Tx,
    id: CaptionsId,
    lesson: LessonId,
    language: &str,
    label: &str,
    vtt: String,
) -> Result<()> {
    let row = captions::ActiveModel {
        id: Set(id.uuid()),
        lesson: Set(lesson.uuid()),
        language: Set(language.to_owned()),
        label: Set(label.to_owned()),
        vtt: Set(vtt),
    };
    let again = OnConflict::columns([captions::Column::Lesson, captions::Column::Language])
        .update_columns([captions::Column::Id, captions::Column::Label, captions::Column::Vtt])
        .to_owned();
    captions::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}
