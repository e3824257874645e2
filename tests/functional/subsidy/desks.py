"""Browsers at the desk of facts, and small files to send there."""

import io
import struct
import subprocess
from pathlib import Path

import imageio_ffmpeg
from flask import Flask

from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.db.session import Database
from tests.factories.accounts import COUNTY, make_grant, make_person, sign_in
from tests.support.site import Client

PDF = b"%PDF-1.4\n1 0 obj <</S /JavaScript /JS (app.alert(1))>> endobj\n%%EOF\n"


def open_desk(
    app: Flask, database: Database, *, county: str = COUNTY, role: Role = Role.ADMINISTRATOR
) -> tuple[Client, int]:
    """Return a browser of somebody at a county's desk, and who it is."""
    with database.transaction() as session:
        person = make_person(session, name="周敏", county_code=county)
        make_grant(session, person, role, Scope(ScopeKind.COUNTY, county))
        person_id = person.id
    client: Client = app.test_client()
    sign_in(client, person, confirmed_at=utc_now())
    return client, person_id


def photo(folder: Path, *, size: str = "320x200", orientation: int = 6) -> bytes:
    """Return a JPEG with a place and an orientation in its EXIF."""
    made = folder / "photo.jpg"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y", "-f", "lavfi"]
    command += ["-i", f"testsrc=s={size}:d=0.04", "-frames:v", "1", str(made)]
    subprocess.run(command, check=True)
    raw = made.read_bytes()
    tiff = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1)
    tiff += struct.pack("<HHII", 0x112, 3, 1, orientation) + struct.pack("<I", 0)
    body = b"Exif\0\0" + tiff + b"GPS 28.90N 118.51E"
    return raw[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + raw[2:]


def sent(data: bytes, name: str = "paper.jpg") -> tuple[io.BytesIO, str]:
    """Return a file as a form sends it."""
    return io.BytesIO(data), name


def large(data: bytes, **words: str) -> dict[str, object]:
    """Return the body of a form with a large paper; the client would leave a file of it open."""
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{word}\r\n'.encode()
        for name, word in words.items()
    ]
    head = b'--edge\r\nContent-Disposition: form-data; name="paper"; filename="a.pdf"\r\n\r\n'
    body = b"".join([*parts, head, data, b"\r\n--edge--\r\n"])
    return {"data": body, "content_type": "multipart/form-data; boundary=edge"}
