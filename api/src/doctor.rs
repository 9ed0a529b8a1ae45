//! `doctor`: what is wrong with this installation, in sentences: what, why it matters, what to do. It changes nothing but a probe of its own,
//! and may run beside `serve`.

mod clock;
mod database;
mod place;
mod programs;
mod services;

use crate::config::Config;

/// What came of looking at one thing.
pub enum Found {
    Good(String),
    /// Nothing to look at yet, or not from here.
    Unseen(String),
    Wrong(Wrong),
}

/// Each in Chinese and English.
pub struct Wrong {
    pub what: String,
    pub why: &'static str,
    pub remedy: String,
}

impl Found {
    fn wrong(what: impl Into<String>, why: &'static str, remedy: impl Into<String>) -> Self {
        Self::Wrong(Wrong { what: what.into(), why, remedy: remedy.into() })
    }
}

type Finding = (&'static str, Found);

/// Prints what was found; fails if something is wrong.
pub async fn examine(config: &Config) -> Result<(), String> {
    let mut findings = place::look(config);
    findings.extend(clock::look(config));
    findings.extend(programs::look(config));
    findings.extend(database::look(config).await);
    findings.extend(services::look(config).await);
    let mut wrong = 0;
    for (name, found) in &findings {
        println!("{}", said(name, found));
        wrong += usize::from(matches!(found, Found::Wrong(_)));
    }
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} 项有问题。{wrong} of these need attention.")) }
}

fn said(name: &str, found: &Found) -> String {
    match found {
        Found::Good(text) => format!("✓ {name}: {text}"),
        Found::Unseen(text) => format!("– {name}: {text}"),
        Found::Wrong(Wrong { what, why, remedy }) => {
            format!("✗ {name}: {what}\n    为什么要紧 why it matters: {why}\n    怎么办 what to do: {remedy}")
        }
    }
}
