//! The media library.

use kernel::{Code, Error, Page, Role, Viewer, id::AssetId};
use organisation::{NewPerson, Review, Stage, Unit};

use super::world::{World, code};
use crate::{LibraryFilter, Status};

impl World {
    /// A lecturer who belongs to a unit, as the roster knows them.
    async fn teacher(&self, unit: &Unit, number: &str) -> Viewer {
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
    async fn shelf(&self, viewer: &Viewer, filter: LibraryFilter) -> Vec<AssetId> {
        let page = Page::try_new(100, None).unwrap();
        let found = self.house.library(viewer, filter, &page).await.unwrap();
        assert_eq!(found.total, Some(found.edges.len() as u64));
        found.nodes().map(|asset| asset.id).collect()
    }
}

fn sentence<T>(answer: kernel::Result<T>) -> String {
    match answer.err() {
        Some(Error::Refusal(refusal)) => refusal.text.zh,
        other => panic!("no refusal: {other:?}"),
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
        let lecturer = world.teacher(&world.arts, "T1").await;
        let course = world.course(&lecturer, &world.arts, "讲座").await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let (asset, other) = (world.ready(&lecturer, 60_000).await, world.ready(&lecturer, 60_000).await);
        let lesson = world.video(&lecturer, chapter, "第一讲", asset).await;
        let said = sentence(world.house.throw_away(&lecturer, asset, true).await);
        assert!(said.contains("《讲座》的《第一讲》"), "{said}");
        let unused = LibraryFilter { unused: true, ..LibraryFilter::default() };
        assert_eq!(world.shelf(&lecturer, unused).await, [other]);
        world.house.publish_course(&lecturer, course.id).await.unwrap();
        world.house.replace_asset(&lecturer, asset, other).await.unwrap();
        assert_eq!(world.house.lessons(&[lesson.id]).await.unwrap()[&lesson.id].asset, Some(other));
        let said = sentence(world.house.throw_away(&lecturer, asset, false).await);
        assert!(said.contains("《讲座》第 1 版"), "{said}");
        let thrown = world.house.throw_away(&lecturer, asset, true).await.unwrap();
        assert!(thrown.asset.deleted_at.is_some());
        assert!(!world.shelf(&lecturer, LibraryFilter::default()).await.contains(&asset));
        let deleted = LibraryFilter { deleted: true, ..LibraryFilter::default() };
        assert_eq!(world.shelf(&lecturer, deleted).await, [asset]);
        world.end().await;
    }
}

#[tokio::test]
async fn what_was_thrown_away_comes_back_until_a_job_removes_its_bytes() {
    for world in World::each().await {
        let lecturer = world.teacher(&world.arts, "T1").await;
        let (kept, gone) = (world.ready(&lecturer, 1_000).await, world.ready(&lecturer, 1_000).await);
        for asset in [kept, gone] {
            world.house.throw_away(&lecturer, asset, false).await.unwrap();
        }
        let objects = async |asset: AssetId| {
            world.media.blob().list(&format!("assets/{}", asset.uuid().simple())).await.unwrap().len()
        };
        world.run().await;
        assert!(objects(gone).await > 0, "not yet");
        world.house.take_back(&lecturer, kept).await.unwrap();
        let course = world.course(&lecturer, &world.arts, "讲座").await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let new = |asset| crate::NewVideoLesson { title: "讲".to_owned(), asset, required: true };
        let used = world.house.add_video_lesson(&lecturer, chapter, new(gone)).await;
        assert_eq!(code(used), Some(Code::NotFound), "what is thrown away is not used again");
        world.house.add_video_lesson(&lecturer, chapter, new(kept)).await.unwrap();
        world.test.clock.advance(crate::KEPT_MS + 1);
        world.run().await;
        assert_eq!((objects(gone).await, objects(kept).await > 0), (0, true), "{}", world.test.name);
        assert!(world.media.find(gone).await.unwrap().is_none());
        assert_eq!(code(world.house.take_back(&lecturer, gone).await), Some(Code::NotFound));
        world.end().await;
    }
}

#[tokio::test]
async fn a_replacement_goes_through_review_where_the_school_asks_for_it() {
    for world in World::each().await {
        let lecturer = world.teacher(&world.arts, "T1").await;
        let course = world.course(&lecturer, &world.arts, "讲座").await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let (old, new) = (world.ready(&lecturer, 60_000).await, world.ready(&lecturer, 90_000).await);
        let lesson = world.video(&lecturer, chapter, "第一讲", old).await;
        world.house.publish_course(&lecturer, course.id).await.unwrap();
        world.policy(Review::One).await;
        let done = world.house.replace_asset(&lecturer, old, new).await.unwrap();
        assert_eq!((done.courses.len(), done.courses[0].draft_of), (1, Some(course.id)));
        assert_eq!(
            world.house.lessons(&[lesson.id]).await.unwrap()[&lesson.id].asset,
            Some(old),
            "students see the old one"
        );
        let differences = world.house.draft_differences(&lecturer, done.courses[0].id).await.unwrap();
        assert!(differences.lessons[0].begins_anew, "half as long again");
        let draft = world.house.publish_course(&lecturer, done.courses[0].id).await.unwrap();
        assert_eq!(draft.status, Status::InReview);
        let said = sentence(world.house.replace_asset(&lecturer, new, old).await);
        assert!(said.contains("正在审核"), "{said}");
        let submission = world.waiting_for(&world.admin()).await[0].id;
        world.house.approve(&world.admin(), submission, "").await.unwrap();
        let now = &world.house.lessons(&[lesson.id]).await.unwrap()[&lesson.id];
        assert_eq!((now.asset, now.duration_ms, now.version.clone()), (Some(new), Some(90_000), new.to_string()));
        world.end().await;
    }
}

#[tokio::test]
async fn a_replacement_that_is_not_converted_yet_follows_by_itself() {
    for world in World::each().await {
        let lecturer = world.teacher(&world.arts, "T1").await;
        let course = world.course(&lecturer, &world.arts, "讲座").await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let (old, new) = (world.ready(&lecturer, 60_000).await, world.waiting(&lecturer).await);
        let lesson = world.video(&lecturer, chapter, "第一讲", old).await;
        world.house.publish_course(&lecturer, course.id).await.unwrap();
        let done = world.house.replace_asset(&lecturer, old, new).await.unwrap();
        assert!(done.waits && done.courses.is_empty());
        assert_eq!(world.house.waiting_replacements(&[old]).await.unwrap()[&old], new);
        world.convert(new, 61_000).await;
        let now = &world.house.lessons(&[lesson.id]).await.unwrap()[&lesson.id];
        assert_eq!((now.asset, now.duration_ms), (Some(new), Some(61_000)), "{}", world.test.name);
        let versions = world.house.versions(&lecturer, course.id).await.unwrap();
        assert_eq!((versions.len(), versions[0].published_by), (2, lecturer.person));
        world.end().await;
    }
}

#[tokio::test]
async fn only_a_video_takes_the_place_of_a_video() {
    for world in World::each().await {
        let lecturer = world.teacher(&world.arts, "T1").await;
        let video = world.ready(&lecturer, 1_000).await;
        let captions =
            world.uploaded_captions(lecturer.person, "字幕.srt", "1\n00:00:00,000 --> 00:00:01,000\n好\n").await;
        for (old, new) in [(video, captions), (captions, video), (video, video)] {
            assert_eq!(code(world.house.replace_asset(&lecturer, old, new).await), Some(Code::Invalid));
        }
        let other = world.teacher(&world.science, "T9").await;
        assert_eq!(code(world.house.replace_asset(&other, video, video).await), Some(Code::NotFound));
        world.end().await;
    }
}
