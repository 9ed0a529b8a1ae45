//! From a picture or a document to what a reading shows: pictures in two sizes, and for a document its text as HTML.

use std::{path::Path, time::Duration};

use kernel::{Error, Result};

use super::{Attempt, Stop};
use crate::{
    document::{docx, pdf},
    ffmpeg::run::{Outcome, in_path},
    model::{Picture, Unfit},
    picture::{self, Sizes},
    rules,
    service::original,
    store,
};

pub(crate) const TEXT: &str = "document.html";
const LOOK_TIME: Duration = Duration::from_secs(30);
const TEXT_TIME: Duration = Duration::from_secs(120);
/// For eight pages.
const RENDER_TIME: Duration = Duration::from_secs(120);
/// Of extracted text: far above what is taken in the end.
const MOST_TEXT_BYTES: u64 = 32 << 20;

impl Attempt<'_> {
    /// A single picture; nothing of the file as it came is kept.
    pub(super) async fn picture(&self, object: &str) -> Result<(), Stop> {
        let bytes = self.media.blob().get(object, None, "").await?.bytes().await?;
        let sizes = resized(bytes.to_vec()).await?;
        self.clear().await?;
        let picture = self.keep_sizes("large", sizes).await?;
        self.keep_pictures(vec![picture]).await?;
        Ok(())
    }

    /// After a picture is ready: the file may say where and by whom it was taken, and nobody asks for it again.
    pub(super) async fn drop_original(&self) -> Result<()> {
        let tx = self.media.base().db.begin().await?;
        store::forget_object(&tx, self.asset).await?;
        tx.commit().await?;
        self.media.blob().delete(&original(self.asset)).await
    }

    pub(super) async fn document(&self, object: &str, media_type: &str) -> Result<(), Stop> {
        self.clear().await?;
        let (html, pictures) =
            if media_type == "application/pdf" { self.pdf(object).await? } else { self.docx(object).await? };
        self.media.blob().put(&format!("{}/{TEXT}", self.prefix()), html.into()).await?;
        self.keep_pictures(pictures).await?;
        Ok(())
    }

    async fn docx(&self, object: &str) -> Result<(String, Vec<Picture>), Stop> {
        let bytes = self.media.blob().get(object, None, "").await?.bytes().await?;
        let read = tokio::task::spawn_blocking(move || docx::read(&bytes)).await.map_err(Error::from)??;
        let (mut pictures, count) = (Vec::new(), read.pictures.len());
        for (n, (name, bytes)) in read.pictures.into_iter().enumerate() {
            // A drawing of Office's own kind (EMF, WMF) is no picture that a page shows; the text is worth having without it.
            match resized(bytes).await {
                Ok(sizes) => pictures.push(self.keep_sizes(&name, sizes).await?),
                Err(Stop::Unfit(unfit)) => {
                    tracing::info!(asset.id = %self.asset, name, ?unfit, "a picture is left out")
                }
                Err(fault) => return Err(fault),
            }
            self.reached(n + 1, count).await?;
        }
        Ok((read.html, pictures))
    }

    async fn pdf(&self, object: &str) -> Result<(String, Vec<Picture>), Stop> {
        let source = self.source(object).await?;
        let said = self.poppler("pdfinfo", &pdf::info(&source), LOOK_TIME).await?;
        let about = pdf::about(&String::from_utf8_lossy(&said))?;
        let target = self.scratch.path().join("text.txt");
        self.poppler("pdftotext", &pdf::text(&source, &path_text(&target)?), TEXT_TIME).await?;
        if tokio::fs::metadata(&target).await?.len() > MOST_TEXT_BYTES {
            return Err(Unfit::DocumentTooComplex.into());
        }
        let text = String::from_utf8_lossy(&tokio::fs::read(&target).await?).into_owned();
        if text.chars().count() > crate::document::MOST_TEXT {
            return Err(Unfit::DocumentTooComplex.into());
        }
        let mut pictures = Vec::new();
        let mut first = 1;
        while first <= about.pages {
            let last = about.pages.min(first + pdf::AT_ONCE - 1);
            pictures.extend(self.render(&source, first, last).await?);
            self.reached(usize::try_from(last).unwrap_or(0), usize::try_from(about.pages).unwrap_or(1)).await?;
            first = last + 1;
        }
        Ok((pdf::html(&pdf::pages(&text, about.pages)), pictures))
    }

    /// Pages as pictures: rendered into scratch, kept in two sizes, gone from scratch.
    async fn render(&self, source: &str, first: u32, last: u32) -> Result<Vec<Picture>, Stop> {
        let folder = self.scratch.path().join("pages");
        tokio::fs::create_dir_all(&folder).await?;
        let prefix = path_text(&folder.join("p"))?;
        self.poppler("pdftoppm", &pdf::render(source, first, last, &prefix), RENDER_TIME).await?;
        let mut files = Vec::new();
        let mut entries = tokio::fs::read_dir(&folder).await?;
        while let Some(entry) = entries.next_entry().await? {
            files.push(entry.path());
        }
        // The numbers in their names are as long as each other within a run.
        files.sort();
        if files.len() != usize::try_from(last - first + 1).unwrap_or(0) {
            return Err(Unfit::DocumentBroken.into());
        }
        let mut pictures = Vec::new();
        for (number, file) in (first..).zip(files) {
            let sizes = resized(tokio::fs::read(&file).await?).await?;
            pictures.push(self.keep_sizes(&pdf::page_name(number), sizes).await?);
            tokio::fs::remove_file(&file).await?;
        }
        Ok(pictures)
    }

    /// One of poppler's programs, held as short as ffmpeg.
    async fn poppler(&self, name: &str, arguments: &[String], most: Duration) -> Result<Vec<u8>, Stop> {
        let program = in_path(Path::new(name)).ok_or(Unfit::NoDocumentTools)?;
        match self.media.0.tools.read(&program, arguments, self.scratch.path(), most).await? {
            Outcome::Done(said) => Ok(said),
            Outcome::TimedOut => Err(Unfit::DocumentTooSlow.into()),
            Outcome::Failed(said) => {
                tracing::info!(asset.id = %self.asset, name, said, "a document was given up on");
                Err(pdf::why(&said).into())
            }
        }
    }

    /// What an earlier attempt left.
    async fn clear(&self) -> Result<()> {
        self.media.blob().delete_beneath(&self.prefix_of_all(), Some(&self.prefix())).await
    }

    async fn keep_sizes(&self, name: &str, sizes: Sizes) -> Result<Picture> {
        let large = format!("{name}.{}", sizes.large.extension);
        self.keep_file(&large, sizes.large.bytes).await?;
        let mut small = None;
        if let Some(file) = sizes.small {
            let named = format!("{name}-small.{}", file.extension);
            self.keep_file(&named, file.bytes).await?;
            small = Some(named);
        }
        Ok(Picture { name: name.to_owned(), width: sizes.width, height: sizes.height, large, small })
    }

    async fn keep_file(&self, name: &str, bytes: Vec<u8>) -> Result<()> {
        rules::picture_type(name).ok_or_else(|| Error::broken(format!("no name of a picture: {name}")))?;
        self.media.blob().put(&format!("{}/{name}", self.prefix()), bytes.into()).await
    }

    /// From here on the asset's pictures are those of this attempt.
    async fn keep_pictures(&self, pictures: Vec<Picture>) -> Result<()> {
        let tx = self.media.base().db.begin().await?;
        if !store::put_pictures(&tx, self.asset, self.id, &self.prefix(), &pictures).await? {
            return Err(super::overtaken());
        }
        tx.commit().await
    }

    async fn reached(&self, done: usize, all: usize) -> Result<()> {
        let share = u32::try_from(done).map_or(0.0, f64::from) / u32::try_from(all.max(1)).map_or(1.0, f64::from);
        if self.reach(share.min(0.99)).await? { Ok(()) } else { Err(super::overtaken()) }
    }
}

/// Beside the other tasks: a large picture takes a while.
async fn resized(bytes: Vec<u8>) -> Result<Sizes, Stop> {
    Ok(tokio::task::spawn_blocking(move || picture::sizes(&bytes)).await.map_err(Error::from)??)
}

fn path_text(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).ok_or_else(|| Error::broken("the work folder's name is not UTF-8"))
}
