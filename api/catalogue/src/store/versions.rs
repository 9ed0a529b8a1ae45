//! Versions that are kept, and the texts in them, each once.

use std::collections::{HashMap, HashSet};

use kernel::{
    Millis, Result,
    id::{AssetId, CourseId, LessonId},
};
use platform::Tx;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::OnConflict,
};
use serde::{Deserialize, Serialize};

use super::MANY;
use crate::{
    model::{Contents, CourseVersion, Snapshot},
    rules::pictures,
    tables::{
        kept::{review, text, version, version_asset},
        reading,
    },
};

/// A snapshot as it stands in JSON.
#[derive(Serialize, Deserialize)]
#[serde(tag = "version")]
enum Stored {
    #[serde(rename = "1")]
    One(Snapshot),
}

/// When each version was published, and its tags.
pub type Published = Vec<(Millis, Vec<String>)>;

/// Of a snapshot only its tags: outlines are long.
#[derive(Deserialize)]
struct Tagged {
    #[serde(default)]
    tags: Vec<String>,
}

/// A reading as it stands: format, source, what is shown.
pub struct Written {
    pub format: String,
    pub source: String,
    pub html: String,
}

pub async fn readings(db: &impl ConnectionTrait, lessons: &[LessonId]) -> Result<HashMap<LessonId, Written>> {
    let ids = lessons.iter().map(|id| id.uuid());
    let rows = reading::Entity::find().filter(reading::Column::Lesson.is_in(ids)).all(db).await?;
    let written = |row: reading::Model| Written { format: row.format, source: row.source, html: row.html };
    Ok(rows.into_iter().map(|row| (row.lesson.into(), written(row))).collect())
}

/// With its texts and the files that it names.
pub async fn insert(tx: &Tx, new: &CourseVersion, contents: &Contents) -> Result<()> {
    for (hash, body) in &contents.texts {
        let once = OnConflict::column(text::Column::Hash).do_nothing().to_owned();
        let row = text::ActiveModel { hash: Set(hash.clone()), body: Set(body.clone()) };
        text::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
    }
    let row = version::ActiveModel {
        course: Set(new.course.uuid()),
        number: Set(i32::try_from(new.number)?),
        digest: Set(new.digest.clone()),
        content: Set(serde_json::to_string(&Stored::One(contents.snapshot.clone()))?),
        source: Set(new.source.clone()),
        edition: Set(new.edition.clone()),
        published_by: Set(new.published_by.uuid()),
        published_at: Set(new.published_at),
        submission: Set(new.submission.map(Into::into)),
    };
    version::Entity::insert(row).exec_without_returning(tx).await?;
    let mut files: HashSet<AssetId> = contents.snapshot.assets().into_iter().collect();
    files.extend(contents.texts.values().flat_map(|text| pictures::named(text, usize::MAX)));
    for asset in files {
        let row = version_asset::ActiveModel {
            course: Set(new.course.uuid()),
            number: Set(i32::try_from(new.number)?),
            asset: Set(asset.uuid()),
        };
        version_asset::Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Newest first.
pub async fn of(db: &impl ConnectionTrait, course: CourseId) -> Result<Vec<CourseVersion>> {
    let query = version::Entity::find().filter(version::Column::Course.eq(course.uuid()));
    told(db, query.order_by_desc(version::Column::Number).all(db).await?).await
}

pub async fn find(db: &impl ConnectionTrait, course: CourseId, number: u32) -> Result<Option<CourseVersion>> {
    let rows: Vec<_> = row(db, course, number).await?.into_iter().collect();
    Ok(told(db, rows).await?.pop())
}

async fn row(db: &impl ConnectionTrait, course: CourseId, number: u32) -> Result<Option<version::Model>> {
    Ok(version::Entity::find_by_id((course.uuid(), i32::try_from(number)?)).one(db).await?)
}

/// When each version of these courses was published and under which tags, up to the number given: the first one first.
pub async fn tags(db: &impl ConnectionTrait, upto: &HashMap<CourseId, u32>) -> Result<HashMap<CourseId, Published>> {
    let ids: Vec<CourseId> = upto.keys().copied().collect();
    let mut all: HashMap<CourseId, Published> = HashMap::new();
    for some in ids.chunks(MANY) {
        let query = version::Entity::find().filter(version::Column::Course.is_in(some.iter().map(|id| id.uuid())));
        for row in query.order_by_asc(version::Column::Number).all(db).await? {
            let course = CourseId::new(row.course);
            if upto.get(&course).is_some_and(|number| u32::try_from(row.number).is_ok_and(|own| own <= *number)) {
                let Tagged { tags } = serde_json::from_str(&row.content)?;
                all.entry(course).or_default().push((row.published_at, tags));
            }
        }
    }
    Ok(all)
}

pub async fn contents(db: &impl ConnectionTrait, course: CourseId, number: u32) -> Result<Option<Contents>> {
    let Some(row) = row(db, course, number).await? else { return Ok(None) };
    let Stored::One(snapshot) = serde_json::from_str(&row.content)?;
    let mut texts = HashMap::new();
    for some in snapshot.texts().chunks(MANY) {
        let rows = text::Entity::find().filter(text::Column::Hash.is_in(some.iter().cloned())).all(db).await?;
        texts.extend(rows.into_iter().map(|row| (row.hash, row.body)));
    }
    Ok(Some(Contents { snapshot, texts }))
}

async fn told(db: &impl ConnectionTrait, rows: Vec<version::Model>) -> Result<Vec<CourseVersion>> {
    let submissions = rows.iter().filter_map(|row| row.submission);
    let query = review::Entity::find().filter(review::Column::Submission.is_in(submissions));
    let query = query.filter(review::Column::Approved.eq(true)).order_by_asc(review::Column::At);
    let approvals = query.all(db).await?;
    rows.into_iter()
        .map(|row| {
            let theirs = approvals.iter().filter(|review| Some(review.submission) == row.submission);
            Ok(CourseVersion {
                course: row.course.into(),
                number: u32::try_from(row.number)?,
                digest: row.digest,
                source: row.source,
                edition: row.edition,
                published_by: row.published_by.into(),
                published_at: row.published_at,
                submission: row.submission.map(Into::into),
                reviewers: theirs.map(|review| review.reviewer.into()).collect(),
            })
        })
        .collect()
}
