#!/usr/bin/env python3
"""Makes the demo lectures (video-N.mp4, video-N.zh.vtt) from videos.toml. Run by hand only: `make run` and tests use the files as they are.

Needs: Python 3.11+, Pillow (tested with 13.0.0); Debian packages ffmpeg, espeak-ng, fonts-noto-cjk.
Usage: python3 make-videos.py [video-1 ...]
"""

import subprocess
import sys
import tempfile
import tomllib
import wave
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parent
FONTS = Path("/usr/share/fonts/opentype/noto")
SC = 2  # the Simplified Chinese face within the Noto CJK collections

WIDTH, HEIGHT, FPS = 1280, 720, 15
LEFT, RIGHT = 120, 1160
PAPER, INK, MUTED, DIM = "#FAF7F2", "#211A17", "#6F625A", "#C9BFB5"
CINNABAR, GOLD, TRACK = "#A3182B", "#B08326", "#E8DFD3"
FADE = 0.5  # seconds
LEAD, BETWEEN, TURN, TAIL = 0.8, 0.45, 0.9, 2.5  # silences: start, between lines, between slides, end
VOICE = ["espeak-ng", "-v", "cmn-latn-pinyin", "-s", "190", "-p", "42", "-a", "120"]


@dataclass
class Cue:
    start: float
    end: float
    text: str
    slide: int
    item: int


# --- speech -----------------------------------------------------------------------------------------------------------


def speak(pinyin: str, path: Path) -> tuple[bytes, int]:
    """The line's samples (16 bit, mono) with the program's own silence cut off at both ends, and the sample rate."""
    subprocess.run([*VOICE, "-w", str(path), pinyin], check=True)
    with wave.open(str(path)) as sound:
        assert sound.getnchannels() == 1 and sound.getsampwidth() == 2
        rate, data = sound.getframerate(), sound.readframes(sound.getnframes())
    samples = memoryview(data).cast("h")
    loud = [i for i, sample in enumerate(samples) if abs(sample) > 200]
    first, last = max(loud[0] - rate // 50, 0), min(loud[-1] + rate // 20, len(samples))
    return bytes(samples[first:last]), rate


def narrate(video: dict, folder: Path) -> tuple[Path, list[Cue], list[float], float]:
    """Speaks all lines; returns the sound file, the cues, the time at which each slide begins, and the whole length."""
    sound, cues, begins, rate = bytearray(), [], [], 22050
    pause = lambda seconds: sound.extend(bytes(2 * int(seconds * rate)))
    now = lambda: len(sound) / 2 / rate
    for s, slide in enumerate(video["slide"]):
        begins.append(max(now() - TURN / 2, 0.0))
        pause(LEAD if s == 0 else 0.0)
        for n, line in enumerate(slide["line"]):
            if n:
                pause(BETWEEN)
            samples, rate = speak(line["pinyin"], folder / "line.wav")
            start = now()
            sound.extend(samples)
            cues.append(Cue(start, now(), line["text"], s, line["item"]))
        pause(TURN)
    pause(TAIL - TURN)
    path = folder / "speech.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(bytes(sound))
    return path, cues, begins, now()


def captions(cues: list[Cue], length: float) -> str:
    stamp = lambda t: f"{int(t // 3600):02}:{int(t // 60 % 60):02}:{t % 60:06.3f}"
    parts = ["WEBVTT\n", "NOTE\n演示数据。语音由机器合成，时间按每句语音的实际长度生成。\n"]
    for n, cue in enumerate(cues):
        following = cues[n + 1].start if n + 1 < len(cues) else length
        start = 0.0 if n == 0 else cue.start  # the note on the machine voice is up from the first moment
        end = min(cue.end + 0.4, following - 0.02)
        parts.append(f"{n + 1}\n{stamp(start)} --> {stamp(end)}\n{cue.text}\n")
    return "\n".join(parts)


# --- slides -----------------------------------------------------------------------------------------------------------


@lru_cache
def font(family: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"Noto{family}.ttc"), size, index=SC)


SERIF = lambda size: font("SerifCJK-Bold", size)
SANS = lambda size: font("SansCJK-Regular", size)
BOLD = lambda size: font("SansCJK-Bold", size)


def write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, face, colour: str, anchor: str = "ls") -> None:
    """Writes one line on its base line; refuses text that would leave the page."""
    if anchor == "ls" and text[0] in "《“（":  # opening marks fill the right half of their square: hang the empty half
        at = (at[0] - face.size // 2, at[1])
    left, _, right, _ = draw.textbbox(at, text, font=face, anchor=anchor)
    if left < 60 or right > WIDTH - 60:
        raise SystemExit(f"too wide by {right - WIDTH + 60:.0f} px: {text}")
    draw.text(at, text, font=face, fill=colour, anchor=anchor)


def frame_parts(draw: ImageDraw.ImageDraw, video: dict, number: int) -> None:
    write(draw, (LEFT, 76), f"先锋学堂  ·  {video['label']}", SANS(20), MUTED)
    draw.rectangle((RIGHT - 108, 50, RIGHT, 86), outline=GOLD, width=1)
    write(draw, (RIGHT - 54, 68), "演示数据", SANS(19), GOLD, "mm")
    write(draw, (RIGHT, 660), f"{number} / {len(video['slide'])}", SANS(18), MUTED, "rs")
    write(draw, (LEFT, 660), video["title"], SANS(18), MUTED)


def cover(draw: ImageDraw.ImageDraw, slide: dict) -> None:
    draw.rectangle((LEFT, 254, LEFT + 72, 258), fill=CINNABAR)
    size = 72 if slide["kind"] == "cover" else 56
    write(draw, (LEFT, 354), slide["title"], SERIF(size), INK)
    draw.line((LEFT, 396, RIGHT, 396), fill=GOLD, width=1)
    write(draw, (LEFT, 452), slide["note"], SANS(34), MUTED)
    if slide["kind"] == "cover":
        write(draw, (LEFT, 520), "语音由机器合成", SANS(26), CINNABAR)


def listing(draw: ImageDraw.ImageDraw, slide: dict, lit: int) -> None:
    draw.rectangle((LEFT, 116, LEFT + 56, 120), fill=CINNABAR)
    write(draw, (LEFT, 180), slide["title"], SERIF(46), INK)
    if slide["note"]:
        write(draw, (RIGHT, 180), slide["note"], SANS(26), MUTED, "rs")
    draw.line((LEFT, 206, RIGHT, 206), fill=GOLD, width=1)
    items = slide["items"]
    step = {2: 164, 3: 132, 4: 103}[len(items)]
    column = LEFT + 40 + max(int(draw.textlength(mark, font=SERIF(30))) for mark, _, _ in items)
    y = 206 + (634 - 206 - step * len(items)) // 2
    for n, (mark, head, detail) in enumerate(items, 1):
        on = lit == 0 or n <= lit
        write(draw, (LEFT, y + 46), mark, SERIF(30), CINNABAR if on else DIM)
        write(draw, (column, y + 46), head, BOLD(35), INK if on else DIM)
        write(draw, (column, y + 90), detail, SANS(27), MUTED if on else DIM)
        y += step


def render(video: dict, index: int, lit: int | None) -> Image.Image:
    """A slide with items 1..lit in full ink and the rest pale; lit 0 shows all, None only the frame of the page."""
    page = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw, slide = ImageDraw.Draw(page), video["slide"][index]
    frame_parts(draw, video, index + 1)
    if lit is None:
        return page
    listing(draw, slide, lit) if slide["kind"] == "list" else cover(draw, slide)
    return page


# --- picture and sound together -----------------------------------------------------------------------------------------


def scenes(cues: list[Cue], begins: list[float]) -> list[tuple[float, int, int]]:
    """When the picture changes: (time, slide, items lit)."""
    changes = []
    for s, begin in enumerate(begins):
        mine = [cue for cue in cues if cue.slide == s]
        lit = mine[0].item
        changes.append((begin, s, lit))
        for cue in mine[1:]:
            if cue.item != lit:
                lit = cue.item
                changes.append((cue.start - FADE / 2, s, lit))
    return changes


def encode(video: dict, sound: Path, changes: list, length: float, target: Path) -> None:
    filters = "highpass=f=70,lowpass=f=7500,loudnorm=I=-19:TP=-3:LRA=7,aresample=44100,alimiter=limit=0.5:level=false"
    command = ["ffmpeg", "-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS),
               "-i", "-", "-i", str(sound), "-af", filters, "-c:v", "libx264", "-preset", "slow", "-tune", "stillimage", "-crf", "30",
               "-g", str(4 * FPS), "-pix_fmt", "yuv420p", "-profile:v", "main", "-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709",
               "-color_trc", "bt709", "-vf", "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int", "-c:a", "aac", "-b:a", "48k", "-ac", "1",
               "-map_metadata", "-1", "-metadata", f"title={video['title']}（演示数据，语音由机器合成）", "-metadata:s:a:0", "language=zho",
               "-fflags", "+bitexact", "-t", f"{length:.3f}", "-movflags", "+faststart", str(target)]
    pipe = subprocess.Popen(command, stdin=subprocess.PIPE)
    still = lru_cache(maxsize=4)(lambda slide, lit: render(video, slide, lit))
    bare = lru_cache(maxsize=2)(lambda slide: render(video, slide, None))
    at = 0
    for n in range(int(length * FPS) + 1):
        t = n / FPS
        while at + 1 < len(changes) and changes[at + 1][0] <= t:
            at += 1
        since = (t - changes[at][0]) / FADE
        picture = still(*changes[at][1:])
        if at and since < 1:
            before = still(*changes[at - 1][1:])
            if changes[at][1] == changes[at - 1][1]:
                picture = Image.blend(before, picture, since)
            else:  # another slide: through the bare page, so that two texts never lie on each other
                old, share = (before, 1 - 2 * since) if since < 0.5 else (picture, 2 * since - 1)
                picture = Image.blend(bare(changes[at][1]), old, share)
        picture = picture.copy()
        draw = ImageDraw.Draw(picture)
        draw.rectangle((LEFT, 684, RIGHT, 685), fill=TRACK)
        draw.rectangle((LEFT, 684, LEFT + int((RIGHT - LEFT) * min(t / length, 1)), 685), fill=GOLD)
        pipe.stdin.write(picture.tobytes())
    pipe.stdin.close()
    if pipe.wait():
        raise SystemExit("ffmpeg failed")


def main() -> None:
    wanted = sys.argv[1:]
    videos = tomllib.loads((HERE / "videos.toml").read_text(encoding="utf-8"))["video"]
    for video in videos:
        if wanted and video["key"] not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            sound, cues, begins, length = narrate(video, Path(folder))
            (HERE / f"{video['key']}.zh.vtt").write_text(captions(cues, length), encoding="utf-8")
            encode(video, sound, scenes(cues, begins), length, HERE / f"{video['key']}.mp4")
        print(f"{video['key']}: {length:.1f} s, {len(cues)} captions", flush=True)


if __name__ == "__main__":
    main()
