"""A lesson's video as files and as a stream of the same pictures, made by ffmpeg once a run."""

from pathlib import Path

from tests.factories.videos import run_ffmpeg
from tests.support.run import only_one

SECONDS = 200
# Kilobits a second, and the size; the second carries about four times as much.
RUNGS = {"240p": (100, "426x240"), "480p": (450, "854x480")}
_PICTURE = "testsrc2=size={size}:rate=10:duration={seconds}"
_SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration={seconds}")
_H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "40")
_STREAM = ("-f", "hls", "-hls_segment_type", "fmp4", "-hls_playlist_type", "vod", "-hls_time", "4")
_ONE_FILE = ("-hls_flags", "single_file+independent_segments")


def stream() -> Path:
    """Return the folder with both rungs, their playlists and the master; nobody may change it."""
    with only_one("streams") as run:
        folder = run / "streams"
        if not (folder / "master.m3u8").exists():
            folder.mkdir(exist_ok=True)
            for label, (rate, size) in RUNGS.items():
                _make(folder, label, rate, size)
            (folder / "master.m3u8").write_text(_master(), encoding="ascii")
    return folder


def _make(folder: Path, label: str, rate: int, size: str) -> None:
    picture = _PICTURE.format(size=size, seconds=SECONDS)
    limits = ("-b:v", f"{rate}k", "-maxrate", f"{rate}k", "-bufsize", f"{rate}k")
    sound = [part.format(seconds=SECONDS) for part in _SOUND]
    command = ["-f", "lavfi", "-i", picture, *sound, *_H264, *limits, "-c:a", "aac", "-b:a", "32k"]
    file = folder / f"{label}.mp4"
    run_ffmpeg(*command, "-ac", "2", "-movflags", "+faststart", str(file))
    pieces = ("-hls_segment_filename", str(folder / f"{label}.m4s"))
    playlist = folder / f"{label}.m3u8"
    run_ffmpeg("-i", str(file), "-c", "copy", *_STREAM, *_ONE_FILE, *pieces, str(playlist))


def _master() -> str:
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for label, (rate, size) in RUNGS.items():
        lines.append(
            f"#EXT-X-STREAM-INF:BANDWIDTH={(rate + 40) * 1100},RESOLUTION={size},"
            'CODECS="avc1.42c01e,mp4a.40.2"'
        )
        lines.append(f"{label}.m3u8")
    return "\n".join(lines) + "\n"
