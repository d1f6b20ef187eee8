"""What the validation notebook shows of an intake, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.submissions.intake import Intake

if TYPE_CHECKING:
    import pandas as pd


def files(intake: Intake) -> pd.DataFrame:
    """Files received: path, kind, rows, SHA-256."""
    return _frame(
        ("tệp", "loại", "số dòng", "SHA-256"), [(f.file, str(f.kind), f.rows, f.sha256) for f in intake.files]
    )


def rules(intake: Intake) -> pd.DataFrame:
    """Every rule over every file, with the lines that break it."""
    return _frame(
        ("tệp", "quy tắc", "mức", "điều bị coi là lỗi", "kết quả"),
        [
            (r.file, r.rule, r.severity, r.message, "đạt" if r.holds else f"dòng {', '.join(map(str, r.lines))}")
            for r in intake.results
        ],
    )


def accepted(intake: Intake) -> pd.DataFrame:
    """Accepted values with the cell they came from."""
    return _frame(
        ("chỉ tiêu", "giá trị", "đơn vị", "tính đến", "ô", "cảnh báo"),
        [
            (
                o.label,
                o.text or str(o.absence or ""),
                o.unit,
                o.as_of.isoformat(),
                f"{o.origin.file} {o.origin.cell}",
                ", ".join(o.flags),
            )
            for o in intake.observations
        ],
    )


def quarantined(intake: Intake) -> pd.DataFrame:
    """Rows kept out, with the reason and the remedy."""
    return _frame(
        ("tệp", "ô", "lý do và cách sửa"),
        [(q.origin.file, q.origin.cell, "; ".join(q.messages)) for q in intake.quarantined],
    )


def balance(intake: Intake) -> str:
    """The sentence that must always be true."""
    replaced = f" (trong đó {intake.replaced} dòng đã có bản mới thay)" if intake.replaced else ""
    return (
        f"{intake.received} dòng nhận = {intake.accepted} dòng dùng{replaced} + {len(intake.quarantined)} dòng bị loại"
    )


def _frame(columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=list(columns))
