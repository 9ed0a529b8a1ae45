//! Answers kept for some seconds. What was read before a write in this process is not kept after it.

use std::{
    hash::Hash,
    sync::atomic::{AtomicU64, Ordering},
};

use kernel::Result;
use moka::sync::Cache;

use crate::KEPT;

pub struct Kept<K, V> {
    known: Cache<K, V>,
    writes: AtomicU64,
}

impl<K: Hash + Eq + Copy + Send + Sync + 'static, V: Clone + Send + Sync + 'static> Kept<K, V> {
    pub fn most(entries: u64) -> Self {
        Self { known: Cache::builder().max_capacity(entries).time_to_live(KEPT).build(), writes: AtomicU64::new(0) }
    }

    /// The kept answer, else what `load` finds. That nothing was found is not kept.
    pub async fn get(&self, key: K, load: impl Future<Output = Result<Option<V>>>) -> Result<Option<V>> {
        if let Some(known) = self.known.get(&key) {
            return Ok(Some(known));
        }
        let writes = self.writes.load(Ordering::SeqCst);
        let found = load.await?;
        if let Some(value) = &found {
            self.known.insert(key, value.clone());
            if self.writes.load(Ordering::SeqCst) != writes {
                self.known.invalidate(&key);
            }
        }
        Ok(found)
    }

    /// To be called once the write is committed.
    pub fn forget(&self, key: &K) {
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.known.invalidate(key);
    }
}
