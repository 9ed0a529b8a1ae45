//! Courses that were handed in for review, and what reviewers said.

use std::collections::HashMap;

use kernel::{
    Connection, Millis, Page, Result,
    id::{CourseId, PersonId, SubmissionId},
};
use platform::Tx;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use super::word;
use crate::{
    model::{Outcome, Review, Submission},
    tables::kept::{review, submission},
};

pub async fn insert(tx: &Tx, new: &Submission) -> Result<()> {
    let row = submission::ActiveModel {
        id: Set(new.id.uuid()),
        course: Set(new.course.uuid()),
        target: Set(new.target.uuid()),
        title: Set(new.title.clone()),
        audience: Set(new.audience.clone()),
        submitted_by: Set(new.submitted_by.uuid()),
        submitted_at: Set(new.submitted_at),
        outcome: Set(new.outcome.name().to_owned()),
        closed_at: Set(new.closed_at),
    };
    submission::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn add_review(tx: &Tx, submission: SubmissionId, new: &Review) -> Result<()> {
    let row = review::ActiveModel {
        submission: Set(submission.uuid()),
        reviewer: Set(new.reviewer.uuid()),
        approved: Set(new.approved),
        reason: Set(new.reason.clone()),
        at: Set(new.at),
    };
    review::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn close(tx: &Tx, id: SubmissionId, outcome: Outcome, at: Millis) -> Result<()> {
    let row = submission::ActiveModel {
        id: Set(id.uuid()),
        outcome: Set(outcome.name().to_owned()),
        closed_at: Set(Some(at)),
        ..Default::default()
    };
    row.update(tx).await?;
    Ok(())
}

pub async fn find(db: &impl ConnectionTrait, id: SubmissionId) -> Result<Option<Submission>> {
    let rows: Vec<_> = submission::Entity::find_by_id(id.uuid()).one(db).await?.into_iter().collect();
    Ok(told(db, rows).await?.pop())
}

/// The newest of each of these courses.
pub async fn latest(db: &impl ConnectionTrait, courses: &[CourseId]) -> Result<HashMap<CourseId, Submission>> {
    let theirs = submission::Column::Course.is_in(courses.iter().map(|id| id.uuid()));
    let query = submission::Entity::find().filter(theirs);
    let rows = query.order_by_asc(submission::Column::SubmittedAt).order_by_asc(submission::Column::Id).all(db).await?;
    Ok(told(db, rows).await?.into_iter().map(|submission| (submission.course, submission)).collect())
}

/// Those that wait, of courses at or beneath one of the paths; the oldest first.
pub async fn open(db: &impl ConnectionTrait, paths: &[String], page: &Page) -> Result<Connection<Submission>> {
    let mut within = Condition::any();
    for path in paths {
        within = within.add(submission::Column::Audience.starts_with(path.as_str()));
    }
    let all = submission::Entity::find()
        .filter(submission::Column::Outcome.eq(Outcome::Open.name()))
        .filter(if paths.is_empty() { within.add(submission::Column::SubmittedAt.lt(0)) } else { within });
    let total = all.clone().count(db).await?;
    let query = match page.after::<(Millis, SubmissionId)>()? {
        Some((at, id)) => {
            let same = Condition::all().add(submission::Column::SubmittedAt.eq(at));
            let same = same.add(submission::Column::Id.gt(id.uuid()));
            all.filter(Condition::any().add(submission::Column::SubmittedAt.gt(at)).add(same))
        }
        None => all,
    };
    let query = query.order_by_asc(submission::Column::SubmittedAt).order_by_asc(submission::Column::Id);
    let rows = told(db, query.limit(page.limit()).all(db).await?).await?;
    Ok(Connection::new(page, rows, |one: &Submission| (one.submitted_at, one.id)).with_total(total))
}

async fn told(db: &impl ConnectionTrait, rows: Vec<submission::Model>) -> Result<Vec<Submission>> {
    let ids = rows.iter().map(|row| row.id);
    let found = review::Entity::find().filter(review::Column::Submission.is_in(ids));
    let mut reviews: HashMap<SubmissionId, Vec<Review>> = HashMap::new();
    for row in found.order_by_asc(review::Column::At).order_by_asc(review::Column::Reviewer).all(db).await? {
        let one =
            Review { reviewer: PersonId::new(row.reviewer), approved: row.approved, reason: row.reason, at: row.at };
        reviews.entry(row.submission.into()).or_default().push(one);
    }
    rows.into_iter()
        .map(|row| {
            Ok(Submission {
                id: row.id.into(),
                course: row.course.into(),
                target: row.target.into(),
                title: row.title,
                audience: row.audience,
                submitted_by: row.submitted_by.into(),
                submitted_at: row.submitted_at,
                outcome: word(Outcome::parse(&row.outcome), &row.outcome)?,
                closed_at: row.closed_at,
                reviews: reviews.remove(&SubmissionId::new(row.id)).unwrap_or_default(),
            })
        })
        .collect()
}
