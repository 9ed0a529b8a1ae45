//! The architecture, held by a test: floors, purity, names, sizes. A failing message says the reason.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Crate → floor. A crate may use only lower floors; within a floor nobody uses a neighbour.
const FLOORS: [(&str, u8); 18] = [
    ("kernel", 0),
    ("migrations", 0),
    ("platform", 10),
    ("search", 10),
    ("verify", 10),
    ("identity", 21),
    ("media", 21),
    ("organisation", 22),
    ("catalogue", 23),
    ("learning", 24),
    ("credits", 25),
    ("appeals", 26),
    ("gamification", 27),
    ("evaluation", 27),
    ("reports", 27),
    ("graphql", 30),
    ("api", 40),
    ("tests", 50),
];
const ROOMS: [&str; 8] = ["lib", "model", "rules", "service", "store", "tables", "jobs", "tests"];
const HOUSES: [&str; 10] = [
    "identity",
    "organisation",
    "catalogue",
    "learning",
    "credits",
    "appeals",
    "gamification",
    "evaluation",
    "reports",
    "media",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the checkout").to_owned()
}

fn folder(name: &str) -> PathBuf {
    let root = root();
    match name {
        "media" | "search" | "migrations" | "tests" => root.join(name),
        "api" => root.join("api"),
        _ => root.join("api").join(name),
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    paths
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|p| p.extension().is_some_and(|e| e == "rs"))
        .collect()
}

#[test]
fn the_top_level_is_exactly_six_folders() {
    let listed = std::process::Command::new("git")
        .args(["ls-tree", "-d", "--name-only", "HEAD"])
        .current_dir(root())
        .output()
        .expect("git");
    let text = String::from_utf8_lossy(&listed.stdout).into_owned();
    let mut folders: Vec<&str> = text.lines().filter(|name| !name.starts_with('.')).collect();
    folders.sort_unstable();
    assert_eq!(folders, ["api", "media", "migrations", "search", "tests", "web"]);
}

#[test]
fn imports_only_point_down() {
    let floors: BTreeMap<&str, u8> = FLOORS.into();
    for (name, floor) in FLOORS {
        let manifest = fs::read_to_string(folder(name).join("Cargo.toml")).unwrap_or_else(|e| panic!("{name}: {e}"));
        let manifest: toml::Table = manifest.parse().expect("a manifest");
        let Some(used) = manifest.get("dependencies").and_then(|d| d.as_table()) else { continue };
        for (other, other_floor) in used.keys().filter_map(|key| floors.get_key_value(key.as_str())) {
            // The platform makes throw-away and real schemas of the migrations, which depend on nothing of ours.
            assert!(
                *other_floor < floor,
                "{name} (floor {floor}) uses {other} (floor {other_floor}): call down, announce up, never sideways"
            );
        }
    }
}

#[test]
fn every_house_has_the_same_rooms() {
    for house in HOUSES {
        for path in fs::read_dir(folder(house).join("src")).expect("a house").filter_map(Result::ok).map(|e| e.path()) {
            let name = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
            let own = match house {
                "media" => ["blob", "document", "ffmpeg", "hls", "landing", "picture", "recognise", "testing", "token"]
                    .contains(&name.as_str()),
                "learning" => name == "commit",
                // How a report becomes a file.
                "reports" => name == "sheet",
                _ => false,
            };
            assert!(ROOMS.contains(&name.as_str()) || own, "{}: not a room of a house", path.display());
        }
    }
}

#[test]
fn decisions_are_pure() {
    let outside = ["async ", ".await", "sea_orm", "tokio::", "Utc::now", "SystemTime", "Instant::now", "getrandom"];
    let mut pure: Vec<PathBuf> = sources(&folder("kernel").join("src"))
        .into_iter()
        .filter(|p| !p.ends_with("clock.rs") && !p.ends_with("id.rs"))
        .collect();
    for house in HOUSES {
        let src = folder(house).join("src");
        pure.extend(["model.rs", "rules.rs"].map(|room| src.join(room)).into_iter().filter(|p| p.exists()));
        pure.extend(["model", "rules"].into_iter().flat_map(|room| sources(&src.join(room))));
    }
    for path in pure {
        let text = fs::read_to_string(&path).expect("a source");
        for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            let found = outside.iter().find(|word| line.contains(**word));
            assert!(
                found.is_none(),
                "{}:{}: `{}` in a pure room: time, chance and IO are arguments",
                path.display(),
                n + 1,
                found.unwrap_or(&"")
            );
        }
    }
}

#[test]
fn sql_is_written_only_in_a_store() {
    let words =
        ["Entity::find", "Entity::insert", "execute_raw(", "query_all_raw(", "query_one_raw(", "execute_unprepared("];
    for house in HOUSES {
        for path in sources(&folder(house).join("src")) {
            let inside = path.strip_prefix(folder(house).join("src")).expect("inside").to_string_lossy().into_owned();
            if inside.starts_with("store") || inside.starts_with("tests") || inside.starts_with("tables") {
                continue;
            }
            let text = fs::read_to_string(&path).expect("a source");
            let found = words.iter().find(|word| text.contains(**word));
            assert!(found.is_none(), "{}: `{}` belongs in store.rs", path.display(), found.unwrap_or(&""));
        }
    }
}

#[test]
fn only_the_dialect_looks_at_which_database_it_is() {
    for house in HOUSES {
        for path in sources(&folder(house).join("src")) {
            let text = fs::read_to_string(&path).expect("a source");
            assert!(
                !text.contains("DbBackend::") && !text.contains("is_postgres()"),
                "{}: ask platform::dialect",
                path.display()
            );
        }
    }
}

#[test]
fn no_source_file_hides_a_second_idea() {
    let mut long: Vec<String> = Vec::new();
    for (name, _) in FLOORS.into_iter().filter(|(name, _)| *name != "api") {
        for path in sources(&folder(name)) {
            let lines = fs::read_to_string(&path).map(|text| text.lines().count()).unwrap_or_default();
            // Stories are read one at a time; their length is no second idea.
            if lines > 450 && !path.to_string_lossy().contains("tests") {
                long.push(format!("{} has {lines} lines", path.display()));
            }
        }
    }
    assert!(long.is_empty(), "split what has grown past one idea:\n{}", long.join("\n"));
}

#[test]
fn nothing_playful_enters_an_official_score() {
    // The manifest keeps the ledger and play out; what learning knows of days and minutes, and what ledger events tell, is kept out by name.
    let manifest = fs::read_to_string(folder("evaluation").join("Cargo.toml")).expect("a manifest");
    let manifest: toml::Table = manifest.parse().expect("a manifest");
    for section in ["dependencies", "dev-dependencies"] {
        let used = manifest.get(section).and_then(|d| d.as_table()).expect("a table");
        for house in ["credits", "gamification", "identity"] {
            assert!(
                !used.contains_key(house),
                "evaluation uses {house}: points, boards and sign-ins never decide a score"
            );
        }
    }
    let words = [
        "event::Measure",
        "Measure::Points",
        "EntryPosted",
        "MinutesCovered",
        "days_studied",
        "studied(",
        "streak",
        "credited_ms",
    ];
    let tables = ["credits_", "gamification_", "learning_day", "identity_"];
    for path in sources(&folder("evaluation").join("src")) {
        let text = fs::read_to_string(&path).expect("a source");
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let found = words.iter().chain(&tables).find(|word| line.contains(**word));
            assert!(found.is_none(), "{}: `{}` in an official score", path.display(), found.unwrap_or(&""));
        }
    }
}

#[test]
fn nothing_of_the_machine_that_made_it_is_in_the_project() {
    let arguments = ["grep", "-nE", "/(root|home)/[a-z]", "--", ".", ":!*.lock", ":!*package-lock.json"];
    let output = std::process::Command::new("git").args(arguments).current_dir(root()).output().expect("git");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let found: Vec<&str> = text.lines().filter(|line| !line.contains("tidy.rs")).collect();
    assert!(found.is_empty(), "{found:?}");
}
