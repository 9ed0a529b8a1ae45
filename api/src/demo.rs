//! The demo school: units, people, courses and three weeks of study, all made through the services that real use goes through, on a clock
//! that is set and with ids that repeat: the same for the same seed, size and day.

mod activity;
mod content;
mod people;

use std::sync::Arc;

use kernel::{Day, Zone, clock::SetClock, id::SeededIds};

use crate::{app::App, config::Config};

/// Days of study before the day asked for.
pub const DAYS: i64 = 21;
pub const PASSWORD: &str = "demo-xianfeng";

/// What is asked for: how many students, how many of them may sign in, which chance, up to which day.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub students: usize,
    pub logins: usize,
    pub seed: u64,
    pub date: Option<Day>,
}

/// Fills an empty school and returns when everything that was set off is done: media playable, index committed, entries posted.
pub async fn fill(config: &Config, size: Size) -> Result<(), String> {
    let today = size.date.unwrap_or_else(|| real_today(config.zone()));
    let clock = Arc::new(SetClock::at(config.zone().start(today.plus(-DAYS))));
    let app = App::open_with(config, clock.clone(), Arc::new(SeededIds::new(size.seed))).await?;
    fill_in(&app, &clock, size, today).await.map_err(|error| match error.refusal() {
        Some(refusal) => format!("{} {}", refusal.text.zh, refusal.text.en),
        None => format!("the demo school could not be made: {error}"),
    })?;
    app.houses.base.db.clone().close().await.map_err(|e| e.to_string())
}

async fn fill_in(app: &App, clock: &SetClock, size: Size, today: Day) -> kernel::Result<()> {
    let zone = app.houses.base.zone;
    let people = people::found(app, size, today).await?;
    println!("示例大学：{} 名学员。Students: {}.", people.students.len(), people.students.len());
    let lessons = content::publish(app, &people.lecturer).await?;
    println!("课程已发布，共 {} 节。Lessons published: {}.", lessons.len(), lessons.len());
    let beats = activity::live(app, clock, &people, &lessons, size.seed, today).await?;
    clock.set(zone.start(today));
    content::ask(app, &people.lecturer, &lessons).await?;
    app.worker.run_until_idle().await?;
    catalogue::Follower::new(app.houses.catalogue.clone(), app.houses.index.clone()).catch_up().await?;
    println!("学习记录已生成。Heartbeats: {beats}.");
    tell(size);
    Ok(())
}

fn tell(size: Size) {
    println!("\n演示账号（密码均为 {PASSWORD}）  demo accounts, one password:");
    let accounts = [
        ("student", "学员 a student, /"),
        ("lecturer", "讲师 a lecturer, /console/"),
        ("admin", "管理员，全校 an admin of the school, /console/"),
        ("secretary", "管理员，一个学院 an admin of one college, /console/"),
        ("auditor", "审计员 an auditor, /console/"),
    ];
    for (name, what) in accounts {
        println!("  {name:<10} {what}");
    }
    if size.logins > 0 {
        println!("  s1 … s{}    学员 students", size.logins);
    }
}

fn real_today(zone: Zone) -> Day {
    zone.day(kernel::Clock::now(&kernel::clock::SystemClock::new()))
}

/// A chance that repeats: the demo's own, apart from the ids'.
pub struct Dice(SeededIds);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(SeededIds::new(seed))
    }
    /// From `low` to `high`, both possible.
    pub fn between(&self, low: i64, high: i64) -> i64 {
        let drawn = kernel::Ids::secret(&self.0).as_u64_pair().0 >> 1;
        let width = high.saturating_sub(low).saturating_add(1).max(1);
        low + i64::try_from(drawn).unwrap_or(0) % width
    }
    pub fn percent(&self, chance: i64) -> bool {
        self.between(1, 100) <= chance
    }
}
