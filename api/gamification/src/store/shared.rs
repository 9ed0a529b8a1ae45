//! The tableau in Redis: sums of units, points of people and boards as sorted sets, beside a head that says up to where they count. Nothing here
//! is believed that cannot be checked: scripts apply a step only to the head that it was made for, each set is as large as was noted, and a
//! script that broke off leaves a head that says so. On any doubt the whole is made anew from the database, under a new generation.
//!
//! Keys, behind the school's prefix and the generation: `u:SINCE` path → points, `n` path → students, `p:SINCE` person → points,
//! `b:SINCE:BRANCH` person → points turned round (equals then stand in the order of their ids, as in memory), `m` person → member, `sizes`.

mod scripts;

use std::collections::{BTreeMap, HashMap};

use kernel::{
    Amount, Day, Error, Millis,
    id::{PersonId, Uuid},
};
use platform::cache::{Cache, Reply, Trouble};
use serde::{Deserialize, Serialize};

use crate::rules::{
    neighbours::{Around, BESIDE, Place},
    tableau::{Feed, Known, Mark, Member, Question, Since, Step, Tableau, Told},
};

use scripts::{APPLY, AROUND, FINISH, REPLAN, UNITS};

/// Members of one command.
const MANY: usize = 500;
/// A rebuild that takes longer has died.
const REBUILD_MS: &str = "60000";

/// Why Redis did not answer for us.
#[derive(Debug)]
pub enum Failure {
    Cache(Trouble),
    House(Error),
}
impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::Cache(trouble)
    }
}
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::House(error)
    }
}

/// The state that Redis has, and its spelling there: a step is applied only while it still reads so.
#[derive(Debug, Clone)]
pub struct Head {
    pub mark: Mark,
    generation: String,
    text: String,
}

#[derive(Serialize, Deserialize)]
struct Written {
    entry: i64,
    entry_at: Option<Millis>,
    change: i64,
    plan: Vec<Since>,
}

impl Head {
    fn new(generation: &str, mark: &Mark) -> Result<Self, Error> {
        let Mark { entry, entry_at, change, plan } = mark.clone();
        let text = format!("{generation} {}", serde_json::to_string(&Written { entry, entry_at, change, plan })?);
        Ok(Self { mark: mark.clone(), generation: generation.to_owned(), text })
    }
    fn read(text: &str) -> Option<Self> {
        let (generation, written) = text.split_once(' ')?;
        let Written { entry, entry_at, change, plan } = serde_json::from_str(written).ok()?;
        let mark = Mark { entry, entry_at, change, plan };
        Some(Self { mark, generation: generation.to_owned(), text: text.to_owned() })
    }
}

/// What was found where something was looked for.
#[derive(Debug)]
pub enum Found<T> {
    /// As of this head.
    Told(Mark, T),
    /// Something is missing or not as it was noted.
    Doubt,
}
impl<T> Found<T> {
    fn map<U>(self, make: impl FnOnce(T) -> U) -> Found<U> {
        match self {
            Self::Told(mark, found) => Found::Told(mark, make(found)),
            Self::Doubt => Found::Doubt,
        }
    }
}

/// The boards of one school in one Redis.
pub struct Shared {
    cache: Cache,
    prefix: String,
    head: String,
    lock: String,
}

fn key_of(since: Since) -> String {
    since.map_or(0, Day::number).to_string()
}
fn id_of(person: PersonId) -> String {
    person.uuid().simple().to_string()
}
fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

impl Shared {
    /// `school` keeps schools apart that share a Redis. All keys lie in one slot of a cluster.
    pub fn new(cache: Cache, school: Uuid) -> Self {
        let prefix = format!("{{xianfeng:{}}}:boards:", school.simple());
        Self { cache, head: format!("{prefix}head"), lock: format!("{prefix}lock"), prefix }
    }

    pub async fn head(&self) -> Result<Option<Head>, Trouble> {
        let reply = self.cache.send(&[words(["GET", &self.head])]).await?;
        Ok(reply.first().and_then(Reply::text).and_then(Head::read))
    }

    pub async fn tell(&self, since: Since, question: Question<'_>) -> Result<Found<Told>, Trouble> {
        Ok(match question {
            Question::Units(paths) => self.units(since, paths).await?.map(Told::Units),
            Question::Around(me) => self.around(since, me).await?.map(Told::Around),
        })
    }

    pub async fn units(&self, since: Since, paths: &[&str]) -> Result<Found<Vec<(Amount, u64)>>, Trouble> {
        let since = key_of(since);
        let arguments: Vec<&str> = [self.prefix.as_str(), &since].into_iter().chain(paths.iter().copied()).collect();
        let reply = self.cache.run(&UNITS, &[&self.head], &arguments).await?;
        let [head, points, students] = reply.many() else { return Ok(Found::Doubt) };
        let flat = |parts: &Reply| -> Vec<i64> {
            parts.many().iter().flat_map(Reply::many).map(|one| one.number().unwrap_or(0)).collect()
        };
        let pair = |(points, students)| Some((Amount::milli(points), u64::try_from(students).ok()?));
        let all: Option<Vec<(Amount, u64)>> = flat(points).into_iter().zip(flat(students)).map(pair).collect();
        Ok(told(head, all.filter(|all| all.len() + 2 == arguments.len())))
    }

    /// None for who is on no board.
    pub async fn around(&self, since: Since, me: PersonId) -> Result<Found<Option<Around>>, Trouble> {
        let arguments = [self.prefix.clone(), key_of(since), id_of(me), BESIDE.to_string()];
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let reply = self.cache.run(&AROUND, &[&self.head], &arguments).await?;
        Ok(match reply.many() {
            [head] => told(head, Some(None)),
            [head, people, first, last, places] => told(head, around(people, first, last, places).map(Some)),
            _ => Found::Doubt,
        })
    }

    /// How the people of the feed stood at the head.
    pub async fn known(&self, head: &Head, feed: &Feed) -> Result<Found<HashMap<PersonId, Known>>, Trouble> {
        let people = feed.people();
        if people.is_empty() {
            return Ok(Found::Told(head.mark.clone(), HashMap::new()));
        }
        let base = format!("{}{}:", self.prefix, head.generation);
        let plan = &head.mark.plan;
        let sets: Vec<String> = plan.iter().map(|since| format!("p:{}", key_of(*since))).collect();
        let mut noted = words(["HMGET", &format!("{base}sizes"), "all", "m"]);
        noted.extend(sets.iter().cloned());
        let mut commands = vec![noted, words(["HLEN", &format!("{base}m")])];
        commands.extend(sets.iter().map(|set| words(["ZCARD", &format!("{base}{set}")])));
        for (word, key) in std::iter::once(("HMGET", "m")).chain(sets.iter().map(|set| ("ZMSCORE", set.as_str()))) {
            let mut command = words([word, &format!("{base}{key}")]);
            command.extend(people.iter().map(|person| id_of(*person)));
            commands.push(command);
        }
        let replies = self.cache.send(&commands).await?;
        Ok(known(&replies, &people, plan).map_or(Found::Doubt, |known| Found::Told(head.mark.clone(), known)))
    }

    /// False where another process was quicker.
    pub async fn apply(&self, head: &Head, step: &Step, next: &Mark) -> Result<bool, Failure> {
        let base = format!("{}{}:", self.prefix, head.generation);
        let after = Head::new(&head.generation, next)?;
        let (commands, sizes) = commands(step, &base, &next.plan)?;
        let (commands, sizes) = (json(&commands)?, json(&sizes)?);
        let arguments = [head.text.as_str(), &after.text, &commands, &sizes, &base];
        Ok(self.cache.run(&APPLY, &[&self.head], &arguments).await?.number() == Some(1))
    }

    /// Goes on with other periods: those that are gone are dropped, on those that came everybody stands at nothing. Of nothing where another
    /// process was quicker.
    pub async fn replan(&self, head: &Head, plan: Vec<Since>) -> Result<(), Failure> {
        let base = format!("{}{}:", self.prefix, head.generation);
        let beyond = |one: &[Since], other: &[Since]| {
            json(&one.iter().filter(|since| !other.contains(since)).map(|since| key_of(*since)).collect::<Vec<_>>())
        };
        let (old, new) = (beyond(&head.mark.plan, &plan)?, beyond(&plan, &head.mark.plan)?);
        let after = Head::new(&head.generation, &Mark { plan, ..head.mark.clone() })?;
        let arguments = [head.text.as_str(), &after.text, &base, &old, &new];
        self.cache.run(&REPLAN, &[&self.head], &arguments).await?;
        Ok(())
    }

    /// The right to make everything anew, for who gets it; others answer from memory meanwhile.
    pub async fn claim(&self, generation: &str) -> Result<bool, Trouble> {
        let claim = words(["SET", &self.lock, generation, "NX", "PX", REBUILD_MS]);
        Ok(self.cache.send(&[claim]).await?.first().and_then(Reply::text) == Some("OK"))
    }

    /// Everything anew, seen only once it is whole; what was there before goes.
    pub async fn replace(&self, generation: &str, tableau: &Tableau) -> Result<(), Failure> {
        let base = format!("{}{generation}:", self.prefix);
        for some in everything(tableau, &base)?.chunks(20) {
            self.cache.send(some).await?;
        }
        let head = Head::new(generation, &tableau.mark)?;
        self.cache.run(&FINISH, &[&self.head, &self.lock], &[generation, &head.text]).await?;
        Ok(self.sweep(&base).await?)
    }

    async fn sweep(&self, keep: &str) -> Result<(), Trouble> {
        let (mut cursor, pattern) = ("0".to_owned(), format!("{}*", self.prefix));
        loop {
            let scan = words(["SCAN", &cursor, "MATCH", &pattern, "COUNT", "1000"]);
            let reply = self.cache.send(&[scan]).await?;
            let [next, keys] = reply.first().map(Reply::many).unwrap_or_default() else { return Ok(()) };
            let stale = |key: &&str| !key.starts_with(keep) && *key != self.head && *key != self.lock;
            let stale: Vec<String> =
                keys.many().iter().filter_map(Reply::text).filter(stale).map(str::to_owned).collect();
            if !stale.is_empty() {
                self.cache.send(&[[words(["UNLINK"]), stale].concat()]).await?;
            }
            cursor = next.text().unwrap_or("0").to_owned();
            if cursor == "0" {
                return Ok(());
            }
        }
    }
}

fn told<T>(head: &Reply, found: Option<T>) -> Found<T> {
    match (head.text().and_then(Head::read), found) {
        (Some(head), Some(found)) => Found::Told(head.mark, found),
        _ => Found::Doubt,
    }
}

fn around(people: &Reply, first: &Reply, last: &Reply, places: &Reply) -> Option<Around> {
    let place = |parts: &[Reply]| match parts {
        [person, points, before, member] => Some(Place {
            person: PersonId::new(Uuid::parse_str(person.text()?).ok()?),
            nickname: serde_json::from_str::<Member>(member.text()?).ok()?.nickname?,
            rank: u32::try_from(before.number()? + 1).ok()?,
            points: Amount::milli(-points.number()?),
        }),
        _ => None,
    };
    Some(Around {
        people: u64::try_from(people.number()?).ok()?,
        highest: Amount::milli(-first.number()?),
        lowest: Amount::milli(-last.number()?),
        places: places.many().chunks(4).map(place).collect::<Option<_>>()?,
    })
}

/// None where a set is not as large as was noted.
fn known(replies: &[Reply], people: &[PersonId], plan: &[Since]) -> Option<HashMap<PersonId, Known>> {
    let (noted, replies) = replies.split_first()?;
    let (all, noted) = noted.many().split_first()?;
    let (sizes, values) = replies.split_at_checked(noted.len())?;
    let same = noted.iter().zip(sizes).all(|(noted, size)| noted.number().unwrap_or(0) == size.number().unwrap_or(-1));
    if all == &Reply::Nothing || !same {
        return None;
    }
    let (members, scores) = values.split_first()?;
    let mut found: HashMap<PersonId, Known> = HashMap::new();
    for (person, member) in people.iter().zip(members.many()) {
        if let Some(text) = member.text() {
            found.entry(*person).or_default().member = serde_json::from_str(text).ok()?;
        }
    }
    for (since, scores) in plan.iter().zip(scores) {
        for (person, score) in people.iter().zip(scores.many()).filter_map(|(p, score)| Some((p, score.number()?))) {
            found.entry(*person).or_default().scores.insert(*since, score);
        }
    }
    Some(found)
}

fn json(value: &impl Serialize) -> Result<String, Error> {
    // An empty list is `[]` and an empty table too: Lua does not mind.
    Ok(serde_json::to_string(value)?)
}

type Sizes = Vec<(&'static str, String)>;

/// What a step does to the sets, and which sets change their size.
fn commands(step: &Step, base: &str, plan: &[Since]) -> Result<(Vec<Vec<String>>, Sizes), Error> {
    let mut all = Vec::new();
    let mut sizes: BTreeMap<String, &'static str> = BTreeMap::new();
    let mut put = |count, key: String, command: [&str; 1], rest: [&str; 2]| {
        let full = format!("{base}{key}");
        let rest = rest.into_iter().filter(|word| !word.is_empty());
        all.push(command.into_iter().chain([full.as_str()]).chain(rest).map(str::to_owned).collect());
        sizes.insert(key, count);
    };
    for ((since, path), by) in &step.units {
        put("ZCARD", format!("u:{}", key_of(*since)), ["ZINCRBY"], [&by.to_string(), path]);
    }
    for (path, by) in &step.students {
        put("HLEN", "n".to_owned(), ["HINCRBY"], [path, &by.to_string()]);
    }
    for (person, before, after) in &step.people {
        let id = id_of(*person);
        if before.member != after.member {
            put("HLEN", "m".to_owned(), ["HSET"], [&id, &serde_json::to_string(&after.member)?]);
        }
        for since in plan {
            let key = key_of(*since);
            let score = after.score(*since);
            if before.score(*since) != score {
                put("ZCARD", format!("p:{key}"), ["ZADD"], [&score.to_string(), &id]);
            }
            if let Some(branch) = before.board() {
                put("ZCARD", format!("b:{key}:{branch}"), ["ZREM"], [&id, ""]);
            }
            if let Some(branch) = after.board() {
                put("ZCARD", format!("b:{key}:{branch}"), ["ZADD"], [&(-score).to_string(), &id]);
            }
        }
    }
    Ok((all, sizes.into_iter().map(|(key, count)| (count, key)).collect()))
}

/// The whole tableau as commands, and last the sizes of what they make.
fn everything(tableau: &Tableau, base: &str) -> Result<Vec<Vec<String>>, Error> {
    let mut sets: BTreeMap<(String, &'static str), Vec<[String; 2]>> = BTreeMap::new();
    let mut put = |key: String, word, pair| sets.entry((key, word)).or_default().push(pair);
    for (since, path, sum) in tableau.sums() {
        put(format!("u:{}", key_of(since)), "ZADD", [sum.to_string(), path.to_owned()]);
    }
    for (path, many) in tableau.students() {
        put("n".to_owned(), "HSET", [path.to_owned(), many.to_string()]);
    }
    for (person, known) in tableau.people() {
        let id = id_of(*person);
        put("m".to_owned(), "HSET", [id.clone(), serde_json::to_string(&known.member)?]);
        for since in &tableau.mark.plan {
            let (key, score) = (key_of(*since), known.score(*since));
            if score != 0 {
                put(format!("p:{key}"), "ZADD", [score.to_string(), id.clone()]);
            }
            if let Some(branch) = known.board() {
                put(format!("b:{key}:{branch}"), "ZADD", [(-score).to_string(), id.clone()]);
            }
        }
    }
    let mut sizes = words(["HSET", &format!("{base}sizes"), "all", "1"]);
    let mut all = Vec::new();
    for ((key, word), pairs) in sets {
        sizes.extend([key.clone(), pairs.len().to_string()]);
        for some in pairs.chunks(MANY) {
            all.push([words([word, &format!("{base}{key}")]), some.concat()].concat());
        }
    }
    all.push(sizes);
    Ok(all)
}
