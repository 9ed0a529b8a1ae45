//! The use cases: a score with its reasons, and the reports of those in charge.

mod appraise;
mod report;

use std::sync::Arc;

use catalogue::Catalogue;
use kernel::{Error, Refusal, Result, id::TermId};
use learning::Learning;
use organisation::{Organisation, Term};
use platform::Base;

use crate::{
    Evaluation,
    rules::scheme::{CURRENT, SCHEMES, Scheme},
    store,
};

impl Evaluation {
    fn new(base: Base, organisation: Organisation, catalogue: Catalogue, learning: Learning) -> Self {
        Self { base, organisation, catalogue, learning, scheme: Arc::default() }
    }

    /// [`Evaluation::new`] where every shipped scheme is valid and none that was used has changed since; else the fault that keeps a server
    /// from starting.
    pub async fn open(
        base: Base,
        organisation: Organisation,
        catalogue: Catalogue,
        learning: Learning,
    ) -> Result<Self> {
        agree(&SCHEMES, &store::used_schemes(base.db.read()).await?)?;
        Ok(Self::new(base, organisation, catalogue, learning))
    }

    /// The term of that id (NOT_FOUND without one); else today's; else the latest one begun.
    pub async fn term(&self, id: Option<TermId>) -> Result<Option<Term>> {
        if let Some(id) = id {
            return Ok(Some(self.organisation.term(id).await?.ok_or_else(Refusal::not_found)?));
        }
        let today = self.base.today();
        if let Some(term) = self.organisation.term_of(today).await? {
            return Ok(Some(term));
        }
        let begun = self.organisation.terms().await?.into_iter().filter(|term| term.starts <= today);
        Ok(begun.max_by_key(|term| term.starts))
    }

    /// The scheme in force; its first use writes its text down for good.
    pub(crate) async fn scheme(&self) -> Result<Arc<Scheme>> {
        let read = || async {
            let used = store::used_schemes(self.base.db.read()).await?;
            agree(&SCHEMES, &used)?;
            let body = SCHEMES.iter().find(|(version, _)| *version == CURRENT).map_or("", |(_, body)| body);
            let scheme = Scheme::try_new(body).map_err(Error::broken)?;
            if !used.iter().any(|(version, _)| version == CURRENT) {
                let tx = self.base.db.begin().await?;
                store::keep_scheme(&tx, CURRENT, body, self.base.now()).await?;
                tx.commit().await?;
            }
            Ok::<_, Error>(Arc::new(scheme))
        };
        Ok(self.scheme.get_or_try_init(read).await?.clone())
    }
}

/// Whether what is shipped is valid and says of each used version what was used.
pub(crate) fn agree(shipped: &[(&str, &str)], used: &[(String, String)]) -> Result<()> {
    for (version, body) in shipped {
        let scheme = Scheme::try_new(body).map_err(Error::broken)?;
        if scheme.version != *version {
            return Err(Error::broken(format!("scheme {version} calls itself {}", scheme.version)));
        }
        if used.iter().any(|(known, text)| known == version && text != body) {
            let fault = "has been used with another text; publish the change under a new version";
            return Err(Error::broken(format!("scheme {version} {fault}")));
        }
    }
    Ok(())
}
