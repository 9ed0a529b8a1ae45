//! The tableau against sums made by hand, whatever happens in whatever portions.

use std::collections::{BTreeMap, HashMap};

use kernel::{
    Amount, Day,
    id::{PersonId, Uuid},
};
use proptest::prelude::*;

use crate::rules::{
    neighbours::{Around, BESIDE},
    tableau::{Feed, Mark, Member, Since, Tableau, step},
};

pub const PATHS: [&str; 5] = ["1.", "1.2.", "1.2.3.", "1.2.4.", "1.20."];

/// Something that boards hear.
#[derive(Debug, Clone)]
pub enum Heard {
    Points(PersonId, Day, Amount),
    Member(PersonId, Member),
}

pub fn day(n: i64) -> Day {
    Day::of(2026, 11, 21).unwrap().plus(n)
}
pub fn plan() -> Vec<Since> {
    vec![None, Some(day(-20)), Some(day(-5))]
}
pub fn person(no: u8) -> PersonId {
    PersonId::new(Uuid::from_u128(u128::from(no)))
}

pub fn heard() -> impl Strategy<Value = Heard> {
    let points = (0_u8..9, -30_i64..1, -3_i64..9)
        .prop_map(|(who, on, many)| Heard::Points(person(who), day(on), Amount::milli(many * 500)));
    let member = (0_u8..9, prop::collection::vec(0_usize..5, 0..3), any::<bool>()).prop_map(|(who, units, opted)| {
        let mut paths: Vec<String> = units.into_iter().map(|unit| PATHS[unit].to_owned()).collect();
        paths.sort_unstable();
        paths.dedup();
        let branch = paths.iter().find(|path| path.len() > 5).cloned();
        Heard::Member(person(who), Member { paths, branch, nickname: opted.then(|| format!("昵称{who}")) })
    });
    prop_oneof![4 => points, 1 => member]
}

/// One portion as the feed tells it: points in order, people as they are at its end.
pub fn feed(portion: &[Heard], number: i64) -> Feed {
    let mut feed =
        Feed { next: Mark { entry: number, change: number, plan: plan(), ..Mark::default() }, ..Feed::default() };
    let mut members = BTreeMap::new();
    for one in portion {
        match one {
            Heard::Points(who, on, many) => feed.points.push((*who, *on, *many)),
            Heard::Member(who, member) => drop(members.insert(*who, member.clone())),
        }
    }
    feed.members = members.into_iter().collect();
    feed
}

pub fn advance(tableau: &mut Tableau, feed: &Feed) {
    let step = step(tableau.known(feed), feed);
    tableau.apply(&step, feed.next.clone());
}

/// Everything by plain sums over all that was ever heard.
struct Plain {
    members: BTreeMap<PersonId, Member>,
    scores: HashMap<(PersonId, Since), i64>,
}

impl Plain {
    fn of(all: &[Heard]) -> Self {
        let (mut members, mut scores) = (BTreeMap::new(), HashMap::new());
        for one in all {
            match one {
                Heard::Member(who, member) => drop(members.insert(*who, member.clone())),
                Heard::Points(who, on, many) => {
                    for since in plan().into_iter().filter(|since| since.is_none() || Some(*on) >= *since) {
                        *scores.entry((*who, since)).or_default() += many.thousandths();
                    }
                }
            }
        }
        Self { members, scores }
    }
    fn score(&self, who: PersonId, since: Since) -> i64 {
        self.scores.get(&(who, since)).copied().unwrap_or(0)
    }
    fn unit(&self, since: Since, path: &str) -> (Amount, u64) {
        let within = self.members.iter().filter(|(_, member)| member.paths.iter().any(|own| own.starts_with(path)));
        let all: Vec<PersonId> = within.map(|(who, _)| *who).collect();
        (Amount::milli(all.iter().map(|who| self.score(*who, since)).sum()), all.len() as u64)
    }
    /// Everybody on the person's board, best first.
    fn board(&self, since: Since, me: PersonId) -> Option<Vec<(i64, PersonId)>> {
        let on = |member: &Member| member.nickname.is_some() && !member.paths.is_empty() && member.branch.is_some();
        let branch = &self.members.get(&me).filter(|member| on(member))?.branch;
        let beside = self.members.iter().filter(|(_, member)| on(member) && member.branch == *branch);
        let mut all: Vec<(i64, PersonId)> = beside.map(|(who, _)| (-self.score(*who, since), *who)).collect();
        all.sort_unstable();
        Some(all)
    }
}

fn same_board(around: Option<Around>, plain: Option<Vec<(i64, PersonId)>>, me: PersonId) {
    let (around, plain) = match (around, plain) {
        (None, None) => return,
        (Some(around), Some(plain)) => (around, plain),
        (around, plain) => panic!("{around:?} and {plain:?}"),
    };
    let at = plain.iter().position(|(_, who)| *who == me).unwrap();
    let window = &plain[at.saturating_sub(BESIDE)..plain.len().min(at + BESIDE + 1)];
    let wanted: Vec<(PersonId, i64, usize)> = window
        .iter()
        .map(|(points, who)| (*who, -points, plain.iter().filter(|(other, _)| other < points).count() + 1))
        .collect();
    let told: Vec<(PersonId, i64, usize)> =
        around.places.iter().map(|p| (p.person, p.points.thousandths(), p.rank as usize)).collect();
    assert_eq!(told, wanted);
    assert_eq!(usize::try_from(around.people).unwrap(), plain.len());
    assert_eq!(around.highest.thousandths(), -plain[0].0);
    assert_eq!(around.lowest.thousandths(), -plain[plain.len() - 1].0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(super::steps() / 50))]
    #[test]
    fn boards_are_the_plain_sums_in_whatever_portions_they_are_told(
        all in prop::collection::vec(heard(), 1..100),
        cuts in prop::collection::vec(1_usize..9, 1..9),
    ) {
        let mut tableau = Tableau::default();
        tableau.mark.plan = plan();
        let (mut rest, mut number) = (all.as_slice(), 0);
        for many in cuts.iter().cycle() {
            let (portion, later) = rest.split_at((*many).min(rest.len()));
            number += 1;
            advance(&mut tableau, &feed(portion, number));
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        let plain = Plain::of(&all);
        for since in plan() {
            let wanted: Vec<_> = PATHS.iter().map(|path| plain.unit(since, path)).collect();
            prop_assert_eq!(tableau.units(since, &PATHS), wanted);
            for me in (0..9).map(person) {
                same_board(tableau.around(since, me), plain.board(since, me), me);
            }
        }
        // Made at once from the sums, as after a restart, it is the same to the last field.
        let mut points: HashMap<PersonId, BTreeMap<Since, i64>> = HashMap::new();
        for ((who, since), score) in &plain.scores {
            points.entry(*who).or_default().insert(*since, *score);
        }
        let mut made = Tableau::with_points(points);
        advance(&mut made, &Feed {
            members: plain.members.clone().into_iter().collect(),
            next: tableau.mark.clone(),
            ..Feed::default()
        });
        prop_assert_eq!(made, tableau);
    }
}
