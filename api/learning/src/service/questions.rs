//! The questions of a lesson as its lecturer wrote them, in the shape in which a study freezes them.

use kernel::{Result, id::LessonId};

use crate::{Learning, model::Question};

/// In the order of their stretches; none where the lecturer wrote none, and then nothing is asked.
pub async fn questions_of(house: &Learning, lesson: LessonId) -> Result<Vec<Question>> {
    let written = house.catalogue.questions(lesson).await?;
    let frozen = written.into_iter().map(|one| Question {
        id: one.id,
        start: one.start,
        end: one.end,
        prompt: one.prompt,
        options: one.options,
        right: one.right,
    });
    Ok(frozen.collect())
}
