//! Tables of cases.

use kernel::Amount;

use crate::{
    model::{Bucket, Indicator, Missing, Share},
    rules::{
        scheme::{CURRENT, SCHEMES, Scheme},
        score::{by_table, distribution, indicators, notes, notes_of_all, quick_total, sum, total},
    },
    service::agree,
};

fn shipped() -> Scheme {
    let (_, body) = SCHEMES.iter().find(|(version, _)| *version == CURRENT).unwrap();
    Scheme::try_new(body).unwrap()
}

fn shares(all: &[(i64, i64)]) -> Vec<Share> {
    all.iter().map(|(due, done)| Share { title: "党章学习".to_owned(), due: *due, done: *done }).collect()
}

#[test]
fn every_shipped_scheme_is_valid_and_knows_its_own_name() {
    agree(&SCHEMES, &[]).unwrap();
    assert_eq!((shipped().weight, shipped().indicators.len()), (Amount::milli(250), 5));
}

#[test]
fn a_used_scheme_never_changes() {
    let (version, body) = SCHEMES[0];
    let used = |body: &str| vec![(version.to_owned(), body.to_owned())];
    assert!(agree(&SCHEMES, &used(body)).is_ok());
    let fault = agree(&SCHEMES, &used("another")).unwrap_err().to_string();
    assert_eq!(fault, "scheme 2026-1 has been used with another text; publish the change under a new version");
    assert!(agree(&SCHEMES, &[("2025-1".to_owned(), "of old".to_owned())]).is_ok());
    let fault = agree(&[("2027-1", body)], &[]).unwrap_err().to_string();
    assert_eq!(fault, "scheme 2027-1 calls itself 2026-1");
}

#[test]
fn each_fault_of_a_scheme_is_told() {
    let body = SCHEMES[0].1;
    let cases = [
        ("weight = \"0.2\"\nmeasure = \"share\"", "weight = \"0.3\"\nmeasure = \"share\"", "sum to 1.3, not to 1"),
        ("weight = \"0.25\"", "weight = \"1.25\"", "weight 1.25 is not between 0 and 1"),
        ("weight = \"0.25\"", "weight = 0.25", "cannot be read"),
        ("weight = \"0.25\"", "weight = \"0.2500\"", "not a decimal with at most three places"),
        (
            "key = \"final_exam\"",
            "key = \"finalexam\"",
            "indicator final_exam is missing; indicator finalexam is unknown",
        ),
        ("key = \"final_exam\"", "key = \"attendance\"", "an indicator is there twice"),
        ("{ at = \"0.8\"", "{ at = \"0.5\"", "`at` does not ascend"),
        ("score = \"4\" }, { at = \"1\"", "score = \"2\" }, { at = \"1\"", "`score` falls"),
        ("[{ at = \"0\", score", "[{ at = \"0.1\", score", "does not begin at 0"),
        ("score = \"5\" }", "score = \"5.5\" }", "a score is not between 0 and 5"),
        (
            "{ at = \"1\", score = \"5\" }]\n\n[[indicators]]\nkey = \"refl",
            "{ at = \"2\", score = \"5\" }]\n\n[[indicators]]\nkey = \"refl",
            "does not end at 1",
        ),
        ("between = \"linear\"", "between = \"curved\"", "cannot be read"),
        ("{due} 项", "若干项", "sentence attendance lacks {due}"),
        ("disclaimer = \"本结果", "disclaimer = \"\" # \"", "sentence disclaimer is empty"),
        ("name = \"思想汇报\"", "name = \" \"", "indicator thought_report: it has no name"),
        ("version = \"2026-1\"", "version = \"2026-1\"\nextra = 1", "cannot be read"),
    ];
    for (from, to, told) in cases {
        assert!(body.contains(from), "{from}");
        let fault = Scheme::try_new(&body.replacen(from, to, usize::MAX)).unwrap_err();
        assert!(fault.contains(told), "{told}: {fault}");
    }
}

#[test]
fn a_table_is_read_between_its_rows_and_rounded_once() {
    let scheme = shipped();
    let cases = [
        ("attendance", 0, 5, 0),
        ("attendance", 3, 5, 3_000),
        ("attendance", 4, 5, 4_000),
        ("attendance", 5, 5, 5_000),
        ("attendance", 2, 3, 3_333),
        ("attendance", 1, 3, 1_667),
        ("attendance", 1, 7, 714),
        ("attendance", 6, 5, 5_000),
        ("thought_report", 1, 4, 1_250),
        ("reflection", 0, 1, 0),
        ("reflection", 1, 1, 3_000),
        ("reflection", 2, 1, 4_000),
        ("reflection", 9, 1, 5_000),
        ("theory_talk", 1, 1, 4_000),
    ];
    for (key, done, of, milli) in cases {
        let rule = scheme.rule(key).unwrap();
        assert_eq!(by_table(rule, done, of), Amount::milli(milli), "{key} {done}/{of}");
    }
}

#[test]
fn steps_hold_until_the_next() {
    let body = SCHEMES[0].1.replace("between = \"linear\"", "between = \"steps\"");
    let scheme = Scheme::try_new(&body).unwrap();
    for (done, milli) in [(0, 0), (59, 0), (60, 3_000), (79, 3_000), (80, 4_000), (99, 4_000), (100, 5_000)] {
        assert_eq!(by_table(scheme.rule("attendance").unwrap(), done, 100), Amount::milli(milli), "{done}");
    }
}

#[test]
fn what_has_no_score_leaves_its_weight_to_the_others() {
    let of = |parts: &[(i64, Option<i64>)]| {
        let one = |(weight, score): &(i64, Option<i64>)| Indicator {
            key: String::new(),
            name: String::new(),
            weight: Amount::milli(*weight),
            score: score.map(Amount::milli),
            missing: None,
            evidence: Vec::new(),
        };
        total(&parts.iter().map(one).collect::<Vec<_>>()).map(Amount::thousandths)
    };
    assert_eq!(of(&[(200, None), (800, None)]), None);
    assert_eq!(of(&[(200, Some(3_333)), (800, None)]), Some(3_333));
    assert_eq!(of(&[(200, Some(5_000)), (800, Some(0))]), Some(1_000));
    assert_eq!(of(&[(200, Some(5_000)), (200, Some(0)), (600, None)]), Some(2_500));
    assert_eq!(of(&[(300, Some(1_000)), (300, Some(2_000)), (400, Some(2_000))]), Some(1_700));
    assert_eq!(of(&[(200, Some(1)), (200, Some(0)), (600, None)]), Some(1), "half away from zero");
}

#[test]
fn a_score_says_what_it_rests_on() {
    let scheme = shipped();
    let due = shares(&[(5, 3), (4, 3)]);
    let all = indicators(&scheme, &due);
    let told: Vec<&str> = all[0].evidence.iter().map(|line| line.text.as_str()).collect();
    let expected = [
        "必修内容共 9 项，已完成 6 项（66.7%），按分段表得 3.333 分",
        "《党章学习》：应完成 5 节，已完成 3 节",
        "《党章学习》：应完成 4 节，已完成 3 节",
    ];
    assert_eq!(told, expected);
    assert_eq!((all[0].score, all[0].evidence[0].amount), (Some(Amount::milli(3_333)), Some(Amount::milli(3_333))));
    assert!(all[1..].iter().all(|i| i.score.is_none() && i.missing == Some(Missing::NotDue) && i.evidence.is_empty()));
    let (due, done) = sum(&due);
    assert_eq!(quick_total(&scheme, due, done), total(&all));
    let said = notes(&scheme, &all);
    assert_eq!(said[0], "结业考试成绩、思想汇报、学习心得、理论宣讲尚未安排，未计入；其余指标的权重已按比例折算。");
    assert_eq!(said.last().unwrap(), &scheme.sentences.disclaimer);
    assert_eq!(notes_of_all(&scheme, [all.as_slice(), indicators(&scheme, &[]).as_slice()].into_iter()), said);
}

#[test]
fn nothing_due_is_no_score_and_is_said() {
    let scheme = shipped();
    let none = indicators(&scheme, &[]);
    assert_eq!((total(&none), quick_total(&scheme, 0, 0)), (None, None));
    assert_eq!(
        notes(&scheme, &none)[0],
        "集中培训出勤、结业考试成绩、思想汇报、学习心得、理论宣讲尚未安排，暂无得分。"
    );
    assert_eq!(notes_of_all(&scheme, std::iter::empty()).len(), 1);
}

#[test]
fn the_reasons_stay_within_twenty_lines() {
    let scheme = shipped();
    for (courses, lines) in [(1, 2), (18, 19), (19, 20), (60, 20)] {
        let all = indicators(&scheme, &shares(&vec![(2, 1); courses]));
        assert_eq!(all[0].evidence.len(), lines, "{courses}");
    }
    let many = indicators(&scheme, &shares(&[(2, 1); 20]));
    assert_eq!(many[0].evidence[19].text, "其余 2 门课程：应完成 4 节，已完成 2 节");
}

#[test]
fn a_title_with_braces_stays_as_it_is() {
    let due = [Share { title: "{due} 与 {score".to_owned(), due: 1, done: 0 }];
    let all = indicators(&shipped(), &due);
    assert_eq!(all[0].evidence[1].text, "《{due} 与 {score》：应完成 1 节，已完成 0 节");
}

#[test]
fn the_last_bucket_is_closed() {
    let scores = [0, 499, 500, 3_333, 4_999, 5_000].map(Amount::milli);
    let buckets = distribution(scores.into_iter());
    let counts: Vec<u64> = buckets.iter().map(|bucket| bucket.students).collect();
    assert_eq!(counts, [2, 1, 0, 0, 0, 0, 1, 0, 0, 2]);
    assert_eq!(buckets[9], Bucket { from: Amount::milli(4_500), to: Amount::whole(5), students: 2 });
}
