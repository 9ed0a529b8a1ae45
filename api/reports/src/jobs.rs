//! What this house hears, and what it makes in the background.
//! `reports.person`, `reports.studied`, `reports.completed`, `reports.entry` change only the projections (inside); `reports.export` makes a file
//! and `reports.expire` removes it (outside).

use futures::FutureExt;
use kernel::{Error, Event, Result, Role, id::ExportId};
use organisation::Organisation;
use platform::{Handlers, Job, Tx};

use crate::{
    Reports,
    store::project::{self, Posted},
};

pub const PERSON: &str = "reports.person";
pub const STUDIED: &str = "reports.studied";
pub const COMPLETED: &str = "reports.completed";
pub const ENTRY: &str = "reports.entry";
pub const EXPORT: &str = "reports.export";
pub const EXPIRE: &str = "reports.expire";

pub fn handlers(house: &Reports, handlers: &mut Handlers) {
    for kind in [PERSON, STUDIED, COMPLETED, ENTRY] {
        let house = house.clone();
        handlers.inside(kind, move |tx, job| {
            let house = house.clone();
            async move { house.hear(tx, job.payload()?).await }.boxed()
        });
    }
    let maker = house.clone();
    handlers.outside(EXPORT, move |job| {
        let house = maker.clone();
        async move { house.make_export(id(&job)?, job.attempts).await }.boxed()
    });
    let remover = house.clone();
    handlers.outside(EXPIRE, move |job| {
        let house = remover.clone();
        async move { house.expire_export(id(&job)?).await }.boxed()
    });
}

fn id(job: &Job) -> Result<ExportId> {
    job.payload()
}

impl Reports {
    async fn hear(&self, tx: &Tx, event: Event) -> Result<()> {
        match event {
            Event::PersonChanged { person } => {
                // A front door of its own remembers nothing: what the shared one keeps for some seconds may be older than the event.
                let organisation = Organisation::new(self.base.clone());
                let student = organisation.charges(person).await?.iter().any(|c| c.role == Role::Student);
                match organisation.person(person).await?.filter(|_| student) {
                    Some(person) => project::list(tx, &person).await,
                    None => project::unlist(tx, person).await,
                }
            }
            Event::StudyOpened { person, at, .. } | Event::LessonCompleted { person, at, .. } => {
                project::studied(tx, person, at).await
            }
            Event::CourseCompleted { person, course, at } => {
                project::completed(tx, person, course, self.base.zone.day(at)).await
            }
            Event::EntryPosted { entry, person, measure, amount, course, at, .. } => {
                let day = self.base.zone.day(at);
                project::posted(tx, &Posted { entry, person, measure, amount, course, day }).await
            }
            Event::CourseChanged { .. }
            | Event::AssetReady { .. }
            | Event::MinutesCovered { .. }
            | Event::CheckPassed { .. } => Err(Error::broken(format!("reports do not listen to {}", event.name()))),
        }
    }
}
