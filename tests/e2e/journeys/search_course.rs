//! Found by a Chinese word and by pinyin; and only what the searcher may see.

use serde_json::{Value, json};

use crate::{
    client::{at, text},
    world::world,
};

const SEARCH: &str = "query($q: String!, $f: SearchFilter) { search(query: $q, first: 20, filter: $f) { totalCount facets { field values { value count } }
    nodes { kind title course { id title } lesson { id } block startMs fragments { field text marks { start end } } } } }";

#[tokio::test]
async fn the_demo_course_is_found_by_a_word_by_pinyin_and_by_initials() {
    let client = world().await.sign_in("student").await;
    for query in ["党章", "dangzhang", "dang zhang", "dz"] {
        let found = client.ask(SEARCH, json!({ "q": query })).await;
        let titles: Vec<&str> = at(&found, "search.nodes")
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|n| at(n, "course.title").as_str())
            .collect();
        assert!(titles.iter().any(|title| title.contains("党章")), "{query}: {found}");
    }
    let found = client.ask(SEARCH, json!({ "q": "党章" })).await;
    let fragment = at(&found, "search.nodes.0.fragments.0");
    let shown: Vec<char> = text(fragment, "text").chars().collect();
    let mark = (at(fragment, "marks.0.start").as_u64().unwrap(), at(fragment, "marks.0.end").as_u64().unwrap());
    let marked: String = shown[usize::try_from(mark.0).unwrap()..usize::try_from(mark.1).unwrap()].iter().collect();
    assert!(marked.contains("党章") || "党章".contains(&marked), "{fragment}");
    let suggested = client.ask("{ suggest(prefix: \"dang\", first: 5) { text kind } }", json!({})).await;
    assert!(at(&suggested, "suggest.0.text").as_str().is_some_and(|t| t.contains('党')), "{suggested}");
}

#[tokio::test]
async fn a_transcript_hit_tells_the_second_and_a_reading_hit_the_block() {
    let client = world().await.sign_in("student").await;
    let spoken = client.ask(SEARCH, json!({ "q": "语音由机器合成", "f": { "kinds": ["TRANSCRIPT"] } })).await;
    assert!(
        at(&spoken, "search.nodes.0.startMs").is_i64() && at(&spoken, "search.nodes.0.lesson.id").is_string(),
        "{spoken}"
    );
    let read = client.ask(SEARCH, json!({ "q": "成文日期", "f": { "kinds": ["READING"] } })).await;
    assert!(at(&read, "search.nodes.0.block").is_i64(), "{read}");
}

#[tokio::test]
async fn a_draft_is_in_no_hit_count_or_suggestion() {
    let lecturer = world().await.sign_in("lecturer").await;
    let create = "mutation { createCourse(input: { title: \"未公开草稿独角兽\" }) { course { id status } } }";
    lecturer.ask(create, json!({})).await;
    let student = world().await.sign_in("student").await;
    let found = student.ask(SEARCH, json!({ "q": "独角兽" })).await;
    assert_eq!((at(&found, "search.totalCount"), at(&found, "search.nodes")), (&json!(0), &Value::Array(vec![])));
    let suggested = student.ask("{ suggest(prefix: \"未公开草稿\", first: 5) { text } }", json!({})).await;
    assert_eq!(at(&suggested, "suggest"), &json!([]));
}

#[tokio::test]
async fn odd_queries_are_answered_or_refused_never_a_fault() {
    let client = world().await.sign_in("student").await;
    let long = "党".repeat(10_000);
    for query in
        ["", " ", "。！？", "\"unbalanced", "a AND (OR", "\u{0}", "👩‍👩‍👧", "\u{202e}مرحبا", "-党章", long.as_str()]
    {
        let found = client.ask(SEARCH, json!({ "q": query })).await;
        assert!(at(&found, "search.totalCount").is_i64(), "{query}");
    }
}

#[tokio::test]
async fn what_is_nearest_is_offered_and_facets_count() {
    let client = world().await.sign_in("student").await;
    let document = "query($q: String!, $f: SearchFilter) { search(query: $q, first: 20, filter: $f) { totalCount nearest rebuilding
        facets { field values { value label count } } nodes { title partial whole { start end } fragments { whole { start end } } } } }";
    let found = client.ask(document, json!({ "q": "dangzhagn" })).await;
    assert!(at(&found, "search.nearest").as_str().is_some_and(|nearest| nearest.contains("党章")), "{found}");
    assert_eq!(at(&found, "search.rebuilding"), &json!(false));
    let found = client.ask(document, json!({ "q": "党章" })).await;
    let fields: Vec<&str> =
        at(&found, "search.facets").as_array().unwrap().iter().filter_map(|facet| facet["field"].as_str()).collect();
    assert_eq!(fields, ["kind", "course", "lecturer", "stage", "year"]);
    let year = at(&found, "search.facets.4.values.0.value").as_str().unwrap().parse::<i32>().unwrap();
    let total = at(&found, "search.totalCount").as_i64();
    let same = client.ask(document, json!({ "q": "党章", "f": { "year": year } })).await;
    assert_eq!(at(&same, "search.totalCount").as_i64(), total);
    let none = client.ask(document, json!({ "q": "党章", "f": { "year": 1949 } })).await;
    assert_eq!(at(&none, "search.totalCount"), &json!(0));
}

#[tokio::test]
async fn a_course_is_filed_under_words_by_who_teaches_it() {
    let lecturer = world().await.sign_in("lecturer").await;
    let student = world().await.sign_in("student").await;
    let made =
        lecturer.ask("mutation { createCourse(input: { title: \"贴标签的课\" }) { course { id } } }", json!({})).await;
    let id = text(&made, "createCourse.course.id");
    let label =
        "mutation($id: ID!, $i: CourseLabelsInput!) { labelCourse(id: $id, input: $i) { course { tags stages } } }";
    let input = json!({ "id": id, "i": { "tags": ["理想信念", "入门"], "stages": ["ACTIVIST"] } });
    let labelled = lecturer.ask(label, input.clone()).await;
    assert_eq!(at(&labelled, "labelCourse.course.stages"), &json!(["ACTIVIST"]));
    assert_eq!(at(&labelled, "labelCourse.course.tags").as_array().map(Vec::len), Some(2));
    let (_, _, refused) = student.post(&json!({ "query": label, "variables": input })).await;
    assert!(refused["errors"][0]["extensions"]["code"].is_string(), "{refused}");
}
