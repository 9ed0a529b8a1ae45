//! What a resolver finds in its context: the houses, who asks, and the loaders of this request.

use std::{
    hash::{BuildHasher, RandomState},
    num::NonZero,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use ::{platform::Base, search::Index};
use async_graphql::{Context, Error, Result, dataloader::DataLoader};
use futures::future::BoxFuture;
use kernel::{Language, Refusal, Viewer, id::StudyId};
use tokio::sync::Semaphore;

use crate::{error::refusal_error, loaders::Loaders};

/// Every front door, cheap to clone.
#[derive(Clone)]
pub struct Houses {
    pub base: Base,
    pub identity: ::identity::Identity,
    pub organisation: ::organisation::Organisation,
    pub media: ::media::Media,
    pub catalogue: ::catalogue::Catalogue,
    pub learning: ::learning::Learning,
    pub credits: ::credits::Credits,
    pub gamification: ::gamification::Gamification,
    pub appeals: ::appeals::Appeals,
    pub evaluation: ::evaluation::Evaluation,
    pub reports: ::reports::Reports,
    pub index: Arc<Index>,
    pub searching: Searching,
    /// Reads the whole ledger anew by a reader of its own, and notes what it said.
    pub verify: Verify,
}

/// Turns at searching, one for each core: more searches at a time take no less time each, and only more memory.
#[derive(Clone)]
pub struct Searching(Arc<Semaphore>);

impl Default for Searching {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get))))
    }
}

impl Searching {
    /// Does what blocks on a thread of its own, when it is its turn. Whoever does not wait for the answer any longer has no turn.
    pub(crate) async fn turn<T: Send + 'static>(&self, act: impl FnOnce() -> T + Send + 'static) -> kernel::Result<T> {
        let turn = self.0.clone().acquire_owned().await.map_err(|e| kernel::Error::broken(e.to_string()))?;
        let done = tokio::task::spawn_blocking(move || {
            let done = act();
            drop(turn);
            done
        });
        Ok(done.await?)
    }
}

pub type Verify = Arc<dyn Fn() -> BoxFuture<'static, kernel::Result<()>> + Send + Sync>;

/// What the gate is to do with the session cookie after the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cookie {
    Set { token: String, expires_at: kernel::Millis },
    Clear,
}

/// Who asks, in which language, from which network; and what the answer does to the cookie.
pub struct Asker {
    pub viewer: Option<Viewer>,
    /// The session's token, to end it by.
    pub token: Option<String>,
    /// Signed in with a one-time password: nothing answers but `changePassword`.
    pub one_time: bool,
    pub language: Language,
    pub network: String,
    pub cookie: Mutex<Option<Cookie>>,
    pages: Mutex<Vec<Page>>,
    pub(crate) loaders: OnceLock<DataLoader<Loaders>>,
}

/// The page of a reading that an answer hands over to a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    pub study: StudyId,
    pub blocks: usize,
}

impl Asker {
    pub fn new(
        viewer: Option<Viewer>,
        token: Option<String>,
        one_time: bool,
        language: Language,
        network: String,
    ) -> Self {
        let (cookie, pages) = (Mutex::new(None), Mutex::new(Vec::new()));
        Self { viewer, token, one_time, language, network, cookie, pages, loaders: OnceLock::new() }
    }
    /// Notes that the answer carries this page; the gate tells the study once it was handed to the connection.
    pub(crate) fn hand_over(&self, page: Page) {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).push(page);
    }
    pub fn pages(&self) -> Vec<Page> {
        std::mem::take(&mut self.pages.lock().unwrap_or_else(PoisonError::into_inner))
    }
    pub fn network_name(&self) -> String {
        network_name(&self.network)
    }
    pub fn cookie(&self) -> Option<Cookie> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
    pub fn set_cookie(&self, cookie: Cookie) {
        *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = Some(cookie);
    }
}

/// A network under a name that says nothing of its address, the same for as long as the process lives.
pub fn network_name(network: &str) -> String {
    static NAMES: OnceLock<RandomState> = OnceLock::new();
    format!("{:016x}", NAMES.get_or_init(RandomState::new).hash_one(network))
}

pub fn houses<'a>(ctx: &Context<'a>) -> &'a Houses {
    ctx.data_unchecked::<Houses>()
}

pub fn asker<'a>(ctx: &Context<'a>) -> &'a Asker {
    ctx.data_unchecked::<Arc<Asker>>()
}

/// The signed-in person: UNAUTHENTICATED without one, FORBIDDEN before a one-time password was changed.
pub fn viewer<'a>(ctx: &Context<'a>) -> Result<&'a Viewer> {
    let asker = asker(ctx);
    let refuse = |refusal: Refusal| -> Error { refusal_error(&refusal, asker.language) };
    let viewer = asker.viewer.as_ref().ok_or_else(|| refuse(Refusal::unauthenticated()))?;
    if asker.one_time {
        return Err(refuse(must_change_password()));
    }
    Ok(viewer)
}

pub fn must_change_password() -> Refusal {
    let (zh, en) = ("请先修改一次性密码。", "Please change your one-time password first.");
    Refusal::new(kernel::Code::Forbidden, zh, en)
}

pub fn loaders<'a>(ctx: &Context<'a>) -> &'a DataLoader<Loaders> {
    asker(ctx).loaders.get_or_init(|| {
        let person = asker(ctx).viewer.as_ref().map(|viewer| viewer.person);
        // What a list asks for is asked in one turn of its task, so the next turn is late enough to gather it. Waiting by the clock instead, the
        // library's way, costs each level of an answer a millisecond and the wake-up of another thread.
        let gathered = |load: BoxFuture<'static, ()>| {
            tokio::spawn(async {
                tokio::task::yield_now().await;
                load.await;
            });
        };
        DataLoader::new(Loaders { houses: houses(ctx).clone(), person }, gathered).delay(Duration::ZERO)
    })
}
