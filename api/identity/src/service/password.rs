//! Argon2id with 19 MiB, two passes, one lane (the first choice of the OWASP cheat sheet): some 20 ms of one core, so off the async threads and
//! at most two at once.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{Error as Fault, PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use kernel::Result;
use tokio::sync::Semaphore;

/// What the password of an unknown name is compared with; nothing hashes to it, and it costs the same.
pub const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[derive(Clone)]
pub struct Hasher(Arc<Semaphore>);

fn argon2() -> Result<Argon2<'static>> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1024, 2, 1, None)?))
}

impl Hasher {
    pub fn new() -> Self {
        Self(Arc::new(Semaphore::new(2)))
    }

    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.work(move || Ok(argon2()?.hash_password(password.as_bytes())?.to_string())).await
    }

    /// Without a hash it works as long and answers no.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        let (password, known, hash) = (password.to_owned(), hash.is_some(), hash.unwrap_or(NOBODY).to_owned());
        self.work(move || match argon2()?.verify_password(password.as_bytes(), &PasswordHash::new(&hash)?) {
            Ok(()) => Ok(known),
            Err(Fault::PasswordInvalid) => Ok(false),
            Err(fault) => Err(fault.into()),
        })
        .await
    }

    /// The permit goes along: who hangs up meanwhile frees no core.
    async fn work<T: Send + 'static>(&self, run: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let permit = self.0.clone().acquire_owned().await?;
        let work = tokio::task::spawn_blocking(move || {
            let done = run();
            drop(permit);
            done
        });
        work.await?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_hash_of_nobody_costs_what_a_persons_costs() {
        let hasher = Hasher::new();
        let real = hasher.hash("battery staple").await.unwrap();
        let shape = |hash: &str| hash.split('$').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(shape(&real)[..4], shape(NOBODY)[..4]);
        assert_eq!(real.len(), NOBODY.len());
        assert!(hasher.verify("battery staple", Some(&real)).await.unwrap());
        assert!(!hasher.verify("battery stable", Some(&real)).await.unwrap());
        assert!(!hasher.verify("battery staple", None).await.unwrap());
    }
}
