//! Pictures and documents: what they become, and what is refused with which sentence.

use std::io::Cursor;

use kernel::{Code, id::AssetId};
use platform::{Outbox, testing::TestBase};

use super::{house, lecturer, worker};
use crate::{
    Media, Purpose, Status, Unfit,
    document::{docx, pdf},
    picture,
    testing::files,
};

async fn import(test: &TestBase, media: &Media, name: &str, purpose: Purpose, bytes: &[u8]) -> AssetId {
    let file = test.folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    let asset = media.import(lecturer().person, name, purpose, &file).await.unwrap().id;
    worker(test, media).run_until_idle().await.unwrap();
    asset
}

#[test]
fn a_photo_is_upright_in_two_sizes_and_says_nothing_of_its_place() {
    let photo = files::photo(2400, 1200);
    assert!(contains(&photo, b"116.4074E"));
    let sizes = picture::sizes(&photo).unwrap();
    assert_eq!((sizes.width, sizes.height, sizes.large.extension), (1200, 2400, "jpg"), "turned upright");
    let small = sizes.small.unwrap();
    assert!(!contains(&sizes.large.bytes, b"Exif") && !contains(&sizes.large.bytes, b"116.4074E"));
    assert!(!contains(&small.bytes, b"Exif") && small.bytes.len() < sizes.large.bytes.len());
    let shown = image::load(Cursor::new(small.bytes), image::ImageFormat::Jpeg).unwrap();
    assert_eq!((shown.width(), shown.height()), (800, 1600));
    assert!(picture::sizes(&files::png(700, 300)).unwrap().small.is_none(), "a narrow one needs no second size");
    let wide = picture::sizes(&files::png(4000, 100)).unwrap();
    assert_eq!((wide.width, wide.height), (1600, 40));
}

#[test]
fn what_is_no_picture_is_refused_each_with_its_reason() {
    let mut cut = files::png(300, 300);
    cut.truncate(200);
    let bomb = {
        // A header that claims 30000 by 30000.
        let mut png = files::png(1, 1);
        png.splice(16..24, [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
        png
    };
    assert!(matches!(picture::sizes(b"GIF89a").unwrap_err(), Unfit::PictureBroken));
    assert!(matches!(picture::sizes(&cut).unwrap_err(), Unfit::PictureBroken));
    assert!(matches!(picture::sizes(&bomb).unwrap_err(), Unfit::PictureTooLarge | Unfit::PictureBroken));
    assert!(matches!(picture::sizes(b"<svg/>").unwrap_err(), Unfit::NotImage));
}

/// Its pictures were rows of their own that held on to the file.
#[tokio::test]
async fn a_picture_that_was_thrown_away_is_erased_with_all_its_files() {
    for test in TestBase::each(Outbox::default()).await {
        let media = house(&test).await;
        let asset = import(&test, &media, "会场.png", Purpose::Image, &files::png(1800, 900)).await;
        assert!(media.picture_file(asset, "large.png", None).await.is_ok(), "{}", test.name);
        media.erase(asset).await.unwrap();
        assert!(media.find(asset).await.unwrap().is_none());
        assert_eq!(media.blob().list("assets").await.unwrap(), Vec::<String>::new(), "{}", test.name);
        test.end().await;
    }
}

const BODY: &str = "<w:p><w:pPr><w:pStyle w:val=\"1\"/></w:pPr><w:r><w:t>总纲</w:t></w:r></w:p>\
    <w:p><w:r><w:t xml:space=\"preserve\">中国共产党是 </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>先锋队</w:t></w:r><w:r><w:rPr><w:b w:val=\"0\"/></w:rPr><w:t>&lt;x&gt;</w:t></w:r></w:p>\
    <w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>\
    <w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>乙</w:t></w:r></w:p>\
    <w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"2\"/></w:numPr></w:pPr><w:r><w:t>一</w:t></w:r></w:p>\
    <w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr><w:p><w:r><w:t>年</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
    <w:p><w:hyperlink r:id=\"rId2\"><w:r><w:t>链接</w:t></w:r></w:hyperlink><w:del><w:r><w:delText>删去</w:delText></w:r></w:del></w:p>\
    <w:p><w:r><w:drawing><wp:inline><wp:docPr descr=\"会场\"/><a:blip r:embed=\"rId1\"/></wp:inline></w:drawing></w:r></w:p>";

#[test]
fn a_docx_keeps_headings_lists_tables_marks_links_and_pictures() {
    let read = docx::read(&files::docx(BODY, &files::png(40, 30))).unwrap();
    let html = "<h1>总纲</h1><p>中国共产党是 <strong>先锋队</strong>&lt;x&gt;</p><ul><li>甲</li><li>乙</li></ul><ol><li>一</li></ol>\
                <table><tr><td colspan=\"2\"><p>年</p></td></tr></table><p><a href=\"https://www.example.edu.cn/\">链接</a></p>\
                <p><img src=\"picture:picture-001\" alt=\"会场\"></p>";
    assert_eq!(read.html, html);
    assert_eq!(read.pictures.len(), 1);
}

/// Both used to vanish without a word.
#[test]
fn what_was_moved_and_what_bears_its_pronunciation_stays_in_a_docx() {
    let body = "<w:p><w:moveFrom><w:r><w:t>移走</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>移来</w:t></w:r></w:moveTo></w:p>\
        <w:moveTo><w:p><w:r><w:t>整段</w:t></w:r></w:p></w:moveTo>\
        <w:p><w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>xiān</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>先</w:t></w:r></w:rubyBase></w:ruby></w:r><w:r><w:t>锋</w:t></w:r></w:p>";
    let read = docx::read(&files::docx(body, &files::png(4, 3))).unwrap();
    assert_eq!(read.html, "<p>移来</p><p>整段</p><p>先锋</p>");
}

/// Lists within lists came out as one flat list, or as lists beside each other.
#[test]
fn a_list_within_a_list_keeps_its_level_in_a_docx() {
    let item = |(list, level, text): &(u8, &str, &str)| {
        let level = if level.is_empty() { String::new() } else { format!("<w:ilvl w:val=\"{level}\"/>") };
        format!(
            "<w:p><w:pPr><w:numPr>{level}<w:numId w:val=\"{list}\"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
        )
    };
    type Items<'a> = &'a [(u8, &'a str, &'a str)];
    let cases: [(Items, &str); 7] = [
        (
            &[(1, "0", "甲"), (1, "1", "一"), (1, "1", "二"), (1, "2", "细"), (1, "0", "乙")],
            "<ul><li>甲<ol><li>一</li><li>二<ul><li>细</li></ul></li></ol></li><li>乙</li></ul>",
        ),
        (&[(1, "", "甲"), (2, "1", "一"), (2, "1", "二")], "<ul><li>甲<ol><li>一</li><li>二</li></ol></li></ul>"),
        // A level that is left out, on the way down and up; one that comes first.
        (&[(1, "0", "甲"), (1, "2", "细"), (1, "0", "乙")], "<ul><li>甲<ul><li>细</li></ul></li><li>乙</li></ul>"),
        (
            &[(2, "0", "甲"), (2, "2", "细"), (2, "1", "一"), (2, "0", "乙")],
            "<ol><li>甲<ol><li>细</li><li>一</li></ol></li><li>乙</li></ol>",
        ),
        (&[(2, "3", "细"), (2, "0", "甲")], "<ol><li>细</li><li>甲</li></ol>"),
        (
            &[(1, "0", "甲"), (1, "1", ""), (1, "200", "深"), (1, "x", "乙")],
            "<ul><li>甲<ul><li>深</li></ul></li><li>乙</li></ul>",
        ),
        (&[(1, "0", "甲"), (2, "0", "一"), (0, "0", "段")], "<ul><li>甲</li></ul><ol><li>一</li></ol><p>段</p>"),
    ];
    for (items, html) in cases {
        let body: String = items.iter().map(item).collect();
        assert_eq!(docx::read(&files::docx(&body, &files::png(4, 3))).unwrap().html, html, "{items:?}");
    }
}

#[test]
fn a_docx_that_is_none_or_too_much_is_refused_before_it_is_unpacked() {
    let part = |name: &str, bytes: &[u8]| files::zipped(&[(name, bytes)]);
    let zeros = vec![b' '; 70 << 20];
    let deep = format!("<w:document xmlns:w=\"w\">{}", "<w:sdt>".repeat(300));
    let entities = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><w:document xmlns:w=\"w\"><w:body/></w:document>";
    let many: Vec<String> = (0..2_100).map(|n| format!("x{n}")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let cases = [
        (b"PK\x03\x04 and nothing".to_vec(), Unfit::DocumentBroken),
        (part("xl/workbook.xml", b"<x/>"), Unfit::NotDocument),
        (part("word/document.xml", b"<w:document><w:body>"), Unfit::DocumentBroken),
        (part("word/document.xml", b"\xFF\xFE"), Unfit::DocumentBroken),
        (part("word/document.xml", &zeros), Unfit::DocumentTooComplex),
        (part("word/document.xml", deep.as_bytes()), Unfit::DocumentTooComplex),
        (part("word/document.xml", entities.as_bytes()), Unfit::DocumentBroken),
        (files::zipped(&many), Unfit::DocumentTooComplex),
    ];
    for (n, (bytes, unfit)) in cases.into_iter().enumerate() {
        assert_eq!(docx::read(&bytes).err(), Some(unfit), "case {n}");
    }
}

#[test]
fn what_poppler_says_is_understood() {
    let about = |said: &str| pdf::about(said);
    assert_eq!(about("Pages:           3\nEncrypted:       no\n").unwrap().pages, 3);
    assert_eq!(about("Pages: 301\n").unwrap_err(), Unfit::TooManyPages);
    let long = "Pages: 2\nPage    1 size:      595 x 842 pts (A4)\nPage    2 size:      1 x 14400 pts\n";
    assert_eq!(about(long).unwrap_err(), Unfit::DocumentTooComplex);
    assert_eq!(about("Pages: 0\n").unwrap_err(), Unfit::DocumentBroken);
    assert_eq!(
        about("Encrypted: yes (print:yes copy:no change:no addNotes:no algorithm:RC4)\nPages: 1").unwrap_err(),
        Unfit::Locked
    );
    assert_eq!(pdf::why("Command Line Error: Incorrect password"), Unfit::Locked);
    assert_eq!(pdf::why("Syntax Error: Couldn't read xref table"), Unfit::DocumentBroken);
    let pages = pdf::pages("第一行文字很长很长很长\n接着写完。\n\nSecond para\u{c}", 2);
    let html = pdf::html(&pages);
    assert_eq!(
        html,
        "<figure><img src=\"picture:page-0001\" alt=\"第 1 页\"><p>第一行文字很长很长很长接着写完。</p><p>Second para</p></figure>\n\
         <figure><img src=\"picture:page-0002\" alt=\"第 2 页\"></figure>\n"
    );
}

#[tokio::test]
async fn a_picture_is_served_in_two_sizes_and_its_file_is_gone() {
    for test in TestBase::each(Outbox::default()).await {
        let media = house(&test).await;
        let asset = import(&test, &media, "会场.jpg", Purpose::Image, &files::photo(2400, 1200)).await;
        assert_eq!(media.find(asset).await.unwrap().unwrap().status, Status::Ready, "{}", test.name);
        let pictures = media.pictures(&[asset]).await.unwrap().remove(&asset).unwrap();
        assert_eq!((pictures[0].name.as_str(), pictures[0].width, pictures[0].height), ("large", 1200, 2400));
        for name in [pictures[0].large.as_str(), pictures[0].small.as_deref().unwrap()] {
            let object = media.picture_file(asset, name, None).await.unwrap();
            assert_eq!(object.content_type, "image/jpeg");
            assert!(!contains(&object.bytes().await.unwrap(), b"116.4074E"), "{name}");
        }
        // What the library shows: that was NOT_FOUND for all but videos.
        let shown = media.picture(asset, None).await.unwrap();
        assert_eq!((shown.content_type.as_str(), shown.size > 1000), ("image/jpeg", true), "{}", test.name);
        assert!(media.blob().list("originals").await.unwrap().is_empty(), "the file as it came is not kept");
        for name in ["../../originals/x", "document.html", "large.svg", "page-1.jpg", "large-small-small.jpg/x"] {
            assert_eq!(
                media.picture_file(asset, name, None).await.err().unwrap().code(),
                Some(Code::NotFound),
                "{name}"
            );
        }
        test.end().await;
    }
}

#[tokio::test]
async fn a_pdf_becomes_its_pages_as_pictures_and_text() {
    for test in TestBase::each(Outbox::default()).await {
        let media = house(&test).await;
        let asset =
            import(&test, &media, "党章.pdf", Purpose::Document, &files::pdf(&["中国共产党章程\n总纲", ""])).await;
        let found = media.find(asset).await.unwrap().unwrap();
        assert_eq!((found.status, found.failure), (Status::Ready, None), "{}", test.name);
        let html = media.document(asset).await.unwrap();
        assert!(html.contains("中国共产党章程") && html.contains("总纲"), "{html}");
        assert_eq!(html.matches("<figure>").count(), 2);
        let pages = media.pictures(&[asset]).await.unwrap().remove(&asset).unwrap();
        let names: Vec<&str> = pages.iter().map(|page| page.name.as_str()).collect();
        assert_eq!((names, pages[0].width), (vec!["page-0001", "page-0002"], 1240));
        assert!(media.picture_file(asset, "page-0001-small.jpg", None).await.unwrap().size > 1000);
        assert_eq!(std::fs::read_dir(media.scratch()).unwrap().count(), 0);
        test.end().await;
    }
}

#[tokio::test]
async fn a_docx_becomes_text_with_its_pictures() {
    let test = TestBase::sqlite(Outbox::default()).await;
    let media = house(&test).await;
    let asset = import(&test, &media, "讲义.docx", Purpose::Document, &files::docx(BODY, &files::png(900, 30))).await;
    let found = media.find(asset).await.unwrap().unwrap();
    assert_eq!((found.status, found.failure), (Status::Ready, None));
    assert!(media.document(asset).await.unwrap().contains("picture:picture-001"));
    assert!(media.picture_file(asset, "picture-001-small.png", None).await.is_ok());
    test.end().await;
}

#[tokio::test]
async fn documents_that_cannot_be_read_have_each_its_sentence() {
    let test = TestBase::sqlite(Outbox::default()).await;
    let media = house(&test).await;
    let cases: [(&str, Vec<u8>, Unfit); 5] = [
        ("锁.pdf", files::locked_pdf(), Unfit::Locked),
        ("坏.pdf", b"%PDF-1.7\nnothing at all".to_vec(), Unfit::DocumentBroken),
        ("旧.doc", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old".to_vec(), Unfit::Compound),
        ("坏.docx", b"PK\x03\x04 broken".to_vec(), Unfit::DocumentBroken),
        ("表.docx", files::zipped(&[("xl/workbook.xml", b"<x/>")]), Unfit::NotDocument),
    ];
    let mut sentences = Vec::new();
    for (name, bytes, unfit) in cases {
        let asset = import(&test, &media, name, Purpose::Document, &bytes).await;
        let found = media.find(asset).await.unwrap().unwrap();
        assert_eq!((found.status, found.failure.as_deref()), (Status::Failed, Some(unfit.sentence())), "{name}");
        sentences.push(unfit.sentence());
    }
    assert!(media.blob().list("originals").await.unwrap().is_empty(), "nothing of them is kept");
    test.end().await;
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
