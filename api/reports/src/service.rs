//! The use cases: the credit report of those in charge, and its export.

mod export;
mod fill;
mod report;

use kernel::{Charge, Refusal, Result, Role, id::UnitId};

use crate::Reports;

const ROLES: [Role; 2] = [Role::Admin, Role::Auditor];

impl Reports {
    /// The units that a report is about, none inside another: the one asked for, else all in charge. FORBIDDEN for who is neither admin nor
    /// auditor anywhere, NOT_FOUND outside the charge.
    async fn scope(&self, charges: &[Charge], unit: Option<UnitId>) -> Result<Vec<(UnitId, String)>> {
        let mine: Vec<&Charge> = charges.iter().filter(|charge| ROLES.contains(&charge.role)).collect();
        if mine.is_empty() {
            return Err(Refusal::forbidden().into());
        }
        if let Some(id) = unit {
            let unit = self.organisation.unit(id).await?.ok_or_else(Refusal::not_found)?;
            if !mine.iter().any(|charge| unit.path.starts_with(&charge.path)) {
                return Err(Refusal::not_found().into());
            }
            return Ok(vec![(unit.id, unit.path)]);
        }
        let mut units: Vec<(UnitId, String)> = mine.iter().map(|charge| (charge.unit, charge.path.clone())).collect();
        units.sort_by(|a, b| a.1.cmp(&b.1));
        units.dedup_by(|inner, outer| inner.1.starts_with(&outer.1));
        Ok(units)
    }
}

fn paths(scope: Vec<(UnitId, String)>) -> Vec<String> {
    scope.into_iter().map(|(_, path)| path).collect()
}
