//! Stories of whoever answers for the rules: packs, proposals, dry runs.

use kernel::{Amount, Code, Day, Page, Role, Viewer, event::Medium, id::PersonId};
use organisation::{Stage, Unit};
use platform::audit;

use super::{packs::demo, world::World};
use crate::{DryRunStatus, PackState, Sample, WaitingState};

const DAY_MS: i64 = 86_400_000;

async fn root(world: &World) -> Unit {
    world.organisation.root().await.unwrap()
}

async fn ruler(world: &World) -> Viewer {
    world.viewer(world.test.base.id(), Role::Admin, &root(world).await)
}

/// The demo's pack under another name, with a reading worth so much.
fn pack(version: &str, reading: &str) -> String {
    demo().replace("demo-1", version).replace("value = \"5\"", &format!("value = \"{reading}\""))
}

fn read(world: &World, person: PersonId, version: &str) -> kernel::Event {
    world.finished(person, version, Medium::Reading, None)
}

async fn acts(world: &World) -> Vec<String> {
    let (page, scope) = (Page::try_new(50, None).unwrap(), [root(world).await.path]);
    let acts = audit::list(world.test.base.db.read(), &scope, &audit::Filter::default(), &page).await.unwrap();
    let mut told: Vec<String> = acts.nodes().map(|act| format!("{} {}", act.action, act.target)).collect();
    told.sort();
    told
}

#[tokio::test]
async fn a_pack_pays_from_its_first_day_and_rewrites_nothing() {
    for world in World::each().await {
        let (name, admin, today) = (world.test.name, ruler(&world).await, world.test.base.today());
        let student = world.person("2026001", &world.letters).await.id;
        world.announce(&[read(&world, student, "a")]).await;
        let draft = world.credits.add_pack(&admin, &pack("school-1", "7")).await.unwrap();
        assert_eq!((draft.state, draft.spans.len()), (PackState::Draft, 0), "{name}");
        world.credits.add_pack(&admin, &pack("school-1", "8")).await.unwrap();
        for (version, from, code) in [("school-1", today, Code::Invalid), ("gone-1", today.plus(1), Code::NotFound)] {
            let refused = world.credits.activate_pack(&admin, version, from).await.unwrap_err();
            assert_eq!(refused.code(), Some(code), "{name}: {version}");
        }
        let planned = world.credits.activate_pack(&admin, "school-1", today.plus(1)).await.unwrap();
        assert_eq!(planned.state, PackState::Planned, "{name}");
        let late = read(&world, student, "b");
        world.test.clock.advance(DAY_MS);
        world.announce(&[read(&world, student, "c"), late]).await;
        let wanted = ["阅读完成 5 读完全文", "阅读完成 8 读完全文", "阅读完成 5 读完全文"];
        assert_eq!(world.ledger(student).await, wanted, "{name}: a fact is paid by the pack of its day");
        let versions: Vec<String> = world.entries(student).await.into_iter().map(|entry| entry.pack).collect();
        assert_eq!(versions, ["demo-1", "school-1", "demo-1"], "{name}");
        for text in [pack("school-1", "9"), pack("demo-1", "9"), pack("college-1", "9")] {
            let refused = world.credits.add_pack(&admin, &text).await.unwrap_err();
            assert_eq!(refused.code(), Some(Code::Conflict), "{name}: a pack once used never changes");
        }
        let told: Vec<_> = world.credits.rule_packs(&admin).await.unwrap();
        let told: Vec<_> = told.iter().map(|view| (view.version.as_str(), view.state)).collect();
        let wanted = [
            ("school-1", PackState::Active),
            ("college-1", PackState::Shipped),
            ("classes-1", PackState::Shipped),
            ("demo-1", PackState::Past),
        ];
        assert_eq!(told, wanted, "{name}");
        let wanted = ["credits.pack_activate school-1", "credits.pack_add school-1", "credits.pack_add school-1"];
        assert_eq!(acts(&world).await, wanted, "{name}");
        assert_eq!(world.credits.rebuild().await.unwrap().rows(), 0, "{name}");
        world.end().await;
    }
}

#[tokio::test]
async fn another_process_pays_by_the_new_pack_at_once() {
    for world in World::each().await {
        let (name, admin, today) = (world.test.name, ruler(&world).await, world.test.base.today());
        let student: PersonId = world.test.base.id();
        // Its copy of the packs is old, but not older than a few seconds.
        world.credits.rule_packs(&admin).await.unwrap();
        let other = crate::Credits::new(world.test.base.clone(), world.catalogue.clone()).unwrap();
        other.add_pack(&admin, &pack("school-1", "8")).await.unwrap();
        other.activate_pack(&admin, "school-1", today).await.unwrap();
        world.announce(&[read(&world, student, "a")]).await;
        assert_eq!(world.points(student).await, "8", "{name}");
        world.end().await;
    }
}

#[tokio::test]
async fn only_who_is_in_charge_of_the_school_writes_and_everybody_reads_what_pays_them() {
    for world in World::each().await {
        let (name, admin) = (world.test.name, ruler(&world).await);
        let student = world.viewer(world.test.base.id(), Role::Student, &world.letters);
        let dean = world.viewer(world.test.base.id(), Role::Admin, &world.letters);
        let auditor = world.viewer(world.test.base.id(), Role::Auditor, &root(&world).await);
        let tomorrow = world.test.base.today().plus(1);
        for viewer in [&student, &dean, &auditor] {
            let tries = [
                world.credits.add_pack(viewer, &pack("school-1", "8")).await.err(),
                world.credits.activate_pack(viewer, "college-1", tomorrow).await.err(),
                world.credits.confirm_basis(viewer, "demo-1", "reading.done:amount", "校发〔2026〕1 号").await.err(),
                world.credits.start_dry_run(viewer, "demo-1", world.test.base.id()).await.err(),
            ];
            assert!(tries.iter().all(|e| e.as_ref().unwrap().code() == Some(Code::Forbidden)), "{name}: {tries:?}");
        }
        let seen = world.credits.rule_packs(&student).await.unwrap();
        let seen: Vec<_> = seen.iter().map(|view| (view.version.as_str(), view.text.is_some())).collect();
        assert_eq!(seen, [("demo-1", false)], "{name}");
        assert_eq!(world.credits.rule_packs(&auditor).await.unwrap().len(), 3, "{name}");

        let view =
            world.credits.confirm_basis(&admin, "demo-1", "reading.done:amount", " 校发〔2026〕1 号第三条 ").await;
        let view = view.unwrap();
        assert_eq!(view.unconfirmed, 5, "{name}");
        let number = &view.rules[1].numbers[0];
        let checked = number.confirmed.as_ref().unwrap();
        assert_eq!((checked.on, checked.note.as_str()), (world.test.base.today(), "校发〔2026〕1 号第三条"), "{name}");
        assert!(number.standing().is_none());
        let wrong = [
            ("reading.done:amount", "再次", Code::Conflict),
            ("reading.done:nothing", "校发", Code::NotFound),
            ("reading.done:cap.day", " ", Code::Invalid),
        ];
        for (path, note, code) in wrong {
            let refused = world.credits.confirm_basis(&admin, "demo-1", path, note).await.unwrap_err();
            assert_eq!(refused.code(), Some(code), "{name}: {path}");
        }
        let faulty = world.credits.add_pack(&admin, &pack("school-1", "-8")).await.unwrap_err();
        let fields = &faulty.refusal().unwrap().fields;
        assert_eq!((fields.len(), fields[0].path.as_str()), (1, "toml"), "{name}: {fields:?}");
        assert!(fields[0].text.zh.starts_with("第 ") && fields[0].text.en.contains("column"), "{name}: {fields:?}");
        world.end().await;
    }
}

#[tokio::test]
async fn one_fact_can_be_tried_against_a_pack_that_nobody_has_added() {
    for world in World::each().await {
        let (name, admin) = (world.test.name, ruler(&world).await);
        let sample = Sample { event: "minute".to_owned(), minutes: Some(40), ..Sample::default() };
        let tried = world.credits.try_fact(&admin, "demo-1", &sample).await.unwrap();
        assert_eq!(tried.entries.len(), 1, "{name}");
        assert_eq!(tried.entries[0].amount, Amount::whole(30), "{name}");
        assert_eq!(tried.refused[0].1.zh, "今日该项积分已达上限", "{name}");
        let sample = Sample { event: "reading".to_owned(), ..Sample::default() };
        let tried = world.credits.try_fact(&admin, &pack("new-1", "6"), &sample).await.unwrap();
        assert_eq!(tried.entries[0].amount, Amount::whole(6), "{name}");
        let activist = Sample { stage: Some("ACTIVIST".to_owned()), ..sample.clone() };
        let tried = world.credits.try_fact(&admin, "classes-1", &activist).await.unwrap();
        let told: Vec<_> = tried.entries.iter().map(|one| format!("{} {}", one.rule.title, one.amount)).collect();
        assert_eq!(told, ["阅读完成 5", "积极分子研读 0.5"], "{name}");
        assert_eq!(tried.refused[0].1.zh, "该规则不适用于此人的发展阶段", "{name}");
        let unknown = Sample { event: "login".to_owned(), ..Sample::default() };
        let refused = world.credits.try_fact(&admin, "demo-1", &unknown).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::Invalid), "{name}");
        assert_eq!(world.credits.count().await.unwrap(), 0, "{name}: nothing is posted");
        world.end().await;
    }
}

#[tokio::test]
async fn what_needs_approval_waits_for_somebody_else_in_charge() {
    for world in World::each().await {
        let (name, admin, today) = (world.test.name, ruler(&world).await, world.test.base.today());
        let text = pack("school-1", "15").replace("event = \"reading\"", "event = \"reading\"\napproval = true");
        world.credits.add_pack(&admin, &text).await.unwrap();
        world.credits.activate_pack(&admin, "school-1", today).await.unwrap();
        let student = world.person("2026001", &world.letters).await.id;
        for _ in 0..2 {
            world.announce(&["a", "b", "c"].map(|version| read(&world, student, version))).await;
        }
        assert_eq!(world.credits.count().await.unwrap(), 0, "{name}");
        let page = Page::try_new(10, None).unwrap();
        let dean = world.viewer(world.test.base.id(), Role::Admin, &world.letters);
        let stranger = world.viewer(world.test.base.id(), Role::Admin, &world.physics);
        let himself = world.viewer(student, Role::Admin, &world.letters);
        let held = world.credits.waiting(&dean, &page).await.unwrap();
        let held: Vec<_> = held.nodes().cloned().collect();
        assert_eq!(held.len(), 3, "{name}: proposed once, whatever is told twice");
        assert!(world.credits.waiting(&stranger, &page).await.unwrap().edges.is_empty(), "{name}");
        for (viewer, code) in [(&stranger, Code::NotFound), (&himself, Code::Forbidden)] {
            let refused = world.credits.approve_waiting(viewer, held[0].id).await.unwrap_err();
            assert_eq!(refused.code(), Some(code), "{name}");
        }
        assert_eq!(world.credits.approve_waiting(&dean, held[0].id).await.unwrap().len(), 1, "{name}");
        world.credits.reject_waiting(&dean, held[1].id, "与上篇雷同").await.unwrap();
        world.test.clock.advance(DAY_MS);
        world.credits.approve_waiting(&dean, held[2].id).await.unwrap();
        // The cap of the day of the fact is asked, not that of the day of approval.
        let wanted = ["阅读完成 15 读完全文（已审核）", "阅读完成 5 读完全文（应计 15，今日上限内只余 5）（已审核）"];
        assert_eq!(world.ledger(student).await, wanted, "{name}");
        assert!(world.entries(student).await.iter().all(|entry| entry.day == today), "{name}");
        let again = world.credits.reject_waiting(&dean, held[0].id, "晚了").await.unwrap_err();
        assert_eq!(again.code(), Some(Code::Conflict), "{name}");
        let mine = world.credits.waiting_of(student, &page).await.unwrap();
        let states: Vec<_> = mine.nodes().map(|one| (one.state, one.reason.clone())).collect();
        assert!(states.contains(&(WaitingState::Rejected, Some("与上篇雷同".to_owned()))), "{name}: {states:?}");
        world.end().await;
    }
}

#[tokio::test]
async fn a_dry_run_shows_every_difference_and_posts_nothing() {
    for world in World::each().await {
        let (name, admin, today) = (world.test.name, ruler(&world).await, world.test.base.today());
        let term = world.organisation.add_term("2026 秋", today.plus(-60), today.plus(60)).await.unwrap();
        let mut students = Vec::new();
        for number in 1..=4 {
            let person = world.person(&format!("202600{number}"), &world.letters).await;
            world.organisation.grant(person.id, Role::Student, world.letters.id).await.unwrap();
            students.push(person.id);
        }
        world.organisation.set_stage(students[0], Stage::Applicant).await.unwrap();
        // One beyond the caps, one with a reading, one with two minutes; the last did nothing.
        world.announce(&[world.minutes(students[0], "film", 0, 50)]).await;
        world.announce(&[read(&world, students[1], "a"), read(&world, students[1], "a")]).await;
        world.announce(&[world.minutes(students[2], "film", 0, 2)]).await;
        let entries = world.credits.count().await.unwrap();
        let wide = pack("wide-1", "8").replace("value = \"30\"", "value = \"40\"");
        world.credits.add_pack(&admin, &wide).await.unwrap();
        let id = world.credits.start_dry_run(&admin, "wide-1", term.id).await.unwrap();
        let queued = world.credits.dry_run(&admin, id).await.unwrap();
        assert_eq!((queued.status, queued.progress()), (DryRunStatus::Queued, 0.0), "{name}");
        world.work().await;
        let run = world.credits.dry_run(&admin, id).await.unwrap();
        assert_eq!((run.status, run.students, run.done, run.changed), (DryRunStatus::Done, 4, 4, 2), "{name}");
        assert!((run.progress() - 1.0).abs() < f64::EPSILON, "{name}");
        let points = run.totals.points;
        assert_eq!((points.old, points.new, points.difference()), (whole(37), whole(50), whole(13)), "{name}");
        let page = Page::try_new(10, None).unwrap();
        let changed = world.credits.dry_run_rows(&admin, id, &page, true).await.unwrap();
        let mut rows: Vec<_> = changed.nodes().map(|row| (row.person, row.totals.points)).collect();
        rows.sort_by_key(|(_, points)| points.new);
        let told: Vec<_> = rows.iter().map(|(person, points)| (*person, points.old, points.new)).collect();
        assert_eq!(told, [(students[1], whole(5), whole(8)), (students[0], whole(30), whole(40))], "{name}");
        let first = world.credits.dry_run_rows(&admin, id, &Page::try_new(3, None).unwrap(), false).await.unwrap();
        assert!(first.has_next && first.edges.len() == 3, "{name}");
        let next = Page::try_new(3, first.edges.last().map(|edge| edge.0.clone())).unwrap();
        assert_eq!(world.credits.dry_run_rows(&admin, id, &next, false).await.unwrap().edges.len(), 1, "{name}");
        assert_eq!(world.credits.count().await.unwrap(), entries, "{name}: nothing is posted");
        // The pack in force tried on its own facts makes no difference, and says what the ledger says.
        let same = world.credits.start_dry_run(&admin, "demo-1", term.id).await.unwrap();
        world.work().await;
        let run = world.credits.dry_run(&admin, same).await.unwrap();
        assert_eq!((run.changed, run.totals.points.old, run.totals.points.new), (0, whole(37), whole(37)), "{name}");
        assert_eq!(world.credits.dry_runs(&admin).await.unwrap().len(), 2, "{name}");
        world.end().await;
    }
}

fn whole(units: i64) -> Amount {
    Amount::whole(units)
}

#[tokio::test]
async fn weekly_caps_pace_and_kept_reversals_hold_in_the_ledger_as_in_memory() {
    for world in World::each().await {
        let (name, admin, today) = (world.test.name, ruler(&world).await, world.test.base.today());
        let text = pack("school-1", "4").replace(
            "caps = { day = { value = \"20\", basis = \"demo\", note = \"每日四篇。\" } }",
            "caps = { day = { value = \"8\", basis = \"demo\" }, week = { value = \"14\", basis = \"demo\" } }\n\
             interval = { value = \"30\", basis = \"demo\" }\nfirst = { value = \"3\", basis = \"demo\" }\nreversal = \"keeps\"",
        );
        world.credits.add_pack(&admin, &text).await.unwrap();
        // Saturday, 21 November 2026; the next week begins on Monday.
        assert_eq!(today, Day::of(2026, 11, 21).unwrap());
        world.credits.activate_pack(&admin, "school-1", today).await.unwrap();
        let student = world.person("2026001", &world.letters).await.id;
        let tell = async |version: &str, minutes: i64| {
            world.test.clock.advance(minutes * 60_000);
            world.announce(&[read(&world, student, version)]).await;
            world.points(student).await
        };
        let mut told = Vec::new();
        for (version, minutes) in [("a", 0), ("b", 29), ("c", 1), ("d", 60)] {
            told.push(tell(version, minutes).await);
        }
        assert_eq!(told, ["4", "4", "8", "8"], "{name}: too soon, then the day is full");
        let first = world.entries(student).await.into_iter().rfind(|entry| entry.amount == whole(4)).unwrap();
        world.credits.reverse(&admin, first.id, "登记有误").await.unwrap();
        assert_eq!(tell("e", 60).await, "4", "{name}: the cap is not given back");
        let mut told = Vec::new();
        for (version, minutes) in [("f", 24 * 60), ("g", 60), ("h", 24 * 60)] {
            told.push(tell(version, minutes).await);
        }
        assert_eq!(told, ["8", "10", "14"], "{name}: fourteen a week, and a new week");
        assert_eq!(world.credits.rebuild().await.unwrap().rows(), 0, "{name}");
        world.end().await;
    }
}

#[tokio::test]
async fn a_new_school_starts_with_the_plain_college_pack() {
    for test in platform::testing::TestBase::each(platform::Outbox::default()).await {
        let organisation = organisation::Organisation::new(test.base.clone());
        let media = media::testing::media(&test.base, test.folder.path()).await.unwrap();
        let catalogue = catalogue::Catalogue::new(test.base.clone(), organisation.clone(), media);
        let credits = crate::Credits::new(test.base.clone(), catalogue).unwrap();
        let name = "示例大学".to_owned();
        let school = organisation::School { name, play: organisation::Play::Off, uses_credits: true, demo: false };
        let root = organisation.found_school(school).await.unwrap();
        let charges = vec![kernel::Charge { role: Role::Student, unit: root.id, path: root.path.clone() }];
        let language = kernel::Language::Chinese;
        let viewer = Viewer { person: test.base.id(), session: test.base.id(), path: root.path, charges, language };
        let seen = credits.rule_packs(&viewer).await.unwrap();
        assert_eq!((seen.len(), seen[0].version.as_str()), (1, "college-1"), "{}", test.name);
        assert_eq!(seen[0].spans, [(None, None)], "{}", test.name);
        test.end().await;
    }
}
