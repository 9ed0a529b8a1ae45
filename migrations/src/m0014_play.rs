//! Play: deeds instead of a count of them, who is a member of which team and who opted in to a board, the calendar of weeks that do not count,
//! goals of days a week, goals of teams. What was finished before is carried over.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE gamification_deed (
  person $uuid NOT NULL,
  kind TEXT NOT NULL,
  thing $uuid NOT NULL,
  course $uuid NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (person, kind, thing)
) $clustered;
CREATE INDEX gamification_deed_kind ON gamification_deed (kind, at, person);
CREATE TABLE gamification_head (
  id INTEGER NOT NULL PRIMARY KEY,
  last_change BIGINT NOT NULL
);
INSERT INTO gamification_head (id, last_change) VALUES (1, 1);
CREATE TABLE gamification_person (
  person $uuid NOT NULL PRIMARY KEY,
  branch TEXT,
  nickname TEXT,
  changed BIGINT NOT NULL
) $clustered;
CREATE INDEX gamification_person_changed ON gamification_person (changed);
CREATE TABLE gamification_member (
  person $uuid NOT NULL,
  path $sorted NOT NULL,
  PRIMARY KEY (person, path)
) $clustered;
CREATE INDEX gamification_member_path ON gamification_member (path);
CREATE TABLE gamification_freeze (
  id $uuid NOT NULL PRIMARY KEY,
  title TEXT NOT NULL,
  starts INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  unit $uuid NOT NULL,
  path $sorted NOT NULL
);
CREATE TABLE gamification_rhythm (
  owner $uuid NOT NULL,
  monday INTEGER NOT NULL,
  days INTEGER NOT NULL,
  PRIMARY KEY (owner, monday)
) $clustered;
CREATE TABLE gamification_goal (
  id $uuid NOT NULL PRIMARY KEY,
  unit $uuid NOT NULL,
  path $sorted NOT NULL,
  title TEXT NOT NULL,
  measure TEXT NOT NULL,
  target BIGINT NOT NULL,
  starts INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  ended_at BIGINT,
  created_at BIGINT NOT NULL
);
INSERT INTO gamification_deed (person, kind, thing, course, at)
  SELECT p.person, l.kind, p.lesson, p.course, p.completed_at FROM learning_progress p
  JOIN catalogue_lesson l ON l.id = p.lesson WHERE p.completed_at IS NOT NULL;
INSERT INTO gamification_deed (person, kind, thing, course, at)
  SELECT person, 'COURSE', course, course, completed_at FROM learning_enrolment WHERE completed_at IS NOT NULL;
INSERT INTO gamification_member (person, path)
  SELECT DISTINCT person, path FROM organisation_charge WHERE role = 'STUDENT';
INSERT INTO gamification_person (person, branch, nickname, changed)
  SELECT p.id, (SELECT MAX(u.path) FROM organisation_unit u WHERE u.kind = 'BRANCH' AND substr(p.path, 1, length(u.path)) = u.path), NULL, 1
  FROM organisation_person p WHERE EXISTS (SELECT 1 FROM gamification_member m WHERE m.person = p.id);
DROP TABLE gamification_progress;
";

const DOWN: &str = "
CREATE TABLE gamification_progress (
  person $uuid NOT NULL PRIMARY KEY,
  finished INTEGER NOT NULL
) $clustered;
INSERT INTO gamification_progress (person, finished)
  SELECT person, COUNT(*) FROM gamification_deed WHERE kind IN ('VIDEO', 'READING') GROUP BY person;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, DOWN).await?;
        columns::drop_tables(
            manager,
            &[
                "gamification_goal",
                "gamification_rhythm",
                "gamification_freeze",
                "gamification_member",
                "gamification_person",
                "gamification_head",
                "gamification_deed",
            ],
        )
        .await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
