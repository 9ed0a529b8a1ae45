//! `play rebuild`: what the playful side keeps, made anew from what it is made of.

use std::sync::Arc;

use clap::Subcommand;
use gamification::Gamification;
use kernel::{clock::SystemClock, id::RandomIds};
use platform::Base;

use crate::{
    app::{self, media_config},
    config::Config,
    flows, secrets,
};

#[derive(Subcommand)]
pub enum Play {
    /// Compare what was finished with the study, members with the roster, and make boards anew from the ledger
    Rebuild,
}

pub async fn run(config: &Config, Play::Rebuild: Play) -> Result<(), String> {
    let rebuilt = open(config).await?.rebuild().await.map_err(|e| e.to_string())?;
    match rebuilt.deeds + rebuilt.members {
        0 => println!("与学习记录、名册和账本一致。It says what the study, the roster and the ledger say."),
        _ => println!(
            "已更正 {deeds} 条完成记录和 {members} 名成员，榜单已重建。{deeds} finished things and {members} members were put right; boards were \
             made anew.",
            deeds = rebuilt.deeds,
            members = rebuilt.members
        ),
    }
    Ok(())
}

/// Does not take the folder's lock: it may run beside `serve`.
async fn open(config: &Config) -> Result<Gamification, String> {
    let told = |error: kernel::Error| error.to_string();
    let (db, outbox) = (app::database(config).await?, flows::outbox());
    let base = Base { db, outbox, clock: Arc::new(SystemClock::new()), ids: Arc::new(RandomIds), zone: config.zone() };
    let secret = secrets::secret(&config.data_dir, "media").map_err(|e| e.to_string())?;
    let media = media::Media::open(base.clone(), media_config(config, secret)).await.map_err(told)?;
    let organisation = organisation::Organisation::new(base.clone());
    let catalogue = catalogue::Catalogue::new(base.clone(), organisation.clone(), media);
    let learning = learning::Learning::new(base.clone(), catalogue.clone(), app::study_config(config));
    let credits = credits::Credits::new(base.clone(), catalogue.clone()).map_err(told)?;
    let cache = app::cache(config)?;
    Ok(Gamification::new(base, organisation, catalogue, credits, learning, cache))
}
