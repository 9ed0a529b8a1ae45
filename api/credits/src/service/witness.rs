//! The witness file: every checkpoint is appended to it and synced. It is meant to lie where whoever can change the database cannot write, for
//! only a witness can tell that the newest blocks were cut off or that an older copy was put back.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use kernel::Result;

use crate::{Credits, model::Verification, rules::checkpoint::Sealed, store};

/// A checkpoint has about 450 bytes; the last whole one lies in the last so many of the file.
const TAIL: u64 = 65_536;
const AT_ONCE: u64 = 1_000;
/// `— `, a key of 32 bytes and a signature of 64 in hex, a blank between.
const SIGNATURE_LINE: usize = 4 + 64 + 1 + 128;
const HEADER: &str = "xianfeng ledger checkpoint 1\nblock ";

/// The last whole checkpoint of the file; half a one, left by a power cut, is passed over.
#[derive(Debug, Default, PartialEq, Eq)]
struct Last {
    no: i64,
    note: String,
}

/// Appends what the file does not have yet. A file that says otherwise than the blocks is left as it is, and the ledger's health tells it.
pub async fn catch_up(house: &Credits, path: &Path) -> Result<()> {
    loop {
        let last = outside(path, |path| tail(&mut open(path)?)).await?;
        let read = house.base().db.read();
        if last.no > 0 && store::seal::find(read, last.no).await?.is_none_or(|own| own.note() != last.note) {
            return contradicted(house, last.no).await;
        }
        let waiting = store::seal::after(read, last.no, AT_ONCE).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        outside(path, move |path| append(path, &last, &waiting)).await?;
    }
}

/// Files are waited for apart from what answers people.
async fn outside<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
) -> Result<T> {
    let path = PathBuf::from(path);
    let told = move || work(&path).map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())));
    Ok(tokio::task::spawn_blocking(told).await??)
}

/// Opened for reading and appending, and held against other processes until it is dropped.
fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    file.lock()?;
    Ok(file)
}

fn tail(file: &mut File) -> io::Result<Last> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    match last_of(&text) {
        Some(last) => Ok(last),
        None if length <= TAIL => Ok(Last::default()),
        None => Err(io::Error::other("no checkpoint at the end of the witness file")),
    }
}

fn last_of(text: &str) -> Option<Last> {
    let whole = |(at, _): (usize, &str)| {
        let note = text.get(at..)?;
        let signature = note.find("\n\n— ")?;
        let line = note.get(signature + 2..)?.lines().next()?;
        let end = signature + 2 + SIGNATURE_LINE;
        if line.len() != SIGNATURE_LINE || note.as_bytes().get(end) != Some(&b'\n') {
            return None;
        }
        let note = note.get(..=end)?;
        let no = note.strip_prefix(HEADER)?.lines().next()?.parse().ok()?;
        // Another header before the signature: this one was never finished.
        let finished = note.matches(HEADER).count() == 1;
        finished.then(|| Last { no, note: note.to_owned() })
    };
    text.rmatch_indices(HEADER).find_map(whole)
}

/// Appends and syncs, unless another process was faster.
fn append(path: &Path, seen: &Last, waiting: &[Sealed]) -> io::Result<()> {
    let mut file = open(path)?;
    if tail(&mut file)? != *seen {
        return Ok(());
    }
    let mut text = if ends_a_line(&mut file)? { String::new() } else { "\n".to_owned() };
    for sealed in waiting {
        text.push_str(&sealed.note());
        text.push('\n');
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn ends_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

async fn contradicted(house: &Credits, no: i64) -> Result<()> {
    let fault = format!(
        "见证文件中的检查点 {no} 与账本的区块不符：账本可能被换成较旧的副本。Checkpoint {no} of the witness file is not a block of the ledger: an older \
         copy of the ledger may have been put back."
    );
    tracing::error!(block = no, "the witness file contradicts the ledger; nothing is appended to it");
    let read = house.base().db.read();
    if store::seal::last_check(read).await?.is_some_and(|(_, last)| last.first_fault.as_ref() == Some(&fault)) {
        return Ok(());
    }
    let upto = store::seal::last(read).await?.map_or(0, |last| last.block.last);
    house.checked(&Verification { entries: store::head(read).await?, upto, first_fault: Some(fault) }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note() -> String {
        format!("xianfeng ledger checkpoint 1\nblock 7\nentries 1-2\n\n— {} {}\n", "a".repeat(64), "b".repeat(128))
    }

    #[test]
    fn the_last_whole_checkpoint_is_found_behind_half_a_one() {
        let whole = note();
        let wanted = Some(Last { no: 7, note: whole.clone() });
        assert_eq!(last_of(&whole), wanted);
        assert_eq!(last_of(&format!("{whole}\nxianfeng ledger checkpoint 1\nblock 8\nentr")), wanted);
        assert_eq!(last_of(&format!("xianfeng ledger checkpoint 1\nblock 6\nen\n{whole}\n")), wanted);
        for cut in (0..whole.len()).filter(|cut| whole.is_char_boundary(*cut)) {
            let (half, closed) = (&whole[..cut], format!("{}\n", &whole[..cut]));
            assert_eq!(last_of(half), None, "{cut}");
            // Closed by a line end it is still half a one, but for the very last byte.
            assert_eq!(last_of(&closed).is_some(), cut == whole.len() - 1, "{cut}");
            assert_eq!(last_of(&format!("{whole}\n{closed}{whole}")), wanted, "{cut}");
        }
    }

    #[test]
    fn half_a_checkpoint_is_closed_before_the_next_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("apart/checkpoints.txt");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("{}\nxianfeng led", note())).unwrap();
        let seen = tail(&mut open(&path).unwrap()).unwrap();
        assert_eq!(seen.no, 7);
        append(&path, &seen, &[]).unwrap();
        assert!(fs::read_to_string(&path).unwrap().ends_with("xianfeng led\n"));
    }
}
