//! Every SQL statement of this house: courses and who may see them here, what is in them in [`content`].

pub mod content;
pub mod drafts;
pub mod labels;
pub mod questions;
pub mod recognition;
pub mod reviews;
pub mod uses;
pub mod versions;

use std::collections::HashMap;

use kernel::{
    Amount, Connection, Error, Millis, Page, Result,
    id::{CourseId, PersonId, Uuid},
};
use platform::Tx;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{LikeExpr, Query, SelectStatement},
};

use crate::{
    model::{Course, CourseFilter, Status},
    rules,
    tables::{course, lecturer},
};

/// Keys of one `IN` list; SQLite takes 32 766 parameters.
pub(crate) const MANY: usize = 10_000;

pub(crate) fn word<T>(parsed: Option<T>, text: &str) -> Result<T> {
    parsed.ok_or_else(|| Error::broken(format!("a stored word that is not known: {text}")))
}

/// Which courses somebody finds.
pub enum Sight {
    /// Those that the person teaches, whatever their status.
    Taught(PersonId),
    /// Published ones for these audiences or at or beneath these paths; and what the person teaches, where one is named.
    Shelf { audiences: Vec<String>, beneath: Vec<String>, teacher: Option<PersonId> },
}

impl Sight {
    fn condition(&self) -> Condition {
        match self {
            Self::Taught(person) => Condition::all().add(course::Column::Id.in_subquery(taught_by(*person))),
            Self::Shelf { audiences, beneath, teacher } => {
                let mut near = Condition::any().add(course::Column::Audience.is_in(audiences.iter().cloned()));
                for path in beneath {
                    near = near.add(course::Column::Audience.starts_with(path.as_str()));
                }
                let published = course::Column::Status.eq(Status::Published.name());
                let shelf = Condition::any().add(Condition::all().add(published).add(near));
                match teacher {
                    Some(person) => shelf.add(course::Column::Id.in_subquery(taught_by(*person))),
                    None => shelf,
                }
            }
        }
    }
}

fn taught_by(person: PersonId) -> SelectStatement {
    let theirs = lecturer::Column::Person.eq(person.uuid());
    Query::select().column(lecturer::Column::Course).from(lecturer::Entity).and_where(theirs).to_owned()
}

fn course_of(row: course::Model, lecturers: Vec<PersonId>) -> Result<Course> {
    Ok(Course {
        id: row.id.into(),
        title: row.title,
        summary: row.summary,
        unit: row.unit.into(),
        audience: row.audience,
        required: row.required,
        hours: Amount::milli(row.hours),
        credits: Amount::milli(row.credits),
        status: word(Status::parse(&row.status), &row.status)?,
        lecturers,
        created_at: row.created_at,
        published_at: row.published_at,
        characters_per_minute: u32::try_from(row.characters_per_minute)?,
        draft_of: row.draft_of.map(CourseId::new),
        source: row.source,
        edition: row.edition,
        version: u32::try_from(row.version)?,
        withdrawn_by: row.withdrawn_by.map(PersonId::new),
    })
}

/// In the order of the rows, with those who teach them.
async fn taught(db: &impl ConnectionTrait, rows: Vec<course::Model>) -> Result<Vec<Course>> {
    let ids = rows.iter().map(|row| row.id);
    let found = lecturer::Entity::find().filter(lecturer::Column::Course.is_in(ids));
    let mut lecturers: HashMap<CourseId, Vec<PersonId>> = HashMap::new();
    for row in found.order_by_asc(lecturer::Column::Person).all(db).await? {
        lecturers.entry(row.course.into()).or_default().push(row.person.into());
    }
    let with = |row: course::Model| {
        let own = lecturers.remove(&CourseId::new(row.id)).unwrap_or_default();
        course_of(row, own)
    };
    rows.into_iter().map(with).collect()
}

pub async fn find(db: &impl ConnectionTrait, id: CourseId) -> Result<Option<Course>> {
    Ok(find_many(db, &[id]).await?.pop())
}

pub async fn find_many(db: &impl ConnectionTrait, ids: &[CourseId]) -> Result<Vec<Course>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(MANY) {
        let rows =
            course::Entity::find().filter(course::Column::Id.is_in(some.iter().map(|id| id.uuid()))).all(db).await?;
        found.extend(taught(db, rows).await?);
    }
    Ok(found)
}

/// For whoever is about to change it: others wait until this transaction ends.
pub async fn lock(tx: &Tx, id: CourseId) -> Result<Option<Course>> {
    let rows: Vec<_> = course::Entity::find_by_id(id.uuid()).lock_exclusive().one(tx).await?.into_iter().collect();
    Ok(taught(tx, rows).await?.pop())
}

/// Required ones first, then the newest.
pub async fn list(
    db: &impl ConnectionTrait,
    sight: &Sight,
    filter: &CourseFilter,
    page: &Page,
) -> Result<Connection<Course>> {
    // A draft of a published course is found through that course.
    let all = course::Entity::find()
        .filter(course::Column::DraftOf.is_null())
        .filter(sight.condition())
        .filter(asked(filter));
    let total = all.clone().count(db).await?;
    let rows = after(all, page)?
        .order_by_desc(course::Column::Required)
        .order_by_desc(course::Column::ShelvedAt)
        .order_by_desc(course::Column::Id)
        .limit(page.limit())
        .all(db)
        .await?;
    let courses = taught(db, rows).await?;
    let key = |course: &Course| (course.required, course.published_at.unwrap_or(course.created_at), course.id);
    Ok(Connection::new(page, courses, key).with_total(total))
}

fn asked(filter: &CourseFilter) -> Condition {
    let mut condition = Condition::all();
    if let Some(query) = filter.query.as_deref().map(str::trim).filter(|query| !query.is_empty()) {
        let pattern = LikeExpr::new(rules::like_pattern(query)).escape('\\');
        condition = condition.add(course::Column::TitleKey.like(pattern));
    }
    if let Some(required) = filter.required {
        condition = condition.add(course::Column::Required.eq(required));
    }
    if let Some(person) = filter.lecturer {
        condition = condition.add(course::Column::Id.in_subquery(taught_by(person)));
    }
    condition
}

fn after(query: Select<course::Entity>, page: &Page) -> Result<Select<course::Entity>> {
    let Some((required, at, id)) = page.after::<(bool, Millis, CourseId)>()? else { return Ok(query) };
    let same_time = Condition::all().add(course::Column::ShelvedAt.eq(at)).add(course::Column::Id.lt(id.uuid()));
    let later = Condition::any().add(course::Column::ShelvedAt.lt(at)).add(same_time);
    let same = Condition::all().add(course::Column::Required.eq(required)).add(later);
    let behind = if required { Condition::any().add(course::Column::Required.eq(false)).add(same) } else { same };
    Ok(query.filter(behind))
}

/// Published required ones whose audience is one of these.
pub async fn required(db: &impl ConnectionTrait, audiences: &[String]) -> Result<Vec<Course>> {
    let rows = course::Entity::find()
        .filter(course::Column::Status.eq(Status::Published.name()))
        .filter(course::Column::Audience.is_in(audiences.iter().cloned()))
        .filter(course::Column::Required.eq(true))
        .order_by_asc(course::Column::ShelvedAt)
        .order_by_asc(course::Column::Id)
        .all(db)
        .await?;
    taught(db, rows).await
}

/// Published ones for these audiences that are filed under a tag: required ones first, then the newest.
pub async fn tagged(db: &impl ConnectionTrait, audiences: &[String]) -> Result<Vec<CourseId>> {
    let query = course::Entity::find()
        .filter(course::Column::Status.eq(Status::Published.name()))
        .filter(course::Column::Audience.is_in(audiences.iter().cloned()))
        .filter(course::Column::Id.in_subquery(labels::tagged()))
        .order_by_desc(course::Column::Required)
        .order_by_desc(course::Column::ShelvedAt)
        .order_by_desc(course::Column::Id);
    let ids: Vec<Uuid> = query.select_only().column(course::Column::Id).into_tuple().all(db).await?;
    Ok(ids.into_iter().map(CourseId::new).collect())
}

/// The next published ones behind an id, by id.
pub async fn published(db: &impl ConnectionTrait, after: Option<CourseId>, most: u64) -> Result<Vec<CourseId>> {
    let mut query = course::Entity::find().filter(course::Column::Status.eq(Status::Published.name()));
    if let Some(after) = after {
        query = query.filter(course::Column::Id.gt(after.uuid()));
    }
    let rows = query.order_by_asc(course::Column::Id).limit(most).all(db).await?;
    Ok(rows.into_iter().map(|row| row.id.into()).collect())
}

/// Published courses that one of these people teaches.
pub async fn published_by(db: &impl ConnectionTrait, people: &[PersonId]) -> Result<Vec<CourseId>> {
    let mut found = Vec::new();
    for some in people.chunks(MANY) {
        let theirs = lecturer::Column::Person.is_in(some.iter().map(|person| person.uuid()));
        let taught =
            Query::select().column(lecturer::Column::Course).from(lecturer::Entity).and_where(theirs).to_owned();
        let query = course::Entity::find().filter(course::Column::Status.eq(Status::Published.name()));
        let rows = query.filter(course::Column::Id.in_subquery(taught)).all(db).await?;
        found.extend(rows.into_iter().map(|row| CourseId::from(row.id)));
    }
    Ok(found)
}

pub async fn insert(tx: &Tx, new: &Course) -> Result<()> {
    course::Entity::insert(row_of(new)?).exec_without_returning(tx).await?;
    for person in &new.lecturers {
        let row = lecturer::ActiveModel { course: Set(new.id.uuid()), person: Set(person.uuid()) };
        lecturer::Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Everything but who teaches it.
pub async fn update(tx: &Tx, course: &Course) -> Result<()> {
    course::Entity::update(row_of(course)?).exec(tx).await?;
    Ok(())
}

fn row_of(course: &Course) -> Result<course::ActiveModel> {
    Ok(course::ActiveModel {
        id: Set(course.id.uuid()),
        title: Set(course.title.clone()),
        title_key: Set(rules::title_key(&course.title)),
        summary: Set(course.summary.clone()),
        unit: Set(course.unit.uuid()),
        audience: Set(course.audience.clone()),
        required: Set(course.required),
        hours: Set(course.hours.thousandths()),
        credits: Set(course.credits.thousandths()),
        status: Set(course.status.name().to_owned()),
        created_at: Set(course.created_at),
        published_at: Set(course.published_at),
        shelved_at: Set(course.published_at.unwrap_or(course.created_at)),
        characters_per_minute: Set(i32::try_from(course.characters_per_minute)?),
        draft_of: Set(course.draft_of.map(CourseId::uuid)),
        source: Set(course.source.clone()),
        edition: Set(course.edition.clone()),
        version: Set(i32::try_from(course.version)?),
        withdrawn_by: Set(course.withdrawn_by.map(PersonId::uuid)),
    })
}
