//! A client as the contract describes one: POST, `application/json`, `X-Requested-With`, a cookie kept by hand.

use std::{path::PathBuf, time::Duration};

use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    pub url: String,
    pub cookie: Option<String>,
}

/// The documents of the contract, as clients outside have them.
pub fn contract(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("contract").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A field of an answer by a path like `a.b.0.c`; null where there is none.
pub fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |value, step| step.parse::<usize>().map_or(&value[step], |n| &value[n]))
}

/// The text at a path.
pub fn text(value: &Value, path: &str) -> String {
    at(value, path).as_str().unwrap_or_else(|| panic!("no text at {path} in {value}")).to_owned()
}

impl Client {
    pub fn new(url: &str) -> Self {
        // The first one stays; the others find it there.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().expect("a client");
        Self { http, url: url.to_owned(), cookie: None }
    }

    pub async fn sign_in(url: &str, username: &str, password: &str) -> Self {
        let mut client = Self::new(url);
        let document = "mutation($u: String!, $p: String!) { signIn(username: $u, password: $p) { viewer { id } } }";
        let (status, headers, answer) =
            client.post(&json!({ "query": document, "variables": { "u": username, "p": password } })).await;
        assert_eq!((status, answer.get("errors")), (StatusCode::OK, None), "{answer}");
        let cookie = headers.get(header::SET_COOKIE).and_then(|v| v.to_str().ok()).expect("a cookie");
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
            "{cookie}"
        );
        client.cookie = cookie.split(';').next().map(str::to_owned);
        client
    }

    /// The same session with another server.
    pub fn over(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// The raw exchange.
    pub async fn post(&self, body: &Value) -> (StatusCode, header::HeaderMap, Value) {
        let request = self
            .request(Method::POST, "/graphql")
            .header("content-type", "application/json")
            .header("x-requested-with", "e2e");
        let response = request.body(body.to_string()).send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.text().await.expect("a body");
        (status, headers, serde_json::from_str(&body).unwrap_or_else(|_| panic!("not JSON: {body}")))
    }

    /// Any request with this client's cookie.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        let request = self.http.request(method, url);
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.expect("an answer")
    }

    /// `data` of an operation that must not be refused.
    pub async fn ask(&self, document: &str, variables: Value) -> Value {
        let (_, _, answer) = self.post(&json!({ "query": document, "variables": variables })).await;
        assert!(answer.get("errors").is_none(), "{answer}\nof {document}");
        answer["data"].clone()
    }

    /// The code of an operation that must be refused.
    pub async fn refused(&self, document: &str, variables: Value) -> String {
        let (_, _, answer) = self.post(&json!({ "query": document, "variables": variables })).await;
        text(&answer, "errors.0.extensions.code")
    }

    /// A document of the contract by its file and operation.
    pub async fn contract(&self, file: &str, operation: &str, variables: Value) -> Value {
        let body = json!({ "query": contract(file), "operationName": operation, "variables": variables });
        self.post(&body).await.2
    }
}
