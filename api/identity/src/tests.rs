//! Signing in, staying in, going out: stories through the front door, on both databases.

mod passwords;
mod rules;
mod sessions;

use kernel::{Code, id::PersonId};
use platform::{Outbox, testing::TestBase};

use crate::{Identity, SignedIn};

const PASSWORD: &str = "battery staple";
const NETWORK: &str = "192.0.2.7";
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A school with the account `lin`.
struct World {
    test: TestBase,
    house: Identity,
    lin: PersonId,
}

impl World {
    async fn each() -> Vec<Self> {
        let mut worlds = Vec::new();
        for test in TestBase::each(Outbox::default()).await {
            let house = Identity::new(test.base.clone());
            let lin = test.base.id();
            house.create_account(lin, " Lin ", PASSWORD, false, false).await.unwrap();
            worlds.push(Self { test, house, lin });
        }
        worlds
    }
    async fn sign_in(&self, staff: bool) -> SignedIn {
        let person = self.house.check_password("lin", PASSWORD, NETWORK).await.unwrap();
        self.house.open_session(person, staff).await.unwrap()
    }
    async fn lives(&self, token: &str) -> bool {
        self.house.session(token).await.unwrap().is_some()
    }
    /// The code, the English sentence and the waiting time of a sign-in that is refused.
    async fn refused(&self, name: &str, password: &str, network: &str) -> (Code, String, Option<i64>) {
        let error = self.house.check_password(name, password, network).await.unwrap_err();
        let refusal = error.refusal().expect("a refusal");
        (refusal.code, refusal.text.en.clone(), refusal.retry_after_ms)
    }
}
