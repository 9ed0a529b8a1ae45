//! Documents that depend on what the server's schema offers.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{sdl::Sdl, study::BEAT, world::World};

pub fn answer_document(sdl: &Sdl) -> String {
    let again = if sdl.has("CheckAnswer", "againFrom") { " againFrom" } else { "" };
    format!("mutation($c: ID!, $o: String!) {{ answerCheck(checkId: $c, option: $o) {{ passed releasedMs{again} }} }}")
}
/// A stretch that is to be shown again is told with each answer, where the server tells it.
pub fn beat_document(sdl: &Sdl) -> String {
    let again = if sdl.has("HeartbeatAnswer", "again") { "again { start end } check {" } else { "check {" };
    BEAT.replace("check {", again)
}
pub fn extend_document(sdl: &Sdl) -> Option<String> {
    let selection = sdl.selection("Mutation", "extendCheck", 1);
    let selection = if selection.contains("__typename") { String::new() } else { selection };
    sdl.has("Mutation", "extendCheck").then(|| format!("mutation($c: ID!) {{ extendCheck(checkId: $c){selection} }}"))
}

/// What people are shown for review, one text a flag; nothing where the server shows none.
pub async fn flags(world: &World) -> Option<BTreeSet<String>> {
    if !world.sdl.has("Query", "studyFlags") {
        return None;
    }
    let document = "{ studyFlags(first: 100) { nodes { id kind student { id } } } }";
    let admin = world.sign_in("admin").await;
    let told = admin.ask(document, json!({})).await.data("studyFlags");
    let nodes = if told.is_array() { told } else { told["nodes"].clone() };
    Some(nodes.as_array().expect("flags").iter().map(Value::to_string).collect())
}
