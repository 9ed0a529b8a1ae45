//! Many rows in one statement whose text does not change, so that it is prepared once. SQLite takes rows of parameters in a few fixed
//! numbers of rows; PostgreSQL takes one JSON parameter. Both are quicker than an ORM that builds the text anew for each batch.

use std::{
    collections::HashMap,
    fmt::Write,
    sync::{Mutex, OnceLock, PoisonError},
};

use kernel::Result;
use platform::{Tx, dialect};
use sea_orm::{ConnectionTrait, Statement, Value};

/// Where the rows go: a table's name, its key, its columns with their PostgreSQL types, and which of them an existing row is given anew.
pub struct Target {
    pub table: &'static str,
    pub key: &'static str,
    pub columns: &'static [(&'static str, &'static str)],
    pub renewed: &'static [&'static str],
}

/// Above this many, rows come in multiples of it.
const STEP: usize = 16;

/// Inserts the rows, each a value for each column; those whose key is there are renewed. No key may come twice.
pub async fn upsert(tx: &Tx, target: &'static Target, rows: Vec<Vec<Value>>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let statement = if dialect::lock_rows(tx).is_empty() { by_rows(target, rows) } else { by_json(target, rows)? };
    let backend = tx.get_database_backend();
    tx.execute_raw(Statement::from_sql_and_values(backend, statement.0, statement.1)).await?;
    Ok(())
}

/// SQLite: the last row is repeated until the number is one of few; writing it twice changes nothing.
fn by_rows(target: &'static Target, mut rows: Vec<Vec<Value>>) -> (String, Vec<Value>) {
    let many = if rows.len() > STEP { rows.len().next_multiple_of(STEP) } else { rows.len().next_power_of_two() };
    if let Some(last) = rows.last().cloned() {
        rows.resize(many, last);
    }
    (text(target, many), rows.into_iter().flatten().collect())
}

fn text(target: &'static Target, many: usize) -> String {
    static TEXTS: OnceLock<Mutex<HashMap<(&'static str, usize), String>>> = OnceLock::new();
    let mut texts = TEXTS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    texts.entry((target.table, many)).or_insert_with(|| rows_text(target, many)).clone()
}

fn rows_text(target: &Target, many: usize) -> String {
    let row = dialect::placeholders(target.columns.len());
    format!("{} VALUES {}{}", head(target), vec![row; many].join(", "), tail(target))
}

fn head(target: &Target) -> String {
    let columns: Vec<&str> = target.columns.iter().map(|(name, _)| *name).collect();
    format!("INSERT INTO {} ({})", target.table, columns.join(", "))
}

fn tail(target: &Target) -> String {
    let renewed: Vec<String> = target.renewed.iter().map(|name| format!("{name} = excluded.{name}")).collect();
    format!(" ON CONFLICT ({}) DO UPDATE SET {}", target.key, renewed.join(", "))
}

/// PostgreSQL: the rows as one JSON array of objects.
fn by_json(target: &'static Target, rows: Vec<Vec<Value>>) -> Result<(String, Vec<Value>)> {
    let names: Vec<&str> = target.columns.iter().map(|(name, _)| *name).collect();
    let types: Vec<String> = target.columns.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
    let sql = format!(
        "{} SELECT {} FROM json_to_recordset($1::json) AS x({}){}",
        head(target),
        names.join(", "),
        types.join(", "),
        tail(target),
    );
    let mut json = String::with_capacity(rows.len() * 400);
    json.push('[');
    for (at, row) in rows.into_iter().enumerate() {
        json.push_str(if at == 0 { "{" } else { ",{" });
        for (at, (name, value)) in names.iter().zip(row).enumerate() {
            write!(json, "{}\"{name}\":{}", if at == 0 { "" } else { "," }, plain(value)?)?;
        }
        json.push('}');
    }
    json.push(']');
    Ok((sql, vec![json.into()]))
}

/// The few kinds of values that these tables have.
fn plain(value: Value) -> Result<String> {
    Ok(match value {
        Value::BigInt(Some(number)) => number.to_string(),
        Value::Int(Some(number)) => number.to_string(),
        Value::Double(Some(number)) => number.to_string(),
        Value::Uuid(Some(id)) => format!("\"{id}\""),
        Value::String(Some(text)) => serde_json::to_string(&text)?,
        _ => "null".to_owned(),
    })
}
