//! The ledger as a stream of points. Ids come in the order of commits, so what follows an id is all that is new.

use kernel::{
    Amount, Day, Millis, Result,
    id::{PersonId, Uuid},
};
use platform::dialect;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{POINTS, day_of, head};
use crate::{
    model::{Following, Standings},
    tables::entry,
};

/// The head is read by the same statement as the sums: both are of one moment.
const EVER: &str = "SELECT h.last_entry AS upto, b.person, b.amount FROM credits_head h \
                    LEFT JOIN credits_balance b ON b.measure = ? WHERE h.id = 1";
const SINCE: &str = "SELECT h.last_entry AS upto, t.person, CAST(SUM(t.amount) AS BIGINT) AS amount FROM credits_head h \
                     LEFT JOIN credits_tally t ON t.measure = ? AND t.day >= ? WHERE h.id = 1 \
                     GROUP BY h.last_entry, t.person";

pub async fn standings(db: &impl ConnectionTrait, from: Option<Day>) -> Result<Standings> {
    let (sql, values) = match from {
        Some(day) => (SINCE, vec![POINTS.into(), day.number().into()]),
        None => (EVER, vec![POINTS.into()]),
    };
    let mut found = Standings::default();
    for row in db.query_all_raw(dialect::statement(db, sql, values)).await? {
        found.upto = row.try_get("", "upto")?;
        let (person, amount): (Option<Uuid>, Option<i64>) = (row.try_get("", "person")?, row.try_get("", "amount")?);
        if let (Some(person), Some(amount)) = (person, amount.filter(|amount| *amount != 0)) {
            found.points.insert(PersonId::new(person), Amount::milli(amount));
        }
    }
    Ok(found)
}

pub async fn following(db: &impl ConnectionTrait, after: i64, most: i64) -> Result<Following> {
    let upto = head(db).await?.min(after.saturating_add(most));
    let query = entry::Entity::find().filter(entry::Column::Id.gt(after)).filter(entry::Column::Id.lte(upto));
    let rows: Vec<(Uuid, i32, i64)> = query
        .filter(entry::Column::Measure.eq(POINTS))
        .order_by_asc(entry::Column::Id)
        .select_only()
        .columns([entry::Column::Person, entry::Column::Day, entry::Column::Amount])
        .into_tuple()
        .all(db)
        .await?;
    let read = |(person, day, amount)| Ok((PersonId::new(person), day_of(day)?, Amount::milli(amount)));
    let points = rows.into_iter().map(read).collect::<Result<Vec<_>>>()?;
    Ok(Following { after_at: posted_at(db, after).await?, upto, upto_at: posted_at(db, upto).await?, points })
}

async fn posted_at(db: &impl ConnectionTrait, id: i64) -> Result<Option<Millis>> {
    Ok(entry::Entity::find_by_id(id).one(db).await?.map(|row| row.posted_at))
}
