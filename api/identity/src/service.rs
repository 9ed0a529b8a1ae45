//! Signing in and out, sessions, passwords.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use kernel::{
    Millis, Refusal, Result,
    id::{PersonId, SessionId},
};
use platform::audit::{self, Act};
use sha2::{Digest, Sha256};

use crate::{
    Identity,
    model::{STAFF, STUDENT, Session, SignedIn},
    rules, store,
};

/// A session's use is written down at most this often.
const TOUCH_MS: i64 = 60_000;

/// What the database keeps of a token.
fn hash_of(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

impl Identity {
    /// Made by the command line, an import or the demo; a one-time password must be changed before anything else.
    pub async fn create_account(
        &self,
        person: PersonId,
        username: &str,
        password: &str,
        one_time: bool,
        demo: bool,
    ) -> Result<()> {
        let username = rules::check_username(username)?;
        let hash = self.hash(password.to_owned()).await?;
        let row = store::Account {
            person: person.uuid(),
            username,
            password: hash,
            one_time,
            demo,
            created_at: self.base().now(),
        };
        let tx = self.base().db.begin().await?;
        store::insert_account(&tx, row).await?;
        tx.commit().await
    }

    /// Whose name and password these are. A wrong name and a wrong password take as long and answer the same.
    pub async fn check_password(&self, username: &str, password: &str, network: &str) -> Result<PersonId> {
        let name = rules::username(username);
        let subjects = [
            (format!("name:{}", hash_of(&name)), rules::NAME_FAILURES),
            (format!("network:{network}"), rules::NETWORK_FAILURES),
        ];
        let now = self.base().now();
        for (subject, _) in &subjects {
            rules::may_try(store::attempts(self.base().db.read(), subject).await?, now)?;
        }
        let account = store::account(self.base().db.read(), &name).await?;
        let known = account.as_ref().map(|account| account.password.clone());
        let right = self.matches(password.to_owned(), known).await?;
        match account.filter(|_| right) {
            Some(account) => {
                self.forget(&subjects).await?;
                Ok(account.person.into())
            }
            None => {
                self.note_failure(&subjects, now).await?;
                let (zh, en) = ("用户名或密码不正确。", "The user name or the password is wrong.");
                Err(Refusal::new(kernel::Code::Unauthenticated, zh, en).into())
            }
        }
    }

    async fn forget(&self, subjects: &[(String, i32); 2]) -> Result<()> {
        let [(name, _), _] = subjects;
        if store::attempts(self.base().db.read(), name).await?.failures == 0 {
            return Ok(());
        }
        let tx = self.base().db.begin().await?;
        store::forget_attempts(&tx, name).await?;
        tx.commit().await
    }

    async fn note_failure(&self, subjects: &[(String, i32); 2], now: Millis) -> Result<()> {
        let tx = self.base().db.begin().await?;
        for (subject, limit) in subjects {
            let before = store::attempts(&tx, subject).await?;
            store::put_attempts(&tx, subject, rules::failed(before, now, *limit)).await?;
        }
        tx.commit().await
    }

    /// Students stay signed in for 30 days of use, staff for 12 hours and 30 idle minutes.
    pub async fn open_session(&self, person: PersonId, staff: bool) -> Result<SignedIn> {
        let lifetime = if staff { STAFF } else { STUDENT };
        let mut secret = [0_u8; 32];
        getrandom::fill(&mut secret).map_err(|e| kernel::Error::broken(e.to_string()))?;
        let token = BASE64URL_NOPAD.encode(&secret);
        let now = self.base().now();
        let session = Session {
            id: SessionId::new(self.base().ids.secret()),
            person,
            one_time: false,
            seen_at: now,
            expires_at: now + lifetime.total_ms,
            idle_ms: lifetime.idle_ms,
        };
        let tx = self.base().db.begin().await?;
        store::insert_session(&tx, &hash_of(&token), &session, now).await?;
        tx.commit().await?;
        Ok(SignedIn { person, session: session.id, token, expires_at: session.expires_at })
    }

    /// The session of a token while it holds; using it keeps it.
    pub async fn session(&self, token: &str) -> Result<Option<Session>> {
        let hash = hash_of(token);
        let load = async { store::session(self.base().db.read(), &hash).await };
        let found = self.0.sessions.try_get_with(hash.clone(), load).await.map_err(|e| (*e).clone())?;
        let now = self.base().now();
        let Some(session) = found.filter(|session| session.holds(now)) else { return Ok(None) };
        if now - session.seen_at >= TOUCH_MS {
            self.touch(&hash, &session, now).await?;
        }
        Ok(Some(session))
    }

    async fn touch(&self, hash: &str, session: &Session, now: Millis) -> Result<()> {
        let sliding = session.idle_ms == STUDENT.idle_ms;
        let expires_at = if sliding { now + STUDENT.total_ms } else { session.expires_at };
        let tx = self.base().db.begin().await?;
        store::touch_session(&tx, hash, now, expires_at).await?;
        tx.commit().await?;
        self.0.sessions.invalidate(hash).await;
        Ok(())
    }

    pub async fn sign_out(&self, token: &str) -> Result<()> {
        let hash = hash_of(token);
        let tx = self.base().db.begin().await?;
        store::delete_session(&tx, &hash).await?;
        tx.commit().await?;
        self.0.sessions.invalidate(&hash).await;
        Ok(())
    }

    /// Ends all other sessions of the person.
    pub async fn change_password(&self, session: SessionId, current: &str, new: &str) -> Result<()> {
        let db = self.base().db.read();
        let person = store::session_person(db, session).await?.ok_or_else(Refusal::unauthenticated)?;
        let account = store::account_of(db, person).await?.ok_or_else(Refusal::unauthenticated)?;
        let subject = [(format!("change:{person}"), rules::NAME_FAILURES), ("change".to_owned(), i32::MAX)];
        let now = self.base().now();
        rules::may_try(store::attempts(db, &subject[0].0).await?, now)?;
        if !self.matches(current.to_owned(), Some(account.password)).await? {
            self.note_failure(&subject, now).await?;
            return Err(Refusal::invalid("current", "当前密码不正确。", "The current password is wrong.").into());
        }
        rules::check_password(new, current, &account.username)?;
        let hash = self.hash(new.to_owned()).await?;
        let tx = self.base().db.begin().await?;
        store::set_password(&tx, person, hash).await?;
        store::delete_other_sessions(&tx, person, session).await?;
        let act =
            Act { actor: Some(person), action: "password.change", target: person.to_string(), reason: None, path: "" };
        audit::record(self.base(), &tx, act).await?;
        tx.commit().await?;
        self.0.sessions.invalidate_all();
        Ok(())
    }

    /// Whether an account still has the password that everybody knows.
    pub async fn demo_password_works(&self) -> Result<bool> {
        Ok(store::demo_accounts(self.base().db.read()).await? > 0)
    }

    /// Removes ended sessions and forgotten failures.
    pub async fn sweep(&self) -> Result<u64> {
        let tx = self.base().db.begin().await?;
        let swept = store::delete_ended(&tx, self.base().now()).await?;
        tx.commit().await?;
        Ok(swept)
    }

    async fn hash(&self, password: String) -> Result<String> {
        let _place = self.0.hashing.acquire().await?;
        tokio::task::spawn_blocking(move || rules::password::hash(&password)).await?
    }

    /// Without a known hash the time of one is spent all the same.
    async fn matches(&self, password: String, known: Option<String>) -> Result<bool> {
        let _place = self.0.hashing.acquire().await?;
        Ok(tokio::task::spawn_blocking(move || rules::password::matches(&password, known.as_deref())).await?)
    }
}
