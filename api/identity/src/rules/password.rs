//! Argon2id (RFC 9106) with 19 MiB, two passes, one lane: the first of OWASP's recommended settings.

use std::sync::OnceLock;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use kernel::{Error, Result};

pub fn hash(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|e| Error::broken(e.to_string()))?;
    Ok(hash.to_string())
}

/// For a name that is not there: its hash takes as long as any other.
fn nobody<'a>() -> &'a str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash("nobody has this password").unwrap_or_default())
}

pub fn matches(password: &str, known: Option<&str>) -> bool {
    let verified = PasswordHash::new(known.unwrap_or_else(|| nobody()))
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
    verified && known.is_some()
}
