//! Captions by a program of the school's own: asked for, heard later, kept as a draft, confirmed by who teaches.

use std::time::Duration;

use kernel::{
    Refusal, Result, Viewer,
    id::{CaptionsId, LessonId},
    text::Text,
};
use media::Heard;
use platform::{
    Job,
    jobs::{self, ATTEMPTS, NewJob},
};
use tokio::sync::watch;

use super::captions::{LABEL, cues, end_of, track_of};
use crate::{
    Catalogue,
    model::{CaptionsDesk, CaptionsInfo, Hearing, Lesson, LessonKind, Recognition},
    rules::{Faults, captions},
    store::{
        content::{self, StoredCaptions},
        recognition,
    },
};

/// Progress is written at most so often.
const TELL: Duration = Duration::from_secs(1);

impl Catalogue {
    /// The captions of a lesson with their lines, and what a program has heard. For who teaches it.
    pub async fn captions_desk(&self, viewer: &Viewer, lesson: LessonId) -> Result<CaptionsDesk> {
        let lesson = self.lesson(viewer, lesson).await?;
        self.may_edit(viewer, lesson.course).await?;
        let db = self.base().db.read();
        let stored = content::captions_of(db, &[lesson.id]).await?;
        let tracks = stored.iter().map(|one| track_of(&one.info, &one.vtt)).collect();
        let with = |one: Recognition| {
            let track = one.vtt.as_deref().map(|vtt| track_of(&draft_info(&one), vtt));
            (one, track)
        };
        let drafts = recognition::of(db, lesson.id).await?.into_iter().map(with).collect();
        Ok(CaptionsDesk { tracks, drafts, recognises: self.media().recognises() })
    }

    /// Asks for captions in a language; what failed before goes.
    pub async fn recognise(&self, viewer: &Viewer, lesson: LessonId, language: &str) -> Result<Recognition> {
        let lesson = self.lesson(viewer, lesson).await?;
        self.may_edit(viewer, lesson.course).await?;
        let mut faults = Faults::default();
        if lesson.kind != LessonKind::Video {
            faults.add("lessonId", "只有视频课时才有字幕。", "Only video lessons have captions.");
        }
        let language = faults.language("language", language);
        faults.done()?;
        if !self.media().recognises() {
            let (zh, en) = ("学校没有设置语音识别程序。", "The school has set no speech recognition.");
            return Err(Refusal::unavailable(zh, en).into());
        }
        let asset = lesson
            .asset
            .filter(|_| lesson.duration_ms.is_some())
            .ok_or_else(|| Refusal::conflict("视频尚未转换完成，请稍后再识别。", "The video is not converted yet."))?;
        let (tx, _) = self.edit(viewer, lesson.course).await?;
        for other in recognition::of(&tx, lesson.id).await?.into_iter().filter(|one| one.language == language) {
            match other.status {
                Hearing::Failed => recognition::delete(&tx, other.id).await?,
                Hearing::Queued | Hearing::Running => {
                    return Err(Refusal::conflict(
                        "该语言正在识别，请等它结束。",
                        "This language is being recognised.",
                    )
                    .into());
                }
                Hearing::Ready => {
                    let (zh, en) = (
                        "该语言已有草稿，请先确认或放弃。",
                        "There is a draft in this language; confirm or discard it first.",
                    );
                    return Err(Refusal::conflict(zh, en).into());
                }
            }
        }
        let asked = Recognition {
            id: self.base().id(),
            lesson: lesson.id,
            language,
            asset,
            status: Hearing::Queued,
            progress: 0.0,
            failure: None,
            vtt: None,
            asked_by: viewer.person,
            asked_at: self.base().now(),
        };
        recognition::insert(&tx, &asked).await?;
        let lane = asked.id.to_string();
        let run = NewJob { kind: "catalogue.recognise", lane, key: None, outside: true, run_at: self.base().now() };
        jobs::add(&tx, run, &asked.id).await?;
        tx.commit().await?;
        Ok(asked)
    }

    /// The draft becomes the captions of its language, in the place of those that were there.
    pub async fn confirm_recognition(&self, viewer: &Viewer, id: CaptionsId, label: &str) -> Result<Lesson> {
        let draft = self.draft(viewer, id).await?;
        let mut faults = Faults::default();
        let label = faults.label("label", label);
        faults.done()?;
        let course = content::lesson(self.base().db.read(), draft.lesson).await?.ok_or_else(Refusal::not_found)?.course;
        let (tx, course) = self.edit(viewer, course).await?;
        let heard = recognition::find(&tx, id).await?.and_then(|one| one.vtt);
        let vtt = heard.ok_or_else(|| Refusal::conflict("识别尚未完成。", "The recognition is not done yet."))?;
        let lesson = content::lesson(&tx, draft.lesson).await?.ok_or_else(Refusal::not_found)?;
        let info = CaptionsInfo { id: self.base().id(), language: draft.language, label };
        content::put_captions(&tx, &StoredCaptions { info, lesson: lesson.id, vtt }).await?;
        recognition::delete(&tx, id).await?;
        self.changed(tx, &course).await?;
        Ok(lesson)
    }

    /// A run that is going on finds nothing to write to, and ends with that.
    pub async fn discard_recognition(&self, viewer: &Viewer, id: CaptionsId) -> Result<()> {
        let draft = self.draft(viewer, id).await?;
        let course = content::lesson(self.base().db.read(), draft.lesson).await?.ok_or_else(Refusal::not_found)?.course;
        let (tx, _) = self.edit(viewer, course).await?;
        recognition::delete(&tx, id).await?;
        tx.commit().await
    }

    /// One of a lesson that the viewer teaches; any other is NOT_FOUND.
    async fn draft(&self, viewer: &Viewer, id: CaptionsId) -> Result<Recognition> {
        super::must_make_courses(viewer)?;
        let draft = recognition::find(self.base().db.read(), id).await?.ok_or_else(Refusal::not_found)?;
        let lesson = self.lesson(viewer, draft.lesson).await?;
        self.may_edit(viewer, lesson.course).await?;
        Ok(draft)
    }

    /// The job: may be run again at any time.
    pub(crate) async fn hear(&self, job: &Job) -> Result<()> {
        let Some(asked) = recognition::find(self.base().db.read(), job.payload()?).await? else { return Ok(()) };
        if matches!(asked.status, Hearing::Ready | Hearing::Failed) {
            return Ok(());
        }
        let gave_up = Text::new(
            "多次尝试后仍未完成，请联系管理员。",
            "It did not end after several attempts; please tell the administrator.",
        );
        if job.attempts > ATTEMPTS {
            return self.write(Recognition { status: Hearing::Failed, failure: Some(gave_up), ..asked }).await;
        }
        let running = Recognition { status: Hearing::Running, progress: 0.0, ..asked };
        self.write(running.clone()).await?;
        let (reached, heard) = watch::channel(0.0);
        let (asset, language) = (running.asset, running.language.clone());
        // The sender lives in the run: with its end there is nothing more to tell.
        let listening = async move { self.media().recognise(asset, &language, &reached).await };
        let ended = tokio::select! {
            ended = listening => ended,
            () = self.tell(running.id, heard) => return Ok(()),
        };
        let done = match ended {
            Ok(Heard::Captions(bytes)) => {
                let length = self.media().find(asset).await?.and_then(|asset| asset.duration_ms);
                judged(running, &bytes, end_of(length))
            }
            Ok(Heard::Failed(why)) => Recognition { status: Hearing::Failed, failure: Some(why), ..running },
            Err(error) if job.attempts >= ATTEMPTS => {
                self.write(Recognition { status: Hearing::Failed, failure: Some(gave_up), ..running }).await?;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        self.write(done).await
    }

    /// Writes down how far it is; ends only when somebody has thrown the draft away, and the run ends with it.
    async fn tell(&self, id: CaptionsId, mut heard: watch::Receiver<f64>) {
        loop {
            tokio::time::sleep(TELL).await;
            let share = if heard.has_changed().unwrap_or(false) { Some(*heard.borrow_and_update()) } else { None };
            match self.reach(id, share).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(%error, "the progress of a recognition was not written; going on"),
            }
        }
    }

    async fn reach(&self, id: CaptionsId, share: Option<f64>) -> Result<bool> {
        let Some(share) = share else {
            return Ok(recognition::find(self.base().db.read(), id).await?.is_some());
        };
        let tx = self.base().db.begin().await?;
        let there = recognition::set_progress(&tx, id, share.clamp(0.0, 0.99)).await?;
        tx.commit().await?;
        Ok(there)
    }

    async fn write(&self, one: Recognition) -> Result<()> {
        let tx = self.base().db.begin().await?;
        recognition::update(&tx, &one).await?;
        tx.commit().await
    }
}

/// What was printed is looked at like what a lecturer uploads.
fn judged(running: Recognition, printed: &[u8], ends_ms: Option<u64>) -> Recognition {
    match cues("vtt", printed, |text| captions::heard(text, ends_ms)) {
        Ok(cues) => {
            let vtt = Some(captions::write_vtt(&cues));
            Recognition { status: Hearing::Ready, progress: 1.0, vtt, ..running }
        }
        Err(error) => {
            let why = error.refusal().map(|refusal| refusal.text.clone()).unwrap_or_else(|| Text::new("", ""));
            let said = Text::new(
                format!("识别结果不是有效的字幕：{}", why.zh),
                format!("What was recognised are no captions: {}", why.en),
            );
            Recognition { status: Hearing::Failed, failure: Some(said), ..running }
        }
    }
}

fn draft_info(one: &Recognition) -> CaptionsInfo {
    CaptionsInfo { id: one.id, language: one.language.clone(), label: LABEL.to_owned() }
}
