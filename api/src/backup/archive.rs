//! A tar file written in one pass with its manifest in front: room is left for it, and the size of each member is filled in when it is known.
//! Any tar program reads it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{
    manifest::{Manifest, Member, not_ours},
    told_of,
};

pub const MANIFEST: &str = "manifest.json";
/// The last member: the sum of the first, which holds those of all others.
const SEAL: &str = "manifest.sha256";
/// Kept free for the manifest, which is padded with spaces: JSON does not mind.
const ROOM: usize = 256 << 10;
const BLOCK: u64 = 512;
const BUFFER: usize = 1 << 20;

pub fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

pub fn hex(sum: Sha256) -> String {
    HEXLOWER.encode(&sum.finalize())
}

/// The file while it is being written: `FILE.part`, which goes away unless it is finished.
pub struct Part {
    file: PathBuf,
    part: PathBuf,
    writer: Writer,
    finished: bool,
}

impl Part {
    pub fn create(file: &Path) -> Result<Self, String> {
        let mut part = file.to_owned().into_os_string();
        part.push(".part");
        let part = PathBuf::from(part);
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&part);
        let opened = opened.map_err(told_of(&part))?;
        opened.try_lock().map_err(|_| {
            format!("{}: 另一个备份正在写这个文件。Another backup is writing this file.", part.display())
        })?;
        let writer = Writer::new(opened).map_err(told_of(&part))?;
        Ok(Self { file: file.to_owned(), part, writer, finished: false })
    }

    pub fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    /// On disk and under its own name; answers the sum of the manifest, which vouches for everything else.
    pub fn finish(mut self, manifest: &Manifest) -> Result<String, String> {
        let told = told_of(&self.part);
        let text = serde_json::to_vec_pretty(manifest).map_err(|e| e.to_string())?;
        let sum = self.writer.finish(&text).map_err(&told)?;
        rename_new(&self.part, &self.file)?;
        self.finished = true;
        Ok(sum)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.finished {
            // Whatever went wrong has been told; a part that stays is in nobody's way.
            drop(fs::remove_file(&self.part));
        }
    }
}

/// Gives a finished file its name unless somebody else has it by now.
pub fn rename_new(from: &Path, to: &Path) -> Result<(), String> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let told = told_of(to);
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Some file systems cannot promise that; we looked before we began.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) if !to.exists() => {
            fs::rename(from, to).map_err(&told)?;
        }
        other => other.map_err(|e| told(e.into()))?,
    }
    sync_folder_of(to).map_err(told)
}

pub fn sync_folder_of(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

pub struct Writer {
    file: BufWriter<File>,
    /// Where the next byte goes.
    at: u64,
    open: Option<Open>,
}

/// The member that is being written.
struct Open {
    path: String,
    header: u64,
    sum: Sha256,
}

impl Writer {
    fn new(file: File) -> io::Result<Self> {
        file.set_len(0)?;
        let mut writer = Self { file: BufWriter::with_capacity(BUFFER, file), at: 0, open: None };
        writer.fill(BLOCK + u64::try_from(ROOM).unwrap_or(0))?;
        Ok(writer)
    }

    pub fn begin(&mut self, path: &str) -> Result<(), String> {
        let open = Open { path: path.to_owned(), header: self.at, sum: Sha256::new() };
        // Told now if the name does not fit, not when the bytes are written.
        header(path, 0)?;
        self.fill(BLOCK).map_err(|e| e.to_string())?;
        self.open = Some(open);
        Ok(())
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        if let Some(open) = &mut self.open {
            open.sum.update(bytes);
        }
        self.put(bytes).map_err(|e| e.to_string())
    }

    pub fn end(&mut self) -> Result<Member, String> {
        let Open { path, header: place, sum } = self.open.take().ok_or("no member is open")?;
        let size = self.at - place - BLOCK;
        let header = header(&path, size)?;
        self.pad(size).and_then(|()| self.put_at(place, header.as_bytes())).map_err(|e| e.to_string())?;
        Ok(Member { path, size, sha256: hex(sum) })
    }

    /// Ends the file with the manifest in its place, and syncs it.
    fn finish(&mut self, manifest: &[u8]) -> io::Result<String> {
        if manifest.len() > ROOM {
            return Err(io::Error::other("the manifest has outgrown its place"));
        }
        let mut room = manifest.to_vec();
        room.resize(ROOM, b' ');
        let sum = HEXLOWER.encode(&Sha256::digest(&room));
        self.begin(SEAL)
            .and_then(|()| self.write(sum.as_bytes()))
            .and_then(|()| self.end())
            .map_err(io::Error::other)?;
        // Two empty blocks end a tar.
        self.fill(2 * BLOCK)?;
        let header = header(MANIFEST, u64::try_from(ROOM).unwrap_or(0)).map_err(io::Error::other)?;
        self.put_at(0, header.as_bytes())?;
        self.put_at(BLOCK, &room)?;
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok(sum)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.at += u64::try_from(bytes.len()).map_err(io::Error::other)?;
        Ok(())
    }
    fn fill(&mut self, bytes: u64) -> io::Result<()> {
        self.at += io::copy(&mut io::repeat(0).take(bytes), &mut self.file)?;
        Ok(())
    }
    fn pad(&mut self, size: u64) -> io::Result<()> {
        self.fill(size.next_multiple_of(BLOCK) - size)
    }
    fn put_at(&mut self, place: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(place))?;
        self.file.write_all(bytes)?;
        self.file.seek(SeekFrom::Start(self.at))?;
        Ok(())
    }
}

fn header(path: &str, size: u64) -> Result<tar::Header, String> {
    let mut header = tar::Header::new_ustar();
    header.set_path(path).map_err(|e| format!("{path}: {e}"))?;
    header.set_size(size);
    header.set_mode(0o600);
    header.set_cksum();
    Ok(header)
}

/// The manifest, and its sum.
pub fn manifest(file: &Path) -> Result<(Manifest, String), String> {
    let mut archive = tar::Archive::new(File::open(file).map_err(told_of(file))?);
    let mut entries = archive.entries().map_err(told_of(file))?;
    let mut first = entries.next().and_then(Result::ok).ok_or_else(not_ours)?;
    if first.path_bytes().as_ref() != MANIFEST.as_bytes() || first.size() > 16 << 20 {
        return Err(not_ours());
    }
    let mut bytes = Vec::new();
    first.read_to_end(&mut bytes).map_err(told_of(file))?;
    Ok((Manifest::parse(&bytes)?, HEXLOWER.encode(&Sha256::digest(&bytes))))
}

/// Calls `each` with the path and the bytes of every member but the manifest and its seal, in their order. Answers the seal.
pub fn each_member(
    file: &Path,
    mut each: impl FnMut(&str, &mut dyn Read) -> Result<(), String>,
) -> Result<String, String> {
    let mut archive = tar::Archive::new(io::BufReader::with_capacity(BUFFER, File::open(file).map_err(told_of(file))?));
    let mut seal = String::new();
    for entry in archive.entries().map_err(told_of(file))?.skip(1) {
        let mut entry = entry.map_err(told_of(file))?;
        let path = String::from_utf8(entry.path_bytes().into_owned()).map_err(|_| not_ours())?;
        if path == SEAL {
            entry.take(64).read_to_string(&mut seal).map_err(told_of(file))?;
        } else {
            each(&path, &mut entry)?;
        }
    }
    Ok(seal)
}

/// Reads to the end; answers size and sum.
pub fn sum_of(reader: &mut dyn Read) -> io::Result<(u64, String)> {
    let (mut sum, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 128 << 10]);
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok((size, hex(sum))),
            read => {
                sum.update(buffer.get(..read).unwrap_or_default());
                size += u64::try_from(read).map_err(io::Error::other)?;
            }
        }
    }
}
