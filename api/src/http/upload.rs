//! tus 1.0.0 over the media house: creation (with upload), checksum, termination, expiration. `POST /uploads/<asset>` begins, `PATCH`, `HEAD`
//! and `DELETE` go to the Location of its answer.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::{ConnectInfo, Path, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use futures::StreamExt;
use kernel::{Language, Refusal, Viewer, clock, id::AssetId};
use media::{Checksum, TusError, Upload, UploadId};

use super::{
    Gate,
    session::{self, Way},
};

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,checksum,termination,expiration";

/// A writer that lost its line is waited for so long at most; who is told 423 or 503 may ask again after it.
const AGAIN_SECONDS: &str = "5";

/// Why a request ends: a status and a sentence.
struct Refused(StatusCode, kernel::text::Text);

impl From<TusError> for Refused {
    fn from(error: TusError) -> Self {
        if let TusError::Fault(cause) = &error {
            if let Some(refusal) = cause.refusal() {
                return Self(StatusCode::BAD_REQUEST, refusal.text.clone());
            }
            tracing::error!(error = %cause, "an upload failed");
        }
        Self(StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), error.text())
    }
}

fn refused(status: StatusCode, zh: &str, en: &str) -> Refused {
    Refused(status, kernel::text::Text::new(zh, en))
}

/// `/uploads/<asset>`
pub async fn asset(
    State(gate): State<Gate>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(asset): Path<String>,
    request: Request,
) -> Response {
    let language = language(request.headers());
    let method = request.method().clone();
    let outcome = match method {
        Method::OPTIONS => Ok(answer(StatusCode::NO_CONTENT)),
        Method::POST => create(&gate, peer, &asset, request).await,
        _ => Err(refused(StatusCode::METHOD_NOT_ALLOWED, "请用 POST 开始上传。", "POST begins an upload.")),
    };
    finish(outcome, language)
}

/// `/uploads/<asset>/<upload>`
pub async fn upload(
    State(gate): State<Gate>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path((_, upload)): Path<(String, String)>,
    request: Request,
) -> Response {
    let language = language(request.headers());
    let method = request.method().clone();
    let outcome = match method {
        Method::OPTIONS => Ok(answer(StatusCode::NO_CONTENT)),
        Method::HEAD => head(&gate, peer, &upload, request).await,
        Method::PATCH => patch(&gate, peer, &upload, request).await,
        Method::DELETE => delete(&gate, peer, &upload, request).await,
        _ => Err(refused(StatusCode::METHOD_NOT_ALLOWED, "请用 PATCH 续传。", "PATCH goes on with an upload.")),
    };
    finish(outcome, language)
}

fn language(headers: &HeaderMap) -> Language {
    Language::accepted(headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default())
}

/// 412 for another version of the protocol, 401 without a session, 403 for what another site could send.
async fn asker(gate: &Gate, peer: SocketAddr, headers: &HeaderMap) -> Result<Viewer, Refused> {
    if text(headers, "tus-resumable") != VERSION {
        return Err(refused(StatusCode::PRECONDITION_FAILED, "须使用 tus 1.0.0。", "tus 1.0.0 is needed."));
    }
    if !super::graphql::same_origin(headers) {
        return Err(refused(
            StatusCode::FORBIDDEN,
            "不接受其他网站的请求。",
            "Requests of other sites are not accepted.",
        ));
    }
    let asker = session::asker(gate, headers, &Way::of(gate, headers, peer)).await.map_err(TusError::Fault)?;
    let viewer = asker.viewer.filter(|_| !asker.one_time);
    viewer.ok_or_else(|| Refused(StatusCode::UNAUTHORIZED, Refusal::unauthenticated().text))
}

async fn create(gate: &Gate, peer: SocketAddr, asset: &str, request: Request) -> Result<Response, Refused> {
    let viewer = asker(gate, peer, request.headers()).await?;
    let id: AssetId = asset.parse().map_err(|_| TusError::Missing)?;
    let length = number(request.headers(), "upload-length")
        .ok_or_else(|| refused(StatusCode::BAD_REQUEST, "缺少 Upload-Length。", "Upload-Length is missing."))?;
    let mut made = gate.houses.media.tus_create(&viewer, id, length).await?;
    if text(request.headers(), "content-type") == "application/offset+octet-stream" {
        let checksum = checksum(request.headers())?;
        made = gate.houses.media.tus_patch(&viewer, made.id, 0, body(request), checksum).await?;
    }
    let mut response = answer(StatusCode::CREATED);
    put(&mut response, header::LOCATION, &format!("/uploads/{asset}/{}", made.id));
    tell(&mut response, &made);
    Ok(response)
}

async fn head(gate: &Gate, peer: SocketAddr, upload: &str, request: Request) -> Result<Response, Refused> {
    let viewer = asker(gate, peer, request.headers()).await?;
    let found = gate.houses.media.tus_head(&viewer, id(upload)?).await?;
    let mut response = answer(StatusCode::OK);
    tell(&mut response, &found);
    put(&mut response, HeaderName::from_static("upload-length"), &found.length.to_string());
    Ok(response)
}

async fn patch(gate: &Gate, peer: SocketAddr, upload: &str, request: Request) -> Result<Response, Refused> {
    let viewer = asker(gate, peer, request.headers()).await?;
    if text(request.headers(), "content-type") != "application/offset+octet-stream" {
        let (zh, en) = (
            "续传的内容类型须为 application/offset+octet-stream。",
            "The content type must be application/offset+octet-stream.",
        );
        return Err(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, zh, en));
    }
    let offset = number(request.headers(), "upload-offset")
        .ok_or_else(|| refused(StatusCode::BAD_REQUEST, "缺少 Upload-Offset。", "Upload-Offset is missing."))?;
    let checksum = checksum(request.headers())?;
    let done = gate.houses.media.tus_patch(&viewer, id(upload)?, offset, body(request), checksum).await?;
    let mut response = answer(StatusCode::NO_CONTENT);
    tell(&mut response, &done);
    Ok(response)
}

async fn delete(gate: &Gate, peer: SocketAddr, upload: &str, request: Request) -> Result<Response, Refused> {
    let viewer = asker(gate, peer, request.headers()).await?;
    gate.houses.media.tus_delete(&viewer, id(upload)?).await?;
    Ok(answer(StatusCode::NO_CONTENT))
}

fn id(upload: &str) -> Result<UploadId, Refused> {
    upload.parse().map_err(|_| TusError::Missing.into())
}

fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Refused> {
    let given = Some(text(headers, "upload-checksum")).filter(|value| !value.is_empty());
    Ok(given.map(Checksum::parse).transpose()?)
}

fn body(request: Request) -> impl futures::Stream<Item = Result<bytes::Bytes, axum::Error>> + Send + Unpin + 'static {
    request.into_body().into_data_stream().boxed()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name).parse().ok()
}

fn tell(response: &mut Response, upload: &Upload) {
    put(response, HeaderName::from_static("upload-offset"), &upload.received.to_string());
    put(response, HeaderName::from_static("upload-expires"), &http_date(upload.expires_at));
}

/// RFC 9110 5.6.7, from an instant of this century.
fn http_date(at: kernel::Millis) -> String {
    chrono::DateTime::from_timestamp_millis(at)
        .map_or_else(|| clock::rfc3339(at), |at| at.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

fn answer(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn put(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn finish(outcome: Result<Response, Refused>, language: Language) -> Response {
    let mut response = outcome.unwrap_or_else(|Refused(status, sentence)| {
        let mut response = Response::new(Body::from(sentence.say(language).to_owned()));
        *response.status_mut() = status;
        put(&mut response, header::CONTENT_TYPE, "text/plain; charset=utf-8");
        if [StatusCode::LOCKED, StatusCode::SERVICE_UNAVAILABLE].contains(&status) {
            put(&mut response, header::RETRY_AFTER, AGAIN_SECONDS);
        }
        response
    });
    let fixed = [
        ("tus-resumable", VERSION),
        ("tus-version", VERSION),
        ("tus-extension", EXTENSIONS),
        ("tus-checksum-algorithm", Checksum::ALGORITHMS),
        ("cache-control", "no-store"),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}
