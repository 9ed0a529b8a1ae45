//! The machines on real databases.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::FutureExt;
use kernel::{
    Error, Event, Page,
    id::{CourseId, PersonId},
};
use sea_orm::ConnectionTrait;

use crate::{
    Handlers, Kept, Outbox, Worker, audit,
    jobs::{self, NewJob},
    outbox::Listener,
    testing::TestBase,
};

fn course_listener() -> Outbox {
    Outbox::new(HashMap::from([("CourseChanged", vec![Listener { kind: "heard", outside: false }])]))
}

#[tokio::test]
async fn what_is_not_committed_is_never_announced() {
    for test in TestBase::each(course_listener()).await {
        let base = &test.base;
        let event = Event::CourseChanged { course: base.id() };
        let tx = base.db.begin().await.unwrap();
        base.outbox.publish(&tx, base.now(), &event).await.unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(jobs::counts(base.db.read()).await.unwrap(), (0, 0), "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn a_lane_keeps_its_order_and_a_failing_job_holds_up_only_its_own_lane() {
    for test in TestBase::each(Outbox::default()).await {
        let base = &test.base;
        let heard = Arc::new(Mutex::new(Vec::new()));
        let mut handlers = Handlers::default();
        let (list, fail) = (heard.clone(), Arc::new(Mutex::new(1)));
        handlers.inside("note", move |_, job| {
            let (list, fail) = (list.clone(), fail.clone());
            async move {
                let word: String = job.payload()?;
                let mut left = fail.lock().unwrap();
                if word == "a1" && *left > 0 {
                    *left -= 1;
                    return Err(Error::broken("not yet"));
                }
                list.lock().unwrap().push(word);
                Ok(())
            }
            .boxed()
        });
        let tx = base.db.begin().await.unwrap();
        for (lane, word) in [("a", "a1"), ("b", "b1"), ("a", "a2"), ("b", "b2")] {
            let new = NewJob { kind: "note", lane: lane.to_owned(), key: None, outside: false, run_at: base.now() };
            jobs::add(&tx, new, &word).await.unwrap();
        }
        tx.commit().await.unwrap();
        let worker = Worker::new(base.clone(), handlers);
        worker.run_until_idle().await.unwrap();
        assert_eq!(*heard.lock().unwrap(), ["b1", "b2"], "{}", test.name);
        test.clock.advance(10_000);
        worker.run_until_idle().await.unwrap();
        assert_eq!(*heard.lock().unwrap(), ["b1", "b2", "a1", "a2"], "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn the_effect_of_a_failed_inside_job_is_rolled_back_with_it() {
    for test in TestBase::each(course_listener()).await {
        let base = &test.base;
        let mut handlers = Handlers::default();
        let inner = base.clone();
        handlers.inside("heard", move |tx, _| {
            let base = inner.clone();
            async move {
                let act = audit::Act { actor: None, action: "x", target: String::new(), reason: None, path: "1." };
                audit::record(&base, tx, act).await?;
                panic!("in the middle")
            }
            .boxed()
        });
        let tx = base.db.begin().await.unwrap();
        base.outbox
            .publish(&tx, base.now(), &Event::CourseChanged { course: CourseId::new(base.ids.secret()) })
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let worker = Worker::new(base.clone(), handlers);
        for _ in 0..jobs::ATTEMPTS {
            worker.run_until_idle().await.unwrap();
            test.clock.advance(400_000);
        }
        let page = Page::try_new(10, None).unwrap();
        let acts = audit::list(base.db.read(), &["1.".to_owned()], &audit::Filter::default(), &page).await.unwrap();
        assert!(acts.edges.is_empty(), "{}", test.name);
        assert_eq!(jobs::counts(base.db.read()).await.unwrap(), (0, 1), "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn a_job_that_died_is_tried_again_after_a_restart() {
    for test in TestBase::each(Outbox::default()).await {
        let base = &test.base;
        let mended = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let mut handlers = Handlers::default();
        let seen = mended.clone();
        handlers.inside("award", move |_, _| {
            let mended = seen.load(std::sync::atomic::Ordering::Relaxed);
            async move { if mended { Ok(()) } else { Err(kernel::Error::broken("a pack that is not known")) } }.boxed()
        });
        let tx = base.db.begin().await.unwrap();
        let new = NewJob { kind: "award", lane: "a".to_owned(), key: None, outside: false, run_at: base.now() };
        jobs::add(&tx, new, &1).await.unwrap();
        tx.commit().await.unwrap();
        let worker = Worker::new(base.clone(), handlers);
        let fails = async || {
            for _ in 0..jobs::ATTEMPTS {
                worker.run_until_idle().await.unwrap();
                test.clock.advance(400_000);
            }
            jobs::counts(base.db.read()).await.unwrap()
        };
        let restarts = async || {
            let tx = base.db.begin().await.unwrap();
            let revived = jobs::revive(&tx, base.now()).await.unwrap();
            tx.commit().await.unwrap();
            revived
        };
        assert_eq!((restarts().await, fails().await), (0, (0, 1)), "{}", test.name);
        // Not mended yet: it has all its attempts again, and dies again.
        assert_eq!((restarts().await, fails().await), (1, (0, 1)), "{}", test.name);
        mended.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(worker.run_until_idle().await.unwrap(), 0, "{}: it stays dead until then", test.name);
        assert_eq!(restarts().await, 1, "{}", test.name);
        assert_eq!(worker.run_until_idle().await.unwrap(), 1, "{}", test.name);
        assert_eq!(jobs::counts(base.db.read()).await.unwrap(), (0, 0), "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn an_outside_job_with_a_key_waits_once() {
    for test in TestBase::each(Outbox::default()).await {
        let base = &test.base;
        let tx = base.db.begin().await.unwrap();
        for _ in 0..2 {
            let new = NewJob {
                kind: "index",
                lane: "c".to_owned(),
                key: Some("index:c".to_owned()),
                outside: true,
                run_at: base.now(),
            };
            jobs::add(&tx, new, &1).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut handlers = Handlers::default();
        handlers.outside("index", |_| async { Ok(()) }.boxed());
        assert_eq!(Worker::new(base.clone(), handlers).run_until_idle().await.unwrap(), 1, "{}", test.name);
        test.end().await;
    }
}

/// What was to be cleared away stayed for good once a store was away for some minutes.
#[tokio::test]
async fn a_job_without_end_outlives_any_number_of_failures() {
    for test in TestBase::each(Outbox::default()).await {
        let base = &test.base;
        let tx = base.db.begin().await.unwrap();
        let new = NewJob { kind: "clear", lane: "c".to_owned(), key: None, outside: true, run_at: base.now() };
        jobs::add(&tx, new, &"what").await.unwrap();
        tx.commit().await.unwrap();
        let (away, done) = (Arc::new(Mutex::new(true)), Arc::new(Mutex::new(Vec::new())));
        let mut handlers = Handlers::default();
        let (store, list, own) = (away.clone(), done.clone(), base.clone());
        handlers.outside("clear", move |job| {
            let (store, list, base) = (store.clone(), list.clone(), own.clone());
            async move {
                let run = async {
                    if *store.lock().unwrap() {
                        return Err(kernel::Error::broken("the store is away"));
                    }
                    list.lock().unwrap().push(job.payload::<String>()?);
                    Ok(())
                };
                jobs::without_end(&base, &job, run).await
            }
            .boxed()
        });
        let worker = Worker::new(base.clone(), handlers);
        for _ in 0..3 * jobs::ATTEMPTS {
            worker.run_until_idle().await.unwrap();
            assert_eq!(jobs::counts(base.db.read()).await.unwrap(), (1, 0), "{}", test.name);
            test.clock.advance(301_000);
        }
        *away.lock().unwrap() = false;
        worker.run_until_idle().await.unwrap();
        assert_eq!(*done.lock().unwrap(), ["what"], "{}", test.name);
        assert_eq!(jobs::counts(base.db.read()).await.unwrap(), (0, 0), "{}", test.name);
        test.end().await;
    }
}

/// Speech recognition took the one place of the short jobs for an hour.
#[tokio::test]
async fn a_kind_apart_holds_up_neither_the_short_jobs_nor_the_long_ones() {
    let test = TestBase::sqlite(Outbox::default()).await;
    let base = &test.base;
    let tx = base.db.begin().await.unwrap();
    for kind in ["hear", "short", "long"] {
        let new = NewJob { kind, lane: kind.to_owned(), key: None, outside: true, run_at: base.now() };
        jobs::add(&tx, new, &()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let mut handlers = Handlers::default();
    handlers.apart("hear", |_| std::future::pending().boxed());
    let tell = told.clone();
    handlers.outside("short", move |_| std::future::ready(tell.send("short").map_err(|_| unreachable!())).boxed());
    handlers.long("long", move |_| std::future::ready(told.send("long").map_err(|_| unreachable!())).boxed());
    let worker = Worker::new(base.clone(), handlers);
    let running = tokio::spawn(async move { worker.run(stopped, 1).await });
    let mut ran = Vec::new();
    for _ in 0..2 {
        let next = tokio::time::timeout(std::time::Duration::from_secs(10), heard.recv());
        ran.push(next.await.expect("nothing waits for what is apart").unwrap());
    }
    ran.sort_unstable();
    assert_eq!(ran, ["long", "short"]);
    stop.send(true).unwrap();
    running.await.unwrap();
    test.end().await;
}

#[tokio::test]
async fn the_audit_log_pages_newest_first_within_a_scope_and_refuses_changes() {
    for test in TestBase::each(Outbox::default()).await {
        let base = &test.base;
        let actor: PersonId = base.id();
        let tx = base.db.begin().await.unwrap();
        for (n, path) in ["1.2.", "1.2.7.", "1.3.", "1.2."].iter().enumerate() {
            test.clock.advance(1);
            let act =
                audit::Act { actor: Some(actor), action: "course.publish", target: n.to_string(), reason: None, path };
            audit::record(base, &tx, act).await.unwrap();
        }
        tx.commit().await.unwrap();
        let scope = ["1.2.".to_owned()];
        let first = audit::list(base.db.read(), &scope, &audit::Filter::default(), &Page::try_new(2, None).unwrap())
            .await
            .unwrap();
        assert_eq!(first.nodes().map(|r| r.target.as_str()).collect::<Vec<_>>(), ["3", "1"], "{}", test.name);
        let after = first.edges.last().map(|e| e.0.clone());
        let rest = audit::list(base.db.read(), &scope, &audit::Filter::default(), &Page::try_new(2, after).unwrap())
            .await
            .unwrap();
        assert_eq!(rest.nodes().map(|r| r.target.as_str()).collect::<Vec<_>>(), ["0"], "{}", test.name);
        assert!(
            audit::list(base.db.read(), &[], &audit::Filter::default(), &Page::try_new(2, None).unwrap())
                .await
                .unwrap()
                .edges
                .is_empty()
        );
        for change in ["UPDATE platform_audit SET target = 'x'", "DELETE FROM platform_audit"] {
            let tx = base.db.begin().await.unwrap();
            assert!(tx.execute_unprepared(change).await.is_err(), "{}: {change}", test.name);
        }
        test.end().await;
    }
}

#[tokio::test]
async fn every_migration_can_be_undone_and_done_again() {
    for test in TestBase::each(Outbox::default()).await {
        let steps = u32::try_from(<migrations::Migrator as migrations::MigratorTrait>::migrations().len()).unwrap();
        test.base.db.migrate_down(steps).await.unwrap();
        test.base.db.migrate().await.unwrap();
        assert_eq!(jobs::counts(test.base.db.read()).await.unwrap(), (0, 0), "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn of_many_only_what_is_not_kept_is_asked_for() {
    let kept = Kept::new(10, Duration::from_secs(60));
    let asked = Mutex::new(Vec::new());
    let load = async |keys: &[u32]| {
        asked.lock().unwrap().extend_from_slice(keys);
        Ok(keys.iter().filter(|key| **key < 9).map(|key| (*key, key * 10)).collect())
    };
    assert_eq!(kept.many(&[1, 2, 9], load).await.unwrap(), HashMap::from([(1, 10), (2, 20)]));
    assert_eq!(kept.many(&[2, 3, 9], load).await.unwrap(), HashMap::from([(2, 20), (3, 30)]));
    assert_eq!(*asked.lock().unwrap(), [1, 2, 9, 3, 9], "that nothing was found is not kept");
}

#[tokio::test]
async fn what_was_read_before_a_write_is_not_kept_after_it() {
    let kept = Kept::new(10, Duration::from_secs(60));
    let overtaken = async |_: &[u32]| {
        kept.forget_all();
        Ok(HashMap::from([(1, "before")]))
    };
    assert_eq!(kept.many(&[1], overtaken).await.unwrap()[&1], "before");
    assert_eq!(kept.many(&[1], async |_| Ok(HashMap::from([(1, "after")]))).await.unwrap()[&1], "after");
}
