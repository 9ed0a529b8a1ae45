//! `/healthz`: the process is alive. `/readyz`: it can serve. `/metrics`: Prometheus text.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use platform::jobs;

use super::Gate;

pub async fn healthz() -> &'static str {
    "ok\n"
}

pub async fn readyz(State(gate): State<Gate>) -> impl IntoResponse {
    let base = &gate.houses.base;
    match base.db.ping().await {
        Ok(()) if gate.houses.index.is_ready() => (StatusCode::OK, "ready\n"),
        Ok(()) => (StatusCode::SERVICE_UNAVAILABLE, "the search index is being built\n"),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}

pub async fn metrics(State(gate): State<Gate>) -> impl IntoResponse {
    if let Ok((waiting, dead)) = jobs::counts(gate.houses.base.db.read()).await {
        metrics::gauge!("xianfeng_jobs_waiting").set(f64::from(u32::try_from(waiting).unwrap_or(u32::MAX)));
        metrics::gauge!("xianfeng_jobs_dead").set(f64::from(u32::try_from(dead).unwrap_or(u32::MAX)));
    }
    gate.metrics.run_upkeep();
    ([("content-type", "text/plain; version=0.0.4")], gate.metrics.render())
}
