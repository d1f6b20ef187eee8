"""What flips under another method: `make compare-methods`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.arguments import OURS
from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import IndicatorResult
from pipeline.intake.validate import validate_period
from pipeline.plans.text import plain
from pipeline.report.words import VIETNAMESE
from pipeline.steps import Run


def compare_methods(run: Run, methods: Sequence[str]) -> Iterator[str]:
    """Every indicator judged by pace, with the word and figure of each method; those that flip are marked."""
    intake = validate_period(run.layout, run.registry, run.locality.slug, run.period, run.known_at)
    completion = evaluate(run.registry, run.locality, run.period, intake)
    rows = [r for plan in completion.in_force for r in plan.indicators if r.pace is not None]
    flipped = 0
    for row in rows:
        words = {name: _verdict(row, name) for name in methods}
        flips = len({row.status, *(o.status for o in row.opinions if o.method in methods and o.status)}) > 1
        flipped += flips
        yield f"{'≠' if flips else ' '} {row.code} {row.name[:60]}"
        yield from (f"      {name}: {said}" for name, said in words.items())
    yield f"{flipped} trong {len(rows)} chỉ tiêu được đánh giá theo tiến độ đổi kết luận giữa {', '.join(methods)}."


def _verdict(row: IndicatorResult, name: str) -> str:
    if name == OURS and row.pace is not None:
        return f"{VIETNAMESE.status(row.status)} ({plain(round(row.pace.ratio, 3))})"
    opinion = next((o for o in row.opinions if o.method == name), None)
    if opinion is None:
        return "không có diễn biến: chỉ có giá trị trước hoặc trong ngày xuất phát"
    if opinion.status is None or opinion.figure is None:
        return f"không kết luận: {opinion.reason}"
    return f"{VIETNAMESE.status(opinion.status)} ({plain(round(opinion.figure, 3))})"
