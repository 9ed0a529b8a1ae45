//! The whole HTTP surface on one page.

pub mod documents;
mod export;
mod graphql;
mod health;
pub mod nulls;
mod play;
mod preview;
mod served;
mod session;
mod upload;
mod web;

use std::{net::IpAddr, ops::Deref, sync::Arc, time::Duration};

use ::graphql::{Houses, Schema};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderName, HeaderValue},
    middleware::{self, Next},
    response::Response,
    routing::{any, get, post},
};
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::catch_panic::CatchPanicLayer;

/// What every handler may need; every request takes a copy of the one arrow to it.
#[derive(Clone)]
pub struct Gate(Arc<Shared>);

impl Gate {
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Deref for Gate {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

pub struct Shared {
    pub houses: Houses,
    pub schema: Schema,
    pub documents: documents::Documents,
    pub nullable: nulls::Nullable,
    pub proxies: Arc<[IpAddr]>,
    pub metrics: PrometheusHandle,
}

/// A reading of 200 000 Chinese characters is 600 kB.
const GRAPHQL_BYTES: usize = 768 * 1024;

/// `Secure`, framing, sniffing, referrers: the same for every answer. Inline styles are what Vue and Element Plus set on elements.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        HeaderName::from_static("content-security-policy"),
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; \
         connect-src 'self' ws: wss:; worker-src 'self' blob:; font-src 'self'; manifest-src 'self'; frame-ancestors 'none'; \
         base-uri 'none'; form-action 'self'",
    ),
    (HeaderName::from_static("x-content-type-options"), "nosniff"),
    (HeaderName::from_static("x-frame-options"), "DENY"),
    (HeaderName::from_static("referrer-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

pub fn router(gate: Gate) -> Router {
    Router::new()
        .route("/graphql", post(graphql::post).fallback(graphql::only_post).layer(DefaultBodyLimit::max(GRAPHQL_BYTES)))
        .route("/graphql/ws", get(graphql::ws))
        .route("/uploads/{asset}", any(upload::asset).layer(DefaultBodyLimit::disable()))
        .route("/uploads/{asset}/{upload}", any(upload::upload).layer(DefaultBodyLimit::disable()))
        .route("/media/{study}/{expiry}/{signature}/{*path}", get(play::media))
        .route("/pictures/{id}/{signature}", get(play::picture))
        .route("/pictures/{id}/{signature}/{name}", get(play::picture_file))
        .route("/previews/{asset}/{person}/{expiry}/{signature}/{*path}", get(preview::preview))
        .route("/exports/{id}", get(export::download))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .fallback(web::serve)
        .layer(middleware::from_fn(every_answer))
        .layer(CatchPanicLayer::new())
        .with_state(gate)
}

/// Headers that every answer carries, and its time in the metrics and the log: by route, never by address.
async fn every_answer(request: Request, next: Next) -> Response {
    let route = request.uri().path().split('/').nth(1).unwrap_or_default();
    let known =
        ["graphql", "uploads", "media", "pictures", "exports", "healthz", "readyz", "metrics", "assets", "console"];
    let route = known.into_iter().find(|known| *known == route).unwrap_or("page");
    let started = std::time::Instant::now();
    let mut response = next.run(request).await;
    let took: Duration = started.elapsed();
    metrics::histogram!("xianfeng_http_seconds", "route" => route).record(took.as_secs_f64());
    tracing::debug!(route, status = response.status().as_u16(), took_us = took.as_micros(), "answered");
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
