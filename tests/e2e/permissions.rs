//! Every mutation and every guarded query, asked by every role: one expected table. A new mutation without a row fails the test.

mod table;

use std::{collections::BTreeSet, path::Path};

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use serde_json::json;

use crate::{client::text, world::world};
use table::{TABLE, WHO};

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
        for (name, field, expected) in TABLE {
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
