//! Courses that change while somebody is in the middle of them.

use catalogue::{CourseChange, Format, LessonChange, Source};
use kernel::{Event, id::LessonId};

use super::world::World;

impl World {
    /// The draft of the course, with the lesson in it that stands for this one.
    async fn draft(&self, place: usize) -> (kernel::id::CourseId, LessonId) {
        let draft = self.catalogue.draft_course(&self.lecturer, self.course).await.unwrap();
        let outline = self.catalogue.outlines(&[draft.id]).await.unwrap().remove(&draft.id).unwrap();
        let lesson = outline.lessons().nth(place).unwrap().id;
        (draft.id, lesson)
    }
}

#[tokio::test]
async fn a_new_version_disturbs_nobody_whose_lesson_did_not_change() {
    for world in World::each().await {
        let (video, wei) = (world.video(150_000).await, world.student());
        let reading = world.reading(&[5, 5]).await;
        let study = world.open(&wei, video).await.id;
        world.wait(60_000);
        world.beat(&wei, study, 1, [(0, 60_000)]).await.unwrap();
        let (draft, copy) = world.draft(1).await;
        let source = Some(Source { format: Format::Markdown, body: "换了一篇。".to_owned() });
        world
            .catalogue
            .update_lesson(&world.lecturer, copy, LessonChange { source, ..Default::default() })
            .await
            .unwrap();
        world.catalogue.publish_course(&world.lecturer, draft).await.unwrap();
        world.wait(15_000);
        let told = world.beat(&wei, study, 2, [(60_000, 75_000)]).await.unwrap();
        assert_eq!((told.coverage, told.credited_ms), (0.5, 15_000), "{}: the sitting goes on", world.test.name);
        let progress = world.learning.progress(wei.person, &[video, reading]).await.unwrap();
        assert_eq!((progress[&video].coverage, progress.get(&reading)), (0.5, None));
        assert_eq!(world.open(&wei, video).await.covered, [crate::Span::new(0, 75_000)]);
        world.end().await;
    }
}

#[tokio::test]
async fn what_was_covered_of_a_replaced_video_is_kept_and_paid_once() {
    for world in World::each().await {
        let (video, wei) = (world.video(150_000).await, world.student());
        let first = world.version(video).await;
        let study = world.open(&wei, video).await.id;
        world.wait(60_000);
        world.beat(&wei, study, 1, [(0, 60_000)]).await.unwrap();
        world.heard().await;
        let other = world.replace(video, 300_000).await;
        let seen = async || world.learning.progress(wei.person, &[video]).await.unwrap()[&video];
        assert_eq!((seen().await.coverage, seen().await.completed), (0.0, false), "{}", world.test.name);
        let course = world.learning.course_progress(wei.person, &[world.course]).await.unwrap()[&world.course];
        assert_eq!(course.coverage, 0.0);
        let again = world.open(&wei, video).await;
        assert_eq!(again.covered, []);
        world.wait(60_000);
        world.beat(&wei, again.id, 1, [(0, 60_000)]).await.unwrap();
        let minutes = |heard: &[Event]| -> Vec<(u32, u32, String)> {
            let minute = |event: &Event| match event {
                Event::MinutesCovered { from, to, version, .. } => Some((*from, *to, version.clone())),
                _ => None,
            };
            heard.iter().filter_map(minute).collect()
        };
        assert_eq!(
            minutes(&world.heard().await),
            [(0, 1, other.clone())],
            "another content is paid under its own name"
        );

        world.reencode(video, &first, Some(150_000)).await;
        let back = world.open(&wei, video).await;
        assert_eq!(back.covered, [crate::Span::new(0, 60_000)], "what was covered of it was kept");
        assert_eq!(seen().await.coverage, 0.4);
        world.wait(60_000);
        world.beat(&wei, back.id, 1, [(0, 120_000)]).await.unwrap();
        assert_eq!(minutes(&world.heard().await), [(1, 2, first.clone())], "the first minute is not paid again");
        world.reencode(video, &other, Some(300_000)).await;
        assert_eq!(world.open(&wei, video).await.covered, [crate::Span::new(0, 60_000)], "nor was that one lost");
        world.end().await;
    }
}

#[tokio::test]
async fn what_was_completed_stays_completed_whatever_comes_in_its_place() {
    for world in World::each().await {
        let (video, wei) = (world.video(30_000).await, world.student());
        assert!(world.watch(&wei, video, 30_000).await.completed);
        world.heard().await;
        world.replace(video, 90_000).await;
        let progress = world.learning.progress(wei.person, &[video]).await.unwrap()[&video];
        assert_eq!((progress.coverage, progress.completed), (1.0, true));
        world.watch(&wei, video, 90_000).await;
        let names = world.heard_names().await;
        assert!(!names.contains(&"LessonCompleted") && !names.contains(&"CourseCompleted"), "{names:?}");
        world.end().await;
    }
}

#[tokio::test]
async fn who_has_all_that_is_still_asked_has_completed_the_course() {
    for world in World::each().await {
        let (video, wei, min) = (world.video(30_000).await, world.student(), world.student());
        world.reading(&[5]).await;
        assert!(world.watch(&wei, video, 30_000).await.completed);
        world.open(&min, video).await;
        assert!(!world.heard_names().await.contains(&"CourseCompleted"));
        let (draft, reading) = world.draft(1).await;
        world.catalogue.delete_lesson(&world.lecturer, reading).await.unwrap();
        world.catalogue.publish_course(&world.lecturer, draft).await.unwrap();
        let heard = world.heard().await;
        let done: Vec<_> = heard.iter().filter(|event| event.name() == "CourseCompleted").collect();
        assert!(matches!(done[..], [Event::CourseCompleted { person, .. }] if *person == wei.person), "{heard:?}");
        let change = CourseChange { summary: Some("又改了一句".to_owned()), ..CourseChange::default() };
        let (draft, _) = world.draft(0).await;
        world.catalogue.update_course(&world.lecturer, draft, change).await.unwrap();
        world.catalogue.publish_course(&world.lecturer, draft).await.unwrap();
        assert!(!world.heard_names().await.contains(&"CourseCompleted"), "{}: once", world.test.name);
        world.end().await;
    }
}
