//! Where a school is put: a data folder that holds nothing yet. A folder `restoring` in it says that this is under way; it goes last.

use std::{
    fs::{self, File},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use crate::{
    backup::{archive, secrets as saved, told_of},
    config::Config,
    secrets,
};

const MARK: &str = "restoring";
/// What may be there before: the lock, an object store that was put back first, what a file system brings, the wish of a person.
const HARMLESS: [&str; 5] = ["lock", "objects", "lost+found", "missing-objects.txt", MARK];
/// What a restore that was cut short may have left beside its mark.
const OURS: [&str; 2] = ["secrets", "index"];

pub struct Place {
    data_dir: PathBuf,
    /// Of SQLite: the file that will be, filled under another name.
    database: Option<PathBuf>,
    url: String,
    _lock: File,
}

/// Refuses a data folder in which a restore was cut short.
pub fn unfinished(data_dir: &Path) -> Result<(), String> {
    if data_dir.join(MARK).exists() {
        return Err(format!(
            "{}: 恢复尚未完成，请重新执行 restore。A restore into this folder did not end: run it again.",
            data_dir.display()
        ));
    }
    Ok(())
}

impl Place {
    /// Marks an empty data folder. What an earlier restore left half done is removed.
    pub fn take(config: &Config) -> Result<Self, String> {
        let data_dir = config.data_dir.clone();
        let lock = secrets::lock(&data_dir)?;
        let url = config.database_url();
        let database = url.strip_prefix("sqlite:").map(|path| PathBuf::from(path.trim_start_matches("//")));
        let url = database.as_deref().map_or(url, |path| format!("sqlite:{}", filling(path).display()));
        let place = Self { data_dir, database, url, _lock: lock };
        if place.mark().exists() {
            println!("清理上次中断的恢复 Removing what a restore that was cut short had left");
            place.clear()?;
        }
        place.refuse_unless_empty()?;
        fs::DirBuilder::new().mode(0o700).create(place.mark()).map_err(told_of(&place.mark()))?;
        archive::sync_folder_of(&place.mark()).map_err(told_of(&place.data_dir))?;
        Ok(place)
    }

    /// Of the database to fill.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn mark(&self) -> PathBuf {
        self.data_dir.join(MARK)
    }

    fn refuse_unless_empty(&self) -> Result<(), String> {
        let told = told_of(&self.data_dir);
        for entry in fs::read_dir(&self.data_dir).map_err(&told)? {
            let name = entry.map_err(&told)?.file_name();
            if !HARMLESS.iter().any(|harmless| name == *harmless) {
                return Err(self.not_empty(&name.to_string_lossy()));
            }
        }
        match &self.database {
            Some(path) if path.exists() => Err(self.not_empty(&path.display().to_string())),
            _ => Ok(()),
        }
    }

    fn not_empty(&self, what: &str) -> String {
        format!(
            "{} 不是空的（{what}）：只能恢复到空的数据目录。It is not empty: a backup is restored into an empty data folder only.",
            self.data_dir.display()
        )
    }

    /// As if nothing had been tried. Objects stay: they are what the backup says, and nobody else's.
    pub fn clear(&self) -> Result<(), String> {
        for name in OURS {
            let path = self.data_dir.join(name);
            if path.exists() {
                fs::remove_dir_all(&path).map_err(told_of(&path))?;
            }
        }
        for path in self.database.iter().flat_map(|path| [path.clone(), filling(path)]) {
            for path in ["", "-wal", "-shm", "-journal"].map(|end| with(&path, end)) {
                if path.exists() {
                    fs::remove_file(&path).map_err(told_of(&path))?;
                }
            }
        }
        fs::remove_dir_all(self.mark()).map_err(told_of(&self.mark()))
    }

    pub fn put_secrets(&self, file: &Path) -> Result<Vec<String>, String> {
        saved::put_back(file, &self.mark().join("secrets"))
    }

    pub fn show_secrets(&self) -> Result<(), String> {
        let from = self.mark().join("secrets");
        if !from.exists() {
            return Ok(());
        }
        archive::rename_new(&from, &self.data_dir.join("secrets"))
    }

    /// Synced, then renamed.
    pub fn show_database(&self) -> Result<(), String> {
        let Some(path) = &self.database else { return Ok(()) };
        let filled = filling(path);
        File::open(&filled).and_then(|file| file.sync_all()).map_err(told_of(&filled))?;
        archive::rename_new(&filled, path)
    }

    /// From here on it is a data folder like any other.
    pub fn open_up(self) -> Result<(), String> {
        fs::remove_dir_all(self.mark()).map_err(told_of(&self.mark()))?;
        archive::sync_folder_of(&self.mark()).map_err(told_of(&self.data_dir))
    }
}

fn filling(path: &Path) -> PathBuf {
    with(path, ".restoring")
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(end);
    PathBuf::from(name)
}
