//! A session, at its birth and later.

use std::fmt;

use kernel::{
    Millis,
    id::{PersonId, SessionId},
};

/// A fresh session: the only moment at which its token is known.
#[derive(Clone)]
pub struct SignedIn {
    pub person: PersonId,
    pub session: SessionId,
    pub token: String,
    /// The password must be changed before anything else answers.
    pub one_time: bool,
    pub expires_at: Millis,
}

/// Without the token: what is printed may end in a log.
impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn").field("session", &self.session).field("expires_at", &self.expires_at).finish()
    }
}

/// A living session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub person: PersonId,
    /// The password must be changed before anything else answers.
    pub one_time: bool,
    /// Unless it is used before.
    pub expires_at: Millis,
    /// This very use moved `expires_at`: a cookie that carries the token is to be set anew.
    pub renewed: bool,
}
