//! The folder of the index: generations, of which one is current. An index that is damaged, or was made by another format or dictionary, is set
//! aside and a new one begun: everything in it can be made again from the database, so nothing here is worth a failed start.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tantivy::schema::Schema;
use tantivy::{IndexSettings, store::Compressor};

use crate::folder::Folder;
use crate::lexicon::Lexicon;
use crate::{Error, tokenise};
use std::sync::Arc;

/// Raise it when fields or analysers change.
const FORMAT: u32 = 3;
/// Names the current generation; replaced in one step.
const CURRENT: &str = "current";
const STAMP: &str = "stamp";
/// Smaller than tantivy's own: a search shows texts from all over the index.
const BLOCK: usize = 6_144;

/// The folder; held against other processes as long as this lives, if it was taken.
pub(crate) struct Store {
    dir: PathBuf,
    stamp: String,
    _lock: File,
}

/// Held by whoever makes a new generation.
pub(crate) struct Building {
    _lock: File,
}

fn lock(dir: &Path, name: &str) -> Result<File, Error> {
    fs::create_dir_all(dir)?;
    let lock = File::options().create(true).append(true).open(dir.join(name))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::Busy(dir.display().to_string())),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

impl Store {
    pub fn open(dir: &Path, lexicon: &Lexicon) -> Result<Store, Error> {
        let lock = lock(dir, "lock")?;
        // The first version kept the index itself under this name.
        if dir.join(CURRENT).is_dir() {
            fs::remove_dir_all(dir.join(CURRENT))?;
        }
        Ok(Store { dir: dir.to_owned(), stamp: stamp(lexicon), _lock: lock })
    }

    /// For making a generation beside the process that has the index open.
    pub fn beside(dir: &Path, lexicon: &Lexicon) -> Result<Store, Error> {
        Ok(Store { dir: dir.to_owned(), stamp: stamp(lexicon), _lock: lock(dir, "beside")? })
    }

    pub fn building(&self) -> Result<Building, Error> {
        Ok(Building { _lock: lock(&self.dir, "building")? })
    }

    /// The folder of the current generation, if there is one.
    pub fn current(&self) -> Option<PathBuf> {
        let name = fs::read_to_string(self.dir.join(CURRENT)).ok()?;
        let name = name.trim();
        let plain = name.starts_with("g-") && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        plain.then(|| self.dir.join(name)).filter(|path| path.is_dir())
    }

    /// The index of a generation, if it is sound.
    pub fn sound(&self, path: &Path, schema: &Schema, lexicon: &Arc<Lexicon>) -> Result<tantivy::Index, String> {
        let found = fs::read_to_string(path.join(STAMP)).map_err(|error| format!("no stamp: {error}"))?;
        if found != self.stamp {
            return Err(format!("made as {found}, now {}", self.stamp));
        }
        // tantivy trusts lengths it reads: a cut file may panic rather than err
        let opened = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| examine(path, schema, lexicon)));
        opened.unwrap_or_else(|_| Err("damaged beyond reading".to_owned()))
    }

    /// A new generation. Its stamp is written last, so that a start that was cut short leaves none.
    pub fn begin(&self, schema: &Schema, lexicon: &Arc<Lexicon>) -> Result<(tantivy::Index, PathBuf), Error> {
        let numbers = self.generations()?.into_iter().filter_map(|path| number(&path));
        let mut next = numbers.max().unwrap_or(0) + 1;
        let path = loop {
            let path = self.dir.join(format!("g-{next}"));
            match fs::create_dir(&path) {
                Ok(()) => break path,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => next += 1,
                Err(error) => return Err(error.into()),
            }
        };
        let folder = Folder::open(&path).map_err(tantivy::TantivyError::from)?;
        let engine = tantivy::Index::create(folder, schema.clone(), settings())?;
        tokenise::register(engine.tokenizers(), lexicon);
        fs::write(path.join(STAMP), &self.stamp)?;
        Ok((engine, path))
    }

    /// Makes a generation the current one, in one step.
    pub fn switch(&self, path: &Path) -> io::Result<()> {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let fresh = self.dir.join("current.new");
        let mut file = File::create(&fresh)?;
        file.write_all(name.as_bytes())?;
        file.sync_all()?;
        fs::rename(fresh, self.dir.join(CURRENT))?;
        File::open(&self.dir)?.sync_all()
    }

    /// Takes away what is not current: generations before it, builds that never ended. Not while another process builds one.
    pub fn tidy(&self) {
        match self.building() {
            Ok(held) => self.sweep(&held),
            Err(error) => tracing::info!(%error, "an index is being made; what is old stays until that ends"),
        }
    }

    /// The same for who builds. What cannot be taken away costs only room.
    pub fn sweep(&self, _held: &Building) {
        let current = self.current();
        for path in self.generations().unwrap_or_default() {
            if Some(&path) != current.as_ref()
                && let Err(error) = fs::remove_dir_all(&path)
            {
                tracing::warn!(%error, path = %path.display(), "an old search index could not be taken away");
            }
        }
    }

    /// Keeps a damaged generation under another name.
    pub fn set_aside(&self, path: &Path) -> io::Result<()> {
        let aside = self.dir.join("aside");
        if aside.exists() {
            fs::remove_dir_all(&aside)?;
        }
        fs::rename(path, aside)
    }

    fn generations(&self) -> io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(&self.dir)?.filter_map(Result::ok).map(|entry| entry.path());
        Ok(entries.filter(|path| number(path).is_some()).collect())
    }
}

fn number(path: &Path) -> Option<u64> {
    path.file_name()?.to_str()?.strip_prefix("g-")?.parse().ok()
}

pub(crate) fn settings() -> IndexSettings {
    IndexSettings { docstore_compression: Compressor::Lz4, docstore_blocksize: BLOCK, ..IndexSettings::default() }
}

/// Opens everything once: the list of segments, their checksums, a reader.
fn examine(path: &Path, schema: &Schema, lexicon: &Arc<Lexicon>) -> Result<tantivy::Index, String> {
    let folder = Folder::open(path).map_err(|error| error.to_string())?;
    let engine = tantivy::Index::open(folder).map_err(|error| error.to_string())?;
    if engine.schema() != *schema {
        return Err("other fields".to_owned());
    }
    let damaged = engine.validate_checksum().map_err(|error| error.to_string())?;
    if !damaged.is_empty() {
        return Err(format!("damaged: {damaged:?}"));
    }
    tokenise::register(engine.tokenizers(), lexicon);
    engine.reader().map_err(|error| error.to_string())?;
    Ok(engine)
}

/// What the index was made with.
fn stamp(lexicon: &Lexicon) -> String {
    format!("{FORMAT}-{:016x}", lexicon.stamp)
}
