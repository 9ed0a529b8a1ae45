//! What the rule language must be able to say: rules of other platforms, written as packs for tests only.

use kernel::{Amount, Day, event::Measure};

use super::facts::{Told, at, event, fact, finished, minutes, watched};
use crate::rules::fact::What;

/// A pack from short words: `N(1)` is the number 1 with the basis that all share.
pub fn written(head: &str, rules: &[&str]) -> String {
    let number = |text: &str| text.replace("N(", "{ basis = \"b\", value = \"").replace(")N", "\" }");
    let mut text =
        format!("version = \"test-1\"\ntitle = \"测试\"\n[basis.b]\ndocument = \"测试\"\n{}\n", number(head));
    for rule in rules {
        text.push_str(&format!("[[rules]]\n{}\n", number(rule)));
    }
    text
}

/// 学习强国, 1 June 2023, as domain.md 3.1 tells it.
fn june_2023() -> String {
    let events = [
        ("login", "登录", ""),
        ("article", "文章阅读", "\"content\""),
        ("av", "视听学习", "\"content\""),
        ("quiz", "每日答题", "\"count\""),
        ("special", "专项答题", "\"count\""),
        ("subscribe", "订阅", ""),
        ("opinion", "发表观点", ""),
        ("local", "本地频道", ""),
        ("sport", "强国运动", ""),
        ("challenge", "挑战答题", "\"count\""),
        ("four", "四人赛", "\"result\""),
        ("duel", "双人对战", "\"result\""),
    ];
    let head: String = events
        .iter()
        .map(|(name, title, carries)| match *carries {
            "" => format!("[events.{name}]\ntitle = \"{title}\"\n"),
            carries => format!("[events.{name}]\ntitle = \"{title}\"\ncarries = [{carries}]\n"),
        })
        .collect();
    let head = format!("{head}[caps.points]\nday = N(56)N\n");
    let rule = |name: &str, rest: &str| {
        format!("key = \"{name}\"\ntitle = \"{name}\"\nevent = \"{name}\"\nmeasure = \"points\"\n{rest}")
    };
    let game = "pays = { results = [{ result = \"win\", title = \"胜\", amount = N(10)N }, { result = \"loss\", title = \"负\", amount = N(8)N }] }\nfirst = N(1)N";
    let rules = [
        rule("login", "pays = { amount = N(1)N }\nonce = \"day\""),
        rule("article", "pays = { amount = N(2)N }\ncaps = { day = N(12)N }"),
        rule("av", "pays = { amount = N(2)N }\ncaps = { day = N(12)N }"),
        rule("quiz", "pays = { of = \"count\", each = N(1)N, amount = N(1)N }\ncaps = { day = N(5)N }"),
        rule(
            "special",
            "pays = { of = \"count\", tiers = [{ from = N(5)N, amount = N(5)N }, { from = N(10)N, amount = N(10)N }] }\ncaps = { day = N(10)N }\nfirst = N(1)N",
        ),
        rule("subscribe", "pays = { amount = N(1)N }\ncaps = { day = N(2)N }"),
        rule("opinion", "pays = { amount = N(1)N }\nfirst = N(1)N"),
        rule("local", "pays = { amount = N(1)N }\nonce = \"day\""),
        rule("sport", "pays = { amount = N(2)N }\ncaps = { week = N(2)N }"),
        rule(
            "challenge",
            "pays = { of = \"count\", each = N(1)N, amount = N(1)N }\ncaps = { day = N(10)N }\nwhen = { weekdays = [\"tue\", \"fri\", \"sun\"] }",
        ),
        rule("four", &format!("{game}\nwhen = {{ weekdays = [\"mon\", \"thu\"] }}")),
        rule("duel", &format!("{game}\nwhen = {{ weekdays = [\"wed\", \"sat\"] }}")),
    ];
    written(&head, &rules.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Everything there is to do, each more often than it pays.
fn everything(day: Day, result: &str) -> Vec<What> {
    let mut all = Vec::new();
    for n in 0..3 {
        let told = format!("{day}-{n}");
        for name in ["login", "subscribe", "opinion", "local", "sport"] {
            all.push(event(name, &told));
        }
        let count = |name: &str, count| What { count: Some(count), ..event(name, &told) };
        all.extend([count("quiz", 4), count("special", 10), count("challenge", 7)]);
        let played = |name: &str| What { result: Some(result.to_owned()), ..event(name, &told) };
        all.extend([played("four"), played("duel")]);
    }
    for n in 0..8 {
        let content = Some(format!("{day}-{n}"));
        all.extend(["article", "av"].map(|name| What { content: content.clone(), ..event(name, "") }));
    }
    all
}

#[test]
fn the_table_of_june_2023_can_be_said_and_adds_up() {
    let monday = Day::of(2023, 6, 5).unwrap();
    for (result, game) in [("win", 10), ("loss", 8)] {
        let mut person = Told::new(&june_2023());
        for n in 0..14 {
            let day = monday.plus(n);
            let before = person.replay.total(Measure::Points);
            for what in everything(day, result) {
                person.tell(&at(what, day, 600));
            }
            let earned = person.replay.total(Measure::Points) - before;
            // 44 every day; sport on Mondays, because one is enough for the week; challenge by its weekdays, games by theirs.
            let (sport, weekday) = (if n % 7 == 0 { 2 } else { 0 }, n % 7);
            let of_day = if [1, 4, 6].contains(&weekday) { 10 } else { game };
            assert_eq!(earned, Amount::whole(44 + sport + of_day), "{result} on day {n}");
            assert!(earned <= Amount::whole(56));
        }
    }
    let mut person = Told::new(&june_2023());
    let what = What { count: Some(5), ..event("special", "a") };
    assert_eq!(person.earns(&at(what, monday, 1)), "5", "five questions");
    assert_eq!(person.earns(&at(What { count: Some(4), ..event("special", "b") }, monday.plus(1), 1)), "0", "too few");
    let refused = person.tell(&at(What { count: Some(9), ..event("challenge", "c") }, monday, 1)).refused;
    assert_eq!(refused[0].1.text().zh, "该规则在这一天（按星期）不计");
}

fn hours(event: &str, carries: &str, rest: &str) -> Told {
    let head = format!("[events.{event}]\ntitle = \"网课\"\ncarries = [{carries}]\n");
    let rule = format!("key = \"h\"\ntitle = \"学时\"\nevent = \"{event}\"\nmeasure = \"hours\"\n{rest}");
    Told::new(&written(&head, &[&rule]))
}

#[test]
fn hours_by_tiers_as_yunnan_and_zhengzhou_count_them() {
    let yunnan = "pays = { of = \"minutes\", tiers = [{ amount = N(0.25)N }, { above = N(15)N, amount = N(0.5)N }, { from = N(30)N, amount = N(1)N }] }";
    let zhengzhou =
        "pays = { of = \"minutes\", tiers = [{ from = N(30)N, amount = N(0.5)N }, { from = N(60)N, amount = N(1)N }] }";
    let cases = [
        (yunnan, [(0, "0"), (1, "0.25"), (15, "0.25"), (16, "0.5"), (29, "0.5"), (30, "1"), (90, "1")]),
        (zhengzhou, [(0, "0"), (29, "0"), (30, "0.5"), (45, "0.5"), (59, "0.5"), (60, "1"), (180, "1")]),
    ];
    for (rule, table) in cases {
        let mut person = hours("lecture", "\"minutes\", \"content\"", rule);
        for (minutes, wanted) in table {
            let what = watched("lecture", &format!("course-{minutes}"), minutes);
            assert_eq!(person.earns(&fact(what)), wanted, "{minutes} minutes");
        }
    }
}

#[test]
fn rural_distance_education_counts_the_longest_of_a_programme_a_day() {
    // From minute 2 on, 3 points a minute, of a programme on a day only the longest, at most 60 minutes.
    let rule = "key = \"p\"\ntitle = \"点播\"\nevent = \"watch\"\nmeasure = \"points\"\nonce = \"longest-of-day\"\n\
                pays = { of = \"minutes\", skip = N(1)N, most = N(60)N, each = N(1)N, amount = N(3)N }";
    let head = "[events.watch]\ntitle = \"点播\"\ncarries = [\"minutes\", \"content\"]\n";
    let day = Day::of(2026, 11, 23).unwrap();
    let steps = [
        (0, "a", 1, "0"),
        (0, "a", 10, "27"),
        (0, "a", 8, "0"),
        (0, "a", 10, "0"),
        (0, "a", 12, "6"),
        (0, "b", 5, "12"),
        (0, "a", 200, "144"),
        (0, "a", 60, "0"),
        (1, "a", 5, "12"),
    ];
    let mut person = Told::new(&written(head, &[rule]));
    for (later, programme, minutes, wanted) in steps {
        let told = person.earns(&at(watched("watch", programme, minutes), day.plus(later), 600));
        assert_eq!(told, wanted, "{programme} {minutes} on day {later}");
    }
}

#[test]
fn minutes_become_hours_of_45_or_60_rounded_as_the_pack_says() {
    let cases = [
        ("45", "0.5", "down", 44, "0.5"),
        ("45", "0.5", "down", 45, "1"),
        ("45", "0.5", "nearest", 34, "1"),
        ("45", "0.5", "up", 46, "1.5"),
        ("60", "0.1", "down", 59, "0.9"),
        ("60", "0.25", "nearest", 52, "0.75"),
        ("45", "0.001", "nearest", 1, "0.022"),
    ];
    for (hour, step, round, minutes, wanted) in cases {
        let rule = format!("pays = {{ of = \"minutes\", hour = N({hour})N, step = N({step})N, round = \"{round}\" }}");
        let mut person = hours("lecture", "\"minutes\", \"content\"", &rule);
        assert_eq!(
            person.earns(&fact(watched("lecture", "c", minutes))),
            wanted,
            "{minutes} of {hour}, {round} to {step}"
        );
    }
}

#[test]
fn what_is_told_minute_by_minute_adds_up_to_what_the_whole_is_worth() {
    let text = |round: &str, step: &str| {
        let rule = format!(
            "key = \"h\"\ntitle = \"学时\"\nevent = \"minute\"\nmeasure = \"hours\"\n\
             pays = {{ of = \"minutes\", hour = N(45)N, step = N({step})N, round = \"{round}\" }}"
        );
        written("", &[&rule])
    };
    for (round, step, wanted) in [("down", "0.1", "2.2"), ("nearest", "0.001", "2.237"), ("up", "0.5", "2.5")] {
        let mut person = Told::new(&text(round, step));
        // A hundred minutes and forty seconds, in pieces, some told twice.
        for (from, to) in [(0, 1), (1, 30), (20, 70), (70, 100)] {
            person.tell(&fact(minutes("v", from, to)));
        }
        person.tell(&fact(finished("v", 101, 40_000)));
        assert_eq!(person.total(Measure::Hours), wanted, "{round} to {step}");
    }
    let pairs = "key = \"p\"\ntitle = \"视频\"\nevent = \"minute\"\nmeasure = \"points\"\n\
                 pays = { of = \"minutes\", each = N(2)N, amount = N(1)N, rest = true }";
    let mut person = Told::new(&written("", &[pairs]));
    assert_eq!(person.earns(&fact(minutes("v", 0, 5))), "2");
    assert_eq!(person.earns(&fact(finished("v", 6, 30_000))), "0.75", "minutes 5 and 6 are three quarters of two");
}

#[test]
fn pace_stages_terms_and_reversals_have_their_say() {
    let head = "[events.visit]\ntitle = \"走访\"\n";
    let rule = |rest: &str| {
        format!(
            "key = \"r\"\ntitle = \"走访\"\nevent = \"visit\"\nmeasure = \"points\"\npays = {{ amount = N(4)N }}\n{rest}"
        )
    };
    let told = |rest: &str| Told::new(&written(head, &[&rule(rest)]));
    let day = Day::of(2026, 11, 23).unwrap();
    let visit = |n: i64| event("visit", &n.to_string());

    let mut person = told("interval = N(30)N");
    // Told late, the second still keeps its distance from both neighbours.
    let steps = [(600, "4"), (660, "4"), (629, "0"), (631, "0"), (630, "4"), (689, "0"), (690, "4")];
    for (minute, wanted) in steps {
        assert_eq!(person.earns(&at(visit(minute), day, minute)), wanted, "minute {minute}");
    }

    let mut person = told("first = N(2)N");
    let earned: Vec<String> = (0..4).map(|n| person.earns(&at(visit(n), day, n))).collect();
    assert_eq!(earned, ["4", "4", "0", "0"]);
    assert_eq!(person.earns(&at(visit(9), day.plus(1), 0)), "4");
    assert_eq!(person.entries.iter().filter(|entry| entry.amount.is_zero()).count(), 1, "explained once");

    let mut person = told("caps = { week = N(10)N, term = N(18)N }");
    let earned: Vec<String> = (0..9).map(|n| person.earns(&at(visit(n), day.plus(n * 3), 0))).collect();
    assert_eq!(
        earned,
        ["4", "4", "2", "4", "4", "0", "0", "0", "0"],
        "two whole in a week, then what is left of the term"
    );

    let mut person = told("when = { stages = [\"ACTIVIST\"] }");
    assert_eq!(person.earns(&fact(visit(1))), "0");
    assert_eq!(person.earns(&fact(What { stage: Some("ACTIVIST".to_owned()), ..visit(1) })), "4");

    let mut person = told("once = \"ever\"\napproval = true");
    let decision = person.tell(&fact(visit(1)));
    assert_eq!((decision.entries.len(), decision.waiting.len()), (0, 1));
    assert_eq!(decision.refused[0].1.text().zh, "须经审核后计入");
}
