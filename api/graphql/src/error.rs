//! One mapping from the houses' errors to the contract's codes. A refusal is told in the asked-for language; a fault is logged once, here,
//! and goes out as `INTERNAL` with an id and nothing else.

use std::sync::Arc;

use async_graphql::{Context, Error, ErrorExtensionValues, ErrorExtensions, Value};
use kernel::{Code, Language, Refusal};

use crate::context::Asker;

/// For `.map_err(told(ctx))` after a front door's answer.
pub fn told<'a>(ctx: &'a Context<'_>) -> impl Fn(kernel::Error) -> Error + 'a {
    move |error| to_graphql(&error, ctx.data::<Arc<Asker>>().map_or(Language::Chinese, |asker| asker.language))
}

pub fn to_graphql(error: &kernel::Error, language: Language) -> Error {
    match error {
        kernel::Error::Refusal(refusal) => refusal_error(refusal, language),
        kernel::Error::Fault(cause) if is_full(&cause.to_string()) => {
            tracing::error!(%cause, "the storage is full");
            let refusal = Refusal::new(
                Code::StorageFull,
                "服务器存储空间已满，请稍后再试。",
                "The server's storage is full; try again later.",
            );
            refusal_error(&refusal, language)
        }
        kernel::Error::Fault(cause) => {
            let id = kernel::id::Ids::secret(&kernel::id::RandomIds).simple().to_string();
            tracing::error!(error.id = %id, %cause, "a request failed");
            let text = match language {
                Language::Chinese => "服务器出错了，请稍后再试。",
                Language::English => "Something went wrong on our side; try again later.",
            };
            Error::new(text).extend_with(|_, e| {
                e.set("code", "INTERNAL");
                e.set("id", id.clone());
            })
        }
    }
}

/// SQLite says so in words; PostgreSQL by SQLSTATE 53100.
fn is_full(cause: &str) -> bool {
    cause.contains("database or disk is full") || cause.contains("53100") || cause.contains("No space left on device")
}

pub fn refusal_error(refusal: &Refusal, language: Language) -> Error {
    Error::new(refusal.say(language)).extend_with(|_, e| extensions(refusal, language, e))
}

fn extensions(refusal: &Refusal, language: Language, e: &mut ErrorExtensionValues) {
    e.set("code", refusal.code.name());
    if refusal.code == Code::Invalid {
        let fields = refusal.fields.iter().map(|f| {
            let field = [("path", f.path.as_str()), ("message", f.text.say(language))];
            Value::Object(field.into_iter().map(|(k, v)| (async_graphql::Name::new(k), Value::from(v))).collect())
        });
        e.set("fields", Value::List(fields.collect()));
    }
    if let Some(next) = refusal.next_seq {
        e.set("nextSeq", next);
    }
    if let Some(wait) = refusal.retry_after_ms {
        e.set("retryAfterMs", wait);
    }
}
