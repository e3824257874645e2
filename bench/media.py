"""How soon a lesson can be watched after it was sent; what all of it costs beside bare ffmpeg."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from sqlalchemy import select

from bench.figures import Figure, amount
from lms.db.session import Database
from lms.jobs.models import Job
from lms.jobs.tasks import Runner
from lms.media import queries, service
from lms.media.gateway.program import ffmpeg
from lms.media.gateway.storage import storage_of
from lms.settings import Settings
from lms.wiring import JOBS, event_bus
from tests.factories.accounts import make_person
from tests.support.databases import create_schema
from tests.support.production import environment

_NICE = shutil.which("nice") or "nice"
# Made once and played again and again: to invent pictures takes longer than to prepare them.
_PART = 20
_TIMES = 7
_SECONDS = _PART * _TIMES
_WATCHABLE_PERCENT = 25
_BARE_PERCENT = 110
# Somebody before a wall: little moves, the camera's noise never rests, sound like speech.
_WALL = f"gradients=size=1280x720:rate=25:speed=0.003:duration={_PART}"
_HEAD = f"testsrc2=size=240x320:rate=25:duration={_PART}"
_SCENE = (
    f"{_WALL}[wall];{_HEAD}[head];"
    "[wall][head]overlay=x='520+40*sin(t)':y='200+15*sin(2*t)',noise=alls=3:allf=t"
)
_VOICE = f"anoisesrc=color=pink:amplitude=0.2:duration={_PART},tremolo=f=3:d=0.9"
_SPEECH = (
    "aresample=async=1:first_pts=0,loudnorm=I=-16:TP=-1.5:LRA=11,aformat=sample_fmts=s16,"
    "aresample={rate},asetpts=N/SR/TB,aformat=channel_layouts=mono"
)
_KEYS = ("-force_key_frames", "expr:gte(t,n_forced*4)", "-sc_threshold", "0")
_H264 = ("-c:v", "libx264", *_KEYS, "-preset")
_BY_PART = "+delay_moov+default_base_moof+global_sidx+skip_trailer"
_AAC = ("-c:a", "aac", "-ac", "1", "-b:a")
_HLS = (
    *("-c", "copy", "-f", "hls", "-hls_segment_type", "fmp4", "-hls_playlist_type", "vod"),
    *("-hls_flags", "single_file+independent_segments", "-hls_time", "4"),
)
_FIRST = (
    "[0:v]fps=25/2,split=2[a][b];[a]scale=426:240,format=yuv420p[v];"
    f"[b]scale=640:360,thumbnail=50[p];[0:a]{_SPEECH.format(rate=24_000)}[s]"
)
_SECOND = (
    "[0:v]fps=25,split=2[a][b];[a]scale=854:480,format=yuv420p[m];"
    f"[b]scale=1280:720,format=yuv420p[l];[0:a]{_SPEECH.format(rate=44_100)},asplit=3[x][y][z]"
)


def of_media(folder: Path) -> Iterator[Figure]:
    """Yield both shares; made once, for no database has a part in them."""
    source = _lesson(folder)
    url = f"sqlite:///{folder / 'media.sqlite3'}"
    create_schema(url)
    database = Database(url, bus=event_bus())
    # Before and after: a machine that others use is not as fast in the one minute as in the next.
    before = _bare(folder / "before", source)
    watchable, whole = _prepared(database, Settings.from_env(environment(folder, url)), source)
    database.dispose()
    bare = (before + _bare(folder / "after", source)) / 2
    yield amount(
        "watchable_share", 100 * watchable / _SECONDS, "% of the length", _WATCHABLE_PERCENT
    )
    yield amount("ladder_share", 100 * whole / bare, "% of bare ffmpeg", _BARE_PERCENT)


def _lesson(folder: Path) -> Path:
    path = folder / "lesson.mp4"
    made = ("-f", "lavfi", "-i", _SCENE, "-f", "lavfi", "-i", _VOICE)
    kept = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac")
    _run(folder, *made, *kept, "part.mp4")
    again = ("-stream_loop", str(_TIMES - 1), "-i", "part.mp4", "-c", "copy")
    _run(folder, *again, "-movflags", "+faststart", path.name)
    return path


def _prepared(database: Database, settings: Settings, source: Path) -> tuple[float, float]:
    """Return the seconds from a stored upload until it can be watched, and until it is whole."""
    with database.transaction() as session:
        owner_id = make_person(session).id
    stream = io.BytesIO(source.read_bytes())
    received = service.receive(storage_of(settings), stream, declared_bytes=None)
    runner = Runner(database, settings, JOBS)
    began = perf_counter()
    with database.transaction() as session:
        asset_id = service.register_upload(
            session, received=received, filename=source.name, owner_id=owner_id
        ).id
    _work(database, runner, "media.prepare")
    watchable = perf_counter() - began
    _work(database, runner, "media.ladder")
    whole = perf_counter() - began
    with database.snapshot() as session:
        found = queries.asset_facts(session, [asset_id])[asset_id]
    if not found.has_stream:
        raise RuntimeError(f"the lesson was not made whole: {found.error}")
    return watchable, whole


def _work(database: Database, runner: Runner, kind: str) -> None:
    with database.snapshot() as session:
        job_id = session.scalars(select(Job.id).where(Job.kind == kind)).one()
    runner.run(job_id)


def _bare(made: Path, source: Path) -> float:
    """Return the seconds ffmpeg alone takes for the same files, started one after the other."""
    made.mkdir()
    began = perf_counter()
    _run(
        made,
        *("-i", str(source), "-filter_complex", _FIRST, "-map", "[v]", "-map", "[s]"),
        *(*_H264, "medium", "-profile:v", "baseline", "-crf", "27"),
        *("-maxrate", "46k", "-bufsize", "46k", *_AAC, "24k"),
        *("-movflags", f"{_BY_PART}+frag_keyframe", "240p.mp4"),
        *("-map", "[p]", "-frames:v", "1", "-c:v", "libwebp", "poster.webp"),
    )
    _run(
        made,
        *("-i", str(source), "-filter_complex", _SECOND),
        *("-map", "[m]", "-map", "[x]", *_H264, "veryfast", "-profile:v", "main", "-crf", "25"),
        *("-maxrate", "900k", "-bufsize", "1800k", *_AAC, "64k"),
        *("-movflags", "+faststart", "480p.mp4"),
        *("-map", "[l]", "-map", "[y]", *_H264, "veryfast", "-profile:v", "main", "-crf", "24"),
        *("-maxrate", "1800k", "-bufsize", "3600k", *_AAC, "64k"),
        *("-movflags", "+faststart", "720p.mp4"),
        *("-map", "[z]", *_AAC, "48k", "-movflags", _BY_PART, "-frag_duration", "4000000"),
        "audio.m4a",
    )
    for rung in ("240p", "480p", "720p"):
        pieces = ("-hls_segment_filename", f"{rung}.m4s", f"{rung}.m3u8")
        _run(made, "-i", f"{rung}.mp4", *_HLS, *pieces)
    shown = ("-vf", "scale=160:90,tile=10x4", "-fps_mode", "passthrough", "-frames:v", "1")
    _run(made, "-skip_frame", "nokey", "-i", "240p.mp4", *shown, "thumbs.webp")
    return perf_counter() - began


def _run(folder: Path, *arguments: str) -> None:
    command = [ffmpeg(), "-nostdin", "-loglevel", "error", "-threads", "2", "-y", *arguments]
    # As politely as the site starts it.
    subprocess.run([_NICE, "-n", "10", *command], cwd=folder, check=True)
