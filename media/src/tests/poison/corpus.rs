//! The corpus, made anew for each run: nothing hostile lies in the repository.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::Unfit;

pub struct Poison {
    pub name: String,
    pub file: PathBuf,
    /// Refused with this sentence, or converted; `None` where chance decides which.
    pub wanted: Option<Result<(), Unfit>>,
}

struct Kitchen<'a> {
    folder: &'a Path,
    made: Vec<Poison>,
}

type Wanted = Option<Result<(), Unfit>>;

impl Kitchen<'_> {
    fn put(&mut self, name: &str, bytes: &[u8], wanted: Wanted) {
        let file = self.folder.join(name);
        std::fs::write(&file, bytes).unwrap();
        self.made.push(Poison { name: name.to_owned(), file, wanted });
    }

    /// Made by ffmpeg itself, not yet part of the corpus.
    fn cook(&self, name: &str, arguments: &str) -> Vec<u8> {
        let file = self.folder.join(format!("raw-{name}"));
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-nostdin", "-y"]).args(arguments.split_whitespace()).arg(&file);
        assert!(command.status().expect("ffmpeg is installed").success(), "{arguments}");
        std::fs::read(file).unwrap()
    }
}

const PICTURE: &str = "-f lavfi -i testsrc2=d=1:s=128x96:r=10";
const H264: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";

pub fn make(folder: &Path, canary: &Path, port: u16) -> Vec<Poison> {
    let mut kitchen = Kitchen { folder, made: Vec::new() };
    playlists(&mut kitchen, canary, port);
    dressed(&mut kitchen, canary, port);
    elsewhere(&mut kitchen);
    bombs(&mut kitchen);
    broken(&mut kitchen);
    locked(&mut kitchen);
    strangers(&mut kitchen);
    odd(&mut kitchen);
    kitchen.made
}

fn hls(canary: &Path, port: u16) -> String {
    let file = canary.display();
    format!(
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{file}\n#EXTINF:1,\nhttp://127.0.0.1:{port}/a.ts\n#EXT-X-ENDLIST\n"
    )
}

/// Texts that point at other files and at the network.
fn playlists(kitchen: &mut Kitchen<'_>, canary: &Path, port: u16) {
    let (list, file) = (hls(canary, port), canary.display());
    let key = format!("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"file://{file}\"\n#EXTINF:1,\na.ts\n#EXT-X-ENDLIST\n");
    let map = format!("#EXTM3U\n#EXT-X-MAP:URI=\"file://{file}\"\n#EXTINF:1,\na.m4s\n#EXT-X-ENDLIST\n");
    let texts = [
        ("hls.mp4", list.clone()),
        ("hls-bom.mp4", format!("\u{FEFF}{list}")),
        ("hls-blank.mp4", format!("\n \t\n{list}")),
        ("hls-key.ts", key),
        ("hls-map.mp4", map),
        ("hls-lower.m3u8", list.to_lowercase()),
        ("concat.mkv", format!("ffconcat version 1.0\nfile '{file}'\n")),
        ("dash.mp4", format!("<?xml version=\"1.0\"?><MPD><BaseURL>http://127.0.0.1:{port}/</BaseURL></MPD>")),
        ("dash-bare.mp4", format!("<MPD><Period><BaseURL>file://{file}</BaseURL></Period></MPD>")),
        ("smooth.ismv", format!("<SmoothStreamingMedia Url=\"http://127.0.0.1:{port}/\"/>")),
        ("session.sdp", format!("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video {port} RTP/AVP 96\r\n")),
        ("list.pls", format!("[playlist]\nFile1=http://127.0.0.1:{port}/\nNumberOfEntries=1\n")),
        ("list.asx", format!("<asx version=\"3.0\"><entry><ref href=\"http://127.0.0.1:{port}/\"/></entry></asx>")),
        (
            "list.xspf",
            format!(
                "<?xml version=\"1.0\"?><playlist><trackList><track><location>file://{file}</location></track></trackList></playlist>"
            ),
        ),
        ("list.smil", format!("<smil><body><video src=\"http://127.0.0.1:{port}/\"/></body></smil>")),
        ("link.url", format!("[InternetShortcut]\nURL=http://127.0.0.1:{port}/\n")),
        ("quicktime.mov", format!("RTSPtext\nrtsp://127.0.0.1:{port}/\n")),
        ("address.mp4", format!("http://127.0.0.1:{port}/a.mp4\n")),
        ("concat-protocol.mp4", format!("concat:{file}|{file}")),
        ("subfile.mp4", format!("subfile,,start,0,end,100,,:{file}")),
        ("metadata.mp4", format!(";FFMETADATA1\ntitle={file}\n")),
    ];
    for (name, text) in texts {
        kitchen.put(name, text.as_bytes(), Some(Err(Unfit::Playlist)));
    }
    kitchen.put("file-lines.txt", format!("file '{file}'\nfile '{file}'\n").as_bytes(), Some(Err(Unfit::NotVideo)));
}

/// Playlists in the clothes of a video.
fn dressed(kitchen: &mut Kitchen<'_>, canary: &Path, port: u16) {
    let list = hls(canary, port).into_bytes();
    let heads: [(&str, &[u8]); 5] = [
        ("dressed.mp4", b"\0\0\0\x20ftypisom\0\0\0\0isomiso2avc1mp41"),
        ("dressed.mkv", b"\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01"),
        ("dressed.avi", b"RIFF\0\x01\0\0AVI "),
        ("dressed.flv", b"FLV\x01\x05\0\0\0\x09\0\0\0\0"),
        ("dressed.mov", b"\0\0\0\x08wide\0\0\x10\0mdat"),
    ];
    for (name, head) in heads {
        kitchen.put(name, &[head, &list].concat(), Some(Err(Unfit::Broken)));
    }
    let mut packets = vec![0; 188 * 20];
    for (n, packet) in packets.chunks_mut(188).enumerate() {
        packet[0] = 0x47;
        let from = (n * 184) % list.len();
        let part = &list[from..(from + 184).min(list.len())];
        packet[4..4 + part.len()].copy_from_slice(part);
    }
    kitchen.put("dressed.ts", &packets, Some(Err(Unfit::Broken)));
    // The old way into a picture: a playlist as a subtitle of an AVI.
    let mut avi = kitchen.cook("gab2.avi", &format!("{PICTURE} -f lavfi -i sine=d=1 -c:v mpeg4 -c:a pcm_s16le"));
    let subtitle = avi.windows(4).position(|four| four == b"auds").unwrap();
    avi[subtitle..subtitle + 4].copy_from_slice(b"txts");
    let chunk = avi.windows(4).position(|four| four == b"01wb").unwrap() + 8;
    let mut gab2 = b"GAB2\0\x02\0\x02\0\0\0a\0\x04\0".to_vec();
    gab2.extend(u32::try_from(list.len()).unwrap().to_le_bytes());
    gab2.extend(&list);
    avi[chunk..chunk + gab2.len()].copy_from_slice(&gab2);
    kitchen.put("gab2.avi", &avi, None);
    let whole = kitchen.cook("tail.mp4", &format!("{PICTURE} {H264}"));
    kitchen.put("tail.mp4", &[whole.as_slice(), &list].concat(), None);
}

/// Movies whose samples lie in another file.
fn elsewhere(kitchen: &mut Kitchen<'_>) {
    let mut movie = kitchen.cook("dref.mp4", &format!("{PICTURE} {H264}"));
    let entry = movie.windows(4).position(|four| four == b"url ").unwrap();
    movie[entry + 7] = 0;
    kitchen.put("dref.mp4", &movie, Some(Err(Unfit::Elsewhere)));
    let mut first = kitchen.cook("dref.mov", &format!("{PICTURE} {H264} -movflags +faststart"));
    let entry = first.windows(4).rposition(|four| four == b"alis" || four == b"url ").unwrap();
    first[entry + 7] = 0;
    kitchen.put("dref.mov", &first, Some(Err(Unfit::Elsewhere)));
    let nested = |name: &[u8; 4], inner: &[u8]| {
        let length = u32::try_from(inner.len() + 8).unwrap().to_be_bytes();
        [&length, name.as_slice(), inner].concat()
    };
    let reference = nested(b"rdrf", b"\0\0\0\0url \0\0\0\x10http://127.0.0.1");
    let movie = nested(b"moov", &nested(b"rmra", &nested(b"rmda", &reference)));
    kitchen.put("reference.mov", &movie, Some(Err(Unfit::Elsewhere)));
    let deep = (0..5000).fold(Vec::new(), |inner, _| nested(b"trak", &inner));
    kitchen.put("deep.mov", &nested(b"moov", &deep), Some(Err(Unfit::NoPicture)));
}

/// Little bytes that mean much work.
fn bombs(kitchen: &mut Kitchen<'_>) {
    let large = kitchen.cook("large.mp4", &format!("-f lavfi -i color=d=0.2:s=4096x2304:r=10 {H264}"));
    kitchen.put("large.mp4", &large, Some(Err(Unfit::TooManyPixels)));
    let mut claimed = kitchen.cook("claimed.mkv", "-f lavfi -i testsrc2=d=1:s=300x300:r=10 -c:v ffv1");
    let width = claimed.windows(4).position(|four| four == b"\xB0\x82\x01\x2C").unwrap();
    claimed[width + 2..width + 4].copy_from_slice(b"\xFF\xFF");
    let height = claimed.windows(4).position(|four| four == b"\xBA\x82\x01\x2C").unwrap();
    claimed[height + 2..height + 4].copy_from_slice(b"\xFF\xFF");
    kitchen.put("claimed.mkv", &claimed, Some(Err(Unfit::Broken)));
    let fast = kitchen.cook("fast.mp4", &format!("-f lavfi -i color=d=1:s=64x64:r=240 {H264}"));
    kitchen.put("fast.mp4", &fast, Some(Err(Unfit::TooManyFrames)));
    let long = kitchen
        .cook("long.mkv", "-f lavfi -i color=d=21660:s=16x16:r=1/4 -c:v libx264 -preset ultrafast -pix_fmt yuv420p");
    kitchen.put("long.mkv", &long, Some(Err(Unfit::TooLong)));
    let many = format!("{PICTURE} -f lavfi -i sine=d=1 -map 0 {} {H264} -c:a aac", "-map 1 ".repeat(9));
    let many = kitchen.cook("many.mkv", &many);
    kitchen.put("many.mkv", &many, Some(Err(Unfit::TooManyStreams)));
    // Changes its size in the middle.
    let small = kitchen.cook("small.ts", &format!("{PICTURE} {H264}"));
    let other = kitchen.cook("other.ts", &format!("-f lavfi -i testsrc2=d=1:s=640x480:r=10 {H264}"));
    kitchen.put("changing.ts", &[small, other].concat(), None);
    kitchen.put("endless.mov", b"\0\0\0\x01moov\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", Some(Err(Unfit::Broken)));
}

/// Cut off, made up, and changed by chance.
fn broken(kitchen: &mut Kitchen<'_>) {
    let front = kitchen
        .cook("front.mp4", &format!("-f lavfi -i testsrc2=d=30:s=128x96:r=10 {H264} -g 10 -movflags +faststart"));
    kitchen.put("cut-front.mp4", &front[..front.len() / 2], Some(Err(Unfit::CutShort)));
    let back = kitchen.cook("back.mp4", &format!("{PICTURE} {H264}"));
    kitchen.put("cut-back.mp4", &back[..back.len() / 2], Some(Err(Unfit::Broken)));
    let mut seed = 20_261_121_u64;
    let mut chance = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap()
    };
    let magics: [(&str, &[u8]); 4] = [
        ("noise.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"),
        ("noise.mkv", b"\x1A\x45\xDF\xA3"),
        ("noise.avi", b"RIFF\0\0\0\0AVI LIST"),
        ("noise.flv", b"FLV\x01\x05\0\0\0\x09"),
    ];
    for (name, magic) in magics {
        let noise: Vec<u8> = (0..20_000).map(|_| u8::try_from(chance() % 256).unwrap()).collect();
        kitchen.put(name, &[magic, &noise].concat(), None);
    }
    for (name, arguments) in [
        ("fuzzed.mp4", format!("{PICTURE} {H264}")),
        ("fuzzed.mkv", format!("{PICTURE} {H264}")),
        ("fuzzed.ts", format!("{PICTURE} {H264}")),
        ("fuzzed.flv", format!("{PICTURE} {H264}")),
        ("fuzzed.avi", format!("{PICTURE} -c:v mpeg4")),
    ] {
        let whole = kitchen.cook(name, &arguments);
        for round in 0..3 {
            let mut changed = whole.clone();
            // The head stays: what is told by the first bytes is not what is tried here.
            for _ in 0..20 {
                let at = 16 + chance() % (changed.len() - 16);
                changed[at] = u8::try_from(chance() % 256).unwrap();
            }
            kitchen.put(&format!("{round}-{name}"), &changed, None);
        }
    }
}

/// Encrypted.
fn locked(kitchen: &mut Kitchen<'_>) {
    let key = "00112233445566778899aabbccddeeff";
    let scheme = format!("-encryption_scheme cenc-aes-ctr -encryption_key {key} -encryption_kid {key}");
    let locked = kitchen.cook("locked.mp4", &format!("{PICTURE} {H264} {scheme}"));
    kitchen.put("locked.mp4", &locked, Some(Err(Unfit::Encrypted)));
    let mut scrambled = kitchen.cook("scrambled.ts", &format!("{PICTURE} {H264}"));
    for packet in scrambled.chunks_mut(188).filter(|packet| packet.len() == 188) {
        let stream = u16::from_be_bytes([packet[1], packet[2]]) & 0x1FFF;
        if stream >= 0x100 && stream != 0x1000 {
            packet[3] |= 0x80;
        }
    }
    kitchen.put("scrambled.ts", &scrambled, Some(Err(Unfit::Encrypted)));
}

/// No videos at all.
fn strangers(kitchen: &mut Kitchen<'_>) {
    let sound = kitchen.cook("sound.m4a", "-f lavfi -i sine=d=1 -c:a aac");
    kitchen.put("sound.m4a", &sound, Some(Err(Unfit::NoPicture)));
    kitchen.cook("cover.png", "-f lavfi -i color=s=64x64 -frames:v 1");
    let cover = kitchen.folder.join("raw-cover.png");
    let cover = kitchen.cook(
        "cover.m4a",
        &format!(
            "-f lavfi -i sine=d=1 -i {} -map 0 -map 1 -c:a aac -c:v copy -disposition:v:0 attached_pic",
            cover.display()
        ),
    );
    kitchen.put("cover.m4a", &cover, Some(Err(Unfit::NoPicture)));
    let wmv = kitchen.cook("old.wmv", &format!("{PICTURE} -c:v wmv2"));
    kitchen.put("old.wmv", &wmv, Some(Err(Unfit::NotVideo)));
    let wmv = kitchen.cook("old.mkv", &format!("{PICTURE} -c:v wmv2"));
    kitchen.put("old.mkv", &wmv, Some(Err(Unfit::UnknownCodec)));
    let texts: [(&str, &[u8], Unfit); 14] = [
        ("song.mp3", b"ID3\x04\0\0\0\0\0\0", Unfit::NoPicture),
        ("song.wav", b"RIFF\0\0\0\0WAVEfmt ", Unfit::NoPicture),
        ("picture.png", b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", Unfit::Picture),
        ("picture.gif", b"GIF89a/*\0*/=1;alert(1)", Unfit::Picture),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", Unfit::Picture),
        ("slides.pptx", b"PK\x03\x04ppt/slides", Unfit::Archive),
        ("videos.rar", b"Rar!\x1A\x07\x01\0", Unfit::Archive),
        ("page.html", b"<!DOCTYPE html><video src=x>", Unfit::NotVideo),
        ("paper.pdf", b"%PDF-1.7 /JavaScript", Unfit::NotVideo),
        ("program.exe", b"MZ\x90\0", Unfit::NotVideo),
        ("program.elf", b"\x7FELF\x02\x01\x01", Unfit::NotVideo),
        ("test-virus.com", b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", Unfit::NotVideo),
        ("text.mp4", "这是一段文字，不是视频。".as_bytes(), Unfit::NotVideo),
        ("zero.mp4", b"\0", Unfit::NotVideo),
    ];
    for (name, bytes, unfit) in texts {
        kitchen.put(name, bytes, Some(Err(unfit)));
    }
}

/// Odd, and harmless once converted.
fn odd(kitchen: &mut Kitchen<'_>) {
    // Sound that is no number.
    let mut nan =
        kitchen.cook("nan.mov", &format!("{PICTURE} -f lavfi -i sine=d=1 {H264} -c:a pcm_f32le -movflags +faststart"));
    let data = nan.windows(4).position(|four| four == b"mdat").unwrap() + 4;
    let tail = nan.len() - 8000;
    assert!(tail > data);
    for sample in nan[tail..].chunks_exact_mut(4) {
        sample.copy_from_slice(&f32::NAN.to_le_bytes());
    }
    kitchen.put("nan.mov", &nan, None);
    let list = kitchen.folder.join("raw-font.ttf");
    std::fs::write(&list, "#EXTM3U\nfile:///etc/passwd\n").unwrap();
    let attached = kitchen.cook(
        "attached.mkv",
        &format!("{PICTURE} {H264} -attach {} -metadata:s:t mimetype=application/x-truetype-font", list.display()),
    );
    kitchen.put("attached.mkv", &attached, Some(Ok(())));
    let subtitles = kitchen.folder.join("raw-lines.srt");
    std::fs::write(&subtitles, "1\n00:00:00,000 --> 00:00:01,000\n<script>alert(1)</script> file:///etc/passwd\n")
        .unwrap();
    let subtitled =
        kitchen.cook("subtitled.mp4", &format!("{PICTURE} -i {} {H264} -c:s mov_text", subtitles.display()));
    kitchen.put("subtitled.mp4", &subtitled, Some(Ok(())));
    let silent = kitchen.cook("silent.mp4", &format!("{PICTURE} -f lavfi -i anullsrc=d=1 {H264} -c:a aac -t 1"));
    kitchen.put("silent.mp4", &silent, Some(Ok(())));
    let single = kitchen.cook("single.mp4", &format!("-f lavfi -i color=d=0.1:s=64x64:r=10 {H264}"));
    kitchen.put("single.mp4", &single, None);
}
