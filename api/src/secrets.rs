//! Secrets of this school, made at first start in `<data-dir>/secrets`: the folder 0700, files 0600, never in the database or the log.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

/// 32 random bytes of the file `name`, made if it is not there.
pub fn secret(data_dir: &Path, name: &str) -> io::Result<[u8; 32]> {
    let folder = data_dir.join("secrets");
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    let path = folder.join(name);
    match fs::read(&path) {
        Ok(bytes) => {
            bytes.try_into().map_err(|_| io::Error::other(format!("{} does not hold 32 bytes", path.display())))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(&path),
        Err(error) => Err(error),
    }
}

/// Written beside and renamed, so that a cut never leaves half a secret.
fn make(path: &Path) -> io::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let fresh = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    Ok(bytes)
}

/// The data folder, made 0700 when it is not there; and the lock that keeps a second program off it for as long as it is held.
pub fn lock(data_dir: &Path) -> Result<File, String> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data_dir)
        .map_err(|e| format!("{}: {e}", data_dir.display()))?;
    let path = data_dir.join("lock");
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
    let file = file.map_err(|e| format!("{}: {e}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(format!(
            "{}: 另一个 xianfeng 正在使用此数据目录。Another xianfeng is using this data folder.",
            data_dir.display()
        )),
        Err(fs::TryLockError::Error(error)) => Err(format!("{}: {error}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn is_private(path: &Path) -> bool {
        fs::metadata(path).unwrap().permissions().mode() & 0o077 == 0
    }

    #[test]
    fn a_secret_is_made_once_and_nobody_else_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let first = secret(folder.path(), "media").unwrap();
        assert_eq!(secret(folder.path(), "media").unwrap(), first);
        assert_ne!(secret(folder.path(), "checkpoint").unwrap(), first);
        assert!(is_private(&folder.path().join("secrets")));
        assert!(is_private(&folder.path().join("secrets/media")));
        fs::write(folder.path().join("secrets/media"), "short").unwrap();
        assert!(secret(folder.path(), "media").is_err());
    }

    #[test]
    fn a_second_program_is_kept_off_the_data_folder() {
        let folder = tempfile::tempdir().unwrap();
        let held = lock(folder.path()).unwrap();
        assert!(lock(folder.path()).is_err());
        drop(held);
        assert!(lock(folder.path()).is_ok());
    }
}
