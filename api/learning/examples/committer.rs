//! How many heartbeats a second the committer takes by itself: no HTTP, no GraphQL. Prints figures, judges nothing.
//! `cargo run --release -p learning --example committer -- [callers] [students] [seconds] [postgres://…]`; without an address on SQLite in a
//! folder of its own.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use catalogue::{Catalogue, NewCourse, NewVideoLesson};
use kernel::{Amount, Charge, Language, Role, Viewer, Zone, clock::SystemClock, id::RandomIds};
use learning::{Beat, Config, Learning, Served};
use organisation::{Organisation, School, Unit};
use platform::{Base, Db, Outbox};

const VIDEO_MS: i64 = 4 * 3_600_000;

#[tokio::main]
async fn main() -> kernel::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |usual: usize| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (callers, students, seconds) = (number(256), number(10_000), number(5));
    let folder = tempfile::tempdir()?;
    let url = arguments.next().unwrap_or_else(|| format!("sqlite:{}", folder.path().join("bench.db").display()));
    let db = Db::open(&url, 4).await?;
    db.migrate().await?;
    let outbox = Outbox::new(HashMap::new());
    let base =
        Base { db, outbox, clock: Arc::new(SystemClock::new()), ids: Arc::new(RandomIds), zone: Zone::default() };
    let organisation = Organisation::new(base.clone());
    let school =
        School { name: "示例大学".to_owned(), play: organisation::Play::Private, uses_credits: true, demo: true };
    let root = organisation.found_school(school).await?;
    let media = media::testing::media(&base, folder.path()).await?;
    let catalogue = Catalogue::new(base.clone(), organisation, media.clone());
    let lecturer = person(&base, Role::Lecturer, &root);
    let new = NewCourse {
        title: "党章学习".to_owned(),
        summary: String::new(),
        unit: None,
        required: true,
        hours: Amount::whole(2),
        credits: Amount::ZERO,
    };
    let course = catalogue.create_course(&lecturer, new).await?.id;
    let chapter = catalogue.add_chapter(&lecturer, course, "第一章".to_owned()).await?.id;
    let asset = media::testing::ready_video(&media, lecturer.person, VIDEO_MS).await?;
    let new = NewVideoLesson { title: "视频".to_owned(), asset, required: true };
    let lesson = catalogue.add_video_lesson(&lecturer, chapter, new).await?.id;
    catalogue.publish_course(&lecturer, course).await?;
    let learning = Learning::new(base.clone(), catalogue, Config::default());

    let started = Instant::now();
    let mut sittings = Vec::with_capacity(students);
    for _ in 0..students {
        let viewer = person(&base, Role::Student, &root);
        let study = learning.open_study(&viewer, lesson).await?.id;
        let piece = "360p/0.m4s".to_owned();
        learning.served(Served { study, span: (0, VIDEO_MS), piece, bytes: (0, 1), size: 1, network: None }).await?;
        sittings.push((viewer, study));
    }
    println!("opened and served: {:.0} a second", students as f64 / started.elapsed().as_secs_f64());

    let (beats, shares) = (Arc::new(AtomicU64::new(0)), sittings.chunks(students.div_ceil(callers)));
    let end = Instant::now() + Duration::from_secs(u64::try_from(seconds).unwrap_or(5));
    let (started, burnt) = (Instant::now(), processor_ms());
    let callers: Vec<_> =
        shares.map(|share| tokio::spawn(call(learning.clone(), share.to_vec(), end, beats.clone()))).collect();
    let mut waits = Vec::new();
    for caller in callers {
        waits.extend(caller.await.map_err(|e| kernel::Error::broken(e.to_string()))??);
    }
    waits.sort_unstable();
    let at = |percent: usize| waits.get(waits.len() * percent / 100).map_or(0.0, |us| *us as f64 / 1_000.0);
    let all = beats.load(Ordering::Relaxed) as f64;
    println!(
        "heartbeats: {:.0} a second, {:.1} us of processor each, callers included; p50 {:.2} ms, p99 {:.2} ms",
        all / started.elapsed().as_secs_f64(),
        (processor_ms() - burnt) * 1_000.0 / all,
        at(50),
        at(99)
    );
    learning.stop().await;
    base.db.close().await
}

/// What this process has had of the processors: what else runs on the machine does not show in it. Nought where there is no procfs.
fn processor_ms() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 = behind.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum();
    ticks * 10.0
}

/// One after the other, each student in turn; answers how many microseconds each waited.
async fn call(
    learning: Learning,
    mut share: Vec<(Viewer, kernel::id::StudyId)>,
    end: Instant,
    beats: Arc<AtomicU64>,
) -> kernel::Result<Vec<u64>> {
    let mut waits = Vec::new();
    for seq in 1.. {
        for (viewer, study) in &mut share {
            if Instant::now() > end {
                return Ok(waits);
            }
            let asked = Instant::now();
            let at = (seq - 1) * 400;
            let beat = Beat {
                study: *study,
                seq,
                spans: vec![(at, at + 400)],
                rate: Some(1.0),
                visible: Some(true),
                client_time: None,
                ledger_head: 0,
                network: Some("n".to_owned()),
            };
            learning.heartbeat(viewer, beat).await?;
            waits.push(u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX));
            beats.fetch_add(1, Ordering::Relaxed);
        }
    }
    Ok(waits)
}

fn person(base: &Base, role: Role, unit: &Unit) -> Viewer {
    Viewer {
        person: base.id(),
        session: base.id(),
        path: unit.path.clone(),
        charges: vec![Charge { role, unit: unit.id, path: unit.path.clone() }],
        language: Language::Chinese,
    }
}
