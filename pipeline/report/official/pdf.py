"""The official report as PDF/UA-1 (tài liệu đọc được bằng máy đọc màn hình), set by the template beside this module.

The template reads one string of JSON and shows its texts as they are, never as markup. The font, a metric twin of
Times New Roman (Tinos, SIL Open Font License), lies beside this module as a subset that `tools/subset_fonts.py` makes;
fonts of the machine are ignored, so that the bytes do not depend on it.
"""

from __future__ import annotations

import dataclasses
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.errors import InternalError
from pipeline.report.official.model import DocumentTable, OfficialReport, QrCode
from pipeline.report.official.pdf_row_heads import with_row_heads
from pipeline.report.qr_code import qr_svg

_TEMPLATE = Path(__file__).with_name("report.typ")
FONTS = Path(__file__).with_name("fonts")
"""The four faces, and their licence."""
_BREAK = "\N{ZERO WIDTH SPACE}"
_LONG_WORD = re.compile(r"[^\s\u00a0]{19,}")
_MAY_BREAK = re.compile(r"(?<=[/\-_.,;:?&=])(?=.)|(?<=[^/\-_.,;:?&=]{12})(?=.)")
DRAWABLE = (
    (0x20, 0x7E),
    (0xA0, 0x241),
    (0x300, 0x34E),
    (0x391, 0x3A1),
    (0x3A3, 0x3C9),
    (0x400, 0x45F),
    (0x1E00, 0x1E99),
    (0x1EA0, 0x1EF9),
    (0x2010, 0x2015),
    (0x2018, 0x201E),
    (0x2020, 0x2022),
    (0x2026, 0x2026),
    (0x2030, 0x2030),
    (0x2032, 0x2033),
    (0x2039, 0x203A),
    (0x2044, 0x2044),
    (0x20AB, 0x20AC),
    (0x2116, 0x2116),
    (0x2122, 0x2122),
    (0x2190, 0x2195),
    (0x2212, 0x2212),
    (0x221E, 0x221E),
    (0x2248, 0x2248),
    (0x2260, 0x2260),
    (0x2264, 0x2265),
    (0xFFFD, 0xFFFD),
)
"""First and last of what all four faces can draw; PDF/UA-1 forbids a character without a glyph."""
_UNDRAWABLE = re.compile("[^{}]".format("".join(f"{re.escape(chr(a))}-{re.escape(chr(b))}" for a, b in DRAWABLE)))


def write_pdf(report: OfficialReport, path: Path) -> None:
    """Write the report; the same report gives the same bytes. Raises InternalError if it cannot be set."""
    path.write_bytes(pdf_bytes(report))


def pdf_bytes(report: OfficialReport) -> bytes:
    """The finished file. Raises InternalError with the message of the compiler, also for a warning."""
    import typst

    try:
        pdf, warnings = typst.compile_with_warnings(
            _TEMPLATE,
            root=_TEMPLATE.parent,
            font_paths=fonts(),
            format="pdf",
            sys_inputs={"report": json.dumps(_plain(report), ensure_ascii=False)},
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        raise InternalError(f"Không dàn được báo cáo PDF ({_TEMPLATE.name}): {error}") from error
    if warnings:
        raise InternalError(f"Không dàn được báo cáo PDF ({_TEMPLATE.name}): {warnings[0]}")
    if not isinstance(pdf, bytes):
        raise InternalError(f"Không dàn được báo cáo PDF ({_TEMPLATE.name}): không có dữ liệu")
    return with_row_heads(pdf, _row_heads(report))


@cache
def fonts() -> Any:
    """The four faces alone, read once; that starts no thread, as compiling does."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _row_heads(report: OfficialReport) -> list[int]:
    """For each table in the order of the document, the column whose cells name their rows."""
    in_body = [block for block in report.body if isinstance(block, DocumentTable)]
    tables = [*in_body, *(appendix.table for appendix in report.appendices)]
    return [[column.heads for column in table.columns].index(True) for table in tables]


def drawable(text: str) -> str:
    """Text as the font can draw it: other characters by number, '[U+1F600]'; places to break in long words."""
    named = _UNDRAWABLE.sub(lambda character: f"[U+{ord(character.group()):04X}]", text)
    return _LONG_WORD.sub(lambda word: _MAY_BREAK.sub(_BREAK, word.group()), named)


def _plain(part: object) -> object:
    """Records as dictionaries with the keys of the template; `is` is the class of the record."""
    if isinstance(part, str):
        return drawable(part)
    if isinstance(part, tuple):
        return [_plain(x) for x in part]
    if isinstance(part, QrCode):
        texts = {"text": drawable(part.text), "alternative": drawable(part.alternative)}
        return {"is": "QrCode", "svg": qr_svg(part.content), **texts}
    if dataclasses.is_dataclass(part):
        fields = {name.replace("_", "-"): _plain(value) for name, value in vars(part).items()}
        return {"is": type(part).__name__, **fields}
    return part
