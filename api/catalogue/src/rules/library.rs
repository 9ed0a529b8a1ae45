//! What may be done with a file of the library. Pure.

use kernel::{Refusal, Viewer, id::LessonId};
use media::{Asset, Purpose};

use crate::model::{Source, Status, Use};

/// So many places are named; of more only the number.
const NAMED: usize = 5;

pub fn must_be_unused(uses: &[Use], from_history: bool) -> Result<(), Refusal> {
    let (now, before): (Vec<&Use>, Vec<&Use>) = uses.iter().partition(|one| one.version.is_none());
    if !now.is_empty() {
        let (zh, en) = named(&now);
        return Err(Refusal::conflict(
            format!("文件正在使用，不能删除：{zh}。请先在课程中更换或移除。"),
            format!("The file is in use and stays: {en}. Replace or remove it there first."),
        ));
    }
    if !before.is_empty() && !from_history {
        let (zh, en) = named(&before);
        return Err(Refusal::conflict(
            format!("文件保存在课程的历史版本中：{zh}。如确定连同历史一起删除，请再次确认。"),
            format!("Earlier versions keep the file: {en}. Confirm once more to delete it from them too."),
        ));
    }
    Ok(())
}

fn named(uses: &[&Use]) -> (String, String) {
    let place = |one: &&Use| {
        let course = &one.course.title;
        match (&one.lesson, one.version) {
            (Some((_, lesson)), _) => (format!("《{course}》的《{lesson}》"), format!("“{lesson}” in “{course}”")),
            (None, Some(number)) => (format!("《{course}》第 {number} 版"), format!("version {number} of “{course}”")),
            (None, None) => (format!("《{course}》"), format!("“{course}”")),
        }
    };
    let (mut zh, mut en): (Vec<String>, Vec<String>) = uses.iter().take(NAMED).map(place).unzip();
    if uses.len() > NAMED {
        let further = uses.len() - NAMED;
        zh.push(format!("另有 {further} 处"));
        en.push(format!("{further} further places"));
    }
    (zh.join("、"), en.join(", "))
}

/// A video takes the place of a video, a document that of a document, and nothing does that is broken.
pub fn may_replace(old: &Asset, new: &Asset) -> Result<(), Refusal> {
    let refuse = |zh: &str, en: &str| Err(Refusal::invalid("byId", zh, en));
    if !matches!(old.purpose, Purpose::Video | Purpose::Document) || old.purpose != new.purpose {
        return refuse(
            "视频只能换成视频，文档只能换成文档；图片和字幕请在课时里更换。",
            "A video is replaced by a video and a document by a document; replace pictures and captions in their lesson.",
        );
    }
    if old.id == new.id {
        return refuse("请选择另一个文件。", "Choose another file.");
    }
    if new.deleted_at.is_some() || new.status == media::Status::Failed {
        return refuse("新文件无法使用。", "The new file cannot be used.");
    }
    Ok(())
}

/// Every course that uses it must be the viewer's to change, and none in review.
pub fn may_swap(viewer: &Viewer, uses: &[Use]) -> Result<(), Refusal> {
    let now = || uses.iter().filter(|one| one.version.is_none());
    let others: Vec<&Use> = now().filter(|one| !one.course.managed_by(viewer)).collect();
    if !others.is_empty() {
        let (zh, en) = named(&others);
        return Err(Refusal::conflict(
            format!("这些课程不归你管理，不能替换其中的文件：{zh}。"),
            format!("These courses are not yours to change: {en}."),
        ));
    }
    let waiting: Vec<&Use> = now().filter(|one| one.course.status == Status::InReview).collect();
    if !waiting.is_empty() {
        let (zh, en) = named(&waiting);
        return Err(Refusal::conflict(
            format!("课程正在审核，请先撤回再替换：{zh}。"),
            format!("In review; take it back before replacing the file: {en}."),
        ));
    }
    Ok(())
}

/// Whether a lesson still says what its document says, or waits for it. What was written on by hand would be lost with another document.
pub fn is_as_read(text: Option<&Source>, document: Option<&str>) -> bool {
    text.is_none_or(|text| document == Some(text.body.as_str()))
}

/// None of these lessons may be in use: they were written on by hand.
pub fn must_be_as_read(uses: &[Use], written_on: &[LessonId]) -> Result<(), Refusal> {
    let theirs = |one: &&Use| one.lesson.as_ref().is_some_and(|(lesson, _)| written_on.contains(lesson));
    let now = uses.iter().filter(|one| one.version.is_none() && one.course.status != Status::Archived);
    let lost: Vec<&Use> = now.filter(theirs).collect();
    if lost.is_empty() {
        return Ok(());
    }
    let (zh, en) = named(&lost);
    Err(Refusal::conflict(
        format!("正文在导入后修改过，替换文档会丢失这些修改：{zh}。请在课时里更换文档。"),
        format!(
            "Written on by hand since the document was read, which another document would undo: {en}. Replace it there."
        ),
    ))
}
