//! What was done to what stands in the audit log by name.

use serde_json::{Value, json};

use crate::{
    client::{Client, at, text},
    world::world,
};

/// What the newest act of this kind was done to.
async fn target(client: &Client, action: &str, id: &str) -> Value {
    let query = "query($f: AuditFilter) { auditLog(filter: $f, first: 50) { nodes { target targets { id name gone opens } } } }";
    let log = client.ask(query, json!({ "f": { "action": action } })).await;
    let nodes = at(&log, "auditLog.nodes").as_array().unwrap();
    let node = nodes.iter().find(|node| node["target"] == id).unwrap_or_else(|| panic!("{action} {id}: {log}"));
    assert_eq!(node["targets"].as_array().map(Vec::len), Some(1), "{node}");
    node["targets"][0].clone()
}

#[tokio::test]
async fn the_audit_log_calls_things_by_name_and_links_them_for_who_may_open_them() {
    let world = world().await;
    let (lecturer, admin, auditor) =
        (world.sign_in("lecturer").await, world.sign_in("admin").await, world.sign_in("auditor").await);
    let made = "mutation { createCourse(input: { title: \"日志里的课\" }) { course { id } } }";
    let course = text(&lecturer.ask(made, json!({})).await, "createCourse.course.id");
    let label = "mutation($i: ID!) { labelCourse(id: $i, input: { tags: [\"日志\"], stages: [] }) { course { id } } }";
    lecturer.ask(label, json!({ "i": course })).await;
    let told = |opens: Value| json!({ "id": course, "name": "日志里的课", "gone": false, "opens": opens });
    assert_eq!(target(&admin, "course.label", &course).await, told(json!(course)));
    assert_eq!(target(&auditor, "course.label", &course).await, told(Value::Null), "auditors have no page of courses");

    let add = "mutation($i: FreezeInput!) { addFreeze(input: $i) { freeze { id } } }";
    let input = json!({ "title": "校运会", "from": "2027-04-05", "to": "2027-04-11" });
    let freeze = text(&admin.ask(add, json!({ "i": input })).await, "addFreeze.freeze.id");
    let told = target(&admin, "play.add_freeze", &freeze).await;
    assert_eq!(told, json!({ "id": freeze, "name": "校运会", "gone": false, "opens": freeze }));
    admin.ask("mutation($i: ID!) { removeFreeze(id: $i) }", json!({ "i": freeze })).await;
    let told = target(&auditor, "play.add_freeze", &freeze).await;
    assert_eq!(told, json!({ "id": freeze, "name": null, "gone": true, "opens": null }));

    admin.ask("{ creditReport(filter: {}) { totals { students } } }", json!({})).await;
    let read =
        "{ auditLog(filter: { action: \"credit-report.read\" }, first: 50) { nodes { targets { name gone } } } }";
    let log = auditor.ask(read, json!({})).await;
    let school = json!({ "targets": [{ "name": "示例大学", "gone": false }] });
    assert!(at(&log, "auditLog.nodes").as_array().unwrap().contains(&school), "{log}");
}

#[tokio::test]
async fn a_changed_password_is_seen_by_who_looks_after_the_person() {
    let world = world().await;
    let (student, auditor) = (world.sign_in("s6").await, world.sign_in("auditor").await);
    let person = text(&student.ask("{ viewer { id } }", json!({})).await, "viewer.id");
    let change = "mutation { changePassword(current: \"demo-xianfeng\", new: \"a-new-password-6\") { viewer { id } } }";
    student.ask(change, json!({})).await;
    assert_eq!(target(&auditor, "password.change", &person).await["id"], json!(person));
}
