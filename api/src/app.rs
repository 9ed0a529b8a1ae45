//! The composition root: builds every house in the order of the floors.

use std::{fs::File, sync::Arc, time::Duration};

use kernel::{Clock, Ids, Result, clock::SystemClock, id::RandomIds};
use platform::{Base, Db, Worker};

use crate::{
    config::{self, Config},
    flows, ledger, literacy, restore, secrets,
};

pub use graphql::Houses;

/// Everything that runs, and the lock on its data folder.
pub struct App {
    pub houses: Houses,
    pub worker: Worker,
    _lock: File,
}

impl App {
    /// On the machine's clock with random ids.
    pub async fn open(config: &Config) -> Result<Self, String> {
        Self::open_with(config, Arc::new(SystemClock::new()), Arc::new(RandomIds)).await
    }

    /// With a clock and ids of the caller's: for the demo school's past.
    pub async fn open_with(config: &Config, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Result<Self, String> {
        let lock = secrets::lock(&config.data_dir)?;
        restore::unfinished(&config.data_dir)?;
        let db = database(config).await?;
        let base = Base { db, outbox: flows::outbox(), clock, ids, zone: config.zone() };
        let houses = build(config, base).await?;
        let worker = Worker::new(houses.base.clone(), flows::handlers(&houses));
        Ok(Self { houses, worker, _lock: lock })
    }
}

/// Opened, with the schema brought up to date.
pub async fn database(config: &Config) -> Result<Db, String> {
    let url = config.database_url();
    let opened = Db::open(&url, config.database.connections).await;
    let db = opened.map_err(|e| format!("数据库无法打开。The database cannot be opened: {e}"))?;
    db.migrate().await.map_err(|e| format!("数据库无法升级。The schema cannot be brought up to date: {e}"))?;
    Ok(db)
}

async fn build(config: &Config, base: Base) -> Result<Houses, String> {
    let told = |e: &dyn std::fmt::Display| e.to_string();
    let index = search::Index::open_with(&config.data_dir.join("index"), &words(config)?);
    let index = Arc::new(index.map_err(|e| format!("index: {e}"))?);
    let secret = secrets::secret(&config.data_dir, "media").map_err(|e| told(&e))?;
    let media = media::Media::open(base.clone(), media_config(config, secret)).await.map_err(|e| told(&e))?;
    let identity = identity::Identity::new(base.clone());
    let organisation = organisation::Organisation::new(base.clone());
    let catalogue = catalogue::Catalogue::new(base.clone(), organisation.clone(), media.clone());
    let learning = learning::Learning::new(base.clone(), catalogue.clone(), study_config(config));
    let credits = credits::Credits::new(base.clone(), catalogue.clone()).map_err(|e| told(&e))?;
    credits.seal_with(ledger::sealing(config)?).map_err(|e| told(&e))?;
    let cache = cache(config)?;
    let (units, courses, studies) = (organisation.clone(), catalogue.clone(), learning.clone());
    let gamification = gamification::Gamification::new(base.clone(), units, courses, credits.clone(), studies, cache);
    let (units, courses, studies) = (organisation.clone(), catalogue.clone(), learning.clone());
    let appeals = appeals::Appeals::new(base.clone(), units, courses, studies, credits.clone());
    let (units, courses, studies) = (organisation.clone(), catalogue.clone(), learning.clone());
    let evaluation = evaluation::Evaluation::open(base.clone(), units, courses, studies).await.map_err(|e| told(&e))?;
    let source = literacy::source(&evaluation);
    let reports = reports::Reports::new(base.clone(), organisation.clone(), catalogue.clone(), media.clone(), source);
    let verify = ledger::verifying(config, &credits);
    Ok(Houses {
        base,
        identity,
        organisation,
        media,
        catalogue,
        learning,
        credits,
        appeals,
        gamification,
        evaluation,
        reports,
        index,
        searching: graphql::Searching::default(),
        verify,
    })
}

/// Where boards are kept, if not in memory.
pub fn cache(config: &Config) -> Result<Option<platform::Cache>, String> {
    let url = &config.redis.url;
    if url.is_empty() { Ok(None) } else { platform::Cache::open(url).map(Some).map_err(|e| e.to_string()) }
}

/// What the school adds to the dictionaries of the search.
pub fn words(config: &Config) -> Result<search::Words, String> {
    let folder = config.data_dir.join("words");
    search::Words::read(&folder).map_err(|e| format!("{}: {e}", folder.display()))
}

/// What counts as study, and how long it is kept.
pub fn study_config(config: &Config) -> learning::Config {
    let config::Study { hidden_counts, kept_days } = config.study;
    learning::Config { hidden_counts, kept_days, ..learning::Config::default() }
}

/// Where the objects lie.
pub fn store_config(config: &Config) -> media::StoreConfig {
    let store = &config.store;
    if store.url.is_empty() {
        media::StoreConfig::Folder(config.data_dir.join("objects"))
    } else {
        media::StoreConfig::S3(media::S3Config {
            url: store.url.clone(),
            endpoint: store.endpoint.clone(),
            region: store.region.clone(),
            access_key: store.access_key.clone(),
            secret_key: store.secret_key.clone(),
        })
    }
}

pub fn media_config(config: &Config, secret: [u8; 32]) -> media::Config {
    let store = store_config(config);
    let uploads = &config.uploads;
    let limits = media::Limits {
        quota: (uploads.quota_mb > 0).then_some(uploads.quota_mb << 20),
        open: uploads.open,
        reserve: uploads.reserve_mb << 20,
        ..media::Limits::default()
    };
    let (work_dir, recogniser) = (config.data_dir.join("work"), recogniser(&config.captions));
    media::Config { store, work_dir, secret, limits, recogniser, ..media::Config::default() }
}

/// The program that recognises speech, where the school has set one.
fn recogniser(captions: &config::Captions) -> Option<media::Recogniser> {
    (!captions.command.is_empty()).then(|| media::Recogniser {
        command: captions.command.clone(),
        most: Duration::from_secs(u64::from(captions.minutes) * 60),
        memory: (captions.memory_mb > 0).then(|| u64::from(captions.memory_mb) << 20),
    })
}
