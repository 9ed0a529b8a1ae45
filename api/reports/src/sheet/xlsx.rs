//! XLSX in constant memory: each row goes to disk as it comes.

use kernel::Result;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};
use tempfile::NamedTempFile;

use super::{Cell, Head};

pub fn write(file: NamedTempFile, head: &Head, rows: impl Iterator<Item = Vec<Cell>>) -> Result<NamedTempFile> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_timestamp(head.at / 1000)?;
    workbook.set_properties(&DocProperties::new().set_title(&head.title).set_creation_datetime(&made));
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    let (title, bold) = (Format::new().set_bold().set_font_size(14), Format::new().set_bold());
    // Widths and panes come first: what is written cannot be gone back to.
    for (at, column) in (0_u16..).zip(&head.columns) {
        sheet.set_column_width(at, f64::from(column.width))?;
    }
    let names = u32::try_from(head.lines.len())? + 1;
    sheet.set_freeze_panes(names + 1, 0)?;
    sheet.write_string_with_format(0, 0, &head.title, &title)?;
    for (at, line) in (1_u32..).zip(&head.lines) {
        sheet.write_string(at, 0, line)?;
    }
    for (at, column) in (0_u16..).zip(&head.columns) {
        sheet.write_string_with_format(names, at, &column.name, &bold)?;
    }
    for (at, row) in (names + 1..).zip(rows) {
        write_row(sheet, at, &row)?;
    }
    workbook.save(file.path())?;
    Ok(file)
}

fn write_row(sheet: &mut Worksheet, at: u32, row: &[Cell]) -> Result<()> {
    for (column, cell) in (0_u16..).zip(row) {
        match cell {
            Cell::Text(text) => sheet.write_string(at, column, text)?,
            Cell::Amount(amount) => sheet.write_number(at, column, amount.to_string().parse::<f64>()?)?,
            Cell::Count(count) => sheet.write_number(at, column, f64::from(u32::try_from(*count)?))?,
            Cell::Empty => sheet,
        };
    }
    Ok(())
}
