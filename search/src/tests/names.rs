//! People's names are neither completed nor altered; fixed expressions are not cut.

use super::{ask, document, school, shelf};
use crate::{Document, Index, Words};

fn suggested(index: &Index, typed: &str) -> Vec<String> {
    index.suggest(&school(), typed, 9).unwrap().into_iter().map(|one| one.text).collect()
}

#[test]
fn a_name_is_suggested_only_to_who_typed_it_out() {
    let index = shelf(vec![
        document("a", "学习雷锋精神", "雷锋"),
        document("b", "学习方法", ""),
        document("c", "毛泽东思想概论", ""),
    ]);
    for typed in ["学习", "xuexi", "xx", "雷", "leifeng", "lf", "思想", "mao", "毛", "毛泽"] {
        let all = suggested(&index, typed);
        assert!(all.iter().all(|text| !text.contains("雷锋") && !text.contains("毛泽东")), "{typed}: {all:?}");
    }
    assert_eq!(suggested(&index, "雷锋"), ["学习雷锋精神", "雷锋精神"]);
    assert_eq!(suggested(&index, "毛泽东思"), ["毛泽东思想概论", "毛泽东思想"]);
    assert_eq!(suggested(&index, "学习"), ["学习方法"]);
}

#[test]
fn a_lecturer_is_no_exception() {
    let words = Words { names: "王小雨\n".into(), ..Words::default() };
    let index = Index::in_memory_with(&words).unwrap();
    index.replace(&[], vec![document("a", "王小雨老师谈党史", "")]).unwrap();
    assert!(suggested(&index, "王小").is_empty());
    assert_eq!(suggested(&index, "王小雨"), ["王小雨老师谈党史"]);
    assert_eq!(ask(&index, "wangxiaoyuu").nearest, None);
}

#[test]
fn nothing_is_corrected_into_or_out_of_a_name() {
    let index = shelf(vec![
        document("a", "雷锋日记", "雷锋的日记"),
        document("b", "李晓明同志的事迹", "李晓明"),
        document("c", "明天", ""),
    ]);
    for typed in ["雷风", "leifegn", "lefeng", "李小明", "李晓名"] {
        assert_eq!(ask(&index, typed).nearest, None, "{typed}");
    }
}

#[test]
fn no_group_of_synonyms_holds_a_name() {
    let words = Words { synonyms: "雷锋 好人\n校训 校风\n".into(), ..Words::default() };
    let index = Index::in_memory_with(&words).unwrap();
    index.replace(&[], vec![document("a", "雷锋", ""), document("b", "校风", "")]).unwrap();
    assert_eq!((ask(&index, "好人").total, ask(&index, "校训").total), (0, 1));
}

#[test]
fn a_fragment_does_not_cut_a_number_or_a_latin_word() {
    for shift in 0..60 {
        let dates = "于1921年7月23日在Shanghai说起".repeat(4);
        let body = format!("{dates}{}权利{}{dates}", "前".repeat(shift), "后".repeat(60 - shift));
        let found = ask(&shelf(vec![document("a", "讲义", &body)]), "权利");
        let bare = found.hits[0].fragments[0].text.trim_matches('…');
        let (before, after) = body.split_once(bare).unwrap();
        let cuts = |one: &str, two: &str| {
            let joined = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            joined(one.chars().last()) && joined(two.chars().next())
        };
        assert!(!cuts(before, bare) && !cuts(bare, after), "{shift}: {bare}");
    }
}

#[test]
fn a_fragment_does_not_cut_a_fixed_expression() {
    let long = "中国共产党第二十次全国代表大会";
    for shift in 0..40 {
        let body = format!(
            "{}{long}{}权利{}{long}。{}",
            "前".repeat(60 + shift),
            "中".repeat(8),
            "后".repeat(30 + shift),
            "尾".repeat(90)
        );
        let found = ask(&shelf(vec![document("a", "讲义", &body)]), "权利");
        let fragment = &found.hits[0].fragments[0];
        let bare = fragment.text.trim_matches('…');
        for at in 1..15 {
            let (head, tail): (String, String) = (long.chars().take(at).collect(), long.chars().skip(at).collect());
            assert!(!bare.starts_with(&tail), "{shift}: {bare}");
            assert!(!bare.ends_with(&head) || head.starts_with(bare), "{shift}: {bare}");
        }
        let letters: Vec<char> = fragment.text.chars().collect();
        for (from, to) in &fragment.whole {
            let whole: String = letters[*from..*to].iter().collect();
            assert_eq!(whole, long);
        }
    }
}

#[test]
fn titles_tell_what_may_not_be_broken() {
    let found = ask(&shelf(vec![document("a", "学《中国共产党章程》与毛泽东思想", "")]), "学");
    assert_eq!(found.hits[0].whole, [(1, 10), (11, 16)]);
}

/// Taught by somebody of this name.
fn taught(id: &str, title: &str, body: &str, teacher: &str) -> Document {
    Document { teachers: vec![teacher.to_owned()], ..document(id, title, body) }
}

#[test]
fn the_name_of_who_teaches_is_not_completed() {
    let index = shelf(vec![taught("a", "王小雨老师谈党史", "", "王小雨"), document("b", "王小雨同志", "")]);
    for typed in ["王", "王小", "wangxiao", "谈党史"] {
        assert!(suggested(&index, typed).is_empty(), "{typed}");
    }
    assert_eq!(suggested(&index, "王小雨").len(), 2);
    assert_eq!(ask(&index, "wangxiaoyuu").nearest, None);
    // Only as long as that person teaches.
    index.replace(&["crs_1".to_owned()], vec![document("b", "王小雨同志", "")]).unwrap();
    assert_eq!(suggested(&index, "王小"), ["王小雨同志"]);
}

#[test]
fn a_name_hides_no_word_that_only_holds_its_characters() {
    let index = shelf(vec![
        taught("a", "重走万里长征路", "", "万里"),
        taught("b", "关于敏感问题", "", "于敏"),
        taught("c", "提高建设水平", "", "高建设"),
    ]);
    for (typed, title) in [("重走", "重走万里长征路"), ("关于", "关于敏感问题"), ("提高", "提高建设水平")]
    {
        assert_eq!(suggested(&index, typed), [title], "{typed}");
    }
    let named = shelf(vec![taught("a", "于敏的故事", "", "于敏"), document("b", "万里的文章", "")]);
    assert!(suggested(&named, "故事").is_empty());
}

#[test]
fn a_name_within_what_was_typed_or_found_is_not_altered() {
    let index = shelf(vec![document("a", "王小雨老师谈党史", ""), document("b", "讲义", "请李晓明老师主持")]);
    for typed in ["王小鱼老师", "王小鱼老师谈党史", "李小明老师", "xiaoyuu", "laoshitandangshii"] {
        let found = ask(&index, typed);
        assert!(found.nearest.is_none_or(|near| !near.contains("小雨") && !near.contains("晓明")), "{typed}");
    }
    assert_eq!(ask(&index, "tandangshii").nearest, Some("谈党史".into()), "what is beside a name may be mended");
}

#[test]
fn a_theory_that_bears_a_name_has_its_synonyms() {
    let index = shelf(vec![document("a", "马克思列宁主义基本原理", ""), document("b", "无关", "")]);
    assert_eq!(ask(&index, "马列主义").total, 1);
}

#[test]
fn a_file_of_words_may_begin_with_a_byte_order_mark() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("synonyms.txt"), "\u{feff}校训 校风\n").unwrap();
    std::fs::write(dir.path().join("names.txt"), "\u{feff}王小雨\r\n").unwrap();
    let words = Words::read(dir.path()).unwrap();
    let index = Index::in_memory_with(&words).unwrap();
    index.replace(&[], vec![document("a", "校风", ""), document("b", "王小雨老师", "")]).unwrap();
    assert_eq!(ask(&index, "校训").total, 1);
    assert!(suggested(&index, "王小").is_empty());
}
