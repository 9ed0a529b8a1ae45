use kernel::{
    Amount, Code, Event, Page, Role,
    event::{Measure, Medium},
    id::{EntryId, PersonId},
};
use platform::{audit, dialect};
use sea_orm::ConnectionTrait;

use super::world::World;

const DAY_MS: i64 = 86_400_000;

#[tokio::test]
async fn a_reading_earns_points_its_course_earns_hours_and_every_entry_says_why() {
    for world in World::each().await {
        let student = world.person("2026001", &world.letters).await;
        let (course, lessons) = world.course(2).await;
        world.reads(&student, lessons[0]).await;
        assert_eq!(world.ledger(student.id).await, ["阅读完成 5 读完全文"], "{}", world.test.name);
        world.reads(&student, lessons[1]).await;
        let wanted = [
            "阅读完成 5 读完全文",
            "阅读完成 5 读完全文",
            "课程学时 4 完成全部必修内容",
            "党课学分 0.5 完成全部必修内容",
        ];
        assert_eq!(world.ledger(student.id).await, wanted, "{}", world.test.name);
        let balance = world.credits.balance(student.id).await.unwrap();
        let told = [balance.points, balance.hours, balance.credits].map(|amount| amount.to_string());
        assert_eq!(told, ["10", "4", "0.5"], "{}", world.test.name);
        let entries = world.entries(student.id).await;
        assert!(entries.iter().all(|entry| entry.course == Some(course) && entry.pack == "demo-1"));
        assert_eq!(entries[3].lesson, Some(lessons[0]));
        let posted: Vec<(EntryId, Amount)> = world
            .heard()
            .into_iter()
            .map(|event| match event {
                Event::EntryPosted { entry, amount, .. } => (entry, amount),
                other => panic!("{other:?}"),
            })
            .collect();
        let mut wanted: Vec<_> = entries.iter().map(|entry| (entry.id, entry.amount)).collect();
        wanted.reverse();
        assert_eq!(posted, wanted, "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn what_is_told_twice_is_paid_once() {
    for world in World::each().await {
        let person: PersonId = world.test.base.id();
        let facts = [
            world.minutes(person, "film", 0, 2),
            world.minutes(person, "film", 1, 3),
            world.finished(person, "film", Medium::Video, Some((4, 40_000))),
            world.finished(person, "text", Medium::Reading, None),
        ];
        for _ in 0..3 {
            world.announce(&facts).await;
        }
        let wanted = [
            "视频学习 1 累计第 1 分钟",
            "视频学习 1 累计第 2 分钟",
            "视频学习 1 累计第 3 分钟",
            "视频学习 0.667 学完，最后 40 秒",
            "阅读完成 5 读完全文",
        ];
        assert_eq!(world.ledger(person).await, wanted, "{}", world.test.name);
        assert_eq!(world.points(person).await, "8.667");
        // A short video pays too.
        world.announce(&[world.finished(person, "short", Medium::Video, Some((1, 40_000)))]).await;
        assert_eq!(world.points(person).await, "9.334");
        world.end().await;
    }
}

#[tokio::test]
async fn a_full_day_is_explained_and_the_next_one_pays_again() {
    for world in World::each().await {
        let person: PersonId = world.test.base.id();
        for (from, to) in [(0, 20), (20, 33), (33, 40)] {
            world.announce(&[world.minutes(person, "film", from, to)]).await;
        }
        let told = world.ledger(person).await;
        assert_eq!((told.len(), told[30].as_str()), (31, "视频学习 0 今日该项积分已达上限"), "{}", world.test.name);
        let today = world.credits.today(person).await.unwrap();
        assert_eq!((today.earned, today.cap), (Amount::whole(30), Some(Amount::whole(45))));
        let tasks: Vec<_> = today.tasks.iter().map(|t| (t.rule.key.as_str(), t.earned.to_string(), t.done)).collect();
        assert_eq!(tasks, [("video.minute", "30".to_owned(), true), ("reading.done", "0".to_owned(), false)]);

        let day = world.test.base.today();
        world.test.clock.advance(DAY_MS);
        assert_eq!(world.credits.today(person).await.unwrap().earned, Amount::ZERO);
        world.announce(&[world.minutes(person, "film", 40, 42)]).await;
        let days = world.credits.points_by_day(person, day.plus(-9), day.plus(9)).await.unwrap();
        assert_eq!(days, [(day, Amount::whole(30)), (day.plus(1), Amount::whole(2))], "{}", world.test.name);
        assert_eq!(world.credits.points_by_day(person, day.plus(1), day.plus(1)).await.unwrap().len(), 1);
        world.end().await;
    }
}

#[tokio::test]
async fn a_fact_counts_for_the_day_on_which_it_happened_however_late_it_is_heard() {
    for world in World::each().await {
        let (person, day) = (world.test.base.id(), world.test.base.today());
        let late = world.minutes(person, "film", 0, 1);
        world.test.clock.advance(2 * DAY_MS);
        world.announce(&[late]).await;
        let entry = world.entries(person).await.remove(0);
        assert_eq!((entry.day, entry.posted_at), (day, world.test.base.now()), "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn an_admin_in_charge_takes_back_an_entry_once_and_the_person_reads_why() {
    for world in World::each().await {
        let student = world.person("2026001", &world.letters).await;
        let admin = world.viewer(world.test.base.id(), Role::Admin, &world.letters);
        world.announce(&[world.minutes(student.id, "film", 0, 30)]).await;
        let first = world.entries(student.id).await.pop().unwrap();
        let back = world.credits.reverse(&admin, first.id, "重复登记").await.unwrap();
        assert_eq!((back.amount, back.reverses), (Amount::whole(-1), Some(first.id)), "{}", world.test.name);
        assert_eq!(world.ledger(student.id).await.pop().unwrap(), "视频学习 -1 更正：重复登记");
        assert_eq!(world.points(student.id).await, "29");
        let again = world.credits.reverse(&admin, first.id, "重复登记").await.unwrap_err();
        assert_eq!(again.code(), Some(Code::Conflict), "{}", world.test.name);
        // The same minute is never paid again, but what the correction freed of the day's cap may be earned otherwise.
        world.announce(&[world.minutes(student.id, "film", 0, 1), world.minutes(student.id, "other", 0, 2)]).await;
        assert_eq!(world.points(student.id).await, "30", "{}", world.test.name);

        let page = Page::try_new(10, None).unwrap();
        let scope = [world.letters.path.clone()];
        let acts = audit::list(world.test.base.db.read(), &scope, &audit::Filter::default(), &page).await.unwrap();
        let acts: Vec<_> =
            acts.nodes().map(|act| (act.action.clone(), act.target.clone(), act.reason.clone())).collect();
        let wanted = ("credits.reverse".to_owned(), first.id.to_string(), Some("重复登记".to_owned()));
        assert_eq!(acts, [wanted], "{}", world.test.name);
        assert_eq!(world.credits.rebuild().await.unwrap().rows(), 0, "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn nobody_takes_back_what_is_not_in_their_charge_or_is_their_own() {
    for world in World::each().await {
        let student = world.person("2026001", &world.letters).await;
        world.announce(&[world.minutes(student.id, "film", 0, 1)]).await;
        let entry = world.entries(student.id).await[0].id;
        let someone = world.test.base.id();
        let cases = [
            (world.viewer(someone, Role::Admin, &world.physics), entry, "原因", Code::NotFound),
            (world.viewer(someone, Role::Admin, &world.letters), EntryId(99), "原因", Code::NotFound),
            (world.viewer(someone, Role::Lecturer, &world.letters), entry, "原因", Code::Forbidden),
            (world.viewer(student.id, Role::Admin, &world.letters), entry, "原因", Code::Forbidden),
            (world.viewer(someone, Role::Admin, &world.letters), entry, "  ", Code::Invalid),
        ];
        for (viewer, entry, reason, code) in cases {
            let refused = world.credits.reverse(&viewer, entry, reason).await.unwrap_err();
            assert_eq!(refused.code(), Some(code), "{}", world.test.name);
        }
        assert_eq!(world.credits.count().await.unwrap(), 1, "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn two_who_take_back_the_same_entry_at_once_take_it_back_once() {
    for world in World::each().await {
        let student = world.person("2026001", &world.letters).await;
        world.announce(&[world.minutes(student.id, "film", 0, 3)]).await;
        let entry = world.entries(student.id).await[0].id;
        let admin = |_| world.viewer(world.test.base.id(), Role::Admin, &world.letters);
        let admins: Vec<_> = (0..4).map(admin).collect();
        let tries = admins.iter().map(|admin| world.credits.reverse(admin, entry, "登记有误"));
        let done = futures::future::join_all(tries).await;
        assert_eq!(done.iter().filter(|one| one.is_ok()).count(), 1, "{}: {done:?}", world.test.name);
        assert_eq!(world.points(student.id).await, "2");
        let ids: Vec<i64> = world.entries(student.id).await.iter().map(|entry| entry.id.0).collect();
        assert_eq!(ids, [4, 3, 2, 1], "{}: numbers without gaps", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn the_ledger_pages_newest_first_and_tells_what_is_new_since_a_number() {
    for world in World::each().await {
        let (person, other): (PersonId, PersonId) = (world.test.base.id(), world.test.base.id());
        world.announce(&[world.minutes(person, "a", 0, 3), world.minutes(other, "a", 0, 1)]).await;
        world.announce(&[world.minutes(person, "b", 0, 1)]).await;
        let page = Page::try_new(2, None).unwrap();
        let first = world.credits.entries(person, Some(Measure::Points), &page).await.unwrap();
        let ids = |page: &kernel::Connection<crate::Entry>| page.nodes().map(|e| e.id.0).collect::<Vec<_>>();
        assert!(first.has_next, "{}", world.test.name);
        let next = Page::try_new(2, first.edges.last().map(|edge| edge.0.clone())).unwrap();
        let rest = world.credits.entries(person, Some(Measure::Points), &next).await.unwrap();
        let all = [ids(&first), ids(&rest)].concat();
        assert_eq!((all.len(), all.is_sorted_by(|a, b| a > b)), (4, true), "{}: {all:?}", world.test.name);
        assert!(world.credits.entries(person, Some(Measure::Hours), &page).await.unwrap().edges.is_empty());

        tokio::time::sleep(crate::HEAD_KEPT * 2).await;
        let head = world.credits.head().await.unwrap();
        assert_eq!((head, world.credits.count().await.unwrap()), (5, 5), "{}", world.test.name);
        let new = world.credits.entries_between(person, all[1], head).await.unwrap();
        assert_eq!(new.iter().map(|e| e.id.0).collect::<Vec<_>>(), [all[0]], "{}", world.test.name);
        assert!(world.credits.entries_between(person, head, head).await.unwrap().is_empty());
        assert!(world.credits.entries_between(person, 0, 0).await.unwrap().is_empty());
        let found = world.credits.entries_by_id(&[EntryId(all[0]), EntryId(77)]).await.unwrap();
        assert_eq!(found.keys().map(|id| id.0).collect::<Vec<_>>(), [all[0]]);
        world.end().await;
    }
}

#[tokio::test]
async fn sums_are_the_same_for_a_few_and_for_a_crowd() {
    for world in World::each().await {
        let people: Vec<PersonId> = (0..3).map(|_| world.test.base.id()).collect();
        world.announce(&[world.minutes(people[0], "a", 0, 7)]).await;
        world.test.clock.advance(DAY_MS);
        world.announce(&[world.minutes(people[0], "a", 7, 9), world.minutes(people[1], "a", 0, 1)]).await;
        let today = world.test.base.today();
        let crowd: Vec<PersonId> = people.iter().copied().chain((0..600).map(|_| world.test.base.id())).collect();
        for asked in [&people, &crowd] {
            let since = world.credits.points_since(asked, today).await.unwrap();
            let ever = world.credits.points_ever(asked).await.unwrap();
            assert_eq!((since.len(), ever.len()), (2, 2), "{}", world.test.name);
            assert_eq!((since[&people[0]], ever[&people[0]]), (Amount::whole(2), Amount::whole(9)));
        }
        assert!(world.credits.points_since(&people[1..2], today.plus(1)).await.unwrap().is_empty());
        assert!(world.credits.points_since(&[], today).await.unwrap().is_empty());
        world.end().await;
    }
}

#[tokio::test]
async fn after_whatever_happened_the_caches_say_what_the_entries_say() {
    for world in World::each().await {
        let people = [world.person("1", &world.letters).await.id, world.person("2", &world.letters).await.id];
        let admin = world.viewer(world.test.base.id(), Role::Admin, &world.letters);
        let mut chance = 7_u32;
        let mut draw = move |below: u32| {
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (chance >> 16) % below
        };
        for _ in 0..60 {
            let (person, version) = (people[draw(2) as usize], format!("v{}", draw(4)));
            let from = draw(40);
            match draw(5) {
                0 => world.announce(&[world.finished(person, &version, Medium::Reading, None)]).await,
                1 => {
                    let last = Some((draw(9), draw(60_001)));
                    world.announce(&[world.finished(person, &version, Medium::Video, last)]).await;
                }
                2 => world.test.clock.advance(i64::from(draw(20)) * 3_600_000),
                3 => {
                    let entry = EntryId(i64::from(draw(60)));
                    match world.credits.reverse(&admin, entry, "抽查").await {
                        Ok(back) => assert_eq!(back.reverses, Some(entry)),
                        Err(refused) => assert!(refused.refusal().is_some(), "{refused}"),
                    }
                }
                _ => world.announce(&[world.minutes(person, &version, from, from + draw(9))]).await,
            }
        }
        assert!(world.credits.count().await.unwrap() > 60, "{}", world.test.name);
        assert_eq!(world.credits.rebuild().await.unwrap().rows(), 0, "{}", world.test.name);
        let before = world.credits.balance(people[0]).await.unwrap();
        let tx = world.test.base.db.begin().await.unwrap();
        for sql in ["UPDATE credits_balance SET amount = amount + 1", "DELETE FROM credits_tally"] {
            tx.execute_raw(dialect::statement(&tx, sql, vec![])).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert!(world.credits.rebuild().await.unwrap().rows() > 2, "{}", world.test.name);
        assert_eq!(world.credits.rebuild().await.unwrap().rows(), 0, "{}", world.test.name);
        assert_eq!(world.credits.balance(people[0]).await.unwrap(), before, "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_an_entry() {
    for world in World::each().await {
        let person = world.test.base.id();
        world.announce(&[world.minutes(person, "a", 0, 1)]).await;
        for sql in ["UPDATE credits_entry SET amount = 9", "DELETE FROM credits_entry"] {
            let tx = world.test.base.db.begin().await.unwrap();
            assert!(tx.execute_unprepared(sql).await.is_err(), "{}: {sql}", world.test.name);
        }
        let health = world.credits.health().await.unwrap();
        assert_eq!((health.entries, health.last_sealed_at, health.verified), (1, None, None));
        world.end().await;
    }
}
