"""The QR code of a report's short code (mã QR), by segno: the same text gives the same fields and bytes."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segno import QRCode

_LEVEL = "m"
"""Of error correction: a seventh of the code may be damaged."""


@lru_cache(8)  # a report draws its code several times
def _code(text: str) -> QRCode:
    import segno

    return segno.make_qr(text, error=_LEVEL)


def qr_fields(text: str) -> list[list[bool]]:
    """The fields as rows, dark ones True, without the margin that has to stay light around them."""
    return [[bool(field) for field in row] for row in _code(text).matrix]


def qr_path(text: str) -> str:
    """The dark fields as a path of SVG, a field of 1 × 1: neighbours in a row together."""
    drawn = []
    for y, row in enumerate(qr_fields(text)):
        start: int | None = None
        for x, dark in enumerate([*row, False]):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                drawn.append(f"M{start} {y}h{x - start}v1H{start}z")
                start = None
    return "".join(drawn)


def qr_svg(text: str) -> str:
    """A drawing with its light margin of four fields."""
    size = len(qr_fields(text)) + 8
    box = f'viewBox="-4 -4 {size} {size}"'
    light = f'<path fill="#fff" d="M-4 -4h{size}v{size}h-{size}z"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{light}<path d="{qr_path(text)}"/></svg>'


def qr_png(text: str) -> bytes:
    """A picture with its light margin, not compressed: its bytes depend on no zlib."""
    picture = io.BytesIO()
    _code(text).save(picture, kind="png", scale=8, border=4, compresslevel=0)
    return picture.getvalue()
