//! The weekly rhythm: how many days a week were asked for and done, and the calendar of weeks that do not count.

use std::collections::HashMap;

use kernel::{
    Day, Refusal, Result, Role, Viewer,
    id::{FreezeId, PersonId, UnitId},
};
use organisation::Unit;
use platform::audit::{self, Act};

use crate::{
    Gamification,
    model::{Freeze, Rhythm, Streak},
    rules::{
        calendar::{self, Goals},
        streak,
    },
    store::calendar as table,
};

/// Streaks and badges look no further back; longer than anybody studies.
pub const YEARS: i64 = 12;

impl Gamification {
    pub async fn streak(&self, person: PersonId) -> Result<Streak> {
        let today = self.base().today();
        let studied = self.0.learning.days_studied(person, today.plus(-YEARS * 366), today).await?;
        let (goals, freezes) = (self.goals_of(person).await?, self.freezes_of(person).await?);
        Ok(streak::streak(&studied, today, &goals, &freezes))
    }

    /// How many days a week are asked for: by the school, and by the person of themselves.
    pub async fn rhythm(&self, person: PersonId) -> Result<Rhythm> {
        Ok(self.goals_of(person).await?.rhythm(self.base().today()))
    }

    /// One's own goal from the coming Monday on; none: the school's again.
    pub async fn set_rhythm(&self, viewer: &Viewer, days: Option<u32>) -> Result<Rhythm> {
        if let Some(days) = days {
            calendar::check_days("days", days)?;
        }
        let monday = self.base().today().monday().plus(7);
        let tx = self.base().db.begin().await?;
        table::set_rhythm(&tx, viewer.person.uuid(), monday, days.unwrap_or(0)).await?;
        tx.commit().await?;
        self.rhythm(viewer.person).await
    }

    /// The school's goal from the coming Monday on; an admin of the whole school sets it.
    pub async fn set_school_rhythm(&self, viewer: &Viewer, days: u32) -> Result<()> {
        let root = self.0.organisation.root().await?;
        if !viewer.covers(Role::Admin, &root.path) {
            return Err(Refusal::forbidden().into());
        }
        calendar::check_days("days", days)?;
        let monday = self.base().today().monday().plus(7);
        let tx = self.base().db.begin().await?;
        table::set_rhythm(&tx, root.id.uuid(), monday, days).await?;
        self.record(&tx, viewer, "play.set_rhythm", (root.id.to_string(), days.to_string()), &root.path).await?;
        tx.commit().await
    }

    /// Those that hold for the viewer, and those in the viewer's charge.
    pub async fn freezes(&self, viewer: &Viewer) -> Result<Vec<Freeze>> {
        let mut all = table::freezes(self.base().db.read()).await?;
        all.retain(|freeze| viewer.path.starts_with(&freeze.path) || viewer.covers(Role::Admin, &freeze.path));
        Ok(all)
    }

    /// Unguarded: whoever asks knows who may see what.
    pub async fn freezes_by_id(&self, ids: &[FreezeId]) -> Result<HashMap<FreezeId, Freeze>> {
        let all = table::freezes(self.base().db.read()).await?;
        Ok(all.into_iter().filter(|freeze| ids.contains(&freeze.id)).map(|freeze| (freeze.id, freeze)).collect())
    }

    /// Exam weeks or holidays of a unit and all beneath it; none: of the school. It needs nothing from anybody whom it spares.
    pub async fn add_freeze(
        &self,
        viewer: &Viewer,
        title: &str,
        from: Day,
        to: Day,
        unit: Option<UnitId>,
    ) -> Result<Freeze> {
        let unit = self.in_charge(viewer, unit).await?;
        let title = title.trim().to_owned();
        calendar::check_freeze(&title, from, to)?;
        let freeze = Freeze { id: self.base().id(), title, from, to, unit: unit.id, path: unit.path };
        let tx = self.base().db.begin().await?;
        table::insert_freeze(&tx, &freeze).await?;
        let what = format!("{} {from} – {to}", freeze.title);
        self.record(&tx, viewer, "play.add_freeze", (freeze.id.to_string(), what), &freeze.path).await?;
        tx.commit().await?;
        Ok(freeze)
    }

    pub async fn remove_freeze(&self, viewer: &Viewer, id: FreezeId) -> Result<()> {
        viewer.must(Role::Admin)?;
        let found = table::freeze(self.base().db.read(), id).await?;
        let freeze = found.filter(|freeze| viewer.covers(Role::Admin, &freeze.path)).ok_or_else(Refusal::not_found)?;
        let tx = self.base().db.begin().await?;
        table::delete_freeze(&tx, id).await?;
        let what = format!("{} {} – {}", freeze.title, freeze.from, freeze.to);
        self.record(&tx, viewer, "play.remove_freeze", (id.to_string(), what), &freeze.path).await?;
        tx.commit().await
    }

    /// The unit, for an admin in charge of it; none is the school. What is not in the viewer's charge is not found.
    pub(crate) async fn in_charge(&self, viewer: &Viewer, unit: Option<UnitId>) -> Result<Unit> {
        viewer.must(Role::Admin)?;
        let unit = match unit {
            Some(id) => self.0.organisation.unit(id).await?.ok_or_else(Refusal::not_found)?,
            None => self.0.organisation.root().await?,
        };
        if !viewer.covers(Role::Admin, &unit.path) {
            return Err(Refusal::not_found().into());
        }
        Ok(unit)
    }

    pub(crate) async fn record(
        &self,
        tx: &platform::Tx,
        viewer: &Viewer,
        action: &str,
        (target, reason): (String, String),
        path: &str,
    ) -> Result<()> {
        let act = Act { actor: Some(viewer.person), action, target, reason: Some(reason), path };
        audit::record(self.base(), tx, act).await
    }

    pub(crate) async fn goals_of(&self, person: PersonId) -> Result<Goals> {
        let (root, db) = (self.0.organisation.root().await?, self.base().db.read());
        let school = table::rhythm(db, root.id.uuid()).await?;
        Ok(Goals { school, own: table::rhythm(db, person.uuid()).await? })
    }

    pub(crate) async fn freezes_of(&self, person: PersonId) -> Result<Vec<Freeze>> {
        let mut all = table::freezes(self.base().db.read()).await?;
        let path = self.0.organisation.person(person).await?.map(|person| person.path).unwrap_or_default();
        all.retain(|freeze| path.starts_with(&freeze.path));
        Ok(all)
    }
}
