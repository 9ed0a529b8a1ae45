//! Rule packs in plain words, and one fact tried against one.

use ::credits as house;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use kernel::Viewer;

use crate::{
    context::{houses, viewer},
    credits::{CreditMeasure, Rule},
    error::told,
    scalar::{Date, DateTime, Decimal, int},
};

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
pub enum PackState {
    /// Comes with the program, not activated.
    Shipped,
    /// Added by an admin, not activated.
    Draft,
    /// Will be in force from a day to come.
    Scheduled,
    Active,
    Past,
}

pub struct RulePack(house::PackView);

#[Object]
impl RulePack {
    async fn id(&self) -> ID {
        ID(format!("pck_{}", self.0.version))
    }
    async fn version(&self) -> &str {
        &self.0.version
    }
    async fn title(&self) -> &str {
        &self.0.title
    }
    async fn summary(&self) -> &str {
        &self.0.summary
    }
    async fn state(&self) -> PackState {
        self.0.state.into()
    }
    /// First day of its newest stretch in force; null while it is not activated, and where it holds from the beginning.
    async fn effective(&self) -> Option<Date> {
        self.0.spans.first().and_then(|(from, _)| *from).map(Date)
    }
    /// What all rules together pay at most, a sentence a measure.
    async fn caps(&self) -> Vec<PackRule> {
        self.0.caps.iter().cloned().map(PackRule).collect()
    }
    async fn rules(&self) -> Vec<PackRule> {
        self.0.rules.iter().cloned().map(PackRule).collect()
    }
    /// What the training classes ask for: nothing is paid by these.
    async fn targets(&self) -> Vec<PackRule> {
        self.0.targets.iter().cloned().map(PackRule).collect()
    }
    /// Numbers whose basis no admin has confirmed.
    async fn unconfirmed(&self) -> i32 {
        int(self.0.unconfirmed)
    }
    /// The pack as TOML; null for who may not add packs.
    async fn source(&self) -> Option<&str> {
        self.0.text.as_deref()
    }
}

impl From<house::PackState> for PackState {
    fn from(state: house::PackState) -> Self {
        match state {
            house::PackState::Draft => Self::Draft,
            house::PackState::Shipped => Self::Shipped,
            house::PackState::Planned => Self::Scheduled,
            house::PackState::Active => Self::Active,
            house::PackState::Past => Self::Past,
        }
    }
}

pub struct PackRule(house::Explained);

#[Object]
impl PackRule {
    async fn key(&self) -> &str {
        &self.0.key
    }
    async fn title(&self) -> &str {
        &self.0.title
    }
    async fn measure(&self) -> Option<CreditMeasure> {
        self.0.measure.map(CreditMeasure::from)
    }
    /// In plain Chinese.
    async fn text(&self) -> &str {
        &self.0.text
    }
    async fn numbers(&self) -> Vec<PackNumber> {
        self.0.numbers.iter().cloned().map(PackNumber::from).collect()
    }
}

#[derive(SimpleObject)]
pub struct PackNumber {
    path: String,
    label: String,
    value: String,
    basis: Basis,
}

#[derive(SimpleObject)]
pub struct Basis {
    document: String,
    edition: Option<String>,
    article: Option<String>,
    /// As the pack says, for example that it is an example.
    note: Option<String>,
    /// Null: 「依据待学校核对」. As the pack names them, or the admin who confirmed it here.
    confirmed_by: Option<String>,
    confirmed_on: Option<Date>,
    confirmation: Option<String>,
}

impl From<house::NumberView> for PackNumber {
    fn from(number: house::NumberView) -> Self {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let confirmed = number.confirmed.as_ref();
        let basis = Basis {
            document: number.document,
            edition: some(number.edition),
            article: some(number.article),
            note: number.note,
            confirmed_by: confirmed.map(|c| c.by.clone()),
            confirmed_on: confirmed.map(|c| Date(c.on)),
            confirmation: confirmed.and_then(|c| some(c.note.clone())),
        };
        Self { path: number.path, label: number.label, value: number.value.to_string(), basis }
    }
}

/// One of `version` and `toml`.
#[derive(InputObject)]
pub struct TryFactInput {
    version: Option<String>,
    toml: Option<String>,
    event: String,
    at: Option<DateTime>,
    minutes: Option<i32>,
    /// Of a video: told in minutes, a begun one as a whole.
    duration_ms: Option<i32>,
    count: Option<i32>,
    result: Option<String>,
    hours: Option<Decimal>,
    credits: Option<Decimal>,
}

#[derive(SimpleObject)]
pub struct Trial {
    grants: Vec<TrialGrant>,
    declined: Vec<TrialDecline>,
}
#[derive(SimpleObject)]
pub struct TrialGrant {
    rule: Rule,
    measure: CreditMeasure,
    amount: Decimal,
    note: String,
    /// It would wait for approval.
    waits: bool,
}
#[derive(SimpleObject)]
pub struct TrialDecline {
    rule: Rule,
    reason: String,
}

impl Trial {
    fn of(viewer: &Viewer, tried: house::Tried) -> Self {
        let grant = |entry: house::TriedEntry| TrialGrant {
            rule: entry.rule.into(),
            measure: entry.measure.into(),
            amount: Decimal(entry.amount),
            note: entry.note,
            waits: entry.waits,
        };
        let decline = |(rule, text): (house::RuleRef, kernel::text::Text)| TrialDecline {
            rule: rule.into(),
            reason: text.say(viewer.language).to_owned(),
        };
        Self {
            grants: tried.entries.into_iter().map(grant).collect(),
            declined: tried.refused.into_iter().map(decline).collect(),
        }
    }
}

#[derive(SimpleObject)]
pub struct RulePackPayload {
    pack: RulePack,
}

#[derive(Default)]
pub struct PacksQuery;

#[Object]
impl PacksQuery {
    /// Every pack that the school knows; for who may not add packs the one in force. The numbers and their basis are open to everybody.
    async fn rule_packs(&self, ctx: &Context<'_>) -> Result<Vec<RulePack>> {
        let packs = houses(ctx).credits.rule_packs(viewer(ctx)?).await.map_err(told(ctx))?;
        Ok(packs.into_iter().map(RulePack).collect())
    }
    async fn rule_pack(&self, ctx: &Context<'_>, version: String) -> Result<Option<RulePack>> {
        let packs = houses(ctx).credits.rule_packs(viewer(ctx)?).await.map_err(told(ctx))?;
        Ok(packs.into_iter().find(|pack| pack.version == version).map(RulePack))
    }
    /// What a fact would earn by a pack; for admins of the school. Nothing is posted.
    async fn try_fact(&self, ctx: &Context<'_>, input: TryFactInput) -> Result<Trial> {
        let viewer = viewer(ctx)?;
        let pack = input.toml.or(input.version).unwrap_or_default();
        let count = |n: i32| u32::try_from(n).unwrap_or(0);
        let sample = house::Sample {
            event: input.event,
            day: input.at.map(|at| houses(ctx).base.zone.day(at.0)),
            minutes: input.minutes.map(count).or(input.duration_ms.map(|ms| count(ms).div_ceil(60_000))),
            count: input.count.map(count),
            result: input.result,
            stage: None,
            hours: input.hours.map(|d| d.0).unwrap_or_default(),
            credits: input.credits.map(|d| d.0).unwrap_or_default(),
        };
        let tried = houses(ctx).credits.try_fact(viewer, &pack, &sample).await.map_err(told(ctx))?;
        Ok(Trial::of(viewer, tried))
    }
}

#[derive(Default)]
pub struct PacksMutation;

#[Object]
impl PacksMutation {
    /// Each fault of the text is told with its line and column.
    async fn add_rule_pack(&self, ctx: &Context<'_>, toml: String) -> Result<RulePackPayload> {
        let pack = houses(ctx).credits.add_pack(viewer(ctx)?, &toml).await.map_err(told(ctx))?;
        Ok(RulePackPayload { pack: RulePack(pack) })
    }
    async fn confirm_basis(
        &self,
        ctx: &Context<'_>,
        version: String,
        path: String,
        note: Option<String>,
    ) -> Result<RulePackPayload> {
        let note = note.unwrap_or_default();
        let pack = houses(ctx).credits.confirm_basis(viewer(ctx)?, &version, &path, &note).await.map_err(told(ctx))?;
        Ok(RulePackPayload { pack: RulePack(pack) })
    }
    /// From a day not before today; old entries stay as they are.
    async fn activate_rule_pack(&self, ctx: &Context<'_>, version: String, from: Date) -> Result<RulePackPayload> {
        let pack = houses(ctx).credits.activate_pack(viewer(ctx)?, &version, from.0).await.map_err(told(ctx))?;
        Ok(RulePackPayload { pack: RulePack(pack) })
    }
}
