//! What a course is filed under.

use ::catalogue as house;
use async_graphql::{Context, ID, InputObject, Object, Result};
use kernel::id::CourseId;

use super::{Course, author::CoursePayload};
use crate::{
    context::{houses, loaders, viewer},
    error::told,
    loaders::LabelsOf,
    organisation::Stage,
    scalar,
};

/// Takes the place of what was there.
#[derive(InputObject)]
pub struct CourseLabelsInput {
    /// At most 12, each of at most 20 characters. Students find the course by them, and are offered them while typing.
    tags: Vec<String>,
    stages: Vec<Stage>,
}

pub async fn of(ctx: &Context<'_>, course: CourseId) -> Result<house::Labels> {
    Ok(loaders(ctx).load_one(LabelsOf(course)).await.map_err(told(ctx))?.unwrap_or_default())
}

#[derive(Default)]
pub struct LabelMutation;

#[Object]
impl LabelMutation {
    /// By who teaches it, or an admin of its unit; whatever its status.
    async fn label_course(&self, ctx: &Context<'_>, id: ID, input: CourseLabelsInput) -> Result<CoursePayload> {
        let viewer = viewer(ctx)?;
        let id = scalar::id(&id).map_err(told(ctx))?;
        let stages = input.stages.into_iter().map(Into::into).collect();
        let labels = house::Labels { tags: input.tags, stages };
        let course = houses(ctx).catalogue.label_course(viewer, id, labels).await.map_err(told(ctx))?;
        Ok(CoursePayload { course: Course(course) })
    }
}
