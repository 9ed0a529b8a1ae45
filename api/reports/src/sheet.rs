//! A sheet as rows of plain cells, and its two writers. They run on a thread of their own and hold one row at a time.

mod csv;
mod xlsx;

use kernel::{Amount, Millis, Result};
use tempfile::NamedTempFile;

use crate::model::ExportFormat;

/// What stands above the rows: a title, sentences, the names of the columns.
#[derive(Debug, Clone)]
pub struct Head {
    pub title: String,
    pub lines: Vec<String>,
    pub columns: Vec<Column>,
    /// When it was made.
    pub at: Millis,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    /// In characters.
    pub width: u32,
}

impl Column {
    pub fn new(name: impl Into<String>, width: u32) -> Self {
        Self { name: name.into(), width }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Text(String),
    Amount(Amount),
    Count(u64),
    /// Not there, which is not zero.
    Empty,
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
    pub fn amount(amount: Option<Amount>) -> Self {
        amount.map_or(Self::Empty, Self::Amount)
    }
}

/// Writes a temporary file that is gone when it is dropped.
pub fn write(format: ExportFormat, head: &Head, rows: impl Iterator<Item = Vec<Cell>>) -> Result<NamedTempFile> {
    let file = NamedTempFile::new()?;
    match format {
        ExportFormat::Xlsx => xlsx::write(file, head, rows),
        ExportFormat::Csv => csv::write(file, head, rows),
    }
}
