//! The web app, embedded in the binary: hashed assets are immutable, pages are asked for anew each time, compressed forms are made at build.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Dist;

/// `/console…` is the lecturers' and admins' page, `/assets/…` files, everything else the student app's page.
pub async fn serve(request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "GET or HEAD\n");
    }
    let path = request.uri().path().trim_start_matches('/');
    if path == "console" {
        return redirect("/console/");
    }
    let looks_like_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let name = match path {
        "" => "index.html",
        console if console.starts_with("console/") && !looks_like_file => "console.html",
        file if looks_like_file => file,
        _ => "index.html",
    };
    file(name, request.headers()).unwrap_or_else(|| missing(name))
}

fn file(name: &str, asked: &HeaderMap) -> Option<Response> {
    let accepts = asked.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let compressed = [("br", "br"), ("gzip", "gz")].into_iter().filter(|(coding, _)| accepts.contains(coding));
    let mut forms =
        compressed.filter_map(|(coding, suffix)| Some((Some(coding), Dist::get(&format!("{name}.{suffix}"))?)));
    let (coding, found) = forms.next().or_else(|| Some((None, Dist::get(name)?)))?;
    let etag = etag(&found);
    if asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return Some(respond(StatusCode::NOT_MODIFIED, name, None, &etag, Body::empty()));
    }
    Some(respond(StatusCode::OK, name, coding, &etag, Body::from(found.data)))
}

fn etag(found: &EmbeddedFile) -> String {
    format!("\"{}\"", data_encoding::HEXLOWER.encode(found.metadata.sha256_hash().get(..12).unwrap_or_default()))
}

fn respond(status: StatusCode, name: &str, coding: Option<&str>, etag: &str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut put = |key, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(key, value);
        }
    };
    put(header::CONTENT_TYPE, content_type(name));
    put(header::CACHE_CONTROL, cache);
    put(header::ETAG, etag);
    put(header::VARY, "accept-encoding");
    if let Some(coding) = coding {
        put(header::CONTENT_ENCODING, coding);
    }
    response
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "webmanifest" => "application/json",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn missing(name: &str) -> Response {
    if name.ends_with(".html") {
        return plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "The web app was not built into this program: `make build` does it.\n",
        );
    }
    plain(StatusCode::NOT_FOUND, "not found\n")
}

fn redirect(to: &'static str) -> Response {
    let mut response = plain(StatusCode::PERMANENT_REDIRECT, "");
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static(to));
    response
}

pub fn plain(status: StatusCode, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
