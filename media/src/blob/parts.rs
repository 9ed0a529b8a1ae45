//! Objects that are put together from parts which outlive the process: any node may put the next one.

use std::sync::Arc;

use bytes::Bytes;
use kernel::{Error, Result};
use object_store::{
    ObjectStoreExt,
    multipart::{MultipartStore, PartId},
    path::Path as Key,
};

use super::Blob;

/// The smallest part that every S3 takes; 20 GiB make 4 096 of them, and 10 000 are allowed.
pub const PART: usize = 5 << 20;

/// What became of a request about a multipart upload.
#[derive(Debug, PartialEq, Eq)]
pub enum Known<T> {
    Yes(T),
    /// The store has no such multipart upload (any more).
    No,
}

impl Blob {
    fn parts(&self) -> Result<&Arc<dyn MultipartStore>> {
        self.1.as_ref().ok_or_else(|| Error::broken("this store keeps no parts"))
    }

    pub async fn begin_parts(&self, key: &str) -> Result<String> {
        Ok(self.parts()?.create_multipart(&Key::parse(key)?).await?)
    }

    /// Answers what the store calls the part.
    pub async fn put_part(&self, key: &str, multipart: &str, part: u32, bytes: Bytes) -> Result<Known<String>> {
        let (key, id) = (Key::parse(key)?, multipart.to_owned());
        let put = self.parts()?.put_part(&key, &id, usize::try_from(part)?, bytes.into()).await;
        known(put.map(|part| part.content_id))
    }

    /// Makes the object. [`Known::No`] also where that was done before.
    pub async fn join_parts(&self, key: &str, multipart: &str, parts: Vec<String>) -> Result<Known<()>> {
        let (key, id) = (Key::parse(key)?, multipart.to_owned());
        let parts = parts.into_iter().map(|content_id| PartId { content_id }).collect();
        known(self.parts()?.complete_multipart(&key, &id, parts).await.map(|_| ()))
    }

    /// Throws the parts away, if there still are any.
    pub async fn drop_parts(&self, key: &str, multipart: &str) -> Result<()> {
        let dropped = self.parts()?.abort_multipart(&Key::parse(key)?, &multipart.to_owned()).await;
        known(dropped).map(|_| ())
    }

    /// Of an object that is there.
    pub async fn size(&self, key: &str) -> Result<Option<u64>> {
        match self.0.head(&Key::parse(key)?).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// S3 says 404 and `NoSuchUpload`; some servers say only the latter, the store in memory neither.
fn known<T>(answer: object_store::Result<T>) -> Result<Known<T>> {
    match answer {
        Ok(done) => Ok(Known::Yes(done)),
        Err(object_store::Error::NotFound { .. }) => Ok(Known::No),
        Err(error) if is_unknown(&error) => Ok(Known::No),
        Err(error) => Err(error.into()),
    }
}

fn is_unknown(error: &object_store::Error) -> bool {
    let said = error.to_string();
    ["NoSuchUpload", "MultipartUpload not found"].iter().any(|words| said.contains(words))
}
