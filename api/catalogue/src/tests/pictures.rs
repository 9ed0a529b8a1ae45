//! Where the pictures of readings are used: now, in drafts, in versions that are kept.

use kernel::id::AssetId;

use super::{desk::Desk, world::World};

fn showing(picture: AssetId) -> String {
    format!("文\n\n![图](asset:{picture})")
}

impl Desk<'_> {
    /// A version is kept, and the course is changed in its place from then on.
    async fn publish_and_withdraw(&self, world: &World) {
        self.publish().await;
        world.house.withdraw_course(&self.lecturer, self.course).await.unwrap();
    }
}

/// Pictures within readings were offered as unused, and kept versions did not hold on to theirs.
#[tokio::test]
async fn a_picture_in_a_reading_is_in_use_and_stays_with_the_versions_that_show_it() {
    for world in World::each().await {
        let desk = world.desk().await;
        let picture = desk.picture().await;
        assert_eq!(desk.unused().await, [picture]);
        let lesson = desk.reading(&showing(picture)).await;
        assert!(desk.unused().await.is_empty(), "{}", world.test.name);
        desk.publish_and_withdraw(&world).await;
        desk.write(lesson, "没有图了。").await;
        let said = desk.held(picture).await;
        assert!(said.contains("《讲座》第 1 版"), "{said}");
        assert!(desk.unused().await.is_empty(), "{}", world.test.name);
        world.end().await;
    }
}
