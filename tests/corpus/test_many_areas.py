"""A workbook at the edge of what is read: not among the quick tests, since it takes longest of all (20 s)."""

from __future__ import annotations

import io
import resource
import zipfile
from collections.abc import Callable

from tests.intake.outcomes import book, outcome


def _many_merged(rows: int) -> bytes:
    lines = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{n}</t></is></c>'
        f'<c r="B{n}" t="inlineStr"><is><t>Tên lạ {n}</t></is></c></row>'
        for n in range(2, rows)
    )
    areas = "".join(f'<mergeCell ref="C{n}:E{n}"/>' for n in range(2, rows))
    merged = f'<mergeCells count="{rows - 2}">{areas}</mergeCells>'
    head: list[list[object]] = [["STT", "Chỉ tiêu", "Kết quả", "Nguồn", "Ghi chú"]]
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(head))) as source, zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            out.writestr(name, data.replace(b"</sheetData>", f"{lines}</sheetData>{merged}".encode(), 1))
    return target.getvalue()


def _used(act: Callable[[], object]) -> tuple[float, int]:
    """Seconds of processor time of this process and its children, and bytes of the largest child."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    before = sum(r.ru_utime + r.ru_stime for r in map(resource.getrusage, who))
    act()
    after = sum(r.ru_utime + r.ru_stime for r in map(resource.getrusage, who))
    return after - before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def test_twenty_thousand_merged_areas_stay_within_the_limits() -> None:
    content = _many_merged(20_000)
    seconds, memory = _used(lambda: outcome(content, "a.xlsx"))
    assert seconds < 20
    assert memory < 1024**3
