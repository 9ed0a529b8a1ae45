//! The one writer of the index. Whatever fails leaves nothing half done: the writer is thrown away with all that
//! was not committed, and the next change begins a new one.

use std::sync::{Mutex, PoisonError};

use tantivy::IndexWriter;

use crate::Error;
use crate::document::Document;
use crate::schema::Fields;

/// What one indexing thread may gather in memory before it writes a segment.
const ARENA: usize = 48 << 20;

pub(crate) struct Writer {
    engine: tantivy::Index,
    fields: Fields,
    seat: Mutex<Option<IndexWriter>>,
}

impl Writer {
    /// Takes the writer's seat at once, so that a second process learns of it here and not in the middle of its work.
    pub fn open(engine: tantivy::Index, fields: Fields) -> Result<Self, Error> {
        let seat = Mutex::new(Some(begin(&engine)?));
        Ok(Writer { engine, fields, seat })
    }

    pub fn replace(&self, groups: &[String], documents: &[Document]) -> Result<(), Error> {
        self.change(|writer| {
            for group in groups {
                writer.delete_term(Fields::term(self.fields.group, group));
            }
            documents.iter().try_for_each(|document| writer.add_document(self.fields.row(document)).map(drop))
        })
    }

    pub fn clear(&self) -> Result<(), Error> {
        self.change(|writer| writer.delete_all_documents().map(drop))
    }

    fn change(&self, act: impl FnOnce(&IndexWriter) -> tantivy::Result<()>) -> Result<(), Error> {
        let mut seat = self.seat.lock().unwrap_or_else(PoisonError::into_inner);
        let mut writer = match seat.take() {
            Some(writer) => writer,
            None => begin(&self.engine)?,
        };
        act(&writer)?;
        writer.commit()?;
        *seat = Some(writer);
        Ok(())
    }
}

fn begin(engine: &tantivy::Index) -> Result<IndexWriter, Error> {
    Ok(engine.writer_with_num_threads(1, ARENA)?)
}
