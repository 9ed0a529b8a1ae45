//! What others write is never more than text: nothing runs, embeds or styles, whatever the tags; long and deep texts are borne.

use super::readings::{reading, shown};
use crate::{Format, rules::reading::Unfit};

/// After the OWASP filter evasion sheet, DOMPurify's and ammonia's own test cases.
const ATTACKS: [&str; 56] = [
    "<script>alert(1)</script>甲",
    "<SCRIPT SRC=//x.cn/x.js></SCRIPT>甲",
    "<scr<script>ipt>alert(1)</scr</script>ipt>甲",
    "<img src=x onerror=alert(1)>甲",
    "<img src=\"x`<script>alert(1)</script>\"` `>甲",
    "<svg onload=alert(1)>甲",
    "<svg><script>alert&#40;1)</script>甲",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">甲",
    "<math><mi//xlink:href=\"data:x,<script>alert(4)</script>\">甲",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">甲",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>甲",
    "<iframe src=javascript:alert(1)>甲</iframe>乙",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>甲",
    "<object data=javascript:alert(1)></object>甲",
    "<embed src=javascript:alert(1)>甲",
    "<a href=javascript:alert(1)>甲</a>",
    "<a href=\" javascript:alert(1)\">甲</a>",
    "<a href=\"java\nscript:alert(1)\">甲</a>",
    "<a href=\"jav&#x09;ascript:alert(1)\">甲</a>",
    "<a href=\"&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)\">甲</a>",
    "<a href=\"JaVaScRiPt:alert(1)\">甲</a>",
    "<a href=\"\u{1}javascript:alert(1)\">甲</a>",
    "<a href=\"data:text/html;base64,PHNjcmlwdD4=\">甲</a>",
    "<a href=\"vbscript:msgbox(1)\">甲</a>",
    "<a href=\"file:///etc/passwd\">甲</a>",
    "<a href=\"//evil.cn\">甲</a>",
    "<a href=\"/graphql\">甲</a>",
    "<a href=\"https://a.cn\" onclick=alert(1) target=_blank style=\"x\">甲</a>",
    "<a href='https://a.cn/\"onmouseover=alert(1) x=\"'>甲</a>",
    "<a href=\"https://a.cn/?a=1&amp;b=<x>\">甲</a>",
    "<body onload=alert(1)>甲</body>",
    "<p onclick=alert(1) style=\"background:url(javascript:alert(1))\">甲</p>",
    "<div style=\"position:fixed;top:0\">甲</div>",
    "<style>@import 'x';</style><link rel=stylesheet href=x>甲",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">甲",
    "<base href=\"javascript:/a/\">甲",
    "<input onfocus=alert(1) autofocus>甲",
    "<form action=javascript:alert(1)><button>甲</button></form>",
    "<details open ontoggle=alert(1)>甲</details>",
    "<video><source onerror=alert(1)></video>甲",
    "<marquee onstart=alert(1)>甲</marquee>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">甲",
    "<textarea><p title=\"</textarea><img src=x onerror=alert(1)>\">甲",
    "<title><p title=\"</title><img src=x onerror=alert(1)>\">甲",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">甲",
    "<plaintext><img src=x onerror=alert(1)>甲",
    "<template><img src=x onerror=alert(1)></template>甲",
    "<!--><img src=x onerror=alert(1)>-->甲",
    "<![CDATA[<img src=x onerror=alert(1)>]]>甲",
    "<?xml version=\"1.0\"?><x onclick=alert(1)>甲</x>",
    "<select><template><style><!--</style><a rel=\"--></style></template></select><img src=x onerror=alert(1)>\">甲",
    "<table><caption><svg><desc><table><caption><style><!--</style></svg><script>alert(1)</script>甲",
    "<p data-block=\"0\" data-block=\"1\" is=\"x-y\" slot=z>甲</p>",
    "<p>甲<![if IE]><script>alert(1)</script><![endif]></p>",
    "&lt;script&gt;alert(1)&lt;/script&gt;甲",
    "<a title='\"><img src=x onerror=alert(1)>' href=\"https://a.cn\">甲</a>",
];

/// Reads the tags of what was made; every text in it is escaped, so each `<` begins one.
fn assert_harmless(html: &str, from: &str) {
    let tags = [
        "a",
        "b",
        "br",
        "code",
        "em",
        "i",
        "small",
        "strong",
        "sub",
        "sup",
        "u",
        "p",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "li",
        "blockquote",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "caption",
        "pre",
        "hr",
    ];
    for tag in html.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').unwrap_or_else(|| panic!("an open tag: {html} from {from}"));
        assert!(!text.contains('>'), "{html} from {from}");
        let mut parts = tag.trim_start_matches('/').splitn(2, ' ');
        assert!(tags.contains(&parts.next().unwrap()), "{tag} from {from}");
        let attributes: Vec<&str> = parts.next().unwrap_or_default().split('"').collect();
        for pair in attributes.chunks(2).filter(|pair| pair.len() == 2) {
            let name = pair[0].trim().trim_end_matches('=');
            let good = match name {
                "href" => {
                    ["http://", "https://", "mailto:"].iter().any(|scheme| pair[1].to_lowercase().starts_with(scheme))
                }
                "rel" => pair[1] == "noopener nofollow",
                "data-block" | "start" | "colspan" | "rowspan" => pair[1].bytes().all(|b| b.is_ascii_digit()),
                "title" => true,
                _ => false,
            };
            assert!(good, "{name} in {html} from {from}");
        }
    }
}

#[test]
fn nothing_that_runs_embeds_or_styles_passes() {
    for attack in ATTACKS {
        for format in [Format::Html, Format::Markdown] {
            let once = shown(format, attack);
            assert_harmless(&once, attack);
            assert_eq!(shown(Format::Html, &once), once, "{attack}");
        }
    }
    assert_eq!(shown(Format::Markdown, "[甲](javascript:alert(1))"), "<p data-block=\"0\">甲</p>\n");
    assert_eq!(shown(Format::Markdown, "[甲](<java\tscript:alert(1)>)"), "<p data-block=\"0\">甲</p>\n");
}

#[test]
fn any_soup_of_tags_is_the_same_again() {
    let pieces = [
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<a href=\"https://a.cn\">",
        "</a>",
        "<ul>",
        "</ul>",
        "<li>",
        "</li>",
        "<table>",
        "</table>",
        "<tr>",
        "<td>",
        "</td>",
        "<th colspan=2>",
        "<caption>",
        "<thead>",
        "<tfoot>",
        "<h1>",
        "</h1>",
        "<h3>",
        "<pre>",
        "</pre>",
        "<code>",
        "<div>",
        "</div>",
        "<blockquote>",
        "</blockquote>",
        "<br>",
        "<hr>",
        "甲",
        "乙 丙",
        " ",
        "\n",
        "&nbsp;",
        "&#13;",
        "&amp;",
        "&lt;x",
        "<i>",
        "</i>",
        "<u>",
        "<svg>",
        "<math>",
        "<style>",
        "</style>",
        "<select>",
        "<!--",
        "-->",
        "<ol start=7>",
        "<section>",
        "\u{feff}",
    ];
    let mut state = 7_u64;
    let mut next = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % most
    };
    for _ in 0..4_000 {
        let soup: String = (0..next(40) + 1).map(|_| pieces[next(pieces.len())]).collect();
        let once = shown(Format::Html, &soup);
        assert_harmless(&once, &soup);
        assert_eq!(shown(Format::Html, &once), once, "{soup}");
    }
}

#[test]
fn deep_and_long_texts_are_borne() {
    for piece in [
        "<b>",
        "<div>",
        "<blockquote>",
        "<ul><li>",
        "<table><tr><td>",
        "<a href=https://a.cn><p>",
        "<i><p>",
        "> ",
        "* ",
    ] {
        let body = format!("{}甲", piece.repeat(10_000 / piece.len()));
        for format in [Format::Html, Format::Markdown] {
            let once = shown(format, &body);
            assert!(once.contains('甲') || once.is_empty(), "{piece}");
            assert_eq!(shown(Format::Html, &once), once, "{piece}");
        }
    }
    for marks in ["> ", "* ", "[", "*a_", "`", "![", "<"] {
        let made = reading(Format::Markdown, &format!("{}甲", marks.repeat(100_000 / marks.len())));
        assert!(made.is_ok() || made == Err(Unfit::Empty), "{marks}");
    }
    let long = "一段话。\n\n".repeat(30_000);
    assert_eq!(reading(Format::Markdown, &long).unwrap().blocks.len(), 30_000);
}
