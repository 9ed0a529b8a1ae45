//! Captions of video lessons.

use kernel::{
    Refusal, Result, Viewer,
    id::{AssetId, CaptionsId, LessonId},
    refusal::FieldFault,
};
use media::Purpose;
use sea_orm::ConnectionTrait;
use sha2::{Digest, Sha256};

use crate::{
    Catalogue,
    model::{CaptionsInfo, Course, CueChange, Lesson, LessonKind, NewCaptions, Recognition, Track},
    rules::{
        self, Faults,
        captions::{self, Cue, LineFault},
    },
    store::{
        content::{self, StoredCaptions},
        recognition,
    },
};

/// What a draft is called until it is confirmed.
pub(super) const LABEL: &str = "自动识别";

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
        let ends_ms = end_of(lesson.duration_ms);
        let cues = match (new.asset, new.vtt) {
            (Some(asset), _) => self.uploaded_cues(viewer, &course, asset, ends_ms).await?,
            (None, text) => {
                let text = text.unwrap_or_default();
                cues("input.vtt", text.as_bytes(), |text| captions::parse_text(text, ends_ms))?
            }
        };
        let info = CaptionsInfo { id: self.base().id(), language, label };
        let stored = StoredCaptions { info, lesson: lesson.id, vtt: captions::write_vtt(&cues) };
        let (tx, course) = self.edit(viewer, lesson.course).await?;
        let lesson = content::lesson(&tx, lesson.id).await?.ok_or_else(Refusal::not_found)?;
        content::put_captions(&tx, &stored).await?;
        self.changed(tx, &course).await?;
        Ok(lesson)
    }

    /// One line: other times, another text, or gone. `version` is that of the captions as the lecturer saw them; what somebody else has
    /// changed meanwhile is not written over. Drafts that a program heard are edited the same way.
    pub async fn edit_cue(
        &self,
        viewer: &Viewer,
        id: CaptionsId,
        version: &str,
        index: usize,
        change: Option<CueChange>,
    ) -> Result<Track> {
        super::must_make_courses(viewer)?;
        let seen = self.captions_or_draft(self.base().db.read(), id).await?;
        let lesson = self.lesson(viewer, seen.lesson).await?;
        self.may_edit(viewer, lesson.course).await?;
        let (tx, course) = self.edit(viewer, lesson.course).await?;
        let there = self.captions_or_draft(&tx, id).await?;
        if version_of(&there.vtt) != version {
            let (zh, en) =
                ("字幕刚刚被修改过，请重新打开后再改。", "These captions were just changed; open them again.");
            return Err(Refusal::conflict(zh, en).into());
        }
        let before = captions::parse_vtt(&there.vtt).unwrap_or_default();
        let cues = captions::edited(before, index, change, end_of(lesson.duration_ms))?;
        let vtt = captions::write_vtt(&cues);
        if vtt.len() > rules::LARGEST_CAPTIONS {
            return Err(Refusal::invalid("input.text", "字幕最多 200 KB。", "Captions have at most 200 KB.").into());
        }
        let after = StoredCaptions { vtt, ..there };
        match recognition::find(&tx, id).await? {
            Some(draft) => {
                recognition::update(&tx, &Recognition { vtt: Some(after.vtt.clone()), ..draft }).await?;
                tx.commit().await?;
            }
            None => {
                content::put_captions(&tx, &after).await?;
                self.changed(tx, &course).await?;
            }
        }
        Ok(track_of(&after.info, &after.vtt))
    }

    async fn captions_or_draft(&self, db: &impl ConnectionTrait, id: CaptionsId) -> Result<StoredCaptions> {
        if let Some(stored) = content::captions(db, id).await? {
            return Ok(stored);
        }
        let draft = recognition::find(db, id).await?.ok_or_else(Refusal::not_found)?;
        let vtt = draft.vtt.ok_or_else(Refusal::not_found)?;
        let info = CaptionsInfo { id, language: draft.language, label: LABEL.to_owned() };
        Ok(StoredCaptions { info, lesson: draft.lesson, vtt })
    }

    async fn uploaded_cues(
        &self,
        viewer: &Viewer,
        course: &Course,
        asset: AssetId,
        ends_ms: Option<u64>,
    ) -> Result<Vec<Cue>> {
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
        cues("input.assetId", &bytes, |text| captions::parse_file(text, ends_ms))
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

pub(super) fn track_of(info: &CaptionsInfo, vtt: &str) -> Track {
    // What is stored was written by us and can be read.
    Track { info: info.clone(), version: version_of(vtt), cues: captions::parse_vtt(vtt).unwrap_or_default() }
}

/// Where cues end at the latest; none while the video is not converted.
pub(super) fn end_of(duration_ms: Option<i64>) -> Option<u64> {
    duration_ms.and_then(|ms| u64::try_from(ms).ok())
}

fn version_of(vtt: &str) -> String {
    Sha256::digest(vtt.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn too_large(faults: &mut Faults, path: &str) {
    faults.add(path, "字幕最多 200 KB。", "Captions have at most 200 KB.");
}

pub(super) fn cues(
    path: &str,
    bytes: &[u8],
    parse: impl Fn(&str) -> Result<Vec<Cue>, Vec<LineFault>>,
) -> Result<Vec<Cue>> {
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
