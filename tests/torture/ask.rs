//! One request, three ends: it was done, it was refused, or nobody knows. Whoever does not know may not say that it was not done.

use std::time::Duration;

use reqwest::header;
use serde_json::{Value, json};

#[derive(Debug)]
pub enum End {
    /// `data` of the answer.
    Done(Value),
    /// The code of the refusal, and the answer.
    Refused(String, Value),
    /// No answer, or half of one.
    Unknown,
}

impl End {
    pub fn done(self) -> Option<Value> {
        match self {
            Self::Done(data) => Some(data),
            Self::Refused(..) | Self::Unknown => None,
        }
    }
}

/// Somebody signed in.
#[derive(Clone)]
pub struct Asker {
    http: reqwest::Client,
    pub name: String,
    cookie: String,
}

pub const PASSWORD: &str = "demo-xianfeng";

/// A field of an answer by a path like `a.b.0.c`; null where there is none.
pub fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |value, step| step.parse::<usize>().map_or(&value[step], |n| &value[n]))
}

pub fn text(value: &Value, path: &str) -> String {
    at(value, path).as_str().unwrap_or_else(|| panic!("no text at {path} in {value}")).to_owned()
}

impl Asker {
    pub async fn sign_in(url: &str, name: &str, password: &str) -> Self {
        // The first one stays; the others find it there.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().expect("a client");
        let document = "mutation($u: String!, $p: String!) { signIn(username: $u, password: $p) { viewer { id } } }";
        let body = json!({ "query": document, "variables": { "u": name, "p": password } });
        let request = http.post(format!("{url}/graphql")).header("content-type", "application/json");
        let answer = request.header("x-requested-with", "torture").body(body.to_string()).send().await.unwrap();
        let cookie = answer.headers().get(header::SET_COOKIE).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let cookie = cookie.unwrap_or_else(|| panic!("{name} cannot sign in"));
        Self { http, name: name.to_owned(), cookie: cookie.split(';').next().unwrap().to_owned() }
    }

    pub async fn ask(&self, url: &str, document: &str, variables: Value) -> End {
        let body = json!({ "query": document, "variables": variables }).to_string();
        let request = self.http.post(format!("{url}/graphql")).header("content-type", "application/json");
        let request = request.header("x-requested-with", "torture").header(header::COOKIE, &self.cookie).body(body);
        let Ok(answer) = request.send().await else { return End::Unknown };
        let Ok(text) = answer.text().await else { return End::Unknown };
        let answer: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"));
        match answer.get("errors") {
            None => End::Done(answer["data"].clone()),
            Some(errors) => End::Refused(at(errors, "0.extensions.code").as_str().unwrap_or("").to_owned(), answer),
        }
    }

    /// An answer that must come.
    pub async fn must(&self, url: &str, document: &str, variables: Value) -> Value {
        match self.ask(url, document, variables).await {
            End::Done(data) => data,
            other => panic!("{}: {other:?}\nof {document}", self.name),
        }
    }

    /// All bytes of a file; none if the server went away.
    pub async fn get(&self, url: &str, path: &str) -> Option<Vec<u8>> {
        let address = if path.starts_with("http") { path.to_owned() } else { format!("{url}{path}") };
        let answer = self.http.get(address).header(header::COOKIE, &self.cookie).send().await.ok()?;
        let good = answer.status().is_success();
        let bytes = answer.bytes().await.ok()?;
        assert!(good, "{}: {path}: {}", self.name, String::from_utf8_lossy(&bytes));
        Some(bytes.to_vec())
    }
}
