//! Signing in and out, the viewer.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use kernel::Role as KernelRole;

use crate::{
    context::{Cookie, asker, houses, must_change_password},
    credits::{Balance, LedgerConnection},
    error::{refusal_error, told},
    evaluation::Literacy,
    gamification::{BadgeView, BoardChoice, Goal, Level, PlayTask, Streak, Today, TopicBadge},
    learning::Continuation,
    organisation::{Role, Stage, Unit},
    scalar,
};

/// The signed-in person, as they see themselves.
pub struct Viewer(pub kernel::Viewer);

#[Object]
impl Viewer {
    async fn id(&self) -> ID {
        ID(self.0.person.to_string())
    }
    async fn name(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.person(ctx).await?.name)
    }
    async fn number(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.person(ctx).await?.number)
    }
    async fn roles(&self) -> Vec<Role> {
        let all = [KernelRole::Student, KernelRole::Lecturer, KernelRole::Admin, KernelRole::Auditor];
        all.into_iter().filter(|role| self.0.has(*role)).map(Role::from).collect()
    }
    async fn stage(&self, ctx: &Context<'_>) -> Result<Stage> {
        Ok(self.person(ctx).await?.stage.into())
    }
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        let Some(id) = self.person(ctx).await?.unit else { return Ok(None) };
        Ok(houses(ctx).organisation.unit(id).await.map_err(told(ctx))?.map(Unit::from))
    }
    /// The units in this person's charge as an admin.
    async fn charges(&self, ctx: &Context<'_>) -> Result<Vec<Unit>> {
        let ids: Vec<_> = self.0.charges.iter().filter(|c| c.role == KernelRole::Admin).map(|c| c.unit).collect();
        let mut units: Vec<_> = houses(ctx).organisation.units(&ids).await.map_err(told(ctx))?.into_values().collect();
        units.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(units.into_iter().map(Unit::from).collect())
    }
    async fn balance(&self, ctx: &Context<'_>) -> Result<Balance> {
        Balance::of(ctx, self.0.person).await
    }
    /// Null when the school has play off.
    async fn today(&self, ctx: &Context<'_>) -> Result<Option<Today>> {
        Today::of(ctx, self.0.person).await
    }
    /// Null when the school has play off.
    async fn streak(&self, ctx: &Context<'_>) -> Result<Option<Streak>> {
        Streak::of(ctx, self.0.person).await
    }
    /// Null when the school has play off.
    async fn level(&self, ctx: &Context<'_>) -> Result<Option<Level>> {
        Level::of(ctx, self.0.person).await
    }
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn continue_learning(&self, ctx: &Context<'_>, first: i32) -> Result<Vec<Continuation>> {
        Continuation::of(ctx, self.0.person, first).await
    }
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn entries(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
        measure: Option<crate::credits::CreditMeasure>,
    ) -> Result<LedgerConnection> {
        crate::credits::entries(ctx, self.0.person, first, after, measure).await
    }
    /// What the rules want approved before it is paid: what waits, and what was rejected, with the reason; newest first.
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn waiting_grants(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
    ) -> Result<crate::grants::WaitingGrants> {
        crate::grants::mine(ctx, first, after).await
    }
    /// Small tasks of the day and the week; null when the school has play off.
    async fn tasks(&self, ctx: &Context<'_>) -> Result<Option<Vec<PlayTask>>> {
        PlayTask::of(ctx, &self.0).await
    }
    /// Null when the school has play off.
    async fn badges(&self, ctx: &Context<'_>) -> Result<Option<Vec<BadgeView>>> {
        BadgeView::of(ctx, &self.0).await
    }
    /// Topics of which something is finished, the highest level first; null when the school has play off.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn topics(&self, ctx: &Context<'_>) -> Result<Option<Vec<TopicBadge>>> {
        TopicBadge::of(ctx, &self.0).await
    }
    /// Of the own units; null unless the school plays in teams.
    async fn goals(&self, ctx: &Context<'_>) -> Result<Option<Vec<Goal>>> {
        Goal::of(ctx, &self.0).await
    }
    /// Null unless the school opened boards.
    async fn board(&self, ctx: &Context<'_>) -> Result<Option<BoardChoice>> {
        BoardChoice::of(ctx, &self.0).await
    }
    /// The asker's own requests for review, newest first.
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn appeals(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
    ) -> Result<crate::appeals::AppealConnection> {
        crate::appeals::mine(ctx, first, after).await
    }
    /// Null without a term, and for who is in no stage that is evaluated.
    async fn literacy(&self, ctx: &Context<'_>, term_id: Option<ID>) -> Result<Option<Literacy>> {
        let term = scalar::id_option(term_id.as_ref()).map_err(told(ctx))?;
        Literacy::of(ctx, self.0.person, term).await
    }
}

impl Viewer {
    async fn person(&self, ctx: &Context<'_>) -> Result<::organisation::Person> {
        let found = houses(ctx).organisation.person(self.0.person).await.map_err(told(ctx))?;
        found.ok_or_else(|| refusal_error(&kernel::Refusal::unauthenticated(), self.0.language))
    }
}

pub struct SignInPayload {
    viewer: kernel::Viewer,
    token: String,
}

#[Object]
impl SignInPayload {
    async fn viewer(&self) -> Viewer {
        Viewer(self.viewer.clone())
    }
    /// For clients that keep no cookies: goes into `Authorization: Bearer`.
    async fn token(&self) -> &str {
        &self.token
    }
    /// The password was a one-time one: nothing else answers until it is changed.
    async fn must_change_password(&self, ctx: &Context<'_>) -> Result<bool> {
        let session = houses(ctx).identity.session(&self.token).await.map_err(told(ctx))?;
        Ok(session.is_some_and(|session| session.one_time))
    }
}

#[derive(SimpleObject)]
pub struct ChangePasswordPayload {
    viewer: Viewer,
}

#[derive(Default)]
pub struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// Null when nobody is signed in.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Option<Viewer>> {
        let asker = asker(ctx);
        if asker.one_time {
            return Err(refusal_error(&must_change_password(), asker.language));
        }
        Ok(asker.viewer.clone().map(Viewer))
    }
}

#[derive(Default)]
pub struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// A wrong name and a wrong password give the same answer.
    async fn sign_in(&self, ctx: &Context<'_>, username: String, password: String) -> Result<SignInPayload> {
        let (houses, asker) = (houses(ctx), asker(ctx));
        let person = houses.identity.check_password(&username, &password, &asker.network).await.map_err(told(ctx))?;
        let charges = houses.organisation.charges(person).await.map_err(told(ctx))?;
        let staff = charges.iter().any(|charge| charge.role != KernelRole::Student);
        let signed = houses.identity.open_session(person, staff).await.map_err(told(ctx))?;
        let path = houses.organisation.person(person).await.map_err(told(ctx))?.map(|p| p.path).unwrap_or_default();
        let viewer = kernel::Viewer { person, session: signed.session, path, charges, language: asker.language };
        asker.set_cookie(Cookie::Set { token: signed.token.clone(), expires_at: signed.expires_at });
        Ok(SignInPayload { viewer, token: signed.token })
    }

    async fn sign_out(&self, ctx: &Context<'_>) -> Result<bool> {
        let asker = asker(ctx);
        asker.set_cookie(Cookie::Clear);
        let Some(token) = &asker.token else { return Ok(false) };
        houses(ctx).identity.sign_out(token).await.map_err(told(ctx))?;
        Ok(true)
    }

    /// Ends all other sessions of the person.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        current: String,
        #[graphql(name = "new")] new: String,
    ) -> Result<ChangePasswordPayload> {
        let asker = asker(ctx);
        let refuse = || refusal_error(&kernel::Refusal::unauthenticated(), asker.language);
        let viewer = asker.viewer.clone().ok_or_else(refuse)?;
        // Who belongs to no unit has charge of one.
        let charged = viewer.charges.first().map(|charge| charge.path.as_str()).unwrap_or_default();
        let path = if viewer.path.is_empty() { charged } else { &viewer.path };
        houses(ctx).identity.change_password(viewer.session, &current, &new, path).await.map_err(told(ctx))?;
        Ok(ChangePasswordPayload { viewer: Viewer(viewer) })
    }
}
