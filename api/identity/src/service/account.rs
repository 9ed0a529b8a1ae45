//! Use cases: accounts and their passwords.

use kernel::{
    Refusal, Result,
    id::{PersonId, SessionId},
};
use platform::audit::{self, Act};

use super::Subject;
use crate::{Identity, rules, store, tables::account};

impl Identity {
    /// With `one_time` the password must be changed before anything else answers; `demo` marks one that everybody knows.
    pub async fn create_account(
        &self,
        person: PersonId,
        username: &str,
        password: &str,
        one_time: bool,
        demo: bool,
    ) -> Result<()> {
        let username = rules::username(username);
        rules::check_username(&username)?;
        let password = self.0.hasher.hash(password).await?;
        let created_at = self.base().now();
        let row = account::Model { person: person.uuid(), username, password, one_time, demo, created_at };
        let tx = self.base().db.begin().await?;
        store::insert_account(&tx, row).await?;
        tx.commit().await
    }

    /// Whether a password that everybody knows still opens an account.
    pub async fn demo_password_works(&self) -> Result<bool> {
        store::any_demo(self.base().db.read()).await
    }

    /// The person's own change: ends their other sessions. Guessing `current` is delayed as at the sign-in. The act is shown to those who
    /// may read what was done in the unit at `path`.
    pub async fn change_password(&self, session: SessionId, current: &str, new: &str, path: &str) -> Result<()> {
        let reading = self.base().db.read();
        let held = store::session_by_id(reading, session).await?.filter(|held| held.lives(self.base().now()));
        let person = held.ok_or_else(Refusal::unauthenticated)?.session(false).person;
        let account = store::account_of(reading, person).await?.ok_or_else(Refusal::unauthenticated)?;
        let subject = [Subject::name(&account.username)];
        self.refuse_blocked(&subject).await?;
        rules::check_new_password(&account.username, current, new)?;
        if !self.0.hasher.verify(current, Some(&account.password)).await? {
            self.count_failure(&subject).await?;
            return Err(Refusal::invalid("current", "当前密码不正确。", "The current password is wrong.").into());
        }
        self.refuse_blocked(&subject).await?;
        let act =
            Act { actor: Some(person), action: "password.change", target: person.to_string(), reason: None, path };
        self.set_password(&account, new, false, Some(session), act).await
    }

    /// A new one-time password for who lost theirs: ends all their sessions. `actor` is none at the command line.
    pub async fn reset(&self, actor: Option<PersonId>, person: PersonId, password: &str, path: &str) -> Result<()> {
        let account = store::account_of(self.base().db.read(), person).await?.ok_or_else(Refusal::not_found)?;
        let act = Act { actor, action: "password.reset", target: person.to_string(), reason: None, path };
        self.set_password(&account, password, true, None, act).await
    }

    async fn set_password(
        &self,
        account: &account::Model,
        new: &str,
        one_time: bool,
        kept: Option<SessionId>,
        act: Act<'_>,
    ) -> Result<()> {
        let password = self.0.hasher.hash(new).await?;
        let tx = self.base().db.begin().await?;
        if !store::replace_password(&tx, account, password, one_time).await? {
            return Err(Refusal::conflict(
                "密码刚刚在别处修改过，请重新登录。",
                "The password was changed elsewhere just now; please sign in again.",
            )
            .into());
        }
        store::delete_sessions(&tx, account.person.into(), kept).await?;
        store::forget_attempts(&tx, &Subject::name(&account.username).key).await?;
        audit::record(self.base(), &tx, act).await?;
        tx.commit().await?;
        self.forget_sessions();
        Ok(())
    }
}
