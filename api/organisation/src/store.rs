//! Every SQL statement of this house.

use kernel::{
    Charge, Day, Error, Millis, Refusal, Result, Role,
    id::{PersonId, TermId, UnitId},
};
use platform::{Tx, dialect};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, SqlErr, sea_query::Query,
};

use crate::{
    model::{NewPerson, Person, Play, Review, School, Stage, Term, TermStatus, Unit, UnitKind, role_name, role_of},
    tables::{charge, person, school, term, unit},
};

const SCHOOL: i32 = 1;
/// Keys of one `IN` list; SQLite takes 32 766 parameters.
const MANY: usize = 10_000;

fn word<T>(parsed: Option<T>, text: &str) -> Result<T> {
    parsed.ok_or_else(|| Error::broken(format!("a stored word that is not known: {text}")))
}

/// A second one of what must be one becomes a refusal.
fn once(error: DbErr, refusal: Refusal) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => refusal.into(),
        _ => error.into(),
    }
}

pub async fn school(db: &impl ConnectionTrait) -> Result<Option<School>> {
    let Some(row) = school::Entity::find_by_id(SCHOOL).one(db).await? else { return Ok(None) };
    let play = word(Play::parse(&row.play), &row.play)?;
    Ok(Some(School { name: row.name, play, uses_credits: row.uses_credits, demo: row.demo }))
}

pub async fn insert_school(tx: &Tx, new: &School) -> Result<()> {
    let row = school::ActiveModel {
        id: Set(SCHOOL),
        name: Set(new.name.clone()),
        play: Set(new.play.name().to_owned()),
        uses_credits: Set(new.uses_credits),
        demo: Set(new.demo),
        review: Set(Review::at_first(new.demo).name().to_owned()),
    };
    let there = Refusal::conflict("学校已经建立。", "The school is founded already.");
    school::Entity::insert(row).exec_without_returning(tx).await.map_err(|e| once(e, there))?;
    Ok(())
}

pub async fn set_play(tx: &Tx, play: Play) -> Result<()> {
    let row = school::ActiveModel { id: Set(SCHOOL), play: Set(play.name().to_owned()), ..Default::default() };
    school::Entity::update(row).exec(tx).await?;
    Ok(())
}

pub async fn review(db: &impl ConnectionTrait) -> Result<Option<Review>> {
    let Some(row) = school::Entity::find_by_id(SCHOOL).one(db).await? else { return Ok(None) };
    Ok(Some(word(Review::parse(&row.review), &row.review)?))
}

pub async fn set_review(tx: &Tx, review: Review) -> Result<()> {
    let row = school::ActiveModel { id: Set(SCHOOL), review: Set(review.name().to_owned()), ..Default::default() };
    school::Entity::update(row).exec(tx).await?;
    Ok(())
}

fn unit_of(row: unit::Model) -> Result<Unit> {
    let kind = word(UnitKind::parse(&row.kind), &row.kind)?;
    Ok(Unit { id: row.id.into(), kind, title: row.title, path: row.path, parent: row.parent.map(UnitId::new) })
}

pub async fn root(db: &impl ConnectionTrait) -> Result<Option<Unit>> {
    let found =
        unit::Entity::find().filter(unit::Column::Parent.is_null()).order_by_asc(unit::Column::No).one(db).await?;
    found.map(unit_of).transpose()
}

pub async fn units(db: &impl ConnectionTrait, ids: &[UnitId]) -> Result<Vec<Unit>> {
    let rows = unit::Entity::find().filter(unit::Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db).await?;
    rows.into_iter().map(unit_of).collect()
}

/// Those at or beneath one of the paths.
pub async fn units_beneath(db: &impl ConnectionTrait, paths: &[String]) -> Result<Vec<Unit>> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let within =
        paths.iter().fold(Condition::any(), |any, path| any.add(unit::Column::Path.starts_with(path.as_str())));
    let rows = unit::Entity::find().filter(within).order_by_asc(unit::Column::No).all(db).await?;
    rows.into_iter().map(unit_of).collect()
}

/// Who numbers a unit or adds a term holds the root's row, so that two at once do so one after the other.
pub async fn lock_tree(tx: &Tx) -> Result<()> {
    let sql = format!("SELECT id FROM organisation_unit WHERE no = 1{}", dialect::lock_rows(tx));
    tx.query_all_raw(dialect::statement(tx, &sql, vec![])).await?;
    Ok(())
}

pub async fn next_unit_number(tx: &Tx) -> Result<i32> {
    let greatest: Option<Option<i32>> =
        unit::Entity::find().select_only().column_as(unit::Column::No.max(), "greatest").into_tuple().one(tx).await?;
    Ok(greatest.flatten().unwrap_or(0) + 1)
}

pub async fn insert_unit(tx: &Tx, new: &Unit, number: i32, now: Millis) -> Result<()> {
    let row = unit::ActiveModel {
        id: Set(new.id.uuid()),
        no: Set(number),
        parent: Set(new.parent.map(UnitId::uuid)),
        kind: Set(new.kind.name().to_owned()),
        title: Set(new.title.clone()),
        path: Set(new.path.clone()),
        created_at: Set(now),
    };
    unit::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

fn person_of(row: person::Model) -> Result<Person> {
    let stage = word(Stage::parse(&row.stage), &row.stage)?;
    let unit = row.unit.map(UnitId::new);
    Ok(Person {
        id: row.id.into(),
        number: row.number,
        name: row.name,
        sort_key: row.sort_key,
        stage,
        unit,
        path: row.path,
    })
}

pub async fn people(db: &impl ConnectionTrait, ids: &[PersonId]) -> Result<Vec<Person>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(MANY) {
        let rows =
            person::Entity::find().filter(person::Column::Id.is_in(some.iter().map(|id| id.uuid()))).all(db).await?;
        found.extend(rows.into_iter().map(person_of).collect::<Result<Vec<_>>>()?);
    }
    Ok(found)
}

/// By name, then number, then id.
pub async fn people_beneath(db: &impl ConnectionTrait, path: &str) -> Result<Vec<Person>> {
    let query = person::Entity::find().filter(person::Column::Path.starts_with(path));
    let query = query
        .order_by_asc(person::Column::SortKey)
        .order_by_asc(person::Column::Number)
        .order_by_asc(person::Column::Id);
    query.all(db).await?.into_iter().map(person_of).collect()
}

/// Who has a charge as a student and whose name, its pinyin or number holds the text; by name.
pub async fn find_students(db: &impl ConnectionTrait, paths: &[String], text: &str, most: u64) -> Result<Vec<Person>> {
    let within =
        paths.iter().fold(Condition::any(), |any, path| any.add(person::Column::Path.starts_with(path.as_str())));
    let students = Query::select()
        .column(charge::Column::Person)
        .from(charge::Entity)
        .and_where(charge::Column::Role.eq(role_name(Role::Student)))
        .to_owned();
    let named = Condition::any()
        .add(person::Column::Name.contains(text))
        .add(person::Column::Number.contains(text))
        .add(person::Column::SortKey.contains(text.to_lowercase()));
    let query = person::Entity::find().filter(within).filter(person::Column::Id.in_subquery(students)).filter(named);
    let query = query
        .order_by_asc(person::Column::SortKey)
        .order_by_asc(person::Column::Number)
        .order_by_asc(person::Column::Id);
    query.limit(most).all(db).await?.into_iter().map(person_of).collect()
}

pub async fn insert_person(
    tx: &Tx,
    id: PersonId,
    new: &NewPerson,
    sort_key: String,
    path: &str,
    now: Millis,
) -> Result<()> {
    let row = person::ActiveModel {
        id: Set(id.uuid()),
        number: Set(new.number.clone()),
        name: Set(new.name.clone()),
        sort_key: Set(sort_key),
        stage: Set(new.stage.name().to_owned()),
        unit: Set(new.unit.map(UnitId::uuid)),
        path: Set(path.to_owned()),
        created_at: Set(now),
    };
    let taken =
        Refusal::conflict(format!("学工号 {} 已存在。", new.number), format!("Number {} is taken.", new.number));
    person::Entity::insert(row).exec_without_returning(tx).await.map_err(|e| once(e, taken))?;
    Ok(())
}

pub async fn set_stage(tx: &Tx, id: PersonId, stage: Stage) -> Result<()> {
    let row = person::ActiveModel { id: Set(id.uuid()), stage: Set(stage.name().to_owned()), ..Default::default() };
    match person::Entity::update(row).exec(tx).await {
        Err(DbErr::RecordNotUpdated) => Err(Refusal::not_found().into()),
        done => Ok(done.map(drop)?),
    }
}

/// Who teaches or administers something, of the people who belong at or beneath one of the paths.
pub async fn staff_beneath(db: &impl ConnectionTrait, paths: &[String]) -> Result<Vec<PersonId>> {
    let mut within = Condition::any();
    for path in paths {
        within = within.add(person::Column::Path.starts_with(path.as_str()));
    }
    let roles = [role_name(Role::Lecturer), role_name(Role::Admin)];
    let staff = Query::select()
        .column(charge::Column::Person)
        .from(charge::Entity)
        .and_where(charge::Column::Role.is_in(roles))
        .to_owned();
    let query = person::Entity::find().select_only().column(person::Column::Id).filter(within);
    let rows: Vec<kernel::id::Uuid> = query.filter(person::Column::Id.in_subquery(staff)).into_tuple().all(db).await?;
    Ok(if paths.is_empty() { Vec::new() } else { rows.into_iter().map(PersonId::new).collect() })
}

pub async fn charges(db: &impl ConnectionTrait, person: PersonId) -> Result<Vec<Charge>> {
    let rows = charge::Entity::find()
        .filter(charge::Column::Person.eq(person.uuid()))
        .order_by_asc(charge::Column::Path)
        .all(db)
        .await?;
    let one = |row: charge::Model| {
        Ok(Charge { role: word(role_of(&row.role), &row.role)?, unit: row.unit.into(), path: row.path })
    };
    rows.into_iter().map(one).collect()
}

pub async fn insert_charge(tx: &Tx, person: PersonId, role: Role, unit: &Unit) -> Result<()> {
    let row = charge::ActiveModel {
        person: Set(person.uuid()),
        role: Set(role_name(role).to_owned()),
        unit: Set(unit.id.uuid()),
        path: Set(unit.path.clone()),
    };
    let columns = [charge::Column::Person, charge::Column::Role, charge::Column::Unit];
    let held = sea_orm::sea_query::OnConflict::columns(columns).do_nothing().to_owned();
    let done = charge::Entity::insert(row).on_conflict(held).exec_without_returning(tx).await;
    done.map(drop).map_err(|error| match error.sql_err() {
        Some(SqlErr::ForeignKeyConstraintViolation(_)) => Refusal::not_found().into(),
        _ => error.into(),
    })
}

pub async fn count_students(db: &impl ConnectionTrait, path: &str) -> Result<u64> {
    let students = charge::Entity::find().filter(charge::Column::Role.eq(role_name(Role::Student)));
    let query =
        students.filter(charge::Column::Path.starts_with(path)).select_only().column(charge::Column::Person).distinct();
    Ok(query.count(db).await?)
}

/// Who studies beneath the path, and the path of the unit that they study in.
pub async fn students_beneath(db: &impl ConnectionTrait, path: &str) -> Result<Vec<(PersonId, String)>> {
    let students = charge::Entity::find().filter(charge::Column::Role.eq(role_name(Role::Student)));
    let rows =
        students.filter(charge::Column::Path.starts_with(path)).order_by_asc(charge::Column::Person).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.person.into(), row.path)).collect())
}

/// Of the units that the person studies in, in order.
pub async fn student_paths(db: &impl ConnectionTrait, person: PersonId) -> Result<Vec<String>> {
    let students = charge::Entity::find().filter(charge::Column::Role.eq(role_name(Role::Student)));
    let rows = students.filter(charge::Column::Person.eq(person.uuid())).order_by_asc(charge::Column::Path).all(db);
    Ok(rows.await?.into_iter().map(|row| row.path).collect())
}

fn term_of(row: term::Model) -> Result<Term> {
    let day = |number| Day::from_number(number).ok_or_else(|| Error::broken("a stored day that is none"));
    let status = word(TermStatus::parse(&row.status), &row.status)?;
    Ok(Term { id: row.id.into(), name: row.name, starts: day(row.starts)?, ends: day(row.ends)?, status })
}

/// The latest first.
pub async fn terms(db: &impl ConnectionTrait) -> Result<Vec<Term>> {
    term::Entity::find().order_by_desc(term::Column::Starts).all(db).await?.into_iter().map(term_of).collect()
}

pub async fn insert_term(tx: &Tx, new: &Term) -> Result<()> {
    let row = term::ActiveModel {
        id: Set(TermId::uuid(new.id)),
        name: Set(new.name.clone()),
        starts: Set(new.starts.number()),
        ends: Set(new.ends.number()),
        status: Set(new.status.name().to_owned()),
    };
    term::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}
