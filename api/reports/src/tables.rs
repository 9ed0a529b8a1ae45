//! SeaORM entities of this house; the projections themselves are written and read in plain SQL.

pub mod student {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reports_student")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person: Uuid,
        pub number: String,
        pub name: String,
        pub sort_key: String,
        /// Name and number in small letters, for looking up.
        pub lookup: String,
        pub stage: String,
        pub unit: Uuid,
        pub path: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod export {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "reports_export")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub asker: Uuid,
        pub kind: String,
        pub format: String,
        pub asked: String,
        pub status: String,
        pub progress: f64,
        pub scope: Option<String>,
        pub students: Option<i64>,
        pub file_name: Option<String>,
        pub failure: Option<String>,
        pub created_at: i64,
        pub expires_at: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
