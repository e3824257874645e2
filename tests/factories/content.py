"""Writes course folders for tests: a small good one, which a test then breaks in one place."""

import math
import tempfile
from array import array
from functools import cache
from pathlib import Path

import av

from lms.content.domain.files import HEAD_BYTES, TEXTS, Files, SourceFile

MP4_HEAD = b"\0\0\0\x20ftypisom\0\0\0\0"
WEBP_HEAD = b"RIFF\0\0\0\0WEBPVP8 "
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\n大家好\n"

COURSE = """\
schema: 1
slug: noodle-class
programme: anchor-l5
title: {zh: 播手工面, en: Selling noodles live}
summary: {zh: 从拉面到下单。}
cover: noodle
outcomes:
  - {zh: 讲清楚一碗面}
modules:
  - {key: M1, title: {zh: 开播前}, lessons: [A01]}
  - {key: M2, title: {zh: 开播}, lessons: [A02]}
final:
  {title: {zh: 结业测验}, minutes: 10, questions: final.yaml, draw: 1, pass_percent: 60,
   attempts: 3, time_limit_minutes: 20}
"""
A01 = """\
key: A01
title: {zh: 架手机, en: Setting up the phone}
minutes: 20
objectives:
  - {zh: 架稳手机}
items:
  - kind: video
    key: video
    title: {zh: 看视频}
    renditions: {480p: media/480p.mp4, 240p: media/240p.mp4}
    poster: media/poster.webp
    captions: {zh: media/zh.vtt}
  - {kind: reading, key: text, title: {zh: 读一读}, minutes: 5, text: text}
  - kind: practice
    key: practice
    title: {zh: 做一做}
    minutes: 8
    text: practice
    required: false
  - kind: quiz
    key: quiz
    title: {zh: 小测}
    minutes: 4
    questions: questions.yaml
    draw: 1
    pass_percent: 60
"""
A02 = """\
key: A02
title: {zh: 讲一碗面}
minutes: 10
items:
  - {kind: reading, key: text, title: {zh: 读一读}, minutes: 5, text: text}
"""
QUESTIONS = """\
- key: {key}
  kind: single
  stem: {{zh: 哪句能说？}}
  options:
    - {{key: a, text: {{zh: 每天现拉}}, correct: true, why: {{zh: 有凭据}}}}
    - {{key: b, text: {{zh: 全国第一}}, why: {{zh: 不能说第一}}}}
    - {{key: c, text: {{zh: 包治百病}}, why: {{zh: 面不是药}}}}
"""

Contents = dict[str, str | bytes]


def folder_contents() -> Contents:
    """Return a small course without a fault; its videos are heads of files alone."""
    return {
        "course.yaml": COURSE,
        "final.yaml": QUESTIONS.format(key="F-q1"),
        "lessons/A01/lesson.yaml": A01,
        "lessons/A01/text.zh.md": "## 先擦镜头\n\n再开口。\n",
        "lessons/A01/text.en.md": "## Clean the lens\n\nThen speak.\n",
        "lessons/A01/practice.zh.md": "- [ ] 擦镜头\n",
        "lessons/A01/questions.yaml": QUESTIONS.format(key="A01-q1"),
        "lessons/A01/media/480p.mp4": MP4_HEAD,
        "lessons/A01/media/240p.mp4": MP4_HEAD,
        "lessons/A01/media/poster.webp": WEBP_HEAD,
        "lessons/A01/media/zh.vtt": VTT,
        "lessons/A02/lesson.yaml": A02,
        "lessons/A02/text.zh.md": "一碗面，三分钟。\n",
    }


def as_files(contents: Contents) -> Files:
    """Return the contents as the checks see them."""
    files = {}
    for path, content in contents.items():
        data = content.encode() if isinstance(content, str) else content
        is_text = Path(path).suffix in TEXTS
        files[path] = SourceFile(len(data), data if is_text else data[:HEAD_BYTES])
    return files


def write_folder(root: Path, contents: Contents | None = None, *, videos: bool = True) -> Path:
    """Write the course on disk, with videos that really play unless ``videos`` is false."""
    for path, content in (contents or folder_contents()).items():
        data = content.encode() if isinstance(content, str) else content
        if videos and data == MP4_HEAD:
            data = tiny_video(426 if "240p" in path else 854)
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return root


@cache
def tiny_video(width: int, seconds: int = 1) -> bytes:
    """Return a finished MP4 of the width: H.264 and AAC, its index before its data."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.mp4"
        _write_video(path, width, {426: 240, 854: 480}[width], seconds)
        return path.read_bytes()


def _write_video(path: Path, width: int, height: int, seconds: int) -> None:
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as file:
        picture = file.add_stream("libx264", rate=10)
        picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
        sound = file.add_stream("aac", rate=48_000, layout="mono")
        for _ in range(10 * seconds):
            file.mux(picture.encode(_grey(width, height)))
        file.mux(picture.encode())
        for _ in range(seconds * 48_000 // 1_024):
            file.mux(sound.encode(_tone()))
        file.mux(sound.encode())


def _grey(width: int, height: int) -> av.VideoFrame:
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane in frame.planes:
        plane.update(b"\x80" * plane.buffer_size)
    return frame


def _tone() -> av.AudioFrame:
    frame = av.AudioFrame(format="fltp", layout="mono", samples=1_024)
    frame.sample_rate = 48_000
    wave = array("f", (math.sin(n * math.tau * 16 / 1_024) / 4 for n in range(1_024)))
    frame.planes[0].update(wave.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
    return frame
