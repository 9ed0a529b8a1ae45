use std::collections::HashMap;

use kernel::{Amount, Day, Language, Zone, id::PersonId};

use crate::{
    model::PackState,
    rules::{
        explain::explain,
        force::{COLLEGE, DEMO, Known, PACKS, Packs, shipped},
        pack::Pack,
        tally::term_of,
        view,
    },
};

pub fn demo() -> &'static str {
    PACKS.iter().find(|(file, _)| file.contains("demo")).unwrap().1
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn packs(default: &str) -> Packs {
    let (force, confirmed) = (Vec::new(), HashMap::new());
    Packs { counter: 0, known: shipped().unwrap(), force, default: default.to_owned(), confirmed }
}

#[test]
fn the_shipped_packs_are_sound_and_claim_no_basis_that_nobody_checked() {
    let packs = packs(COLLEGE);
    let versions: Vec<&str> = packs.known.iter().map(|known| known.pack.version.as_str()).collect();
    assert_eq!(versions, [COLLEGE, "classes-1", DEMO]);
    for known in &packs.known {
        for number in known.pack.numbers() {
            assert!(number.value > Amount::ZERO && number.basis.checked.is_none(), "{}", number.path);
        }
        let paths: std::collections::HashSet<_> = known.pack.numbers().iter().map(|one| one.path.clone()).collect();
        assert_eq!(paths.len(), known.pack.numbers().len(), "{}: two numbers of one path", known.pack.version);
        let view = view::pack(&packs, known, day("2026-11-21"), Zone::default(), &HashMap::new(), false);
        assert_eq!(view.unconfirmed, known.pack.numbers().len());
        let first = view.rules.iter().flat_map(|rule| &rule.numbers).next().unwrap();
        assert_eq!(first.standing().unwrap().say(Language::Chinese), "依据待学校核对");
    }
    let titles: Vec<String> = packs.titles(day("2026-11-21")).into_iter().map(|rule| rule.title).take(5).collect();
    assert_eq!(titles, ["视频学习", "阅读完成", "答对提问", "课程学时", "党课学分"]);
}

#[test]
fn rules_are_explained_in_plain_chinese() {
    let packs = packs(DEMO);
    let told = |version: &str| -> Vec<String> {
        let pack = packs.find(version).unwrap().pack.clone();
        pack.rules.iter().map(|rule| explain(&pack, rule)).collect()
    };
    let wanted = [
        "每看满 1 分钟新内容计 1 分，末尾不足的部分在学完时按比例计，每日最多 30 分。",
        "每读完一篇阅读计 5 分，同一内容只计一次，每日最多 20 分。",
        "每完成一门课程的全部必修内容，按课程标明的学时计，同一课程只计一次。",
        "每完成一门课程的全部必修内容，按课程标明的学分计，同一课程只计一次。",
    ];
    assert_eq!(told(DEMO), wanted);
    assert_eq!(told(COLLEGE)[2], "每答对一次学习中的提问计 1 分，每日最多 5 分。");
    let classes = told("classes-1");
    assert_eq!(classes[2], "限入党申请人，每学完一节计 1 学时，同一内容只计一次。");
    assert_eq!(classes[3], "限入党积极分子，看视频按时长折算，45 分钟为 1 学时，向下取整到 0.1 学时。");
    let known = packs.find("classes-1").unwrap();
    let view = view::pack(&packs, known, day("2026-11-21"), Zone::default(), &HashMap::new(), true);
    assert_eq!(view.targets[1].text, "入党积极分子培训（入党积极分子）：累计达到 40 学时。");
    assert_eq!(view.caps[0].text, "全部规则的积分：每日合计最多 45 分。");
    assert_eq!(
        view.rules[0].numbers.iter().map(|n| n.label.as_str()).collect::<Vec<_>>(),
        ["计数单位", "计分", "每日上限"]
    );
}

#[test]
fn a_faulty_pack_is_told_with_its_line_and_column() {
    // What stands right, what is put in its place, the words at which the fault is told, and what is told.
    let cases = [
        (
            "amount = { value = \"1\"",
            "amount = { value = \"1.2345\"",
            "\"1\", basis = \"demo\" }, rest",
            "not a positive",
        ),
        ("\"30\"", "\"-30\"", "\"30\"", "not a positive decimal"),
        ("value = \"5\"", "value = 5", "\"5\"", "Expected a string"),
        ("event = \"reading\"", "event = \"read\"", "\"reading\"", "Unknown event \"read\""),
        ("measure = \"hours\"", "measure = \"days\"", "\"hours\"", "none of points, hours, credits"),
        ("measure = \"hours\"", "measure = \"points\"", "{ named = true }", "for hours or credits"),
        ("\"reading.done\"", "\"video.minute\"", "\"reading.done\"", "is there twice"),
        ("\"course.hours\"", "\"course:hours\"", "\"course.hours\"", "may only have a-z"),
        ("\"阅读完成\"", "\" \"", "\"阅读完成\"", "must not be empty"),
        (
            "value = \"20\", basis = \"demo\"",
            "value = \"20\", basis = \"other\"",
            "\"demo\", note = \"每日四篇",
            "no basis named",
        ),
        ("value = \"20\", basis = \"demo\"", "value = \"20\"", "{ value = \"20\"", "\"basis\" is missing"),
        ("day = { value = \"45\"", "month = { value = \"45\"", "day = { value = \"45\"", "Unknown key \"month\""),
        ("rest = true", "rest = 1", "true }\ncaps", "true or false"),
        ("of = \"minutes\"", "of = \"count\"", "\"minutes\"", "carries no count"),
        ("each = ", "hour = ", "{ of = ", "turns minutes into hours"),
        (
            "measure = \"hours\"\npays",
            "measure = \"hours\"\nonce = \"sometimes\"\npays",
            "pays = { named",
            "none of fact",
        ),
    ];
    for (right, wrong, at, fault) in cases {
        assert!(demo().contains(right), "{right}");
        let faults = Pack::try_new(&demo().replacen(right, wrong, 1)).unwrap_err();
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let before = &demo()[..demo().find(at).unwrap_or_else(|| panic!("{at}"))];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        // What was put in before the place on its line moves it.
        let place = format!("line {line}, column ");
        let found = faults.iter().zip(&told).find(|(_, text)| text.contains(fault));
        let (found, _) = found.unwrap_or_else(|| panic!("{wrong}: {told:?}"));
        assert!(told.iter().any(|text| text.starts_with(&place)), "{place}: {told:?}");
        assert!(found.column.abs_diff(column) <= 12, "{wrong}: column {column}, {told:?}");
        assert!(
            !found.text.zh.is_empty() && found.told().zh.starts_with(&format!("第 {line} 行")),
            "{}",
            found.told().zh
        );
    }
}

#[test]
fn all_faults_are_told_at_once_in_their_order() {
    let text = "version = \"Ü\"\ntitle = 3\nfoo = 1\n[[rules]]\nkey = \"a\"\nevent = \"login\"\n";
    let faults = Pack::try_new(text).unwrap_err();
    let places: Vec<(usize, usize)> = faults.iter().map(|fault| (fault.line, fault.column)).collect();
    assert_eq!(places[..3], [(1, 11), (2, 9), (3, 1)], "{faults:?}");
    assert!(places.contains(&(6, 9)) && places.is_sorted(), "{faults:?}");
    assert!(faults.len() >= 6, "{faults:?}");
    let broken = Pack::try_new("version = \"a\ntitle = 1 2\n[[rules]\n").unwrap_err();
    assert!(broken.iter().any(|fault| fault.line == 1) && broken.iter().any(|fault| fault.line == 3), "{broken:?}");
    assert!(Pack::try_new("").unwrap_err().len() >= 3);
}

#[test]
fn what_makes_no_sense_is_no_pack() {
    let head = "version = \"v\"\ntitle = \"t\"\n[basis.b]\ndocument = \"d\"\n[events.quiz]\ntitle = \"答题\"\ncarries = [\"count\", \"result\"]\n\
                [events.watch]\ntitle = \"观看\"\ncarries = [\"minutes\", \"content\"]\n";
    let rule = |event: &str, rest: &str| {
        let n = |text: &str| text.replace("N(", "{ basis = \"b\", value = \"").replace(")N", "\" }");
        format!("{head}[[rules]]\nkey = \"r\"\ntitle = \"r\"\nevent = \"{event}\"\nmeasure = \"points\"\n{}\n", n(rest))
    };
    let good = [
        ("quiz", "pays = { amount = N(1)N }"),
        (
            "quiz",
            "pays = { of = \"count\", tiers = [{ amount = N(1)N }, { from = N(5)N, amount = N(5)N }, { above = N(9)N, amount = N(10)N }] }",
        ),
        (
            "quiz",
            "pays = { results = [{ result = \"win\", title = \"胜\", amount = N(10)N }] }\nwhen = { results = [\"win\"], weekdays = [\"mon\"] }",
        ),
        (
            "watch",
            "once = \"longest-of-day\"\npays = { of = \"minutes\", skip = N(1)N, most = N(60)N, each = N(1)N, amount = N(3)N }",
        ),
        (
            "minute",
            "pays = { of = \"minutes\", each = N(2)N, amount = N(1)N }\ncaps = { day = N(3)N, week = N(6)N }\nreversal = \"keeps\"",
        ),
    ];
    for (event, rest) in good {
        assert!(
            Pack::try_new(&rule(event, rest)).is_ok(),
            "{rest}: {:?}",
            Pack::try_new(&rule(event, rest)).unwrap_err()
        );
    }
    let bad = [
        ("quiz", "", "how much is not said"),
        ("minute", "pays = { amount = N(1)N }", "paid by each"),
        ("quiz", "pays = { of = \"count\", each = N(1.5)N, amount = N(1)N }", "whole number"),
        (
            "quiz",
            "pays = { of = \"count\", tiers = [{ from = N(5)N, amount = N(5)N }, { from = N(4)N, amount = N(6)N }] }",
            "must ascend",
        ),
        (
            "quiz",
            "pays = { of = \"count\", tiers = [{ from = N(5)N, amount = N(5)N }, { amount = N(6)N }] }",
            "either from or above",
        ),
        ("watch", "pays = { of = \"minutes\", each = N(1441)N, amount = N(1)N }", "not exceed 1440"),
        ("watch", "pays = { results = [{ result = \"a\", title = \"a\", amount = N(1)N }] }", "carries no result"),
        ("quiz", "once = \"content\"\npays = { amount = N(1)N }", "carries no content"),
        ("quiz", "once = \"longest-of-day\"\npays = { amount = N(1)N }", "carries no content"),
        ("minute", "once = \"day\"\npays = { of = \"minutes\", each = N(2)N, amount = N(1)N }", "can only be"),
        ("quiz", "first = N(1.5)N\npays = { amount = N(1)N }", "whole number"),
        ("quiz", "caps = { day = N(9)N, week = N(6)N }\npays = { amount = N(1)N }", "over a longer time"),
        ("quiz", "when = { weekdays = [\"mon\", \"mon\"] }\npays = { amount = N(1)N }", "is there twice"),
        ("quiz", "when = { stages = [\"SAINT\"] }\npays = { amount = N(1)N }", "is none of"),
        ("quiz", "pays = { of = \"minutes\", hour = N(45)N, step = N(0.5)N, round = \"down\" }", "carries no minutes"),
        ("quiz", "pays = { named = true, each = N(1)N }", "exclude one another"),
    ];
    for (event, rest, fault) in bad {
        let told = Pack::try_new(&rule(event, rest)).expect_err(rest);
        assert!(told.iter().any(|one| one.text.en.contains(fault)), "{rest}: {told:?}");
    }
}

#[test]
fn a_day_has_the_pack_that_is_in_force_on_it() {
    let later = demo().replace("demo-1", "demo-2").replace("视频学习", "看视频");
    let mut packs = packs(DEMO);
    packs.known.push(Known { pack: Pack::try_new(&later).unwrap().into(), text: later, shipped: false });
    packs.force = vec![(day("2026-09-01"), "demo-2".to_owned()), (day("2027-03-01"), DEMO.to_owned())];
    assert_eq!(packs.version_on(day("2019-12-31")), DEMO);
    assert_eq!(packs.version_on(day("2026-08-31")), DEMO);
    assert_eq!(packs.version_on(day("2026-09-01")), "demo-2");
    assert_eq!(packs.version_on(day("2027-03-01")), DEMO);
    let title = |version, key| packs.rule(version, key).title;
    assert_eq!(title(DEMO, "video.minute"), "视频学习");
    assert_eq!(title("demo-2", "video.minute"), "看视频");
    assert_eq!(title("gone-1", "video.minute"), "看视频");
    assert_eq!(title("demo-2", "gone"), "gone");
    let spans = packs.spans(DEMO);
    assert_eq!(spans, [(Some(day("2027-03-01")), None), (None, Some(day("2026-08-31")))]);
    let state = |version: &str, on: &str| {
        let known = packs.find(version).unwrap();
        view::pack(&packs, known, day(on), Zone::default(), &HashMap::<PersonId, String>::new(), false).state
    };
    assert_eq!(state(DEMO, "2026-08-01"), PackState::Active);
    assert_eq!(state("demo-2", "2026-08-01"), PackState::Planned);
    assert_eq!(state(DEMO, "2026-10-01"), PackState::Planned);
    assert_eq!(state("demo-2", "2027-10-01"), PackState::Past);
    assert_eq!(state("classes-1", "2026-08-01"), PackState::Shipped);
}

#[test]
fn a_term_lasts_until_the_next_and_no_cap_lasts_for_ever() {
    let starts = [day("2026-03-01"), day("2026-09-01")];
    let cases = [
        ("2026-01-15", "2026-01-01", "2026-02-28"),
        ("2026-03-01", "2026-03-01", "2026-08-31"),
        ("2026-08-10", "2026-03-01", "2026-08-31"),
        ("2027-01-10", "2026-09-01", "2027-08-31"),
        ("2027-09-01", "2027-09-01", "2027-12-31"),
        ("2030-05-05", "2030-01-01", "2030-12-31"),
    ];
    for (on, from, to) in cases {
        assert_eq!(term_of(day(on), &starts), (day(from), day(to)), "{on}");
    }
    assert_eq!(term_of(day("2026-05-05"), &[]), (day("2026-01-01"), day("2026-12-31")));
}
