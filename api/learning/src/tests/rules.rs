//! The arithmetic: spans against a bitmap, the bucket against its promise, claims and completions as tables.

use kernel::{
    Code, Event,
    id::{CourseId, Id, LessonId, PersonId, SessionId, StudyId, Uuid},
};
use proptest::prelude::*;

use std::sync::Arc;

use crate::{
    Beat, Config, Reason, Span, StudyInfo,
    model::{Evidence, Extent, Habits, Record, Script, Sitting},
    rules::{At, BREAK_MS, Bucket, Claim, Place, Spans, Step, carried, median, place},
};

const END: usize = 64;
const NOW: i64 = 1_700_000_000_000;

/// Without evidence: what counts of what was served has tests of its own.
fn config() -> Config {
    Config { evidence: false, ..Config::default() }
}

/// Of a lesson without questions nothing is drawn.
fn step(sitting: &Sitting, record: Record, bucket: Bucket, claim: &Claim, now: i64, config: &Config) -> Step {
    let at = At { wall: now, server: now, config };
    crate::rules::step(sitting, record, bucket, claim, at, &mut || unreachable!("nothing is drawn"))
}

fn int(number: usize) -> i64 {
    i64::try_from(number).unwrap()
}

fn any_spans() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((0..int(END), 0..int(END)), 0..12)
}

fn bits(spans: &[(i64, i64)]) -> [bool; END] {
    std::array::from_fn(|at| spans.iter().any(|(start, end)| (*start..*end).contains(&int(at))))
}

fn same(spans: &Spans, oracle: [bool; END]) {
    let pairs: Vec<(i64, i64)> = spans.clone().into();
    assert_eq!(bits(&pairs), oracle);
    assert_eq!(spans.length(), int(oracle.iter().filter(|bit| **bit).count()));
    assert!(pairs.iter().all(|(start, end)| start < end), "no empty span: {pairs:?}");
    assert!(pairs.windows(2).all(|two| two[0].1 < two[1].0), "sorted and apart: {pairs:?}");
    let text = serde_json::to_string(spans).unwrap();
    assert_eq!(&serde_json::from_str::<Spans>(&text).unwrap(), spans);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(super::steps() / 100))]

    #[test]
    fn spans_are_what_a_bitmap_says(a in any_spans(), b in any_spans(), end in 0..int(END)) {
        let (x, y) = (bits(&a), bits(&b));
        let (a, b) = (Spans::from(a), Spans::from(b));
        same(&a, x);
        same(&a.union(&b), std::array::from_fn(|i| x[i] || y[i]));
        same(&a.intersect(&b), std::array::from_fn(|i| x[i] && y[i]));
        same(&a.without(&b), std::array::from_fn(|i| x[i] && !y[i]));
        same(&a.complement(0, end), std::array::from_fn(|i| !x[i] && int(i) < end));
        same(&a.cut(end), std::array::from_fn(|i| x[i] && int(i) < end));
    }

    /// Whatever somebody does on however many devices: since any opening, credited <= max rate × elapsed + burst.
    #[test]
    fn nobody_is_credited_faster_than_the_cap(acts in prop::collection::vec((0..4_u8, 0..900_000_i64, 0..1_500_000_i64), 1..60)) {
        let config = Config::default();
        let mut now = NOW;
        let mut bucket = Bucket::new(now, &config);
        let mut openings: Vec<(i64, i64)> = vec![(now, 0)];
        let mut credited = 0;
        for (act, wait, claim) in acts {
            match act {
                0 => {
                    bucket = bucket.taken_over(now, &config);
                    openings.push((now, credited));
                }
                1 => now += wait,
                2 => now += wait % 20_000,
                _ => {
                    bucket = bucket.filled(now, &config);
                    credited += bucket.pay_part(claim);
                }
            }
            for (opened, before) in &openings {
                prop_assert!(credited - before <= 2 * (now - opened) + 30_000);
            }
        }
    }

    /// What a video earns in any order of beats is a union that only grows, and exactly what the bucket paid.
    #[test]
    fn coverage_only_grows(beats in prop::collection::vec((prop::collection::vec((0..70_000_i64, 0..70_000_i64), 0..6), 0..30_000_i64), 1..30)) {
        let sitting = sitting(Extent::Video { duration_ms: 60_000 });
        let mut record = carried(&sitting, None, NOW);
        let mut bucket = Bucket::new(NOW, &Config::default());
        let (mut now, mut sum, mut minutes, mut completions) = (NOW, 0, 0, 0);
        for (seq, (spans, wait)) in beats.into_iter().enumerate() {
            now += wait;
            let spans = spans.into_iter().map(|(a, b)| (a.min(b), a.max(b))).collect();
            let claim = Claim::read(&beat(int(seq) + 1, spans)).unwrap();
            let filled = bucket.filled(now, &Config::default());
            let next = step(&sitting, record.clone(), filled, &claim, now, &config());
            prop_assert_eq!(filled.allowance_ms - next.bucket.allowance_ms, next.credited_ms);
            prop_assert!(next.record.coverage >= record.coverage && next.record.coverage <= 1.0);
            prop_assert!(record.covered.without(&next.record.covered).is_empty());
            for event in &next.events {
                match event {
                    Event::MinutesCovered { from, to, .. } => minutes += to - from,
                    Event::LessonCompleted { .. } => completions += 1,
                    _ => {}
                }
            }
            sum += next.credited_ms;
            (record, bucket) = (next.record, next.bucket);
        }
        prop_assert_eq!(sum, record.covered_ms);
        prop_assert_eq!(i64::from(minutes), record.covered_ms / 60_000);
        prop_assert_eq!(completions, i32::from(record.coverage >= 0.95));
    }
}

fn sitting(extent: Extent) -> Sitting {
    let nil = Uuid::nil();
    let info = StudyInfo {
        person: PersonId::new(nil),
        session: SessionId::new(nil),
        course: CourseId::new(nil),
        lesson: LessonId::new(nil),
        asset: None,
        opened_at: NOW,
        beaten_at: NOW,
    };
    let version = "v1".to_owned();
    Sitting {
        id: StudyId::new(nil),
        info,
        version,
        script_id: None,
        script: Arc::new(Script { extent, questions: Vec::new() }),
        epoch: 1,
        next_seq: 1,
        last: None,
        entries_seen: None,
        evidence: Evidence::default(),
        habits: Habits::default(),
    }
}

fn beat(seq: i64, spans: Vec<(i64, i64)>) -> Beat {
    Beat {
        study: Id::new(Uuid::nil()),
        seq,
        spans,
        rate: Some(1.0),
        visible: Some(true),
        client_time: None,
        ledger_head: 0,
        network: None,
    }
}

fn reading(characters: Vec<u32>) -> Extent {
    Extent::Reading { characters, per_minute: 600 }
}

fn full() -> Bucket {
    Bucket { allowance_ms: Config::default().cap_ms(), counted_at: NOW }
}

/// One beat with a full bucket on top of what is covered.
fn once(extent: Extent, before: &[(i64, i64)], spans: Vec<(i64, i64)>) -> Step {
    with(extent, before, spans, full())
}

fn with(extent: Extent, before: &[(i64, i64)], spans: Vec<(i64, i64)>, bucket: Bucket) -> Step {
    let sitting = sitting(extent);
    let config = config();
    let mut record = carried(&sitting, None, NOW);
    if !before.is_empty() {
        let claim = Claim::read(&beat(1, before.to_vec())).unwrap();
        record = step(&sitting, record, full(), &claim, NOW, &config).record;
    }
    step(&sitting, record, bucket, &Claim::read(&beat(2, spans)).unwrap(), NOW, &config)
}

#[test]
fn a_bucket_fills_with_time_and_is_clipped_by_breaks() {
    let config = Config::default();
    let (burst, cap) = (30_000, 1_200_000);
    // (allowance before, elapsed, allowance after)
    let cases = [
        (0, 0, 0),
        (0, 15_000, 30_000),
        (burst, 15_000, 60_000),
        (0, BREAK_MS, cap),
        (cap, 1, cap),
        (cap, BREAK_MS + 1, burst),
        (0, i64::MAX - NOW, burst),
        (700, -1, 700),
        (700, -3_600_000, 700),
    ];
    for (allowance_ms, elapsed, after) in cases {
        let bucket = Bucket { allowance_ms, counted_at: NOW }.filled(NOW + elapsed, &config);
        assert_eq!(bucket.allowance_ms, after, "{allowance_ms} after {elapsed}");
    }
}

#[test]
fn a_step_back_of_the_clock_gives_nothing_and_costs_little() {
    let (config, bucket) = (Config::default(), Bucket { allowance_ms: 0, counted_at: NOW });
    let other_process = bucket.filled(NOW - 2_000, &config);
    assert_eq!(other_process.filled(NOW, &config).allowance_ms, 0, "two clocks in turn earn nothing");
    let set_back = bucket.filled(NOW - 3_600_000, &config);
    assert_eq!(set_back.filled(NOW - 3_600_000 + 1_000, &config).allowance_ms, 2_000, "an hour is not waited for");
}

#[test]
fn an_opening_never_refills() {
    let config = Config::default();
    for (allowance_ms, after) in [(0, 0), (10, 10), (30_000, 30_000), (1_000_000, 30_000)] {
        assert_eq!(Bucket { allowance_ms, counted_at: NOW }.taken_over(NOW, &config).allowance_ms, after);
    }
}

#[test]
fn what_cannot_be_a_heartbeat_is_refused_with_its_field() {
    let spans = |spans| beat(1, spans);
    let rate = |rate| Beat { rate: Some(rate), ..beat(1, vec![]) };
    let cases = [
        (spans(vec![(-1, 5)]), "input.spans"),
        (spans(vec![(5, 4)]), "input.spans"),
        (spans(vec![(0, 1); 201]), "input.spans"),
        (spans(vec![(i64::MIN, i64::MAX)]), "input.spans"),
        (rate(f64::NAN), "input.rate"),
        (rate(f64::INFINITY), "input.rate"),
        (rate(-0.5), "input.rate"),
    ];
    for (beat, path) in cases {
        let refusal = Claim::read(&beat).unwrap_err();
        assert_eq!((refusal.code, refusal.fields[0].path.as_str()), (Code::Invalid, path), "{beat:?}");
    }
    for good in [spans(vec![(3, 3)]), spans(vec![(0, i64::MAX)]), rate(16.0), rate(1e308), rate(0.0), rate(-0.0)] {
        assert!(Claim::read(&good).is_ok(), "{good:?}");
    }
}

#[test]
fn a_seq_is_next_or_the_last_again_or_out_of_order() {
    let body = |beat: &Beat| Claim::read(beat).unwrap();
    let first = body(&beat(1, vec![(0, 5)]));
    let last = Some(first.hash.as_str());
    assert_eq!(place(&first, 1, None).unwrap(), Place::Next);
    assert_eq!(place(&first, 2, last).unwrap(), Place::Again);
    let noted = Beat { client_time: Some(5), ledger_head: 9, ..beat(1, vec![(0, 5)]) };
    assert_eq!(place(&body(&noted), 2, last).unwrap(), Place::Again, "a note is not part of the body");
    let others = [
        beat(1, vec![(0, 6)]),
        Beat { rate: None, ..beat(1, vec![(0, 5)]) },
        Beat { visible: Some(false), ..beat(1, vec![(0, 5)]) },
    ];
    for other in others {
        assert_eq!(place(&body(&other), 2, last).unwrap_err().code(), Some(Code::Conflict), "{other:?}");
    }
    for (seq, next, last) in [(0, 1, None), (2, 1, None), (3, 2, last), (0, 2, last), (i64::MIN, 2, last)] {
        let error = place(&body(&beat(seq, vec![])), next, last).unwrap_err();
        assert_eq!(error.refusal().unwrap().next_seq, Some(next), "{seq}");
    }
}

#[test]
fn a_video_counts_what_is_new_while_the_bucket_lasts() {
    let video = || Extent::Video { duration_ms: 100_000 };
    let told = |step: &Step| -> Vec<(i64, i64, Reason)> {
        step.refused.iter().map(|r| (r.span.start, r.span.end, r.reason)).collect()
    };
    let cases = [
        ("plain", vec![(0, 10_000)], 10_000, vec![]),
        ("overlaps within a beat", vec![(0, 10_000), (5_000, 12_000), (0, 10_000)], 12_000, vec![]),
        ("beyond the end", vec![(95_000, 200_000)], 5_000, vec![]),
        ("nothing", vec![(7, 7)], 0, vec![]),
        ("seen before", vec![(40_000, 60_000)], 10_000, vec![(40_000, 50_000, Reason::CountedBefore)]),
        ("a seam", vec![(49_800, 60_000)], 10_000, vec![]),
    ];
    for (name, spans, credited, refused) in cases {
        let step = once(video(), &[(20_000, 50_000)], spans);
        assert_eq!((step.credited_ms, told(&step)), (credited, refused), "{name}");
    }
    let poor = Bucket { allowance_ms: 15_000, counted_at: NOW };
    let step = with(video(), &[], vec![(60_000, 70_000), (0, 10_000)], poor);
    assert_eq!(step.credited_ms, 15_000);
    assert_eq!(told(&step), [(65_000, 70_000, Reason::TooFast)], "in order of the medium, the rest may come again");
    assert_eq!(step.bucket.allowance_ms, 0);
}

#[test]
fn a_reading_counts_whole_blocks_in_the_order_of_the_text() {
    let text = |characters: &[u32]| reading(characters.to_vec());
    let told = |step: &Step| -> Vec<(i64, i64)> { step.refused.iter().map(|r| (r.span.start, r.span.end)).collect() };
    // A hundred characters last ten seconds and cost twenty from the bucket.
    let bucket = |allowance_ms| Bucket { allowance_ms, counted_at: NOW };
    let step = with(text(&[100, 0, 100, 0, 50]), &[], vec![(0, 5)], bucket(39_000));
    assert_eq!((step.credited_ms, told(&step)), (10_000, vec![(2, 5)]), "stops at the first that cannot be paid");
    assert_eq!(step.record.covered.to_vec(), [Span::new(0, 2)]);
    assert_eq!(step.record.coverage, 0.4);
    let step = with(text(&[100, 0, 100]), &[], vec![(2, 99)], bucket(40_000));
    assert_eq!((step.credited_ms, told(&step), step.record.completed_at), (10_000, vec![], None));
    let step = once(text(&[100, 0, 100]), &[(0, 1)], vec![(0, 3)]);
    assert_eq!(told(&step), [(0, 1)], "counted before");
    assert!(step.record.completed_at.is_some());
    let step = once(text(&[9_000]), &[], vec![(0, 1)]);
    assert_eq!((step.credited_ms, step.bucket.allowance_ms), (900_000, 0), "costs at most a full bucket");
    let step = once(text(&[0, 0]), &[], vec![(0, 1)]);
    assert_eq!(step.record.coverage, 0.5, "without characters blocks count");
    let step = once(text(&[10, 0]), &[], vec![(0, 1)]);
    assert_eq!((step.record.coverage, step.record.completed_at), (1.0, None), "the empty block is still to be seen");
    assert_eq!(once(text(&[]), &[], vec![(0, 1)]).record.completed_at, None);
}

#[test]
fn a_video_is_complete_at_nineteen_twentieths() {
    let done = |ms, spans| once(Extent::Video { duration_ms: ms }, &[], spans).record.completed_at.is_some();
    assert!(done(40_000, vec![(0, 38_000)]) && !done(40_000, vec![(0, 37_999)]));
    assert!(done(40_000, vec![(2_000, 90_000)]), "wherever the rest lies");
    assert!(!done(600_000, vec![(597_000, 600_000)]), "reaching the end is not seeing it");
}

#[test]
fn minutes_and_the_completion_are_told_once() {
    let video = || Extent::Video { duration_ms: 130_000 };
    let names = |step: &Step| -> Vec<(&'static str, u32, u32)> {
        let told = |event: &Event| match event {
            Event::MinutesCovered { from, to, .. } => (event.name(), *from, *to),
            Event::LessonCompleted { last_minute, .. } => {
                let (number, rest) = last_minute.unwrap_or_default();
                (event.name(), number, rest)
            }
            _ => (event.name(), 0, 0),
        };
        step.events.iter().map(told).collect()
    };
    assert_eq!(names(&once(video(), &[], vec![(0, 59_999)])), []);
    assert_eq!(names(&once(video(), &[(0, 59_999)], vec![(0, 60_000)])), [("MinutesCovered", 0, 1)]);
    let all = [("MinutesCovered", 0, 2), ("LessonCompleted", 3, 10_000)];
    assert_eq!(names(&once(video(), &[], vec![(0, 130_000)])), all);
    assert_eq!(names(&once(video(), &[(0, 125_000)], vec![(125_000, 130_000)])), []);
    let short = once(Extent::Video { duration_ms: 60_000 }, &[], vec![(0, 60_000)]);
    assert_eq!(names(&short), [("MinutesCovered", 0, 1), ("LessonCompleted", 1, 60_000)]);
    let text = once(reading(vec![900]), &[], vec![(0, 1)]);
    assert_eq!(names(&text), [("LessonCompleted", 0, 0)]);
}

#[test]
fn a_new_version_goes_on_when_it_is_about_as_long() {
    let of = |version: &str, extent| Sitting { version: version.to_owned(), ..sitting(extent) };
    let video = |ms| Extent::Video { duration_ms: ms };
    let seen = once(video(100_000), &[], vec![(0, 96_000)]).record;
    assert!(seen.completed_at.is_some());
    let same = carried(&of("v2", video(98_000)), Some(seen.clone()), NOW);
    assert_eq!((same.version.as_str(), same.covered_ms), ("v1", 96_000), "and keeps the name it was begun under");
    let longer = carried(&of("v2", video(102_001)), Some(seen.clone()), NOW);
    assert_eq!((longer.version.as_str(), longer.covered_ms, longer.coverage), ("v2", 0, 0.0));
    assert_eq!(longer.completed_at, seen.completed_at, "completed is completed");
    let half = once(video(200_000), &[], vec![(0, 60_000)]).record;
    let other = of("v2", video(199_000));
    let goes_on = carried(&other, Some(half), NOW);
    let claim = Claim::read(&beat(1, vec![(60_000, 120_000)])).unwrap();
    let second = step(&other, goes_on, full(), &claim, NOW, &config());
    assert!(
        matches!(&second.events[..], [Event::MinutesCovered { from: 1, to: 2, version, .. }] if version == "v1"),
        "no minute is told under two names"
    );
    let read = once(reading(vec![10, 10]), &[], vec![(0, 1)]).record;
    let edited = carried(&of("v2", reading(vec![10, 10])), Some(read), NOW);
    assert!(edited.covered.is_empty(), "an edited text is read anew");
}

#[test]
fn studying_goes_on_where_it_ended() {
    let at = |extent, spans| once(extent, &[], spans).record.resume_at;
    let video = || Extent::Video { duration_ms: 100_000 };
    assert_eq!(at(video(), vec![(50_000, 60_000), (0, 10_000)]), 10_000, "the span sent last");
    assert_eq!(at(video(), vec![(90_000, 300_000)]), 100_000);
    assert_eq!(at(video(), vec![(0, 100_000)]), 0, "a completed one starts again");
    assert_eq!(at(video(), vec![(0, 100_000), (3_000, 40_000)]), 40_000);
    let text = || reading(vec![10; 4]);
    assert_eq!(at(text(), vec![(0, 2)]), 1);
    assert_eq!(at(text(), vec![(0, 4)]), 0);
    let still: Record = once(video(), &[(0, 20_000)], vec![]).record;
    assert_eq!(still.resume_at, 20_000, "a sign of life moves nothing");
}

#[test]
fn a_union_is_not_torn_into_endless_pieces() {
    let sitting = sitting(Extent::Video { duration_ms: 100_000_000 });
    let config = config();
    let mut record = carried(&sitting, None, NOW);
    record.covered = Spans::of((0..10_000).map(|n| Span::new(n * 1_000, n * 1_000 + 1)));
    let claim = |span| Claim::read(&beat(1, vec![span])).unwrap();
    let torn = step(&sitting, record.clone(), full(), &claim((20_000_000, 20_000_300)), NOW, &config);
    assert_eq!((torn.credited_ms, torn.bucket, torn.refused[0].reason), (0, full(), Reason::TooFast));
    let mended = step(&sitting, record, full(), &claim((0, 5_000)), NOW, &config);
    assert_eq!(mended.credited_ms, 4_995);
}

#[test]
fn the_median_is_the_middle() {
    for (values, middle) in [
        (vec![], None),
        (vec![0.5], Some(0.5)),
        (vec![1.0, 0.0], Some(0.5)),
        (vec![0.9, 0.1, 0.2], Some(0.2)),
        (vec![0.4, 0.1, 0.2, 0.9], Some(0.3)),
    ] {
        let found = median(values);
        assert!(found.zip(middle).map_or(found == middle, |(a, b)| (a - b).abs() < 1e-9), "{found:?} {middle:?}");
    }
}
