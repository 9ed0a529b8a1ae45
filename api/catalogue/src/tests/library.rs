//! The media library.

use kernel::{Code, Page, Role, Viewer, id::AssetId};
use organisation::{NewPerson, Stage, Unit};

use super::world::{World, code, sentence};
use crate::{LibraryFilter, NewVideoLesson};

impl World {
    /// A lecturer who belongs to a unit, as the roster knows them.
    pub async fn teacher(&self, unit: &Unit, number: &str) -> Viewer {
        let new = NewPerson {
            number: number.to_owned(),
            name: format!("教师{number}"),
            sort_key: None,
            stage: Stage::None,
            unit: Some(unit.id),
        };
        let person = self.organisation.add_person(new).await.unwrap();
        self.organisation.grant(person.id, Role::Lecturer, unit.id).await.unwrap();
        Viewer { person: person.id, ..self.person(unit, &[(Role::Lecturer, unit)]) }
    }
    pub async fn shelf(&self, viewer: &Viewer, filter: LibraryFilter) -> Vec<AssetId> {
        let page = Page::try_new(100, None).unwrap();
        let found = self.house.library(viewer, filter, &page).await.unwrap();
        assert_eq!(found.total, Some(found.edges.len() as u64));
        found.nodes().map(|asset| asset.id).collect()
    }
}

#[tokio::test]
async fn one_sees_the_files_of_ones_own_unit() {
    for world in World::each().await {
        let arts = world.teacher(&world.arts, "T1").await;
        let colleague = world.teacher(&world.branch, "T2").await;
        let science = world.teacher(&world.science, "T3").await;
        let (one, two, three) =
            (world.ready(&arts, 1_000).await, world.ready(&colleague, 1_000).await, world.ready(&science, 1_000).await);
        let all = LibraryFilter::default;
        let seen = |ids: Vec<AssetId>| [one, two, three].map(|id| ids.contains(&id));
        assert_eq!(seen(world.shelf(&arts, all()).await), [true, true, false], "{}", world.test.name);
        assert_eq!(seen(world.shelf(&colleague, all()).await), [false, true, false]);
        assert_eq!(seen(world.shelf(&world.admin(), all()).await), [true, true, true]);
        assert_eq!(seen(world.shelf(&arts, LibraryFilter { mine: true, ..all() }).await), [true, false, false]);
        let named = LibraryFilter { query: Some("VIDEO.M".to_owned()), ..all() };
        assert_eq!(world.shelf(&arts, named).await.len(), 2);
        let odd = LibraryFilter { query: Some("v%o".to_owned()), ..all() };
        assert!(world.shelf(&arts, odd).await.is_empty(), "signs mean themselves");
        assert_eq!(code(world.house.library_asset(&colleague, one).await), Some(Code::NotFound));
        assert_eq!(code(world.house.throw_away(&arts, two, false).await), Some(Code::Forbidden), "seen, not theirs");
        let page = Page::try_new(10, None).unwrap();
        let refused = world.house.library(&world.student(&world.arts), all(), &page).await;
        assert_eq!(code(refused), Some(Code::Forbidden));
        world.end().await;
    }
}

#[tokio::test]
async fn a_file_in_use_is_not_thrown_away_and_the_refusal_names_where() {
    for world in World::each().await {
        let desk = world.desk().await;
        let (asset, other) = (desk.ready(60_000).await, desk.ready(60_000).await);
        let lesson = desk.lecture(asset).await;
        let said = sentence(world.house.throw_away(&desk.lecturer, asset, true).await);
        assert!(said.contains("《讲座》的《第一讲》"), "{said}");
        assert_eq!(desk.unused().await, [other]);
        desk.publish().await;
        desk.replace(asset, other).await;
        assert_eq!(world.file_of(lesson).await, Some(other));
        let said = desk.held(asset).await;
        assert!(said.contains("《讲座》第 1 版"), "{said}");
        let thrown = world.house.throw_away(&desk.lecturer, asset, true).await.unwrap();
        assert!(thrown.asset.deleted_at.is_some());
        assert!(!world.shelf(&desk.lecturer, LibraryFilter::default()).await.contains(&asset));
        let deleted = LibraryFilter { deleted: true, ..LibraryFilter::default() };
        assert_eq!(world.shelf(&desk.lecturer, deleted).await, [asset]);
        world.end().await;
    }
}

#[tokio::test]
async fn what_was_thrown_away_comes_back_until_a_job_removes_its_bytes() {
    for world in World::each().await {
        let desk = world.desk().await;
        let (kept, gone) = (desk.ready(1_000).await, desk.ready(1_000).await);
        for asset in [kept, gone] {
            desk.throw_away(asset).await;
        }
        let objects = async |asset: AssetId| {
            world.media.blob().list(&format!("assets/{}", asset.uuid().simple())).await.unwrap().len()
        };
        world.run().await;
        assert!(objects(gone).await > 0, "not yet");
        world.house.take_back(&desk.lecturer, kept).await.unwrap();
        let new = NewVideoLesson { title: "讲".to_owned(), asset: gone, required: true };
        let used = world.house.add_video_lesson(&desk.lecturer, desk.chapter, new).await;
        assert_eq!(code(used), Some(Code::NotFound), "what is thrown away is not used again");
        desk.lecture(kept).await;
        world.test.clock.advance(crate::KEPT_MS + 1);
        world.run().await;
        assert_eq!((objects(gone).await, objects(kept).await > 0), (0, true), "{}", world.test.name);
        assert!(world.media.find(gone).await.unwrap().is_none());
        assert_eq!(code(world.house.take_back(&desk.lecturer, gone).await), Some(Code::NotFound));
        world.end().await;
    }
}

/// An upload that was given up left its file 上传中 for ever.
#[tokio::test]
async fn a_file_that_never_came_is_swept_up_unless_a_lesson_waits_for_it() {
    for world in World::each().await {
        let desk = world.desk().await;
        let (old, lost, named) = (desk.ready(60_000).await, desk.waiting().await, desk.waiting().await);
        desk.lecture(old).await;
        world.video(&desk.lecturer, desk.chapter, "第二讲", named).await;
        desk.replace(old, lost).await;
        world.house.sweep().await.unwrap();
        assert!(world.media.find(lost).await.unwrap().is_some(), "it may still be begun");
        world.test.clock.advance(25 * 3_600_000);
        let coming = desk.waiting().await;
        world.house.sweep().await.unwrap();
        let left = world.media.find_many(&[lost, named, coming]).await.unwrap();
        assert_eq!([lost, named, coming].map(|id| left.contains_key(&id)), [false, true, true], "{}", world.test.name);
        assert_eq!(desk.coming(old).await, None);
        // What is cancelled goes at once, and not into what may be taken back.
        desk.throw_away(coming).await;
        assert!(world.media.find(coming).await.unwrap().is_none(), "{}", world.test.name);
        let said = desk.held(named).await;
        assert!(said.contains("《第二讲》"), "{said}");
        world.end().await;
    }
}

/// An admin of any unit saw everybody's files by their id.
#[tokio::test]
async fn a_file_is_told_to_its_owner_and_to_admins_in_charge_of_them() {
    for world in World::each().await {
        let lecturer = world.teacher(&world.arts, "T1").await;
        let asset = world.ready(&lecturer, 1_000).await;
        let admin = |unit: &Unit| world.person(unit, &[(Role::Admin, unit)]);
        for (who, sees) in [
            (lecturer.clone(), true),
            (admin(&world.arts), true),
            (world.admin(), true),
            (admin(&world.science), false),
            (world.teacher(&world.arts, "T2").await, false),
            (world.student(&world.arts), false),
        ] {
            let code = code(world.house.asset(&who, asset).await);
            assert_eq!(code, (!sees).then_some(Code::NotFound), "{}", world.test.name);
        }
        world.end().await;
    }
}
