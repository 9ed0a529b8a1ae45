//! `POST /graphql` by the GraphQL-over-HTTP draft, and `GET /graphql/ws` by graphql-transport-ws. A request is run only with
//! `application/json`, an `X-Requested-With` header and no foreign Origin: a form of another site can send none of these.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use async_graphql::{Data, Request, Response as Answer, ServerError, Value, Variables};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::{
    body::Bytes,
    extract::{ConnectInfo, State, WebSocketUpgrade},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use graphql::{Page, must_change_password, refusal_error, to_graphql};
use http_body::Body as _;
use kernel::{Code, Language, Refusal, id::PersonId};
use learning::Served;
use serde::Deserialize;

use super::{
    Gate, play, served,
    session::{self, Way},
};

const TIME: Duration = Duration::from_secs(5);
const NEW: &str = "application/graphql-response+json";
const OLD: &str = "application/json";
const NEEDED: HeaderName = HeaderName::from_static("x-requested-with");

type Json = serde_json::Map<String, serde_json::Value>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<Json>,
    #[serde(default, rename = "extensions")]
    _extensions: Option<Json>,
}

pub async fn post(
    State(gate): State<Gate>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = Form::of(&headers);
    match run(&gate, &headers, peer, &body, &form).await {
        Ok(response) => response,
        Err((status, refusal)) => form.refuse(status, &refusal),
    }
}

async fn run(
    gate: &Gate,
    headers: &HeaderMap,
    peer: SocketAddr,
    body: &[u8],
    form: &Form,
) -> Result<Response, (StatusCode, Refusal)> {
    may_run(headers)?;
    let malformed = |_| {
        (
            StatusCode::BAD_REQUEST,
            Refusal::new(Code::Invalid, "请求不是有效的 GraphQL JSON。", "This is not a GraphQL request in JSON."),
        )
    };
    let asked: Asked = serde_json::from_slice(body).map_err(malformed)?;
    let document = gate
        .documents
        .parse(&asked.query, asked.operation_name.as_deref())
        .map_err(|refusal| (form.failed(), refusal))?;
    let way = Way::of(gate, headers, peer);
    let asker = match session::asker(gate, headers, &way).await {
        Ok(asker) => Arc::new(asker),
        Err(error) => {
            let error = to_graphql(&error, form.language).into_server_error(Default::default());
            return Ok(form.respond(StatusCode::INTERNAL_SERVER_ERROR, &Answer::from_errors(vec![error])));
        }
    };
    let variables = Variables::from_json(asked.variables.unwrap_or_default().into());
    let mut request = Request::new(asked.query).variables(variables).data(asker.clone());
    request.set_parsed_query((*document).clone());
    let answer = tokio::time::timeout(TIME, gate.schema.execute(request)).await;
    let slow = |_| {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            Refusal::unavailable("请求用时过长，已停止。", "The request took too long and was stopped."),
        )
    };
    let mut answer = form.told(answer.map_err(slow)?);
    let paths = answer.errors.iter().map(|error| error.path.as_slice()).filter(|path| !path.is_empty());
    gate.nullable.fill(&mut answer.data, paths);
    let status = if never_ran(&answer) { form.failed() } else { StatusCode::OK };
    let mut response = form.respond(status, &answer);
    let pages = asker.pages();
    if let Some(viewer) = asker.viewer.as_ref().filter(|_| !pages.is_empty()) {
        response = handed_over(gate, response, viewer.person, pages);
    }
    let cookie = asker.cookie().and_then(|cookie| session::set_cookie(&cookie, way.https, gate.houses.base.now()));
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The pages of readings that the answer carries are evidence once it was handed to the connection.
fn handed_over(gate: &Gate, response: Response, reader: PersonId, pages: Vec<Page>) -> Response {
    let Some(length) = response.body().size_hint().exact() else {
        tracing::error!("an answer of unknown length is no evidence");
        return response;
    };
    let told: Vec<_> = pages.into_iter().map(|page| play::witness(gate, reader, whole(page))).collect();
    let (parts, body) = response.into_parts();
    let stream = served::stream(body.into_data_stream(), length, move || told.into_iter().for_each(|tell| tell()));
    let mut response = Response::from_parts(parts, axum::body::Body::from_stream(stream));
    play::put(&mut response, header::CONTENT_LENGTH, &length.to_string());
    response
}

fn whole(page: Page) -> Served {
    let blocks = i64::try_from(page.blocks).unwrap_or(i64::MAX);
    Served { study: page.study, span: (0, blocks), piece: "page".to_owned(), bytes: (0, 1), size: 1 }
}

/// What no form, image or simple cross-site request can fulfil.
fn may_run(headers: &HeaderMap) -> Result<(), (StatusCode, Refusal)> {
    let kind = said(headers, &header::CONTENT_TYPE).split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind != OLD && kind != NEW {
        let refusal =
            Refusal::new(Code::Invalid, "请求须为 application/json。", "The request must be application/json.");
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, refusal));
    }
    if !headers.contains_key(NEEDED) {
        let refusal =
            Refusal::new(Code::Forbidden, "缺少 X-Requested-With 请求头。", "The X-Requested-With header is missing.");
        return Err((StatusCode::FORBIDDEN, refusal));
    }
    if !same_origin(headers) {
        return Err((
            StatusCode::FORBIDDEN,
            Refusal::new(Code::Forbidden, "不接受其他网站的请求。", "Requests of other sites are not accepted."),
        ));
    }
    Ok(())
}

/// No Origin (not a browser), or the one that was asked.
pub fn same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return said(headers, &HeaderName::from_static("sec-fetch-site")) != "cross-site";
    };
    let host = said(headers, &header::HOST);
    origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"))
        .is_some_and(|(_, origin)| origin.eq_ignore_ascii_case(host))
}

fn said<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A request error: nothing was executed, so no error has a path.
fn never_ran(answer: &Answer) -> bool {
    answer.data == Value::Null && !answer.errors.is_empty() && answer.errors.iter().all(|error| error.path.is_empty())
}

/// How this client wants its answer.
struct Form {
    new: bool,
    language: Language,
}

impl Form {
    fn of(headers: &HeaderMap) -> Self {
        let language = Language::accepted(said(headers, &header::ACCEPT_LANGUAGE));
        Self { new: said(headers, &header::ACCEPT).contains(NEW), language }
    }

    /// The draft: 400 under the new media type; 200 under `application/json`, whose clients look into the body.
    fn failed(&self) -> StatusCode {
        if self.new { StatusCode::BAD_REQUEST } else { StatusCode::OK }
    }

    fn refuse(&self, status: StatusCode, refusal: &Refusal) -> Response {
        let error = refusal_error(refusal, self.language).into_server_error(Default::default());
        self.respond(status, &Answer::from_errors(vec![error]))
    }

    fn respond(&self, status: StatusCode, answer: &Answer) -> Response {
        let body = if never_ran(answer) {
            serde_json::to_vec(&serde_json::json!({ "errors": answer.errors }))
        } else {
            serde_json::to_vec(answer)
        };
        let kind = if self.new {
            "application/graphql-response+json; charset=utf-8"
        } else {
            "application/json; charset=utf-8"
        };
        let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")];
        (status, headers, body.unwrap_or_default()).into_response()
    }

    /// Every error leaves with a code and in the asked-for language: validation's own have neither.
    fn told(&self, mut answer: Answer) -> Answer {
        for error in &mut answer.errors {
            let coded = error.extensions.as_ref().is_some_and(|e| e.get("code").is_some());
            if !coded {
                self.tell(error);
            }
        }
        answer
    }

    fn tell(&self, error: &mut ServerError) {
        let mut extensions = error.extensions.take().unwrap_or_default();
        extensions.set("code", Code::Invalid.name());
        extensions.set("fields", Value::List(Vec::new()));
        error.extensions = Some(extensions);
        if self.language == Language::Chinese {
            error.message = format!("{}（{}）", sentence(&error.message), error.message.trim_end_matches('.'));
        }
    }
}

/// The library's validation messages are English; what kind of fault it is, is said in Chinese before it.
fn sentence(message: &str) -> &'static str {
    let kinds = [
        ("too deep", "查询嵌套过深"),
        ("too complex", "查询过于复杂"),
        ("recursion depth", "查询嵌套过深"),
        ("directives", "指令过多"),
        ("nknown operation", "没有这个操作"),
        ("peration name", "须指明要执行的操作"),
        ("ariable", "变量有误"),
        ("nvalid value", "参数值有误"),
        ("nknown field", "没有这个字段"),
        ("nknown argument", "没有这个参数"),
    ];
    kinds.iter().find(|(part, _)| message.contains(part)).map_or("请求不符合接口定义", |(_, zh)| zh)
}

/// Subscriptions. The cookie is read at the upgrade, and only from our own pages.
pub async fn ws(
    State(gate): State<Gate>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    protocol: GraphQLProtocol,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !same_origin(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let way = Way::of(&gate, &headers, peer);
    let Ok(asker) = session::asker(&gate, &headers, &way).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let upgrade = upgrade.max_message_size(64 * 1024).protocols(async_graphql::http::ALL_WEBSOCKET_PROTOCOLS);
    upgrade.on_upgrade(move |socket| async move {
        let mut data = Data::default();
        let language = asker.language;
        let refused = match (&asker.viewer, asker.one_time) {
            (None, _) => Some(Refusal::unauthenticated()),
            (_, true) => Some(must_change_password()),
            _ => None,
        };
        data.insert(Arc::new(asker));
        let session = GraphQLWebSocket::new(socket, gate.schema.clone(), protocol).with_data(data);
        let session = session.keepalive_timeout(Duration::from_secs(30)).on_connection_init(move |_| async move {
            match refused {
                Some(refusal) => Err(refusal_error(&refusal, language)),
                None => Ok(Data::default()),
            }
        });
        session.serve().await;
    })
}

/// Anything but POST.
pub async fn only_post() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, HeaderValue::from_static("POST"))]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn a_request_that_another_site_could_send_is_not_run() {
        type Case<'a> = (&'a [(&'static str, &'static str)], Option<u16>);
        let json = ("content-type", "application/json; charset=utf-8");
        let asked = ("x-requested-with", "x");
        let cases: [Case; 8] = [
            (&[json, asked], None),
            (&[json, asked, ("origin", "http://a.cn"), ("host", "a.cn")], None),
            (&[json], Some(403)),
            (&[("content-type", "text/plain"), asked], Some(415)),
            (&[asked], Some(415)),
            (&[("content-type", "multipart/form-data; boundary=x"), asked], Some(415)),
            (&[json, asked, ("origin", "null"), ("host", "a.cn")], Some(403)),
            (&[json, asked, ("origin", "http://b.cn"), ("host", "a.cn")], Some(403)),
        ];
        for (pairs, refused) in cases {
            assert_eq!(may_run(&headers(pairs)).err().map(|(status, _)| status.as_u16()), refused, "{pairs:?}");
        }
    }
}
