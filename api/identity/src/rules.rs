//! Which passwords are taken and how wrong ones delay. Pure.

pub mod password;

use kernel::{Code, Millis, Refusal};

use crate::model::Attempts;

/// Failures of one name before it must wait.
pub const NAME_FAILURES: i32 = 5;
/// Of one network: a dormitory shares one address.
pub const NETWORK_FAILURES: i32 = 50;
const FIRST_WAIT_MS: i64 = 30_000;
const LONGEST_WAIT_MS: i64 = 15 * 60_000;
/// After so long without a failure the earlier ones are forgotten.
const QUIET_MS: i64 = 15 * 60_000;
const SHORTEST: usize = 10;
const LONGEST: usize = 200;
/// The commonest that are long enough to pass otherwise.
const COMMON: [&str; 10] = [
    "1234567890",
    "0123456789",
    "qwertyuiop",
    "password123",
    "password1234",
    "1q2w3e4r5t",
    "qwerty123456",
    "abcd123456",
    "aa12345678",
    "1111111111",
];

/// One more failure: from the limit on each doubles the wait.
pub fn failed(before: Attempts, now: Millis, limit: i32) -> Attempts {
    let failures = if now - before.last_at > QUIET_MS { 1 } else { before.failures.saturating_add(1) };
    let wait = match failures - limit {
        over @ 0.. => FIRST_WAIT_MS.saturating_mul(1 << over.min(20)).min(LONGEST_WAIT_MS),
        _ => 0,
    };
    Attempts { failures, blocked_until: if wait > 0 { now + wait } else { 0 }, last_at: now }
}

/// RATE_LIMITED with how long to wait, in words too.
pub fn may_try(attempts: Attempts, now: Millis) -> Result<(), Refusal> {
    let wait = attempts.blocked_until - now;
    if wait <= 0 {
        return Ok(());
    }
    let seconds = (wait + 999) / 1000;
    let zh = format!("密码错误次数过多，请在 {seconds} 秒后再试。");
    let en = format!("Too many wrong passwords; please try again in {seconds} seconds.");
    Err(Refusal::new(Code::RateLimited, zh, en).retry_after(wait))
}

/// A name as it is compared.
pub fn username(name: &str) -> String {
    name.trim().to_lowercase()
}

pub fn check_username(name: &str) -> Result<String, Refusal> {
    let name = username(name);
    let length = name.chars().count();
    if length == 0 || length > 64 || name.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Refusal::invalid(
            "username",
            "用户名须为 1 到 64 个字符，不含空格。",
            "A user name has 1 to 64 characters and no blanks.",
        ));
    }
    Ok(name)
}

/// Long, not the name, not one that everybody tries, not the one before.
pub fn check_password(new: &str, current: &str, username: &str) -> Result<(), Refusal> {
    let refuse = |zh: &str, en: &str| Err(Refusal::invalid("new", zh, en));
    let length = new.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return refuse("新密码须为 10 到 200 个字符。", "A password has 10 to 200 characters.");
    }
    if new == current {
        return refuse("新密码不能与当前密码相同。", "The new password must differ from the current one.");
    }
    let lower = new.to_lowercase();
    if lower.contains(username)
        || COMMON.contains(&lower.as_str())
        || new.chars().all(|c| new.starts_with(c))
    {
        return refuse("这个密码太容易被猜到。", "This password is too easy to guess.");
    }
    Ok(())
}
