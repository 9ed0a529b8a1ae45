//! The bytes of tus as a client sends them.

use reqwest::{Method, Response, StatusCode};
use serde_json::json;

use crate::client::{Client, text};

const UPLOAD: &str = "mutation($n: String!, $p: UploadPurpose!) { createUpload(input: { fileName: $n, purpose: $p }) { asset { id } uploadUrl } }";

/// A roster that is on its way; any text may be one.
pub struct Sending {
    pub asset: String,
    pub place: String,
}

pub fn tus(client: &Client, method: Method, path: &str) -> reqwest::RequestBuilder {
    client.request(method, path).header("tus-resumable", "1.0.0").header("x-requested-with", "e2e")
}

impl Sending {
    pub async fn begin(client: &Client, length: usize) -> Self {
        let made = client.ask(UPLOAD, json!({ "n": "名册.csv", "p": "ROSTER" })).await;
        let url = text(&made, "createUpload.uploadUrl");
        let begun = tus(client, Method::POST, &url).header("upload-length", length).send().await.unwrap();
        assert_eq!(begun.status(), StatusCode::CREATED);
        let place = begun.headers()["location"].to_str().unwrap().to_owned();
        Self { asset: text(&made, "createUpload.asset.id"), place }
    }

    pub async fn patch(&self, client: &Client, offset: usize, bytes: &[u8]) -> Response {
        let request = tus(client, Method::PATCH, &self.place).header("upload-offset", offset);
        let request = request.header("content-type", "application/offset+octet-stream");
        request.body(bytes.to_vec()).send().await.unwrap()
    }

    pub async fn offset(&self, client: &Client) -> usize {
        let head = tus(client, Method::HEAD, &self.place).send().await.unwrap();
        assert_eq!(head.status(), StatusCode::OK);
        head.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
    }

    /// Waits until the file is taken in.
    pub async fn ready(&self, client: &Client) {
        for _ in 0..300 {
            let found =
                client.ask("query($i: ID!) { asset(id: $i) { status failure } }", json!({ "i": self.asset })).await;
            match text(&found, "asset.status").as_str() {
                "READY" => return,
                "FAILED" => panic!("{found}"),
                _ => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
            }
        }
        panic!("the file was not taken in");
    }

    /// The key of the file as it came.
    pub fn original(&self) -> String {
        format!("originals/{}", self.asset.trim_start_matches("ast_"))
    }
}

/// So many letters, different for each seed.
pub fn letters(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'a' + u8::try_from(state >> 24).unwrap() % 26
    };
    (0..length).map(|_| next()).collect()
}
