//! Questions on what was just shown: drawn, answered, missed, extended; what waits for them and what comes of it.

use kernel::{
    Code, Event, Viewer,
    id::{LessonId, StudyId},
};

use platform::dialect;
use sea_orm::ConnectionTrait;

use super::world::{World, beat};
use crate::{Answer, Check, Config, Learning, Reason, Span};

const BEAT: i64 = 15_000;
const LONG: i64 = 1_200_000;

/// Somebody at a lesson, who sends a beat every fifteen seconds.
struct Desk<'a> {
    world: &'a World,
    viewer: Viewer,
    study: StudyId,
    seq: i64,
}

impl<'a> Desk<'a> {
    async fn at(world: &'a World, viewer: &Viewer, lesson: LessonId) -> Self {
        let study = world.open(viewer, lesson).await;
        Desk { world, viewer: viewer.clone(), study: study.id, seq: 1 }
    }
    async fn play(&mut self, start: i64) -> Answer {
        self.world.wait(BEAT);
        self.send(start, start + BEAT).await
    }
    async fn send(&mut self, start: i64, end: i64) -> Answer {
        let told = self.world.beat(&self.viewer, self.study, self.seq, [(start, end)]).await.unwrap();
        self.seq = told.next_seq;
        told
    }
    /// Plays from `start` until a question is asked; answers it and where that was.
    async fn until_asked(&mut self, start: i64) -> (Check, i64) {
        for at in (start..LONG).step_by(15_000) {
            let told = self.play(at).await;
            if let Some(check) = told.check {
                assert_eq!(told.credited_ms, BEAT, "what was played before still counts");
                return (check, at + BEAT);
            }
        }
        panic!("no question was asked")
    }
    async fn answer(&self, check: &Check, right: bool) -> crate::CheckAnswer {
        let key = key(check, right);
        self.world.learning.answer_check(&self.viewer, check.id, &key).await.unwrap()
    }
}

/// The first option is the right one; its key says nothing.
fn key(check: &Check, right: bool) -> String {
    let found = check.options.iter().find(|(_, text)| (text == "对") == right);
    found.unwrap().0.clone()
}

/// A long video with a question on each minute.
async fn asking(world: &World) -> LessonId {
    let lesson = world.video(LONG).await;
    for minute in 0..20 {
        world.ask(lesson, minute * 60_000, minute * 60_000 + 60_000, &format!("第 {minute} 分钟讲了什么？")).await;
    }
    lesson
}

#[tokio::test]
async fn a_passed_check_releases_what_waited_for_it() {
    for world in World::each().await {
        let (lesson, wei) = (asking(&world).await, world.student());
        let mut desk = Desk::at(&world, &wei, lesson).await;
        let (check, at) = desk.until_asked(0).await;
        assert_eq!((check.options.len(), check.to - check.from), (3, 60_000));
        assert!(check.to <= at, "only about what was shown");
        assert!(check.deadline_ms > 90_000 && check.deadline_ms < 95_000, "{}", check.deadline_ms);
        let waits = desk.play(at).await;
        assert_eq!((waits.credited_ms, waits.refused[0].reason), (0, Reason::CheckPending));
        assert_eq!(waits.check.as_ref().unwrap().deadline_ms, check.deadline_ms - BEAT);
        let again = desk.play(at).await;
        assert_eq!(again.refused[0].reason, Reason::CheckPending, "and is not paid twice");
        let map = world.learning.watch_map(wei.person, lesson).await.unwrap();
        assert_eq!((map.pending, map.refused), (vec![Span::new(at, at + BEAT)], vec![]));
        let pending = world.learning.pending_of(lesson).await.unwrap();
        assert_eq!((pending[0].person, pending[0].pending_ms), (wei.person, BEAT), "{}", world.test.name);
        world.heard().await;
        let told = desk.answer(&check, true).await;
        assert_eq!((told.passed, told.released_ms, told.again_from), (true, BEAT, None));
        assert_eq!(desk.answer(&check, true).await, told, "a lost reply is told again");
        let other = world.learning.answer_check(&wei, check.id, &key(&check, false)).await.unwrap_err();
        assert_eq!(other.code(), Some(Code::Conflict));
        let heard = world.heard().await;
        assert!(
            matches!(&heard[0], Event::CheckPassed { check: id, person, .. } if *id == check.id && *person == wei.person)
        );
        assert!(world.learning.pending_of(lesson).await.unwrap().is_empty());
        let on = desk.play(at + BEAT).await;
        assert_eq!((on.credited_ms, on.check), (BEAT, None));
        world.end().await;
    }
}

#[tokio::test]
async fn a_wrong_answer_shows_the_stretch_again_and_then_asks_again() {
    for world in World::each().await {
        let (lesson, wei) = (asking(&world).await, world.student());
        for minute in 0..20 {
            world.ask(lesson, minute * 60_000, minute * 60_000 + 60_000, "另一道题：这一分钟讲了什么？").await;
        }
        let mut desk = Desk::at(&world, &wei, lesson).await;
        let (check, at) = desk.until_asked(0).await;
        let wrong = desk.answer(&check, false).await;
        assert_eq!((wrong.passed, wrong.released_ms, wrong.again_from), (false, 0, Some(check.from)));
        assert_eq!(desk.answer(&check, false).await, wrong);
        let second = world.learning.answer_check(&wei, check.id, &key(&check, true)).await.unwrap_err();
        assert_eq!(second.code(), Some(Code::Conflict), "one attempt");
        let waits = desk.play(at).await;
        assert_eq!((waits.check, waits.again), (None, Some(Span::new(check.from, check.to))));
        for n in 0..3 {
            let told = desk.play(check.from + n * BEAT).await;
            assert!(told.check.is_none(), "{n}");
            assert_eq!(told.refused[0].reason, Reason::CountedBefore);
        }
        let next = desk.play(check.from + 3 * BEAT).await.check.unwrap();
        assert_ne!((next.id, &next.prompt), (check.id, &check.prompt), "{}", world.test.name);
        assert_eq!((next.from, next.to), (check.from, check.to));
        let told = desk.answer(&next, true).await;
        assert_eq!((told.passed, told.released_ms), (true, BEAT), "a wrong answer forfeits nothing");
        world.end().await;
    }
}

/// Claimed at once, the stretch is not shown again at once: real time bounds that too.
#[tokio::test]
async fn showing_again_takes_its_time() {
    for world in World::each().await {
        let (lesson, wei) = (asking(&world).await, world.student());
        let mut desk = Desk::at(&world, &wei, lesson).await;
        let (check, at) = desk.until_asked(0).await;
        // The bucket is emptied first, as far as there is something to buy.
        desk.send(at, LONG).await;
        let left = (30_000 + at - (LONG - at)).max(0);
        desk.answer(&check, false).await;
        let mut seconds = 1;
        world.wait(1_000);
        while desk.send(check.from, check.to).await.check.is_none() {
            world.wait(1_000);
            seconds += 1;
        }
        // Nine tenths of a minute, at the rate cap.
        assert!(left + seconds * 2_000 >= 54_000, "{}: {left} {seconds}", world.test.name);
        assert!(left < 54_000 && seconds < 30, "{}: {left} {seconds}", world.test.name);
        world.end().await;
    }
}

/// A page shows its whole stretch at once and claims it with each beat; what was bought once is not bought again before the rest.
#[tokio::test]
async fn a_stretch_that_stays_on_screen_is_shown_to_its_end() {
    for world in World::each().await {
        // Twenty seconds a block, five blocks a page.
        let (lesson, wei) = (world.reading(&[200; 600]).await, world.student());
        for page in 0..100 {
            world.ask(lesson, page * 5, page * 5 + 5, "这一页讲了什么？").await;
        }
        let study = world.open(&wei, lesson).await.id;
        let (mut seq, mut at, mut asked) = (1, 0, None);
        while asked.is_none() {
            world.wait(100_000);
            asked = world.beat(&wei, study, seq, [(at, at + 5)]).await.unwrap().check;
            (seq, at) = (seq + 1, at + 5);
        }
        let check = asked.unwrap();
        // The bucket is emptied first.
        world.beat(&wei, study, seq, [(at, 600)]).await.unwrap();
        world.learning.answer_check(&wei, check.id, &key(&check, false)).await.unwrap();
        let mut next = None;
        for beat in 1..=7 {
            world.wait(15_000);
            let told = world.beat(&wei, study, seq + beat, [(check.from, check.to)]).await.unwrap();
            assert!(told.check.is_some() || told.again == Some(Span::new(check.from, check.to)), "{}", world.test.name);
            next = next.or(told.check);
        }
        assert!(next.is_some(), "{}: all was in sight for as long as it takes", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn an_unanswered_check_is_asked_again_after_its_stretch() {
    for world in World::each().await {
        let (lesson, wei) = (asking(&world).await, world.student());
        let mut desk = Desk::at(&world, &wei, lesson).await;
        let (check, at) = desk.until_asked(0).await;
        world.wait(check.deadline_ms + 1);
        let late = desk.answer(&check, true).await;
        assert_eq!((late.passed, late.again_from), (false, Some(check.from)), "{}", world.test.name);
        let lapsed = desk.play(at).await;
        assert_eq!((lapsed.check, lapsed.again), (None, Some(Span::new(check.from, check.to))));
        let refused = world.learning.extend_check(&wei, check.id).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::Conflict));
        let mut next = None;
        for n in 0..4 {
            next = desk.play(check.from + n * BEAT).await.check;
        }
        let next = next.unwrap();
        assert_eq!(next.prompt, check.prompt, "the same question");
        let gone = world.learning.answer_check(&wei, check.id, &key(&check, true)).await.unwrap_err();
        assert_eq!(gone.code(), Some(Code::NotFound));
        assert_eq!(desk.answer(&next, true).await.released_ms, BEAT);
        world.end().await;
    }
}

#[tokio::test]
async fn more_time_is_given_ten_times() {
    for world in World::each().await {
        let (lesson, wei) = (asking(&world).await, world.student());
        let mut desk = Desk::at(&world, &wei, lesson).await;
        let (check, at) = desk.until_asked(0).await;
        for time in 2..=11 {
            assert_eq!(world.learning.extend_check(&wei, check.id).await.unwrap(), time * check.deadline_ms);
        }
        let enough = world.learning.extend_check(&wei, check.id).await.unwrap_err();
        assert_eq!(enough.code(), Some(Code::Conflict));
        world.wait(9 * 60_000);
        let told = desk.play(at).await;
        assert_eq!(told.check.unwrap().deadline_ms, 11 * check.deadline_ms - 9 * 60_000 - BEAT, "{}", world.test.name);
        assert!(desk.answer(&check, true).await.passed);
        world.end().await;
    }
}

/// A13: nobody else's, not before it is asked, no option that was not told.
#[tokio::test]
async fn a_check_is_found_by_nobody_else_and_tells_nothing() {
    for world in World::each().await {
        let (lesson, wei, li) = (asking(&world).await, world.student(), world.student());
        let mut desk = Desk::at(&world, &wei, lesson).await;
        let (check, _) = desk.until_asked(0).await;
        world.open(&li, lesson).await;
        let unknown = kernel::id::CheckId::new(world.base().ids.secret());
        for (viewer, id) in
            [(&li, check.id), (&world.elsewhere(&wei), check.id), (&wei, unknown), (&world.student(), check.id)]
        {
            let option = key(&check, true);
            assert_eq!(
                world.learning.answer_check(viewer, id, &option).await.unwrap_err().code(),
                Some(Code::NotFound)
            );
            assert_eq!(world.learning.extend_check(viewer, id).await.unwrap_err().code(), Some(Code::NotFound));
        }
        for odd in ["", "0", "对", "00000000"] {
            assert_eq!(world.learning.answer_check(&wei, check.id, odd).await.unwrap_err().code(), Some(Code::Invalid));
        }
        assert!(check.options.iter().all(|(key, _)| key.len() == 8), "{:?}", check.options);
        assert!(desk.answer(&check, true).await.passed, "what is no option uses up no attempt");
        world.end().await;
    }
}

#[tokio::test]
async fn opening_again_evades_no_question() {
    for world in World::each().await {
        let (lesson, wei) = (asking(&world).await, world.student());
        let mut desk = Desk::at(&world, &wei, lesson).await;
        let (check, at) = desk.until_asked(0).await;
        desk.play(at).await;
        let study = world.open(&wei, lesson).await;
        let told = study.check.unwrap();
        assert_eq!((&told.prompt, told.id == check.id), (&check.prompt, false), "{}", world.test.name);
        let mut desk = Desk { world: &world, viewer: wei.clone(), study: study.id, seq: 1 };
        assert_eq!(desk.play(at + BEAT).await.credited_ms, 0);
        assert_eq!(desk.answer(&told, true).await.released_ms, 2 * BEAT, "the sitting goes on");
        // After a long break what is pending is not of this sitting; it waits for the lecturer or for being watched again.
        let (check, at) = desk.until_asked(at + 2 * BEAT).await;
        desk.play(at).await;
        world.wait(3_600_000);
        let mut desk = Desk::at(&world, &wei, lesson).await;
        let told = desk.play(at + BEAT).await;
        assert_eq!((told.credited_ms, told.again), (0, Some(Span::new(check.from, check.to))));
        let mut next = None;
        for n in 0..4 {
            next = desk.play(check.from + n * BEAT).await.check;
        }
        assert_eq!(desk.answer(&next.unwrap(), true).await.released_ms, BEAT);
        let pending = world.learning.pending_of(lesson).await.unwrap();
        assert_eq!(pending[0].spans, [Span::new(at, at + BEAT)]);
        let tx = world.base().db.begin().await.unwrap();
        assert_eq!(world.learning.release(&tx, (wei.person, lesson), None, &pending[0].spans).await.unwrap(), BEAT);
        tx.commit().await.unwrap();
        assert!(world.learning.pending_of(lesson).await.unwrap().is_empty());
        world.end().await;
    }
}

/// A9: all is fetched and claimed in real time, and nobody is there to answer.
#[tokio::test]
async fn who_is_not_there_earns_the_stretch_to_the_first_check() {
    for world in World::each().await {
        let (lesson, wei) = (asking(&world).await, world.student());
        let mut desk = Desk::at(&world, &wei, lesson).await;
        let (_, first) = desk.until_asked(0).await;
        for at in (first..LONG).step_by(15_000) {
            assert_eq!(desk.play(at).await.credited_ms, 0);
        }
        for at in (0..LONG).step_by(15_000) {
            assert_eq!(desk.play(at).await.credited_ms, 0, "nor the second time");
        }
        let progress = world.learning.progress(wei.person, &[lesson]).await.unwrap()[&lesson];
        assert!(!progress.completed && progress.coverage <= 0.55, "{}", progress.coverage);
        assert_eq!(world.learning.pending_of(lesson).await.unwrap()[0].pending_ms, LONG - first);
        world.end().await;
    }
}

#[tokio::test]
async fn a_long_video_is_not_completed_without_a_question() {
    for world in World::each().await {
        // The only question is about the minute with which it would be complete.
        let (lesson, wei) = (world.video(LONG).await, world.student());
        world.ask(lesson, 1_080_000, 1_140_000, "结论是什么？").await;
        let mut desk = Desk::at(&world, &wei, lesson).await;
        let mut asked = None;
        for at in (0..LONG).step_by(15_000) {
            let told = desk.play(at).await;
            assert!(!told.completed, "{at}");
            asked = asked.or(told.check);
        }
        let told = desk.answer(&asked.unwrap(), true).await;
        assert!(told.passed);
        let progress = world.learning.progress(wei.person, &[lesson]).await.unwrap()[&lesson];
        assert!(progress.completed, "{} {}", world.test.name, progress.coverage);
        world.end().await;
    }
}

#[tokio::test]
async fn an_open_check_survives_a_restart_and_is_answered_through_another_process() {
    for mut world in World::each().await {
        let (lesson, wei) = (asking(&world).await, world.student());
        let mut desk = Desk::at(&world, &wei, lesson).await;
        let (check, at) = desk.until_asked(0).await;
        desk.play(at).await;
        let (study, seq) = (desk.study, desk.seq);
        world.restart().await;
        let other = Learning::new(world.base().clone(), world.catalogue.clone(), Config::default());
        let told = world.learning.heartbeat(&wei, beat(study, seq, [])).await.unwrap();
        assert_eq!(told.check.unwrap().options, check.options, "{}", world.test.name);
        let option = key(&check, true);
        assert_eq!(other.answer_check(&wei, check.id, &option).await.unwrap().released_ms, BEAT);
        assert_eq!(
            world.learning.answer_check(&wei, check.id, &option).await.unwrap().released_ms,
            BEAT,
            "told once more"
        );
        other.stop().await;
        world.end().await;
    }
}

#[tokio::test]
async fn what_waits_is_released_also_for_who_stands_behind_a_thousand_others() {
    for world in World::each().await {
        let (lesson, wei) = (asking(&world).await, world.student());
        let mut desk = Desk::at(&world, &wei, lesson).await;
        let (_, at) = desk.until_asked(0).await;
        desk.play(at).await;
        let columns = "lesson, version, course, size, covered, covered_ms, coverage, resume_at, completed_at, updated_at, \
                       script, pending, refused, checks";
        let sql = format!(
            "INSERT INTO learning_progress (person, {columns}) SELECT ?, {columns} FROM learning_progress WHERE person = ?"
        );
        let tx = world.base().db.begin().await.unwrap();
        for n in 0..1_000 {
            let values = vec![kernel::id::Uuid::from_u128(n).into(), wei.person.uuid().into()];
            tx.execute_raw(dialect::statement(&tx, &sql, values)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let told = world.learning.pending_of(lesson).await.unwrap();
        assert!(told.len() == 1_000 && told.iter().all(|one| one.person != wei.person));
        let released = world.learning.release_pending(&world.lecturer, lesson, wei.person).await.unwrap();
        assert_eq!(released, BEAT, "{}", world.test.name);
        let nothing = world.learning.release_pending(&world.lecturer, lesson, wei.person).await.unwrap_err();
        assert_eq!(nothing.code(), Some(Code::NotFound));
        world.end().await;
    }
}
