//! Captions of video lessons.

use kernel::{
    Refusal, Result, Viewer,
    id::{AssetId, LessonId},
    refusal::FieldFault,
};
use media::Purpose;

use crate::{
    Catalogue,
    model::{CaptionsInfo, Course, Lesson, LessonKind, NewCaptions},
    rules::{
        self, Faults,
        captions::{self, Cue, LineFault},
    },
    store::content::{self, StoredCaptions},
};

impl Catalogue {
    /// In the place of those of the same language.
    pub async fn add_captions(&self, viewer: &Viewer, lesson: LessonId, new: NewCaptions) -> Result<Lesson> {
        let lesson = self.lesson(viewer, lesson).await?;
        let course = self.may_edit(viewer, lesson.course).await?;
        let mut faults = Faults::default();
        if lesson.kind != LessonKind::Video {
            faults.add("lessonId", "只有视频课时才有字幕。", "Only video lessons have captions.");
        }
        let language = faults.language("input.language", &new.language);
        let label = faults.label("input.label", &new.label);
        if new.vtt.is_some() == new.asset.is_some() {
            let (zh, en) = ("请填写字幕内容或选择字幕文件，二者取一。", "Give either the captions' text or a file.");
            faults.add("input.vtt", zh, en);
        }
        faults.done()?;
        let cues = match (new.asset, new.vtt) {
            (Some(asset), _) => self.uploaded_cues(viewer, &course, asset).await?,
            (None, text) => cues("input.vtt", text.unwrap_or_default().as_bytes(), captions::parse_vtt)?,
        };
        let info = CaptionsInfo { id: self.base().id(), language, label };
        let stored = StoredCaptions { info, lesson: lesson.id, vtt: captions::write_vtt(&cues) };
        let (tx, course) = self.edit(viewer, lesson.course).await?;
        let lesson = content::lesson(&tx, lesson.id).await?.ok_or_else(Refusal::not_found)?;
        content::put_captions(&tx, &stored).await?;
        self.changed(tx, &course).await?;
        Ok(lesson)
    }

    async fn uploaded_cues(&self, viewer: &Viewer, course: &Course, asset: AssetId) -> Result<Vec<Cue>> {
        let asset = self.own_asset(viewer, course, asset).await?;
        let mut faults = Faults::default();
        if asset.purpose != Purpose::Captions {
            faults.add("input.assetId", "该文件不是字幕文件。", "This file is not a captions file.");
        } else if asset.status != media::Status::Ready {
            let (zh, en) =
                ("字幕文件尚未上传完毕，或无法使用。", "The captions file is not there yet, or cannot be used.");
            faults.add("input.assetId", zh, en);
        } else if asset.size.is_some_and(|size| usize::try_from(size).is_ok_and(|size| size > rules::LARGEST_CAPTIONS))
        {
            too_large(&mut faults, "input.assetId");
        }
        faults.done()?;
        let bytes = self.media().whole(asset.id).await?;
        cues("input.assetId", &bytes, captions::parse_file)
    }

    /// NOT_FOUND where there are none in this language.
    pub async fn remove_captions(&self, viewer: &Viewer, lesson: LessonId, language: &str) -> Result<()> {
        let lesson = self.lesson(viewer, lesson).await?;
        let (tx, course) = self.edit(viewer, lesson.course).await?;
        if !content::delete_captions(&tx, lesson.id, language).await? {
            return Err(Refusal::not_found().into());
        }
        self.changed(tx, &course).await
    }
}

fn too_large(faults: &mut Faults, path: &str) {
    faults.add(path, "字幕最多 200 KB。", "Captions have at most 200 KB.");
}

fn cues(path: &str, bytes: &[u8], parse: impl Fn(&str) -> Result<Vec<Cue>, Vec<LineFault>>) -> Result<Vec<Cue>> {
    let mut faults = Faults::default();
    if bytes.len() > rules::LARGEST_CAPTIONS {
        too_large(&mut faults, path);
    }
    faults.done()?;
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(Refusal::invalid(path, "字幕须为 UTF-8 编码。", "Captions must be UTF-8.").into());
    };
    let told = |fault: LineFault| FieldFault { path: path.to_owned(), text: fault.text };
    parse(text).map_err(|lines| Refusal::invalid_fields(lines.into_iter().map(told).collect()).into())
}
