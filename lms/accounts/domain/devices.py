"""Names a browser in words its owner recognises, and knows it again by its own number."""

import re
from dataclasses import dataclass
from hashlib import sha256

from lms.core.ids import digest

_SYSTEMS = (
    ("ipad", "ipad"),
    ("iphone", "iphone"),
    ("harmonyos", "android"),
    ("openharmony", "android"),
    ("android", "android"),
    ("windows", "windows"),
    ("macintosh", "mac"),
    ("cros", "linux"),
    ("linux", "linux"),
)
# The first that occurs wins: every engine also claims to be the older ones.
_PROGRAMS = (
    ("micromessenger", "wechat"),
    ("alipayclient", "alipay"),
    ("dingtalk", "dingtalk"),
    (" qq/", "qq"),
    ("qqbrowser", "qq"),
    ("edg", "edge"),
    ("firefox", "firefox"),
    ("fxios", "firefox"),
    ("chrome", "chrome"),
    ("crios", "chrome"),
    ("safari", "safari"),
)
OTHER = "other"
# What a browser keeps is what was given to it, or it gets a new one: nothing else is hashed.
_NUMBER = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass(frozen=True, slots=True)
class Device:
    """The kind of machine and the program on it, as codes the page turns into words."""

    system: str
    program: str

    @property
    def code(self) -> str:
        """Return what is stored."""
        return f"{self.system} {self.program}"


@dataclass(frozen=True, slots=True)
class Visit:
    """The browser that comes in, and the sign-in it had until now."""

    device: Device
    device_hash: str
    browser_hash: str
    replaces: int | None = None


def read_device(user_agent: str) -> Device:
    """Return what a ``User-Agent`` header says about the browser; it may say anything."""
    text = user_agent.casefold()
    return Device(
        next((system for sign, system in _SYSTEMS if sign in text), OTHER),
        next((program for sign, program in _PROGRAMS if sign in text), OTHER),
    )


def stored_device(code: str) -> Device:
    """Return the device a sign-in was stored with."""
    system, _, program = code.partition(" ")
    return Device(system or OTHER, program or OTHER)


def is_browser_number(text: str) -> bool:
    """Tell whether the text has the shape of the random number a browser keeps."""
    return _NUMBER.fullmatch(text) is not None


def visit_of(user_agent: str, *, number: str, replaces: int | None) -> Visit:
    """Return the visit of a browser with that header and that random number of its own."""
    text = user_agent[:500]
    device_hash = sha256(text.encode()).hexdigest()
    return Visit(read_device(text), device_hash, digest(number), replaces)
