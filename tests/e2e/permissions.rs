//! Every mutation and every guarded query, asked by every role: one expected table. A new mutation without a row fails the test.

use std::{collections::BTreeSet, path::Path};

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use serde_json::json;

use crate::{client::text, world::world};

/// Columns: nobody, a student, the lecturer, the admin of the school, the auditor.
const WHO: [&str; 5] = ["", "student", "lecturer", "admin", "auditor"];

/// `ok` is an answer or a refusal that has nothing to do with who asks. Ids are well formed and name nothing, so what is allowed is NOT_FOUND.
const TABLE: [(&str, &str, [&str; 5]); 92] = [
    ("signIn", "signIn(username: \"nobody\", password: \"x\") { viewer { id } }", ["UNAUTHENTICATED"; 5]),
    ("signOut", "signOut", ["ok"; 5]),
    (
        "changePassword",
        "changePassword(current: \"x\", new: \"y\") { viewer { id } }",
        ["UNAUTHENTICATED", "INVALID", "INVALID", "INVALID", "INVALID"],
    ),
    (
        "openStudy",
        "openStudy(lessonId: \"les_0\") { id }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "heartbeat",
        "heartbeat(input: { studyId: \"std_0\", seq: 1, spans: [] }) { nextSeq }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "createCourse",
        "createCourse(input: { title: \"\" }) { course { id } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "INVALID", "FORBIDDEN", "FORBIDDEN"],
    ),
    (
        "addChapter",
        "addChapter(courseId: \"crs_0\", title: \"一\") { chapter { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "addVideoLesson",
        "addVideoLesson(chapterId: \"chp_0\", input: { title: \"一\", assetId: \"ast_0\" }) { lesson { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "addReadingLesson",
        "addReadingLesson(chapterId: \"chp_0\", input: { title: \"一\", body: \"文\" }) { lesson { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "addCaptions",
        "addCaptions(lessonId: \"les_0\", input: { language: \"zh\", label: \"中\", vtt: \"x\" }) { lesson { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "publishCourse",
        "publishCourse(id: \"crs_0\") { course { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "labelCourse",
        "labelCourse(id: \"crs_0\", input: { tags: [], stages: [] }) { course { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "withdrawCourse",
        "withdrawCourse(id: \"crs_0\") { course { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "updateCourse",
        "updateCourse(id: \"crs_0\", input: {}) { course { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "renameChapter",
        "renameChapter(id: \"chp_0\", title: \"一\") { chapter { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "deleteChapter",
        "deleteChapter(id: \"chp_0\")",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "updateLesson",
        "updateLesson(id: \"les_0\", input: {}) { lesson { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "moveLesson",
        "moveLesson(id: \"les_0\", chapterId: \"chp_0\", position: 0)",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "deleteLesson",
        "deleteLesson(id: \"les_0\")",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "createUpload",
        "createUpload(input: { fileName: \"\", purpose: VIDEO }) { uploadUrl }",
        ["UNAUTHENTICATED", "FORBIDDEN", "INVALID", "FORBIDDEN", "FORBIDDEN"],
    ),
    (
        "?uploadSpace",
        "uploadSpace { used quota largest { purpose bytes } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "ok", "ok", "FORBIDDEN"],
    ),
    (
        "requestExport",
        "requestExport(input: { kind: CREDIT_REPORT, format: CSV }) { export { id } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "ok"],
    ),
    (
        "importRoster",
        "importRoster(input: { assetId: \"ast_0\", dryRun: true }) { import { id } }",
        ["UNAUTHENTICATED", "UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"],
    ),
    (
        "answerCheck",
        "answerCheck(checkId: \"chk_0\", option: \"a\") { passed }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "extendCheck",
        "extendCheck(checkId: \"chk_0\") { deadlineMs }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "addQuestion",
        "addQuestion(lessonId: \"les_0\", input: { start: 0, end: 1, prompt: \"问\", options: [], right: 0 }) { lesson { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "updateQuestion",
        "updateQuestion(id: \"qst_0\", input: { start: 0, end: 1, prompt: \"问\", options: [], right: 0 }) { lesson { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "removeQuestion",
        "removeQuestion(id: \"qst_0\") { lesson { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "releasePending",
        "releasePending(lessonId: \"les_0\", studentId: \"per_0\") { lesson { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "addRulePack",
        "addRulePack(toml: \"x\") { pack { id } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "INVALID", "FORBIDDEN"],
    ),
    (
        "confirmBasis",
        "confirmBasis(version: \"x\", path: \"x\", note: \"已核对\") { pack { id } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "NOT_FOUND", "FORBIDDEN"],
    ),
    (
        "startDryRun",
        "startDryRun(version: \"x\") { dryRun { id } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "NOT_FOUND", "FORBIDDEN"],
    ),
    (
        "activateRulePack",
        "activateRulePack(version: \"x\", from: \"2026-12-01\") { pack { id } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "NOT_FOUND", "FORBIDDEN"],
    ),
    (
        "proposeAdjustment",
        "proposeAdjustment(input: { studentId: \"per_0\", measure: POINTS, amount: \"1\", reason: \"x\" }) { adjustment { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "approveAdjustment",
        "approveAdjustment(id: \"adj_0\") { adjustment { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "rejectAdjustment",
        "rejectAdjustment(id: \"adj_0\", reason: \"依据不足\") { adjustment { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "approveGrant",
        "approveGrant(id: \"wtg_0\") { entries { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "rejectGrant",
        "rejectGrant(id: \"wtg_0\", reason: \"与上篇雷同\")",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    ("checkObjects", "checkObjects { objects }", ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "FORBIDDEN"]),
    ("verifyLedger", "verifyLedger { entries }", ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "ok"]),
    (
        "appealEntry",
        "appealEntry(entryId: \"ent_0\", reason: \"请再核对\") { appeal { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "appealSpans",
        "appealSpans(lessonId: \"les_0\", spans: [], reason: \"请再核对\") { appeal { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "withdrawAppeal",
        "withdrawAppeal(id: \"apl_0\") { appeal { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "answerAppeal",
        "answerAppeal(id: \"apl_0\", input: { accept: true, answer: \"已核对无误\" }) { appeal { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "setBoard",
        "setBoard(shown: false) { viewer { id } }",
        ["UNAUTHENTICATED", "ok", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN"],
    ),
    (
        "setWeeklyGoal",
        "setWeeklyGoal(days: 0) { viewer { id } }",
        ["UNAUTHENTICATED", "INVALID", "INVALID", "INVALID", "INVALID"],
    ),
    (
        "setPlay",
        "setPlay(play: BOARDS) { school { play } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "FORBIDDEN"],
    ),
    (
        "addFreeze",
        "addFreeze(input: { title: \"\", from: \"2026-12-01\", to: \"2026-12-02\" }) { freeze { id } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "INVALID", "FORBIDDEN"],
    ),
    (
        "removeFreeze",
        "removeFreeze(id: \"frz_0\")",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "addGoal",
        "addGoal(input: { unitId: \"unt_0\", title: \"一\", measure: LESSONS, target: 1, from: \"2026-12-01\", to: \"2026-12-02\" }) { goal { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "endGoal",
        "endGoal(id: \"gol_0\") { goal { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "reviewFlag",
        "reviewFlag(id: \"flg_0\", note: \"已了解\") { flag { id } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "NOT_FOUND", "FORBIDDEN"],
    ),
    (
        "?tryFact",
        "tryFact(input: { version: \"x\", event: \"minute\" }) { grants { note } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "NOT_FOUND", "FORBIDDEN"],
    ),
    ("?dryRuns", "dryRuns { id }", ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "FORBIDDEN"]),
    (
        "?dryRun",
        "dryRun(id: \"dry_0\") { id }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "?adjustments",
        "adjustments(first: 1) { nodes { id } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "ok"],
    ),
    (
        "?adjustment",
        "adjustment(id: \"adj_0\") { id }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "?waitingGrants",
        "waitingGrants(first: 1) { nodes { id } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "FORBIDDEN"],
    ),
    ("?appeals", "appeals(first: 1) { nodes { id } }", ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "ok"]),
    (
        "?appeal",
        "appeal(id: \"apl_0\") { id }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    ("?studyFlags", "studyFlags(first: 1) { nodes { id } }", ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "ok"]),
    (
        "?students",
        "students(query: \"a\", first: 1) { id }",
        ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "FORBIDDEN"],
    ),
    ("?creditReport", "creditReport(filter: {}) { asOf }", ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "ok"]),
    ("?literacyReport", "literacyReport { term { id } }", ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "ok"]),
    ("?auditLog", "auditLog(first: 1) { nodes { id } }", ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "ok"]),
    ("?objectCheck", "objectCheck { objects }", ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "FORBIDDEN"]),
    ("?ledgerHealth", "ledgerHealth { entries }", ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "ok"]),
    (
        "?export",
        "export(id: \"exp_0\") { id }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "editCue",
        "editCue(input: { captionsId: \"cap_0\", version: \"\", index: 0 }) { track { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "removeCaptions",
        "removeCaptions(lessonId: \"les_0\", language: \"zh-CN\")",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "recogniseCaptions",
        "recogniseCaptions(lessonId: \"les_0\", language: \"zh-CN\") { draft { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "confirmCaptions",
        "confirmCaptions(draftId: \"cap_0\", label: \"中\") { lesson { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "discardCaptions",
        "discardCaptions(draftId: \"cap_0\")",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "?lessonCaptions",
        "lessonCaptions(lessonId: \"les_0\") { recognises }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "?readingPreview",
        "readingPreview(courseId: \"crs_0\", format: MARKDOWN, body: \"文\") { html }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "?readingText",
        "readingText(lessonId: \"les_0\") { html }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "?readingVersions",
        "readingVersions(lessonIds: [\"les_0\"]) { version }",
        ["UNAUTHENTICATED", "ok", "ok", "ok", "ok"],
    ),
    (
        "setReviewPolicy",
        "setReviewPolicy(policy: NONE)",
        ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "FORBIDDEN"],
    ),
    (
        "approveSubmission",
        "approveSubmission(id: \"sub_0\") { course { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "sendBackSubmission",
        "sendBackSubmission(id: \"sub_0\", reason: \"请补充\") { course { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "draftCourse",
        "draftCourse(id: \"crs_0\") { course { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "discardDraft",
        "discardDraft(id: \"crs_0\") { course { id } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "replaceAsset",
        "replaceAsset(id: \"ast_0\", byId: \"ast_0\") { waits }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "deleteAsset",
        "deleteAsset(id: \"ast_0\") { item { sizeKb } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "restoreAsset",
        "restoreAsset(id: \"ast_0\") { item { sizeKb } }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    ("?reviewPolicy", "reviewPolicy", ["UNAUTHENTICATED", "ok", "ok", "ok", "ok"]),
    (
        "?submissions",
        "submissions(first: 1) { totalCount }",
        ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "FORBIDDEN"],
    ),
    (
        "?submission",
        "submission(id: \"sub_0\") { id }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    (
        "?courseVersion",
        "courseVersion(courseId: \"crs_0\", number: 1) { number }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    ("?library", "library(first: 1) { totalCount }", ["UNAUTHENTICATED", "FORBIDDEN", "ok", "ok", "FORBIDDEN"]),
    (
        "?libraryItem",
        "libraryItem(id: \"ast_0\") { sizeKb }",
        ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    ),
    ("?asset", "asset(id: \"ast_0\") { id }", ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"]),
];

#[test]
fn every_mutation_has_a_row() {
    let sdl = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/schema.graphql"))
        .expect("the committed schema");
    let document = parse_schema(sdl).expect("our schema");
    let mut mutations = BTreeSet::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let TypeKind::Object(object) = definition.node.kind else { continue };
        if definition.node.name.node == "Mutation" {
            mutations.extend(object.fields.into_iter().map(|field| field.node.name.node.to_string()));
        }
    }
    let rows: BTreeSet<String> =
        TABLE.iter().filter(|(name, ..)| !name.starts_with('?')).map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(mutations, rows);
}

#[tokio::test]
async fn every_role_is_answered_as_the_table_says() {
    let world = world().await;
    let mut wrong = Vec::new();
    for (column, who) in WHO.into_iter().enumerate() {
        for (name, field, expected) in &TABLE {
            let client = if who.is_empty() { world.anonymous() } else { world.sign_in(who).await };
            let kind = if name.starts_with('?') { "query" } else { "mutation" };
            let (_, _, answer) = client.post(&json!({ "query": format!("{kind} {{ {field} }}") })).await;
            let code = if answer.get("errors").is_some() {
                text(&answer, "errors.0.extensions.code")
            } else {
                "ok".to_owned()
            };
            if expected[column] != code {
                wrong.push(format!("{name} by {who:?}: {code}, expected {}: {answer}", expected[column]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_secretary_sees_exactly_one_college() {
    let world = world().await;
    let (admin, secretary) = (world.sign_in("admin").await, world.sign_in("secretary").await);
    let asked = "{ units { id kind } creditReport(filter: {}) { totals { students } students(first: 100) { nodes { student { id unit { id } } } } }
        literacyReport { students(first: 100) { nodes { student { stage unit { id } } } } } }";
    let (all, own) = (admin.ask(asked, json!({})).await, secretary.ask(asked, json!({})).await);
    let units: BTreeSet<String> = own["units"].as_array().unwrap().iter().map(|u| text(u, "id")).collect();
    let rows = own["creditReport"]["students"]["nodes"].as_array().unwrap();
    assert!(!rows.is_empty() && rows.len() < all["creditReport"]["students"]["nodes"].as_array().unwrap().len());
    assert!(rows.iter().all(|row| units.contains(&text(row, "student.unit.id"))), "{own}");
    let scored = own["literacyReport"]["students"]["nodes"].as_array().unwrap();
    let stages = ["ACTIVIST", "CANDIDATE", "PROBATIONARY"];
    assert!(
        scored.iter().all(|row| units.contains(&text(row, "student.unit.id"))
            && stages.contains(&text(row, "student.stage").as_str()))
    );
    let foreign =
        all["units"].as_array().unwrap().iter().map(|u| text(u, "id")).find(|id| !units.contains(id)).unwrap();
    let narrowed = "query($u: ID!) { creditReport(filter: { unitId: $u }) { asOf } }";
    assert_eq!(secretary.refused(narrowed, json!({ "u": foreign })).await, "NOT_FOUND");
}
