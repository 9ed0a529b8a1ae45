//! Redis may be away, emptied or wrong: the answers stay those of the ledger.

use kernel::Viewer;
use organisation::{Person, Play};

use super::world::World;
use crate::{Board, Gamification, Period, Scope};

pub async fn everything(house: &Gamification, viewer: &Viewer) -> Vec<Board> {
    let mut all = Vec::new();
    for scope in [Scope::School, Scope::College, Scope::Branch] {
        for period in [Period::Week, Period::Month, Period::Term, Period::All] {
            all.push(house.leaderboard(viewer, scope, period, 10).await.unwrap());
        }
    }
    all
}

/// Four who opted in, in two branches, with points.
async fn school(world: &World) -> Vec<Person> {
    let mut people = Vec::new();
    for (number, unit) in [("1", &world.poetry), ("2", &world.poetry), ("3", &world.poetry), ("4", &world.prose)] {
        let student = world.student(number, unit).await;
        world.watches(&student, number.parse().unwrap()).await;
        let viewer = world.viewer(&student).await;
        world.gamification.set_opt_in(&viewer, true, Some(format!("昵称{number}"))).await.unwrap();
        people.push(student);
    }
    people
}

#[tokio::test]
async fn whatever_happens_to_redis_the_answers_stay_right() {
    for mut world in World::each_board(Play::Boards).await {
        if world.redis.is_none() {
            world.end().await;
            continue;
        }
        let people = school(&world).await;
        let viewer = world.viewer(&people[1]).await;
        let redis = redis_client(&world);
        let prefix = format!("{{xianfeng:{}}}:boards:", world.root.id.uuid().simple());
        let right = everything(&world.in_memory(), &viewer).await;
        assert!(right.iter().any(|board| board.me.is_some() && board.rows.len() > 1));
        assert_eq!(everything(&world.gamification, &viewer).await, right, "{}", world.name());

        for (what, words) in harm(&redis, &prefix).await {
            for words in words {
                redis.send(&[words]).await.unwrap();
            }
            assert_eq!(everything(&world.gamification, &viewer).await, right, "{}: {what}", world.name());
            assert_eq!(everything(&world.fresh(), &viewer).await, right, "{}: {what}, another process", world.name());
        }
        // And it goes on from there.
        world.watches(&people[1], 5).await;
        let later = everything(&world.in_memory(), &viewer).await;
        assert_ne!(later, right);
        assert_eq!(everything(&world.fresh(), &viewer).await, later, "{}", world.name());

        let began = std::time::Instant::now();
        world.redis.as_mut().unwrap().kill();
        world.gamification.catch_up().await.unwrap();
        assert_eq!(everything(&world.fresh(), &viewer).await, later, "{}: killed", world.name());
        assert_eq!(everything(&world.gamification, &viewer).await, later, "{}: killed", world.name());
        world.watches(&people[1], 1).await;
        world.gamification.catch_up().await.unwrap();
        let last = everything(&world.in_memory(), &viewer).await;
        assert_eq!(everything(&world.gamification, &viewer).await, last, "{}: and on without it", world.name());
        assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
        world.end().await;
    }
}

fn redis_client(world: &World) -> platform::Cache {
    platform::Cache::open(&world.redis.as_ref().unwrap().url).unwrap()
}

type Harm = (&'static str, Vec<Vec<String>>);

/// Ways to lose or spoil what is kept there.
async fn harm(redis: &platform::Cache, prefix: &str) -> Vec<Harm> {
    let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    let generation = "local head = redis.call('GET', ARGV[1] .. 'head') return string.match(head, '^(%S+) ')";
    let with = |lua: &str| {
        let lua =
            format!("local function generation() {generation} end local base = ARGV[1] .. generation() .. ':' {lua}");
        vec![words(&["EVAL", &lua, "0", prefix])]
    };
    let head = format!("{prefix}head");
    assert!(redis.send(&[words(&["GET", &head])]).await.unwrap()[0].text().is_some());
    vec![
        ("flushed", vec![words(&["FLUSHALL"])]),
        ("scripts forgotten", vec![words(&["SCRIPT", "FLUSH"])]),
        ("the head of another type", vec![words(&["DEL", &head]), words(&["RPUSH", &head, "1"])]),
        ("a head that cannot be read", vec![words(&["SET", &head, "nonsense"])]),
        ("a step that broke off", vec![words(&["SET", &head, "busy"])]),
        ("the units of another type", with("redis.call('SET', base .. 'u:0', 'x')")),
        ("the units evicted", with("redis.call('DEL', base .. 'u:0')")),
        ("the members evicted", with("redis.call('DEL', base .. 'm')")),
        (
            "a member of no sense",
            with(
                "for _, id in ipairs(redis.call('HKEYS', base .. 'm')) do redis.call('HSET', base .. 'm', id, '{}') end",
            ),
        ),
        ("the sizes evicted", with("redis.call('DEL', base .. 'sizes')")),
        ("the boards evicted", with("for _, key in ipairs(redis.call('KEYS', '*:b:*')) do redis.call('DEL', key) end")),
        (
            "another ledger of the same length",
            with(
                "local head = redis.call('GET', ARGV[1] .. 'head') \
                  redis.call('ZINCRBY', base .. 'u:0', 7000, '1.2.') \
                  redis.call('SET', ARGV[1] .. 'head', (string.gsub(head, '\"entry_at\":%d+', '\"entry_at\":1')))",
            ),
        ),
        (
            "a ledger that was longer",
            with(
                "local head = redis.call('GET', ARGV[1] .. 'head') \
                  redis.call('SET', ARGV[1] .. 'head', (string.gsub(head, '\"entry\":%d+', '\"entry\":999')))",
            ),
        ),
    ]
}
