//! Reading packs, adding them, bringing them into force, and settling what their numbers rest on.

use std::collections::HashMap;

use kernel::{Day, Refusal, Result, Role, Viewer, id::PersonId, refusal::FieldFault};
use platform::{
    Tx,
    audit::{self, Act},
};

use crate::{
    Credits,
    model::{PackView, Sample, Tried},
    rules::{
        faults::Fault,
        force::{Known, Packs},
        pack::Pack,
        view,
    },
    store::{self, packs},
};

/// Longer is no rule pack.
const LONGEST_TEXT: usize = 200_000;
const LONGEST_NOTE: usize = 500;

impl Credits {
    /// The pack in force; for who is in charge of the school (and its auditors) all packs.
    pub async fn rule_packs(&self, viewer: &Viewer) -> Result<Vec<PackView>> {
        let (packs, today) = (self.packs().await?, self.base().today());
        let (admin, auditor) = (self.rules(viewer, Role::Admin).await?, self.rules(viewer, Role::Auditor).await?);
        let names = self.names(&packs).await?;
        let shown = |known: &&Known| admin || auditor || packs.version_on(today) == known.pack.version;
        let view = |known: &Known| view::pack(&packs, known, today, self.base().zone, &names, admin);
        let mut views: Vec<PackView> = packs.known.iter().filter(shown).map(view).collect();
        views.sort_by_key(|one| view::order(one.state));
        Ok(views)
    }

    /// A draft; the same version may be sent again until it was activated. What is wrong with it is told with line and column.
    pub async fn add_pack(&self, viewer: &Viewer, text: &str) -> Result<PackView> {
        let path = self.must_rule(viewer).await?;
        let pack = read(text)?;
        let (tx, packs) = self.begin().await?;
        let old = packs.find(&pack.version);
        if old.is_some_and(|known| known.shipped) || packs.is_used(&pack.version) {
            let zh = format!("版本「{}」已经启用过或为平台自带，不能修改；请换一个版本名。", pack.version);
            let en =
                format!("Version \"{}\" was used or is shipped and never changes; choose another name.", pack.version);
            return Err(Refusal::conflict(zh, en).into());
        }
        let known = Known { pack: pack.into(), text: text.to_owned(), shipped: false };
        packs::put(&tx, &known, Some(viewer.person), self.base().now()).await?;
        let version = known.pack.version.clone();
        self.note(&tx, viewer, "credits.pack_add", version.clone(), None, &path).await?;
        tx.commit().await?;
        self.told(viewer, &version).await
    }

    /// In force from that day on; entries that stand are never touched, so nothing may be paid for that day or a later one yet.
    pub async fn activate_pack(&self, viewer: &Viewer, version: &str, from: Day) -> Result<PackView> {
        let path = self.must_rule(viewer).await?;
        let (tx, packs) = self.begin().await?;
        let known = packs.find(version).ok_or_else(Refusal::not_found)?;
        if store::packs::paid_since(&tx, from).await? {
            let zh = "这一天或之后已经有计分记录，请选择更晚的日期。";
            return Err(Refusal::invalid("from", zh, "Entries stand on this day or later; choose a later day.").into());
        }
        let now = self.base().now();
        packs::keep(&tx, known, now).await?;
        packs::activate(&tx, version, from, viewer.person, now).await?;
        self.note(&tx, viewer, "credits.pack_activate", version.to_owned(), Some(from.to_string()), &path).await?;
        tx.commit().await?;
        self.told(viewer, version).await
    }

    /// The school has checked that the number rests on its document. The pack itself stays as it is.
    pub async fn confirm_basis(&self, viewer: &Viewer, version: &str, number: &str, note: &str) -> Result<PackView> {
        let path = self.must_rule(viewer).await?;
        let note = note.trim();
        if note.is_empty() || note.chars().count() > LONGEST_NOTE {
            let (zh, en) = (
                "请用 1 到 500 字写明核对所据的文件和条款。",
                "Please name what it was checked against, 1 to 500 characters.",
            );
            return Err(Refusal::invalid("note", zh, en).into());
        }
        let (tx, packs) = self.begin().await?;
        let known = packs.find(version).ok_or_else(Refusal::not_found)?;
        let numbers = known.pack.numbers();
        let found = numbers.iter().find(|one| one.path == number).ok_or_else(Refusal::not_found)?;
        if found.basis.checked.is_some() {
            let (zh, en) = ("该数字的依据已经写明核对人。", "The pack itself says who checked this number.");
            return Err(Refusal::conflict(zh, en).into());
        }
        packs::confirm(&tx, version, number, note, viewer.person, self.base().now()).await?;
        let target = format!("{version}#{number}");
        self.note(&tx, viewer, "credits.basis_confirm", target, Some(note.to_owned()), &path).await?;
        tx.commit().await?;
        self.told(viewer, version).await
    }

    /// What a pack, by its version or by its text, makes of one fact on a day on which nothing was earned yet.
    pub async fn try_fact(&self, viewer: &Viewer, version_or_text: &str, sample: &Sample) -> Result<Tried> {
        viewer.must(Role::Admin)?;
        let packs = self.packs().await?;
        let today = self.base().today();
        // A version is one word; a text has lines.
        if version_or_text.contains('\n') {
            return Ok(view::tried(&read(version_or_text)?, sample, today, self.base().zone)?);
        }
        let known = packs.find(version_or_text).ok_or_else(Refusal::not_found)?;
        Ok(view::tried(&known.pack, sample, today, self.base().zone)?)
    }

    /// Whether the role is held for the whole school.
    async fn rules(&self, viewer: &Viewer, role: Role) -> Result<bool> {
        Ok(viewer.has(role) && viewer.covers(role, &self.0.organisation.root().await?.path))
    }

    /// The path of the school, for who is in charge of all of it.
    pub(super) async fn must_rule(&self, viewer: &Viewer) -> Result<String> {
        viewer.must(Role::Admin)?;
        let root = self.0.organisation.root().await?;
        if viewer.covers(Role::Admin, &root.path) { Ok(root.path) } else { Err(Refusal::forbidden().into()) }
    }

    /// A transaction in which nobody else pays or changes packs, and the packs in it.
    async fn begin(&self) -> Result<(Tx, std::sync::Arc<Packs>)> {
        let tx = self.base().db.begin().await?;
        let head = store::lock_head(&tx).await?;
        let packs = self.packs_in(&tx, head).await?;
        Ok((tx, packs))
    }

    pub(super) async fn note(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        action: &str,
        target: String,
        reason: Option<String>,
        path: &str,
    ) -> Result<()> {
        audit::record(self.base(), tx, Act { actor: Some(viewer.person), action, target, reason, path }).await
    }

    async fn told(&self, viewer: &Viewer, version: &str) -> Result<PackView> {
        self.forget_packs().await;
        let found = self.rule_packs(viewer).await?.into_iter().find(|view| view.version == version);
        Ok(found.ok_or_else(Refusal::not_found)?)
    }

    async fn names(&self, packs: &Packs) -> Result<HashMap<PersonId, String>> {
        let ids: Vec<PersonId> = packs.confirmed.values().map(|confirmed| confirmed.by).collect();
        let people = self.0.organisation.people(&ids).await?;
        Ok(people.into_iter().map(|(id, person)| (id, person.name)).collect())
    }
}

/// The pack, or a refusal with every fault in it.
fn read(text: &str) -> Result<Pack, Refusal> {
    if text.len() > LONGEST_TEXT {
        return Err(Refusal::invalid("toml", "规则包文本过长。", "The text of the pack is too long."));
    }
    let field = |fault: &Fault| FieldFault { path: "toml".to_owned(), text: fault.told() };
    Pack::try_new(text).map_err(|faults| Refusal::invalid_fields(faults.iter().map(field).collect()))
}
