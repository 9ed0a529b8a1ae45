//! Our own ways through the lists of terms find and score what tantivy's do.

use std::sync::Arc;

use proptest::prelude::*;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, DisjunctionMaxQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STRING, Schema, TEXT};
use tantivy::{DocAddress, Index, Searcher, TantivyDocument, Term};

use crate::clause::{Clause, all_of, boosted};
use crate::terms::{Single, Terms};
use crate::ways::{Counts, Ways};

/// Texts of numbers as words, in two segments; a number in a hundred documents is deleted again.
fn searcher(texts: &[Vec<u8>]) -> (Searcher, Field) {
    let mut schema = Schema::builder();
    let (text, number) = (schema.add_text_field("text", TEXT), schema.add_text_field("number", STRING));
    let index = Index::create_in_ram(schema.build());
    let mut writer = index.writer_with_num_threads(1, 15 << 20).unwrap();
    writer.set_merge_policy(Box::new(tantivy::merge_policy::NoMergePolicy));
    for half in texts.chunks(texts.len().div_ceil(2).max(1)) {
        for (at, words) in half.iter().enumerate() {
            let mut row = TantivyDocument::new();
            row.add_text(text, words.iter().map(|word| format!("w{word}")).collect::<Vec<_>>().join(" "));
            row.add_text(number, at.to_string());
            writer.add_document(row).unwrap();
        }
        writer.commit().unwrap();
    }
    writer.delete_term(Term::from_field_text(number, "3"));
    writer.commit().unwrap();
    (index.reader().unwrap().searcher(), text)
}

fn found(searcher: &Searcher, clause: &Clause) -> Vec<(DocAddress, f32)> {
    let found = searcher.search(&**clause, &TopDocs::with_limit(1_000).order_by_score()).unwrap();
    let mut found: Vec<_> = found.into_iter().map(|(score, place)| (place, score)).collect();
    found.sort_by_key(|(place, _)| *place);
    found
}

fn is_same(searcher: &Searcher, ours: &Clause, theirs: &Clause) {
    let (ours, theirs) = (found(searcher, ours), found(searcher, theirs));
    let places = |all: &[(DocAddress, f32)]| all.iter().map(|(place, _)| *place).collect::<Vec<_>>();
    assert_eq!(places(&ours), places(&theirs));
    for ((place, ours), (_, theirs)) in ours.iter().zip(&theirs) {
        assert!((ours - theirs).abs() <= 1e-4 * theirs.abs().max(1.0), "{place:?}: {ours} and not {theirs}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn ways_find_and_score_what_unions_do(
        texts in prop::collection::vec(prop::collection::vec(0_u8..12, 0..9), 1..300),
        groups in prop::collection::vec(prop::collection::vec((0_u8..14, 1_u8..4), 1..5), 1..4),
    ) {
        let (searcher, field) = searcher(&texts);
        let terms = Arc::new(Terms::default());
        let term = |word: u8| Term::from_field_text(field, &format!("w{word}"));
        let single = |(word, boost): &(u8, u8)| boosted(Box::new(Single::of(term(*word), &terms)), f32::from(*boost));
        let usual = |(word, boost): &(u8, u8)| {
            boosted(Box::new(TermQuery::new(term(*word), IndexRecordOption::WithFreqs)), f32::from(*boost))
        };
        let ours = || groups.iter().map(|group| -> Clause {
            Box::new(Ways::of(group.iter().map(single).collect(), Counts::Sum))
        }).collect::<Vec<_>>();
        let theirs = || groups.iter().map(|group| -> Clause {
            Box::new(BooleanQuery::union(group.iter().map(usual).collect()))
        }).collect::<Vec<_>>();
        let best = |clauses| -> Clause { Box::new(Ways::of(clauses, Counts::Best)) };
        let most = |clauses| -> Clause { Box::new(DisjunctionMaxQuery::new(clauses)) };
        is_same(&searcher, &(Box::new(Ways::of(ours(), Counts::Sum)) as Clause), &(Box::new(BooleanQuery::union(theirs())) as Clause));
        is_same(&searcher, &best(ours()), &most(theirs()));
        is_same(&searcher, &all_of(ours()), &all_of(theirs()));
        let both = |one: Clause, mut all: Vec<Clause>| { all.push(one); all_of(all) };
        is_same(&searcher, &both(best(ours()), ours()), &both(most(theirs()), theirs()));
        is_same(&searcher, &best(vec![best(ours()), all_of(ours())]), &most(vec![most(theirs()), all_of(theirs())]));
    }
}
