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
        /// Nothing more is made of the file.
        pub complete: bool,
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
        /// What the store calls the object that is being put together from parts.
        pub multipart: Option<String>,
        /// Who writes, on whatever machine, and until when that holds without being renewed. Where uploads gather on a disk, a lock on the file says it.
        pub holder: Option<Uuid>,
        pub held_until: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod piece {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "media_piece")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub upload: Uuid,
        /// Offset in the upload.
        #[sea_orm(primary_key, auto_increment = false)]
        pub start: i64,
        pub size: i64,
        /// Index of a part; none for an object of its own that waits to become part of one.
        pub part: Option<i32>,
        /// What the store calls the part, or the key of the object.
        pub mark: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A picture of a reading: the asset itself (`large`), one in a document, a page of it.
pub(crate) mod picture {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "media_picture")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub asset: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub width: i32,
        pub height: i32,
        /// Names of its files beneath the asset's prefix.
        pub large: String,
        pub small: Option<String>,
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
        /// Key prefix under which its folder lies, where that is not the asset's playlist.
        pub prefix: Option<String>,
        /// Another has taken its place; it lies there for those who are still watching it.
        pub retired: bool,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod object {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "media_object")]
    pub struct Model {
        /// Of the object, or the prefix of many.
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub asset: Uuid,
        pub folder: bool,
        pub files: i64,
        pub size: i64,
        /// Of the object, or of the list that lies in the folder.
        pub sha256: String,
        pub created_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod scrub {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "media_scrub")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub started_at: i64,
        pub ended_at: Option<i64>,
        pub report: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
