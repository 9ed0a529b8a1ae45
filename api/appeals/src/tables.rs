//! SeaORM entities, private to this house.

pub mod appeal {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "appeals_appeal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub person: Uuid,
        pub path: String,
        /// About an entry, or else about spans of a lesson.
        pub entry: Option<i64>,
        pub course: Option<Uuid>,
        pub lesson: Option<Uuid>,
        /// JSON: a list of pairs.
        pub spans: String,
        pub version: Option<String>,
        pub reason: String,
        pub status: String,
        pub created_at: i64,
        pub answered_by: Option<Uuid>,
        pub answered_at: Option<i64>,
        pub answer: Option<String>,
        pub outcome: Option<i64>,
        pub released_ms: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
