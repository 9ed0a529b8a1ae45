//! SeaORM entities, private to this house.

pub mod course {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "catalogue_course")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub title: String,
        pub summary: String,
        pub unit: Uuid,
        pub audience: String,
        pub required: bool,
        pub hours: i64,
        pub credits: i64,
        pub status: String,
        pub created_at: i64,
        pub published_at: Option<i64>,
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
        pub html: Option<String>,
        pub blocks: Option<String>,
        pub characters: Option<i32>,
        pub version: String,
        pub created_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}

    /// Without the text, for outlines.
    #[derive(Clone, Debug, sea_orm::DerivePartialModel)]
    #[sea_orm(entity = "Entity")]
    pub struct Brief {
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
    }
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
