//! What a searcher may rely on, told through the front door; the highlighter and the tokeniser under arbitrary text.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;

use crate::highlight::{self, Seeker};
use crate::query::Wish;
use crate::{Cursor, Document, Error, Found, Index, Kind, Query, Searcher, sound, tokenise};

fn document(id: &str, title: &str, body: &str) -> Document {
    Document {
        id: id.to_owned(),
        group: "crs_1".to_owned(),
        kind: Kind::Reading,
        title: title.to_owned(),
        body: body.to_owned(),
        audience: "school".to_owned(),
        passage: false,
        course: "crs_1".to_owned(),
        lesson: Some(id.to_owned()),
        lecturers: vec!["mem_1".to_owned()],
        block: Some(0),
        start_ms: None,
    }
}

fn shelf(documents: Vec<Document>) -> Index {
    let index = Index::in_memory().unwrap();
    index.replace(&[], documents).unwrap();
    index
}

fn library() -> Index {
    shelf(vec![
        document("les_1", "党章学习：党的根本大法", "《中国共产党章程》是党的总章程，集中体现了党的性质和宗旨。"),
        document("les_2", "党员的义务与权利", "党员必须履行下列义务：认真学习马克思列宁主义；贯彻执行党的基本路线。"),
        document("les_3", "入党积极分子培养", "党组织要指定一至两名正式党员作培养联系人。考察时间一年以上。"),
        document("les_4", "人工智能（ＡＩ）与党建工作", "用 AI 工具整理会议记录，长征路上的故事。"),
        document("les_5", "重温长征精神", "红军不怕远征难。血战湘江，四渡赤水。"),
    ])
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
    assert_eq!(titles(&ask(&index, "党员 马克思")), ["党员的义务与权利"]);
    assert_eq!(titles(&ask(&index, "湘江 火星")), ["重温长征精神"]);
    assert!(ask(&index, "火星").hits.is_empty());
}

#[test]
fn only_what_the_searcher_may_see_is_found_counted_or_suggested() {
    let mut hidden = document("les_9", "党章绝密", "党章");
    hidden.audience = "branch_9".to_owned();
    let index = shelf(vec![document("les_1", "党章学习", "党章"), hidden]);
    let found = ask(&index, "党章");
    assert_eq!((found.total, found.kinds.clone()), (1, vec![(Kind::Reading, 1)]));
    assert_eq!(titles(&found), ["党章学习"]);
    assert!(ask(&index, "绝密").hits.is_empty());
    assert_eq!(index.suggest(&school(), "dangz", 10).unwrap().len(), 1);
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
    assert_eq!(videos.kinds, [(Kind::Video, 1), (Kind::Reading, 1)]);
    let course = narrowed(Query { course: Some("crs_1".into()), ..Query::default() });
    assert_eq!((titles(&course), &course.kinds), (vec!["党章学习"], &vec![(Kind::Reading, 1)]));
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
    index.clear().unwrap();
    assert_eq!(index.documents(), 0);
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
        "zzzzzzzzzzzzzzzzzzzzzzzz",
        "7fc000000000000000000000",
        "党章党章党章党章",
        "+0000000+000000000000000",
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
        assert_eq!(suggest(way), ["党章学习"], "{way}");
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
fn an_index_outlives_its_process_and_knows_whether_it_was_filled() {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open(dir.path()).unwrap();
    index.replace(&[], vec![document("a", "党章学习", "")]).unwrap();
    assert!(index.fresh());
    drop(index);
    let index = Index::open(dir.path()).unwrap();
    assert!(index.fresh(), "an indexing cut short is begun again");
    index.set_filled().unwrap();
    drop(index);
    let index = Index::open(dir.path()).unwrap();
    assert_eq!((index.fresh(), ask(&index, "党章").total), (false, 1));
    index.clear().unwrap();
    assert!(index.fresh());
}

#[test]
fn a_second_opener_is_told_that_the_index_is_in_use() {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open(dir.path()).unwrap();
    assert!(matches!(Index::open(dir.path()), Err(Error::Busy(_))));
    drop(index);
    assert!(Index::open(dir.path()).is_ok());
}

#[test]
fn an_index_of_another_version_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    fs::write(dir.path().join("current/stamp"), "0-older").unwrap();
    let index = Index::open(dir.path()).unwrap();
    assert_eq!((index.fresh(), index.documents()), (true, 0));
    assert!(dir.path().join("aside/stamp").exists());
    index.replace(&[], vec![document("a", "党章学习", "")]).unwrap();
    assert_eq!(ask(&index, "党章").total, 1);
}

#[test]
fn whatever_file_is_damaged_the_index_opens() {
    let whole = tempfile::tempdir().unwrap();
    filled(whole.path());
    for name in names(&whole.path().join("current")) {
        for hurt in [cut_in_half, flip_a_byte, empty, take_away] {
            let dir = tempfile::tempdir().unwrap();
            copy(&whole.path().join("current"), &dir.path().join("current"));
            hurt(&dir.path().join("current").join(&name));
            let index = Index::open(dir.path()).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(index.fresh() || ask(&index, "党章").total == 2, "{name}");
        }
    }
}

fn filled(dir: &Path) {
    let index = Index::open(dir).unwrap();
    index.replace(&[], vec![document("a", "党章学习", "党章"), document("b", "党章导读", "")]).unwrap();
    index.set_filled().unwrap();
}

fn names(dir: &Path) -> Vec<String> {
    let all = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    all.filter(|name| !name.ends_with(".lock") && name != "filled").collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn cut_in_half(path: &Path) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

fn flip_a_byte(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    fs::write(path, bytes).unwrap();
}

fn empty(path: &Path) {
    fs::write(path, "").unwrap();
}

fn take_away(path: &Path) {
    fs::remove_file(path).unwrap();
}

#[test]
fn party_terms_are_words() {
    let words: Vec<String> = tokenise::words("开好三会一课").into_iter().map(|word| word.text).collect();
    assert!(words.contains(&"三会一课".to_owned()), "{words:?}");
}

#[test]
fn readings_begin_and_end_with_words() {
    let said: Vec<String> = sound::readings("党章学习").into_iter().map(|reading| reading.full).collect();
    assert_eq!(said, ["dangzhang", "dangzhangxuexi", "xuexi"]);
}

static LIBRARY: LazyLock<Index> = LazyLock::new(library);

/// Arbitrary text, with what the highlighter cares for more often than chance would have it.
fn some_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[党章员义务权利的学习长征重温。，！ ]{0,60}",
        "[a-zA-Zａ-ｚüİß' \\u{0}]{0,20}",
        "[\\u{300}-\\u{36f}\\u{200b}-\\u{202e}\\u{1f300}-\\u{1f6ff}]{0,8}",
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn marks_stay_in_bounds_ascending_apart_and_not_empty(query in some_text(), title in some_text(), body in some_text()) {
        let seeker = Seeker::of(&Wish::read(&query));
        for fragment in highlight::fragments(&seeker, &title, &body) {
            let length = fragment.text.chars().count();
            let mut last = None;
            for (from, to) in fragment.marks {
                prop_assert!(from < to && to <= length);
                prop_assert!(last.is_none_or(|last| last < from));
                last = Some(to);
            }
        }
    }

    #[test]
    fn words_lie_within_their_text(text in some_text()) {
        let letters: Vec<char> = text.chars().map(tokenise::fold).collect();
        for word in tokenise::words(&text) {
            prop_assert_eq!(letters[word.start..word.end].iter().collect::<String>(), word.text);
        }
        for reading in sound::readings(&text) {
            prop_assert!(reading.start < reading.end && reading.end <= letters.len());
        }
    }

    #[test]
    fn any_text_has_an_answer(text in some_text()) {
        ask(&LIBRARY, &text);
        LIBRARY.suggest(&school(), &text, 5).unwrap();
    }

    #[test]
    fn any_text_can_be_indexed(title in some_text(), body in some_text()) {
        let index = Index::in_memory().unwrap();
        index.replace(&[], vec![document("a", &title, &body)]).unwrap();
        ask(&index, &title);
    }
}
