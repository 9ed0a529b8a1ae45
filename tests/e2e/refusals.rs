//! Bad input over HTTP: a clear refusal with a code and a sentence, never a fault, and nothing half written.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    client::{at, text},
    world::world,
};

#[tokio::test]
async fn a_document_that_cannot_be_run_is_refused_with_a_code_and_a_sentence() {
    let client = world().await.sign_in("student").await;
    let nested = (0..14).fold("id".to_owned(), |inner, _| format!("reverses {{ {inner} }}"));
    let nested = format!("{{ viewer {{ entries(first: 1) {{ nodes {{ {nested} }} }} }} }}");
    let flood = format!("{{ {} }}", (0..1_500).map(|n| format!("a{n}: __typename")).collect::<Vec<_>>().join(" "));
    let heavy =
        "{ courses(first: 100) { nodes { chapters { lessons { id title required progress { coverage } } } } } }";
    let directives = format!("{{ __typename {} }}", "@skip(if: false) ".repeat(20));
    let cases = [
        ("{", "INVALID"),
        ("query A { __typename } query B { __typename }", "INVALID"),
        ("{ nothingLikeThis }", "INVALID"),
        ("{ courses(first: \"many\") { totalCount } }", "INVALID"),
        ("fragment A on Query { ...A } { ...A }", "INVALID"),
        (nested.as_str(), "INVALID"),
        (flood.as_str(), "INVALID"),
        (heavy, "INVALID"),
        (directives.as_str(), "INVALID"),
    ];
    for (document, code) in cases {
        let (status, _, answer) = client.post(&json!({ "query": document })).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(text(&answer, "errors.0.extensions.code"), code, "{document}: {answer}");
        assert!(text(&answer, "errors.0.message").chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c)), "{answer}");
        assert!(answer.get("data").is_none(), "{answer}");
    }
    client.ask("{ courses(first: 1) { nodes { id } } }", json!({})).await;
}

#[tokio::test]
async fn a_field_that_fails_is_null_with_its_error_and_the_rest_is_answered() {
    let client = world().await.sign_in("student").await;
    let asked =
        "{ course(id: \"crs_0\") { id } school { name } courses(first: 1) { nodes { title statistics { started } } } }";
    let (_, _, answer) = client.post(&json!({ "query": asked })).await;
    let codes: Vec<String> = answer["errors"].as_array().unwrap().iter().map(|e| text(e, "extensions.code")).collect();
    assert!(codes.contains(&"NOT_FOUND".to_owned()) && codes.contains(&"FORBIDDEN".to_owned()), "{answer}");
    assert_eq!(
        (answer["data"].get("course"), at(&answer, "data.school.name")),
        (Some(&Value::Null), &json!("示例大学"))
    );
    assert_eq!(at(&answer, "data.courses.nodes.0").get("statistics"), Some(&Value::Null), "{answer}");
    let (_, _, answer) = client.post(&json!({ "query": "{ course(id: \"crs_0\") { id } }" })).await;
    assert_eq!(answer["data"], json!({ "course": null }));
}

#[tokio::test]
async fn the_language_asked_for_is_the_language_of_the_sentence() {
    let client = world().await.anonymous();
    for (language, sentence) in [("zh-CN", "请先登录。"), ("en", "Please sign in first.")] {
        let request = client
            .request(Method::POST, "/graphql")
            .header("content-type", "application/json")
            .header("x-requested-with", "e2e");
        let response = request
            .header("accept-language", language)
            .body(r#"{"query":"{ ledgerHealth { entries } }"}"#)
            .send()
            .await
            .unwrap();
        let answer: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(text(&answer, "errors.0.message"), sentence);
    }
}

#[tokio::test]
async fn first_is_one_to_a_hundred_and_odd_ids_and_cursors_are_refused() {
    let client = world().await.sign_in("student").await;
    for first in [0, -1, 101] {
        let asked = "query($n: Int!) { courses(first: $n) { totalCount } }";
        assert_eq!(client.refused(asked, json!({ "n": first })).await, "INVALID");
    }
    for after in ["", "zz", "党", &"f".repeat(5_000)] {
        let asked = "query($a: String!) { courses(first: 1, after: $a) { totalCount } }";
        assert_eq!(client.refused(asked, json!({ "a": after })).await, "INVALID", "{after}");
    }
    for id in ["", "crs_", "les_00000000000000000000000000000000", "crs_00000000000000000000000000000000", "' OR 1=1"] {
        let asked = "query($i: ID!) { course(id: $i) { id } }";
        assert_eq!(client.refused(asked, json!({ "i": id })).await, "NOT_FOUND", "{id}");
    }
}

#[tokio::test]
async fn what_another_site_could_send_is_never_run() {
    let client = world().await.sign_in("student").await;
    let body = r#"{"query":"mutation { signOut }"}"#;
    let post = |kind: &'static str| client.request(Method::POST, "/graphql").header("content-type", kind).body(body);
    let cases = [
        (post("text/plain").header("x-requested-with", "e2e"), 415),
        (post("application/x-www-form-urlencoded").header("x-requested-with", "e2e"), 415),
        (post("multipart/form-data; boundary=x").header("x-requested-with", "e2e"), 415),
        (post("application/json"), 403),
        (post("application/json").header("x-requested-with", "e2e").header("origin", "http://elsewhere.example"), 403),
        (post("application/json").header("x-requested-with", "e2e").header("origin", "null"), 403),
        (client.request(Method::GET, "/graphql?query=mutation{signOut}").header("x-requested-with", "e2e"), 405),
        (client.request(Method::GET, "/graphql/ws").header("origin", "http://elsewhere.example"), 400),
    ];
    for (request, status) in cases {
        assert_eq!(request.send().await.unwrap().status().as_u16(), status);
    }
    assert!(at(&client.ask("{ viewer { id } }", json!({})).await, "viewer.id").is_string());
}

#[tokio::test]
async fn hostile_bodies_are_refused_and_the_next_request_answered() {
    let client = world().await.sign_in("student").await;
    let send = async |body: Vec<u8>| {
        // On a connection of its own: the server may close one whose request it refused unread.
        let alone = world().await.anonymous();
        let request = alone
            .request(Method::POST, "/graphql")
            .header("content-type", "application/json")
            .header("x-requested-with", "e2e");
        request.body(body).send().await.map_or(0, |response| response.status().as_u16())
    };
    let bodies: [(&str, Vec<u8>); 7] = [
        ("not JSON", b"{".to_vec()),
        ("a batch", br#"[{"query":"{ __typename }"}]"#.to_vec()),
        ("invalid UTF-8", b"{\"query\":\"\xff\"}".to_vec()),
        (
            "deep variables",
            format!(
                r#"{{"query":"{{ __typename }}","variables":{{"a":{}1{}}}}}"#,
                "[".repeat(10_000),
                "]".repeat(10_000)
            )
            .into_bytes(),
        ),
        ("1 MB", format!(r#"{{"query":"{}"}}"#, " ".repeat(1_000_000)).into_bytes()),
        ("operationName of another type", br#"{"query":"{ __typename }","operationName":1}"#.to_vec()),
        ("variables of another type", br#"{"query":"{ __typename }","variables":[]}"#.to_vec()),
    ];
    for (what, body) in bodies {
        let status = send(body).await;
        assert!((400..500).contains(&status), "{what}: {status}");
    }
    let asked = "mutation($i: HeartbeatInput!) { heartbeat(input: $i) { nextSeq } }";
    let many: Vec<Value> = (0..201).map(|n| json!({ "start": n, "end": n + 1 })).collect();
    for input in [
        json!({ "studyId": "std_0", "seq": 9_223_372_036_854_775_807_i64, "spans": [] }),
        json!({ "studyId": 1, "seq": 1, "spans": "x" }),
    ] {
        assert!(["INVALID", "NOT_FOUND"].contains(&client.refused(asked, json!({ "i": input })).await.as_str()));
    }
    let flood = json!({ "studyId": "std_00000000000000000000000000000000", "seq": 1, "spans": many });
    assert!(["INVALID", "NOT_FOUND"].contains(&client.refused(asked, json!({ "i": flood })).await.as_str()));
    assert!(at(&client.ask("{ viewer { id } }", json!({})).await, "viewer.id").is_string());
}

#[tokio::test]
async fn no_page_or_path_tells_what_is_inside() {
    let client = world().await.anonymous();
    for path in [
        "/debug",
        "/.env",
        "/graphiql",
        "/media/x/y/z/master.m3u8",
        "/exports/exp_0",
        "/pictures/a/b",
        "/uploads/ast_0",
        "/assets/none.js",
    ] {
        let response = client.get(path).await;
        let (status, body) = (response.status().as_u16(), response.text().await.unwrap());
        assert!(status < 500, "{path}: {status}");
        for word in ["SELECT", "sqlx", "sea_orm", "panicked", ".rs:"] {
            assert!(!body.contains(word), "{path}: {body}");
        }
    }
    let page = client.get("/healthz").await;
    assert_eq!((page.status().as_u16(), page.headers()["x-content-type-options"].to_str().unwrap()), (200, "nosniff"));
    let metrics = client.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("xianfeng_http_seconds"), "{metrics}");
}
