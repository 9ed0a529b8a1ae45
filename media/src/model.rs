//! An asset and its life: announced, uploaded, queued, made ready or refused with a sentence. An upload is the way in.

mod list;
mod scrub;
mod unfit;

use data_encoding::BASE64;
use kernel::{
    Error, Millis, Refusal,
    id::{AssetId, Id, Kind, PersonId},
    text::Text,
};

pub(crate) use list::{Entry, LIST, List};
pub use scrub::{Fault, Found, Scrub, Wrong};
pub use unfit::Unfit;

/// What a file is for; it decides what is accepted and what is made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    Video,
    Document,
    Image,
    Roster,
    Captions,
}

impl Purpose {
    pub const ALL: [Self; 5] = [Self::Video, Self::Document, Self::Image, Self::Roster, Self::Captions];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Video => "VIDEO",
            Self::Document => "DOCUMENT",
            Self::Image => "IMAGE",
            Self::Roster => "ROSTER",
            Self::Captions => "CAPTIONS",
        }
    }
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    Uploading,
    Queued,
    Processing,
    Ready,
    Failed,
}

impl Status {
    pub const ALL: [Self; 5] = [Self::Uploading, Self::Queued, Self::Processing, Self::Ready, Self::Failed];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Uploading => "UPLOADING",
            Self::Queued => "QUEUED",
            Self::Processing => "PROCESSING",
            Self::Ready => "READY",
            Self::Failed => "FAILED",
        }
    }
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
    /// Nothing changes any more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Ready | Self::Failed)
    }
}

/// One quality of a video that can be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// Also the folder of its playlist: `360p`; `720s` is the source as it was sent; `audio` has no picture and no size.
    pub name: String,
    pub width: i32,
    pub height: i32,
    /// Bits per second of the busiest stretch.
    pub bitrate: i32,
}

impl Rendition {
    pub const fn is_sound(&self) -> bool {
        self.width == 0
    }
}

/// A picture of a reading, by its files beneath the asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// `large` of a single picture; `page-0001`, `picture-001` of a document.
    pub name: String,
    pub width: u32,
    pub height: u32,
    pub large: String,
    /// For phones; none where the picture is narrow anyway.
    pub small: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Asset {
    pub id: AssetId,
    pub owner: PersonId,
    pub file_name: String,
    pub purpose: Purpose,
    pub status: Status,
    /// 0 to 1 of the step in hand.
    pub progress: f64,
    /// What is wrong with the file, for the lecturer to read.
    pub failure: Option<String>,
    /// Bytes of the file as it was uploaded.
    pub size: Option<i64>,
    /// Of a video that is ready.
    pub duration_ms: Option<i64>,
    /// Smallest first.
    pub renditions: Vec<Rendition>,
    /// Name of the still beside the playlist.
    pub poster: Option<String>,
    /// Nothing more is made of it: a video may be ready before all its renditions are there.
    pub complete: bool,
    pub created_at: Millis,
    /// Since when it is thrown away; its bytes follow some days later.
    pub deleted_at: Option<Millis>,
}

/// What is looked for in the library; what is none or empty is not asked.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    /// None: everybody's.
    pub owners: Option<Vec<PersonId>>,
    /// Part of the name, in any case.
    pub query: Option<String>,
    pub purpose: Option<Purpose>,
    pub statuses: Vec<Status>,
    pub except: Vec<AssetId>,
    /// Those that were thrown away, instead of those that were not.
    pub deleted: bool,
}

/// Marks ids of uploads (`upl_…`).
pub enum UploadKind {}
impl Kind for UploadKind {
    const PREFIX: &'static str = "upl";
}
pub type UploadId = Id<UploadKind>;

/// A file on its way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub id: UploadId,
    pub asset: AssetId,
    /// Bytes of the whole file.
    pub length: u64,
    /// Bytes that are on disk: the offset at which to go on.
    pub received: u64,
    pub expires_at: Millis,
}

/// Bytes of an upload that the object store holds before the whole file is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub start: u64,
    pub size: u64,
    /// Index of a part; none for an object of its own that waits to become part of one.
    pub part: Option<u32>,
    /// What the store calls the part, or the key of the object.
    pub mark: String,
}

impl Piece {
    pub const fn end(&self) -> u64 {
        self.start + self.size
    }
}

/// What one person may still send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes of the person's files and of what is on its way.
    pub used: u64,
    /// None: as much as the store holds.
    pub quota: Option<u64>,
}

/// What a client says that the bytes of one PATCH add up to (tus: Checksum).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checksum {
    Sha1(Vec<u8>),
    Sha256(Vec<u8>),
}

impl Checksum {
    /// The value of `Tus-Checksum-Algorithm`.
    pub const ALGORITHMS: &'static str = "sha1,sha256";

    /// Reads `Upload-Checksum`: the algorithm, a blank, the digest in Base64.
    pub fn parse(header: &str) -> Result<Self, TusError> {
        let (algorithm, digest) = header.trim().split_once(' ').ok_or(TusError::Algorithm)?;
        let digest = BASE64.decode(digest.trim().as_bytes()).map_err(|_| TusError::Algorithm)?;
        match (algorithm, digest.len()) {
            ("sha1", 20) => Ok(Self::Sha1(digest)),
            ("sha256", 32) => Ok(Self::Sha256(digest)),
            _ => Err(TusError::Algorithm),
        }
    }
}

/// Why an upload is refused, with the status that tus 1.0.0 wants for it.
#[derive(Debug, Clone)]
pub enum TusError {
    /// No such upload, or somebody else's.
    Missing,
    /// The bytes would not join what is there.
    Offset {
        expected: u64,
    },
    /// The file is complete.
    Ended,
    /// The upload was given up after a day without a byte.
    Gone,
    /// Larger than files of this purpose may be, or more bytes than were announced.
    TooLarge,
    /// A file of no bytes.
    Empty,
    /// A checksum that cannot be read or computed.
    Algorithm,
    /// Another request is writing to the same upload.
    Locked,
    /// The bytes do not add up to their checksum; they were thrown away.
    Checksum,
    /// The disk is full.
    Full,
    /// More than the person may keep here.
    Quota(Space),
    /// The person has too many files on their way at once.
    Crowded,
    /// The server takes in as many files as it can this moment.
    Busy,
    Fault(Error),
}

impl TusError {
    pub const fn status(&self) -> u16 {
        match self {
            Self::Empty | Self::Algorithm => 400,
            Self::Missing => 404,
            Self::Offset { .. } | Self::Ended => 409,
            Self::Gone => 410,
            Self::TooLarge | Self::Quota(_) => 413,
            Self::Crowded => 429,
            Self::Locked => 423,
            Self::Checksum => 460,
            Self::Busy => 503,
            Self::Full => 507,
            Self::Fault(_) => 500,
        }
    }
    /// The sentence for people.
    pub fn text(&self) -> Text {
        match self {
            Self::Missing => Refusal::not_found().text,
            Self::Offset { expected } => Text::new(
                format!("请从第 {expected} 字节处继续上传。"),
                format!("Please go on with the upload at byte {expected}."),
            ),
            Self::Ended => Text::new("该文件已上传完毕。", "This file is complete already."),
            Self::Gone => Text::new("上传已过期，请重新开始。", "This upload has expired; please start anew."),
            Self::TooLarge => Text::new("文件超过允许的大小。", "The file is larger than allowed."),
            Self::Empty => Text::new("文件是空的。", "The file is empty."),
            Self::Algorithm => Text::new("校验方式须为 sha1 或 sha256。", "The checksum must be sha1 or sha256."),
            Self::Locked => Text::new("该文件正在由另一请求上传。", "Another request is uploading this file."),
            Self::Checksum => {
                Text::new("数据校验不一致，请重传这一段。", "The checksum differs; please send this part again.")
            }
            Self::Full => Text::new("存储空间不足，请联系管理员。", "The disk is full; please tell the administrator."),
            Self::Quota(space) => {
                let (used, quota) = (gigabytes(space.used), gigabytes(space.quota.unwrap_or_default()));
                Text::new(
                    format!("您的素材空间不足：已用 {used}，上限 {quota}。请先清理不用的素材，或联系管理员。"),
                    format!("Your space is used up: {used} of {quota}. Remove files or ask the administrator."),
                )
            }
            Self::Crowded => Text::new(
                "同时上传的文件过多，请等其中一些传完。",
                "Too many of your files are on their way; please wait for some of them.",
            ),
            Self::Busy => Text::new("上传的人较多，稍后自动继续。", "Many are uploading; it goes on in a moment."),
            Self::Fault(_) => {
                Text::new("服务器出现故障，请稍后重试。", "Something went wrong; please try again later.")
            }
        }
    }
}
/// `1.5 GB`, as people read it.
fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / f64::from(1 << 30))
}

impl From<Error> for TusError {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}
impl From<std::io::Error> for TusError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull { Self::Full } else { Self::Fault(error.into()) }
    }
}
