//! The schema put together, with its limits. Introspection is open: the SDL is public anyway, and the contract's clients ask for it.

use async_graphql::MergedObject;

use crate::{
    appeals::{AppealsMutation, AppealsQuery},
    catalogue::{
        CaptionsMutation, CaptionsQuery, CatalogueMutation, CatalogueQuery, LabelMutation, QuestionMutation,
        ReadingsQuery, ReviewMutation, ReviewQuery, VersionQuery,
    },
    context::Houses,
    dry_runs::{DryRunsMutation, DryRunsQuery},
    evaluation::EvaluationQuery,
    flags::{FlagsMutation, FlagsQuery},
    gamification::{GamificationQuery, PlayMutation},
    grants::{GrantsMutation, GrantsQuery},
    identity::{IdentityMutation, IdentityQuery},
    later::{LaterMutation, LaterQuery},
    learning::LearningMutation,
    ledger::{LedgerMutation, LedgerQuery},
    media::{LibraryMutation, LibraryQuery, MediaMutation, MediaQuery, MediaSubscription, SpaceQuery},
    organisation::OrganisationQuery,
    packs::{PacksMutation, PacksQuery},
    platform::PlatformQuery,
    reports::{ReportsMutation, ReportsQuery},
    scrub::{ScrubMutation, ScrubQuery},
    search::SearchQuery,
};

#[derive(MergedObject, Default)]
pub struct Query(
    IdentityQuery,
    OrganisationQuery,
    CatalogueQuery,
    CaptionsQuery,
    ReadingsQuery,
    ReviewQuery,
    VersionQuery,
    LibraryQuery,
    LedgerQuery,
    GrantsQuery,
    PacksQuery,
    DryRunsQuery,
    FlagsQuery,
    GamificationQuery,
    MediaQuery,
    SpaceQuery,
    ScrubQuery,
    SearchQuery,
    EvaluationQuery,
    ReportsQuery,
    AppealsQuery,
    PlatformQuery,
    LaterQuery,
);

#[derive(MergedObject, Default)]
pub struct Mutation(
    IdentityMutation,
    CatalogueMutation,
    QuestionMutation,
    LabelMutation,
    CaptionsMutation,
    ReviewMutation,
    LibraryMutation,
    LearningMutation,
    MediaMutation,
    ScrubMutation,
    ReportsMutation,
    AppealsMutation,
    LedgerMutation,
    GrantsMutation,
    PacksMutation,
    DryRunsMutation,
    PlayMutation,
    FlagsMutation,
    LaterMutation,
);

pub type Schema = async_graphql::Schema<Query, Mutation, MediaSubscription>;

/// Depth, complexity (each selection 1 and its children, aliases included; lists times their `first`) and directives are bounded.
fn builder() -> async_graphql::SchemaBuilder<Query, Mutation, MediaSubscription> {
    let schema = async_graphql::Schema::build(Query::default(), Mutation::default(), MediaSubscription);
    schema.limit_depth(12).limit_complexity(5_000).limit_directives(8).limit_recursive_depth(24).disable_suggestions()
}

pub fn build(houses: Houses) -> Schema {
    builder().data(houses).finish()
}

/// The schema's text, as committed in `web/schema.graphql`.
pub fn sdl() -> String {
    builder().finish().sdl_with_options(async_graphql::SDLExportOptions::new().sorted_fields().sorted_enum_items())
}
