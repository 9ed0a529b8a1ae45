//! Small files of the kinds that readings are made from.

use std::io::{Cursor, Write};

use image::{ImageFormat, Rgb, RgbImage};
use zip::{ZipWriter, write::SimpleFileOptions};

/// A picture of one colour.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    drawn(width, height, ImageFormat::Png)
}

/// One that claims to lie on its side, and tells where it was taken.
pub fn photo(width: u32, height: u32) -> Vec<u8> {
    let plain = drawn(width, height, ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    exif.extend(b"39.9042N 116.4074E");
    let length = u16::try_from(exif.len() + 2).unwrap_or(u16::MAX).to_be_bytes();
    let (head, rest) = plain.split_at(2);
    [head, &[0xFF, 0xE1], &length, &exif, rest].concat()
}

fn drawn(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = RgbImage::from_fn(width, height, |x, y| {
        Rgb([u8::try_from(x % 251).unwrap_or(0), u8::try_from(y % 241).unwrap_or(0), 120])
    });
    let written = picture.write_to(&mut bytes, format);
    assert!(written.is_ok(), "a picture in memory can be written");
    bytes.into_inner()
}

/// A PDF with a page for each text; its lines end with a line end. A page without text is empty paper.
pub fn pdf(pages: &[&str]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|n| format!("{} 0 R", 5 + n * 2)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Count {} /Kids [{}] >>", pages.len(), kids.join(" ")),
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>".to_owned(),
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> \
         /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 \
         /Descent -120 /CapHeight 880 /StemV 93 >> >>"
            .to_owned(),
    ];
    for (n, text) in pages.iter().enumerate() {
        let content = content(text);
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents {} 0 R >>",
            6 + n * 2
        );
        objects.extend([page, format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len())]);
    }
    written(&objects, "")
}

/// A PDF that opens with a password alone.
pub fn locked_pdf() -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ];
    let keys = "41".repeat(32);
    let lock = format!(
        "/ID [<{0}> <{0}>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{keys}> /U <{keys}> >>",
        "42".repeat(16)
    );
    written(&objects.map(str::to_owned), &lock)
}

fn content(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let line = |line: &str| {
        let codes: String = line.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
        format!("<{codes}> Tj 0 -24 Td ")
    };
    format!("BT /F 16 Tf 72 760 Td {}ET", text.lines().map(line).collect::<String>())
}

fn written(objects: &[String], trailer: &str) -> Vec<u8> {
    let mut out = "%PDF-1.5\n".to_owned();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(out.len());
        out.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let table = out.len();
    let size = objects.len() + 1;
    out.push_str(&format!("xref\n0 {size}\n0000000000 65535 f \n"));
    for place in places {
        out.push_str(&format!("{place:010} 00000 n \n"));
    }
    out.push_str(&format!("trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{table}\n%%EOF\n"));
    out.into_bytes()
}

/// A DOCX of these body elements, with one picture that they may name as `rId1`, and an outward link `rId2`.
pub fn docx(body: &str, picture: &[u8]) -> Vec<u8> {
    let space = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
                 xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" xmlns:a=\"a\" xmlns:wp=\"wp\"";
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";
    let document = format!("{head}<w:document {space}><w:body>{body}<w:sectPr/></w:body></w:document>");
    let styles =
        format!("{head}<w:styles {space}><w:style w:styleId=\"1\"><w:name w:val=\"heading 1\"/></w:style></w:styles>");
    let lists = format!(
        "{head}<w:numbering {space}><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"bullet\"/></w:lvl>\
         <w:lvl w:ilvl=\"1\"><w:numFmt w:val=\"decimal\"/></w:lvl><w:lvl w:ilvl=\"2\"><w:numFmt w:val=\"bullet\"/></w:lvl></w:abstractNum>\
         <w:abstractNum w:abstractNumId=\"1\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"decimal\"/></w:lvl></w:abstractNum>\
         <w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num><w:num w:numId=\"2\"><w:abstractNumId w:val=\"1\"/></w:num></w:numbering>"
    );
    let links = format!(
        "{head}<Relationships><Relationship Id=\"rId1\" Target=\"media/image1.png\"/>\
         <Relationship Id=\"rId2\" Target=\"https://www.example.edu.cn/\" TargetMode=\"External\"/></Relationships>"
    );
    zipped(&[
        ("word/document.xml", document.as_bytes()),
        ("word/styles.xml", styles.as_bytes()),
        ("word/numbering.xml", lists.as_bytes()),
        ("word/_rels/document.xml.rels", links.as_bytes()),
        ("word/media/image1.png", picture),
    ])
}

pub fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let begun = zip.start_file(*name, SimpleFileOptions::default());
        assert!(begun.is_ok() && zip.write_all(bytes).is_ok(), "a zip in memory can be written");
    }
    zip.finish().map(Cursor::into_inner).unwrap_or_default()
}
