//! Use cases: signing in and out, and whose session it is.

mod account;
mod password;

use std::sync::atomic::Ordering;

use data_encoding::BASE64URL_NOPAD;
use kernel::{
    Error, Result,
    id::{PersonId, SessionId},
};

pub use self::password::Hasher;
use crate::{
    Identity,
    model::{Session, SignedIn},
    rules::{self, Limit},
    store,
    tables::session,
};

/// Whose failures are counted. The name stands as its hash: people type passwords into the wrong field.
struct Subject {
    key: String,
    limit: Limit,
}

impl Subject {
    fn name(username: &str) -> Self {
        Self { key: format!("name:{}", rules::digest(username)), limit: rules::NAME }
    }
    fn network(network: &str) -> Self {
        Self { key: format!("network:{network}"), limit: rules::NETWORK }
    }
}

impl Identity {
    /// The person whose name and password these are. A wrong name takes as long and is told and counted the same as a wrong password.
    /// `network` is what one household or dormitory shares: an IPv4 address or an IPv6 /64.
    pub async fn check_password(&self, username: &str, password: &str, network: &str) -> Result<PersonId> {
        let name = rules::username(username);
        let subjects = [Subject::name(&name), Subject::network(network)];
        self.refuse_blocked(&subjects).await?;
        let account = store::account_named(self.base().db.read(), &name).await?;
        let right = self.0.hasher.verify(password, account.as_ref().map(|known| known.password.as_str())).await?;
        let Some(account) = account.filter(|_| right) else {
            self.count_failure(&subjects).await?;
            return Err(rules::wrong().into());
        };
        // Guesses sent side by side all passed the first look; the right one among them must not tell itself after the fifth wrong one.
        if self.refuse_blocked(&subjects).await? {
            let tx = self.base().db.begin().await?;
            store::forget_attempts(&tx, &Subject::name(&name).key).await?;
            tx.commit().await?;
        }
        Ok(account.person.into())
    }

    /// Refuses while a subject has to wait; answers whether the first one has failures.
    async fn refuse_blocked(&self, subjects: &[Subject]) -> Result<bool> {
        let mut failed = false;
        for (n, subject) in subjects.iter().enumerate() {
            let Some(known) = store::attempts(self.base().db.read(), &subject.key).await? else { continue };
            failed |= n == 0;
            if let Some(wait) = known.wait(self.base().now()) {
                return Err(subject.limit.refuse(wait).into());
            }
        }
        Ok(failed)
    }

    async fn count_failure(&self, subjects: &[Subject]) -> Result<()> {
        let tx = self.base().db.begin().await?;
        for subject in subjects {
            let (before, now) = (store::lock_attempts(&tx, &subject.key).await?, self.base().now());
            if let Some(wait) = before.wait(now) {
                tx.rollback().await?;
                return Err(subject.limit.refuse(wait).into());
            }
            store::save_attempts(&tx, &subject.key, subject.limit.count(before, now)).await?;
        }
        tx.commit().await
    }

    /// A session for whose password was checked: students have 30 days of use, staff 12 hours and 30 idle minutes.
    pub async fn open_session(&self, person: PersonId, staff: bool) -> Result<SignedIn> {
        let account = store::account_of(self.base().db.read(), person).await?.ok_or_else(rules::wrong)?;
        let mut bits = [0; 32];
        getrandom::fill(&mut bits).map_err(|e| Error::broken(e.to_string()))?;
        let (token, now) = (BASE64URL_NOPAD.encode(&bits), self.base().now());
        let id: SessionId = self.base().id();
        let row = session::Model {
            token_hash: rules::digest(&token),
            id: id.uuid(),
            person: person.uuid(),
            created_at: now,
            seen_at: now,
            expires_at: rules::latest_end(staff, now),
            idle_ms: rules::idle_ms(staff),
        };
        let expires_at = rules::end(now, row.idle_ms, row.expires_at);
        let tx = self.base().db.begin().await?;
        store::insert_session(&tx, row).await?;
        tx.commit().await?;
        Ok(SignedIn { person, session: id, token, one_time: account.one_time, expires_at })
    }

    /// The living session of a token. Its use is noted now and then.
    pub async fn session(&self, token: &str) -> Result<Option<Session>> {
        let (hash, now) = (rules::digest(token), self.base().now());
        let Some(held) = self.held(&hash).await? else { return Ok(None) };
        if now - held.seen_at < rules::noted_every(held.idle_ms) {
            return Ok(Some(held.session(false)));
        }
        if let Err(error) = self.note_use(&hash, &held).await {
            // It lives all the same; the next request tries again.
            tracing::warn!(%error, session.id = %held.session(false).id, "the use of a session could not be noted");
            return Ok(Some(held.session(false)));
        }
        Ok(self.held(&hash).await?.map(|held| held.session(true)))
    }

    async fn held(&self, hash: &str) -> Result<Option<store::Held>> {
        let now = self.base().now();
        if let Some(known) = self.0.sessions.get(hash).filter(|known| known.lives(now)) {
            return Ok(Some(known));
        }
        let ends = self.0.ends.load(Ordering::SeqCst);
        let found = store::session(self.base().db.read(), hash).await?.filter(|found| found.lives(now));
        if let Some(held) = found {
            self.0.sessions.insert(hash.to_owned(), held);
            if self.0.ends.load(Ordering::SeqCst) != ends {
                self.0.sessions.invalidate(hash);
            }
        }
        Ok(found)
    }

    async fn note_use(&self, hash: &str, held: &store::Held) -> Result<()> {
        let tx = self.base().db.begin().await?;
        store::note_use(&tx, hash, held.seen_at, self.base().now()).await?;
        tx.commit().await?;
        self.0.sessions.invalidate(hash);
        Ok(())
    }

    pub async fn sign_out(&self, token: &str) -> Result<()> {
        let hash = rules::digest(token);
        let tx = self.base().db.begin().await?;
        store::delete_session(&tx, &hash).await?;
        tx.commit().await?;
        self.0.ends.fetch_add(1, Ordering::SeqCst);
        self.0.sessions.invalidate(&hash);
        Ok(())
    }

    /// Several sessions ended, or what they say of their account changed.
    fn forget_sessions(&self) {
        self.0.ends.fetch_add(1, Ordering::SeqCst);
        self.0.sessions.invalidate_all();
    }

    /// Removes ended sessions and forgotten failures: for whoever keeps the hours.
    pub async fn sweep(&self) -> Result<()> {
        let tx = self.base().db.begin().await?;
        store::sweep(&tx, self.base().now()).await?;
        tx.commit().await
    }
}
