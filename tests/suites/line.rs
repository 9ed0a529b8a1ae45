//! A line to the server. Every exchange ends in one of two ways: an answer, or nobody knows.

use std::time::Duration;

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

/// Nobody knows whether the server has heard.
#[derive(Debug)]
pub struct Lost(pub String);

/// What the server said: `data`, or the first error's extensions.
#[derive(Debug, Clone)]
pub struct Said {
    pub status: StatusCode,
    pub body: Value,
}

impl Said {
    pub fn code(&self) -> Option<&str> {
        self.body["errors"][0]["extensions"]["code"].as_str()
    }
    pub fn extension(&self, name: &str) -> &Value {
        &self.body["errors"][0]["extensions"][name]
    }
    /// `data` by a path of names, of an operation that must not be refused.
    pub fn data(&self, path: &str) -> Value {
        assert!(self.body.get("errors").is_none(), "refused: {}", self.body);
        path.split('.').fold(&self.body["data"], |value, name| &value[name]).clone()
    }
    /// Not a fault of the server's, whatever was asked.
    pub fn is_sound(&self) -> bool {
        !self.status.is_server_error() && !["INTERNAL", "FAULT"].contains(&self.code().unwrap_or_default())
    }
}

pub const PASSWORD: &str = "demo-xianfeng";

#[derive(Clone)]
pub struct Line {
    http: reqwest::Client,
    pub url: String,
    cookie: Option<String>,
}

impl Line {
    /// A line that is kept open.
    pub fn new(url: &str) -> Self {
        Self::build(url, reqwest::Client::builder())
    }
    /// A line that is opened anew for each request, so that each meets its own fault.
    pub fn each(url: &str) -> Self {
        Self::build(url, reqwest::Client::builder().pool_max_idle_per_host(0))
    }
    fn build(url: &str, http: reqwest::ClientBuilder) -> Self {
        // The first one stays; the others find it there.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = http.no_proxy().timeout(Duration::from_secs(20)).build().expect("a client");
        Self { http, url: url.to_owned(), cookie: None }
    }

    /// Signed in; the same session may be used over another line.
    pub async fn sign_in(url: &str, username: &str) -> Self {
        let mut line = Self::new(url);
        line.cookie = Some(line.session(username, PASSWORD).await.expect("a session"));
        line
    }
    /// The cookie of a new session, or why there is none.
    pub async fn session(&self, username: &str, password: &str) -> Result<String, Said> {
        let document = "mutation($u: String!, $p: String!) { signIn(username: $u, password: $p) { token } }";
        let said = self.ask(document, json!({ "u": username, "p": password })).await;
        if said.body.get("errors").is_some() {
            return Err(said);
        }
        Ok(format!("xianfeng={}", said.data("signIn.token").as_str().expect("a token")))
    }
    /// The same session over another way.
    pub fn over(&self, url: &str) -> Self {
        Self { cookie: self.cookie.clone(), ..Self::each(url) }
    }
    pub fn with(&self, cookie: String) -> Self {
        Self { cookie: Some(cookie), ..self.clone() }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        let request = self.http.request(method, url).header("x-requested-with", "suites");
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    /// One exchange over a line that may fail. What is no answer of ours (a portal's page) is no answer.
    pub async fn try_ask(&self, document: &str, variables: Value) -> Result<Said, Lost> {
        self.try_body(json!({ "query": document, "variables": variables }).to_string()).await
    }
    pub async fn try_body(&self, body: String) -> Result<Said, Lost> {
        let lost = |error: reqwest::Error| Lost(error.to_string());
        let request = self.request(Method::POST, "/graphql").header("content-type", "application/json").body(body);
        let response = request.send().await.map_err(lost)?;
        let status = response.status();
        let text = response.text().await.map_err(lost)?;
        let body = serde_json::from_str(&text).map_err(|_| Lost(format!("not ours: {text}")))?;
        Ok(Said { status, body })
    }
    /// One exchange over a good line.
    pub async fn ask(&self, document: &str, variables: Value) -> Said {
        self.try_ask(document, variables).await.unwrap_or_else(|lost| panic!("a good line failed: {}", lost.0))
    }

    /// All bytes of a file, or nothing that one could play.
    pub async fn try_file(&self, path: &str) -> Result<Vec<u8>, Lost> {
        let lost = |error: reqwest::Error| Lost(error.to_string());
        let response = self.request(Method::GET, path).send().await.map_err(lost)?;
        let page = response.headers().get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"text/html"));
        if response.status() != StatusCode::OK || page {
            return Err(Lost(response.status().to_string()));
        }
        Ok(response.bytes().await.map_err(lost)?.to_vec())
    }
}
