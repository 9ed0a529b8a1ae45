//! The credit report, exports.

use ::reports as house;
use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use kernel::{Page, id::UnitId};

use crate::{
    context::{houses, loaders, viewer},
    error::told,
    organisation::{Stage, Unit},
    page::{CreditRowNames, Paged, paged},
    scalar::{self, Date, DateTime, Decimal, int},
};

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::SortField")]
pub enum CreditReportField {
    Name,
    Number,
    Points,
    Hours,
    Credits,
    LastStudiedAt,
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::Direction")]
pub enum Direction {
    Asc,
    Desc,
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::ExportKind")]
pub enum ExportKind {
    CreditReport,
    LiteracyReport,
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::ExportFormat")]
pub enum ExportFormat {
    Xlsx,
    Csv,
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::JobStatus")]
pub enum JobStatus {
    Queued,
    Running,
    Ready,
    Failed,
    Expired,
}

/// `from` and `to` are days of the school's time zone, both included. `unit_id` means the unit and all beneath it; null: all in the asker's charge.
#[derive(InputObject, Default)]
pub struct CreditReportFilter {
    unit_id: Option<ID>,
    stage: Option<Stage>,
    course_id: Option<ID>,
    from: Option<Date>,
    to: Option<Date>,
    query: Option<String>,
}

impl CreditReportFilter {
    fn house(self) -> kernel::Result<house::Filter> {
        Ok(house::Filter {
            unit: scalar::id_option(self.unit_id.as_ref())?,
            stage: self.stage.map(Into::into),
            course: scalar::id_option(self.course_id.as_ref())?,
            from: self.from.map(|d| d.0),
            to: self.to.map(|d| d.0),
            query: self.query,
        })
    }
}

#[derive(InputObject)]
pub struct CreditReportOrder {
    field: CreditReportField,
    direction: Direction,
}

#[derive(InputObject)]
pub struct ExportInput {
    kind: ExportKind,
    format: ExportFormat,
    filter: Option<CreditReportFilter>,
    term_id: Option<ID>,
}

#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct Student {
    id: ID,
    number: String,
    name: String,
    stage: Stage,
    #[graphql(skip)]
    unit_id: Option<UnitId>,
}

#[ComplexObject]
impl Student {
    async fn unit(&self, ctx: &Context<'_>) -> Result<Unit> {
        let missing = || told(ctx)(kernel::Refusal::not_found().into());
        let id = self.unit_id.ok_or_else(missing)?;
        Ok(loaders(ctx).load_one(id).await.map_err(told(ctx))?.ok_or_else(missing)?.into())
    }
}

impl Student {
    pub async fn of(ctx: &Context<'_>, id: kernel::id::PersonId) -> Result<Self> {
        let found = loaders(ctx).load_one(id).await.map_err(told(ctx))?;
        found.map(Self::from).ok_or_else(|| told(ctx)(kernel::Refusal::not_found().into()))
    }
}

impl From<::organisation::Person> for Student {
    fn from(p: ::organisation::Person) -> Self {
        Self { id: ID(p.id.to_string()), number: p.number, name: p.name, stage: p.stage.into(), unit_id: p.unit }
    }
}

/// `points` are null while play is OFF or PRIVATE; `credits` where the school does not use them.
#[derive(SimpleObject)]
pub struct CreditTotals {
    students: i32,
    points: Option<Decimal>,
    hours: Decimal,
    credits: Option<Decimal>,
    mean_points: Option<Decimal>,
}

#[derive(SimpleObject)]
pub struct CreditRow {
    student: Student,
    points: Option<Decimal>,
    hours: Decimal,
    credits: Option<Decimal>,
    courses_completed: i32,
    last_studied_at: Option<DateTime>,
}

impl From<house::CreditRow> for CreditRow {
    fn from(row: house::CreditRow) -> Self {
        let student = Student {
            id: ID(row.person.to_string()),
            number: row.number,
            name: row.name,
            stage: row.stage.into(),
            unit_id: Some(row.unit),
        };
        Self {
            student,
            points: row.points.map(Decimal),
            hours: Decimal(row.hours),
            credits: row.credits.map(Decimal),
            courses_completed: int(row.courses_completed),
            last_studied_at: row.last_studied_at.map(DateTime),
        }
    }
}

pub struct CreditReport {
    filter: house::Filter,
    summary: house::Summary,
}

#[Object]
impl CreditReport {
    async fn as_of(&self) -> DateTime {
        DateTime(self.summary.as_of)
    }
    async fn totals(&self) -> CreditTotals {
        CreditTotals {
            students: int(self.summary.students),
            points: self.summary.points.map(Decimal),
            hours: Decimal(self.summary.hours),
            credits: self.summary.credits.map(Decimal),
            mean_points: self.summary.mean_points.map(Decimal),
        }
    }
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn students(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
        order_by: Option<CreditReportOrder>,
    ) -> Result<Paged<CreditRow, CreditRowNames>> {
        let page = Page::try_new(first, after).map_err(|e| told(ctx)(e.into()))?;
        let order =
            order_by.map_or((house::SortField::Name, house::Direction::Asc), |o| (o.field.into(), o.direction.into()));
        let found = houses(ctx).reports.rows(viewer(ctx)?, &self.filter, order, &page).await.map_err(told(ctx))?;
        Ok(paged(found.map(CreditRow::from)))
    }
}

#[derive(SimpleObject)]
pub struct Export {
    id: ID,
    status: JobStatus,
    progress: f64,
    /// When READY.
    download_url: Option<String>,
    rows: Option<i32>,
    failure: Option<String>,
}

impl From<house::Export> for Export {
    fn from(export: house::Export) -> Self {
        let ready = export.status == house::JobStatus::Ready;
        Self {
            id: ID(export.id.to_string()),
            status: export.status.into(),
            progress: export.progress,
            download_url: ready.then(|| format!("/exports/{}", export.id)),
            rows: export.rows.map(int),
            failure: export.failure,
        }
    }
}

#[derive(SimpleObject)]
pub struct ExportPayload {
    export: Export,
}

#[derive(Default)]
pub struct ReportsQuery;

#[Object]
impl ReportsQuery {
    /// Exactly the students of the units in the asker's charge. The read is in the audit log.
    async fn credit_report(&self, ctx: &Context<'_>, filter: CreditReportFilter) -> Result<CreditReport> {
        let filter = filter.house().map_err(told(ctx))?;
        let summary = houses(ctx).reports.summary(viewer(ctx)?, &filter).await.map_err(told(ctx))?;
        Ok(CreditReport { filter, summary })
    }
    async fn export(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Export>> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        Ok(Some(houses(ctx).reports.export(viewer, id).await.map_err(told(ctx))?.into()))
    }
}

#[derive(Default)]
pub struct ReportsMutation;

#[Object]
impl ReportsMutation {
    /// Made in the background; the file is at `downloadUrl` when READY.
    async fn request_export(&self, ctx: &Context<'_>, input: ExportInput) -> Result<ExportPayload> {
        let viewer = viewer(ctx)?;
        let new = house::NewExport {
            kind: input.kind.into(),
            format: input.format.into(),
            filter: input.filter.unwrap_or_default().house().map_err(told(ctx))?,
            term: scalar::id_option(input.term_id.as_ref()).map_err(told(ctx))?,
        };
        let export = houses(ctx).reports.request_export(viewer, new).await.map_err(told(ctx))?;
        Ok(ExportPayload { export: export.into() })
    }
}
