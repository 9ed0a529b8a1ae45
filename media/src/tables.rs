//! SeaORM entities of this house's tables.

pub(crate) mod asset {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "media_asset")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub owner: Uuid,
        pub file_name: String,
        pub purpose: String,
        pub status: String,
        pub progress: f64,
        pub failure: Option<String>,
        /// Key of the file as it was uploaded.
        pub object: Option<String>,
        pub media_type: Option<String>,
        pub size: Option<i64>,
        pub duration_ms: Option<i64>,
        pub poster: Option<String>,
        /// Key prefix of the renditions.
        pub playlist: Option<String>,
        /// The conversion that may write to this row; an earlier one that is still running may not.
        pub attempt: Option<Uuid>,
        pub created_at: i64,
        pub updated_at: i64,
        pub deleted_at: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod upload {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "media_upload")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub asset: Uuid,
        pub id: Uuid,
        pub length: i64,
        pub received: i64,
        pub expires_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod rendition {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "media_rendition")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub asset: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub width: i32,
        pub height: i32,
        pub bitrate: i32,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
