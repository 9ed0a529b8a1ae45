//! Signing in: one answer for a wrong name and a wrong password, a one-time password that must be changed, delays that say so.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    client::{Client, at, text},
    world::{run, serve, world},
};

const SIGN_IN: &str =
    "mutation($u: String!, $p: String!) { signIn(username: $u, password: $p) { viewer { id roles } } }";
const ME: &str = "{ viewer { id name roles stage unit { name kind } } }";

#[tokio::test]
async fn nobody_is_null_and_everything_else_unauthenticated() {
    let client = world().await.anonymous();
    assert_eq!(client.ask(ME, json!({})).await, json!({ "viewer": Value::Null }));
    assert_eq!(client.refused("{ ledgerHealth { entries } }", json!({})).await, "UNAUTHENTICATED");
    let school = client.ask("{ school { name demo play } }", json!({})).await;
    assert_eq!(school, json!({ "school": { "name": "示例大学", "demo": true, "play": "BOARDS" } }));
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_give_the_same_answer() {
    let client = world().await.anonymous();
    let mut answers = Vec::new();
    for (name, password) in [("nobody-here", "demo-xianfeng"), ("auditor", "wrong-password")] {
        let (_, _, answer) = client.post(&json!({ "query": SIGN_IN, "variables": { "u": name, "p": password } })).await;
        answers.push(at(&answer, "errors.0").clone());
    }
    assert_eq!(text(&answers[0], "extensions.code"), "UNAUTHENTICATED");
    assert_eq!(
        (at(&answers[0], "message"), at(&answers[0], "extensions")),
        (at(&answers[1], "message"), at(&answers[1], "extensions"))
    );
}

#[tokio::test]
async fn a_session_ends_when_it_is_signed_out() {
    let client = world().await.sign_in("s1").await;
    let me = client.ask(ME, json!({})).await;
    assert_eq!((at(&me, "viewer.roles"), at(&me, "viewer.unit.kind")), (&json!(["STUDENT"]), &json!("BRANCH")));
    client.ask("mutation { signOut }", json!({})).await;
    assert_eq!(client.ask(ME, json!({})).await, json!({ "viewer": Value::Null }));
}

#[tokio::test]
async fn a_bearer_token_answers_where_no_cookie_is_kept() {
    let client = world().await.anonymous();
    let document = "mutation($u: String!, $p: String!) { signIn(username: $u, password: $p) { token } }";
    let signed = client.ask(document, json!({ "u": "secretary", "p": "demo-xianfeng" })).await;
    let request = client
        .request(reqwest::Method::POST, "/graphql")
        .header("x-requested-with", "e2e")
        .header("content-type", "application/json");
    let request = request.bearer_auth(text(&signed, "signIn.token")).body(json!({ "query": ME }).to_string());
    let answer: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
    assert_eq!(at(&answer, "data.viewer.roles"), &json!(["ADMIN"]));
}

#[tokio::test]
async fn on_https_told_by_an_unknown_proxy_the_cookie_stays_plain() {
    let client = world().await.anonymous();
    let body = json!({ "query": SIGN_IN, "variables": { "u": "s2", "p": "demo-xianfeng" } });
    let request = client
        .request(reqwest::Method::POST, "/graphql")
        .header("x-requested-with", "e2e")
        .header("x-forwarded-proto", "https");
    let response = request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("xianfeng=") && !cookie.contains("Secure"), "{cookie}");
}

#[tokio::test]
async fn a_created_user_changes_the_one_time_password_before_anything_answers() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("school");
    let arguments = [
        "user",
        "create",
        "--username",
        "chief",
        "--name",
        "安小雨",
        "--number",
        "T1",
        "--role",
        "admin",
        "--school",
        "新学校",
    ];
    let (good, said) = run(&data, &arguments);
    assert!(good, "{said}");
    let password = said.trim().rsplit(' ').next().unwrap().to_owned();
    let server = serve(&data);
    let client = Client::sign_in(&server.url, "chief", &password).await;
    assert_eq!(client.refused("{ ledgerHealth { entries } }", json!({})).await, "FORBIDDEN");
    let change = "mutation($c: String!, $n: String!) { changePassword(current: $c, new: $n) { viewer { id } } }";
    assert_eq!(client.refused(change, json!({ "c": password, "n": "short" })).await, "INVALID");
    client.ask(change, json!({ "c": password, "n": "long-enough-7531" })).await;
    assert_eq!(
        client.ask("{ ledgerHealth { entries } }", json!({})).await,
        json!({ "ledgerHealth": { "entries": 0 } })
    );
    let school = client.ask("{ school { name demo play } viewer { today { earned } } }", json!({})).await;
    assert_eq!(at(&school, "school"), &json!({ "name": "新学校", "demo": false, "play": "PRIVATE" }));
    for _ in 0..5 {
        assert_eq!(
            Client::new(&server.url).refused(SIGN_IN, json!({ "u": "chief", "p": "guess" })).await,
            "UNAUTHENTICATED"
        );
    }
    let (status, _, answer) =
        Client::new(&server.url).post(&json!({ "query": SIGN_IN, "variables": { "u": "chief", "p": "guess" } })).await;
    assert_eq!((status, text(&answer, "errors.0.extensions.code").as_str()), (StatusCode::OK, "RATE_LIMITED"));
    assert!(at(&answer, "errors.0.extensions.retryAfterMs").as_i64().is_some_and(|ms| ms > 0), "{answer}");
}
