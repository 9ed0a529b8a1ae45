use std::collections::HashMap;

use credits::Health;
use kernel::{Amount, Charge, Language, Role, Viewer, clock::SetClock, event::Measure, id::SeededIds};
use organisation::{NewPerson, Play, School, Stage, Unit};
use sea_orm::{ConnectionTrait, Database};

use super::*;
use crate::app::App;

const HOUR_MS: Millis = 3_600_000;

/// A school at midnight with one corrected and sealed student, in a folder of its own.
struct Night {
    config: Config,
    clock: Arc<SetClock>,
    app: App,
    nights: Nights,
    _folder: tempfile::TempDir,
}

impl Night {
    async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let flags = [("data_dir", folder.path().display().to_string())];
        let config = Config::load("", &HashMap::new(), &flags).unwrap();
        let clock = Arc::new(SetClock::at(config.zone().start("2026-11-21".parse().unwrap())));
        let app = App::open_with(&config, clock.clone(), Arc::new(SeededIds::new(7))).await.unwrap();
        let night = Self { config, clock, app, nights: Nights::default(), _folder: folder };
        night.correct().await;
        night.app.houses.credits.seal().await.unwrap();
        night
    }

    /// Two people write an entry.
    async fn correct(&self) {
        let organisation = &self.app.houses.organisation;
        let school = School { name: "示例大学".to_owned(), play: Play::Private, uses_credits: true, demo: false };
        organisation.found_school(school).await.unwrap();
        let root = organisation.root().await.unwrap();
        let (name, number) = ("林晚晴".to_owned(), "2026001".to_owned());
        let new = NewPerson { number, name, sort_key: None, stage: Stage::Activist, unit: Some(root.id) };
        let student = organisation.add_person(new).await.unwrap();
        let (one, other, credits) = (self.admin(&root), self.admin(&root), &self.app.houses.credits);
        let (measure, amount) = (Measure::Points, Amount::whole(2));
        let proposed = credits.propose_adjustment(&one, student.id, measure, amount, "集中培训签到未记录").await;
        credits.approve_adjustment(&other, proposed.unwrap().id).await.unwrap();
    }

    fn admin(&self, root: &Unit) -> Viewer {
        let base = &self.app.houses.base;
        let charges = vec![Charge { role: Role::Admin, unit: root.id, path: root.path.clone() }];
        let (person, session, path) = (base.id(), base.id(), root.path.clone());
        Viewer { person, session, path, charges, language: Language::Chinese }
    }

    async fn at(&mut self, hours: Millis) -> Health {
        self.clock.set(self.config.zone().start("2026-11-21".parse().unwrap()) + hours * HOUR_MS);
        self.nights.look(&self.config, &self.app.houses).await;
        self.app.houses.credits.health().await.unwrap()
    }

    /// What somebody can do who may write anything into the database.
    async fn tamper(&self) {
        let db = Database::connect(self.config.database_url()).await.unwrap();
        db.execute_unprepared("DROP TRIGGER credits_entry_no_update").await.unwrap();
        db.execute_unprepared("UPDATE credits_entry SET amount = amount * 10").await.unwrap();
        db.close().await.unwrap();
    }
}

#[tokio::test]
async fn each_night_at_three_the_ledger_is_verified_and_its_health_says_so() {
    let mut night = Night::begin().await;
    assert_eq!(night.at(2).await.verified, None, "not before three");
    let health = night.at(3).await;
    let told = (health.verified, health.verified_entries, health.first_fault, health.verified_at);
    assert_eq!(told, (Some(true), Some(1), None, Some(night.clock.now())));
    night.clock.advance(HOUR_MS / 2);
    night.nights.look(&night.config, &night.app.houses).await;
    let again = night.app.houses.credits.health().await.unwrap();
    assert_eq!(again.verified_at, told.3, "once a night");
    assert_eq!(night.at(26).await.verified_at, told.3);
    assert_eq!(night.at(27).await.verified_at, Some(night.clock.now()), "and the next night again");
}

#[tokio::test]
async fn a_ledger_that_somebody_changed_is_told_in_the_night() {
    let mut night = Night::begin().await;
    assert_eq!(night.at(3).await.verified, Some(true));
    night.tamper().await;
    let health = night.at(27).await;
    assert_eq!(health.verified, Some(false));
    let fault = health.first_fault.unwrap_or_default();
    assert!(fault.contains('1'), "the entry is named: {fault}");
}
