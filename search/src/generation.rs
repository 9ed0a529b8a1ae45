//! One index as it lies in a folder: its writer, its readers, up to where it knows what was announced. Whatever fails leaves nothing half done: the
//! writer is thrown away with all that was not committed, and the next change begins a new one.

use std::collections::HashMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tantivy::merge_policy::{LogMergePolicy, MergePolicy, NoMergePolicy};
use tantivy::{IndexReader, IndexWriter, ReloadPolicy};

use crate::Error;
use crate::columns::Shelf;
use crate::document::Document;
use crate::schema::Fields;

/// What one indexing thread may gather in memory before it writes a segment.
const ARENA: usize = 32 << 20;
/// So many small segments are merged into one.
const FEW_SEGMENTS: usize = 4;
/// Threads that make a whole index; small changes need one.
const BUILDERS: usize = 2;

pub(crate) struct Generation {
    pub engine: tantivy::Index,
    pub path: Option<PathBuf>,
    fields: Fields,
    seat: Mutex<Option<IndexWriter>>,
    reader: IndexReader,
    shelf: RwLock<Arc<Shelf>>,
    /// Everything up to this announcement is in it; none while it was never filled.
    watermark: Mutex<Option<i64>>,
    broken: AtomicBool,
    /// How long the files are; they never change.
    lengths: Mutex<HashMap<PathBuf, u64>>,
}

impl Generation {
    pub fn open(engine: tantivy::Index, fields: Fields, path: Option<PathBuf>) -> Result<Generation, Error> {
        let reader = engine.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let shelf = Shelf::new(reader.searcher(), None)?;
        let watermark = engine.load_metas()?.payload.and_then(|payload| payload.parse().ok());
        let generation = Generation {
            engine,
            path,
            fields,
            seat: Mutex::new(None),
            reader,
            shelf: RwLock::new(Arc::new(shelf)),
            watermark: Mutex::new(watermark),
            broken: AtomicBool::new(false),
            lengths: Mutex::default(),
        };
        generation.is_whole();
        Ok(generation)
    }

    pub fn shelf(&self) -> Arc<Shelf> {
        self.shelf.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn watermark(&self) -> Option<i64> {
        *self.watermark.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }

    /// Runs a search; what panics or fails in it says that the index is damaged.
    pub fn careful<T>(&self, act: impl FnOnce(&Shelf) -> Result<T, Error>) -> Result<T, Error> {
        let shelf = self.shelf();
        let done = catch_unwind(AssertUnwindSafe(|| act(&shelf))).unwrap_or(Err(Error::Damaged));
        if let Err(Error::Engine(_) | Error::Damaged | Error::Folder(_)) = &done {
            self.broken.store(true, Ordering::Release);
            return Err(Error::Damaged);
        }
        done
    }

    /// Whether all files of the index are there, as long as they were. A merge may take files away between two looks, hence the second.
    pub fn is_whole(&self) -> bool {
        let Some(path) = &self.path else { return true };
        for _ in 0..3 {
            let Ok(metas) = self.engine.load_metas() else { continue };
            let mut lengths = self.lengths.lock().unwrap_or_else(PoisonError::into_inner);
            let mut whole = true;
            let mut seen = HashMap::new();
            for file in metas.list_segment_files() {
                let (known, now) =
                    (lengths.get(&file).copied(), fs::metadata(path.join(&file)).map(|file| file.len()).ok());
                whole &= known.is_none() || known == now;
                if let Some(length) = known.or(now) {
                    seen.insert(file, length);
                }
            }
            if whole {
                *lengths = seen;
                return true;
            }
            drop(lengths);
            std::thread::sleep(std::time::Duration::from_millis(30));
        }
        self.broken.store(true, Ordering::Release);
        false
    }

    /// Takes out everything of these groups and puts in these documents, in one commit that says how far it goes. Committed first; the mark is a
    /// part of the commit, so it is never ahead of what is there.
    pub fn replace(&self, groups: &[String], documents: &[Document], watermark: Option<i64>) -> Result<(), Error> {
        let watermark = watermark.or_else(|| self.watermark());
        let done = self.change(1, |writer| {
            for group in groups {
                writer.delete_term(Fields::term(self.fields.group, group));
            }
            for row in self.fields.rows(documents) {
                writer.add_document(row)?;
            }
            commit(writer, watermark)
        });
        self.settled(done, watermark)
    }

    /// Adds without committing: for filling a new one.
    pub fn add(&self, documents: &[Document]) -> Result<(), Error> {
        self.change(BUILDERS, |writer| {
            self.fields.rows(documents).try_for_each(|row| writer.add_document(row).map(drop))
        })
    }

    /// Commits all that was added as the whole there is up to a mark, in one segment.
    pub fn finish(&self, watermark: i64) -> Result<(), Error> {
        let done = self.change(BUILDERS, |writer| {
            commit(writer, Some(watermark))?;
            let segments = writer.index().searchable_segment_ids()?;
            if segments.len() > 1 {
                writer.merge(&segments).wait()?;
            }
            Ok(())
        });
        // A writer of many threads is for filling only.
        self.rest()?;
        self.settled(done, Some(watermark))
    }

    /// Lets go of the right to write, which others may want; the next change takes it again.
    pub fn rest(&self) -> Result<(), Error> {
        let writer = self.seat.lock().unwrap_or_else(PoisonError::into_inner).take();
        writer.map_or(Ok(()), |writer| Ok(writer.wait_merging_threads()?))
    }

    fn settled(&self, done: Result<(), Error>, watermark: Option<i64>) -> Result<(), Error> {
        if done.is_err() {
            self.is_whole();
        }
        done?;
        *self.watermark.lock().unwrap_or_else(PoisonError::into_inner) = watermark;
        self.reader.reload()?;
        let shelf = Shelf::new(self.reader.searcher(), Some(&self.shelf()))?;
        *self.shelf.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shelf);
        Ok(())
    }

    fn change(&self, threads: usize, act: impl FnOnce(&mut IndexWriter) -> tantivy::Result<()>) -> Result<(), Error> {
        let mut seat = self.seat.lock().unwrap_or_else(PoisonError::into_inner);
        let mut writer = match seat.take() {
            Some(writer) => writer,
            None => {
                let writer = self.engine.writer_with_num_threads(threads, ARENA * threads)?;
                writer.set_merge_policy(merging(threads > 1));
                writer
            }
        };
        act(&mut writer)?;
        *seat = Some(writer);
        Ok(())
    }
}

fn commit(writer: &mut IndexWriter, watermark: Option<i64>) -> tantivy::Result<()> {
    let mut prepared = writer.prepare_commit()?;
    if let Some(watermark) = watermark {
        prepared.set_payload(&watermark.to_string());
    }
    prepared.commit().map(drop)
}

/// What is filled is merged once, at the end: a merge that began by itself would hold segments which the last one wants. Else each search looks up
/// its words in every segment, so that few small ones may stay.
fn merging(filling: bool) -> Box<dyn MergePolicy> {
    if filling {
        return Box::new(NoMergePolicy);
    }
    let mut few = LogMergePolicy::default();
    few.set_min_num_segments(FEW_SEGMENTS);
    Box::new(few)
}
