//! The folder of the index. An index that is damaged, or was made by another format or dictionary, is set aside and a
//! new one begun: everything in it can be made again from the database, so nothing here is worth a failed start.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tantivy::schema::Schema;

use crate::{Error, schema, sound, tokenise};

/// Raise it when fields or analysers change.
const FORMAT: u32 = 1;

/// The folder, held against other processes as long as this lives.
pub(crate) struct Store {
    dir: PathBuf,
    _lock: File,
}

impl Store {
    pub fn open(dir: &Path) -> Result<Store, Error> {
        fs::create_dir_all(dir)?;
        let lock = File::options().create(true).append(true).open(dir.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Store { dir: dir.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Error::Busy(dir.display().to_string())),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// The index that is there if it is sound, else a new one.
    pub fn engine(&self, schema: &Schema) -> Result<tantivy::Index, Error> {
        if !self.current().exists() {
            return self.begin(schema);
        }
        match self.sound(schema) {
            Ok(engine) => Ok(engine),
            Err(reason) => {
                tracing::warn!(%reason, dir = %self.dir.display(), "the search index is set aside and begun anew");
                self.set_aside()?;
                self.begin(schema)
            }
        }
    }

    /// Whether the index once held all it should.
    pub fn filled(&self) -> bool {
        self.current().join("filled").exists()
    }

    pub fn set_filled(&self, filled: bool) -> io::Result<()> {
        let mark = self.current().join("filled");
        match filled {
            true => fs::write(mark, ""),
            false if mark.exists() => fs::remove_file(mark),
            false => Ok(()),
        }
    }

    fn current(&self) -> PathBuf {
        self.dir.join("current")
    }

    /// A stamp is written last, so a start that was cut short leaves none.
    fn begin(&self, schema: &Schema) -> Result<tantivy::Index, Error> {
        fs::create_dir_all(self.current())?;
        let engine = tantivy::Index::create_in_dir(self.current(), schema.clone())?;
        fs::write(self.current().join("stamp"), stamp())?;
        Ok(engine)
    }

    fn sound(&self, schema: &Schema) -> Result<tantivy::Index, String> {
        let found = fs::read_to_string(self.current().join("stamp")).map_err(|error| format!("no stamp: {error}"))?;
        if found != stamp() {
            return Err(format!("made as {found}, now {}", stamp()));
        }
        // tantivy trusts lengths it reads: a cut file may panic rather than err
        let opened = std::panic::catch_unwind(|| examine(&self.current(), schema));
        opened.unwrap_or_else(|_| Err("damaged beyond reading".to_owned()))
    }

    /// One is kept for whoever wants to look; an older one goes.
    fn set_aside(&self) -> io::Result<()> {
        let aside = self.dir.join("aside");
        if aside.exists() {
            fs::remove_dir_all(&aside)?;
        }
        fs::rename(self.current(), aside)
    }
}

/// Opens everything once: the list of segments, their checksums, a reader.
fn examine(path: &Path, schema: &Schema) -> Result<tantivy::Index, String> {
    let engine = tantivy::Index::open_in_dir(path).map_err(|error| error.to_string())?;
    if engine.schema() != *schema {
        return Err("other fields".to_owned());
    }
    let damaged = engine.validate_checksum().map_err(|error| error.to_string())?;
    if !damaged.is_empty() {
        return Err(format!("damaged: {damaged:?}"));
    }
    tokenise::register(engine.tokenizers());
    engine.reader().map_err(|error| error.to_string())?;
    Ok(engine)
}

/// What the index was made with.
fn stamp() -> String {
    let data = [tokenise::PARTY_TERMS, sound::POLYPHONES].concat();
    format!("{FORMAT}-{:016x}", schema::fingerprint(data.as_bytes()))
}
