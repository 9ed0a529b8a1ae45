//! A folder of this machine: each write is on disk before it is acknowledged, empty folders go with their last file.

use std::path::Path;

use kernel::Result;
use object_store::local::LocalFileSystem;

pub fn open(folder: &Path) -> Result<LocalFileSystem> {
    std::fs::create_dir_all(folder)?;
    Ok(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true).with_automatic_cleanup(true))
}
