"""Who owes what by when: what `make due` prints, and its table as CSV."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.arguments import planned_locality
from pipeline.dataset.rows_by_report import rows_by_report
from pipeline.due.due_book import MONTHS, DueBook
from pipeline.due.due_frames import DUE, OnDay, RateOfReports, rates_over
from pipeline.due.open_questions import OpenQuestions, days_ahead, open_questions
from pipeline.due.owed_rows import rows_asked
from pipeline.due.timeliness import DueReport, RowsAsked, Timeliness
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.progress import Say
from pipeline.steps import published_completion
from pipeline.typed_frame import FrameColumn, csv_text
from pipeline.whole import write_ordinary

MOST_LINES = 60
"""Lines of what is owed on the terminal; the CSV has all."""
_COUNTS = ("kỳ", "phải gửi", "đã gửi", "đúng hạn", "muộn", "không rõ ngày", "chưa gửi", "dòng có số liệu")
_OWED = ("nơi gửi", "kỳ", "hạn gửi", "tình trạng", "dòng có số liệu")


@dataclass(frozen=True)
class DueRequest:
    """What is asked: a day, and optionally one period and one locality ('' for all)."""

    day: dt.date
    period: Period | None = None
    locality: str = ""
    past: bool = False
    """The day is given (AS_OF) and is not today: only what was known by then counts."""

    @classmethod
    def of(cls, options: argparse.Namespace, today: dt.date) -> DueRequest:
        """What was typed; without a day it is today."""
        day = options.as_of or today
        return cls(day, options.period, options.locality, past=day != today)


def tell_due(layout: Layout, request: DueRequest, say: Say) -> Iterator[str]:
    """The table in lines: counts of each period, then what is still owed, then where the CSV lies.

    Raises UsageError, NoInputError for a locality without plans, and DataError.
    """
    book = DueBook.open(layout, request.locality)
    if request.locality:
        planned_locality(book.lists, request.locality)
    for fault in book.faults:
        say(f"Bỏ qua kế hoạch có lỗi: {fault}")
    for finding in book.in_vain:
        say(f"Lưu ý: {finding}")
    periods = [request.period] if request.period else book.recent_periods(request.day)
    known_at = request.day if request.past else None
    reports = book.reports(periods, _rows(layout, request.locality, periods), known_at)
    yield from _counts(reports, request)
    yield from _owed([report for report in reports if _is_open(report)], request.day)
    # Without a day all that is written counts, as in a report; what is dated after today is told.
    yield from _asked(open_questions(layout, book.lists, request.day, known_at, request.locality))
    ahead = () if request.past else days_ahead(layout, book.lists, request.day, request.locality)
    yield from (f"Lưu ý: {finding}" for finding in ahead)
    yield from _grounds(reports)
    yield from _without_frequency(book, periods)
    path = _csv(layout, request)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_ordinary(path, csv_text(list(_columns(request.day)), (OnDay(report, request.day) for report in reports)))
    yield layout.relative(path)


def _rows(layout: Layout, locality: str, periods: Sequence[Period]) -> dict[tuple[str, Period, str], RowsAsked]:
    if not locality:
        return rows_by_report(layout, periods)
    found = dict[tuple[str, Period, str], RowsAsked]()
    for period in periods:
        if completion := published_completion(layout, locality, period):
            found |= {(locality, period, agency): rows for agency, rows in rows_asked(completion).items()}
    return found


def _is_open(report: DueReport) -> bool:
    return report.owed or report.state is Timeliness.UNREAD


def _counts(reports: Sequence[DueReport], request: DueRequest) -> Iterator[str]:
    """A line for each period, then one for the agencies inside the locality: the two are not added."""
    what = request.period.label if request.period else f"các kỳ chốt trong {MONTHS} tháng qua"
    if not reports:
        yield f"Ngày {request.day:%d/%m/%Y}, {what}: không có báo cáo nào phải gửi theo data/raw/regimes.yaml."
        return
    yield f"Ngày {request.day:%d/%m/%Y}, {what}:"
    own, inside = ([r for r in reports if bool(r.expected.agency) is agency] for agency in (False, True))
    lines = [_count(rate) for rate in rates_over(own)]
    lines += [_count(rate._replace(period=f"{rate.period}, cơ quan")) for rate in rates_over(inside)]
    yield from _aligned([_COUNTS, *lines])


def _count(rate: RateOfReports) -> tuple[str, ...]:
    counted, with_day = rate.rate, rate.rate.with_day
    states = (Timeliness.LATE, Timeliness.DAY_UNKNOWN, Timeliness.NOT_SENT)
    late, unknown, not_sent = (str(counted.of(state)) for state in states)
    on_time = f"{counted.of(Timeliness.ON_TIME)}/{with_day}" if with_day else "không có hạn"
    rows = f"{counted.accepted}/{counted.asked}" if counted.with_rows else "chưa biết"
    return (rate.period, str(counted.expected), str(counted.sent), on_time, late, unknown, not_sent, rows)


def _owed(owed: Sequence[DueReport], day: dt.date) -> Iterator[str]:
    if not owed:
        yield "Không nơi nào còn nợ."
        return
    periods = dict[tuple[str, ...], list[str]]()
    for report in sorted(owed, key=lambda report: -report.days_over(day)):
        periods.setdefault(_line(report, day), []).append(str(report.expected.period))
    lines = [(who, ", ".join(which), *rest) for (who, *rest), which in periods.items()]
    yield f"Còn nợ, {len(owed)} báo cáo:"
    yield from _aligned([_OWED, *lines[:MOST_LINES]])
    if len(lines) > MOST_LINES:
        yield f"… và {len(lines) - MOST_LINES} dòng khác, xem tệp CSV"


def _asked(places: Iterable[OpenQuestions]) -> Iterator[str]:
    """What is asked about reports and not answered on the day."""
    for place in places:
        if place.fault:
            yield f"{place.name}: {place.fault}"
            continue
        over = f", {place.overdue} quá hạn" if place.overdue else ""
        yield f"{place.name}, {len(place.asked)} câu hỏi, kết luận chưa trả lời{over}:"
        for f in place.asked[:MOST_LINES]:
            until = f"; hạn {f.asked.until:%d/%m/%Y}" if f.asked.until else ""
            late = f"; quá hạn {days} ngày" if (days := f.days_over(place.day)) else ""
            text = " ".join(f.asked.text.split())  # a text may have lines; the table has one for each
            yield f"  {f.asked.of}: {text} ({f.asked.by}, {f.asked.asked_on:%d/%m/%Y}{until}{late})"


def _line(report: DueReport, day: dt.date) -> tuple[str, ...]:
    """All but the period: reports that are alike stand in one line."""
    expected, rows = report.expected, report.rows
    who = f"{expected.agency} ({expected.place.full_name})" if expected.agency else expected.place.full_name
    due = f"{expected.due:%d/%m/%Y}" if expected.due else "không ghi"
    return who, due, state_words(report, day), f"{rows.accepted}/{rows.asked}" if rows else "–"


def state_words(report: DueReport, day: dt.date) -> str:
    """What became of a report in words: 'chưa gửi, quá hạn 5 ngày'."""
    received = f", nhận {report.received_on:%d/%m/%Y}" if report.received_on else ", không rõ ngày nhận"
    if report.state is Timeliness.NOT_SENT:
        if report.expected.cut_off > day:
            return "chưa đến ngày chốt"
        over = report.days_over(day)
        return f"chưa gửi, quá hạn {over} ngày" if over else "chưa gửi"
    if report.state is Timeliness.LATE:
        return f"muộn {report.days_late} ngày{received}"
    words = {
        Timeliness.ON_TIME: f"đúng hạn{received}",
        Timeliness.RECEIVED: f"đã gửi{received}",
        Timeliness.DAY_UNKNOWN: "đã gửi, không rõ ngày nhận",
        Timeliness.UNREAD: "địa phương đã gửi, chưa lập báo cáo của kỳ",
    }
    return words[report.state]


def _grounds(reports: Sequence[DueReport]) -> Iterator[str]:
    """The papers that order these reports, and to whom they go."""
    for regime in {regime.id: regime for report in reports for regime in report.expected.regimes}.values():
        inferred = " (suy ra, không văn bản nào ghi kỳ)" if regime.inferred else ""
        to = f"; gửi {regime.to}" if regime.to else ""
        through = f" (qua {regime.through})" if regime.through else ""
        yield f"Căn cứ{inferred}: {regime.ground}{to}{through}"


def _without_frequency(book: DueBook, periods: Sequence[Period]) -> Iterator[str]:
    for regime in book.without_frequency(periods):
        words = f" (“{regime.printed}”)" if regime.printed else ""
        yield f"Văn bản không ghi kỳ, không tính vào bảng{words}: {regime.ground}"


def _csv(layout: Layout, request: DueRequest) -> Path:
    period = str(request.period) if request.period else ""
    name = ".".join(filter(None, ("no-bao-cao", request.day.isoformat(), period, request.locality)))
    return layout.processed / "due" / f"{name}.csv"


def _columns(day: dt.date) -> Iterator[FrameColumn[OnDay]]:
    """Those of the frame, for programs, and beside the state its words."""
    for column in DUE:
        yield column
        if column.name == "state":
            yield FrameColumn("state_words", lambda x: state_words(x.report, day), "tình trạng bằng lời")


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
