//! Server time: what buckets are filled by.

use std::sync::Arc;

use kernel::{Clock, Millis};

/// UTC as it was when the process started, moved on by the clock that never steps: setting the wall clock neither gives nor takes anything.
/// After a restart it begins anew, and the bucket takes a step back for nothing and a step forward for a break.
#[derive(Clone)]
pub struct ServerTime {
    clock: Arc<dyn Clock>,
    utc: Millis,
    monotonic: Millis,
}

impl ServerTime {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let (utc, monotonic) = (clock.now(), clock.monotonic());
        Self { clock, utc, monotonic }
    }
    pub fn now(&self) -> Millis {
        self.utc + (self.clock.monotonic() - self.monotonic)
    }
}
