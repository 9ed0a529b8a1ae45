//! `/media/<study>/<expiry>/<signature>/…`: what a player reads. The signature covers the prefix and is enough without a cookie; a session
//! that is sent must be that of the study's person. 410 after the hard end, and when the study was neither opened nor beaten for ten minutes.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::{ConnectInfo, Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use kernel::{
    Code, Error,
    id::{CaptionsId, PersonId, StudyId},
};
use learning::{Served, StudyInfo};
use media::{GetRange, Object, Rejected};

use super::{
    Gate, served,
    session::{self, Way},
    web::plain,
};

/// Heartbeats keep a path alive on the server for so long.
const ALIVE_MS: i64 = 10 * 60_000;

pub async fn media(
    State(gate): State<Gate>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path((study, expiry, signature, path)): Path<(String, String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let (id, study) = match admitted(&gate, &headers, peer, (&study, &expiry, &signature)).await {
        Ok(study) => study,
        Err(status) => return plain(status, words(status)),
    };
    let found = match path.strip_prefix("captions/").and_then(|name| name.strip_suffix(".vtt")) {
        Some(id) => captions(&gate, &study, id).await,
        None => object(&gate, (id, &study), &path, &headers).await,
    };
    found.unwrap_or_else(|error| failed(&error))
}

async fn admitted(
    gate: &Gate,
    headers: &HeaderMap,
    peer: SocketAddr,
    signed: (&str, &str, &str),
) -> Result<(StudyId, StudyInfo), StatusCode> {
    let now = gate.houses.base.now();
    let id = gate.houses.media.verify_study(signed.0, signed.1, signed.2, now).map_err(|rejected| match rejected {
        Rejected::Expired(_) => StatusCode::GONE,
        Rejected::Forged(_) => StatusCode::NOT_FOUND,
    })?;
    let broken = |error: Error| {
        tracing::error!(%error, "a study could not be looked up");
        StatusCode::INTERNAL_SERVER_ERROR
    };
    let study = gate.houses.learning.study(id).await.map_err(broken)?.ok_or(StatusCode::NOT_FOUND)?;
    if now - study.opened_at.max(study.beaten_at) > ALIVE_MS {
        return Err(StatusCode::GONE);
    }
    let sent = session::person(gate, headers, &Way::of(gate, headers, peer)).await.map_err(broken)?;
    match sent {
        Some(person) if person != study.person => Err(StatusCode::FORBIDDEN),
        _ => Ok((id, study)),
    }
}

pub fn words(status: StatusCode) -> &'static str {
    match status {
        StatusCode::GONE => "链接已过期，请重新打开课程。This link has expired; open the lesson again.\n",
        StatusCode::FORBIDDEN => "此链接属于另一位学员。This link is somebody else's.\n",
        StatusCode::NOT_FOUND => "没有找到。Not found.\n",
        _ => "服务器出错了。Something went wrong.\n",
    }
}

async fn captions(gate: &Gate, study: &StudyInfo, id: &str) -> kernel::Result<Response> {
    let id: CaptionsId = id.parse()?;
    let found = gate.houses.catalogue.captions(id).await?.filter(|(lesson, _)| *lesson == study.lesson);
    let (_, vtt) = found.ok_or_else(kernel::Refusal::not_found)?;
    let mut response = Response::new(Body::from(vtt));
    put(&mut response, header::CONTENT_TYPE, "text/vtt; charset=utf-8");
    put(&mut response, header::CACHE_CONTROL, "private, max-age=600");
    Ok(response)
}

async fn object(
    gate: &Gate,
    (id, study): (StudyId, &StudyInfo),
    path: &str,
    headers: &HeaderMap,
) -> kernel::Result<Response> {
    let asset = study.asset.ok_or_else(kernel::Refusal::not_found)?;
    let media = &gate.houses.media;
    let mut object = media.object(asset, path, range(headers)).await?;
    if let Some(span) = media.segment(asset, path).await? {
        let bytes = (object.range.start, object.range.end);
        let piece = Served { study: id, span, piece: path.to_owned(), bytes, size: object.size };
        object.stream = Box::pin(served::stream(object.stream, bytes.1 - bytes.0, witness(gate, study.person, piece)));
    }
    // Within a study nothing changes under one path; the playlists neither.
    Ok(respond(object, headers, "private, max-age=43200, immutable"))
}

/// What was handed to the connection is evidence: what a study reports counts only where it was served to it. It takes its place in the order at
/// once, before the last byte can be read and a beat can follow it; only what became of it is waited for elsewhere.
pub fn witness(gate: &Gate, person: PersonId, piece: Served) -> impl FnOnce() + Send + 'static {
    let learning = gate.houses.learning.clone();
    move || {
        let kept = learning.served_to(person, piece);
        tokio::spawn(async move {
            // Lost evidence costs nobody anything for good: the span is refused as not served, and may be claimed after it was fetched again.
            if let Err(error) = kept.await {
                tracing::warn!(%error, "that a piece was served could not be kept");
            }
        });
    }
}

/// Posters and pictures shown outside a study.
pub async fn picture(
    State(gate): State<Gate>,
    Path((id, signature)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Ok(asset) = gate.houses.media.verify_picture(&id, &signature) else {
        return plain(StatusCode::NOT_FOUND, words(StatusCode::NOT_FOUND));
    };
    match gate.houses.media.picture(asset, range(&headers)).await {
        Ok(object) => respond(object, &headers, "private, max-age=86400"),
        Err(error) => failed(&error),
    }
}

/// A picture in a reading, a page of a document; its bytes never change.
pub async fn picture_file(
    State(gate): State<Gate>,
    Path((id, signature, name)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let Ok(asset) = gate.houses.media.verify_picture(&id, &signature) else {
        return plain(StatusCode::NOT_FOUND, words(StatusCode::NOT_FOUND));
    };
    match gate.houses.media.picture_file(asset, &name, range(&headers)).await {
        Ok(object) => respond(object, &headers, "private, max-age=31536000, immutable"),
        Err(error) => failed(&error),
    }
}

/// One range of bytes; anything else is answered whole, as RFC 9110 14.2 allows.
pub fn range(headers: &HeaderMap) -> Option<GetRange> {
    let asked = headers.get(header::RANGE)?.to_str().ok()?.strip_prefix("bytes=")?;
    let (from, to) = asked.split_once('-')?;
    match (from.parse::<u64>(), to.parse::<u64>()) {
        (Ok(from), Ok(to)) if from <= to => Some(GetRange::Bounded(from..to.saturating_add(1))),
        (Ok(from), Err(_)) if to.is_empty() => Some(GetRange::Offset(from)),
        (Err(_), Ok(last)) if from.is_empty() => Some(GetRange::Suffix(last)),
        _ => None,
    }
}

pub fn respond(object: Object, headers: &HeaderMap, cache: &str) -> Response {
    let etag = object.etag.clone().map(|tag| format!("\"{}\"", tag.trim_matches('"')));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    if etag.is_some() && known == etag.as_deref() {
        return answer(StatusCode::NOT_MODIFIED, Body::empty(), cache, etag.as_deref());
    }
    let (length, part) = (object.range.end - object.range.start, object.range.end - object.range.start < object.size);
    let status = if part && headers.contains_key(header::RANGE) { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let content_range = format!("bytes {}-{}/{}", object.range.start, object.range.end.saturating_sub(1), object.size);
    let mut response = answer(status, Body::from_stream(object.stream), cache, etag.as_deref());
    put(&mut response, header::CONTENT_TYPE, &object.content_type);
    put(&mut response, header::CONTENT_LENGTH, &length.to_string());
    if status == StatusCode::PARTIAL_CONTENT {
        put(&mut response, header::CONTENT_RANGE, &content_range);
    }
    response
}

fn answer(status: StatusCode, body: Body, cache: &str, etag: Option<&str>) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    put(&mut response, header::CACHE_CONTROL, cache);
    put(&mut response, header::ACCEPT_RANGES, "bytes");
    if let Some(etag) = etag {
        put(&mut response, header::ETAG, etag);
    }
    response
}

pub fn put(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

pub fn failed(error: &Error) -> Response {
    let status = match error.code() {
        Some(Code::NotFound) => StatusCode::NOT_FOUND,
        Some(Code::Invalid) => StatusCode::RANGE_NOT_SATISFIABLE,
        Some(_) => StatusCode::BAD_REQUEST,
        None => {
            tracing::error!(%error, "a file could not be read");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    plain(status, words(status))
}
