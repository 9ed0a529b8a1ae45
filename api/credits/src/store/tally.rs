//! What was paid before, as far as a fact asks: rows of one person of one day, one week or one term at most, each found by an index, so that
//! the cost does not grow with the ledger.

use std::collections::HashMap;

use kernel::{
    Amount, Day, Millis, Result, Zone,
    event::Measure,
    id::{LessonId, PersonId},
};
use platform::{Tx, dialect};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{MANY, day_of, word};
use crate::{
    model::{NewEntry, measure_of},
    rules::{
        account,
        fact::Fact,
        force::Packs,
        pack::Pack,
        tally::{Needs, Pace, Sums, Tally},
    },
    tables::{entry, tally},
};

/// The days of the week and of the term around a day; `None` is not asked for.
#[derive(Debug, Clone, Copy)]
pub struct Spans {
    pub day: Day,
    pub week: Option<(Day, Day)>,
    pub term: Option<(Day, Day)>,
}

struct Row {
    day: Day,
    measure: Measure,
    rule: String,
    amount: Amount,
}

impl Spans {
    fn whole(&self) -> (Day, Day) {
        let all = [Some((self.day, self.day)), self.week, self.term];
        let (from, to) = (all.iter().flatten().map(|span| span.0), all.iter().flatten().map(|span| span.1));
        (from.min().unwrap_or(self.day), to.max().unwrap_or(self.day))
    }
    fn add(&self, sums: &mut Sums, row: &Row) {
        let within = |span: Option<(Day, Day)>| span.is_some_and(|(from, to)| from <= row.day && row.day <= to);
        if row.day == self.day {
            sums.day += row.amount;
        }
        if within(self.week) {
            sums.week += row.amount;
        }
        if within(self.term) {
            sums.term += row.amount;
        }
    }
}

/// `pack`: whose rules say which reversals keep their caps; `packs`: which keys are rules at all, for corrections count to no cap.
pub async fn tally(
    tx: &Tx,
    packs: &Packs,
    pack: &Pack,
    fact: &Fact,
    needs: &Needs,
    spans: Spans,
    zone: Zone,
) -> Result<Tally> {
    let mut found = Tally::default();
    let mut rows = paid(tx, fact.person, spans.whole()).await?;
    if needs.keeps {
        let kept = |row: &Row| pack.rule(&row.rule).is_some_and(|rule| !rule.frees);
        rows.extend(reversed(tx, fact.person, spans.whole()).await?.into_iter().filter(kept));
    }
    for row in rows.iter().filter(|row| packs.has_rule(&row.rule)) {
        spans.add(found.all.entry(row.measure).or_default(), row);
        spans.add(found.rules.entry(row.rule.clone()).or_default(), row);
    }
    for rule in &needs.paced {
        found.pace.insert(rule.clone(), pace(tx, rule, fact, zone).await?);
    }
    for some in needs.keys.chunks(MANY) {
        let query = entry::Entity::find().filter(entry::Column::ReasonKey.is_in(some));
        let rows = query.all(tx).await?;
        found.taken.extend(rows.into_iter().map(|row| (row.reason_key, row.lesson.map(LessonId::new))));
    }
    Ok(found)
}

/// Points by rule around a day; what people decided stands outside the day's caps.
pub async fn points_by_rule(
    db: &impl ConnectionTrait,
    person: PersonId,
    spans: Spans,
) -> Result<HashMap<String, Sums>> {
    let mut found: HashMap<String, Sums> = HashMap::new();
    let paid = paid(db, person, spans.whole()).await?;
    for row in paid.iter().filter(|row| row.measure == Measure::Points && !account::is_manual(&row.rule)) {
        spans.add(found.entry(row.rule.clone()).or_default(), row);
    }
    Ok(found)
}

async fn paid(db: &impl ConnectionTrait, person: PersonId, (from, to): (Day, Day)) -> Result<Vec<Row>> {
    let query = tally::Entity::find().filter(tally::Column::Person.eq(person.uuid()));
    let query = query.filter(tally::Column::Day.gte(from.number())).filter(tally::Column::Day.lte(to.number()));
    let read = |row: tally::Model| {
        let (day, measure) = (day_of(row.day)?, word(measure_of(&row.measure), &row.measure)?);
        Ok(Row { day, measure, rule: row.rule, amount: Amount::milli(row.amount) })
    };
    query.all(db).await?.into_iter().map(read).collect()
}

/// What reversals took back, as it stood before: reversals are few and have an index of their own.
async fn reversed(tx: &Tx, person: PersonId, (from, to): (Day, Day)) -> Result<Vec<Row>> {
    let sql = "SELECT day, measure, rule, amount FROM credits_entry \
               WHERE person = ? AND reverses IS NOT NULL AND day >= ? AND day <= ?";
    let values = vec![person.uuid().into(), from.number().into(), to.number().into()];
    let mut found = Vec::new();
    for row in tx.query_all_raw(dialect::statement(tx, sql, values)).await? {
        let measure: String = row.try_get("", "measure")?;
        found.push(Row {
            day: day_of(row.try_get("", "day")?)?,
            measure: word(measure_of(&measure), &measure)?,
            rule: row.try_get("", "rule")?,
            amount: -Amount::milli(row.try_get("", "amount")?),
        });
    }
    Ok(found)
}

async fn pace(tx: &Tx, rule: &str, fact: &Fact, zone: Zone) -> Result<Pace> {
    let (from, to) = zone.span(fact.day, fact.day);
    let one = async |what: &str, more: &str, values: Vec<Millis>| -> Result<Option<i64>> {
        let sql = format!("SELECT {what} AS found FROM credits_pace WHERE person = ? AND rule = ?{more}");
        let mut all = vec![fact.person.uuid().into(), rule.into()];
        all.extend(values.into_iter().map(sea_orm::Value::from));
        let row = tx.query_one_raw(dialect::statement(tx, &sql, all)).await?;
        Ok(row.map(|row| row.try_get("", "found")).transpose()?.flatten())
    };
    let payments = one("COUNT(*)", " AND at >= ? AND at < ?", vec![from, to]).await?.unwrap_or(0);
    Ok(Pace {
        payments: u32::try_from(payments).unwrap_or(u32::MAX),
        before: one("MAX(at)", " AND at <= ?", vec![fact.at]).await?,
        after: one("MIN(at)", " AND at > ?", vec![fact.at]).await?,
    })
}

/// Remembers the time of each payment of the rules that count them.
pub async fn note_pace(tx: &Tx, pack: &Pack, entries: &[NewEntry], at: Millis) -> Result<()> {
    let paced = |entry: &&NewEntry| !entry.amount.is_zero() && pack.rule(&entry.rule).is_some_and(|rule| rule.paced());
    for entry in entries.iter().filter(paced) {
        let sql = "INSERT INTO credits_pace (person, rule, at, reason) VALUES (?, ?, ?, ?)";
        let (rule, reason) = (entry.rule.as_str().into(), entry.reason_key.as_str().into());
        let values = vec![entry.person.uuid().into(), rule, at.into(), reason];
        tx.execute_raw(dialect::statement(tx, sql, values)).await?;
    }
    Ok(())
}
