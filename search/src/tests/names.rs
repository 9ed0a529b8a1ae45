//! People's names are neither completed nor altered; fixed expressions are not cut.

use super::{ask, document, school, shelf};
use crate::{Index, Words};

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
