//! Outside clients' documents: accepted as they stand, answered as their comments say, and every output type as narrow as promised.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use async_graphql::parser::{
    parse_query, parse_schema,
    types::{BaseType, DocumentOperations, ServiceDocument, Type, TypeKind, TypeSystemDefinition},
};
use serde_json::{Value, json};

use crate::{
    client::{Client, at, contract, text},
    world::world,
};

/// These may answer UNAVAILABLE until the step that builds them.
const LATER: [&str; 2] = ["ImportRoster", "RosterImport"];
/// A question is drawn by chance while one studies; here nobody was asked one. The suites answer real ones.
const NOBODY_ASKED: &str = "AnswerCheck";

#[test]
fn the_copies_are_those_of_the_contract() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = here.join("../../shared/contract");
    if !shared.exists() {
        println!("the contract's own folder is not beside this checkout: nothing to compare with");
        return;
    }
    for file in std::fs::read_dir(shared).expect("a folder").filter_map(Result::ok) {
        let copy = here.join("contract").join(file.file_name());
        let same = std::fs::read(file.path()).expect("a document") == std::fs::read(&copy).unwrap_or_default();
        assert!(same, "{} differs from the contract", copy.display());
    }
}

/// Type → field → its type's text; enum → its values.
fn fields(document: &ServiceDocument) -> BTreeMap<String, BTreeMap<String, Type>> {
    let mut all: BTreeMap<String, BTreeMap<String, Type>> = BTreeMap::new();
    for definition in &document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let name = definition.node.name.node.to_string();
        let entry = all.entry(name).or_default();
        match &definition.node.kind {
            TypeKind::Object(object) => {
                entry.extend(object.fields.iter().map(|f| (f.node.name.node.to_string(), f.node.ty.node.clone())))
            }
            TypeKind::Interface(object) => {
                entry.extend(object.fields.iter().map(|f| (f.node.name.node.to_string(), f.node.ty.node.clone())))
            }
            TypeKind::Enum(values) => {
                let value = Type { base: BaseType::Named(async_graphql::Name::new("value")), nullable: false };
                entry.extend(values.values.iter().map(|v| (v.node.value.node.to_string(), value.clone())));
            }
            TypeKind::InputObject(input) => {
                entry.extend(input.fields.iter().map(|f| (f.node.name.node.to_string(), f.node.ty.node.clone())))
            }
            _ => {}
        }
    }
    all
}

/// `ours` is `promised` or narrower: what may be null there may be non-null here, never the other way round.
fn narrow(ours: &Type, promised: &Type) -> bool {
    let inner = match (&ours.base, &promised.base) {
        (BaseType::Named(a), BaseType::Named(b)) => a == b,
        (BaseType::List(a), BaseType::List(b)) => narrow(a, b),
        _ => false,
    };
    inner && (promised.nullable || !ours.nullable)
}

fn sdl() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/schema.graphql"))
        .expect("the committed schema")
}

#[test]
fn every_output_type_is_as_narrow_as_promised() {
    let ours = fields(&parse_schema(sdl()).expect("our schema"));
    let promised = fields(&parse_schema(contract("types.graphql")).expect("the contract's types"));
    for (name, promised) in &promised {
        let own = ours.get(name).unwrap_or_else(|| panic!("type {name} is missing"));
        for (field, promised) in promised {
            let own = own.get(field).unwrap_or_else(|| panic!("{name}.{field} is missing"));
            assert!(narrow(own, promised), "{name}.{field}: {own} does not keep {promised}");
        }
    }
}

#[test]
fn every_input_takes_what_was_promised() {
    let ours = fields(&parse_schema(sdl()).expect("our schema"));
    let promised = fields(&parse_schema(contract("inputs.graphql")).expect("the contract's inputs"));
    for (name, promised) in promised.iter().filter(|(_, fields)| !fields.is_empty()) {
        let own = ours.get(name).unwrap_or_else(|| panic!("input {name} is missing"));
        for (field, promised) in promised {
            let own = own.get(field).unwrap_or_else(|| panic!("{name}.{field} is missing"));
            // An input may ask for less than promised, never for more.
            assert!(narrow(promised, own), "{name}.{field}: {own} does not take {promised}");
        }
        let more =
            own.iter().filter(|(field, ty)| !promised.contains_key(*field) && !ty.nullable && name.ends_with("Input"));
        assert_eq!(more.count(), 0, "{name} demands fields that clients do not know");
    }
}

fn operations() -> Vec<(&'static str, String)> {
    let files = ["student.graphql", "lecturer.graphql", "admin.graphql"];
    let of = |file: &'static str| {
        let document = parse_query(contract(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        let DocumentOperations::Multiple(operations) = document.operations else {
            panic!("{file}: no named operations")
        };
        operations.keys().map(|name| (file, name.to_string())).collect::<Vec<_>>()
    };
    files.into_iter().flat_map(of).collect()
}

/// Asks one document of the contract and keeps note of it; refusals other than the expected are told.
struct Tour {
    done: BTreeSet<String>,
}

impl Tour {
    async fn ask(&mut self, client: &Client, operation: &str, variables: Value) -> Value {
        let all = operations();
        let (file, name) =
            all.iter().find(|(_, name)| name == operation).unwrap_or_else(|| panic!("no operation {operation}"));
        let answer = client.contract(file, name, variables).await;
        self.done.insert(operation.to_owned());
        if LATER.contains(&operation) {
            assert_eq!(text(&answer, "errors.0.extensions.code"), "UNAVAILABLE", "{operation}: {answer}");
        } else if operation == NOBODY_ASKED {
            assert_eq!(text(&answer, "errors.0.extensions.code"), "NOT_FOUND", "{operation}: {answer}");
        } else {
            assert!(answer.get("errors").is_none(), "{operation}: {answer}");
        }
        answer["data"].clone()
    }
}

#[tokio::test]
async fn every_document_is_answered_on_the_demo_school() {
    let world = world().await;
    let mut tour = Tour { done: BTreeSet::new() };
    student(&mut tour, world).await;
    lecturer(&mut tour, world).await;
    admin(&mut tour, world).await;
    let missed: Vec<String> =
        operations().into_iter().map(|(_, name)| name).filter(|name| !tour.done.contains(name)).collect();
    // The subscription is asked over its own transport, in the upload journey.
    assert_eq!(missed, ["AssetProgress"]);
}

async fn student(tour: &mut Tour, world: &crate::world::World) {
    let mut client = world.sign_in("s4").await;
    let signed = tour.ask(&world.anonymous(), "SignIn", json!({ "username": "s4", "password": "demo-xianfeng" })).await;
    assert!(text(&signed, "signIn.token").len() > 30);
    let home = tour.ask(&client, "Home", json!({})).await;
    assert!(at(&home, "viewer.today.date").is_string() && at(&home, "viewer.streak.best").is_i64(), "{home}");
    let courses = tour.ask(&client, "Courses", json!({ "first": 100 })).await;
    let course = text(&courses, "courses.nodes.0.id");
    let outline = tour.ask(&client, "Course", json!({ "id": course })).await;
    let lesson = text(&outline, "course.chapters.0.lessons.0.id");
    let study = tour.ask(&client, "OpenStudy", json!({ "lessonId": lesson })).await;
    let beat = json!({ "studyId": text(&study, "openStudy.id"), "seq": 1, "spans": [], "rate": 1.0, "visible": true });
    let answer = tour.ask(&client, "Heartbeat", json!({ "input": beat })).await;
    assert_eq!((at(&answer, "heartbeat.lease"), at(&answer, "heartbeat.check")), (&json!("HELD"), &Value::Null));
    tour.ask(&client, "AnswerCheck", json!({ "checkId": "chk_1", "option": "a" })).await;
    tour.ask(&client, "Search", json!({ "query": "党章", "first": 100 })).await;
    tour.ask(&client, "Suggest", json!({ "prefix": "dang", "first": 100 })).await;
    tour.ask(&client, "Ledger", json!({ "first": 100 })).await;
    tour.ask(&client, "Leaderboard", json!({ "scope": "SCHOOL", "period": "ALL", "first": 100 })).await;
    tour.ask(&client, "MyLiteracy", json!({})).await;
    tour.ask(&client, "ChangePassword", json!({ "current": "demo-xianfeng", "new": "a-new-password-1" })).await;
    tour.ask(&client, "ChangePassword", json!({ "current": "a-new-password-1", "new": "demo-xianfeng-2" })).await;
    assert_eq!(tour.ask(&client, "SignOut", json!({})).await, json!({ "signOut": true }));
    client.cookie = None;
}

async fn lecturer(tour: &mut Tour, world: &crate::world::World) {
    let client = world.sign_in("lecturer").await;
    let input = json!({ "title": "合同课程", "summary": "示例", "required": false, "hours": "0.5", "credits": "0" });
    let course = text(&tour.ask(&client, "CreateCourse", json!({ "input": input })).await, "createCourse.course.id");
    let chapter = tour.ask(&client, "AddChapter", json!({ "courseId": course, "title": "第一章" })).await;
    let chapter = text(&chapter, "addChapter.chapter.id");
    let upload =
        tour.ask(&client, "CreateUpload", json!({ "input": { "fileName": "a.mp4", "purpose": "VIDEO" } })).await;
    let asset = text(&upload, "createUpload.asset.id");
    assert_eq!(text(&tour.ask(&client, "Asset", json!({ "id": asset })).await, "asset.status"), "UPLOADING");
    let video = json!({ "chapterId": chapter, "input": { "title": "一段视频", "assetId": asset } });
    let lesson = text(&tour.ask(&client, "AddVideoLesson", video).await, "addVideoLesson.lesson.id");
    let vtt = "WEBVTT\n\n00:00.000 --> 00:02.000\n你好\n";
    let captions = json!({ "lessonId": lesson, "input": { "language": "zh-CN", "label": "中文", "vtt": vtt } });
    tour.ask(&client, "AddCaptions", captions).await;
    let (_, _, refused) = client.post(&json!({ "query": contract("lecturer.graphql"), "operationName": "PublishCourse", "variables": { "id": course } })).await;
    assert_eq!(text(&refused, "errors.0.extensions.code"), "INVALID");
    assert!(text(&refused, "errors.0.extensions.fields.0.message").contains("一段视频"), "{refused}");
    let other = text(
        &tour.ask(&client, "CreateCourse", json!({ "input": { "title": "只有阅读" } })).await,
        "createCourse.course.id",
    );
    let chapter = tour.ask(&client, "AddChapter", json!({ "courseId": other, "title": "第一章" })).await;
    let reading = json!({ "chapterId": text(&chapter, "addChapter.chapter.id"), "input": { "title": "一篇阅读", "format": "MARKDOWN", "body": "# 标题\n\n正文。" } });
    tour.ask(&client, "AddReadingLesson", reading).await;
    let published = tour.ask(&client, "PublishCourse", json!({ "id": other })).await;
    assert_eq!(text(&published, "publishCourse.course.status"), "PUBLISHED");
    let statistics = tour.ask(&client, "CourseStatistics", json!({ "id": other })).await;
    assert_eq!(at(&statistics, "course.statistics.started"), &json!(0));
    client.ask("mutation($id: ID!) { withdrawCourse(id: $id) { course { status } } }", json!({ "id": other })).await;
}

async fn admin(tour: &mut Tour, world: &crate::world::World) {
    let client = world.sign_in("admin").await;
    let order = json!({ "field": "POINTS", "direction": "DESC" });
    let report = tour.ask(&client, "CreditReport", json!({ "filter": {}, "first": 100, "orderBy": order })).await;
    assert_eq!(at(&report, "creditReport.totals.students"), &json!(40));
    // Two people: one proposes, another approves, who has charge of the student too.
    let secretary = world.sign_in("secretary").await;
    let own = secretary.contract("admin.graphql", "CreditReport", json!({ "filter": {}, "first": 1 })).await;
    let student = text(&own["data"], "creditReport.students.nodes.0.student.id");
    tour.ask(&client, "LiteracyReport", json!({ "first": 100 })).await;
    let input = json!({ "kind": "CREDIT_REPORT", "format": "CSV" });
    let export = text(&tour.ask(&client, "RequestExport", json!({ "input": input })).await, "requestExport.export.id");
    tour.ask(&client, "Export", json!({ "id": export })).await;
    let proposal = json!({ "studentId": student, "measure": "POINTS", "amount": "1", "reason": "示例" });
    let proposed = tour.ask(&client, "ProposeAdjustment", json!({ "input": proposal })).await;
    let adjustment = json!({ "id": text(&proposed, "proposeAdjustment.adjustment.id") });
    let own = client.contract("admin.graphql", "ApproveAdjustment", adjustment.clone()).await;
    assert_eq!(text(&own, "errors.0.extensions.code"), "FORBIDDEN", "nobody approves what they proposed: {own}");
    let approved = tour.ask(&secretary, "ApproveAdjustment", adjustment).await;
    let approved = at(&approved, "approveAdjustment.adjustment").clone();
    assert_eq!((text(&approved, "status"), text(&approved, "entry.amount")), ("APPROVED".into(), "1".into()));
    tour.ask(&client, "ImportRoster", json!({ "input": { "assetId": "ast_1", "dryRun": true } })).await;
    tour.ask(&client, "RosterImport", json!({ "id": "imp_1" })).await;
    tour.ask(&client, "AuditLog", json!({ "first": 100 })).await;
    let health = tour.ask(&client, "LedgerHealth", json!({})).await;
    assert!(at(&health, "ledgerHealth.entries").as_i64().is_some_and(|n| n > 0), "{health}");
    let verified = client.ask("mutation { verifyLedger { verified firstFault } }", json!({})).await;
    assert_eq!(at(&verified, "verifyLedger"), &json!({ "verified": true, "firstFault": null }));
}
