//! Queries nobody would type, by the thousand, against an index with something to find: an answer each, and none that leaks.

use std::sync::Arc;

use super::{books, document, library, school};
use crate::{Index, Query, Searcher};

/// More with XIANFENG_FUZZ in the environment.
fn how_many() -> usize {
    std::env::var("XIANFENG_FUZZ").ok().and_then(|many| many.parse().ok()).unwrap_or(10_000)
}

/// A chance that repeats.
struct Dice(u64);

impl Dice {
    fn below(&mut self, many: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % many
    }
    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

/// Said in what is hidden only; the queries slip at it.
const SECRET: &str = "yuanmou";

const PIECES: [&str; 47] = [
    "yuanmuo",
    "yuanmo",
    "dangzhagn",
    "党章",
    "党员",
    "权利",
    "黨章",
    "義務",
    "的",
    "什么",
    "长征",
    "重温",
    "习近平",
    "dangzhang",
    "dzxx",
    "党shi",
    "shi党",
    "lv",
    "nüe",
    "xian",
    "AI",
    "ＡＩ",
    "marx",
    "\"",
    "“",
    "”",
    "「",
    "」",
    "-",
    " -",
    "-\"",
    "(",
    ")",
    "AND",
    "OR",
    "NOT",
    "*",
    "title:",
    "~2",
    "^9",
    "\0",
    "\u{202e}",
    "مرحبا",
    "👩‍👩‍👧",
    "\u{301}",
    "𠮷",
    " ",
];

fn query(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..dice.below(9) {
        match dice.below(8) {
            0 => text.extend(char::from_u32(u32::try_from(dice.below(0x11_0000)).unwrap())),
            1 => text.extend(char::from_u32(0x4e00 + u32::try_from(dice.below(0x5000)).unwrap())),
            2 => text.push_str(&dice.of(&PIECES).repeat(1 + dice.below(30))),
            _ => text.push_str(dice.of(&PIECES)),
        }
    }
    text
}

fn shelf() -> Arc<Index> {
    let index = Arc::new(library());
    let build = index.build().unwrap();
    build.add(&books()).unwrap();
    build.finish(1).unwrap();
    let mut hidden = document("les_h", "党章绝密", &format!("党员 权利 义务 长征 marx 党史 {SECRET}"));
    (hidden.group, hidden.course, hidden.audience) = ("crs_h".into(), "crs_h".into(), "branch_9".into());
    hidden.tags = vec!["绝密".into()];
    index.replace(&[], vec![hidden]).unwrap();
    index
}

#[test]
fn every_query_has_an_answer_and_none_tells_what_is_hidden() {
    let index = shelf();
    std::thread::scope(|scope| {
        for half in 0..2 {
            scope.spawn({
                let index = &index;
                move || ask_many(index, Dice(20_261_121 + half), how_many() / 2)
            });
        }
    });
    assert!(!index.needs_building(), "nothing panicked within");
}

fn ask_many(index: &Index, mut dice: Dice, many: usize) {
    let searcher = Searcher { audiences: vec!["school".into(), "school/x".into()] };
    for n in 0..many {
        let text = query(&mut dice);
        let asked = Query { text: text.clone(), first: 1 + dice.below(5), day: 20_000, ..Query::default() };
        let found = index.search(&searcher, &asked).unwrap_or_else(|error| panic!("{n} {text:?}: {error}"));
        assert!(found.total <= 5, "{n} {text:?}");
        assert!(found.counts.courses.iter().all(|(course, _)| course == "crs_1"), "{n} {text:?}");
        assert!(found.hits.iter().all(|hit| !hit.title.contains("绝密")), "{n} {text:?}");
        assert!(found.nearest.iter().all(|near| !near.contains(SECRET)), "{n} {text:?}: {:?}", found.nearest);
        let fragments = found.hits.iter().flat_map(|hit| &hit.fragments);
        assert!(fragments.clone().all(|one| !one.text.contains(SECRET) && !one.text.contains("绝密")), "{n} {text:?}");
        if n % 8 == 0 {
            let suggested = index.suggest(&school(), &text, 5).unwrap_or_else(|error| panic!("{n} {text:?}: {error}"));
            assert!(suggested.iter().all(|one| !one.text.contains("绝密")), "{n} {text:?}");
        }
    }
}
