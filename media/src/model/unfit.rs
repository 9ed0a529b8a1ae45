//! The sentences with which a file is refused.

/// Why a file cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    NotVideo,
    Playlist,
    Picture,
    Archive,
    NoPicture,
    Encrypted,
    Elsewhere,
    UnknownCodec,
    TooLong,
    TooManyPixels,
    TooManyStreams,
    TooManyFrames,
    Broken,
    CutShort,
    TooSlow,
    NotDocument,
    /// A password, or rights that forbid to read the text.
    Locked,
    /// A compound file: DOC, or a DOCX with a password.
    Compound,
    DocumentBroken,
    DocumentTooComplex,
    TooManyPages,
    DocumentTooSlow,
    NoDocumentTools,
    PictureTooLarge,
    PictureBroken,
    NotImage,
    NotRoster,
    NotCaptions,
    TooLarge,
    GaveUp,
}

impl Unfit {
    /// What the lecturer reads.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotVideo => "这不是视频文件：支持 MP4、MOV、MKV、WebM、AVI、FLV 和 MPEG-TS。",
            Self::Playlist => "这是播放列表或指向其他文件的脚本，不是视频本身，请上传视频文件。",
            Self::Picture => "这是图片，不是视频；图片请在图文课时中上传。",
            Self::Archive => "这是压缩包或办公文档，不是视频，请解压后上传其中的视频文件。",
            Self::Encrypted => "视频已加密（有版权保护），无法转换，请上传未加密的文件。",
            Self::Elsewhere => "视频的内容存放在另一个文件中，本文件只是引用，请导出为独立文件后再上传。",
            Self::UnknownCodec => "视频或声音的编码格式不受支持，请用 H.264 编码的 MP4 重新导出后再上传。",
            Self::NoPicture => "文件中没有视频画面，只有声音或其他内容。",
            Self::TooLong => "视频超过 6 小时，请拆分后再上传。",
            Self::TooManyPixels => "视频分辨率过高（最高 3840×2160），请降低分辨率后再上传。",
            Self::TooManyStreams => "文件中的音视频流超过 8 条，请只保留需要的画面和声音。",
            Self::TooManyFrames => "视频帧率超过每秒 120 帧，请降低帧率后再上传。",
            Self::Broken => "视频文件已损坏，无法读取，请重新导出后再上传。",
            Self::CutShort => "视频文件不完整，后半部分缺失，请重新导出后再上传。",
            Self::TooSlow => "视频转换超时，请用更常见的格式（H.264 编码的 MP4）重新导出后再上传。",
            Self::NotDocument => "文档须为 PDF 或 DOCX 文件。",
            Self::Locked => "文档设有密码或禁止复制文字，请解除保护后再上传。",
            Self::Compound => "这是旧版 DOC 文件或设有密码的文档，请另存为不设密码的 DOCX 后再上传。",
            Self::DocumentBroken => "文档已损坏，无法读取，请重新导出后再上传。",
            Self::DocumentTooComplex => "文档展开后过大或结构过于复杂，请拆分后再上传。",
            Self::TooManyPages => "文档超过 300 页，请拆分后再上传。",
            Self::DocumentTooSlow => "文档处理超时，请简化其中的图形或拆分后再上传。",
            Self::NoDocumentTools => "服务器没有安装处理 PDF 的程序（poppler-utils），请联系管理员。",
            Self::PictureTooLarge => "图片超过 5000 万像素，请缩小后再上传。",
            Self::PictureBroken => "图片已损坏，无法读取，请重新导出后再上传。",
            Self::NotImage => "图片须为 PNG、JPEG、WebP 或 GIF 文件。",
            Self::NotRoster => "名册须为 XLSX 或 CSV 文件。",
            Self::NotCaptions => "字幕须为 WebVTT 或 SRT 文本文件。",
            Self::TooLarge => "文件超过允许的大小。",
            Self::GaveUp => "多次尝试后仍未能处理该文件，请重新上传；若再次失败，请联系管理员。",
        }
    }
}
