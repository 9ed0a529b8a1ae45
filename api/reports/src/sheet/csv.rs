//! CSV (RFC 4180) in UTF-8 with the byte order mark that Excel needs to read Chinese.

use std::io::{BufWriter, Write};

use kernel::Result;
use tempfile::NamedTempFile;

use super::{Cell, Head};
use crate::rules::csv_cell;

pub fn write(file: NamedTempFile, head: &Head, rows: impl Iterator<Item = Vec<Cell>>) -> Result<NamedTempFile> {
    let mut out = BufWriter::new(file);
    out.write_all("\u{feff}".as_bytes())?;
    for line in std::iter::once(&head.title).chain(&head.lines) {
        write!(out, "{}\r\n", csv_cell(line))?;
    }
    let names: Vec<String> = head.columns.iter().map(|column| csv_cell(&column.name)).collect();
    write!(out, "{}\r\n", names.join(","))?;
    for row in rows {
        let cells: Vec<String> = row.iter().map(text).collect();
        write!(out, "{}\r\n", cells.join(","))?;
    }
    Ok(out.into_inner()?)
}

/// Our own figures are no formulas, also below zero.
fn text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => csv_cell(text),
        Cell::Amount(amount) => amount.to_string(),
        Cell::Count(count) => count.to_string(),
        Cell::Empty => String::new(),
    }
}
