//! Where boards come from: the sums of the ledger and the members as they are now, and what was added since.

use std::collections::{BTreeMap, HashMap};

use kernel::{Amount, Day, Result, id::PersonId};

use crate::{
    Gamification,
    rules::{
        board,
        tableau::{self, Feed, Mark, Since, Tableau},
    },
    store::members,
};

/// Entries of one step.
const STEP: i64 = 5_000;

impl Gamification {
    /// The periods of today.
    pub(crate) async fn plan(&self) -> Result<Vec<Since>> {
        let today = self.base().today();
        let term = self.0.organisation.term_of(today).await?;
        Ok(board::plan(today, term.as_ref()))
    }

    /// Everything from the database. Members are read after the number that they are marked with, so a change in between comes again.
    pub(crate) async fn load(&self, plan: Vec<Since>) -> Result<Tableau> {
        let change = members::last_change(self.base().db.read()).await?;
        let (members, _) = members::changed(self.base().db.read(), 0).await?;
        let mut mark = Mark { change, plan, ..Mark::default() };
        let mut periods = Vec::with_capacity(mark.plan.len());
        for since in &mark.plan {
            let standings = self.0.credits.standings(*since).await?;
            mark.entry = mark.entry.max(standings.upto);
            periods.push((*since, standings));
        }
        let mut known: HashMap<PersonId, BTreeMap<Since, i64>> = HashMap::new();
        for (since, standings) in periods {
            for (person, points) in standings.points {
                *known.entry(person).or_default().entry(since).or_default() += points.thousandths();
            }
            for (person, day, points) in self.between(standings.upto, mark.entry).await? {
                if since.is_none_or(|first| day >= first) {
                    *known.entry(person).or_default().entry(since).or_default() += points.thousandths();
                }
            }
        }
        mark.entry_at = self.0.credits.following(mark.entry, 0).await?.after_at;
        let feed = Feed { members, next: mark.clone(), ..Feed::default() };
        let mut tableau = Tableau::with_points(known);
        let step = tableau::step(tableau.known(&feed), &feed);
        tableau.apply(&step, mark);
        Ok(tableau)
    }

    /// What was posted while the periods were read one after the other.
    async fn between(&self, mut after: i64, upto: i64) -> Result<Vec<(PersonId, Day, Amount)>> {
        let mut all = Vec::new();
        while after < upto {
            let some = self.0.credits.following(after, STEP.min(upto - after)).await?;
            if some.upto <= after {
                break;
            }
            after = some.upto;
            all.extend(some.points);
        }
        Ok(all)
    }

    /// The periods of today, where they are others than the mark's and can be gone on with from there.
    pub(crate) async fn carried(&self, mark: &Mark) -> Result<Option<Vec<Since>>> {
        let plan = self.plan().await?;
        let last = mark.entry_at.map(|at| self.base().zone.day(at));
        Ok(Some(plan).filter(|plan| *plan != mark.plan && mark.carries(plan, last)))
    }

    /// What was added since the mark; none where the mark is not of this ledger, or of other periods.
    pub(crate) async fn feed(&self, mark: &Mark) -> Result<Option<Feed>> {
        if mark.plan != self.plan().await? {
            return Ok(None);
        }
        let (members, change) = members::changed(self.base().db.read(), mark.change).await?;
        let following = self.0.credits.following(mark.entry, STEP).await?;
        if following.after_at != mark.entry_at || following.upto < mark.entry {
            return Ok(None);
        }
        let more = following.upto - mark.entry >= STEP;
        let next = Mark { entry: following.upto, entry_at: following.upto_at, change, plan: mark.plan.clone() };
        Ok(Some(Feed { points: following.points, members, next, more }))
    }
}
