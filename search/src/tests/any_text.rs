//! The highlighter and the tokeniser under arbitrary text.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::{ask, document, library, school};
use crate::fold::{fold, folded};
use crate::highlight::{self, Seeker};
use crate::lexicon::Lexicon;
use crate::names::{Known, Names};
use crate::wish::Wish;
use crate::{Index, Words, fold, tokenise};

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
        let lexicon = Lexicon::of(&Words::default());
        let seeker = Seeker::of(&lexicon, &Wish::read(&lexicon, &query));
        let known = Known { lexicon: &lexicon, people: &Names::default() };
        for fragment in highlight::fragments(known, &seeker, &title, &body) {
            let length = fragment.text.chars().count();
            for stretches in [fragment.marks, fragment.whole] {
                let mut last = 0;
                for (from, to) in stretches {
                    prop_assert!(last <= from && from < to && to <= length);
                    last = to;
                }
            }
        }
    }

    #[test]
    fn a_fragment_is_a_stretch_of_its_text(query in some_text(), body in some_text()) {
        let lexicon = Lexicon::of(&Words::default());
        let seeker = Seeker::of(&lexicon, &Wish::read(&lexicon, &query));
        let shown: String = body.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let known = Known { lexicon: &lexicon, people: &Names::default() };
        for fragment in highlight::fragments(known, &seeker, "", &body) {
            let bare = fragment.text.strip_prefix('…').unwrap_or(&fragment.text);
            let bare = bare.strip_suffix('…').unwrap_or(bare);
            prop_assert!(shown.contains(bare.trim_matches('…')), "{bare:?} in {shown:?}");
        }
    }

    #[test]
    fn folding_moves_no_letter(text in some_text()) {
        let letters: Vec<char> = text.chars().collect();
        prop_assert_eq!(folded(&text).chars().count(), letters.len());
        let folded = folded(&text);
        for run in fold::runs(&folded, fold::LONGEST_RUN) {
            let there: String = letters[run.start..run.start + run.len].iter().map(|c| fold(*c)).collect();
            prop_assert_eq!(&there, run.text);
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

    #[test]
    fn words_are_within_their_text(text in some_text()) {
        let lexicon = Lexicon::of(&Words::default());
        let whole = folded(&text);
        for word in tokenise::all_words(&lexicon, &text) {
            prop_assert!(whole.contains(&word));
        }
    }
}
