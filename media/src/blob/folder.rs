//! A folder of this machine: each write is on disk before it is acknowledged, empty folders go with their last file.

use std::path::Path;

use kernel::Result;
use object_store::local::LocalFileSystem;

pub fn open(folder: &Path) -> Result<LocalFileSystem> {
    std::fs::create_dir_all(folder)?;
    Ok(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true).with_automatic_cleanup(true))
}

/// Gives a file a second name. What had that name before (of an attempt that was cut short) is replaced in one step.
pub fn link(file: &Path, place: &Path) -> std::io::Result<()> {
    let folder = place.parent().ok_or(std::io::ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(folder)?;
    let new = place.with_extension("new");
    if new.exists() {
        std::fs::remove_file(&new)?;
    }
    std::fs::hard_link(file, &new)?;
    std::fs::rename(&new, place)?;
    crate::sync_folder(folder)
}
