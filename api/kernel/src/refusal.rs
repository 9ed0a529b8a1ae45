//! Three kinds of failure. A *refusal* is for the person, who can act on it: a code of the contract and a sentence. A *fault* is ours:
//! logged once at the edge, opaque outside. A *bug* is an assertion in a test.

use std::fmt;

use crate::text::{Language, Text};

/// The contract's `extensions.code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    Unauthenticated,
    Forbidden,
    NotFound,
    Invalid,
    Conflict,
    Gap,
    RateLimited,
    StorageFull,
    Unavailable,
}

impl Code {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::Invalid => "INVALID",
            Self::Conflict => "CONFLICT",
            Self::Gap => "GAP",
            Self::RateLimited => "RATE_LIMITED",
            Self::StorageFull => "STORAGE_FULL",
            Self::Unavailable => "UNAVAILABLE",
        }
    }
}

/// One input field that is wrong, and why. `path` is the GraphQL path of the input, for example `input.title`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    pub path: String,
    pub text: Text,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: Code,
    pub text: Text,
    pub fields: Vec<FieldFault>,
    /// With `GAP`: the number that is expected.
    pub next_seq: Option<i64>,
    /// With `RATE_LIMITED` and `UNAVAILABLE`: when to try again.
    pub retry_after_ms: Option<i64>,
}

impl Refusal {
    pub fn new(code: Code, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, text: Text::new(zh, en), fields: Vec::new(), next_seq: None, retry_after_ms: None }
    }
    /// One faulty field, told by its path and a sentence.
    pub fn invalid(path: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let text = Text::new(zh, en);
        let fault = FieldFault { path: path.into(), text: text.clone() };
        Self { code: Code::Invalid, text, fields: vec![fault], next_seq: None, retry_after_ms: None }
    }
    /// Several faulty fields at once; the sentence is the first one's.
    pub fn invalid_fields(fields: Vec<FieldFault>) -> Self {
        let text =
            fields.first().map_or_else(|| Text::new("输入有误。", "The input is not valid."), |f| f.text.clone());
        Self { code: Code::Invalid, text, fields, next_seq: None, retry_after_ms: None }
    }
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "没有找到，或您无权查看。", "Not found, or not yours to see.")
    }
    pub fn forbidden() -> Self {
        Self::new(Code::Forbidden, "您没有进行此操作的权限。", "You may not do this.")
    }
    pub fn unauthenticated() -> Self {
        Self::new(Code::Unauthenticated, "请先登录。", "Please sign in first.")
    }
    pub fn conflict(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(Code::Conflict, zh, en)
    }
    pub fn unavailable(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(Code::Unavailable, zh, en)
    }
    pub fn retry_after(mut self, millis: i64) -> Self {
        self.retry_after_ms = Some(millis);
        self
    }
    pub fn say(&self, language: Language) -> &str {
        self.text.say(language)
    }
}
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.text.en)
    }
}

/// What a front door answers when it does not answer. Cloneable, because one failed batch is told to many callers.
#[derive(Debug, Clone)]
pub enum Error {
    Refusal(Box<Refusal>),
    Fault(std::sync::Arc<dyn std::error::Error + Send + Sync>),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A fault told in words, for what has no error type of its own.
    pub fn broken(what: impl Into<String>) -> Self {
        Self::Fault(std::sync::Arc::<dyn std::error::Error + Send + Sync>::from(Box::<
            dyn std::error::Error + Send + Sync,
        >::from(what.into())))
    }
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refusal(refusal) => Some(refusal),
            Self::Fault(_) => None,
        }
    }
    pub fn code(&self) -> Option<Code> {
        self.refusal().map(|refusal| refusal.code)
    }
}
impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(Box::new(refusal))
    }
}
/// Whatever else goes wrong below is a fault; neither `Refusal` nor this type is a `std::error::Error`, so the two never mix.
impl<E: std::error::Error + Send + Sync + 'static> From<E> for Error {
    fn from(cause: E) -> Self {
        Self::Fault(std::sync::Arc::new(cause))
    }
}
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refusal(refusal) => refusal.fmt(f),
            Self::Fault(cause) => write!(f, "{cause}"),
        }
    }
}
