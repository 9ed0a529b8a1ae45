//! Typed ids. Outside they are opaque strings with the kind as prefix (`crs_…`); inside a [`Uuid`].
//! A malformed id and one of another kind are the same to a client: `NOT_FOUND`.

use std::{fmt, hash, marker::PhantomData, str::FromStr, sync::Mutex};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
pub use uuid::Uuid;

use crate::{Clock, Refusal};

/// What an id names; gives the prefix of its outward form.
pub trait Kind: 'static {
    const PREFIX: &'static str;
}

/// An id of one kind. Comparing two kinds does not compile.
pub struct Id<K> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

impl<K> Id<K> {
    pub const fn new(uuid: Uuid) -> Self {
        Self { uuid, kind: PhantomData }
    }
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.uuid.cmp(&other.uuid)
    }
}
impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}
impl<K> From<Uuid> for Id<K> {
    fn from(uuid: Uuid) -> Self {
        Self::new(uuid)
    }
}
impl<K> From<Id<K>> for Uuid {
    fn from(id: Id<K>) -> Self {
        id.uuid
    }
}
impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, self.uuid.simple())
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<K: Kind> FromStr for Id<K> {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let hex = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_')).unwrap_or_default();
        let lower = hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        match Uuid::try_parse(hex) {
            Ok(uuid) if lower => Ok(Self::new(uuid)),
            _ => Err(Refusal::not_found()),
        }
    }
}
impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| serde::de::Error::custom("not an id of this kind"))
    }
}

pub mod kind {
    //! One marker for each kind of thing that has an id.
    use super::Kind;
    pub enum Person {}
    impl Kind for Person {
        const PREFIX: &'static str = "per";
    }
    pub enum Session {}
    impl Kind for Session {
        const PREFIX: &'static str = "ses";
    }
    pub enum Unit {}
    impl Kind for Unit {
        const PREFIX: &'static str = "unt";
    }
    pub enum Term {}
    impl Kind for Term {
        const PREFIX: &'static str = "trm";
    }
    pub enum Course {}
    impl Kind for Course {
        const PREFIX: &'static str = "crs";
    }
    pub enum Chapter {}
    impl Kind for Chapter {
        const PREFIX: &'static str = "chp";
    }
    pub enum Lesson {}
    impl Kind for Lesson {
        const PREFIX: &'static str = "les";
    }
    pub enum Captions {}
    impl Kind for Captions {
        const PREFIX: &'static str = "cap";
    }
    pub enum Asset {}
    impl Kind for Asset {
        const PREFIX: &'static str = "ast";
    }
    pub enum Study {}
    impl Kind for Study {
        const PREFIX: &'static str = "std";
    }
    pub enum Export {}
    impl Kind for Export {
        const PREFIX: &'static str = "exp";
    }
    pub enum Audit {}
    impl Kind for Audit {
        const PREFIX: &'static str = "aud";
    }
    pub enum Question {}
    impl Kind for Question {
        const PREFIX: &'static str = "qst";
    }
    pub enum Check {}
    impl Kind for Check {
        const PREFIX: &'static str = "chk";
    }
    pub enum Adjustment {}
    impl Kind for Adjustment {
        const PREFIX: &'static str = "adj";
    }
    pub enum Appeal {}
    impl Kind for Appeal {
        const PREFIX: &'static str = "apl";
    }
    pub enum Goal {}
    impl Kind for Goal {
        const PREFIX: &'static str = "gol";
    }
    pub enum Flag {}
    impl Kind for Flag {
        const PREFIX: &'static str = "flg";
    }
    pub enum Freeze {}
    impl Kind for Freeze {
        const PREFIX: &'static str = "frz";
    }
    pub enum Waiting {}
    impl Kind for Waiting {
        const PREFIX: &'static str = "wtg";
    }
    pub enum Submission {}
    impl Kind for Submission {
        const PREFIX: &'static str = "sub";
    }
    pub enum DryRun {}
    impl Kind for DryRun {
        const PREFIX: &'static str = "dry";
    }
}

pub type PersonId = Id<kind::Person>;
pub type SessionId = Id<kind::Session>;
pub type UnitId = Id<kind::Unit>;
pub type TermId = Id<kind::Term>;
pub type CourseId = Id<kind::Course>;
pub type ChapterId = Id<kind::Chapter>;
pub type LessonId = Id<kind::Lesson>;
pub type CaptionsId = Id<kind::Captions>;
pub type AssetId = Id<kind::Asset>;
pub type StudyId = Id<kind::Study>;
pub type ExportId = Id<kind::Export>;
pub type AuditId = Id<kind::Audit>;
pub type QuestionId = Id<kind::Question>;
pub type CheckId = Id<kind::Check>;
pub type AdjustmentId = Id<kind::Adjustment>;
pub type AppealId = Id<kind::Appeal>;
pub type GoalId = Id<kind::Goal>;
pub type FlagId = Id<kind::Flag>;
pub type FreezeId = Id<kind::Freeze>;
pub type WaitingId = Id<kind::Waiting>;
pub type DryRunId = Id<kind::DryRun>;
pub type SubmissionId = Id<kind::Submission>;

/// A ledger entry's id: a number that grows in the order of commits, so that "since the answer before" is a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EntryId(pub i64);

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ent_{}", self.0)
    }
}
impl FromStr for EntryId {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let digits = text.strip_prefix("ent_").unwrap_or_default();
        digits.parse().ok().filter(|n: &i64| *n > 0 && n.to_string() == digits).map(Self).ok_or_else(Refusal::not_found)
    }
}

/// Where new ids come from. Production draws; a seed or a test repeats.
pub trait Ids: Send + Sync {
    /// An id that sorts by the time of its making.
    fn ordered(&self, clock: &dyn Clock) -> Uuid;
    /// 128 bits that nobody can guess.
    fn secret(&self) -> Uuid;
}

impl dyn Ids + '_ {
    pub fn next<K>(&self, clock: &dyn Clock) -> Id<K> {
        Id::new(self.ordered(clock))
    }
}

/// Ids of a running school: UUID version 7 and random bits of the operating system.
pub struct RandomIds;

impl Ids for RandomIds {
    fn ordered(&self, clock: &dyn Clock) -> Uuid {
        time_ordered(clock.now(), self.secret().as_u128())
    }
    fn secret(&self) -> Uuid {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        Uuid::from_bytes(bytes)
    }
}

/// The same ids in the same order for the same seed: for the demo school and for tests, never for secrets that guard anything.
pub struct SeededIds(Mutex<u64>);

impl SeededIds {
    pub const fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
    fn word(&self) -> u64 {
        // SplitMix64 (Steele, Lea, Flood 2014): one addition and a mix, full period.
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Ids for SeededIds {
    fn ordered(&self, clock: &dyn Clock) -> Uuid {
        time_ordered(clock.now(), self.secret().as_u128())
    }
    fn secret(&self) -> Uuid {
        Uuid::from_u64_pair(self.word(), self.word())
    }
}

/// UUID version 7 (RFC 9562): 48 bits of milliseconds, then chance.
fn time_ordered(now: crate::Millis, chance: u128) -> Uuid {
    let millis = u128::from(u64::try_from(now).unwrap_or(0)) & 0xFFFF_FFFF_FFFF;
    let low = chance & 0x0FFF_3FFF_FFFF_FFFF_FFFF;
    Uuid::from_u128((millis << 80) | (low & !(0xF000_C000_0000_0000_0000)) | (0x7 << 76) | (0x2 << 62))
}
