//! Who is a member of which team, as heard; and who chose to stand on the board of their branch.

use std::collections::HashMap;

use kernel::{
    Refusal, Result, Role, Viewer,
    id::{PersonId, UnitId},
};
use organisation::UnitKind;
use platform::Tx;

use crate::{
    Gamification,
    model::OptIn,
    rules::{neighbours, play, tableau::Member},
    store::members,
};

/// After a person, their unit or their roles changed.
pub async fn heard(house: &Gamification, tx: &Tx, person: PersonId) -> Result<()> {
    let kept = members::find(tx, person).await?;
    let now = house.member(person, kept.nickname.clone()).await?;
    if now != kept { members::save(tx, person, &now).await } else { Ok(()) }
}

impl Gamification {
    /// The person's teams as the roster has them now.
    pub(crate) async fn member(&self, person: PersonId, nickname: Option<String>) -> Result<Member> {
        let paths = self.0.organisation.student_paths(person).await?;
        if paths.is_empty() {
            return Ok(Member { nickname, ..Member::default() });
        }
        let unit = self.0.organisation.people(&[person]).await?.remove(&person).and_then(|person| person.unit);
        Ok(Member { paths, branch: self.branch(unit).await?, nickname })
    }

    /// The branch that holds the unit: itself, or one above it.
    async fn branch(&self, mut unit: Option<UnitId>) -> Result<Option<String>> {
        while let Some(id) = unit {
            let Some(found) = self.0.organisation.unit(id).await? else { return Ok(None) };
            if found.kind == UnitKind::Branch {
                return Ok(Some(found.path));
            }
            unit = found.parent;
        }
        Ok(None)
    }

    /// Everybody who studies, as the roster has them now; nicknames are not of the roster.
    pub(crate) async fn roster(&self) -> Result<HashMap<PersonId, Member>> {
        let root = self.0.organisation.root().await?;
        let mut all: HashMap<PersonId, Member> = HashMap::new();
        for (person, path) in self.0.organisation.students_beneath(&root.path).await? {
            all.entry(person).or_default().paths.push(path);
        }
        let ids: Vec<PersonId> = all.keys().copied().collect();
        let people = self.0.organisation.people(&ids).await?;
        for (person, member) in &mut all {
            member.paths.sort_unstable();
            member.branch = self.branch(people.get(person).and_then(|person| person.unit)).await?;
        }
        Ok(all)
    }

    /// As whom the person stands on the board of their branch; none: they do not.
    pub async fn opt_in(&self, person: PersonId) -> Result<Option<OptIn>> {
        let member = members::find(self.base().db.read(), person).await?;
        Ok(member.nickname.map(|nickname| OptIn { nickname }))
    }

    /// Onto the board of one's branch under a nickname, or off it, whenever one likes. Off forgets the nickname.
    pub async fn set_opt_in(&self, viewer: &Viewer, on: bool, nickname: Option<String>) -> Result<Option<OptIn>> {
        viewer.must(Role::Student)?;
        if on && !play::compared(self.0.organisation.school().await?.play) {
            return Err(Refusal::conflict("学校未开启排行榜。", "The school has not opened boards.").into());
        }
        let kept = self.opt_in(viewer.person).await?.map(|opted| opted.nickname);
        let nickname = match on {
            true => Some(nickname.map(|name| name.trim().to_owned()).or(kept).unwrap_or_default()),
            false => None,
        };
        nickname.as_deref().map(neighbours::check_nickname).transpose()?;
        let member = self.member(viewer.person, nickname.clone()).await?;
        let tx = self.base().db.begin().await?;
        members::save(&tx, viewer.person, &member).await?;
        tx.commit().await?;
        self.catch_up().await?;
        Ok(nickname.map(|nickname| OptIn { nickname }))
    }
}
