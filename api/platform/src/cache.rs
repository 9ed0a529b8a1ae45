//! Redis, where it is configured: a faster copy of what the database knows, never the owner of anything. It may be away, slow, emptied or
//! wrong at any time. Whoever asks has an answer of their own for that, and is told at once: a server that failed is left alone for a second.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use kernel::Result;
use redis::{
    Client, Cmd, RedisError,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

/// Longer than any command takes on a healthy server, shorter than a person waits.
const ANSWER: Duration = Duration::from_millis(500);
const CONNECT: Duration = Duration::from_millis(500);
/// After a failure nobody asks for so long.
const REST: Duration = Duration::from_secs(1);
/// Words with which a server says that it does not serve now; every other refusal is about what was asked.
const NOT_NOW: [&str; 8] = ["LOADING", "READONLY", "OOM", "MISCONF", "NOAUTH", "NOPERM", "MASTERDOWN", "BUSY"];

/// The door to one Redis. Cheap to clone; reconnects by itself.
#[derive(Clone)]
pub struct Cache {
    connection: ConnectionManager,
    resting: Arc<Mutex<Option<Instant>>>,
}

/// Why a question had no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody answers, or not in time.
    Away(String),
    /// The server refuses: what is kept there is not what was expected.
    Wrong(String),
}

/// What a server answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    Nothing,
    Number(i64),
    Text(String),
    Many(Vec<Reply>),
}

impl Reply {
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Nothing | Self::Number(_) | Self::Many(_) => None,
        }
    }
    /// A number, also one written as text: scores are.
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
            Self::Nothing | Self::Many(_) => None,
        }
    }
    pub fn many(&self) -> &[Self] {
        match self {
            Self::Many(many) => many,
            Self::Nothing | Self::Number(_) | Self::Text(_) => &[],
        }
    }
}

/// A Lua script: sent once, afterwards named by its hash.
pub struct Script(redis::Script);

impl Script {
    pub fn new(lua: &str) -> Self {
        Self(redis::Script::new(lua))
    }
}

impl Cache {
    /// `redis://[user:password@]host[:port][/database]`. Does not connect yet: a server that is down at the start is down like any other time.
    pub fn open(url: &str) -> Result<Self> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER))
            .set_number_of_retries(1)
            .set_max_delay(Duration::from_millis(100));
        let connection = ConnectionManager::new_lazy_with_config(Client::open(url)?, config)?;
        Ok(Self { connection, resting: Arc::new(Mutex::new(None)) })
    }

    pub async fn run(&self, script: &Script, keys: &[&str], arguments: &[&str]) -> Result<Reply, Trouble> {
        self.awake()?;
        let mut invocation = script.0.prepare_invoke();
        for key in keys {
            invocation.key(*key);
        }
        for argument in arguments {
            invocation.arg(*argument);
        }
        let answer = invocation.invoke_async::<redis::Value>(&mut self.connection.clone()).await;
        answer.map(reply).map_err(|error| self.told(&error))
    }

    /// Several commands in one go, in order; each a list of words. The first refusal is the answer of all.
    pub async fn send(&self, commands: &[Vec<String>]) -> Result<Vec<Reply>, Trouble> {
        self.awake()?;
        let mut pipe = redis::pipe();
        for words in commands {
            let mut command = Cmd::new();
            for word in words {
                command.arg(word);
            }
            pipe.add_command(command);
        }
        let answer = pipe.query_async::<Vec<redis::Value>>(&mut self.connection.clone()).await;
        answer.map(|all| all.into_iter().map(reply).collect()).map_err(|error| self.told(&error))
    }

    fn awake(&self) -> Result<(), Trouble> {
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        match *resting {
            Some(since) if since.elapsed() < REST => Err(Trouble::Away("it failed a moment ago".to_owned())),
            _ => Ok(()),
        }
    }

    fn told(&self, error: &RedisError) -> Trouble {
        let refused = error.code().is_some_and(|code| !NOT_NOW.contains(&code));
        metrics::counter!("xianfeng_cache_failed").increment(1);
        tracing::warn!(%error, "the cache failed; answering without it");
        if refused && !error.is_io_error() && !error.is_timeout() {
            return Trouble::Wrong(error.to_string());
        }
        *self.resting.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        Trouble::Away(error.to_string())
    }
}

fn reply(value: redis::Value) -> Reply {
    match value {
        redis::Value::Int(number) => Reply::Number(number),
        redis::Value::BulkString(bytes) => Reply::Text(String::from_utf8_lossy(&bytes).into_owned()),
        redis::Value::SimpleString(text) => Reply::Text(text),
        redis::Value::Okay => Reply::Text("OK".to_owned()),
        redis::Value::Array(all) => Reply::Many(all.into_iter().map(reply).collect()),
        redis::Value::Double(number) => Reply::Text(number.to_string()),
        _ => Reply::Nothing,
    }
}
