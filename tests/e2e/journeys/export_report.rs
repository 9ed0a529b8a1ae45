//! An admin's report as a file: XLSX that opens, the demo mark, only for whoever asked.

use std::{io::Cursor, time::Duration};

use calamine::{Reader, Xlsx};
use serde_json::json;

use crate::{
    client::{Client, text},
    world::world,
};

async fn exported(client: &Client, kind: &str, format: &str) -> (String, Vec<u8>) {
    let request = "mutation($i: ExportInput!) { requestExport(input: $i) { export { id } } }";
    let made = client.ask(request, json!({ "i": { "kind": kind, "format": format } })).await;
    let id = text(&made, "requestExport.export.id");
    for _ in 0..200 {
        let found = client
            .ask("query($i: ID!) { export(id: $i) { status downloadUrl rows failure } }", json!({ "i": id }))
            .await;
        match text(&found, "export.status").as_str() {
            "READY" => {
                let url = text(&found, "export.downloadUrl");
                let response = client.get(&url).await;
                assert_eq!(response.status(), 200);
                assert!(response.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
                return (url, response.bytes().await.unwrap().to_vec());
            }
            "FAILED" => panic!("{found}"),
            _ => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
    panic!("the export did not end");
}

#[tokio::test]
async fn the_reports_open_as_sheets_and_are_only_for_whoever_asked() {
    let world = world().await;
    let admin = world.sign_in("admin").await;
    let (url, bytes) = exported(&admin, "CREDIT_REPORT", "XLSX").await;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let said: String = sheet.rows().take(4).flatten().map(|cell| cell.to_string()).collect();
    assert!(said.contains("示例大学") && said.contains("演示数据"), "{said}");
    assert!(sheet.rows().count() > 40);
    let (_, bytes) = exported(&admin, "LITERACY_REPORT", "XLSX").await;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let said: String = sheet.rows().flatten().map(|cell| cell.to_string()).collect();
    assert!(
        said.contains("本结果为培训过程性记录") && said.contains("集中培训出勤") && said.contains("尚未安排"),
        "{said}"
    );
    let (_, csv) = exported(&admin, "CREDIT_REPORT", "CSV").await;
    assert!(csv.starts_with("\u{feff}".as_bytes()) && String::from_utf8(csv).unwrap().contains("学号"));
    assert_eq!(world.sign_in("secretary").await.get(&url).await.status(), 404);
    assert_eq!(world.anonymous().get(&url).await.status(), 401);
}

#[tokio::test]
async fn reading_a_report_is_in_the_audit_log() {
    let world = world().await;
    let auditor = world.sign_in("auditor").await;
    world.sign_in("admin").await.ask("{ literacyReport { term { name } } }", json!({})).await;
    let log = auditor.ask("{ auditLog(first: 100) { nodes { action actor { name } at } } }", json!({})).await;
    assert!(log.to_string().contains("literacy.read"), "{log}");
}
