//! SeaORM entities, private to this house; those of reviews and versions in [`kept`].

pub mod kept;

pub mod course {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "catalogue_course")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub title: String,
        /// The title in lower case: what a query is looked for in, the same on both databases.
        pub title_key: String,
        pub summary: String,
        pub unit: Uuid,
        pub audience: String,
        pub required: bool,
        pub hours: i64,
        pub credits: i64,
        pub status: String,
        pub created_at: i64,
        pub published_at: Option<i64>,
        /// When it was published, else made: lists sort by it.
        pub shelved_at: i64,
        pub characters_per_minute: i32,
        pub draft_of: Option<Uuid>,
        pub source: String,
        pub edition: String,
        pub version: i32,
        pub withdrawn_by: Option<Uuid>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod lecturer {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "catalogue_lecturer")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub course: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person: Uuid,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod chapter {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "catalogue_chapter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub course: Uuid,
        pub position: i32,
        pub title: String,
        /// Of a chapter in a draft: the published one that it stands for.
        pub origin: Option<Uuid>,
        /// Since when it is no longer in the course.
        pub removed_at: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod lesson {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "catalogue_lesson")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub course: Uuid,
        pub chapter: Uuid,
        pub position: i32,
        pub kind: String,
        pub title: String,
        pub required: bool,
        pub asset: Option<Uuid>,
        pub duration_ms: Option<i64>,
        pub characters: Option<i32>,
        pub version: String,
        pub created_at: i64,
        /// Of a lesson in a draft: the published one that it stands for.
        pub origin: Option<Uuid>,
        /// Since when it is no longer in the course.
        pub removed_at: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// The text of a reading, apart from its lesson: lists never load it.
pub mod reading {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "catalogue_reading")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub lesson: Uuid,
        pub format: String,
        /// As it was written.
        pub source: String,
        /// As it is shown.
        pub html: String,
        /// JSON of `store::StoredBlocks`.
        pub blocks: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A file that the text of a reading shows; written with the text.
pub mod reading_asset {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "catalogue_reading_asset")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub lesson: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub asset: Uuid,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod captions {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "catalogue_captions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub lesson: Uuid,
        pub language: String,
        pub label: String,
        pub vtt: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Captions that a program has heard, until a lecturer confirms them.
pub mod recognition {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "catalogue_recognition")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub lesson: Uuid,
        pub language: String,
        pub asset: Uuid,
        pub status: String,
        pub progress: f64,
        pub failure_zh: Option<String>,
        pub failure_en: Option<String>,
        pub vtt: Option<String>,
        pub asked_by: Uuid,
        pub asked_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod question {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "catalogue_question")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub lesson: Uuid,
        pub start_at: i64,
        pub end_at: i64,
        pub prompt: String,
        /// JSON: a list of texts.
        pub options: String,
        pub right_option: i32,
        pub created_at: i64,
        /// Of a question in a draft: the published one that it stands for.
        pub origin: Option<Uuid>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod label {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "catalogue_label")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub course: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub value: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
