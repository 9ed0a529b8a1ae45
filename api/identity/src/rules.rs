//! How long sessions live, how failed sign-ins delay the next, which passwords will do. Pure.

use data_encoding::HEXLOWER;
use kernel::{Code, Millis, Refusal};
use sha2::{Digest, Sha256};

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

/// Names are compared without regard to case and outer blanks.
pub fn username(text: &str) -> String {
    text.trim().to_lowercase()
}

pub fn digest(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// How long a session lives unused.
pub const fn idle_ms(staff: bool) -> Millis {
    if staff { 30 * MINUTE } else { 30 * DAY }
}

/// When a session ends however much it is used; a student's never does.
pub const fn latest_end(staff: bool, now: Millis) -> Millis {
    if staff { now.saturating_add(12 * HOUR) } else { Millis::MAX }
}

/// The end of a session that is not used any more.
pub fn end(seen_at: Millis, idle_ms: Millis, latest: Millis) -> Millis {
    seen_at.saturating_add(idle_ms).min(latest)
}

/// A use is written down when the one before lies so far back: for staff a minute, for students, who have thirty days, an hour.
pub fn noted_every(idle_ms: Millis) -> Millis {
    (idle_ms / 720).max(MINUTE)
}

/// Failed sign-ins of one name or from one network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attempts {
    pub failures: i64,
    pub blocked_until: Millis,
    pub last_at: Millis,
}

impl Attempts {
    /// How long the next try has to wait.
    pub fn wait(&self, now: Millis) -> Option<Millis> {
        Some(self.blocked_until - now).filter(|wait| *wait > 0)
    }
}

/// After so much quiet all failures are forgotten.
pub const QUIET: Millis = 15 * MINUTE;
const FIRST_WAIT: Millis = 30_000;
const LONGEST_WAIT: Millis = 15 * MINUTE;

/// From the `most`th failure on the next try has to wait: 30 s, doubling to 15 minutes.
#[derive(Debug, PartialEq, Eq)]
pub struct Limit {
    most: i64,
    /// One failure is forgotten each time so long has passed; without it only quiet forgets.
    fades: Option<Millis>,
    zh: &'static str,
    en: &'static str,
}

pub const NAME: Limit = Limit { most: 5, fades: None, zh: "该用户名", en: "for this user name" };
/// A dormitory or a campus shares one address and is never quiet: there failures fade one by one.
pub const NETWORK: Limit = Limit { most: 50, fades: Some(QUIET / 50), zh: "所在网络", en: "from this network" };

impl Limit {
    fn faded(&self, before: Attempts, now: Millis) -> Attempts {
        if now - before.last_at.max(before.blocked_until) >= QUIET {
            return Attempts::default();
        }
        let Some(each) = self.fades else { return before };
        let gone = ((now - before.last_at) / each).clamp(0, before.failures);
        Attempts { failures: before.failures - gone, last_at: before.last_at + gone * each, ..before }
    }

    /// One failure more.
    pub fn count(&self, before: Attempts, now: Millis) -> Attempts {
        let faded = self.faded(before, now);
        let failures = faded.failures + 1;
        let over = failures - self.most;
        let blocked_until =
            if over < 0 { faded.blocked_until } else { now + (FIRST_WAIT << over.min(5)).min(LONGEST_WAIT) };
        // What fades is measured from the last fading, or failures in quick succession would never fade.
        let last_at = if self.fades.is_none() || failures == 1 { now } else { faded.last_at };
        Attempts { failures, blocked_until, last_at }
    }

    pub fn refuse(&self, wait: Millis) -> Refusal {
        let seconds = (wait + 999) / 1000;
        let (zh, en) = if seconds <= 60 {
            (format!("{seconds} 秒"), format!("{seconds} seconds"))
        } else {
            let minutes = (seconds + 59) / 60;
            (format!("{minutes} 分钟"), format!("{minutes} minutes"))
        };
        let zh = format!("{}密码输错次数过多，请在 {zh}后再试。", self.zh);
        let en = format!("Too many wrong passwords {}; please try again in {en}.", self.en);
        Refusal::new(Code::RateLimited, zh, en).retry_after(wait)
    }
}

/// The same for a wrong name and a wrong password.
pub fn wrong() -> Refusal {
    Refusal::new(Code::Unauthenticated, "用户名或密码不正确。", "The user name or the password is wrong.")
}

/// A name is 1 to 64 characters without blanks; `name` is normalised.
pub fn check_username(name: &str) -> Result<(), Refusal> {
    let good = (1..=64).contains(&name.chars().count()) && !name.chars().any(|c| c.is_whitespace() || c.is_control());
    if good {
        return Ok(());
    }
    Err(Refusal::invalid(
        "username",
        "用户名须为 1 到 64 个字符，且不含空格。",
        "A user name has 1 to 64 characters and no blanks.",
    ))
}

/// The commonest of those long enough, in lower case, and what stands in our own handbook.
const COMMON: [&str; 26] = [
    "1234567890",
    "0123456789",
    "0987654321",
    "12345678910",
    "123456789a",
    "a123456789",
    "aa123456789",
    "1234567890a",
    "123456789abc",
    "abc123456789",
    "qwertyuiop",
    "qwerty12345",
    "qwerty123456",
    "1q2w3e4r5t",
    "q1w2e3r4t5",
    "1qaz2wsx3edc",
    "password12",
    "password123",
    "password1234",
    "admin12345",
    "admin123456",
    "iloveyou123",
    "woaini1314",
    "woaini1314520",
    "abcdefghij",
    "demo-xianfeng",
];

/// Whether `new` may replace `current`; `name` is the normalised user name.
pub fn check_new_password(name: &str, current: &str, new: &str) -> Result<(), Refusal> {
    let refuse = |zh: &str, en: &str| Err(Refusal::invalid("new", zh, en));
    let length = new.chars().count();
    if length < 10 {
        return refuse("新密码至少 10 个字符。", "The new password needs at least 10 characters.");
    }
    if length > 128 {
        return refuse("新密码最多 128 个字符。", "The new password may have at most 128 characters.");
    }
    if new == current {
        return refuse("新密码不能与当前密码相同。", "The new password is the current one.");
    }
    let lower = new.to_lowercase();
    if lower.trim() == name {
        return refuse("密码不能与用户名相同。", "The password may not be the user name.");
    }
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    if COMMON.contains(&lower.as_str()) || different.len() < 4 {
        return refuse("这个密码太常见，请换一个。", "This password is too common; please choose another.");
    }
    Ok(())
}
