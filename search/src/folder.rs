//! Reads the files of the index by ordinary reads rather than by mapping them into memory: a mapped file that is cut short ends the whole process
//! at the next look into it, a read that fails is an error like any other. What every search needs is kept in memory, shared by all readers.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tantivy::HasLen;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, OwnedBytes, WatchCallback, WatchHandle, WritePtr,
};

/// Stored texts and positions are read when they are needed; all else is kept.
const READ_WHEN_NEEDED: [&str; 2] = ["store", "pos"];

#[derive(Clone)]
pub(crate) struct Folder {
    path: PathBuf,
    /// Writing, locking and deleting are its.
    files: MmapDirectory,
    open: Arc<Mutex<HashMap<PathBuf, Weak<Opened>>>>,
}

impl Folder {
    pub fn open(path: &Path) -> Result<Folder, tantivy::directory::error::OpenDirectoryError> {
        Ok(Folder { path: path.to_owned(), files: MmapDirectory::open(path)?, open: Arc::default() })
    }
}

impl fmt::Debug for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Folder({})", self.path.display())
    }
}

struct Opened {
    file: File,
    len: usize,
    kept: Option<OwnedBytes>,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened({} bytes)", self.len)
    }
}

impl Opened {
    fn open(path: &Path, when_needed: bool) -> io::Result<Opened> {
        let file = File::open(path)?;
        let len = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
        let mut opened = Opened { file, len, kept: None };
        if !when_needed {
            opened.kept = Some(opened.read(0..len)?);
        }
        Ok(opened)
    }

    fn read(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        let mut bytes = vec![0; range.end.saturating_sub(range.start)];
        let from = u64::try_from(range.start).map_err(io::Error::other)?;
        self.file.read_exact_at(&mut bytes, from)?;
        Ok(OwnedBytes::new(bytes))
    }
}

impl HasLen for Opened {
    fn len(&self) -> usize {
        self.len
    }
}

impl FileHandle for Opened {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.start > range.end || range.end > self.len {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "beyond the end of the file"));
        }
        match &self.kept {
            Some(bytes) => Ok(bytes.slice(range)),
            None => self.read(range),
        }
    }
}

impl Directory for Folder {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = open.get(path).and_then(Weak::upgrade) {
            return Ok(known);
        }
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let opened = Opened::open(&self.path.join(path), READ_WHEN_NEEDED.contains(&extension));
        let opened = Arc::new(opened.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.to_owned()),
            _ => OpenReadError::wrap_io_error(error, path.to_owned()),
        })?);
        open.retain(|_, known| known.strong_count() > 0);
        open.insert(path.to_owned(), Arc::downgrade(&opened));
        Ok(opened)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
        self.files.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.files.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.files.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.files.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.files.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.files.acquire_lock(lock)
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        // Readers are told by whoever writes.
        Ok(WatchHandle::empty())
    }
}
