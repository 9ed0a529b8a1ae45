//! Reading the credit report: one statement a page, one for the totals, one stream for an export.

use futures::{Stream, TryStreamExt};
use kernel::{
    Amount, Connection, Error, Millis, Page, Refusal, Result,
    id::{PersonId, UnitId},
};
use organisation::Stage;
use platform::dialect;
use sea_orm::{ConnectionTrait, QueryResult, Statement, StreamTrait, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    model::{CreditRow, Direction, Filter, SortField},
    rules,
};

/// Everything counted, whatever the school shows of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    pub students: u64,
    pub points: Amount,
    pub hours: Amount,
    pub credits: Amount,
}

/// A piece of SQL and what its parameters are.
#[derive(Clone, Default)]
struct Piece {
    sql: String,
    values: Vec<Value>,
}

impl Piece {
    fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), values: Vec::new() }
    }
    fn add(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(sql);
        self.values.extend(values);
    }
    fn join(&mut self, other: Self) {
        self.add(&other.sql, other.values);
    }
    fn statement(self, connection: &impl ConnectionTrait) -> Statement {
        dialect::statement(connection, &self.sql, self.values)
    }
}

pub async fn page(
    connection: &impl ConnectionTrait,
    scope: &[String],
    filter: &Filter,
    order: (SortField, Direction),
    page: &Page,
) -> Result<Connection<CreditRow>> {
    let columns = columns(order.0, order.1);
    let mut query = select(scope, filter);
    if let Some(place) = page.after::<Place>()? {
        query.add(" AND ", []);
        query.join(beyond(&columns, &place.checked(order)?));
    }
    query.add(&order_by(&columns), []);
    query.add(&format!(" LIMIT {}", page.limit()), []);
    let found = connection.query_all_raw(query.statement(connection)).await?;
    let rows = found.iter().map(Listed::read).collect::<Result<Vec<_>>>()?;
    Ok(Connection::new(page, rows, |row| Place::of(row, order)).map(|listed| listed.row))
}

/// Every student by name, as one statement sees them.
pub async fn stream<'a, C>(
    connection: &'a C,
    scope: &[String],
    filter: &Filter,
) -> Result<impl Stream<Item = Result<CreditRow>> + Send + 'a>
where
    C: ConnectionTrait + StreamTrait,
{
    let mut query = select(scope, filter);
    query.add(&order_by(&columns(SortField::Name, Direction::Asc)), []);
    let rows = connection.stream_raw(query.statement(connection)).await?;
    Ok(rows.map_err(Error::from).and_then(|row| std::future::ready(Listed::read(&row).map(|listed| listed.row))))
}

pub async fn totals(connection: &impl ConnectionTrait, scope: &[String], filter: &Filter) -> Result<Totals> {
    let mut query = Piece::new(
        "SELECT COUNT(*) AS students, CAST(COALESCE(SUM(t.points), 0) AS BIGINT) AS points, \
         CAST(COALESCE(SUM(t.hours), 0) AS BIGINT) AS hours, CAST(COALESCE(SUM(t.credits), 0) AS BIGINT) AS credits \
         FROM reports_student s",
    );
    query.join(earned(scope, filter));
    query.add(" WHERE ", []);
    query.join(listed(scope, filter));
    let Some(row) = connection.query_one_raw(query.statement(connection)).await? else { return Ok(Totals::default()) };
    let amount = |name: &str| row.try_get::<i64>("", name).map(Amount::milli);
    Ok(Totals {
        students: u64::try_from(row.try_get::<i64>("", "students")?)?,
        points: amount("points")?,
        hours: amount("hours")?,
        credits: amount("credits")?,
    })
}

fn select(scope: &[String], filter: &Filter) -> Piece {
    let courses = if narrowed(filter) { "c.courses" } else { "t.courses" };
    let mut query = Piece::new(format!(
        "SELECT s.person, s.number, s.name, s.sort_key, s.stage, s.unit, COALESCE(t.points, 0) AS points, \
         COALESCE(t.hours, 0) AS hours, COALESCE(t.credits, 0) AS credits, COALESCE({courses}, 0) AS courses, \
         l.last_studied_at FROM reports_student s LEFT JOIN reports_total l ON l.person = s.person"
    ));
    query.join(earned(scope, filter));
    if narrowed(filter) {
        query.join(aggregate("c", "COUNT(*) AS courses", "reports_completion", scope, filter));
    }
    query.add(" WHERE ", []);
    query.join(listed(scope, filter));
    query
}

/// Days or a course ask for sums; else the running totals serve.
const fn narrowed(filter: &Filter) -> bool {
    filter.course.is_some() || filter.from.is_some() || filter.to.is_some()
}

/// What was earned, joined as `t`.
fn earned(scope: &[String], filter: &Filter) -> Piece {
    if !narrowed(filter) {
        return Piece::new(" LEFT JOIN reports_total t ON t.person = s.person");
    }
    let sums = "CAST(SUM(d.points) AS BIGINT) AS points, CAST(SUM(d.hours) AS BIGINT) AS hours, \
                CAST(SUM(d.credits) AS BIGINT) AS credits";
    aggregate("t", sums, "reports_day", scope, filter)
}

/// One row for each listed student with anything in `table` within the days and of the course. Written as a cross join, because SQLite takes
/// that at its word and begins with the students: of a branch's few it reads only their days. PostgreSQL plans as it likes.
fn aggregate(alias: &str, what: &str, table: &str, scope: &[String], filter: &Filter) -> Piece {
    let from = format!(
        " LEFT JOIN (SELECT d.person, {what} FROM reports_student s CROSS JOIN {table} d WHERE d.person = s.person AND "
    );
    let mut piece = Piece::new(from);
    piece.join(listed(scope, filter));
    if let Some(from) = filter.from {
        piece.add(" AND d.day >= ?", [from.number().into()]);
    }
    if let Some(to) = filter.to {
        piece.add(" AND d.day <= ?", [to.number().into()]);
    }
    if let Some(course) = filter.course {
        piece.add(" AND d.course = ?", [course.uuid().into()]);
    }
    piece.add(&format!(" GROUP BY d.person) {alias} ON {alias}.person = s.person"), []);
    piece
}

/// Which students are in the report at all. A path is met by range: what begins with `1.3.` lies from `1.3.` to before `1.3/`.
fn listed(scope: &[String], filter: &Filter) -> Piece {
    let mut piece = Piece::new("(1 = 0");
    for path in scope {
        let end = format!("{}/", path.trim_end_matches('.'));
        piece.add(" OR (s.path >= ? AND s.path < ?)", [path.as_str().into(), end.into()]);
    }
    piece.add(")", []);
    if let Some(stage) = filter.stage {
        piece.add(" AND s.stage = ?", [stage.name().into()]);
    }
    if let Some(query) = &filter.query {
        piece.add(" AND s.lookup LIKE ? ESCAPE '\\'", [rules::like(query).into()]);
    }
    piece
}

/// One column of the order.
struct Column {
    expression: &'static str,
    descending: bool,
    value: fn(&Place) -> Value,
}

/// Who never studied comes last in either direction; equals stand by name, then number, then id.
fn columns(field: SortField, direction: Direction) -> Vec<Column> {
    let column = |expression, value| Column { expression, descending: direction == Direction::Desc, value };
    let amount = |expression| column(expression, |place: &Place| place.value.unwrap_or_default().into());
    let up = |column: Column| Column { descending: false, ..column };
    let key = || column("s.sort_key", |place: &Place| place.key.as_str().into());
    let number = || column("s.number", |place: &Place| place.number.as_str().into());
    let person = || column("s.person", |place: &Place| place.person.uuid().into());
    let by = |first: Vec<Column>| first.into_iter().chain([up(key()), up(number()), up(person())]).collect();
    match field {
        SortField::Name => vec![key(), number(), person()],
        SortField::Number => vec![number(), person()],
        SortField::Points => by(vec![amount("COALESCE(t.points, 0)")]),
        SortField::Hours => by(vec![amount("COALESCE(t.hours, 0)")]),
        SortField::Credits => by(vec![amount("COALESCE(t.credits, 0)")]),
        SortField::LastStudiedAt => by(vec![
            up(column("CASE WHEN l.last_studied_at IS NULL THEN 1 ELSE 0 END", |place| {
                i32::from(place.value.is_none()).into()
            })),
            amount("COALESCE(l.last_studied_at, 0)"),
        ]),
    }
}

fn order_by(columns: &[Column]) -> String {
    let one = |column: &Column| format!("{} {}", column.expression, if column.descending { "DESC" } else { "ASC" });
    format!(" ORDER BY {}", columns.iter().map(one).collect::<Vec<_>>().join(", "))
}

/// `a > ? OR (a = ? AND (b > ? OR …))`, whatever the direction of each.
fn beyond(columns: &[Column], place: &Place) -> Piece {
    let Some((first, rest)) = columns.split_first() else { return Piece::new("(1 = 0)") };
    let value = || (first.value)(place);
    let sign = if first.descending { "<" } else { ">" };
    let mut piece = Piece::new("");
    piece.add(&format!("({0} {sign} ? OR ({0} = ? AND ", first.expression), [value(), value()]);
    piece.join(beyond(rest, place));
    piece.add("))", []);
    piece
}

/// The place of a row in an order; it holds only in that order.
#[derive(Serialize, Deserialize)]
struct Place {
    order: String,
    value: Option<i64>,
    key: String,
    number: String,
    person: PersonId,
}

impl Place {
    fn of(listed: &Listed, order: (SortField, Direction)) -> Self {
        let amount = |amount: Option<Amount>| Some(amount.unwrap_or_default().thousandths());
        let row = &listed.row;
        let value = match order.0 {
            SortField::Name | SortField::Number => None,
            SortField::Points => amount(row.points),
            SortField::Hours => amount(Some(row.hours)),
            SortField::Credits => amount(row.credits),
            SortField::LastStudiedAt => row.last_studied_at,
        };
        let (key, number) = (listed.sort_key.clone(), row.number.clone());
        Self { order: order_name(order), value, key, number, person: row.person }
    }
    fn checked(self, order: (SortField, Direction)) -> Result<Self> {
        if self.order == order_name(order) {
            return Ok(self);
        }
        let (zh, en) =
            ("排序已改变，请从第一页重新开始。", "This cursor is of another order; start from the first page.");
        Err(Refusal::invalid("after", zh, en).into())
    }
}

fn order_name((field, direction): (SortField, Direction)) -> String {
    format!("{}{}", field.name(), if direction == Direction::Desc { "-" } else { "" })
}

struct Listed {
    row: CreditRow,
    sort_key: String,
}

impl Listed {
    fn read(found: &QueryResult) -> Result<Self> {
        let amount = |name: &str| found.try_get::<i64>("", name).map(Amount::milli);
        let stage: String = found.try_get("", "stage")?;
        let row = CreditRow {
            person: PersonId::new(found.try_get::<Uuid>("", "person")?),
            number: found.try_get("", "number")?,
            name: found.try_get("", "name")?,
            stage: Stage::parse(&stage).ok_or_else(|| Error::broken(format!("no stage is called {stage}")))?,
            unit: UnitId::new(found.try_get::<Uuid>("", "unit")?),
            points: Some(amount("points")?),
            hours: amount("hours")?,
            credits: Some(amount("credits")?),
            courses_completed: u64::try_from(found.try_get::<i64>("", "courses")?)?,
            last_studied_at: found.try_get::<Option<Millis>>("", "last_studied_at")?,
        };
        Ok(Self { row, sort_key: found.try_get("", "sort_key")? })
    }
}
