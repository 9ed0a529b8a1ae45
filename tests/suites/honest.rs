//! The honest suite: students on bad lines, with two devices, with slow hands. Time is virtual, in lockstep: a scheduler of virtual players.
//! At least 99 % of what was truly played counts, no sitting loses more than an interval and a second, and nobody is flagged.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    dice::{Dice, number, seed},
    offered::flags,
    player::{Counts, Habits, Player, TICK_MS},
    proxy::{Fault, drawn},
    spans::Spans,
    world::World,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Profile {
    Good,
    ThreeG,
    Lossy,
    Outages,
    Portal,
    TwoDevices,
    Discarded,
    Quarter,
    Half,
    ScreenReader,
}

const PROFILES: [Profile; 10] = [
    Profile::Good,
    Profile::ThreeG,
    Profile::Lossy,
    Profile::Outages,
    Profile::Portal,
    Profile::TwoDevices,
    Profile::Discarded,
    Profile::Quarter,
    Profile::Half,
    Profile::ScreenReader,
];

impl Profile {
    fn habits(self) -> Habits {
        let usual = Habits { rate: 100, ahead: 30_000, thinks: (3, 15), reading: 110, errs: 10, pauses: 1 };
        match self {
            // Downloaded far ahead, the film plays on while the line is down.
            Self::Outages => Habits { ahead: 240_000, ..usual },
            Self::Quarter => Habits { rate: 125, ..usual },
            Self::Half => Habits { rate: 150, ..usual },
            Self::ScreenReader => Habits { thinks: (40, 150), reading: 220, pauses: 3, ..usual },
            _ => usual,
        }
    }

    /// What an exchange meets at this second; `phase` sets students of one profile apart.
    fn fault(self, now: i64, phase: i64, dice: &mut Dice) -> Fault {
        let second = now / 1_000 + phase;
        match self {
            Self::ThreeG | Self::TwoDevices => drawn(dice, 5),
            Self::Lossy => drawn(dice, 30),
            // Three minutes of every eight.
            Self::Outages if second % 480 >= 300 => match dice.percent(90) {
                true => Fault::Refuse,
                false => Fault::BlackHole(Duration::from_millis(5)),
            },
            // Every two minutes the campus asks for a login for a quarter of a minute.
            Self::Portal if second % 120 < 15 => match dice.percent(50) {
                true => Fault::Portal,
                false => Fault::Refuse,
            },
            _ => Fault::Pass,
        }
    }
}

struct Student {
    profile: Profile,
    phase: i64,
    seconds: i64,
    player: Player,
}

impl Student {
    async fn second(&mut self, now: i64) {
        self.seconds += 1;
        let (profile, phase) = (self.profile, self.phase);
        let mut fault = move |dice: &mut Dice| profile.fault(now, phase, dice);
        let second = self.seconds + phase;
        match profile {
            Profile::TwoDevices if second % 170 == 0 => self.player.put_down(now, &mut fault).await,
            Profile::Discarded if second % 230 == 0 => self.player.discard(),
            _ => self.player.tick(now, &mut fault).await,
        }
    }
}

/// Sums over students of one profile.
#[derive(Default)]
struct Sum {
    students: i64,
    truth: i64,
    credited: i64,
    worst: f64,
    counts: Counts,
}

#[tokio::test]
async fn the_honest_lose_nothing() {
    let world = World::clocked().await;
    let (began, seed) = (std::time::Instant::now(), seed());
    let count = number("XIANFENG_HONEST").unwrap_or(60);
    if world.plan.right.is_empty() {
        crate::absent("attention checks: the honest are not asked any");
    }
    let before = flags(&world).await;
    let mut students = Vec::new();
    for n in 0..count {
        let profile = PROFILES[usize::try_from(n).unwrap() % PROFILES.len()];
        let devices = if profile == Profile::TwoDevices { 2 } else { 1 };
        let mut player = Player::new(&world, &format!("s{}", n + 1), profile.habits(), devices, seed ^ (n << 20)).await;
        let short = world.plan.many[usize::try_from(n).unwrap() % 10].clone();
        player.will_study([world.plan.long.clone(), world.plan.reading.clone(), short]);
        let phase = player.dice.between(1, 400);
        students.push(Student { profile, phase, seconds: 0, player });
    }
    let minutes = study(&world, &mut students).await;
    let sums = examine(&mut students).await;
    for (profile, sum) in &sums {
        tell(*profile, sum);
    }
    crate::say(&format!(
        "honest: {count} students, seed {seed}, {minutes} virtual minutes in {} s",
        began.elapsed().as_secs()
    ));
    for (profile, sum) in &sums {
        assert!(sum.credited * 100 >= sum.truth * 99, "{profile:?}: {} of {} ms", sum.credited, sum.truth);
        assert_eq!(sum.counts.gaps, 0, "{profile:?}: no number was lost");
    }
    match (before, flags(&world).await) {
        (Some(before), Some(after)) => {
            let wrong: Vec<_> = after.difference(&before).collect();
            assert!(wrong.is_empty(), "honest students were flagged: {wrong:?}");
        }
        _ => crate::absent("flags for human review (Query.studyFlags): whether the honest are flagged"),
    }
}

/// Second by second until everybody is done; answers the virtual minutes.
async fn study(world: &World, students: &mut [Student]) -> i64 {
    let line = world.sign_in("admin").await;
    let (mut now, mut dice) = (0, Dice::new(seed()).fork(99));
    while students.iter().any(|student| !student.player.is_done()) {
        now = world.server.advance(&line, TICK_MS + dice.between(-60, 60)).await;
        futures::future::join_all(students.iter_mut().map(|student| student.second(now))).await;
        assert!(now < 120 * 60_000, "two hours are enough for everybody");
    }
    now / 60_000
}

/// Compares what was truly played with what the server holds.
async fn examine(students: &mut [Student]) -> BTreeMap<Profile, Sum> {
    let mut sums = BTreeMap::<Profile, Sum>::new();
    for Student { profile, player, .. } in students {
        let mut lessons = BTreeMap::<&str, (Spans, i64)>::new();
        for sat in &player.sat {
            let (truth, grace) = lessons.entry(&sat.lesson).or_default();
            truth.join(&sat.truth);
            *grace += sat.heartbeat_ms + 1_000;
        }
        let (mut all, mut counted) = (0, 0);
        for (lesson, (truth, grace)) in lessons {
            let held = player.covered(lesson).await;
            let milliseconds = |spans: &Spans| length(&held.blocks, spans);
            let missing = milliseconds(&truth.without(&held.covered));
            let who = format!("{} ({profile:?})", player.name);
            assert!(missing <= grace, "{who}: {missing} ms of {lesson} are missing, at most {grace} may be");
            let never = milliseconds(&held.covered.without(&truth));
            assert_eq!(never, 0, "{who}: {never} ms of {lesson} count that were never played");
            all += milliseconds(&truth);
            counted += milliseconds(&truth) - missing;
        }
        // Nobody's answer is lost for good: what was told is what is held, unless the device was left before it was told.
        let told = player.counts.credited_ms + player.counts.released_ms;
        match profile {
            Profile::TwoDevices | Profile::Discarded => {
                assert!(told <= counted, "{}: {told} of {counted}", player.name)
            }
            _ => assert_eq!(told, counted, "{}: what was told is what is held", player.name),
        }
        let sum = sums.entry(*profile).or_insert_with(|| Sum { worst: 1.0, ..Sum::default() });
        sum.students += 1;
        sum.truth += all;
        sum.credited += counted;
        sum.worst = sum.worst.min(counted as f64 / all.max(1) as f64);
        sum.counts.add(player.counts);
    }
    sums
}

/// Milliseconds of a video; of a reading, what its blocks take at 600 characters a minute.
fn length(blocks: &[i64], spans: &Spans) -> i64 {
    let block =
        |at: i64| usize::try_from(at).ok().and_then(|at| blocks.get(at)).map_or(0, |characters| characters * 100);
    if blocks.is_empty() { spans.length() } else { spans.iter().flat_map(|(start, end)| start..end).map(block).sum() }
}

fn tell(profile: Profile, sum: &Sum) {
    let share = sum.credited as f64 / sum.truth.max(1) as f64 * 100.0;
    let c = &sum.counts;
    crate::say(&format!(
        "honest {profile:?}: {share:.3} % of {} s counted (worst student {:.3} %); {} students, {} exchanges, {} lost, {} beats, \
         {} leases lost, {} s stalled, {} checks, {} passed, {} extended",
        sum.truth / 1_000,
        sum.worst * 100.0,
        sum.students,
        c.exchanges,
        c.lost,
        c.beats,
        c.leases_lost,
        c.stalled_s,
        c.checks,
        c.passed,
        c.extended
    ));
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.exchanges += other.exchanges;
        self.lost += other.lost;
        self.beats += other.beats;
        self.gaps += other.gaps;
        self.leases_lost += other.leases_lost;
        self.checks += other.checks;
        self.passed += other.passed;
        self.extended += other.extended;
        self.stalled_s += other.stalled_s;
        self.credited_ms += other.credited_ms;
        self.released_ms += other.released_ms;
    }
}
