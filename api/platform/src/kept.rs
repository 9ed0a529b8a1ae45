//! Answers kept for some seconds. What was read before a write in this process is not kept after it.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use kernel::Result;
use moka::sync::Cache;

pub struct Kept<K, V> {
    known: Cache<K, V>,
    writes: AtomicU64,
}

impl<K: Hash + Eq + Copy + Send + Sync + 'static, V: Clone + Send + Sync + 'static> Kept<K, V> {
    /// No more than so many, and none for longer: so long may go unseen what another process wrote.
    pub fn new(most: u64, time: Duration) -> Self {
        Self { known: Cache::builder().max_capacity(most).time_to_live(time).build(), writes: AtomicU64::new(0) }
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

    /// The kept answers, and of the other keys what `load` finds with one question.
    pub async fn many(
        &self,
        keys: &[K],
        load: impl AsyncFnOnce(&[K]) -> Result<HashMap<K, V>>,
    ) -> Result<HashMap<K, V>> {
        let (mut found, mut unknown) = (HashMap::with_capacity(keys.len()), Vec::new());
        for key in keys {
            match self.known.get(key) {
                Some(known) => drop(found.insert(*key, known)),
                None => unknown.push(*key),
            }
        }
        if unknown.is_empty() {
            return Ok(found);
        }
        let writes = self.writes.load(Ordering::SeqCst);
        for (key, value) in load(&unknown).await? {
            self.known.insert(key, value.clone());
            if self.writes.load(Ordering::SeqCst) != writes {
                self.known.invalidate(&key);
            }
            found.insert(key, value);
        }
        Ok(found)
    }

    /// To be called once the write is committed.
    pub fn forget_all(&self) {
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.known.invalidate_all();
    }

    /// To be called once the write is committed.
    pub fn forget(&self, key: &K) {
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.known.invalidate(key);
    }
}
