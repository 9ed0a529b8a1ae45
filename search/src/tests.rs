//! What a searcher may rely on, told through the front door.

mod any_text;
mod folder;
mod fuzz;
mod names;
mod near;
mod ways;

use crate::lexicon::Lexicon;
use crate::{Cursor, Document, Error, Found, Index, Kind, Query, Searcher, Words, tokenise};

fn document(id: &str, title: &str, body: &str) -> Document {
    Document {
        id: id.to_owned(),
        group: "crs_1".to_owned(),
        kind: Kind::Reading,
        title: title.to_owned(),
        body: body.to_owned(),
        audience: "school".to_owned(),
        course: "crs_1".to_owned(),
        lesson: Some(id.to_owned()),
        lecturers: vec!["mem_1".to_owned()],
        block: Some(0),
        ..Document::default()
    }
}

fn shelf(documents: Vec<Document>) -> Index {
    let index = Index::in_memory().unwrap();
    index.replace(&[], documents).unwrap();
    index
}

fn library() -> Index {
    shelf(books())
}

fn books() -> Vec<Document> {
    vec![
        document("les_1", "党章学习：党的根本大法", "《中国共产党章程》是党的总章程，集中体现了党的性质和宗旨。"),
        document("les_2", "党员的义务与权利", "党员必须履行下列义务：认真学习马克思列宁主义；贯彻执行党的基本路线。"),
        document("les_3", "入党积极分子培养", "党组织要指定一至两名正式党员作培养联系人。考察时间一年以上。"),
        document("les_4", "人工智能（ＡＩ）与党建工作", "用 AI 工具整理会议记录，长征路上的故事。"),
        document("les_5", "重温长征精神", "红军不怕远征难。血战湘江，四渡赤水。"),
    ]
}

fn school() -> Searcher {
    Searcher { audiences: vec!["school".to_owned()] }
}

fn ask(index: &Index, text: &str) -> Found {
    index.search(&school(), &Query { text: text.to_owned(), first: 20, ..Query::default() }).unwrap()
}

fn titles(found: &Found) -> Vec<&str> {
    found.hits.iter().map(|hit| hit.title.as_str()).collect()
}

/// What is marked in a fragment of the first hit.
fn marked(found: &Found, field: &str) -> Vec<String> {
    let fragment = found.hits[0].fragments.iter().find(|fragment| fragment.field == field).unwrap();
    let letters: Vec<char> = fragment.text.chars().collect();
    fragment.marks.iter().map(|(from, to)| letters[*from..*to].iter().collect()).collect()
}

#[test]
fn a_title_is_found_by_characters_pinyin_and_initials() {
    let index = library();
    let ways =
        ["党章", "党章学习", "dangzhang", "DangZhang", "dang zhang", "dangzhangxuexi", "dangzhangx", "dz", "dzxx"];
    for way in ways {
        assert_eq!(titles(&ask(&index, way)).first(), Some(&"党章学习：党的根本大法"), "{way}");
    }
    for way in ["义务", "yiwu", "quanli", "党员义务", "dangyuan yiwu", "义务与权"] {
        assert_eq!(titles(&ask(&index, way)).first(), Some(&"党员的义务与权利"), "{way}");
    }
}

#[test]
fn pinyin_marks_the_characters_it_stands_for() {
    let index = library();
    for (way, shown) in
        [("dangzhang", "党章"), ("dz", "党章"), ("dzxx", "党章学习"), ("dangz", "党章"), ("yiwu", "义务")]
    {
        assert_eq!(marked(&ask(&index, way), "title"), [shown], "{way}");
    }
    assert_eq!(marked(&ask(&index, "yiwu"), "body"), ["义务"]);
}

#[test]
fn words_within_words_are_found() {
    let index = library();
    for way in ["积极分子", "入党", "入党积极分子"] {
        assert_eq!(titles(&ask(&index, way)).first(), Some(&"入党积极分子培养"), "{way}");
    }
}

#[test]
fn characters_of_several_readings_answer_to_each() {
    let index = library();
    for way in ["chongwen", "zhongwen", "changzheng", "zhangzheng", "cwczjs"] {
        assert!(titles(&ask(&index, way)).contains(&"重温长征精神"), "{way}");
    }
}

#[test]
fn width_and_case_do_not_matter() {
    let index = library();
    for way in ["AI", "ai", "ＡＩ", "ai 党建", "AI党建"] {
        assert_eq!(titles(&ask(&index, way)).first(), Some(&"人工智能（ＡＩ）与党建工作"), "{way}");
    }
}

#[test]
fn all_words_are_wanted_and_any_word_if_that_finds_nothing() {
    let index = library();
    let found = ask(&index, "党员 马克思");
    assert_eq!((titles(&found)[0], found.hits[0].partial), ("党员的义务与权利", false));
    assert!(found.hits[1..].iter().all(|hit| hit.partial));
    assert_eq!(titles(&ask(&index, "湘江 火星")), ["重温长征精神"]);
    assert!(ask(&index, "火星").hits.is_empty());
}

#[test]
fn only_what_the_searcher_may_see_is_found_counted_or_suggested() {
    let mut hidden = document("les_9", "党章绝密", "党章");
    hidden.audience = "branch_9".to_owned();
    let index = shelf(vec![document("les_1", "党章学习", "党章"), hidden]);
    let found = ask(&index, "党章");
    assert_eq!((found.total, found.counts.kinds.clone()), (1, vec![(Kind::Reading, 1)]));
    assert_eq!(titles(&found), ["党章学习"]);
    assert!(ask(&index, "绝密").hits.is_empty());
    let suggested = index.suggest(&school(), "dangz", 10).unwrap();
    assert!(suggested.iter().all(|one| one.text == "党章学习" || one.text == "党章"), "{suggested:?}");
    let nobody = Searcher::default();
    assert_eq!(index.search(&nobody, &Query { text: "党章".into(), first: 9, ..Query::default() }).unwrap().total, 0);
    assert!(index.suggest(&nobody, "党", 9).unwrap().is_empty());
}

#[test]
fn kinds_course_and_lecturer_narrow_the_hits() {
    let mut video = document("les_7", "党章导读", "视频");
    (video.kind, video.course, video.lecturers) = (Kind::Video, "crs_2".into(), vec!["mem_2".into(), "mem_3".into()]);
    let index = shelf(vec![document("les_1", "党章学习", ""), video]);
    let narrowed = |query: Query| index.search(&school(), &Query { text: "党章".into(), first: 5, ..query }).unwrap();
    let videos = narrowed(Query { kinds: vec![Kind::Video], ..Query::default() });
    assert_eq!((titles(&videos), videos.total), (vec!["党章导读"], 1));
    assert_eq!(videos.counts.kinds, [(Kind::Video, 1), (Kind::Reading, 1)]);
    let course = narrowed(Query { course: Some("crs_1".into()), ..Query::default() });
    assert_eq!((titles(&course), &course.counts.kinds), (vec!["党章学习"], &vec![(Kind::Reading, 1)]));
    let lecturer = narrowed(Query { lecturer: Some("mem_3".into()), ..Query::default() });
    assert_eq!(titles(&lecturer), ["党章导读"]);
}

#[test]
fn a_passage_is_found_by_its_own_words_and_tells_where() {
    let cue = |id: &str, body: &str, start_ms| Document {
        kind: Kind::Transcript,
        passage: true,
        block: None,
        start_ms: Some(start_ms),
        ..document(id, "党章学习", body)
    };
    let index = shelf(vec![
        document("les_1", "党章学习", ""),
        cue("les_1#1", "同志们好，今天讲第一条。", 0),
        cue("les_1#2", "党员的权利有八项。", 8_000),
    ]);
    assert_eq!(ask(&index, "党章").total, 1);
    let found = ask(&index, "权利");
    assert_eq!((found.total, found.hits[0].start_ms, found.hits[0].kind), (1, Some(8_000), Kind::Transcript));
    assert_eq!(index.suggest(&school(), "党章", 9).unwrap().len(), 1);
}

#[test]
fn replacing_a_group_takes_the_old_and_is_found_at_once() {
    let index = library();
    let mut other = document("les_8", "两学一做", "");
    other.group = "crs_8".into();
    index.replace(&["crs_1".to_owned()], vec![document("les_1", "党纪学习", ""), other]).unwrap();
    assert_eq!((index.documents(), ask(&index, "党章").total, ask(&index, "党纪").total), (2, 0, 1));
    index.replace(&["crs_1".to_owned()], vec![]).unwrap();
    assert_eq!((index.documents(), ask(&index, "党纪").total), (1, 0));
}

#[test]
fn pages_follow_each_other_without_gap_or_repetition() {
    let many = (0..57).map(|n| document(&format!("les_{n}"), "党章学习", if n % 3 == 0 { "党章" } else { "" }));
    let index = shelf(many.collect());
    let mut after: Option<Cursor> = None;
    let mut seen = Vec::new();
    loop {
        let query = Query { text: "党章".into(), first: 10, after, ..Query::default() };
        let found = index.search(&school(), &query).unwrap();
        assert_eq!(found.total, 57);
        seen.extend(found.hits.iter().map(|hit| hit.lesson.clone().unwrap()));
        after = Some(found.hits.last().unwrap().cursor.to_string().parse().unwrap());
        if !found.has_next {
            break;
        }
    }
    assert_eq!(seen.len(), 57);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 57);
}

#[test]
fn a_malformed_cursor_is_refused() {
    for text in [
        "",
        "1",
        "zzzzzzzzzzzzzzzzzzzzzzzzzz",
        "007fc000000000000000000000",
        "党章党章党章党章",
        "00+0000000+00000000000000",
    ] {
        assert!(matches!(text.parse::<Cursor>(), Err(Error::Invalid(_))), "{text}");
    }
}

#[test]
fn text_without_words_finds_nothing() {
    let index = library();
    let long = "党".repeat(10_000);
    for text in
        ["", " ", "\0", "（）“”《》", "((((\"", "AND OR NOT", "title:*", "😀🏳️‍🌈", "\u{202e}مرحبا", "a", &long, "的的的"]
    {
        assert!(ask(&index, text).total <= 5, "{text}");
        index.suggest(&school(), text, 10).unwrap();
    }
    assert_eq!(ask(&index, "（）！").total, 0);
}

#[test]
fn suggestions_are_titles_each_once_those_that_begin_so_first() {
    let index = shelf(vec![
        document("a", "重温党章", ""),
        document("b", "党章学习", "一"),
        document("c", "党章学习", "二"),
        document("d", "无关", "党章"),
    ]);
    let suggest = |prefix: &str| -> Vec<String> {
        index.suggest(&school(), prefix, 10).unwrap().into_iter().map(|suggestion| suggestion.text).collect()
    };
    assert_eq!(suggest("党章"), ["党章学习", "重温党章"]);
    assert_eq!(suggest("党章学"), ["党章学习"]);
    for way in ["dangzhangx", "dzx", "dzxx", "dangzhang xuexi", "xuex"] {
        assert_eq!(suggest(way)[0], "党章学习", "{way}");
    }
    assert_eq!(suggest("d").len(), 2);
    assert_eq!(index.suggest(&school(), "党", 1).unwrap().len(), 1);
}

#[test]
fn a_fragment_shows_the_sentence_of_the_match() {
    let body = format!("{}党员享有八项权利。{}", "前面说了很多别的话。".repeat(40), "后面还有很多别的话。".repeat(40));
    let found = ask(&shelf(vec![document("a", "讲义", &body)]), "权利");
    let fragment = &found.hits[0].fragments[0];
    assert!(fragment.text.starts_with("…党员享有八项权利。"), "{}", fragment.text);
    assert!(fragment.text.ends_with("。…") && fragment.text.chars().count() <= 76, "{}", fragment.text);
    assert_eq!(marked(&found, "body"), ["权利"]);
}

#[test]
fn party_terms_are_words() {
    let words = tokenise::all_words(&Lexicon::of(&Words::default()), "开好三会一课");
    assert!(words.contains(&"三会一课".to_owned()), "{words:?}");
}

#[test]
fn a_title_is_heard_in_pairs_of_syllables_and_of_initials() {
    let said = tokenise::all_sounds(&Lexicon::of(&Words::default()), "党章学习");
    for term in ["dangzhang", "zhangxue", "xuexi", "2dz", "1zx", "2xx", "3dang", "4d", "3x"] {
        assert!(said.contains(&term.to_owned()), "{term}: {said:?}");
    }
    assert!(!said.contains(&"2zx".to_owned()), "章学 begins no word: {said:?}");
}
