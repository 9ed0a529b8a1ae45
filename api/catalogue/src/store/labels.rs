//! Labels of courses.

use std::collections::HashMap;

use kernel::{Result, id::CourseId};
use organisation::Stage;
use platform::Tx;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Query, SelectStatement},
};

use super::MANY;
use crate::{model::Labels, tables::label};

const TAG: &str = "TAG";
const STAGE: &str = "STAGE";

pub async fn of(db: &impl ConnectionTrait, courses: &[CourseId]) -> Result<HashMap<CourseId, Labels>> {
    let mut all: HashMap<CourseId, Labels> = HashMap::new();
    for some in courses.chunks(MANY) {
        let ids = some.iter().map(|course| course.uuid());
        let query = label::Entity::find().filter(label::Column::Course.is_in(ids)).order_by_asc(label::Column::Value);
        for row in query.all(db).await? {
            let labels = all.entry(row.course.into()).or_default();
            match row.kind.as_str() {
                STAGE => labels.stages.extend(Stage::parse(&row.value)),
                _ => labels.tags.push(row.value),
            }
        }
    }
    // One database sorts by bytes, the other as its cluster does: a school that moves has no other labels for it.
    all.values_mut().for_each(|labels| labels.tags.sort_unstable());
    Ok(all)
}

/// The courses that have a tag.
pub fn tagged() -> SelectStatement {
    let tag = label::Column::Kind.eq(TAG);
    Query::select().column(label::Column::Course).from(label::Entity).and_where(tag).to_owned()
}

/// Those of one course onto another, in the place of what that had.
pub async fn copy(tx: &Tx, from: CourseId, to: CourseId) -> Result<()> {
    let labels = of(tx, &[from]).await?.remove(&from).unwrap_or_default();
    replace(tx, to, &labels).await
}

pub async fn delete(tx: &Tx, course: CourseId) -> Result<()> {
    replace(tx, course, &Labels::default()).await
}

pub async fn replace(tx: &Tx, course: CourseId, labels: &Labels) -> Result<()> {
    label::Entity::delete_many().filter(label::Column::Course.eq(course.uuid())).exec(tx).await?;
    let row = |kind: &str, value: &str| label::ActiveModel {
        course: Set(course.uuid()),
        kind: Set(kind.to_owned()),
        value: Set(value.to_owned()),
    };
    let tags = labels.tags.iter().map(|tag| row(TAG, tag));
    let rows: Vec<_> = tags.chain(labels.stages.iter().map(|stage| row(STAGE, stage.name()))).collect();
    if !rows.is_empty() {
        label::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}
