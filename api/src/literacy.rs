//! Scores for the sheets of `reports`: evaluation and reports are neighbours, so the gate hands one's answer to the other.

use std::sync::Arc;

use evaluation::{Evaluation, Row};
use futures::FutureExt;
use kernel::{Result, id::TermId};
use reports::{LiteracyLine, LiteracySheet, LiteracySource};

pub fn source(evaluation: &Evaluation) -> LiteracySource {
    let evaluation = evaluation.clone();
    Arc::new(move |scope, term| {
        let evaluation = evaluation.clone();
        async move { sheet(&evaluation, &scope, term).await }.boxed()
    })
}

async fn sheet(evaluation: &Evaluation, scope: &[String], term: Option<TermId>) -> Result<LiteracySheet> {
    let roll = evaluation.all_rows(scope, term).await?;
    let line = |row: Row| LiteracyLine {
        person: row.person,
        score: row.score,
        indicators: row.indicators.into_iter().map(|indicator| indicator.score).collect(),
    };
    Ok(LiteracySheet {
        term: roll.term,
        scheme: roll.scheme,
        as_of: roll.as_of,
        indicators: roll.indicators,
        rows: roll.rows.into_iter().map(line).collect(),
        notes: roll.notes,
    })
}
