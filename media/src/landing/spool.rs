//! The file in which an upload gathers. Its length is only a guess: what counts is the offset in the database, which moves after the bytes
//! are on disk. Whoever writes holds the file's lock, so that two writers never meet, not even from two processes.

use std::{fs::TryLockError, io, path::Path};

use tokio::{
    fs::File,
    io::{AsyncSeekExt, AsyncWriteExt, BufWriter},
};

const BUFFER: usize = 512 << 10;

pub(crate) struct Spool {
    file: BufWriter<File>,
}

impl Spool {
    /// Opens and locks; `None` when somebody else writes.
    pub async fn lock(path: &Path) -> io::Result<Option<Self>> {
        let path = path.to_owned();
        let opened = tokio::task::spawn_blocking(move || {
            let fresh = !path.exists();
            let file = std::fs::OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            if let (true, Some(folder)) = (fresh, path.parent()) {
                crate::sync_folder(folder)?;
            }
            Ok(Some(file))
        });
        let file = opened.await??;
        Ok(file.map(|file| Self { file: BufWriter::with_capacity(BUFFER, File::from_std(file)) }))
    }

    /// Cuts off what was never acknowledged. Answers the bytes that are there: fewer than `received` only when the file was lost.
    pub async fn rewind(&mut self, received: u64) -> io::Result<u64> {
        let file = self.file.get_mut();
        let length = file.metadata().await?.len().min(received);
        file.set_len(length).await?;
        file.seek(io::SeekFrom::Start(length)).await?;
        Ok(length)
    }

    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes).await
    }

    /// When this returns, everything written is on disk.
    pub async fn sync(&mut self) -> io::Result<()> {
        self.file.flush().await?;
        self.file.get_ref().sync_data().await
    }
}
