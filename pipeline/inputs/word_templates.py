"""Which Word template the report of a locality is set into (tệp mẫu báo cáo).

    data/raw/templates/bao-cao.docx         for all localities
    data/raw/templates/<locality>.docx      for one, in the place of the common one

Without either the program uses its own. A template is an input of the reports that are set into it, and of no other.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import DataError, Finding
from pipeline.paths import Layout
from pipeline.plans.localities import Localities
from pipeline.whole import input_files

COMMON = "bao-cao.docx"


def template_files(layout: Layout, slug: str, places: Localities) -> list[Path]:
    """The template of an office, alone in a list; [] where the program's own is used.

    Raises DataError for a Word file that no report would use: whoever put it there believes that one does.
    """
    # Word itself keeps "~$bao-cao.docx" beside a file that is open.
    own = [
        path for path in input_files(layout.templates, layout.relative(layout.templates)) if path.name[:1] not in "~."
    ]
    for path in own:
        if path.name != COMMON and (path.suffix != ".docx" or places.get(path.stem) is None):
            remedy = f"đặt tên {COMMON} (mẫu chung) hoặc <tên ngắn>.docx, ví dụ {slug}.docx; xem docs/word-template.md"
            name = layout.relative(path)
            message = "không báo cáo nào dùng tệp này"
            raise DataError("Có tệp mẫu sai tên:", [Finding(name, "tên tệp", "template", message, remedy)])
    by_name = {path.name: path for path in own}
    used = by_name.get(f"{slug}.docx") or by_name.get(COMMON)
    return [used] if used else []
