//! Every SQL statement of this house.

use kernel::{
    Connection, Error, Page, Refusal, Result,
    id::{AppealId, EntryId, PersonId},
};
use learning::Span;
use platform::Tx;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select, SqlErr, sea_query::Expr,
};

use crate::{
    model::{Answer, Appeal, Status, Subject},
    tables::appeal::{ActiveModel, Column, Entity, Model},
};

/// Keys of one `IN` list; SQLite takes 32 766 parameters.
const MANY: usize = 10_000;

fn appeal_of(row: Model) -> Result<Appeal> {
    let broken = || Error::broken("a stored appeal cannot be read");
    let subject = match (row.entry, row.course, row.lesson) {
        (Some(entry), _, _) => Subject::Entry(EntryId(entry)),
        (None, Some(course), Some(lesson)) => {
            let pairs: Vec<(i64, i64)> = serde_json::from_str(&row.spans)?;
            let spans = pairs.into_iter().map(|(start, end)| Span::new(start, end)).collect();
            Subject::Spans { course: course.into(), lesson: lesson.into(), version: row.version, spans }
        }
        _ => return Err(broken()),
    };
    let answer = match (row.answered_by, row.answered_at, row.answer, row.outcome) {
        (Some(by), Some(at), Some(text), Some(outcome)) => {
            Some(Answer { by: by.into(), at, text, outcome: EntryId(outcome), released_ms: row.released_ms })
        }
        _ => None,
    };
    Ok(Appeal {
        id: row.id.into(),
        person: row.person.into(),
        path: row.path,
        subject,
        reason: row.reason,
        status: Status::parse(&row.status).ok_or_else(broken)?,
        created_at: row.created_at,
        answer,
    })
}

pub async fn insert(tx: &Tx, new: &Appeal) -> Result<()> {
    let (entry, course, lesson, version, spans) = match &new.subject {
        Subject::Entry(entry) => (Some(entry.0), None, None, None, Vec::new()),
        Subject::Spans { course, lesson, version, spans } => {
            let pairs: Vec<(i64, i64)> = spans.iter().map(|span| (span.start, span.end)).collect();
            (None, Some(course.uuid()), Some(lesson.uuid()), version.clone(), pairs)
        }
    };
    let row = ActiveModel {
        id: Set(new.id.uuid()),
        person: Set(new.person.uuid()),
        path: Set(new.path.clone()),
        entry: Set(entry),
        course: Set(course),
        lesson: Set(lesson),
        spans: Set(serde_json::to_string(&spans)?),
        version: Set(version),
        reason: Set(new.reason.clone()),
        status: Set(new.status.name().to_owned()),
        created_at: Set(new.created_at),
        answered_by: Set(None),
        answered_at: Set(None),
        answer: Set(None),
        outcome: Set(None),
        released_ms: Set(None),
    };
    Entity::insert(row).exec_without_returning(tx).await.map_err(twice)?;
    Ok(())
}

/// The index lets one open appeal about an entry, and one about a lesson, stand for a person.
fn twice(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Refusal::conflict(
            "同一内容已有一份等待答复的复核申请。",
            "A request about this is already waiting for an answer.",
        )
        .into(),
        _ => error.into(),
    }
}

pub async fn find(db: &impl ConnectionTrait, id: AppealId) -> Result<Option<Appeal>> {
    Entity::find_by_id(id.uuid()).one(db).await?.map(appeal_of).transpose()
}

pub async fn find_many(db: &impl ConnectionTrait, ids: &[AppealId]) -> Result<Vec<Appeal>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(MANY) {
        let query = Entity::find().filter(Column::Id.is_in(some.iter().map(|id| id.uuid())));
        found.extend(query.all(db).await?.into_iter().map(appeal_of).collect::<Result<Vec<_>>>()?);
    }
    Ok(found)
}

/// For whoever is about to change it: others wait until this transaction ends.
pub async fn lock(tx: &Tx, id: AppealId) -> Result<Option<Appeal>> {
    Entity::find_by_id(id.uuid()).lock_exclusive().one(tx).await?.map(appeal_of).transpose()
}

pub async fn set_status(tx: &Tx, id: AppealId, status: Status) -> Result<()> {
    let row = ActiveModel { id: Set(id.uuid()), status: Set(status.name().to_owned()), ..Default::default() };
    Entity::update(row).exec(tx).await?;
    Ok(())
}

pub async fn set_answer(tx: &Tx, id: AppealId, status: Status, answer: &Answer) -> Result<()> {
    let row = ActiveModel {
        id: Set(id.uuid()),
        status: Set(status.name().to_owned()),
        answered_by: Set(Some(answer.by.uuid())),
        answered_at: Set(Some(answer.at)),
        answer: Set(Some(answer.text.clone())),
        outcome: Set(Some(answer.outcome.0)),
        released_ms: Set(answer.released_ms),
        ..Default::default()
    };
    Entity::update(row).exec(tx).await?;
    Ok(())
}

pub async fn count_open(db: &impl ConnectionTrait, person: PersonId) -> Result<u64> {
    let open = Entity::find().filter(Column::Person.eq(person.uuid())).filter(Column::Status.eq(Status::Open.name()));
    Ok(open.count(db).await?)
}

/// Newest first.
pub async fn of_person(db: &impl ConnectionTrait, person: PersonId, page: &Page) -> Result<Connection<Appeal>> {
    newest(db, Entity::find().filter(Column::Person.eq(person.uuid())), page).await
}

/// Of people at or beneath these paths, newest first.
pub async fn beneath(
    db: &impl ConnectionTrait,
    paths: &[String],
    status: Option<Status>,
    page: &Page,
) -> Result<Connection<Appeal>> {
    let mut query = Entity::find().filter(within(paths));
    if let Some(status) = status {
        query = query.filter(Column::Status.eq(status.name()));
    }
    newest(db, query, page).await
}

pub async fn count_open_beneath(db: &impl ConnectionTrait, paths: &[String]) -> Result<u64> {
    let open = Entity::find().filter(within(paths)).filter(Column::Status.eq(Status::Open.name()));
    Ok(open.count(db).await?)
}

fn within(paths: &[String]) -> Condition {
    paths.iter().fold(Condition::any(), |any, path| any.add(Column::Path.starts_with(path.as_str())))
}

async fn newest(db: &impl ConnectionTrait, mut query: Select<Entity>, page: &Page) -> Result<Connection<Appeal>> {
    if let Some(after) = page.after::<AppealId>()? {
        query = query.filter(Column::Id.lt(after.uuid()));
    }
    let rows = query.order_by_desc(Column::Id).limit(page.limit()).all(db).await?;
    let appeals = rows.into_iter().map(appeal_of).collect::<Result<Vec<_>>>()?;
    Ok(Connection::new(page, appeals, |appeal| appeal.id))
}

/// Of these entries, oldest first.
pub async fn of_entries(db: &impl ConnectionTrait, person: PersonId, entries: &[EntryId]) -> Result<Vec<Appeal>> {
    let mut found = Vec::new();
    for some in entries.chunks(MANY) {
        let query = Entity::find().filter(Column::Person.eq(person.uuid()));
        let rows = query.filter(Column::Entry.is_in(some.iter().map(|entry| entry.0)));
        found.extend(
            rows.order_by_asc(Column::Id).all(db).await?.into_iter().map(appeal_of).collect::<Result<Vec<_>>>()?,
        );
    }
    Ok(found)
}

/// Open ones go where the person went; answered ones stay where they were answered.
pub async fn follow(tx: &Tx, person: PersonId, path: &str) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Path, Expr::value(path))
        .filter(Column::Person.eq(person.uuid()))
        .filter(Column::Status.eq(Status::Open.name()))
        .exec(tx)
        .await?;
    Ok(())
}
