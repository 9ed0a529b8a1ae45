//! Settings: the built-in defaults, then a file, then `XIANFENG_*` variables, then flags; checked once, all faults listed together.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use kernel::Zone;
use serde::Deserialize;

const DEFAULTS: &str = include_str!("../config.default.toml");

/// Variable → path in the file.
const VARIABLES: [(&str, &str); 27] = [
    ("XIANFENG_DATA_DIR", "data_dir"),
    ("XIANFENG_LISTEN", "listen"),
    ("XIANFENG_TIME_ZONE", "time_zone"),
    ("XIANFENG_TRUSTED_PROXIES", "trusted_proxies"),
    ("XIANFENG_DATABASE_URL", "database.url"),
    ("XIANFENG_DATABASE_CONNECTIONS", "database.connections"),
    ("XIANFENG_STORE_URL", "store.url"),
    ("XIANFENG_STORE_ENDPOINT", "store.endpoint"),
    ("XIANFENG_STORE_REGION", "store.region"),
    ("XIANFENG_STORE_ACCESS_KEY", "store.access_key"),
    ("XIANFENG_STORE_SECRET_KEY", "store.secret_key"),
    ("XIANFENG_UPLOADS_QUOTA_MB", "uploads.quota_mb"),
    ("XIANFENG_UPLOADS_OPEN", "uploads.open"),
    ("XIANFENG_UPLOADS_RESERVE_MB", "uploads.reserve_mb"),
    ("XIANFENG_REDIS_URL", "redis.url"),
    ("XIANFENG_WORKER_EMBEDDED", "worker.embedded"),
    ("XIANFENG_WORKER_OUTSIDE", "worker.outside"),
    ("XIANFENG_STUDY_HIDDEN_COUNTS", "study.hidden_counts"),
    ("XIANFENG_STUDY_KEPT_DAYS", "study.kept_days"),
    ("XIANFENG_CAPTIONS_COMMAND", "captions.command"),
    ("XIANFENG_CAPTIONS_MINUTES", "captions.minutes"),
    ("XIANFENG_CAPTIONS_MEMORY_MB", "captions.memory_mb"),
    ("XIANFENG_LEDGER_WITNESS", "ledger.witness"),
    ("XIANFENG_LEDGER_WEBHOOK", "ledger.webhook"),
    ("XIANFENG_LEDGER_FORMER_KEYS", "ledger.former_keys"),
    ("XIANFENG_LOG", "log.level"),
    ("XIANFENG_LOG_FORMAT", "log.format"),
];

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub data_dir: PathBuf,
    pub listen: String,
    pub time_zone: String,
    pub trusted_proxies: Vec<String>,
    pub database: Database,
    pub store: Store,
    pub uploads: Uploads,
    pub redis: Redis,
    pub worker: Worker,
    pub study: Study,
    pub captions: Captions,
    pub ledger: Ledger,
    pub log: Log,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: String,
    pub connections: u32,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    pub url: String,
    pub endpoint: String,
    pub region: String,
    pub access_key: String,
    pub secret_key: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uploads {
    pub quota_mb: u64,
    pub open: u64,
    pub reserve_mb: u64,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("url", &self.url).field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redis {
    pub url: String,
}

/// The address may hold a password.
impl std::fmt::Debug for Redis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redis").field("configured", &!self.url.is_empty()).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worker {
    pub embedded: bool,
    pub outside: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Study {
    pub hidden_counts: bool,
    pub kept_days: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Captions {
    pub command: Vec<String>,
    pub minutes: u32,
    pub memory_mb: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    pub witness: String,
    pub webhook: String,
    pub former_keys: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub level: String,
    pub format: String,
}

impl Config {
    /// From the text of a settings file (may be empty), the environment and flags (path in the file → value).
    pub fn load(file: &str, environment: &HashMap<String, String>, flags: &[(&str, String)]) -> Result<Self, String> {
        let mut table: toml::Table = DEFAULTS.parse().map_err(|e| format!("built-in defaults: {e}"))?;
        merge(&mut table, file.parse().map_err(|e| format!("settings file: {e}"))?);
        for (name, path) in VARIABLES {
            if let Some(value) = environment.get(name) {
                set(&mut table, path, value).map_err(|fault| format!("{name}: {fault}"))?;
            }
        }
        for (path, value) in flags {
            set(&mut table, path, value).map_err(|fault| format!("--{path}: {fault}"))?;
        }
        let config: Self = table.try_into().map_err(|e: toml::de::Error| format!("settings: {e}"))?;
        let faults = config.faults();
        if faults.is_empty() { Ok(config) } else { Err(faults.join("\n")) }
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut check = |good: bool, fault: &str| {
            if !good {
                faults.push(fault.to_owned());
            }
        };
        check(self.listen.parse::<SocketAddr>().is_ok(), "listen: an address and port, for example 127.0.0.1:8080");
        check(self.time_zone.parse::<Zone>().is_ok(), "time_zone: an IANA name, for example Asia/Shanghai");
        check(self.trusted_proxies.iter().all(|ip| ip.parse::<IpAddr>().is_ok()), "trusted_proxies: IP addresses");
        let url = &self.database.url;
        let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
        check(url.is_empty() || known, "database.url: sqlite:PATH or postgres://user:password@host/name");
        check((1..=200).contains(&self.database.connections), "database.connections: 1 to 200");
        check(
            self.store.url.is_empty() || self.store.url.starts_with("s3://"),
            "store.url: s3://bucket/prefix, or empty for the data folder",
        );
        check(
            self.redis.url.is_empty() || self.redis.url.starts_with("redis://"),
            "redis.url: redis://[user:password@]host[:port][/database], or empty for none",
        );
        // So that no sum of sizes overflows: a million million megabytes are more than any disk.
        let sane = |megabytes: u64| megabytes <= 1_000_000_000_000;
        check(sane(self.uploads.quota_mb), "uploads.quota_mb: megabytes, or 0 for no limit");
        check(sane(self.uploads.reserve_mb), "uploads.reserve_mb: megabytes");
        check((1..=1000).contains(&self.uploads.open), "uploads.open: 1 to 1000");
        check((1..=64).contains(&self.worker.outside), "worker.outside: 1 to 64");
        // A shorter time would take the evidence of a reading that somebody lays aside over a holiday.
        check((30..=3_650).contains(&self.study.kept_days), "study.kept_days: 30 to 3650");
        check((1..=1440).contains(&self.captions.minutes), "captions.minutes: 1 to 1440");
        let ledger = &self.ledger;
        let url = ["http://", "https://"].iter().any(|scheme| ledger.webhook.starts_with(scheme));
        check(ledger.webhook.is_empty() || url, "ledger.webhook: http:// or https://, or empty");
        let key = |key: &String| key.len() == 64 && key.bytes().all(|b| b.is_ascii_hexdigit());
        check(ledger.former_keys.iter().all(key), "ledger.former_keys: public keys of 64 hexadecimal digits");
        check(["text", "json"].contains(&self.log.format.as_str()), "log.format: text or json");
        faults
    }

    pub fn address(&self) -> SocketAddr {
        self.listen.parse().unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)))
    }
    pub fn zone(&self) -> Zone {
        self.time_zone.parse().unwrap_or_default()
    }
    pub fn database_url(&self) -> String {
        if self.database.url.is_empty() {
            return format!("sqlite:{}", self.data_dir.join("xianfeng.db").display());
        }
        self.database.url.clone()
    }
    /// Where checkpoints are witnessed.
    pub fn witness(&self) -> PathBuf {
        if self.ledger.witness.is_empty() {
            return self.data_dir.join("witness/checkpoints.txt");
        }
        self.ledger.witness.clone().into()
    }
    pub fn proxies(&self) -> Vec<IpAddr> {
        self.trusted_proxies.iter().filter_map(|ip| ip.parse().ok()).collect()
    }
}

fn merge(base: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(over)) => merge(inner, over),
            (_, value) => drop(base.insert(key, value)),
        }
    }
}

/// Writes a text value at a dotted path, read as what stands there by default.
fn set(table: &mut toml::Table, path: &str, text: &str) -> Result<(), String> {
    let (section, key) = path.split_once('.').map_or((None, path), |(section, key)| (Some(section), key));
    let table = match section {
        Some(section) => table.get_mut(section).and_then(toml::Value::as_table_mut).ok_or("no such section")?,
        None => table,
    };
    let value = match table.get(key) {
        Some(toml::Value::Boolean(_)) => toml::Value::Boolean(text.parse().map_err(|_| "true or false")?),
        Some(toml::Value::Integer(_)) => toml::Value::Integer(text.parse().map_err(|_| "a number")?),
        Some(toml::Value::Array(_)) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            toml::Value::Array(items.map(|item| toml::Value::String(item.to_owned())).collect())
        }
        _ => toml::Value::String(text.to_owned()),
    };
    table.insert(key.to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Config, String> {
        let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let flags: Vec<_> = flags.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
        Config::load(file, &environment, &flags)
    }

    #[test]
    fn the_defaults_are_valid_and_every_variable_names_a_setting() {
        let config = load("", &[], &[]).unwrap();
        assert_eq!((config.address().port(), config.worker.embedded), (8080, true));
        let all: Vec<_> = VARIABLES.iter().map(|(name, _)| (*name, "1")).collect();
        assert!(load("", &all, &[]).is_err());
    }

    #[test]
    fn flags_win_over_variables_and_these_over_the_file() {
        let file = "listen = '127.0.0.1:1'\n[database]\nconnections = 7";
        let environment = [("XIANFENG_LISTEN", "127.0.0.1:2"), ("XIANFENG_DATABASE_CONNECTIONS", "9")];
        let config = load(file, &environment, &[("listen", "127.0.0.1:3")]).unwrap();
        assert_eq!((config.address().port(), config.database.connections), (3, 9));
    }

    #[test]
    fn what_counts_and_how_long_it_is_kept_can_be_set_within_reason() {
        let study = |file: &str, environment: &[(&str, &str)]| {
            load(file, environment, &[]).map(|config| (config.study.hidden_counts, config.study.kept_days))
        };
        let built_in = learning::Config::default();
        assert_eq!(study("", &[]), Ok((built_in.hidden_counts, built_in.kept_days)));
        let environment = [("XIANFENG_STUDY_HIDDEN_COUNTS", "false")];
        assert_eq!(study("[study]\nkept_days = 365", &environment), Ok((false, 365)));
        for wrong in ["0", "29", "3651", "-90"] {
            let said = study(&format!("[study]\nkept_days = {wrong}"), &[]).unwrap_err();
            assert_eq!(said, "study.kept_days: 30 to 3650");
        }
        assert!(study("", &[("XIANFENG_STUDY_HIDDEN_COUNTS", "perhaps")]).unwrap_err().contains("HIDDEN_COUNTS"));
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let said = load("listen = 'here'\ntime_zone = 'Mars'\n[log]\nformat = 'xml'", &[], &[]).unwrap_err();
        assert_eq!(said.lines().count(), 3, "{said}");
        assert!(load("lisen = 'x'", &[], &[]).unwrap_err().contains("lisen"));
    }
}
