"""Plays finished files the way a player does and tells what is seen and heard when."""

import subprocess
from pathlib import Path

import av

from lms.media.gateway.program import ffmpeg

_BRIGHT = 128


def opened(path):
    """Open a file, or the list of a stream with all that lies beside it."""
    options = {"allowed_extensions": "ALL"} if path.suffix == ".m3u8" else {}
    return av.open(str(path), options=options)


def moments(path):
    """Return the time of every picture, from the first, in seconds."""
    with opened(path) as file:
        times = [frame.time for frame in file.decode(video=0)]
    return [time - times[0] for time in times]


def shown(path):
    """Return when it turns white and when black again."""
    with opened(path) as file:
        seen = [(frame.time, _quarters(frame)) for frame in file.decode(video=0)]
    start = seen[0][0]
    white = [time - start for time, quarters in seen if quarters["top left"][2] > _BRIGHT]
    black = [time - start for time, quarters in seen if quarters["top left"][2] <= _BRIGHT]
    return white[0], next(time for time in black if time > white[0])


def heard(path):
    """Return when it begins to be heard and when it falls silent again."""
    how = ("-allowed_extensions", "ALL") if path.suffix == ".m3u8" else ()
    silence = ("-vn", "-af", "silencedetect=d=0.3", "-f", "null", "-")
    words = subprocess.run(
        [ffmpeg(), "-nostdin", *how, "-i", str(path), *silence],
        capture_output=True,
        check=True,
        text=True,
    ).stderr.split()
    ends = [float(words[at + 1]) for at, word in enumerate(words) if word == "silence_end:"]
    starts = [float(words[at + 1]) for at, word in enumerate(words) if word == "silence_start:"]
    begin = ends[0]
    return begin, next(start for start in starts if start > begin)


def seconds_heard(path):
    """Return how long the sound is."""
    with opened(path) as file:
        frames = list(file.decode(audio=0))
    return frames[-1].time - frames[0].time + frames[-1].samples / frames[-1].sample_rate


def red_corner(path):
    """Return which quarter of the first picture is red."""
    quarters = quarters_of(path)
    return max(quarters, key=lambda corner: quarters[corner][0] - quarters[corner][2])


def quarters_of(path):
    """Return the colour of each quarter of the first picture."""
    with opened(path) as file:
        return _quarters(next(file.decode(video=0)))


def _quarters(frame):
    """Return the colour in the middle of each quarter as red, green and blue."""
    small = frame.reformat(width=16, height=16, format="rgb24", interpolation="AREA")
    plane = small.planes[0]
    data, step = bytes(plane), plane.line_size
    top, bottom, left, right = 4 * step, 12 * step, 4 * 3, 12 * 3
    places = {
        "top left": top + left,
        "top right": top + right,
        "bottom left": bottom + left,
        "bottom right": bottom + right,
    }
    return {name: tuple(data[at : at + 3]) for name, at in places.items()}


def pieces(path: Path):
    """Return the pieces of a rung: seconds, bytes and where they begin, read line by line."""
    found, seconds = [], None
    for line in path.read_text().splitlines():
        if line.startswith("#EXTINF:"):
            seconds = float(line[8:].rstrip(","))
        elif line.startswith("#EXT-X-BYTERANGE:"):
            size, start = line[17:].split("@")
            found.append((seconds, int(size), int(start)))
    return found
