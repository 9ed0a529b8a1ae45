//! What a reading shows: only what is on the list, the same again when it is put in once more.

use std::collections::HashMap;

use kernel::{Code, id::AssetId};
use media::{Picture, Purpose, testing::files};

use super::world::{World, code, faults};
use crate::{
    Format, LessonChange, NewReadingLesson, Source,
    rules::{
        pictures::{self, PictureName},
        reading::{self as rule, Reading, Unfit, block_texts},
    },
};

pub fn reading(format: Format, body: &str) -> Result<Reading, Unfit> {
    rule::reading(format, body, &HashMap::new())
}

pub fn shown(format: Format, body: &str) -> String {
    reading(format, body).map(|reading| reading.html).unwrap_or_default()
}

#[test]
fn markdown_and_html_become_numbered_blocks() {
    let cases = [
        (Format::Markdown, "# 题\n\n段\n落", "<h2 data-block=\"0\">题</h2>\n<p data-block=\"1\">段落</p>\n"),
        (Format::Markdown, "a\nb", "<p data-block=\"0\">a\nb</p>\n"),
        (
            Format::Markdown,
            "甲\n\n---\n\n——\n\n乙",
            "<p data-block=\"0\">甲</p>\n<hr>\n<p>——</p>\n<p data-block=\"1\">乙</p>\n",
        ),
        (Format::Markdown, "~~甲~~ ![图](https://x/y.png)", "<p data-block=\"0\">~~甲~~ </p>\n"),
        (
            Format::Markdown,
            "[链](https://a.cn \"题\")",
            "<p data-block=\"0\"><a href=\"https://a.cn\" title=\"题\" rel=\"noopener nofollow\">链</a></p>\n",
        ),
        (Format::Markdown, "3. 甲\n4. 乙", "<ol start=\"3\" data-block=\"0\"><li>甲</li><li>乙</li></ol>\n"),
        (
            Format::Markdown,
            "| 甲 | 乙 |\n|:-:|--:|\n| 1 | 2 |",
            "<table data-block=\"0\"><thead><tr><th>甲</th><th>乙</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>\n",
        ),
        (
            Format::Markdown,
            "```rust\n\n let x = 1 < 2;\n```",
            "<pre data-block=\"0\"><code>\n let x = 1 &lt; 2;\n</code></pre>\n",
        ),
        (
            Format::Markdown,
            "> 引\n\n    代码\n",
            "<blockquote data-block=\"0\"><p>引</p></blockquote>\n<pre data-block=\"1\"><code>代码\n</code></pre>\n",
        ),
        (
            Format::Html,
            "甲<div>乙</div><div>丙</div>",
            "<p data-block=\"0\">甲</p>\n<p data-block=\"1\">乙</p>\n<p data-block=\"2\">丙</p>\n",
        ),
        (Format::Html, "<b>甲<p>乙</p></b>", "<p data-block=\"0\">甲</p>\n<p data-block=\"1\">乙</p>\n"),
        (
            Format::Html,
            "<ul>散<li>甲<ul><li>乙</ul></ul>",
            "<ul data-block=\"0\"><li>散</li><li>甲<ul><li>乙</li></ul></li></ul>\n",
        ),
        (Format::Html, "<li><div>甲</div><div>乙</div>", "<p data-block=\"0\">甲</p>\n<p data-block=\"1\">乙</p>\n"),
        (Format::Html, "<ul><li><div>甲</div><div>乙</div></ul>", "<ul data-block=\"0\"><li>甲<br>乙</li></ul>\n"),
        (Format::Html, "<h1>一</h1><h6>六</h6>", "<h2 data-block=\"0\">一</h2>\n<h4 data-block=\"1\">六</h4>\n"),
        (
            Format::Html,
            "<p style=\"x\" class=y id=z>a&nbsp;&amp;&lt;b&gt;</p>",
            "<p data-block=\"0\">a&nbsp;&amp;&lt;b&gt;</p>\n",
        ),
    ];
    for (format, body, html) in cases {
        assert_eq!(shown(format, body), html, "{body}");
        assert_eq!(shown(Format::Html, html), html, "once more: {body}");
    }
    for empty in
        ["", " \n", "---", "<p>——</p>", "<script>字</script>", "<style>字</style>", "<!-- 字 -->", "![](x.png)"]
    {
        assert_eq!(reading(Format::Markdown, empty), Err(Unfit::Empty), "{empty}");
    }
    assert_eq!(reading(Format::Html, &"<b>甲".repeat(10_001)), Err(Unfit::TooManyTags));
}

#[test]
fn letters_digits_and_characters_are_counted() {
    let made = reading(Format::Markdown, "《党章》第 12 条：abc，é！😀\n\n- 一\n- 二").unwrap();
    let counts: Vec<u32> = made.blocks.iter().map(|block| block.characters).collect();
    assert_eq!((counts, made.characters), (vec![10, 2], 12));
    let texts = block_texts(&made.html);
    assert_eq!(texts[0], (0, "《党章》第 12 条：abc，é！😀".to_owned()));
    assert_eq!(texts[1], (1, "一 二".to_owned()));
    let other = reading(Format::Markdown, "《党章》第 13 条").unwrap();
    assert_ne!(made.version, other.version);
}

fn known(asset: AssetId, names: &[(&str, u32)]) -> pictures::Known {
    let picture = |(name, width): &(&str, u32)| Picture {
        name: (*name).to_owned(),
        width: *width,
        height: 100,
        large: format!("{name}.jpg"),
        small: (*width > 800).then(|| format!("{name}-small.jpg")),
    };
    HashMap::from([(asset, names.iter().map(picture).collect())])
}

#[test]
fn pictures_of_the_store_alone_are_shown() {
    let asset: AssetId = "ast_00000000000000000000000000000001".parse().unwrap();
    let known = known(asset, &[("large", 1600), ("page-0001", 1240), ("page-0002", 1240)]);
    let small =
        "srcset=\"asset:ID/large-small.jpg 800w, asset:ID/large.jpg 1600w\" sizes=\"(min-width: 700px) 640px, 100vw\"";
    let image = format!(
        "<img src=\"asset:ID/large.jpg\" {small} width=\"1600\" height=\"100\" loading=\"lazy\" alt=\"会&quot;场\">"
    );
    let cases = [
        ("![会\"场](asset:ID)", format!("<p>{image}</p>\n")),
        ("甲 ![会\"场](/pictures/ID/sig/large-small.jpg)", format!("<p data-block=\"0\">甲 {image}</p>\n")),
        ("甲<img src=\"https://evil.example/x.png\" onerror=alert(1)>", "<p data-block=\"0\">甲</p>\n".to_owned()),
        ("甲<img src=\"data:image/png;base64,AAAA\">", "<p data-block=\"0\">甲</p>\n".to_owned()),
        (
            "甲<img src=\"//evil.example/x.png\"><a href=\"/graphql\">乙</a>",
            "<p data-block=\"0\">甲乙</p>\n".to_owned(),
        ),
    ];
    for (body, html) in cases {
        let body = format!("{}\n\n文", body.replace("ID", &asset.to_string()));
        let made = rule::reading(Format::Markdown, &body, &known).unwrap().html;
        assert!(made.starts_with(&html.replace("ID", &asset.to_string())), "{body}\n{made}");
        assert_eq!(rule::reading(Format::Html, &made, &known).unwrap().html, made, "once more");
    }
    assert_eq!(
        rule::reading(Format::Markdown, &format!("文 ![x](asset:{asset}/picture-009)"), &known),
        Err(Unfit::NoPicture)
    );
    let pages = format!(
        "<figure><img src=\"asset:{asset}/page-0001\" alt=\"\"><p>总纲</p></figure><figure><img src=\"asset:{asset}/page-0002\"></figure>"
    );
    let made = rule::of_document(&pages, &known).unwrap();
    let counts: Vec<u32> = made.blocks.iter().map(|block| block.characters).collect();
    assert_eq!(counts, [2, 300], "a page without text is looked at for half a minute");
    assert_eq!(block_texts(&made.html), [(0, "总纲".to_owned()), (1, String::new())]);
}

#[test]
fn addresses_are_signed_in_our_own_tags_alone() {
    let asset: AssetId = "ast_00000000000000000000000000000001".parse().unwrap();
    let known = known(asset, &[("large", 900)]);
    let body = format!(
        "\\\"asset:{asset}/large.jpg <b>asset:{asset}/x</b> `<img src=\"asset:{asset}/y\">`\n\n![<img src=\"asset:{asset}/z\" ](asset:{asset})"
    );
    let made = rule::reading(Format::Markdown, &body, &known).unwrap().html;
    let shown = pictures::addressed(&made, |_| "/pictures/SIGNED".to_owned());
    assert_eq!(shown.matches("SIGNED").count(), 3, "{shown}");
    assert!(shown.contains("src=\"/pictures/SIGNED/large.jpg\" srcset=\"/pictures/SIGNED/large-small.jpg 800w, /pictures/SIGNED/large.jpg 900w\""));
    assert_eq!(
        PictureName::parse("/pictures/ast_00000000000000000000000000000001/s/page-0003-small.jpg").unwrap().to_string(),
        format!("asset:{asset}/page-0003")
    );
    for none in ["asset:crs_1", "/pictures/x", "asset:", "javascript:alert(1)"] {
        assert_eq!(PictureName::parse(none), None, "{none}");
    }
}

#[tokio::test]
async fn a_reading_shows_pictures_of_its_lecturers_and_of_nobody_else() {
    for world in World::each().await {
        let (lecturer, other) = (world.lecturer(), world.lecturer());
        let course = world.course(&lecturer, &world.root, "讲座").await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let mine = world.uploaded(lecturer.person, "图.png", Purpose::Image, &files::png(1000, 500)).await;
        let theirs = world.uploaded(other.person, "图.png", Purpose::Image, &files::png(10, 10)).await;
        let new = |body: String| NewReadingLesson {
            title: "读".to_owned(),
            format: Format::Markdown,
            body: Some(body),
            asset: None,
            required: true,
        };
        let lesson = world
            .house
            .add_reading_lesson(&lecturer, chapter, new(format!("文\n\n![图](asset:{mine})")))
            .await
            .unwrap();
        let html = world.house.material(&lecturer, lesson.id).await.unwrap().html.unwrap();
        let address = world.media.picture_path(mine);
        assert!(
            html.contains(&format!("src=\"{address}/large.")) && html.contains(" 800w, "),
            "{}: {html}",
            world.test.name
        );
        let refused =
            world.house.add_reading_lesson(&lecturer, chapter, new(format!("文 ![图](asset:{theirs})"))).await;
        assert_eq!(faults(refused).0, ["input.body"]);
        let broken = world.uploaded(lecturer.person, "坏.png", Purpose::Image, b"\x89PNG\r\n\x1A\nbroken").await;
        let refused =
            world.house.add_reading_lesson(&lecturer, chapter, new(format!("文 ![图](asset:{broken})"))).await;
        assert!(faults(refused).1.contains("已损坏"));
        let preview = |who, body: &str| {
            let source = Source { format: Format::Markdown, body: body.to_owned() };
            world.house.preview(who, course.id, source)
        };
        assert_eq!(preview(&lecturer, "# 题\n\n段").await.unwrap().blocks.len(), 2);
        assert_eq!(code(preview(&other, "段").await), Some(Code::NotFound));
        assert_eq!(world.house.block_counts(&[lesson.id]).await.unwrap()[&lesson.id], 1);
        world.end().await;
    }
}

#[tokio::test]
async fn a_document_becomes_a_reading_whose_pages_are_found() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.course(&lecturer, &world.root, "党章").await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let of = |asset| NewReadingLesson {
            title: "原文".to_owned(),
            format: Format::Markdown,
            body: None,
            asset: Some(asset),
            required: true,
        };
        // Added while the document is still on its way.
        let asset = world
            .importing(lecturer.person, "党章.pdf", Purpose::Document, &files::pdf(&["中国共产党章程", "民主集中制"]))
            .await;
        let waiting = world.house.add_reading_lesson(&lecturer, chapter, of(asset)).await.unwrap();
        assert_eq!((waiting.characters, waiting.version.as_str()), (None, ""));
        let (_, said) = faults(world.house.publish_course(&lecturer, course.id).await);
        assert!(said.contains("《原文》的文档尚未处理完成"), "{said}");
        world.run().await;
        let material = world.house.material(&lecturer, waiting.id).await.unwrap();
        assert_eq!((material.blocks.len(), material.lesson.characters), (2, Some(12)), "{}", world.test.name);
        assert!(material.html.unwrap().contains("/page-0002-small.jpg 800w"));
        // Added once it is ready.
        let second = world.house.add_reading_lesson(&lecturer, chapter, of(asset)).await.unwrap();
        assert_eq!(second.version, material.lesson.version);
        let source = world.house.source(&lecturer, second.id).await.unwrap().unwrap();
        assert!(crate::Catalogue::is_paged(&source));
        world.house.publish_course(&lecturer, course.id).await.unwrap();
        world.run().await;
        let found = world.found(vec![course.audience.clone()], "民主集中制");
        assert!(found.iter().any(|hit| hit.block == Some(1)), "{found:?}");

        let student = world.student(&world.arts);
        let text = world.house.reading_text(&student, second.id).await.unwrap();
        assert_eq!((text.lesson.version.as_str(), text.course.id), (second.version.as_str(), course.id));
        world.house.withdraw_course(&lecturer, course.id).await.unwrap();
        assert!(world.house.readings_seen(&student, &[second.id]).await.unwrap().is_empty());
        let docx = world
            .uploaded(
                lecturer.person,
                "讲义.docx",
                Purpose::Document,
                &files::docx("<w:p><w:r><w:t>新讲义</w:t></w:r></w:p>", &files::png(9, 9)),
            )
            .await;
        let change = LessonChange { asset: Some(docx), ..LessonChange::default() };
        let replaced = world.house.update_lesson(&lecturer, second.id, change).await.unwrap();
        assert!(replaced.characters == Some(3) && replaced.version != second.version);
        let locked = world.uploaded(lecturer.person, "锁.pdf", Purpose::Document, &files::locked_pdf()).await;
        let (_, said) = faults(world.house.add_reading_lesson(&lecturer, chapter, of(locked)).await);
        assert!(said.contains("密码"), "{said}");
        let none =
            world.house.add_reading_lesson(&lecturer, chapter, NewReadingLesson { asset: None, ..of(asset) }).await;
        assert_eq!(faults(none).0, ["input.body"]);
        world.end().await;
    }
}
