//! Checkpoints go to whom the school named: one POST each, in order, again and again until it is answered with 2xx.

use std::time::Duration;

use kernel::{Error, Result};
use platform::jobs::{self, NewJob};

use crate::{Credits, rules::checkpoint::Sealed, store};

/// An outside job; one at a time, because of its lane.
pub const DELIVER: &str = "credits.checkpoints";
const CHANNEL: &str = "webhook";
const PATIENCE: Duration = Duration::from_secs(10);
const HOUR_MS: i64 = 3_600_000;

/// Asks for the delivery of what was not delivered. One job an hour at most waits for it or has died of it.
pub async fn ask(house: &Credits) -> Result<()> {
    let read = house.base().db.read();
    let newest = store::seal::last(read).await?.map_or(0, |last| last.block.no);
    if store::seal::delivered(read, CHANNEL).await? >= newest {
        return Ok(());
    }
    let now = house.base().now();
    let key = Some(format!("{DELIVER}:{}", now / HOUR_MS));
    let tx = house.base().db.begin().await?;
    jobs::add(&tx, NewJob { kind: DELIVER, lane: DELIVER.to_owned(), key, outside: true, run_at: now }, &()).await?;
    tx.commit().await
}

/// Delivers from the first that was not acknowledged on. A delivery that is interrupted after its acknowledgement is made twice.
pub async fn deliver(house: &Credits) -> Result<()> {
    let Some(url) = &house.sealer()?.sealing.webhook else { return Ok(()) };
    let client = reqwest::Client::builder().timeout(PATIENCE).build()?;
    loop {
        let upto = store::seal::delivered(house.base().db.read(), CHANNEL).await?;
        let waiting = store::seal::after(house.base().db.read(), upto, 100).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        for sealed in waiting {
            send(&client, url, &sealed).await?;
            let tx = house.base().db.begin().await?;
            store::seal::note_delivered(&tx, CHANNEL, sealed.block.no).await?;
            tx.commit().await?;
        }
    }
}

async fn send(client: &reqwest::Client, url: &str, sealed: &Sealed) -> Result<()> {
    let request = client.post(url).header("content-type", "text/plain; charset=utf-8").body(sealed.note());
    let status = request.send().await?.status();
    if status.is_success() {
        return Ok(());
    }
    Err(Error::broken(format!("the webhook answered {status} to block {}", sealed.block.no)))
}
