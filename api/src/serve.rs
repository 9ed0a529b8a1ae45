//! `serve`: listens, answers, works the queue, and goes down in order: no new work, the commits in flight are acknowledged, jobs are put back.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::serve::ListenerExt;
use platform::jobs;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{
    app::App,
    config::Config,
    http::{self, Gate},
    ledger, observe,
};

/// All of the going down takes at most this long.
const DOWN: Duration = Duration::from_secs(10);
/// How often is looked whether something is to be swept, and how often that is. Where a test moves the clock it need not wait for the look.
const LOOK: Duration = Duration::from_millis(if cfg!(feature = "test-clock") { 200 } else { 60_000 });
const SWEPT_MS: kernel::Millis = 3_600_000;

pub async fn serve(config: &Config) -> Result<(), String> {
    let metrics = observe::start_metrics()?;
    let (app, further) = open(config).await?;
    guard(config, &app).await?;
    revive(&app).await?;
    let listener = TcpListener::bind(config.address()).await.map_err(|e| format!("{}: {e}", config.listen))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let gate = Gate::new(http::Shared {
        schema: graphql::build(app.houses.clone()),
        documents: http::documents::Documents::default(),
        nullable: http::nulls::Nullable::of(&graphql::sdl()),
        proxies: config.proxies().into(),
        houses: app.houses.clone(),
        metrics,
    });
    let (stop, stopped) = watch::channel(false);
    let worker = background(config, &app, &stopped);
    // Heard from here on: who reads the address may stop the program at once.
    let signalled = signals()?;
    println!("http://{address}");
    tracing::info!(%address, "serving");
    let router = http::router(gate).merge(further).into_make_service_with_connect_info::<SocketAddr>();
    let listener = listener.tap_io(|socket| {
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "a socket keeps its delay");
        }
    });
    let mut watching = stopped.clone();
    let until = async move { drop(watching.wait_for(|stop| *stop).await) };
    let server = tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(until).await });
    signalled.await;
    tracing::info!("going down");
    let _ = stop.send(true);
    let down = async {
        let _ = worker.await;
        app.houses.learning.stop().await;
        if let Err(error) = app.houses.credits.seal().await {
            tracing::error!(%error, "the ledger could not be sealed before the end");
        }
        let _ = server.await;
    };
    if tokio::time::timeout(DOWN, down).await.is_err() {
        tracing::warn!("some connections were still open after {} s", DOWN.as_secs());
    }
    app.houses.base.db.clone().close().await.map_err(|e| e.to_string())
}

/// The program, and the routes that only a special build has.
#[cfg(not(feature = "test-clock"))]
async fn open(config: &Config) -> Result<(App, axum::Router), String> {
    Ok((App::open(config).await?, axum::Router::new()))
}

/// On a clock that a test moves.
#[cfg(feature = "test-clock")]
async fn open(config: &Config) -> Result<(App, axum::Router), String> {
    let clock = crate::test_clock::begin(config)?;
    let app = App::open_with(config, clock.clone(), crate::test_clock::ids()).await?;
    let router = crate::test_clock::router(clock, app.houses.base.db.clone());
    Ok((app, router))
}

/// Only the job queue, beside `serve` processes with `worker.embedded = false`.
pub async fn work(config: &Config) -> Result<(), String> {
    let app = App::open(config).await?;
    revive(&app).await?;
    let (stop, stopped) = watch::channel(false);
    let (worker, outside) = (app.worker.clone(), config.worker.outside);
    let signalled = signals()?;
    let running = tokio::spawn(async move { worker.run(stopped, outside).await });
    signalled.await;
    let _ = stop.send(true);
    let _ = tokio::time::timeout(DOWN, running).await;
    Ok(())
}

/// What failed for good is tried again once a start, as the doctor says.
async fn revive(app: &App) -> Result<(), String> {
    let revived = async {
        let tx = app.houses.base.db.begin().await?;
        let revived = jobs::revive(&tx, app.houses.base.now()).await?;
        tx.commit().await?;
        Ok::<_, kernel::Error>(revived)
    };
    match revived.await.map_err(|e| e.to_string())? {
        0 => {}
        revived => tracing::info!(revived, "jobs that had failed for good are tried again"),
    }
    Ok(())
}

/// An address that others can reach is refused while the password that everybody knows works.
async fn guard(config: &Config, app: &App) -> Result<(), String> {
    if config.address().ip().is_loopback() {
        return Ok(());
    }
    let open = app.houses.identity.demo_password_works().await.map_err(|e| e.to_string())?;
    if open {
        return Err(format!(
            "{}: 演示账号的公开密码仍然有效，只能监听 127.0.0.1。A demo password still works, so only loopback addresses may be listened on.",
            config.listen
        ));
    }
    Ok(())
}

fn background(config: &Config, app: &App, stopped: &watch::Receiver<bool>) -> JoinHandle<()> {
    let (worker, outside, embedded) = (app.worker.clone(), config.worker.outside, config.worker.embedded);
    let (houses, stopped, config) = (Arc::new(app.houses.clone()), stopped.clone(), config.clone());
    tokio::spawn(async move {
        let following =
            catalogue::Follower::new(houses.catalogue.clone(), houses.index.clone()).follow(stopped.clone());
        let verifying = ledger::verify_nightly(config, houses.clone(), stopped.clone());
        let credits = houses.credits.clone();
        let sealing = credits.keep_sealed(stopped.clone());
        let sweeping = sweep(houses, stopped.clone());
        let sweeping = async { tokio::join!(sweeping, sealing, verifying, following) };
        if embedded {
            tokio::join!(worker.run(stopped, outside), sweeping);
        } else {
            sweeping.await;
        }
    })
}

/// What the clock causes: abandoned uploads and dead sessions are swept each hour.
async fn sweep(houses: Arc<crate::app::Houses>, mut stopped: watch::Receiver<bool>) {
    let (clock, mut looks) = (houses.base.clock.clone(), tokio::time::interval(LOOK));
    let mut swept = None;
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            _ = stopped.changed() => return,
        }
        let now = clock.monotonic();
        if swept.is_some_and(|at| now - at < SWEPT_MS) {
            continue;
        }
        swept = Some(now);
        if let Err(error) = houses.media.sweep().await {
            tracing::warn!(%error, "abandoned uploads could not be swept");
        }
        if let Err(error) = houses.catalogue.sweep().await {
            tracing::warn!(%error, "announced files could not be swept");
        }
        if let Err(error) = houses.identity.sweep().await {
            tracing::warn!(%error, "ended sessions could not be swept");
        }
        if let Err(error) = houses.learning.sweep().await {
            tracing::warn!(%error, "studies long silent could not be swept");
        }
    }
}

/// From the call on SIGTERM and SIGINT no longer end the process by themselves; the future is done at the first of them.
fn signals() -> Result<impl Future<Output = ()>, String> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate()).map_err(|e| e.to_string())?;
    let mut int = signal(SignalKind::interrupt()).map_err(|e| e.to_string())?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    })
}
