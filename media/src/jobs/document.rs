//! From a picture or a document to what a reading shows: pictures in two sizes, and for a document its text as HTML.

use std::{path::Path, time::Duration};

use kernel::{Error, Result};

use super::{Attempt, Stop};
use crate::{
    document::{docx, pdf},
    ffmpeg::{
        run::Outcome,
        sandbox::{Room, in_path},
    },
    model::{Entry, List, Picture, Unfit},
    picture::{self, Sizes},
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
        let mut kept = Kept::default();
        self.keep_sizes("large", sizes, &mut kept).await?;
        self.publish_kept(kept).await
    }

    /// After a picture is ready: the file may say where and by whom it was taken, and nobody asks for it again.
    pub(super) async fn drop_original(&self) -> Result<()> {
        let tx = self.media.base().db.begin().await?;
        store::forget_object(&tx, self.asset).await?;
        tx.commit().await?;
        self.media.forget_place(self.asset).await;
        self.media.blob().delete(&original(self.asset)).await
    }

    pub(super) async fn document(&self, object: &str, media_type: &str) -> Result<(), Stop> {
        self.clear().await?;
        let mut kept = Kept::default();
        let html = if media_type == "application/pdf" {
            self.pdf(&mut kept).await?
        } else {
            self.docx(object, &mut kept).await?
        };
        kept.files.push(self.put(TEXT, html.into()).await?);
        self.publish_kept(kept).await
    }

    async fn docx(&self, object: &str, kept: &mut Kept) -> Result<String, Stop> {
        let bytes = self.media.blob().get(object, None, "").await?.bytes().await?;
        let read = tokio::task::spawn_blocking(move || docx::read(&bytes)).await.map_err(Error::from)??;
        let count = read.pictures.len();
        for (n, (name, bytes)) in read.pictures.into_iter().enumerate() {
            // A drawing of Office's own kind (EMF, WMF) is no picture that a page shows; the text is worth having without it.
            match resized(bytes).await {
                Ok(sizes) => self.keep_sizes(&name, sizes, kept).await?,
                Err(Stop::Unfit(unfit)) => {
                    tracing::info!(asset.id = %self.asset, name, ?unfit, "a picture is left out")
                }
                Err(fault) => return Err(fault),
            }
            self.reached(n + 1, count).await?;
        }
        Ok(read.html)
    }

    async fn pdf(&self, kept: &mut Kept) -> Result<String, Stop> {
        let path = self.local().await?;
        let source = self.media.0.tools.sandbox.inside(&path)?;
        let source = Pdf { path: &path, name: &source };
        let said = self.poppler("pdfinfo", &pdf::info(source.name), source, LOOK_TIME).await?;
        let about = pdf::about(&String::from_utf8_lossy(&said))?;
        self.poppler("pdftotext", &pdf::text(source.name, "text.txt"), source, TEXT_TIME).await?;
        let target = self.out().join("text.txt");
        if tokio::fs::metadata(&target).await?.len() > MOST_TEXT_BYTES {
            return Err(Unfit::DocumentTooComplex.into());
        }
        let text = String::from_utf8_lossy(&tokio::fs::read(&target).await?).into_owned();
        if text.chars().count() > crate::document::MOST_TEXT {
            return Err(Unfit::DocumentTooComplex.into());
        }
        let mut first = 1;
        while first <= about.pages {
            let last = about.pages.min(first + pdf::AT_ONCE - 1);
            self.render(source, first, last, kept).await?;
            self.reached(usize::try_from(last).unwrap_or(0), usize::try_from(about.pages).unwrap_or(1)).await?;
            first = last + 1;
        }
        Ok(pdf::html(&pdf::pages(&text, about.pages)))
    }

    /// Pages as pictures: rendered into scratch, kept in two sizes, gone from scratch.
    async fn render(&self, source: Pdf<'_>, first: u32, last: u32, kept: &mut Kept) -> Result<(), Stop> {
        let folder = self.out().join("pages");
        tokio::fs::create_dir_all(&folder).await?;
        self.poppler("pdftoppm", &pdf::render(source.name, first, last, "pages/p"), source, RENDER_TIME).await?;
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
        for (number, file) in (first..).zip(files) {
            let sizes = resized(tokio::fs::read(&file).await?).await?;
            self.keep_sizes(&pdf::page_name(number), sizes, kept).await?;
            tokio::fs::remove_file(&file).await?;
        }
        Ok(())
    }

    /// One of poppler's programs, held as short as ffmpeg.
    async fn poppler(
        &self,
        name: &str,
        arguments: &[String],
        source: Pdf<'_>,
        most: Duration,
    ) -> Result<Vec<u8>, Stop> {
        let program = in_path(Path::new(name)).ok_or(Unfit::NoDocumentTools)?;
        let folder = self.out();
        let room = Room { folder: &folder, source: source.path };
        match self.media.0.tools.read(&program, arguments, room, most).await? {
            Outcome::Done(said) => Ok(said),
            Outcome::Killed => Err(Stop::Killed),
            Outcome::TimedOut => Err(Unfit::DocumentTooSlow.into()),
            Outcome::Failed(said) => {
                tracing::info!(asset.id = %self.asset, name, said, "a document was given up on");
                Err(pdf::why(&said).into())
            }
        }
    }

    async fn keep_sizes(&self, name: &str, sizes: Sizes, kept: &mut Kept) -> Result<()> {
        let large = format!("{name}.{}", sizes.large.extension);
        kept.files.push(self.put(&large, sizes.large.bytes.into()).await?);
        let mut small = None;
        if let Some(file) = sizes.small {
            let named = format!("{name}-small.{}", file.extension);
            kept.files.push(self.put(&named, file.bytes.into()).await?);
            small = Some(named);
        }
        kept.pictures.push(Picture { name: name.to_owned(), width: sizes.width, height: sizes.height, large, small });
        Ok(())
    }

    /// From here on the asset's text and pictures are those of this attempt.
    async fn publish_kept(&self, kept: Kept) -> Result<(), Stop> {
        let seal = self.media.put_list(&self.prefix(), List::new(kept.files)).await?;
        let base = self.media.base();
        let tx = base.db.begin().await?;
        if !store::put_pictures(&tx, self.asset, self.id, &self.prefix(), &kept.pictures).await? {
            return Err(Stop::Overtaken);
        }
        let earlier = store::seals_of(&tx, self.asset).await?.into_iter().filter(|seal| seal.folder);
        let earlier: Vec<String> = earlier.map(|seal| seal.key).collect();
        store::forget(&tx, &earlier).await?;
        store::seal(&tx, self.asset, &seal, base.now()).await?;
        tx.commit().await?;
        Ok(self.media.blob().delete_beneath(&self.prefix_of_all(), Some(&self.prefix())).await?)
    }

    async fn reached(&self, done: usize, all: usize) -> Result<(), Stop> {
        let share = u32::try_from(done).map_or(0.0, f64::from) / u32::try_from(all.max(1)).map_or(1.0, f64::from);
        if self.reach(share.min(0.99)).await? { Ok(()) } else { Err(Stop::Overtaken) }
    }
}

/// What an attempt has put into the store.
#[derive(Default)]
struct Kept {
    files: Vec<Entry>,
    pictures: Vec<Picture>,
}

/// A PDF: where it lies, and its name as the programs see it.
#[derive(Clone, Copy)]
struct Pdf<'a> {
    path: &'a Path,
    name: &'a str,
}

/// Beside the other tasks: a large picture takes a while.
async fn resized(bytes: Vec<u8>) -> Result<Sizes, Stop> {
    Ok(tokio::task::spawn_blocking(move || picture::sizes(&bytes)).await.map_err(Error::from)??)
}
