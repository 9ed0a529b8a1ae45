//! The demo school's units, its people and who may sign in.

use kernel::{
    Day, Language, Refusal, Result, Role, Viewer,
    id::{PersonId, SessionId, UnitId},
};
use organisation::{NewPerson, NewUnit, Play, School, Stage, Unit, UnitKind};
use serde::Deserialize;

use super::{Dice, PASSWORD, Size};
use crate::app::App;

const SCHOOL: &str = include_str!("../../demo/school.toml");
const NAMES: &str = include_str!("../../demo/names.txt");

#[derive(Deserialize)]
struct Plan {
    unit: Vec<PlannedUnit>,
}

#[derive(Deserialize)]
struct PlannedUnit {
    key: String,
    title: String,
    kind: String,
    parent: Option<String>,
}

pub struct People {
    /// The first is `student`; then the roster.
    pub students: Vec<Viewer>,
    pub lecturer: Viewer,
}

/// One name of the committed list with its pinyin.
struct Named {
    name: String,
    sort_key: String,
}

fn names() -> Vec<Named> {
    let lines = NAMES.lines().filter_map(|line| line.split_once('\t'));
    lines.map(|(name, key)| Named { name: name.trim().to_owned(), sort_key: key.trim().to_owned() }).collect()
}

pub async fn found(app: &App, size: Size, today: Day) -> Result<People> {
    let houses = &app.houses;
    if houses.organisation.school().await.is_ok() {
        return Err(Refusal::conflict(
            "学校里已有数据，演示数据只能写入空的数据目录。",
            "There is a school already; the demo fills only an empty one.",
        )
        .into());
    }
    let plan: Plan = toml::from_str(SCHOOL).map_err(|e| kernel::Error::broken(format!("school.toml: {e}")))?;
    let name = plan.unit.first().map(|unit| unit.title.clone()).unwrap_or_default();
    houses.organisation.found_school(School { name, play: Play::Boards, uses_credits: true, demo: true }).await?;
    let units = add_units(app, &plan).await?;
    add_terms(app, today).await?;
    let staff = Staff {
        app,
        names: names(),
        root: unit(&units, UnitKind::School)?.clone(),
        college: unit(&units, UnitKind::College)?.clone(),
    };
    let lecturer = staff.hire().await?;
    let students = enrol(app, &staff.names, &units, size).await?;
    Ok(People { students, lecturer })
}

fn unit(units: &[Unit], kind: UnitKind) -> Result<&Unit> {
    units.iter().find(|unit| unit.kind == kind).ok_or_else(|| kernel::Error::broken("school.toml lacks a kind of unit"))
}

async fn add_units(app: &App, plan: &Plan) -> Result<Vec<Unit>> {
    let mut made: Vec<(String, Unit)> = Vec::new();
    let root = app.houses.organisation.root().await.ok();
    for planned in &plan.unit {
        let kind = match planned.kind.as_str() {
            "SCHOOL" => UnitKind::School,
            "COLLEGE" => UnitKind::College,
            _ => UnitKind::Branch,
        };
        let parent =
            planned.parent.as_ref().and_then(|key| made.iter().find(|(k, _)| k == key)).map(|(_, unit)| unit.id);
        let unit = match (&root, kind) {
            (Some(root), UnitKind::School) => root.clone(),
            _ => app.houses.organisation.add_unit(NewUnit { parent, kind, title: planned.title.clone() }).await?,
        };
        made.push((planned.key.clone(), unit));
    }
    Ok(made.into_iter().map(|(_, unit)| unit).collect())
}

/// The term of the day: autumn from August to January, spring from February to July.
async fn add_terms(app: &App, today: Day) -> Result<()> {
    let (year, month) = (today.year(), today.month());
    let spring = (2..=7).contains(&month);
    let begun = if spring || month >= 8 { year } else { year - 1 };
    let (name, starts, ends) = if spring {
        (format!("{begun} 年春季学期"), Day::of(begun, 2, 1), Day::of(begun, 7, 31))
    } else {
        (format!("{begun} 年秋季学期"), Day::of(begun, 8, 1), Day::of(begun + 1, 1, 31))
    };
    if let (Some(starts), Some(ends)) = (starts, ends) {
        app.houses.organisation.add_term(&name, starts, ends).await?;
    }
    Ok(())
}

struct Staff<'a> {
    app: &'a App,
    names: Vec<Named>,
    root: Unit,
    college: Unit,
}

impl Staff<'_> {
    /// Lecturer, admin, secretary and auditor; answers the lecturer.
    async fn hire(&self) -> Result<Viewer> {
        let lecturer = self.one("lecturer", "T0001", &self.root, Role::Lecturer).await?;
        self.one("admin", "T0002", &self.root, Role::Admin).await?;
        self.one("secretary", "T0003", &self.college, Role::Admin).await?;
        self.one("auditor", "T0004", &self.root, Role::Auditor).await?;
        Ok(lecturer)
    }

    async fn one(&self, username: &str, number: &str, unit: &Unit, role: Role) -> Result<Viewer> {
        let place = number.trim_start_matches("T000").parse::<usize>().unwrap_or_default();
        let named = self.names.get(self.names.len().saturating_sub(place));
        let viewer = add(self.app, named, number.to_owned(), Stage::Member, unit, role).await?;
        self.app.houses.identity.create_account(viewer.person, username, PASSWORD, false, true).await?;
        Ok(viewer)
    }
}

/// The roster: `student` first, an activist of the first branch; then students spread over the branches by chance.
async fn enrol(app: &App, names: &[Named], units: &[Unit], size: Size) -> Result<Vec<Viewer>> {
    let dice = Dice::new(size.seed ^ 0x5EED);
    let branches: Vec<&Unit> = units.iter().filter(|unit| unit.kind == UnitKind::Branch).collect();
    let mut students = Vec::with_capacity(size.students);
    for n in 0..size.students {
        let at = if n == 0 {
            0
        } else {
            usize::try_from(dice.between(0, i64::try_from(branches.len()).unwrap_or(1) - 1)).unwrap_or(0)
        };
        let branch = branches.get(at).ok_or_else(|| kernel::Error::broken("school.toml has no branch"))?;
        let stage = if n == 0 { Stage::Activist } else { stage(dice.between(1, 100)) };
        let number = format!("2024{:02}{:04}", at + 1, n + 1);
        let named = names.get(n % (names.len().saturating_sub(4)).max(1));
        let viewer = add(app, named, number, stage, branch, Role::Student).await?;
        if n == 0 {
            app.houses.identity.create_account(viewer.person, "student", PASSWORD, false, true).await?;
        }
        students.push(viewer);
        if n % 64 == 63 {
            app.worker.run_until_idle().await?;
        }
    }
    logins(app, &students, size.logins).await?;
    app.worker.run_until_idle().await?;
    Ok(students)
}

/// `s1` is the first student after `student`, who has an account already.
async fn logins(app: &App, students: &[Viewer], logins: usize) -> Result<()> {
    for (n, viewer) in students.iter().skip(1).take(logins).enumerate() {
        app.houses.identity.create_account(viewer.person, &format!("s{}", n + 1), PASSWORD, false, true).await?;
    }
    Ok(())
}

const fn stage(drawn: i64) -> Stage {
    match drawn {
        ..=25 => Stage::Applicant,
        26..=65 => Stage::Activist,
        66..=85 => Stage::Candidate,
        86..=95 => Stage::Probationary,
        _ => Stage::Member,
    }
}

async fn add(
    app: &App,
    named: Option<&Named>,
    number: String,
    stage: Stage,
    unit: &Unit,
    role: Role,
) -> Result<Viewer> {
    let organisation = &app.houses.organisation;
    let named = named.ok_or_else(|| kernel::Error::broken("names.txt is too short"))?;
    let new = NewPerson {
        number,
        name: named.name.clone(),
        sort_key: Some(named.sort_key.clone()),
        stage,
        unit: Some(unit.id),
    };
    let person = organisation.add_person(new).await?;
    organisation.grant(person.id, role, unit.id).await?;
    viewer(app, person.id, unit.id, role, &person.path)
}

fn viewer(app: &App, person: PersonId, unit: UnitId, role: Role, path: &str) -> Result<Viewer> {
    let session = SessionId::new(app.houses.base.ids.secret());
    let charges = vec![kernel::Charge { role, unit, path: path.to_owned() }];
    Ok(Viewer { person, session, path: path.to_owned(), charges, language: Language::Chinese })
}
