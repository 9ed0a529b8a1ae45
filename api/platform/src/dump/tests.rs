//! The same bytes from both engines, and rows that are refused change after they came back.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use kernel::Result;
use sea_orm::ConnectionTrait;

use super::{Filling, Snapshot, Table};
use crate::{
    Db, Outbox,
    testing::{self, TestBase},
};

/// What [`TestBase`] does not tell: where its database is.
struct Place {
    url: String,
    _folder: tempfile::TempDir,
    server: Option<(String, String)>,
}

impl Place {
    async fn each() -> Vec<Self> {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("x.db").display());
        let mut all = vec![Self { url, _folder: folder, server: None }];
        if let Ok(server) = std::env::var("XIANFENG_TEST_POSTGRES") {
            let name = testing::create(&server).await;
            let (url, server) = (format!("{server}/{name}"), Some((server, name)));
            all.push(Self { url, _folder: tempfile::tempdir().unwrap(), server });
        }
        all
    }
    async fn end(self) {
        if let Some((server, name)) = self.server {
            testing::drop_database(&server, &name).await;
        }
    }
}

const ROWS: [&str; 8] = [
    "INSERT INTO platform_event (at, name, payload) VALUES (-5, '名 \"quoted\" \\ back', '{\"a\": [1, null, \"\u{1F600}\"]}')",
    "INSERT INTO platform_event (at, name, payload) VALUES (9223372036854775807, '', 'line
break	tab')",
    "INSERT INTO platform_event (at, name, payload) VALUES (1, 'gone', 'x')",
    "DELETE FROM platform_event WHERE name = 'gone'",
    "INSERT INTO platform_job (kind, lane, payload, unique_key, outside, run_at) VALUES ('k', 'l', 'true', NULL, TRUE, 3)",
    "INSERT INTO platform_audit (id, at, actor, action, target, path) VALUES ($2, 1, NULL, 'a', '[]', '/')",
    "INSERT INTO platform_audit (id, at, actor, action, target, path) VALUES ($1, 1, $2, 'a', 'null', '/')",
    "UPDATE credits_head SET last_entry = 41",
];

async fn populate(db: &Db) -> Result<()> {
    let tx = db.begin().await?;
    for row in ROWS {
        let id = |n: u8| {
            let hex = format!("{n:02x}").repeat(16);
            if db.is_postgres() { format!("'{hex}'::uuid") } else { format!("X'{hex}'") }
        };
        tx.execute_unprepared(&row.replace("$1", &id(0x0a)).replace("$2", &id(0xf0))).await?;
    }
    // Shares as coverages are, and the ends of what a number can be.
    let shares = (1..2000).map(|n| f64::from(n) / 1997.0);
    let reals = shares.chain([0.1, 0.0, -1.0, 5e-324, f64::MAX, 123_456_789.123_456_78]);
    for (n, real) in reals.enumerate() {
        let id = format!("{n:032x}");
        let id = if db.is_postgres() { format!("'{id}'::uuid") } else { format!("X'{id}'") };
        let columns = "id, owner, file_name, purpose, status, progress, created_at, updated_at";
        let values = format!("{id}, {id}, 'f', 'VIDEO', 'READY', {real:e}, 1, 1");
        tx.execute_unprepared(&format!("INSERT INTO media_asset ({columns}) VALUES ({values})")).await?;
        let made = ["é", "Z", "a"].map(|name| format!("({id}, '{name}', 1, 1, 1)")).join(", ");
        let columns = "asset, name, width, height, bitrate";
        tx.execute_unprepared(&format!("INSERT INTO media_rendition ({columns}) VALUES {made}")).await?;
    }
    for (id, reverses) in [(1, "NULL"), (2, "1")] {
        let person = if db.is_postgres() {
            "'00000000000000000000000000000001'::uuid"
        } else {
            "X'00000000000000000000000000000001'"
        };
        tx.execute_unprepared(&format!(
            "INSERT INTO credits_entry (id, person, measure, amount, reason_key, rule, pack, reverses, day, posted_at) VALUES ({id}, {person}, 'POINTS', 1000, 'r{id}', 'x', 'p', {reverses}, 1, 1)"
        )).await?;
    }
    tx.commit().await
}

type Whole = (Vec<String>, BTreeMap<String, i64>, Vec<(Table, Vec<String>)>);

async fn whole(url: &str) -> Whole {
    let snapshot = Snapshot::of(url).await.unwrap();
    let mut tables = Vec::new();
    for table in snapshot.tables().await.unwrap() {
        let lines: Vec<String> = snapshot.lines(&table).await.unwrap().try_collect().await.unwrap();
        tables.push((table, lines));
    }
    let found = (snapshot.migrations().await.unwrap(), snapshot.counters().await.unwrap(), tables);
    snapshot.close().await.unwrap();
    found
}

fn texts(whole: &Whole) -> Vec<(String, Vec<String>)> {
    whole.2.iter().map(|(table, lines)| (table.name.clone(), lines.clone())).collect()
}

async fn fill(url: &str, (schema, counters, tables): &Whole) -> Result<Vec<String>> {
    let filling = Filling::begin(url, schema).await?;
    for (table, lines) in tables.iter().filter(|(_, lines)| !lines.is_empty()) {
        let many = filling.add(&table.name, &table.columns, &lines.join(",")).await?;
        assert_eq!(many, u64::try_from(lines.len()).unwrap(), "{}", table.name);
    }
    filling.finish(counters).await
}

#[tokio::test]
async fn what_comes_out_of_one_engine_goes_into_the_other_and_comes_out_the_same() {
    for from in Place::each().await {
        let db = Db::open(&from.url, 1).await.unwrap();
        db.migrate().await.unwrap();
        populate(&db).await.unwrap();
        let before = whole(&from.url).await;
        assert_eq!(before.1["platform_event"], 3, "{:?}", before.1);
        for to in Place::each().await {
            assert_eq!(fill(&to.url, &before).await.unwrap(), Vec::<String>::new());
            let after = whole(&to.url).await;
            assert_eq!((texts(&after), &after.1), (texts(&before), &before.1), "{} → {}", from.url, to.url);
            still_guarded(&to.url).await;
            assert!(Filling::begin(&to.url, &before.0).await.is_err_and(|e| e.refusal().is_some()), "a second time");
            to.end().await;
        }
        db.close().await.unwrap();
        from.end().await;
    }
}

async fn still_guarded(url: &str) {
    let db = Db::open(url, 1).await.unwrap();
    for sql in [
        "UPDATE credits_entry SET amount = 2",
        "DELETE FROM credits_entry",
        "DELETE FROM platform_audit",
        "DELETE FROM media_asset",
    ] {
        let tx = db.begin().await.unwrap();
        assert!(tx.execute_unprepared(sql).await.is_err(), "{url}: {sql}");
    }
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared("INSERT INTO platform_event (at, name, payload) VALUES (7, 'next', '')").await.unwrap();
    tx.commit().await.unwrap();
    let row = super::shape::rows(db.read(), "SELECT id FROM platform_event WHERE name = 'next'").await.unwrap();
    assert_eq!(row[0].try_get_by_index::<i64>(0).unwrap(), 4, "numbers are never given twice");
    db.close().await.unwrap();
}

#[tokio::test]
async fn a_snapshot_does_not_see_what_is_written_later_and_holds_nobody_up() {
    for test in TestBase::each(Outbox::default()).await {
        let snapshot = Snapshot::of(test.url()).await.unwrap();
        populate(&test.base.db).await.unwrap();
        let tables = snapshot.tables().await.unwrap();
        let events = tables.iter().find(|table| table.name == "platform_event").unwrap();
        let lines: Vec<String> = snapshot.lines(events).await.unwrap().try_collect().await.unwrap();
        assert_eq!(lines, Vec::<String>::new(), "{}", test.name);
        snapshot.close().await.unwrap();
        test.end().await;
    }
}

#[tokio::test]
async fn a_schema_from_the_future_or_of_nobody_is_refused_before_anything_is_made() {
    for to in Place::each().await {
        for schema in [vec![], vec!["m0001_platform".to_owned(), "m9999_future".to_owned()]] {
            let error = Filling::begin(&to.url, &schema).await.err().unwrap();
            assert!(error.refusal().is_some(), "{error}");
        }
        to.end().await;
    }
}

#[tokio::test]
async fn an_older_schema_is_brought_up_to_date_after_its_rows_came_in() {
    for to in Place::each().await {
        let filling =
            Filling::begin(&to.url, &["m0001_platform".to_owned(), "m0002_identity".to_owned()]).await.unwrap();
        let added = filling.finish(&BTreeMap::new()).await.unwrap();
        assert_eq!(added.first().map(String::as_str), Some("m0003_organisation"));
        to.end().await;
    }
}
