//! The same documents and queries in what databases bring along: SQLite FTS5 with its trigram tokeniser, PostgreSQL with pg_trgm. Both know three
//! characters together and no words, so a word of two characters, which most Chinese words are, makes them read everything. PostgreSQL's own full
//! text is quick and sees no words in Chinese: a clause between two signs is one word to it.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::{Connection, params};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use search::{Document, Index, Kind};

use crate::{
    Outcome,
    report::{Measured, Report, Unit},
    search::{SCHOOL, asking, searcher},
};

/// Queries of each sort, and the time after which no further one is asked: some of them take as long as reading everything.
const MOST: usize = 200;
const PATIENCE: Duration = Duration::from_secs(8);

type Asked = (&'static str, Vec<String>);

pub fn measure(
    folder: &Path,
    documents: &[Document],
    asked: &[Asked],
    index: &Index,
    report: &mut Report,
) -> Outcome<()> {
    let words: Vec<&Asked> =
        asked.iter().filter(|(what, _)| !what.contains("pinyin") && !what.contains("question")).collect();
    let own: Vec<Measured> = words.iter().map(|(_, queries)| own(index, queries)).collect::<Outcome<_>>()?;
    let sqlite = sqlite(folder, documents, &words, report)?;
    tell("SQLite FTS5 trigram", &words, &sqlite, &own, report);
    match std::env::var("XIANFENG_TEST_POSTGRES") {
        Ok(server) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let postgres = runtime.block_on(postgres(&server, documents, &words, report))?;
            let (similar, full): (Vec<Measured>, Vec<Measured>) = postgres.into_iter().unzip();
            tell("PostgreSQL pg_trgm", &words, &similar, &own, report);
            tell("PostgreSQL full text ('simple')", &words, &full, &own, report);
        }
        Err(_) => {
            report.note("PostgreSQL was not measured: XIANFENG_TEST_POSTGRES names no server (tests/with-postgres.sh).")
        }
    }
    Ok(())
}

fn tell(who: &str, words: &[&Asked], theirs: &[Measured], own: &[Measured], report: &mut Report) {
    for (((what, _), theirs), own) in words.iter().zip(theirs).zip(own) {
        report.figure(format!("{who}, {what}, mean"), theirs, Some(("this index", own)), "");
    }
}

fn mean(times: &[Duration]) -> Measured {
    let many = u32::try_from(times.len()).unwrap_or(1).max(1);
    Measured::times([times.iter().sum::<Duration>() / many])
}

/// Asks in turn until patience ends.
fn each(queries: &[String], mut ask: impl FnMut(&str) -> Outcome<usize>) -> Outcome<Measured> {
    let (mut times, began) = (Vec::new(), Instant::now());
    for text in queries.iter().take(MOST) {
        let before = Instant::now();
        std::hint::black_box(ask(text)?);
        times.push(before.elapsed());
        if began.elapsed() > PATIENCE {
            break;
        }
    }
    Ok(mean(&times))
}

fn own(index: &Index, queries: &[String]) -> Outcome<Measured> {
    each(queries, |text| Ok(index.search(&searcher(), &asking(text))?.total))
}

fn wanted(kind: Kind) -> bool {
    kind != Kind::Course
}

fn sqlite(folder: &Path, documents: &[Document], asked: &[&Asked], report: &mut Report) -> Outcome<Vec<Measured>> {
    let mut db = Connection::open(folder.join("rival.db"))?;
    db.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA mmap_size = 1073741824; PRAGMA cache_size = -65536;
         CREATE TABLE doc (id INTEGER PRIMARY KEY, audience TEXT, wanted INTEGER);
         CREATE VIRTUAL TABLE found USING fts5 (title, body, tokenize = 'trigram');",
    )?;
    let began = Instant::now();
    let tx = db.transaction()?;
    {
        let mut doc = tx.prepare("INSERT INTO doc VALUES (?, ?, ?)")?;
        let mut found = tx.prepare("INSERT INTO found (rowid, title, body) VALUES (?, ?, ?)")?;
        for (n, document) in documents.iter().enumerate() {
            let id = i64::try_from(n)?;
            doc.execute(params![id, document.audience, wanted(document.kind)])?;
            found.execute(params![id, document.title, document.body])?;
        }
    }
    tx.commit()?;
    let rate = documents.len() as f64 / began.elapsed().as_secs_f64();
    report.figure("SQLite FTS5 trigram: indexing, documents", &Measured::new(Unit::PerSecond, vec![rate]), None, "");
    asked.iter().map(|(_, queries)| each(queries, |text| sqlite_asked(&db, text))).collect()
}

/// With MATCH where each word has three characters, else by looking through the text; counted, filtered, the best ten with a snippet.
fn sqlite_asked(db: &Connection, text: &str) -> Outcome<usize> {
    let college = format!("{SCHOOL}1/");
    let words: Vec<&str> = text.split(' ').collect();
    let long = words.iter().all(|word| word.chars().count() > 2);
    let gate = "JOIN doc ON doc.id = found.rowid AND doc.wanted = 1 AND doc.audience IN (?1, ?2)";
    let (condition, bound): (String, Vec<String>) = if long {
        let phrases: Vec<String> = words.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
        ("found MATCH ?3".to_owned(), vec![phrases.join(" AND ")])
    } else {
        let like = |n: usize| format!("(found.title || ' ' || found.body) LIKE ?{}", n + 3);
        let likes: Vec<String> = (0..words.len()).map(like).collect();
        (likes.join(" AND "), words.iter().map(|word| format!("%{word}%")).collect())
    };
    let values = || [SCHOOL.to_owned(), college.clone()].into_iter().chain(bound.clone());
    let count = format!("SELECT COUNT(*) FROM found {gate} WHERE {condition}");
    let total: i64 = db.prepare_cached(&count)?.query_row(rusqlite::params_from_iter(values()), |row| row.get(0))?;
    let (order, shown) =
        if long { ("ORDER BY bm25(found, 3.0, 1.0)", "snippet(found, 1, '[', ']', '…', 24)") } else { ("", "body") };
    let best = format!("SELECT found.title, {shown} FROM found {gate} WHERE {condition} {order} LIMIT 10");
    let mut best = db.prepare_cached(&best)?;
    let mut rows = best.query(rusqlite::params_from_iter(values()))?;
    while let Some(row) = rows.next()? {
        std::hint::black_box((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
    }
    Ok(usize::try_from(total)?)
}

async fn postgres(
    server: &str,
    documents: &[Document],
    asked: &[&Asked],
    report: &mut Report,
) -> Outcome<Vec<(Measured, Measured)>> {
    let db = Database::connect(format!("{server}/postgres")).await?;
    db.execute_unprepared(
        "CREATE EXTENSION IF NOT EXISTS pg_trgm; DROP TABLE IF EXISTS rival;
         CREATE TABLE rival (id BIGINT PRIMARY KEY, audience TEXT, wanted BOOLEAN, title TEXT, body TEXT, whole TEXT)",
    )
    .await?;
    let began = Instant::now();
    for (n, part) in documents.chunks(500).enumerate() {
        let row = |(at, d): (usize, &Document)| {
            let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
            let whole = format!("{} {}", d.title, d.body);
            let id = n * 500 + at;
            format!(
                "({id}, {}, {}, {}, {}, {})",
                text(&d.audience),
                wanted(d.kind),
                text(&d.title),
                text(&d.body),
                text(&whole)
            )
        };
        let rows: Vec<String> = part.iter().enumerate().map(row).collect();
        db.execute_unprepared(&format!("INSERT INTO rival VALUES {}", rows.join(", "))).await?;
    }
    db.execute_unprepared("CREATE INDEX rival_whole ON rival USING gin (whole gin_trgm_ops)").await?;
    let rate = documents.len() as f64 / began.elapsed().as_secs_f64();
    report.figure("PostgreSQL pg_trgm: indexing, documents", &Measured::new(Unit::PerSecond, vec![rate]), None, "");
    let began = Instant::now();
    db.execute_unprepared(
        "ALTER TABLE rival ADD COLUMN words TSVECTOR GENERATED ALWAYS AS (to_tsvector('simple', whole)) STORED;
         CREATE INDEX rival_words ON rival USING gin (words); ANALYZE rival",
    )
    .await?;
    let full = Measured::new(Unit::PerSecond, vec![documents.len() as f64 / began.elapsed().as_secs_f64()]);
    report.figure("PostgreSQL full text ('simple'): indexing, documents", &full, None, "");
    let (mut all, mut found) = (Vec::new(), 0);
    for (_, queries) in asked {
        let (similar, _) = in_turn(&db, queries, SIMILAR).await?;
        let (full, hits) = in_turn(&db, queries, FULL).await?;
        found += hits;
        all.push((similar, full));
    }
    report.note(format!(
        "PostgreSQL's full text found {found} documents for all these queries together: it does not cut Chinese into words."
    ));
    Ok(all)
}

/// What a query has to meet, for each of its words, and by what the best are chosen. `?` is the number of the word's parameter.
struct Rival {
    condition: &'static str,
    order: &'static str,
    like: bool,
}

const SIMILAR: Rival = Rival { condition: "whole LIKE $?", order: "similarity(whole, $3) DESC", like: true };
const FULL: Rival = Rival {
    condition: "words @@ plainto_tsquery('simple', $?)",
    order: "ts_rank(words, plainto_tsquery('simple', $3)) DESC",
    like: false,
};

/// The mean time, and how many documents were found.
async fn in_turn(db: &DatabaseConnection, queries: &[String], rival: Rival) -> Outcome<(Measured, i64)> {
    let (mut times, mut found, began) = (Vec::new(), 0, Instant::now());
    for text in queries.iter().take(MOST) {
        let before = Instant::now();
        found += postgres_asked(db, text, &rival).await?;
        times.push(before.elapsed());
        if began.elapsed() > PATIENCE {
            break;
        }
    }
    Ok((mean(&times), found))
}

async fn postgres_asked(db: &DatabaseConnection, text: &str, rival: &Rival) -> Outcome<i64> {
    let words: Vec<&str> = text.split(' ').collect();
    let each = (0..words.len()).map(|n| rival.condition.replace('?', &(n + 3).to_string()));
    let gate = format!("wanted AND audience IN ($1, $2) AND {}", each.collect::<Vec<_>>().join(" AND "));
    let mut values: Vec<sea_orm::Value> = vec![SCHOOL.into(), format!("{SCHOOL}1/").into()];
    values.extend(words.iter().map(|word| if rival.like { format!("%{word}%").into() } else { (*word).into() }));
    let ask = |sql: String| Statement::from_sql_and_values(DbBackend::Postgres, sql, values.clone());
    let counted = db.query_one_raw(ask(format!("SELECT COUNT(*) AS many FROM rival WHERE {gate}"))).await?;
    let best = format!("SELECT title, body FROM rival WHERE {gate} ORDER BY {} LIMIT 10", rival.order);
    db.query_all_raw(ask(best)).await?;
    Ok(counted.map(|row| row.try_get("", "many")).transpose()?.unwrap_or(0))
}
