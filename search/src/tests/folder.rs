//! The folder of the index: what outlives a process, what is damaged, what is switched.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{ask, document, school};
use crate::{Error, Index, Query, Words};

fn open(dir: &Path) -> Arc<Index> {
    Arc::new(Index::open(dir).unwrap())
}

fn filled(dir: &Path) {
    let index = open(dir);
    fill(&index, 7);
}

fn fill(index: &Arc<Index>, watermark: i64) {
    let build = index.build().unwrap();
    build.add(&[document("a", "党章学习", "党章"), document("b", "党章导读", "")]).unwrap();
    assert_eq!(build.finish(watermark).unwrap(), 2);
}

fn generation(dir: &Path) -> PathBuf {
    dir.join(fs::read_to_string(dir.join("current")).unwrap())
}

#[test]
fn an_index_outlives_its_process_and_knows_how_far_it_goes() {
    let dir = tempfile::tempdir().unwrap();
    let index = open(dir.path());
    assert!(!index.was_there());
    index.replace(&[], vec![document("a", "党章学习", "")]).unwrap();
    assert!(index.needs_building());
    drop(index);
    let index = open(dir.path());
    assert!(index.needs_building(), "an indexing cut short is begun again");
    fill(&index, 7);
    drop(index);
    let index = open(dir.path());
    assert_eq!((index.needs_building(), index.was_there(), index.watermark()), (false, true, Some(7)));
    assert_eq!(ask(&index, "党章").total, 2);
    index.replace_up_to(&["crs_1".to_owned()], &[document("a", "党纪", "")], 9).unwrap();
    index.replace(&["crs_2".to_owned()], vec![]).unwrap();
    drop(index);
    let index = open(dir.path());
    assert_eq!((index.watermark(), ask(&index, "党纪").total, ask(&index, "党章").total), (Some(9), 1, 0));
}

#[test]
fn the_folder_of_the_first_version_kept_the_server_from_starting() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("current")).unwrap();
    fs::write(dir.path().join("current/meta.json"), "{}").unwrap();
    let index = open(dir.path());
    assert!(index.needs_building());
    fill(&index, 7);
    assert_eq!(ask(&index, "党章").total, 2);
}

#[test]
fn a_second_opener_is_told_that_the_index_is_in_use() {
    let dir = tempfile::tempdir().unwrap();
    let index = open(dir.path());
    assert!(matches!(Index::open(dir.path()), Err(Error::Busy(_))));
    drop(index);
    assert!(Index::open(dir.path()).is_ok());
}

#[test]
fn an_index_of_another_version_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    fs::write(generation(dir.path()).join("stamp"), "0-older").unwrap();
    let index = open(dir.path());
    assert_eq!((index.needs_building(), index.documents(), index.was_there()), (true, 0, true));
    assert!(dir.path().join("aside/stamp").exists());
    fill(&index, 1);
    assert_eq!(ask(&index, "党章").total, 2);
}

#[test]
fn terms_of_the_school_make_the_index_anew_and_are_words_then() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    let words = Words { terms: "清河精神\n".into(), synonyms: "清河精神 校风\n".into(), ..Words::default() };
    let index = Arc::new(Index::open_with(dir.path(), &words).unwrap());
    assert!(index.needs_building());
    let build = index.build().unwrap();
    build.add(&[document("a", "校风建设", ""), document("b", "清河精神", "")]).unwrap();
    build.finish(1).unwrap();
    assert_eq!(ask(&index, "清河精神").total, 2);
}

#[test]
fn whatever_file_is_damaged_the_index_opens() {
    let whole = tempfile::tempdir().unwrap();
    filled(whole.path());
    let name = generation(whole.path()).file_name().unwrap().to_owned();
    for file in names(&whole.path().join(&name)) {
        for hurt in [cut_in_half, flip_a_byte, empty, take_away] {
            let dir = tempfile::tempdir().unwrap();
            copy(&whole.path().join(&name), &dir.path().join(&name));
            fs::copy(whole.path().join("current"), dir.path().join("current")).unwrap();
            hurt(&dir.path().join(&name).join(&file));
            let index = Index::open(dir.path()).unwrap_or_else(|error| panic!("{file}: {error}"));
            assert!(index.needs_building() || ask(&index, "党章").total == 2, "{file}");
        }
    }
}

#[test]
fn what_is_damaged_while_it_is_open_is_noticed_and_made_again() {
    for hurt in [cut_in_half, empty, take_away] {
        let dir = tempfile::tempdir().unwrap();
        let index = open(dir.path());
        fill(&index, 7);
        index.look().unwrap();
        assert!(!index.needs_building());
        for file in names(&generation(dir.path())) {
            hurt(&generation(dir.path()).join(file));
        }
        let query = Query { text: "党章".into(), first: 9, ..Query::default() };
        assert!(matches!(index.search(&school(), &query), Ok(_) | Err(Error::Damaged)));
        let _ = index.look();
        assert!(index.needs_building());
        fill(&index, 8);
        assert_eq!((index.needs_building(), ask(&index, "党章").total), (false, 2));
        index.look().unwrap();
        assert!(!index.needs_building());
    }
}

#[test]
fn the_whole_folder_may_vanish() {
    let dir = tempfile::tempdir().unwrap();
    let index = open(&dir.path().join("index"));
    fill(&index, 7);
    fs::remove_dir_all(dir.path().join("index")).unwrap();
    let _ = index.look();
    assert!(index.needs_building());
    fill(&index, 8);
    assert_eq!((index.needs_building(), ask(&index, "党章").total), (false, 2));
}

#[test]
fn a_new_index_answers_only_when_it_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let index = open(dir.path());
    fill(&index, 7);
    let build = index.build().unwrap();
    build.add(&[document("c", "党纪", "")]).unwrap();
    assert_eq!(ask(&index, "党章").total, 2);
    assert!(matches!(index.build(), Err(Error::Busy(_))), "one at a time");
    drop(build);
    assert_eq!((ask(&index, "党章").total, fs::read_dir(dir.path()).unwrap().count()), (2, 4));
    let build = index.build().unwrap();
    build.add(&[document("c", "党纪", "")]).unwrap();
    build.finish(9).unwrap();
    assert_eq!((ask(&index, "党章").total, ask(&index, "党纪").total, index.watermark()), (0, 1, Some(9)));
}

#[test]
fn an_index_made_beside_is_taken_over_by_who_answers() {
    let dir = tempfile::tempdir().unwrap();
    let index = open(dir.path());
    fill(&index, 7);
    let beside = Arc::new(Index::beside(dir.path(), &Words::default()).unwrap());
    let build = beside.build().unwrap();
    build.add(&[document("c", "党纪", "")]).unwrap();
    build.finish(9).unwrap();
    drop(beside);
    let incoming = index.look().unwrap().unwrap();
    assert_eq!((ask(&index, "党章").total, incoming.watermark()), (2, Some(9)), "until it is up to date");
    incoming.replace_up_to(&["crs_1".to_owned()], &[document("d", "党史", "")], 10).unwrap();
    assert_eq!((ask(&index, "党史").total, ask(&index, "党纪").total), (0, 0));
    assert_eq!(incoming.take_over().unwrap(), 1);
    assert_eq!((ask(&index, "党史").total, ask(&index, "党纪").total, index.watermark()), (1, 0, Some(10)));
    assert!(index.look().unwrap().is_none());
    index.replace_up_to(&["crs_1".to_owned()], &[document("d", "党风", "")], 11).unwrap();
    assert_eq!(ask(&index, "党风").total, 1);
}

#[test]
fn a_start_leaves_an_index_alone_that_another_process_is_making() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    let beside = Arc::new(Index::beside(dir.path(), &Words::default()).unwrap());
    let build = beside.build().unwrap();
    build.add(&[document("c", "党纪", "")]).unwrap();
    let index = open(dir.path());
    assert_eq!(ask(&index, "党章").total, 2);
    assert_eq!(build.finish(9).unwrap(), 1);
    let incoming = index.look().unwrap().unwrap();
    assert_eq!(incoming.take_over().unwrap(), 1);
    assert_eq!(ask(&index, "党纪").total, 1);
}

#[test]
fn an_index_that_could_not_be_finished_leaves_no_folder() {
    let dir = tempfile::tempdir().unwrap();
    let index = open(dir.path());
    fill(&index, 7);
    let build = index.build().unwrap();
    build.add(&[document("c", "党纪", "")]).unwrap();
    // What names the current generation cannot be written.
    fs::create_dir(dir.path().join("current.new")).unwrap();
    assert!(build.finish(9).is_err());
    let generations = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(generations.filter(|name| name.starts_with("g-")).count(), 1);
    assert_eq!(ask(&index, "党章").total, 2);
    fs::remove_dir(dir.path().join("current.new")).unwrap();
    fill(&index, 10);
    assert_eq!(index.watermark(), Some(10));
}

fn names(dir: &Path) -> Vec<String> {
    let all = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    all.filter(|name| !name.ends_with(".lock")).collect()
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
