//! Every SQL statement of this house: entries are only ever inserted; balances and tallies follow in the same transaction.

pub mod adjust;
pub mod dry_run;
pub mod facts;
pub mod follow;
pub mod packs;
pub mod post;
pub mod rebuild;
pub mod seal;
pub mod tally;
pub mod waiting;

use std::collections::{HashMap, HashSet};

use kernel::{
    Amount, Connection, Day, Error, Page, Result,
    event::Measure,
    id::{CourseId, EntryId, LessonId, PersonId},
};
use platform::{Tx, dialect};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect, Value,
};

use crate::{
    model::{Balance, Entry, measure_name, measure_of},
    rules::{account, force::Packs},
    tables::{balance, entry},
};

const POINTS: &str = measure_name(Measure::Points);
/// Keys of one `IN` list; SQLite takes 32 766 parameters.
pub(crate) const MANY: usize = 10_000;
/// From so many people on, one pass over the whole tally is cheaper than looking each of them up.
const CROWD: usize = 500;

fn word<T>(parsed: Option<T>, text: &str) -> Result<T> {
    parsed.ok_or_else(|| Error::broken(format!("a stored word that is not known: {text}")))
}

fn day_of(number: i32) -> Result<Day> {
    Day::from_number(number).ok_or_else(|| Error::broken("a stored day that is none"))
}

fn entry_of(row: entry::Model, packs: &Packs) -> Result<Entry> {
    Ok(Entry {
        id: EntryId(row.id),
        person: row.person.into(),
        measure: word(measure_of(&row.measure), &row.measure)?,
        amount: Amount::milli(row.amount),
        rule: account::title(&row.rule).unwrap_or_else(|| packs.rule(&row.pack, &row.rule)),
        contra: row.contra.unwrap_or_else(|| account::contra(&row.rule)),
        hash: row.content_hash,
        pack: row.pack,
        course: row.course.map(CourseId::new),
        lesson: row.lesson.map(LessonId::new),
        note: row.note,
        reverses: row.reverses.map(EntryId),
        day: day_of(row.day)?,
        posted_at: row.posted_at,
    })
}

fn told(rows: Vec<entry::Model>, packs: &Packs) -> Result<Vec<Entry>> {
    rows.into_iter().map(|row| entry_of(row, packs)).collect()
}

const HEAD: &str = "SELECT last_entry FROM credits_head WHERE id = 1";

async fn read_head(db: &impl ConnectionTrait, sql: &str) -> Result<i64> {
    let row = db.query_one_raw(dialect::statement(db, sql, vec![])).await?;
    Ok(row.ok_or_else(|| Error::broken("the ledger has lost its head"))?.try_get("", "last_entry")?)
}

pub async fn head(db: &impl ConnectionTrait) -> Result<i64> {
    read_head(db, HEAD).await
}

/// Whoever holds the head is the only one who posts until the transaction ends: ids come in the order of commits, and what is looked up
/// after this is decided on safely.
pub async fn lock_head(tx: &Tx) -> Result<i64> {
    read_head(tx, &format!("{HEAD}{}", dialect::lock_rows(tx))).await
}

pub async fn is_taken(tx: &Tx, key: &str) -> Result<bool> {
    Ok(entry::Entity::find().filter(entry::Column::ReasonKey.eq(key)).one(tx).await?.is_some())
}

pub async fn find_many(db: &impl ConnectionTrait, packs: &Packs, ids: &[EntryId]) -> Result<Vec<Entry>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(MANY) {
        let rows = entry::Entity::find().filter(entry::Column::Id.is_in(some.iter().map(|id| id.0)));
        found.extend(told(rows.order_by_asc(entry::Column::Id).all(db).await?, packs)?);
    }
    Ok(found)
}

pub async fn entries(
    db: &impl ConnectionTrait,
    packs: &Packs,
    person: PersonId,
    measure: Option<Measure>,
    page: &Page,
) -> Result<Connection<Entry>> {
    let mut query = entry::Entity::find().filter(entry::Column::Person.eq(person.uuid()));
    if let Some(measure) = measure {
        query = query.filter(entry::Column::Measure.eq(measure_name(measure)));
    }
    if let Some(EntryId(after)) = page.after()? {
        query = query.filter(entry::Column::Id.lt(after));
    }
    let rows = query.order_by_desc(entry::Column::Id).limit(page.limit()).all(db).await?;
    Ok(Connection::new(page, told(rows, packs)?, |entry| entry.id))
}

pub async fn between(
    db: &impl ConnectionTrait,
    packs: &Packs,
    person: PersonId,
    after: i64,
    upto: i64,
) -> Result<Vec<Entry>> {
    let query = entry::Entity::find().filter(entry::Column::Person.eq(person.uuid()));
    let query = query.filter(entry::Column::Id.gt(after)).filter(entry::Column::Id.lte(upto));
    told(query.order_by_asc(entry::Column::Id).all(db).await?, packs)
}

pub async fn count(db: &impl ConnectionTrait) -> Result<u64> {
    Ok(entry::Entity::find().count(db).await?)
}

pub async fn balance(db: &impl ConnectionTrait, person: PersonId) -> Result<Balance> {
    let mut found = Balance::default();
    for row in balance::Entity::find().filter(balance::Column::Person.eq(person.uuid())).all(db).await? {
        let amount = Amount::milli(row.amount);
        match word(measure_of(&row.measure), &row.measure)? {
            Measure::Points => found.points = amount,
            Measure::Hours => found.hours = amount,
            Measure::Credits => found.credits = amount,
        }
    }
    Ok(found)
}

pub async fn points_by_day(
    db: &impl ConnectionTrait,
    person: PersonId,
    from: Day,
    to: Day,
) -> Result<Vec<(Day, Amount)>> {
    let sql = "SELECT day, CAST(SUM(amount) AS BIGINT) AS amount FROM credits_tally WHERE person = ? AND measure = ? \
               AND day >= ? AND day <= ? GROUP BY day HAVING SUM(amount) <> 0 ORDER BY day";
    let values = vec![person.uuid().into(), POINTS.into(), from.number().into(), to.number().into()];
    let rows = db.query_all_raw(dialect::statement(db, sql, values)).await?;
    rows.iter().map(|row| Ok((day_of(row.try_get("", "day")?)?, amount_of(row)?))).collect()
}

fn amount_of(row: &QueryResult) -> Result<Amount> {
    Ok(Amount::milli(row.try_get("", "amount")?))
}

pub async fn points_since(
    db: &impl ConnectionTrait,
    people: &[PersonId],
    from: Day,
) -> Result<HashMap<PersonId, Amount>> {
    let head = "SELECT person, CAST(SUM(amount) AS BIGINT) AS amount FROM credits_tally WHERE measure = ? AND day >= ?";
    sums(db, people, head, " GROUP BY person", vec![POINTS.into(), from.number().into()]).await
}

pub async fn points_ever(db: &impl ConnectionTrait, people: &[PersonId]) -> Result<HashMap<PersonId, Amount>> {
    sums(db, people, "SELECT person, amount FROM credits_balance WHERE measure = ?", "", vec![POINTS.into()]).await
}

/// Amounts by person: of a few by their ids, of a crowd in one pass.
async fn sums(
    db: &impl ConnectionTrait,
    people: &[PersonId],
    head: &str,
    tail: &str,
    mut values: Vec<Value>,
) -> Result<HashMap<PersonId, Amount>> {
    let wanted: HashSet<PersonId> = people.iter().copied().collect();
    let within = match wanted.len() {
        0 => return Ok(HashMap::new()),
        few @ 1..CROWD => {
            values.extend(wanted.iter().map(|person| Value::from(person.uuid())));
            format!(" AND person IN {}", dialect::placeholders(few))
        }
        _ => String::new(),
    };
    let rows = db.query_all_raw(dialect::statement(db, &format!("{head}{within}{tail}"), values)).await?;
    let read = |row: &QueryResult| Ok((PersonId::new(row.try_get("", "person")?), amount_of(row)?));
    let all = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().filter(|(person, amount)| !amount.is_zero() && wanted.contains(person)).collect())
}
