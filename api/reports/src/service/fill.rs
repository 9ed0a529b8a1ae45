//! Filling a file: what the asker may see at this moment, row by row from one statement's snapshot to a thread that writes, then into the store.

use std::{collections::HashMap, pin::pin};

use futures::TryStreamExt;
use kernel::{Result, Zone, id::UnitId};
use organisation::School;
use tokio::sync::mpsc;

use super::{export::KEPT_MS, paths};
use crate::{
    Reports,
    model::{CreditRow, ExportKind, Filter, LiteracyLine, LiteracySheet, Order, Shown},
    rules,
    sheet::{self, Cell, Column, Head},
    store::{self, export::Made},
};

/// The progress is noted after so many rows.
const STEP: u64 = 2000;
/// Rows between reader and writer.
const AHEAD: usize = 256;

/// What every sheet needs to know.
struct Frame {
    school: School,
    scope: Vec<String>,
    filter: Filter,
    /// The filter in words.
    words: String,
    /// Each unit's title beneath the school's: `文学院 / 第一支部`.
    units: HashMap<UnitId, String>,
    zone: Zone,
}

impl Reports {
    pub(super) async fn fill(&self, order: &Order) -> Result<Made> {
        let frame = self.frame(order).await?;
        let (file, students) = match order.export.kind {
            ExportKind::CreditReport => self.credit_file(order, &frame).await?,
            ExportKind::LiteracyReport => self.literacy_file(order, &frame).await?,
        };
        self.media.blob().put_file(&order.object(), file.path()).await?;
        let (kind, extension) = (order.export.kind.title(), order.export.format.extension());
        Ok(Made {
            scope: frame.scope,
            students,
            file_name: format!("{kind}-{}.{extension}", self.base.today()),
            expires_at: self.base.now() + KEPT_MS,
        })
    }

    /// The asker's charges are read anew: what was taken away since is not in the file.
    async fn frame(&self, order: &Order) -> Result<Frame> {
        let filter = order.asked.filter();
        let charges = self.organisation.charges(order.asker).await?;
        let scope = self.scope(&charges, filter.unit).await?;
        let course = self.course_title(&scope, filter.course).await?;
        let unit = match filter.unit {
            Some(id) => self.organisation.unit(id).await?.map(|unit| unit.title),
            None => None,
        };
        Ok(Frame {
            school: self.organisation.school().await?,
            scope: paths(scope),
            words: rules::in_words(&filter, unit.as_deref(), course.as_deref()),
            units: self.unit_titles().await?,
            zone: self.base.zone,
            filter,
        })
    }

    async fn unit_titles(&self) -> Result<HashMap<UnitId, String>> {
        let root = self.organisation.root().await?;
        let units = self.organisation.units_beneath(std::slice::from_ref(&root.path)).await?;
        let mut chains: HashMap<UnitId, String> = HashMap::new();
        // Parents come before their children.
        for unit in units {
            let above = unit.parent.filter(|parent| *parent != root.id).and_then(|parent| chains.get(&parent));
            let chain = above.map_or_else(|| unit.title.clone(), |above| format!("{above} / {}", unit.title));
            chains.insert(unit.id, chain);
        }
        Ok(chains)
    }

    async fn credit_file(&self, order: &Order, frame: &Frame) -> Result<(tempfile::NamedTempFile, u64)> {
        let (db, shown) = (self.base.db.read(), Shown::at(&frame.school));
        let total = store::report::totals(db, &frame.scope, &frame.filter).await?.students.max(1);
        let head = self.head(order, frame, credit_columns(shown), Vec::new());
        let (rows, writer) = write_beside(order, head);
        let mut students = 0;
        let mut found = pin!(store::report::stream(db, &frame.scope, &frame.filter).await?);
        while let Some(row) = found.try_next().await? {
            // The writer is gone when it failed: why is told by its own answer.
            if rows.send(credit_cells(rules::masked(row, shown), frame)).await.is_err() {
                break;
            }
            students += 1;
            if students % STEP == 0 {
                self.progress(order.export.id, share(students, total)).await?;
            }
        }
        drop(rows);
        Ok((writer.await??, students))
    }

    async fn literacy_file(&self, order: &Order, frame: &Frame) -> Result<(tempfile::NamedTempFile, u64)> {
        let sheet = (self.literacy)(frame.scope.clone(), order.asked.term()).await?;
        let head = self.head(order, frame, literacy_columns(&sheet), literacy_lines(&sheet));
        let (rows, writer) = write_beside(order, head);
        let mut students = 0;
        for line in sheet.rows.into_iter().filter(|line| rules::fits(&frame.filter, &line.person)) {
            if rows.send(literacy_cells(line, frame)).await.is_err() {
                break;
            }
            students += 1;
        }
        drop(rows);
        Ok((writer.await??, students))
    }

    fn head(&self, order: &Order, frame: &Frame, columns: Vec<Column>, more: Vec<String>) -> Head {
        let at = self.base.now();
        let demo = frame.school.demo.then(|| "演示数据".to_owned());
        let known = format!("数据截至 {}", self.base.zone.minute(at));
        let lines = demo.into_iter().chain([known, frame.words.clone()]).chain(more).collect();
        Head { title: format!("{} {}", frame.school.name, order.export.kind.title()), lines, columns, at }
    }
}

type Writer = tokio::task::JoinHandle<Result<tempfile::NamedTempFile>>;

/// A thread that writes what it is sent.
fn write_beside(order: &Order, head: Head) -> (mpsc::Sender<Vec<Cell>>, Writer) {
    let (rows, mut received) = mpsc::channel(AHEAD);
    let format = order.export.format;
    let write = move || sheet::write(format, &head, std::iter::from_fn(|| received.blocking_recv()));
    (rows, tokio::task::spawn_blocking(write))
}

/// The last twentieth is the writing out.
fn share(done: u64, total: u64) -> f64 {
    let number = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    (number(done) / number(total.max(1))).min(1.0) * 0.95
}

fn credit_columns(shown: Shown) -> Vec<Column> {
    let mut columns = person_columns();
    columns.extend(shown.points.then(|| Column::new("积分", 10)));
    columns.push(Column::new("学时", 10));
    columns.extend(shown.credits.then(|| Column::new("党课学分", 10)));
    columns.extend([Column::new("完成课程数", 12), Column::new("最近学习时间", 18)]);
    columns
}

/// The same cells as [`credit_columns`] has columns: an amount that is not shown has none.
fn credit_cells(row: CreditRow, frame: &Frame) -> Vec<Cell> {
    let unit = frame.units.get(&row.unit).cloned().unwrap_or_default();
    let mut cells = vec![
        Cell::Text(row.number),
        Cell::Text(row.name),
        Cell::Text(unit),
        Cell::text(rules::stage_in_words(row.stage)),
    ];
    cells.extend(row.points.map(Cell::Amount));
    cells.push(Cell::Amount(row.hours));
    cells.extend(row.credits.map(Cell::Amount));
    let studied = row.last_studied_at.map_or(Cell::Empty, |at| Cell::Text(frame.zone.minute(at)));
    cells.extend([Cell::Count(row.courses_completed), studied]);
    cells
}

fn person_columns() -> Vec<Column> {
    vec![Column::new("学号", 16), Column::new("姓名", 12), Column::new("所在单位", 36), Column::new("阶段", 10)]
}

fn literacy_columns(sheet: &LiteracySheet) -> Vec<Column> {
    let mut columns = person_columns();
    columns.push(Column::new("政治素养得分", 14));
    columns.extend(sheet.indicators.iter().map(|name| Column::new(name.clone(), 16)));
    columns
}

fn literacy_lines(sheet: &LiteracySheet) -> Vec<String> {
    let term = sheet.term.as_ref().map_or("尚无学期", |term| &term.name);
    let scheme = format!("学期：{term}；评分方案：{}；满分 5 分，空白表示尚无得分", sheet.scheme);
    std::iter::once(scheme).chain(sheet.notes.iter().cloned()).collect()
}

fn literacy_cells(line: LiteracyLine, frame: &Frame) -> Vec<Cell> {
    let unit = line.person.unit.and_then(|unit| frame.units.get(&unit)).cloned().unwrap_or_default();
    let mut cells = vec![
        Cell::Text(line.person.number),
        Cell::Text(line.person.name),
        Cell::Text(unit),
        Cell::text(rules::stage_in_words(line.person.stage)),
        Cell::amount(line.score),
    ];
    cells.extend(line.indicators.into_iter().map(Cell::amount));
    cells
}
