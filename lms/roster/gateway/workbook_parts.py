"""The parts of a workbook around its rows: names, styles, print set-up, properties."""

from collections.abc import Mapping
from datetime import UTC
from xml.sax.saxutils import escape, quoteattr

from lms.roster.domain.fields import WRITTEN, Shape
from lms.roster.domain.sheets import Sheet
from lms.roster.domain.templates import Column

# Styles by number: the heading, the line below it, titles of columns; then one a column.
HEADING, NOTE, TITLE, OWN = 1, 2, 3, 4
_FIRST_FORMAT = 164
_AZ = 26
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DAYS: Mapping[str, str] = {
    "YYYY-MM-DD": "yyyy-mm-dd",
    "YYYY年M月D日": 'yyyy"年"m"月"d"日"',
    "YYYY/MM/DD": "yyyy/mm/dd",
    "YYYYMMDD": "yyyymmdd",
}
_PAGE_LINE = {"zh": "第 &P 页，共 &N 页", "en": "Page &P of &N"}
# A header or footer takes 255 characters.
_LONGEST_MARK = 180
_APPLICATION = "Xiangbo"


def letters(place: int) -> str:
    """Return the letters of a column, counted from 0."""
    found, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, _AZ)
        found = chr(ord("A") + rest) + found
    return found


def page_name(number: int) -> str:
    """Return the name of a sheet's part, counted from 1."""
    return f"xl/worksheets/sheet{number}.xml"


def page_begin(sheet: Sheet) -> str:
    """Return the beginning of a sheet: frozen titles, widths."""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{column.field.width}" '
        f'style="{OWN + number - 1}" customWidth="1"/>'
        for number, column in enumerate(sheet.columns, 1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="3" topLeftCell="A4" activePane="bottomLeft" state="frozen"/></sheetView>'
        f"</sheetViews><cols>{columns}</cols><sheetData>"
    )


def page_end(sheet: Sheet, *, last_row: int) -> str:
    """Return the end of a sheet: merged headings, print set-up, the watermark."""
    last = letters(len(sheet.columns) - 1)
    wide = (
        f'<mergeCells count="2"><mergeCell ref="A1:{last}1"/><mergeCell ref="A2:{last}2"/>'
        "</mergeCells>"
        if len(sheet.columns) > 1
        else ""
    )
    way = "landscape" if sheet.template.is_landscape else "portrait"
    mark = escape(sheet.watermark.replace("&", "&&")[:_LONGEST_MARK])
    origin = escape(sheet.origin[:_LONGEST_MARK])
    # A header has room for one of them; the mark stands in the footer too.
    left, right = (f"&amp;L{origin}" if origin else ""), (f"&amp;R{mark}" if mark else "")
    above = f"<oddHeader>{left or right}</oddHeader>" if left or right else ""
    below = escape(f"&C{_PAGE_LINE[sheet.language]}")
    beside = f"&amp;L{mark}" if mark else ""
    return (
        f'</sheetData>{wide}<printOptions horizontalCentered="1"/>'
        '<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        f'<pageSetup paperSize="9" orientation="{way}" fitToWidth="1" fitToHeight="0"/>'
        f"<headerFooter>{above}<oddFooter>{beside}{below}</oddFooter></headerFooter>"
        f'<ignoredErrors><ignoredError sqref="A1:{last}{last_row}" numberStoredAsText="1"/>'
        "</ignoredErrors></worksheet>"
    )


def around(sheet: Sheet, pages: int) -> dict[str, str]:
    """Return the other parts of the workbook by name."""
    return {
        "[Content_Types].xml": _content_types(pages),
        "_rels/.rels": _relations(
            (f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "xl/workbook.xml": _workbook(sheet, pages),
        "xl/_rels/workbook.xml.rels": _relations(
            *(
                (f"{_OFFICE}/worksheet", f"worksheets/sheet{number}.xml")
                for number in range(1, pages + 1)
            ),
            (f"{_OFFICE}/styles", "styles.xml"),
        ),
        "xl/styles.xml": _styles(sheet.columns),
        "docProps/core.xml": _properties(sheet),
    }


def _content_types(pages: int) -> str:
    named = {
        "/xl/workbook.xml": f"{_TYPES}.sheet.main+xml",
        "/xl/styles.xml": f"{_TYPES}.styles+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        **{f"/{page_name(number)}": f"{_TYPES}.worksheet+xml" for number in range(1, pages + 1)},
    }
    parts = "".join(
        f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in named.items()
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{parts}</Types>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    parts = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{parts}</Relationships>'


def _workbook(sheet: Sheet, pages: int) -> str:
    names = [sheet.name_of(part) for part in range(pages)]
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    repeated = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{place}">'
        f"{escape(_quoted(name))}!$3:$3</definedName>"
        for place, name in enumerate(names)
    )
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets>'
        f"<definedNames>{repeated}</definedNames></workbook>"
    )


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _styles(columns: tuple[Column, ...]) -> str:
    formats = [_format_of(column) for column in columns]
    known = {text: _FIRST_FORMAT + place for place, text in enumerate(dict.fromkeys(formats))}
    own = "".join(
        f'<xf numFmtId="{known[text]}" fontId="0" fillId="0" borderId="0" xfId="0" '
        'applyNumberFormat="1"/>'
        for text in formats
    )
    listed = "".join(
        f'<numFmt numFmtId="{number}" formatCode={quoteattr(text)}/>'
        for text, number in known.items()
    )
    border = "".join(f'<{side} style="thin"/>' for side in ("left", "right", "top", "bottom"))
    return (
        f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="{len(known)}">{listed}</numFmts>'
        '<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="16"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        f'<borders count="2"><border/><border>{border}</border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        f'</cellStyleXfs><cellXfs count="{OWN + len(formats)}">'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" '
        'applyAlignment="1"><alignment horizontal="center" vertical="center"/></xf>'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="2" fillId="0" borderId="1" xfId="0" applyFont="1" '
        'applyBorder="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>'
        f'{own}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
        "</cellStyles></styleSheet>"
    )


def _format_of(column: Column) -> str:
    if column.field.shape in WRITTEN:
        return "@"
    return _DAYS[column.form] if column.field.shape is Shape.DAY else column.form


def _properties(sheet: Sheet) -> str:
    at = sheet.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    mark = escape(" · ".join(each for each in (sheet.origin, sheet.watermark) if each))
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(sheet.heading)}</dc:title><dc:creator>{_APPLICATION}</dc:creator>"
        f"<dc:description>{mark}</dc:description><cp:keywords>{mark}</cp:keywords>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created>'
        "</cp:coreProperties>"
    )
