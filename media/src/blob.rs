//! The object store: a folder, S3 or memory behind one set of plain functions. Keys are unique by construction and objects never change, so
//! nothing here rests on conditional writes (some stores ignore them).

mod folder;
mod parts;
mod s3;

use std::{io, ops::Range, path::Path, path::PathBuf, sync::Arc};

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt, TryStreamExt, stream::BoxStream};
use kernel::{Refusal, Result};
pub use object_store::GetRange;
use object_store::{
    GetOptions, GetResult, GetResultPayload, ObjectMeta, ObjectStore, ObjectStoreExt, WriteMultipart,
    local::LocalFileSystem, memory::InMemory, multipart::MultipartStore, path::Path as Key,
};
pub use parts::{Known, PART as UPLOAD_PART};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

/// Larger objects are written in parts of this size; S3 wants at least 5 MiB and at most 10 000 parts, which makes 80 GiB.
const PART: usize = 8 << 20;
/// Parts on their way at once: with the size of a part, the most memory that one write takes.
const PARTS_AT_ONCE: usize = 3;
const READ: usize = 256 << 10;

#[derive(Clone)]
pub enum StoreConfig {
    Folder(PathBuf),
    S3(S3Config),
    Memory,
}

#[derive(Clone, Default)]
pub struct S3Config {
    /// `s3://bucket/prefix`.
    pub url: String,
    /// Of a server that is not Amazon's; empty for Amazon's.
    pub endpoint: String,
    pub region: String,
    pub access_key: String,
    pub secret_key: String,
}

/// An object being read. `stream` gives the bytes of `range`.
pub struct Object {
    /// Of the whole object.
    pub size: u64,
    pub range: Range<u64>,
    pub etag: Option<String>,
    pub content_type: String,
    pub stream: BoxStream<'static, io::Result<Bytes>>,
}

impl Object {
    /// All bytes of the range.
    pub async fn bytes(mut self) -> Result<Bytes> {
        let mut all = BytesMut::with_capacity(usize::try_from(self.range.end - self.range.start)?);
        while let Some(part) = self.stream.try_next().await? {
            all.extend_from_slice(&part);
        }
        Ok(all.freeze())
    }
}

/// The store; the same as a store of parts, where it has them; its folder, where it is one.
#[derive(Clone)]
pub struct Blob(Arc<dyn ObjectStore>, Option<Arc<dyn MultipartStore>>, Option<Arc<LocalFileSystem>>);

impl Blob {
    pub fn open(config: &StoreConfig) -> Result<Self> {
        Ok(match config {
            StoreConfig::Folder(folder) => {
                let store = Arc::new(folder::open(folder)?);
                Self(store.clone(), None, Some(store))
            }
            StoreConfig::S3(config) => {
                let store = Arc::new(s3::open(config)?);
                Self(store.clone(), Some(store), None)
            }
            StoreConfig::Memory => {
                let store = Arc::new(InMemory::new());
                Self(store.clone(), Some(store), None)
            }
        })
    }

    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<()> {
        self.0.put(&Key::parse(key)?, bytes.into()).await?;
        Ok(())
    }

    /// Writes what the stream gives, in parts and with bounded memory; when it breaks nothing is left. Answers how many bytes there were.
    pub async fn put_stream<S>(&self, key: &str, mut stream: S) -> Result<u64>
    where
        S: Stream<Item = io::Result<Bytes>> + Unpin + Send,
    {
        let upload = self.0.put_multipart(&Key::parse(key)?).await?;
        let mut writer = WriteMultipart::new_with_chunk_size(upload, PART);
        let mut size = 0_u64;
        loop {
            match stream.next().await {
                Some(Ok(bytes)) => {
                    writer.wait_for_capacity(PARTS_AT_ONCE).await?;
                    size += u64::try_from(bytes.len())?;
                    writer.put(bytes);
                }
                Some(Err(error)) => {
                    writer.abort().await?;
                    return Err(error.into());
                }
                None => break,
            }
        }
        writer.finish().await?;
        Ok(size)
    }

    /// Copies a file in; answers its size.
    pub async fn put_file(&self, key: &str, file: &Path) -> Result<u64> {
        let file = tokio::fs::File::open(file).await?;
        if file.metadata().await?.len() <= u64::try_from(PART)? {
            let bytes: Bytes = read_all(file).await?.into();
            let size = u64::try_from(bytes.len())?;
            self.put(key, bytes).await?;
            return Ok(size);
        }
        self.put_stream(key, ReaderStream::with_capacity(file, READ)).await
    }

    /// Takes a finished file in as it is, without copying where it lies on the volume of the folder; answers its size. Nobody may write to it any more.
    pub async fn adopt(&self, key: &str, file: &Path) -> Result<u64> {
        if let Some(folder) = &self.2 {
            let (place, from) = (folder.path_to_filesystem(&Key::parse(key)?)?, file.to_owned());
            let linked = tokio::task::spawn_blocking(move || folder::link(&from, &place)).await?;
            if linked.is_ok() {
                return Ok(tokio::fs::metadata(file).await?.len());
            }
        }
        self.put_file(key, file).await
    }

    /// NOT_FOUND where there is no such object, INVALID for a range outside it.
    pub async fn get(&self, key: &str, range: Option<GetRange>, content_type: &str) -> Result<Object> {
        let key = Key::parse(key)?;
        let options = GetOptions { range: range.clone(), ..GetOptions::default() };
        let found = match self.0.get_opts(&key, options).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Err(Refusal::not_found().into()),
            Err(error) => return Err(self.why(&key, range.as_ref(), error).await),
        };
        open(found, content_type).await
    }

    /// Stores tell a bad range in many ways; the size decides.
    async fn why(&self, key: &Key, range: Option<&GetRange>, error: object_store::Error) -> kernel::Error {
        let Some(range) = range else { return error.into() };
        match self.0.head(key).await {
            Ok(meta) if range.as_range(meta.size).is_err() => {
                Refusal::invalid("range", "请求的范围超出文件。", "The range lies outside the file.").into()
            }
            _ => error.into(),
        }
    }

    pub async fn delete(&self, key: &str) -> Result<()> {
        match self.0.delete(&Key::parse(key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The keys beneath `prefix`, in order.
    pub async fn list(&self, prefix: &str) -> Result<Vec<String>> {
        let found: Vec<ObjectMeta> = self.0.list(Some(&Key::parse(prefix)?)).try_collect().await?;
        let mut keys: Vec<String> = found.into_iter().map(|object| object.location.into()).collect();
        keys.sort();
        Ok(keys)
    }

    /// All keys beneath `prefix` as the store gives them, in no order, with the instants at which they were written.
    pub fn keys(&self, prefix: &str) -> Result<BoxStream<'static, Result<(String, kernel::Millis)>>> {
        let found = self.0.list(Some(&Key::parse(prefix)?));
        let key = |object: ObjectMeta| (object.location.into(), object.last_modified.timestamp_millis());
        Ok(found.map_ok(key).map_err(kernel::Error::from).boxed())
    }

    /// Deletes all beneath `prefix` except what lies beneath `keep`.
    pub async fn delete_beneath(&self, prefix: &str, keep: Option<&str>) -> Result<()> {
        let keep = keep.map(|keep| format!("{keep}/"));
        for key in self.list(prefix).await? {
            if keep.as_ref().is_none_or(|keep| !key.starts_with(keep.as_str())) {
                self.delete(&key).await?;
            }
        }
        Ok(())
    }
}

async fn read_all(mut file: tokio::fs::File) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).await?;
    Ok(bytes)
}

/// A file of the folder store is read in larger pieces than the store's own stream does.
async fn open(found: GetResult, content_type: &str) -> Result<Object> {
    let (size, range, etag) = (found.meta.size, found.range, found.meta.e_tag);
    let stream = match found.payload {
        GetResultPayload::File(file, _) => {
            let mut file = tokio::fs::File::from_std(file);
            file.seek(io::SeekFrom::Start(range.start)).await?;
            ReaderStream::with_capacity(file.take(range.end - range.start), READ).boxed()
        }
        GetResultPayload::Stream(stream) => stream.map_err(io::Error::other).boxed(),
    };
    Ok(Object { size, range, etag, content_type: content_type.to_owned(), stream })
}
