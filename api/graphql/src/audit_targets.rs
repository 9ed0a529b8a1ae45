//! What an act of the audit log was done to, by name: as far as the asker may know it, and what of it they may open. Everything loads in batches,
//! however long the page of the log.

use std::{collections::HashMap, hash::Hash, str::FromStr};

use ::{
    appeals::Appeal,
    catalogue::Course,
    credits::{Adjustment, Waiting},
    gamification::{Freeze, Goal},
    media::Asset,
    organisation::Person,
    reports::{Export, ExportFormat, ExportKind},
};
use async_graphql::{Context, ID, Result, SimpleObject, dataloader::Loader};
use kernel::{
    Error, Refusal, Role, Viewer,
    id::{
        AdjustmentId, AppealId, AssetId, CourseId, EntryId, ExportId, FlagId, FreezeId, GoalId, LessonId, PersonId,
        UnitId, WaitingId,
    },
    text::Text,
};

use crate::{
    context::{loaders, viewer},
    error::told,
    loaders::Loaders,
};

/// One of the things that an act was done to.
#[derive(SimpleObject, Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditTarget {
    /// As it was written down; a word, where the thing has no id.
    id: String,
    /// Null for what the asker may not know by name, and for what is not there any more.
    name: Option<String>,
    /// It was deleted.
    gone: bool,
    /// What the asker may open to look at it: itself, of a lesson its course. Null where there is nothing, or not for them.
    opens: Option<ID>,
}

impl AuditTarget {
    fn named(name: impl Into<String>, is_seen: bool) -> Self {
        Self { name: Some(name.into()).filter(|_| is_seen), ..Self::default() }
    }
    fn deleted() -> Self {
        Self { gone: true, ..Self::default() }
    }
    fn opening(self, id: impl ToString, may: bool) -> Self {
        Self { opens: may.then(|| ID(id.to_string())), ..self }
    }
}

/// Most acts are done to one thing, some to two: a lesson of a person.
pub async fn of(ctx: &Context<'_>, target: &str) -> Result<Vec<AuditTarget>> {
    let mut all = Vec::new();
    for id in target.split(' ') {
        all.push(AuditTarget { id: id.to_owned(), ..one(ctx, id).await? });
    }
    Ok(all)
}

async fn one(ctx: &Context<'_>, id: &str) -> Result<AuditTarget> {
    let asker = viewer(ctx)?;
    let found = match id.split_once('_').map(|(kind, _)| kind) {
        Some("per") => find::<PersonId>(ctx, id).await?.map(|person| of_person(asker, &person)),
        Some("unt") => find::<UnitId>(ctx, id).await?.map(|unit| AuditTarget::named(unit.title, true)),
        Some("crs") => find::<CourseId>(ctx, id).await?.map(|course| of_course(asker, &course, None)),
        Some("les") => lesson(ctx, asker, id).await?,
        Some("ast") => match find::<AssetId>(ctx, id).await? {
            Some(asset) => Some(of_asset(asker, &asset, person(ctx, asset.owner).await?.as_ref())),
            None => None,
        },
        Some("exp") => find::<ExportId>(ctx, id).await?.map(|export| of_export(asker, &export)),
        Some("gol") => find::<GoalId>(ctx, id).await?.map(|Goal { title, path, .. }| of_play(asker, id, title, &path)),
        Some("frz") => {
            find::<FreezeId>(ctx, id).await?.map(|Freeze { title, path, .. }| of_play(asker, id, title, &path))
        }
        Some("ent" | "adj" | "apl" | "wtg" | "flg") => concerned(ctx, asker, id).await?,
        _ => return Ok(AuditTarget::default()),
    };
    Ok(found.unwrap_or_else(AuditTarget::deleted))
}

async fn find<K>(ctx: &Context<'_>, id: &str) -> Result<Option<<Loaders as Loader<K>>::Value>>
where
    K: FromStr<Err = Refusal> + Clone + Eq + Hash + Send + Sync + 'static,
    Loaders: Loader<K, Error = Error>,
{
    match id.parse::<K>() {
        Ok(key) => loaders(ctx).load_one(key).await.map_err(told(ctx)),
        Err(_) => Ok(None),
    }
}

async fn person(ctx: &Context<'_>, id: PersonId) -> Result<Option<Person>> {
    loaders(ctx).load_one(id).await.map_err(told(ctx))
}

async fn lesson(ctx: &Context<'_>, asker: &Viewer, id: &str) -> Result<Option<AuditTarget>> {
    let Some(lesson) = find::<LessonId>(ctx, id).await? else { return Ok(None) };
    let course = loaders(ctx).load_one(lesson.course).await.map_err(told(ctx))?;
    Ok(course.map(|course| of_course(asker, &course, Some(lesson.title))))
}

/// What is called by whom it concerns.
async fn concerned(ctx: &Context<'_>, asker: &Viewer, id: &str) -> Result<Option<AuditTarget>> {
    // Whose, what, and beneath which path its page is opened.
    let found: Option<(PersonId, Option<String>, Option<String>)> = match id.get(..3) {
        Some("ent") => find::<EntryId>(ctx, id).await?.map(|entry| (entry.person, Some(entry.rule.title), None)),
        Some("wtg") => find::<WaitingId>(ctx, id).await?.map(|one| (one.person, Some(one.rule.title), None)),
        Some("adj") => find::<AdjustmentId>(ctx, id).await?.map(|one| (one.person, None, Some(one.path))),
        Some("apl") => find::<AppealId>(ctx, id).await?.map(|one| (one.person, None, Some(one.path))),
        _ => find::<FlagId>(ctx, id).await?.map(|whose| (whose, None, None)),
    };
    let Some((whose, what, path)) = found else { return Ok(None) };
    let whose = person(ctx, whose).await?;
    Ok(Some(of_whose(asker, whose.as_ref(), what).opening(id, path.is_some_and(|path| in_charge(asker, &path)))))
}

fn in_charge(asker: &Viewer, path: &str) -> bool {
    asker.covers(Role::Admin, path) || asker.covers(Role::Auditor, path)
}

/// Who belongs to no unit is the school's, and known to everybody who reads its log.
fn is_known(asker: &Viewer, person: &Person) -> bool {
    person.path.is_empty() || in_charge(asker, &person.path)
}

fn of_person(asker: &Viewer, person: &Person) -> AuditTarget {
    AuditTarget::named(person.name.clone(), is_known(asker, person))
}

fn of_whose(asker: &Viewer, person: Option<&Person>, what: Option<String>) -> AuditTarget {
    let name = person.filter(|person| is_known(asker, person)).map(|person| person.name.clone());
    let name = name.map(|name| what.map_or(name.clone(), |what| format!("{name} · {what}")));
    AuditTarget { name, ..AuditTarget::default() }
}

/// The course, or a lesson of it; to who has charge of its unit also while it is not published.
fn of_course(asker: &Viewer, course: &Course, lesson: Option<String>) -> AuditTarget {
    let name = lesson.unwrap_or_else(|| course.title.clone());
    let seen = course.seen_by(asker) || in_charge(asker, &course.audience);
    AuditTarget::named(name, seen).opening(course.id, course.managed_by(asker))
}

fn of_asset(asker: &Viewer, asset: &Asset, owner: Option<&Person>) -> AuditTarget {
    let path = owner.map(|owner| owner.path.as_str()).unwrap_or_default();
    let own = asset.owner == asker.person;
    let gone = asset.deleted_at.is_some();
    let may = own || [Role::Lecturer, Role::Admin].into_iter().any(|role| asker.covers(role, path));
    let seen = may || owner.is_none_or(|owner| is_known(asker, owner));
    AuditTarget { gone, ..AuditTarget::named(asset.file_name.clone(), seen) }.opening(asset.id, may && !gone)
}

fn of_export(asker: &Viewer, export: &Export) -> AuditTarget {
    let kind = match export.kind {
        ExportKind::CreditReport => Text::new("学分报表", "Credit report"),
        ExportKind::LiteracyReport => Text::new("政治素养评价", "Political literacy"),
    };
    let format = match export.format {
        ExportFormat::Xlsx => "XLSX",
        ExportFormat::Csv => "CSV",
    };
    AuditTarget::named(format!("{} {format}", kind.say(asker.language)), true)
}

/// What an admin set for a unit.
fn of_play(asker: &Viewer, id: &str, title: String, path: &str) -> AuditTarget {
    let seen = in_charge(asker, path) || asker.path.starts_with(path);
    AuditTarget::named(title, seen).opening(id, asker.covers(Role::Admin, path))
}

/// The front door that knows things of one kind by their ids.
macro_rules! loads {
    ($($id:ty => $value:ty, $house:ident.$by_id:ident;)*) => {$(
        impl Loader<$id> for Loaders {
            type Value = $value;
            type Error = Error;
            async fn load(&self, keys: &[$id]) -> Result<HashMap<$id, $value>, Error> {
                self.houses.$house.$by_id(keys).await
            }
        }
    )*};
}

loads! {
    AppealId => Appeal, appeals.appeals_by_id;
    AdjustmentId => Adjustment, credits.adjustments_by_id;
    WaitingId => Waiting, credits.waiting_by_id;
    ExportId => Export, reports.exports_by_id;
    GoalId => Goal, gamification.goals_by_id;
    FreezeId => Freeze, gamification.freezes_by_id;
    FlagId => PersonId, learning.flagged;
}

#[cfg(test)]
mod tests {
    use kernel::{Charge, Language, id::Uuid};
    use organisation::Stage;

    use super::{AuditTarget, ID, Person, PersonId, Role, UnitId, Viewer, of_person, of_play, of_whose};

    fn viewer(role: Role, path: &str) -> Viewer {
        Viewer {
            person: PersonId::new(Uuid::from_u128(1)),
            session: kernel::id::SessionId::new(Uuid::from_u128(1)),
            path: path.to_owned(),
            charges: vec![Charge { role, unit: UnitId::new(Uuid::from_u128(1)), path: path.to_owned() }],
            language: Language::Chinese,
        }
    }

    fn person(path: &str) -> Person {
        Person {
            id: PersonId::new(Uuid::from_u128(2)),
            number: "1".to_owned(),
            name: "林晚晴".to_owned(),
            sort_key: String::new(),
            stage: Stage::None,
            unit: None,
            path: path.to_owned(),
        }
    }

    #[test]
    fn only_people_in_ones_charge_are_called_by_name() {
        let auditor = viewer(Role::Auditor, "1.2.");
        for (path, wanted) in [("1.2.", true), ("1.2.9.", true), ("1.3.", false), ("1.", false), ("", true)] {
            let name = wanted.then(|| "林晚晴".to_owned());
            assert_eq!(of_person(&auditor, &person(path)).name, name, "{path}");
            let told = of_whose(&auditor, Some(&person(path)), Some("学完一节".to_owned())).name;
            assert_eq!(told, name.map(|name| format!("{name} · 学完一节")), "{path}");
        }
        assert_eq!(of_person(&viewer(Role::Student, "1.2."), &person("1.2.")).name, None);
        assert_eq!(of_whose(&auditor, None, None), AuditTarget::default());
    }

    #[test]
    fn what_an_admin_set_is_opened_by_admins_alone() {
        let told = |viewer: &Viewer, path| of_play(viewer, "frz_1", "考试周".to_owned(), path);
        let admin = told(&viewer(Role::Admin, "1.2."), "1.2.3.");
        assert_eq!((admin.name.as_deref(), admin.opens), (Some("考试周"), Some(ID("frz_1".to_owned()))));
        let auditor = told(&viewer(Role::Auditor, "1.2."), "1.2.3.");
        assert_eq!((auditor.name.as_deref(), auditor.opens), (Some("考试周"), None));
        assert_eq!(told(&viewer(Role::Admin, "1.2."), "1.3.").name, None);
    }
}
