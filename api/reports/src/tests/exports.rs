//! Files: what stands in them, who gets them, how they end.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use kernel::{Code, Language, Role, Viewer, event::Measure};
use organisation::{Play, Stage, Unit};

use super::world::{DISCLAIMER, World};
use crate::{Export, ExportFormat, ExportKind, Filter, JobStatus, NewExport};

const DAY: i64 = 86_400_000;

fn asking(kind: ExportKind, format: ExportFormat) -> NewExport {
    NewExport { kind, format, filter: Filter::default(), term: None }
}

async fn made(world: &World, viewer: &Viewer, new: NewExport) -> Export {
    let asked = world.reports.request_export(viewer, new).await.unwrap();
    assert_eq!((asked.status, asked.rows), (JobStatus::Queued, None));
    world.run().await;
    world.reports.export(viewer, asked.id).await.unwrap()
}

async fn bytes(world: &World, viewer: &Viewer, export: &Export) -> (String, Vec<u8>) {
    let file = world.reports.export_file(viewer, export.id).await.unwrap();
    let object = world.media.blob().get(&file.object, None, file.content_type).await.unwrap();
    (file.file_name, object.bytes().await.unwrap().to_vec())
}

fn sheet(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let text = |cell: &Data| cell.to_string();
    range.rows().map(|row| row.iter().map(text).collect()).collect()
}

async fn school(world: &mut World) -> Viewer {
    let lin = world.student("20260001", "林晚晴", world.letters_branch.id).await;
    world.student("20260002", "=cmd()", world.physics_branch.id).await;
    world.earns(lin, Measure::Points, 12_500, None).await;
    world.earns(lin, Measure::Hours, 667, None).await;
    world.opens(lin, world.test.base.now()).await;
    let admin = world.staff("G001", Role::Admin, &world.root.clone()).await;
    world.run().await;
    admin
}

#[tokio::test]
async fn a_credit_report_opens_in_excel_with_what_it_is_above_it() {
    for mut world in World::each(Play::Boards, false).await {
        let name = world.name();
        let admin = school(&mut world).await;
        let export = made(&world, &admin, asking(ExportKind::CreditReport, ExportFormat::Xlsx)).await;
        assert_eq!((export.status, export.rows, export.progress), (JobStatus::Ready, Some(2), 1.0), "{name}");
        let (file_name, bytes) = bytes(&world, &admin, &export).await;
        assert_eq!(file_name, "学分报表-2026-11-21.xlsx");
        let rows = sheet(bytes);
        let above: Vec<&str> = rows.iter().take(4).map(|row| row[0].as_str()).collect();
        let expected = ["示例大学 学分报表", "演示数据", "数据截至 2026-11-21 10:00", "范围：本人负责的全部单位"];
        assert_eq!(above, expected, "{name}");
        assert_eq!(rows[4], ["学号", "姓名", "所在单位", "阶段", "积分", "学时", "完成课程数", "最近学习时间"]);
        assert_eq!(
            rows[6],
            ["20260001", "林晚晴", "文学院 / 第一支部", "积极分子", "12.5", "0.667", "0", "2026-11-21 10:00"],
            "{name}"
        );
        assert_eq!(rows[5], ["20260002", "=cmd()", "物理学院 / 第二支部", "积极分子", "0", "0", "0", ""], "{name}");
        assert_eq!(rows.len(), 7);
        world.test.end().await;
    }
}

#[tokio::test]
async fn a_csv_file_is_utf_8_with_a_mark_and_without_formulas() {
    for mut world in World::each(Play::Private, true).await {
        let admin = school(&mut world).await;
        let mut new = asking(ExportKind::CreditReport, ExportFormat::Csv);
        new.filter = Filter { unit: Some(world.physics.id), stage: Some(Stage::Activist), ..Filter::default() };
        let export = made(&world, &admin, new).await;
        let (file_name, bytes) = bytes(&world, &admin, &export).await;
        assert_eq!(file_name, "学分报表-2026-11-21.csv");
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.strip_prefix('\u{feff}').unwrap().split("\r\n").collect();
        let expected = [
            "示例大学 学分报表",
            "演示数据",
            "数据截至 2026-11-21 10:00",
            "范围：物理学院；阶段：积极分子",
            "学号,姓名,所在单位,阶段,学时,党课学分,完成课程数,最近学习时间",
            "20260002,'=cmd(),物理学院 / 第二支部,积极分子,0,0,0,",
            "",
        ];
        assert_eq!(lines, expected, "{}", world.name());
        world.test.end().await;
    }
}

#[tokio::test]
async fn a_literacy_report_says_what_it_is_not() {
    for mut world in World::each(Play::Boards, true).await {
        let admin = school(&mut world).await;
        let days = ("2026-09-01".parse().unwrap(), "2027-01-31".parse().unwrap());
        let term = world.organisation.add_term("2026 秋季学期", days.0, days.1).await.unwrap();
        let mut new = asking(ExportKind::LiteracyReport, ExportFormat::Xlsx);
        new.term = Some(term.id);
        new.filter.query = Some("林".to_owned());
        let export = made(&world, &admin, new).await;
        assert_eq!((export.status, export.rows), (JobStatus::Ready, Some(1)), "{}", world.name());
        let (file_name, bytes) = bytes(&world, &admin, &export).await;
        assert_eq!(file_name, "政治素养报表-2026-11-21.xlsx");
        let rows = sheet(bytes);
        assert!(rows.iter().any(|row| row[0] == DISCLAIMER));
        assert!(rows[4][0].starts_with("学期：2026 秋季学期；评分方案：2026-1"), "{:?}", rows[4]);
        assert_eq!(rows[7], ["学号", "姓名", "所在单位", "阶段", "政治素养得分", "集中培训出勤", "结业考试成绩"]);
        assert_eq!(rows[8][..6], ["20260001", "林晚晴", "文学院 / 第一支部", "积极分子", "3.333", "3.333"]);
        let mut wrong = asking(ExportKind::LiteracyReport, ExportFormat::Csv);
        wrong.filter.from = Some(days.0);
        let refused = world.reports.request_export(&admin, wrong).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::Invalid));
        world.test.end().await;
    }
}

#[tokio::test]
async fn a_term_stands_for_its_days() {
    for mut world in World::each(Play::Boards, true).await {
        let admin = school(&mut world).await;
        let past = ("2026-02-01".parse().unwrap(), "2026-07-31".parse().unwrap());
        let term = world.organisation.add_term("2026 春季学期", past.0, past.1).await.unwrap();
        let mut new = asking(ExportKind::CreditReport, ExportFormat::Csv);
        new.term = Some(term.id);
        let export = made(&world, &admin, new).await;
        let text = String::from_utf8(bytes(&world, &admin, &export).await.1).unwrap();
        assert!(text.contains("日期：2026-02-01 至 2026-07-31"), "{text}");
        assert!(text.contains("20260001,林晚晴,文学院 / 第一支部,积极分子,0,0,0,0,"), "{text}");
        world.test.end().await;
    }
}

#[tokio::test]
async fn a_file_is_only_for_whoever_asked_and_gone_after_a_week() {
    for mut world in World::each(Play::Boards, true).await {
        let name = world.name();
        let admin = school(&mut world).await;
        let other = world.staff("G002", Role::Admin, &world.root.clone()).await;
        let export = made(&world, &admin, asking(ExportKind::CreditReport, ExportFormat::Csv)).await;
        let code = |error: kernel::Error| error.code();
        assert_eq!(world.reports.export(&other, export.id).await.map_err(code).unwrap_err(), Some(Code::NotFound));
        assert_eq!(world.reports.export_file(&other, export.id).await.map_err(code).unwrap_err(), Some(Code::NotFound));
        let fewer = Viewer { charges: charge(&world.letters), ..admin.clone() };
        assert_eq!(world.reports.export_file(&fewer, export.id).await.map_err(code).unwrap_err(), Some(Code::NotFound));
        let object = world.reports.export_file(&admin, export.id).await.unwrap().object;
        let acts: Vec<_> = world.log().await.into_iter().map(|r| (r.action, r.target)).collect();
        let told = |action: &str| (action.to_owned(), export.id.to_string());
        assert_eq!(acts.len(), 2, "{name}");
        assert!(acts.contains(&told("export.download")) && acts.contains(&told("export.request")), "{name}");
        world.test.clock.advance(7 * DAY);
        assert_eq!(world.reports.export(&admin, export.id).await.unwrap().status, JobStatus::Expired, "{name}");
        assert!(world.reports.export_file(&admin, export.id).await.is_err(), "{name}");
        world.run().await;
        assert!(world.media.blob().get(&object, None, "").await.is_err(), "{name}");
        assert_eq!(world.reports.export(&admin, export.id).await.unwrap().status, JobStatus::Expired, "{name}");
        world.test.end().await;
    }
}

#[tokio::test]
async fn what_the_asker_may_see_is_decided_when_the_file_is_made() {
    for mut world in World::each(Play::Boards, true).await {
        let name = world.name();
        school(&mut world).await;
        let secretary = world.staff("G002", Role::Admin, &world.letters.clone()).await;
        let pretended = Viewer { charges: charge(&world.root), language: Language::English, ..secretary };
        let export = made(&world, &pretended, asking(ExportKind::CreditReport, ExportFormat::Csv)).await;
        assert_eq!((export.status, export.rows), (JobStatus::Ready, Some(1)), "{name}");
        let mut outside = asking(ExportKind::CreditReport, ExportFormat::Csv);
        outside.filter.unit = Some(world.physics.id);
        let export = made(&world, &pretended, outside).await;
        assert_eq!(export.status, JobStatus::Failed, "{name}");
        assert_eq!(export.failure.as_deref(), Some("Not found, or not yours to see."), "{name}");
        let lecturer = world.staff("G003", Role::Lecturer, &world.root.clone()).await;
        let refused =
            world.reports.request_export(&lecturer, asking(ExportKind::CreditReport, ExportFormat::Csv)).await;
        assert_eq!(refused.unwrap_err().code(), Some(Code::Forbidden), "{name}");
        world.test.end().await;
    }
}

#[tokio::test]
async fn an_export_that_cannot_be_made_says_so_after_three_tries() {
    for mut world in World::each(Play::Boards, true).await {
        let admin = school(&mut world).await;
        world.broken.store(true, std::sync::atomic::Ordering::SeqCst);
        let mut export = made(&world, &admin, asking(ExportKind::LiteracyReport, ExportFormat::Csv)).await;
        for _ in 0..2 {
            assert_eq!((export.status, export.failure), (JobStatus::Running, None), "{}", world.name());
            world.test.clock.advance(60_000);
            world.run().await;
            export = world.reports.export(&admin, export.id).await.unwrap();
        }
        assert_eq!(export.status, JobStatus::Failed, "{}", world.name());
        assert!(export.failure.unwrap().starts_with("导出时发生故障"));
        assert!(world.reports.export_file(&admin, export.id).await.is_err());
        world.test.end().await;
    }
}

fn charge(unit: &Unit) -> Vec<kernel::Charge> {
    vec![kernel::Charge { role: Role::Admin, unit: unit.id, path: unit.path.clone() }]
}
