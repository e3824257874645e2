"""Puts a credential into an SVG and takes it out of a stranger's (Open Badges 3.0, 5.3)."""

from xml.parsers import expat

from lxml import etree

from lms.credentials.gateway.carriers import (
    CarrierError,
    check_file,
    to_bytes,
    to_text,
)

_SVG = "http://www.w3.org/2000/svg"
_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_CREDENTIAL = f"{_NAMESPACE} credential"
_OLD_CREDENTIAL = "http://openbadges.org assertion"
_DRAWINGS = (f"{_SVG} svg", "svg")
_PREFIX = "openbadges"
# A traced photograph has some ten thousand.
_MAX_ELEMENTS = 100_000


def bake(svg: bytes, credential: str) -> bytes:
    """Return the drawing with the credential as its first element, in the place of any before.

    JSON goes in as one piece of CDATA: escaped quotes would make a strict parser hand it out in
    hundreds of pieces. A signed token (JWT) goes into the attribute ``verify``. Raises
    ``CarrierError`` where the drawing is not an SVG or the credential too large.
    """
    text = to_bytes(credential).decode()
    old = _drawing(svg)
    name = etree.QName(_NAMESPACE, "credential")
    etree.strip_elements(old, name, with_tail=False)
    new = etree.Element(old.tag, dict(old.attrib), nsmap={**old.nsmap, _PREFIX: _NAMESPACE})
    element = etree.SubElement(new, name)
    if text.lstrip().startswith("{"):
        # The mark that ends CDATA can stand in JSON only inside a string, so it may be escaped.
        element.text = etree.CDATA(text.replace("]]>", "]]\\u003e"))
    else:
        element.set("verify", text)
    element.tail = old.text
    new.extend(list(old))
    baked: bytes = etree.tostring(new, xml_declaration=True, encoding="UTF-8")
    return baked


def read(data: bytes) -> str:
    """Return the one credential in a drawing that nobody has looked at yet.

    Raises ``CarrierError``: ``not_an_image``, ``no_credential``, ``several_credentials``,
    ``old_badge``, ``too_large`` or ``damaged``; the last also where the file declares a document
    type of its own, which could define entities. Naming the public one of SVG 1.1, as drawing
    programs do, is allowed: it is never fetched.
    """
    check_file(data)
    reader = _Reader()
    reader.read(data)
    if len(reader.found) > 1:
        raise CarrierError("several_credentials")
    if reader.found:
        return to_text(reader.found[0].encode())
    raise CarrierError("old_badge" if reader.has_old else "no_credential")


def _drawing(svg: bytes) -> "etree._Element":
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(svg, parser)
    except etree.XMLSyntaxError as error:
        raise CarrierError("not_an_image") from error
    if root.tag != f"{{{_SVG}}}svg":
        raise CarrierError("not_an_image")
    return root


class _Reader:
    """Collects what the credential elements hold, in the attribute or as text.

    Strangers' files are read with expat: it tells of a document type before it acts on it and
    keeps nothing of the drawing, where lxml would build a tree many times the file's size.
    """

    def __init__(self) -> None:
        self.found: list[str] = []
        self.has_old = False
        self._is_drawing = False
        self._count = 0
        self._depth = 0
        self._inside = 0
        self._pieces: list[str] = []

    def read(self, data: bytes) -> None:
        """Go through the file once. Raises ``CarrierError`` at the first thing not allowed."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = _refuse
        parser.SkippedEntityHandler = _refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(data, True)  # noqa: FBT003 (the parser takes it by position)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise CarrierError("damaged" if self._is_drawing else "not_an_image") from error

    def _doctype(
        self,
        _name: str,
        _system: str | None,
        _public: str | None,
        has_subset: bool,  # noqa: FBT001 (the parser gives it by position)
    ) -> None:
        if has_subset:
            raise CarrierError("damaged")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth == 0 and name not in _DRAWINGS:
            raise CarrierError("not_an_image")
        self._is_drawing = True
        self._count += 1
        if self._count > _MAX_ELEMENTS:
            raise CarrierError("too_large")
        self._depth += 1
        self.has_old = self.has_old or name == _OLD_CREDENTIAL
        if name == _CREDENTIAL:
            if self._inside:
                raise CarrierError("several_credentials")
            self._inside = self._depth
            self._keep(attributes.get("verify", ""))

    def _end(self, _name: str) -> None:
        if self._depth == self._inside:
            self._keep("".join(self._pieces))
            self._inside = 0
            self._pieces.clear()
        self._depth -= 1

    def _text(self, piece: str) -> None:
        if self._inside:
            self._pieces.append(piece)

    def _keep(self, credential: str) -> None:
        if credential.strip():
            self.found.append(credential)


def _refuse(*_declared: object) -> None:
    raise CarrierError("damaged")
