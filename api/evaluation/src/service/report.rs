//! What those in charge may see: exactly the people of their units, by name.

use kernel::{
    Connection, Page, Refusal, Result, Role, Viewer,
    id::{PersonId, TermId, UnitId},
};
use organisation::Person;
use platform::audit::{self, Act};

use crate::{
    Evaluation,
    model::{Bucket, Indicator, Roll, Row, is_scored, place},
    rules::{scheme::Scheme, score},
};

const ROLES: [Role; 2] = [Role::Admin, Role::Auditor];

impl Evaluation {
    /// FORBIDDEN for who is neither admin nor auditor anywhere, NOT_FOUND outside the charge and for an unknown term. The read is recorded.
    pub async fn may_report(&self, viewer: &Viewer, term: Option<TermId>, unit: Option<UnitId>) -> Result<()> {
        let scope = self.scope(viewer, unit).await?;
        self.term(term).await?;
        let tx = self.base.db.begin().await?;
        for (unit, path) in &scope {
            let act = Act {
                actor: Some(viewer.person),
                action: "literacy.read",
                target: unit.to_string(),
                reason: None,
                path,
            };
            audit::record(&self.base, &tx, act).await?;
        }
        tx.commit().await
    }

    /// Ten buckets of half a point; who has no score is in none.
    pub async fn distribution(
        &self,
        viewer: &Viewer,
        term: Option<TermId>,
        unit: Option<UnitId>,
    ) -> Result<Vec<Bucket>> {
        let scope = self.scope(viewer, unit).await?;
        if self.term(term).await?.is_none() {
            return Ok(score::distribution(std::iter::empty()));
        }
        let scheme = self.scheme().await?;
        let people = self.scored(scope.iter().map(|(_, path)| path.as_str())).await?;
        let facts = self.facts(&people).await?;
        let scores = people.iter().filter_map(|person| {
            let (due, done) = score::sum(&facts.shares(person));
            score::quick_total(&scheme, due, done)
        });
        Ok(score::distribution(scores))
    }

    /// By name; only those on the page are scored.
    pub async fn rows(
        &self,
        viewer: &Viewer,
        term: Option<TermId>,
        unit: Option<UnitId>,
        page: &Page,
    ) -> Result<Connection<Row>> {
        let scope = self.scope(viewer, unit).await?;
        let after = page.after::<(String, String, PersonId)>()?;
        let mut people = Vec::new();
        if self.term(term).await?.is_some() {
            people = self.scored(scope.iter().map(|(_, path)| path.as_str())).await?;
        }
        if let Some((key, number, id)) = &after {
            people.retain(|person| place(person) > (key, number, *id));
        }
        people.truncate(usize::try_from(page.limit()).unwrap_or(usize::MAX));
        let rows = self.appraise(&*self.scheme().await?, people).await?;
        Ok(Connection::new(page, rows, |row: &Row| {
            (row.person.sort_key.clone(), row.person.number.clone(), row.person.id)
        }))
    }

    /// Everybody beneath the paths `scope`, by name, for an export; the caller answers for whose scope it is.
    pub async fn all_rows(&self, scope: &[String], term: Option<TermId>) -> Result<Roll> {
        let scheme = self.scheme().await?;
        let term = self.term(term).await?;
        let people = if term.is_some() { self.scored(scope.iter().map(String::as_str)).await? } else { Vec::new() };
        let rows = self.appraise(&scheme, people).await?;
        let notes = score::notes_of_all(&scheme, rows.iter().map(|row| row.indicators.as_slice()));
        Ok(Roll {
            term,
            scheme: scheme.version.clone(),
            as_of: self.base.now(),
            indicators: scheme.indicators.iter().map(|rule| rule.name.clone()).collect(),
            rows,
            notes,
        })
    }

    async fn appraise(&self, scheme: &Scheme, people: Vec<Person>) -> Result<Vec<Row>> {
        let facts = self.facts(&people).await?;
        let row = |person: Person| {
            let indicators: Vec<Indicator> = score::indicators(scheme, &facts.shares(&person));
            Row { person, score: score::total(&indicators), indicators }
        };
        Ok(people.into_iter().map(row).collect())
    }

    /// Whoever has a score beneath the paths, by name.
    async fn scored(&self, scope: impl Iterator<Item = &str>) -> Result<Vec<Person>> {
        let mut people = Vec::new();
        for path in scope {
            people.extend(self.organisation.people_beneath(path).await?.into_iter().filter(|p| is_scored(p.stage)));
        }
        people.sort_by(|a, b| place(a).cmp(&place(b)));
        Ok(people)
    }

    /// The units that a report is about, none inside another.
    async fn scope(&self, viewer: &Viewer, unit: Option<UnitId>) -> Result<Vec<(UnitId, String)>> {
        if !ROLES.iter().any(|role| viewer.has(*role)) {
            return Err(Refusal::forbidden().into());
        }
        if let Some(id) = unit {
            let unit = self.organisation.unit(id).await?.ok_or_else(Refusal::not_found)?;
            if !ROLES.iter().any(|role| viewer.covers(*role, &unit.path)) {
                return Err(Refusal::not_found().into());
            }
            return Ok(vec![(unit.id, unit.path)]);
        }
        let charges = viewer.charges.iter().filter(|charge| ROLES.contains(&charge.role));
        let mut units: Vec<(UnitId, String)> = charges.map(|charge| (charge.unit, charge.path.clone())).collect();
        units.sort_by(|a, b| a.1.cmp(&b.1));
        units.dedup_by(|inner, outer| inner.1.starts_with(&outer.1));
        Ok(units)
    }
}
