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
        let (place, id) = (Key::parse(key)?, multipart.to_owned());
        let put = self.parts()?.put_part(&place, &id, usize::try_from(part)?, bytes.into()).await;
        self.known(key, put.map(|part| part.content_id)).await
    }

    /// Makes the object. [`Known::No`] also where that was done before.
    pub async fn join_parts(&self, key: &str, multipart: &str, parts: Vec<String>) -> Result<Known<()>> {
        let (place, id) = (Key::parse(key)?, multipart.to_owned());
        let parts = parts.into_iter().map(|content_id| PartId { content_id }).collect();
        let joined = self.parts()?.complete_multipart(&place, &id, parts).await;
        self.known(key, joined.map(|_| ())).await
    }

    /// Throws the parts away, if there still are any.
    pub async fn drop_parts(&self, key: &str, multipart: &str) -> Result<()> {
        let dropped = self.parts()?.abort_multipart(&Key::parse(key)?, &multipart.to_owned()).await;
        self.known(key, dropped).await.map(|_| ())
    }

    /// S3 says 404 and `NoSuchUpload`, the store in memory something else; some servers say 403, as they do to whoever lacks rights: who may
    /// begin another upload does not lack them.
    async fn known<T>(&self, key: &str, answer: object_store::Result<T>) -> Result<Known<T>> {
        match answer {
            Ok(done) => Ok(Known::Yes(done)),
            Err(object_store::Error::NotFound { .. }) => Ok(Known::No),
            Err(error) if is_unknown(&error) => Ok(Known::No),
            Err(error @ object_store::Error::PermissionDenied { .. }) => {
                let Ok(other) = self.begin_parts(key).await else { return Err(error.into()) };
                self.parts()?.abort_multipart(&Key::parse(key)?, &other).await?;
                Ok(Known::No)
            }
            Err(error) => Err(error.into()),
        }
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

fn is_unknown(error: &object_store::Error) -> bool {
    let said = error.to_string();
    ["NoSuchUpload", "MultipartUpload not found"].iter().any(|words| said.contains(words))
}
