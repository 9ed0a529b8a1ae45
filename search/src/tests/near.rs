//! Ways to say the same, and slips.

use super::{ask, document, marked, school, shelf, titles};
use crate::{Document, Index, Kind, Query, Searcher};

fn library() -> Index {
    shelf(vec![
        document("a", "党史公开课", "讲中国共产党的历史。"),
        document("b", "党章学习", "《中国共产党章程》是党的总章程。"),
        document("c", "读马克思", "Marx and Engels wrote the Manifesto."),
        document("d", "組織生活會", "黨員應當按期參加組織生活。"),
        document("e", "支部工作", "三会一课是基本制度，邹游同志主持。"),
    ])
}

fn nearest(typed: &str) -> (Option<String>, Vec<String>) {
    let index = library();
    let found = ask(&index, typed);
    (found.nearest.clone(), titles(&found).into_iter().map(str::to_owned).collect())
}

#[test]
fn traditional_and_simplified_are_alike() {
    let index = library();
    for way in ["组织生活会", "組織生活會", "组织生活會", "党员应当", "黨員應當"] {
        assert_eq!(titles(&ask(&index, way)), ["組織生活會"], "{way}");
    }
    assert_eq!(titles(&ask(&index, "黨史公開課")), ["党史公开课"]);
    assert_eq!(marked(&ask(&index, "组织生活会"), "title"), ["組織生活會"]);
}

#[test]
fn chinese_and_pinyin_may_be_mixed() {
    let index = library();
    for way in ["党shi", "dang史", "党shi公开课", "党s"] {
        assert!(titles(&ask(&index, way)).contains(&"党史公开课"), "{way}");
    }
    assert_eq!(titles(&ask(&index, "党zhang")), ["党章学习"]);
    assert_eq!(marked(&ask(&index, "党zhang"), "title"), ["党章"]);
    assert_eq!(titles(&ask(&index, "党zhangxuexi")), ["党章学习"]);
    assert_eq!(titles(&ask(&index, "党zhangx")), ["党章学习"]);
    for way in ["党zhangxuezi", "党zhangsanfeng", "党shixuexi"] {
        assert!(ask(&index, way).hits.iter().all(|hit| hit.partial), "{way}: the syllables between were not minded");
    }
}

#[test]
fn synonyms_find_each_other_and_the_words_typed_stand_first() {
    let mut all = vec![document("a", "中国共产党章程", ""), document("b", "党章", "")];
    all.extend((0..8).map(|n| document(&format!("other_{n}"), "另一篇课文", "与此无关")));
    let index = shelf(all);
    assert_eq!(titles(&ask(&index, "党章")), ["党章", "中国共产党章程"]);
    assert_eq!(titles(&ask(&index, "中国共产党章程")), ["中国共产党章程", "党章"]);
}

#[test]
fn a_slip_in_pinyin_or_latin_is_mended_and_said() {
    assert_eq!(nearest("dangzhagn"), (Some("党章".into()), vec!["党章学习".into()]));
    assert_eq!(nearest("zuzhishenghuoo").1, ["組織生活會"]);
    assert_eq!(nearest("manifsto"), (Some("Manifesto".into()), vec!["读马克思".into()]));
}

#[test]
fn each_of_several_latin_words_is_mended() {
    assert_eq!(nearest("marx manifsto"), (Some("marx manifesto".into()), vec!["读马克思".into()]));
    assert_eq!(nearest("engles manifsto"), (Some("engels manifesto".into()), vec!["读马克思".into()]));
    assert_eq!(nearest("dang zhagn"), (Some("党章".into()), vec!["党章学习".into()]));
    assert_eq!(nearest("marx zzzzzz").0, None);
}

#[test]
fn a_correction_is_not_hidden_by_what_others_have_more_of() {
    let mut all = vec![document("a", "marx", "")];
    for (n, word) in ["mark", "marxx", "many", "maru", "marj", "marn"].into_iter().cycle().take(60).enumerate() {
        all.push(Document { audience: "other".into(), ..document(&format!("hidden_{n}"), word, word) });
    }
    let found = ask(&shelf(all), "marq");
    assert_eq!((found.nearest, found.total), (Some("marx".into()), 1));
}

#[test]
fn what_sounds_the_same_is_offered() {
    assert_eq!(nearest("党张"), (Some("党章".into()), vec!["党章学习".into()]));
    assert_eq!(nearest("党张").1, nearest("党章").1);
}

#[test]
fn what_segmentation_hides_is_found_by_its_characters() {
    let index = library();
    for way in ["邹游", "会一课", "本制度", "总章"] {
        assert_eq!(ask(&index, way).total, 1, "{way}");
    }
}

#[test]
fn terms_of_the_dictionary_are_found_in_texts_by_their_initials() {
    let index = library();
    assert_eq!(titles(&ask(&index, "shyk")), ["支部工作"]);
    assert_eq!(marked(&ask(&index, "shyk"), "body"), ["三会一课"]);
}

#[test]
fn quotes_ask_for_a_phrase_and_a_dash_excludes() {
    let index = shelf(vec![
        document("a", "一", "党员的权利和党员的义务"),
        document("b", "二", "权利党员"),
        document("c", "三", "党员权利"),
    ]);
    let found = |text: &str| {
        let found = ask(&index, text);
        let mut all: Vec<String> = titles(&found).into_iter().map(str::to_owned).collect();
        all.sort();
        all
    };
    assert_eq!(found("党员 权利").len(), 3);
    assert_eq!(found("\"党员权利\""), ["三"]);
    assert_eq!(found("“党员的权利”"), ["一"]);
    assert_eq!(found("「权利党员」"), ["二"]);
    assert_eq!(found("党员 -义务").len(), 2);
    assert_eq!(found("党员 -\"党员权利\" －义务"), ["二"]);
    assert_eq!(found("-党员").len(), 0);
    assert_eq!(found("\"党员 权利").len(), 3, "a quote that does not close is none");
}

#[test]
fn quotes_and_a_dash_mind_a_single_character() {
    let index = shelf(vec![
        document("a", "一", "成立于2023年冬天"),
        document("b", "二", "编号2023号，次年"),
        document("c", "三", "党的建设"),
        document("d", "四", "年度2023"),
        document("e", "五", "为了党"),
    ]);
    let found = |text: &str| {
        let found = ask(&index, text);
        let mut all: Vec<String> = titles(&found).into_iter().map(str::to_owned).collect();
        all.sort();
        all
    };
    assert_eq!(found("\"2023年\""), ["一"]);
    assert_eq!(found("\"2023年冬\""), ["一"]);
    assert_eq!(found("\"度2023\""), ["四"]);
    assert_eq!(found("\"党\""), ["三", "五"]);
    assert_eq!(found("2023 -年"), Vec::<String>::new());
    assert_eq!(found("2023 -号"), ["一", "四"]);
    assert_eq!(found("建设 -党"), Vec::<String>::new());
}

#[test]
fn parts_of_one_word_are_partial() {
    let index = shelf(vec![document("a", "小明上学", "小明"), document("b", "王小二", "王小二过年")]);
    let found = ask(&index, "王小明");
    assert!(found.total > 0 && found.hits.iter().all(|hit| hit.partial), "{found:?}");
}

#[test]
fn what_has_all_words_stands_above_what_has_some() {
    let index = shelf(vec![document("a", "权利权利权利", "权利"), document("b", "讲义", "党员有权利")]);
    let found = ask(&index, "党员 权利");
    let told: Vec<(&str, bool)> = found.hits.iter().map(|hit| (hit.title.as_str(), hit.partial)).collect();
    assert_eq!(told, [("讲义", false), ("权利权利权利", true)]);
}

#[test]
fn a_title_stands_above_a_heading_above_a_text() {
    let heading =
        Document { heading: "民主评议".into(), body: "民主评议".into(), ..document("h", "讲义二", "") };
    let index = shelf(vec![document("b", "讲义三", "民主评议"), heading, document("t", "民主评议", "另一件事")]);
    assert_eq!(titles(&ask(&index, "民主评议")), ["民主评议", "讲义二", "讲义三"]);
}

#[test]
fn fresher_and_required_stand_a_little_higher() {
    let of = |id: &str, required, day| Document {
        required,
        day,
        group: id.into(),
        course: id.into(),
        ..document(id, "党章", "")
    };
    let index = shelf(vec![of("old", false, 18_000), of("must", true, 18_000), of("new", false, 20_000)]);
    let query = Query { text: "党章".into(), first: 9, day: 20_001, ..Query::default() };
    let found = index.search(&school(), &query).unwrap();
    let order: Vec<&str> = found.hits.iter().map(|hit| hit.course.as_str()).collect();
    assert_eq!(order.last(), Some(&"old"));
}

#[test]
fn a_long_course_does_not_flood_the_page() {
    let mut all: Vec<Document> = (0..30)
        .map(|n| Document {
            kind: Kind::Transcript,
            passage: true,
            ..document(&format!("les_{n}"), "长课", "党员的权利")
        })
        .collect();
    all.push(Document {
        group: "crs_2".into(),
        course: "crs_2".into(),
        ..document("other", "短课", "这里也说到党员的权利，还有许多许多别的话要说")
    });
    let found = ask(&shelf(all), "权利");
    assert_eq!(found.hits[3].course, "crs_2");
    assert_eq!((found.total, found.counts.courses[0].clone()), (31, ("crs_1".to_owned(), 30)));
}

#[test]
fn three_hundred_better_hits_of_one_course_leave_room_for_others() {
    let cue = |n: usize| Document {
        kind: Kind::Transcript,
        passage: true,
        ..document(&format!("les_{n}"), "长课", "党员的权利")
    };
    let other = |n: usize| Document {
        group: format!("crs_{n}"),
        course: format!("crs_{n}"),
        ..document(&format!("other_{n}"), "短课", "这里也说到党员的权利，还有许多许多别的话要说")
    };
    let index = shelf((0..300).map(cue).chain((2..6).map(other)).collect());
    // In several parts, as they lie after some changes.
    index.replace(&[], (300..320).map(cue).chain([other(6)]).collect()).unwrap();
    let first = Query { text: "权利".into(), first: 10, ..Query::default() };
    let found = index.search(&school(), &first).unwrap();
    let of_others = found.hits.iter().filter(|hit| hit.course != "crs_1").count();
    assert_eq!((of_others, found.total), (5, 325));
    let (mut seen, mut after) = (std::collections::BTreeSet::new(), None);
    loop {
        let page = index.search(&school(), &Query { after, ..first.clone() }).unwrap();
        seen.extend(page.hits.iter().filter_map(|hit| hit.lesson.clone()));
        after = page.hits.last().map(|hit| hit.cursor);
        if !page.has_next {
            break;
        }
    }
    assert_eq!(seen.len(), 325, "each once, whatever its turn");
    let inside = Query { course: Some("crs_1".into()), ..first };
    assert_eq!(index.search(&school(), &inside).unwrap().hits.len(), 10);
}

#[test]
fn a_cursor_does_not_tell_how_much_others_have() {
    let mine = || (0..30).map(|n| document(&format!("les_{n}"), "党章学习", "党章"));
    let cursor = |index: &Index| ask(index, "党章").hits.last().unwrap().cursor.to_string();
    let alone = cursor(&shelf(mine().collect()));
    let hidden = |n| Document { audience: "other".into(), ..document(&format!("hidden_{n}"), "党章", "党章") };
    assert_eq!(cursor(&shelf(mine().chain((0..30).map(hidden)).collect())), alone);
}

#[test]
fn initials_are_marked_only_where_words_begin() {
    let index = shelf(vec![document("a", "学习贯彻党章：党章学习", "")]);
    assert_eq!(marked(&ask(&index, "dz"), "title"), ["党章", "党章"]);
    let index = shelf(vec![document("a", "党章学习与章学", "")]);
    assert_eq!(marked(&ask(&index, "zx"), "title"), ["章学"], "not that within 党章学习");
}

#[test]
fn facets_count_what_the_searcher_may_see() {
    let of = |id: &str, stage: &str, year, audience: &str| Document {
        group: id.into(),
        course: id.into(),
        stages: vec![stage.into()],
        year: Some(year),
        audience: audience.into(),
        ..document(id, "党章", "")
    };
    let index = shelf(vec![
        of("a", "ACTIVIST", 2025, "school"),
        of("b", "MEMBER", 2026, "school"),
        of("c", "MEMBER", 2024, "other"),
    ]);
    let counts = ask(&index, "党章").counts;
    assert_eq!(counts.years, [(2026, 1), (2025, 1)]);
    assert_eq!(counts.stages, [("ACTIVIST".to_owned(), 1), ("MEMBER".to_owned(), 1)]);
    assert_eq!(counts.lecturers, [("mem_1".to_owned(), 2)]);
    let query =
        Query { text: "党章".into(), first: 9, stage: Some("MEMBER".into()), year: Some(2026), ..Query::default() };
    assert_eq!(index.search(&school(), &query).unwrap().total, 1);
    let nobody = Searcher { audiences: vec!["nobody".into()] };
    assert_eq!(index.search(&nobody, &query).unwrap().counts, Default::default());
}

#[test]
fn tags_are_found_and_suggested_but_are_no_hits() {
    let mut course = document("a", "第一课", "");
    (course.kind, course.lesson, course.tags) = (Kind::Course, None, vec!["理想信念".into()]);
    let index = shelf(vec![course]);
    assert_eq!((index.documents(), ask(&index, "理想信念").total, ask(&index, "lixiangxinnian").total), (1, 1, 1));
    let suggested = index.suggest(&school(), "lixiang", 5).unwrap();
    assert_eq!((suggested[0].text.as_str(), suggested[0].kind), ("理想信念", None));
    let nobody = Searcher { audiences: vec!["nobody".into()] };
    assert!(index.suggest(&nobody, "理想", 5).unwrap().is_empty());
}

#[test]
fn a_single_character_finds_what_holds_it() {
    let index = library();
    assert_eq!(titles(&ask(&index, "邹")), ["支部工作"]);
    assert!(ask(&index, "课").total >= 2);
}
