"""Reminders without a network (nhắc gửi số liệu): one message for each locality and agency, ready to be pasted."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.arguments import planned_locality
from pipeline.due.due_book import DueBook
from pipeline.due.expected import ExpectedReport
from pipeline.due.owed_rows import OwedRow, by_agency, owed_rows
from pipeline.due.received import Arrival, arrival_of, arrivals
from pipeline.due.timeliness import Arrivals
from pipeline.errors import NoInputError
from pipeline.intake.file_names import PART
from pipeline.paths import Layout
from pipeline.plans.lead_agencies import LeadAgencies, slugs_of_agency
from pipeline.plans.localities import slug_of
from pipeline.plans.models import Locality
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry, read_registry
from pipeline.progress import Say, silent
from pipeline.run.due_table import DueRequest
from pipeline.senders.form import form_name, form_of
from pipeline.senders.form_workbook import make_template, shown_before
from pipeline.steps import Run, published_completion
from pipeline.typed_frame import Dtype, FrameColumn, csv_text
from pipeline.whole import write_ordinary


@dataclass(frozen=True)
class Reminder:
    """One message: to whom, what is asked for, and the files beside it."""

    locality: Locality
    agency: str
    """'' for the locality as a whole."""
    period: Period
    report: ExpectedReport | None
    """None where no regime orders a report of the period, and a person asks for it."""
    arrival: Arrival | None
    rows: tuple[OwedRow, ...]
    cut_off: dt.date
    form: str
    """Name of the form that is attached: of the locality, or of the rows that the agency leads."""
    part: str = ""
    """The short name with which the agency names its file; '' for the locality."""

    @property
    def name(self) -> str:
        """Name of its file."""
        return "-".join(filter(None, ("nhac", self.locality.slug, slug_of(self.agency)))) + ".txt"

    @property
    def text(self) -> str:
        """The message, of plain lines; it says nothing that no paper and no file says."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        name = self.locality.full_name
        office = f"UBND {name[:1].lower()}{name[1:]}"
        yield f"Kính gửi: {self.agency}, {office}" if self.agency else f"Kính gửi: {office}"
        period = f"{self.period.label[:1].lower()}{self.period.label[1:]}"
        due = f", hạn gửi {self.report.due:%d/%m/%Y}" if self.report and self.report.due else ""
        ground = f" Căn cứ: {self.report.ground}." if self.report and not self.report.inferred else ""
        yield (
            f"Trân trọng đề nghị quý cơ quan gửi số liệu {period} (chốt ngày {self.cut_off:%d/%m/%Y}{due}) "
            f"cho các dòng dưới đây.{ground} {self._received()}"
        )
        for heading, task in (("Chỉ tiêu", False), ("Nhiệm vụ", True)):
            if rows := [row for row in self.rows if row.task is task]:
                yield f"{heading} ({len(rows)}):"
                yield from map(_row, rows)
        named = f", đặt tên tệp <năm-tháng-ngày gửi>-{PART}-{self.part}.xlsx." if self.part else ""
        yield (
            f"Biểu mẫu gửi kèm: {self.form}. Đề nghị điền các dòng trên (chưa có số liệu thì chọn lý do), "
            f"rồi gửi lại tệp{named or ', ghi ngày gửi (năm-tháng-ngày) ở đầu tên tệp.'}"
        )
        yield "Trân trọng cảm ơn."

    def _received(self) -> str:
        if self.arrival is None:
            return "Hiện chưa nhận được báo cáo."
        day = f" ngày {self.arrival.dated[0]:%d/%m/%Y}" if self.arrival.dated else ""
        return f"Đã nhận báo cáo{day}, còn thiếu số liệu."


def _row(row: OwedRow) -> str:
    unit = f" ({row.unit})" if row.unit else ""
    refused = "; số liệu đã gửi bị loại, xem phiếu tiếp nhận" if row.refused else ""
    return f"- {row.code}: {row.name}{unit}{refused}"


def make_reminders(layout: Layout, request: DueRequest, say: Say) -> Iterator[str]:
    """Write the messages of one period, the forms and a CSV of all rows; says how many and where.

    Without a period it is the last one that closed by the day and for which a report is owed. Raises NoInputError
    where nothing is owed for any, UsageError and DataError.
    """
    book = DueBook.open(layout, request.locality)
    if request.locality:
        planned_locality(book.lists, request.locality)
    known_at = request.day if request.past else None
    period, expected = _period(book, request)
    if (cut_off := period.cut_off(book.calendar)) > request.day:
        yield f"Lưu ý: {period.label} chốt ngày {cut_off:%d/%m/%Y}, chưa đến ngày ấy; xem lại kỳ trước khi gửi tin."
    slugs = dict.fromkeys([request.locality] if request.locality else [one.locality for one in expected])
    came = arrivals(layout, [(slug, period) for slug in slugs], book.calendar, known_at)
    collector = _Collector(layout, period, {(one.locality, one.agency): one for one in expected}, came, say)
    written = [reminder for slug in slugs for reminder in collector.remind(slug)]
    path = collector.folder / "nhac.csv"
    collector.folder.mkdir(parents=True, exist_ok=True)
    write_ordinary(path, csv_text(_COLUMNS, [(one, row) for one in written for row in one.rows]))
    yield f"{period.label}: {len(written)} tin nhắc cho {len({one.locality.slug for one in written})} địa phương"
    yield layout.relative(path)


def _period(book: DueBook, request: DueRequest) -> tuple[Period, list[ExpectedReport]]:
    known_at = request.day if request.past else None
    asked = [request.period] if request.period else book.recent_periods(request.day)[::-1]
    for period in asked:
        expected = book.expected([period], known_at)
        if expected or (request.locality and request.period):
            return period, expected
    raise NoInputError(
        "Không có báo cáo nào phải gửi theo data/raw/regimes.yaml. Nêu cả nơi và kỳ: "
        "make reminders LOCALITY=cat-hai PERIOD=2026-Q1"
    )


@dataclass(frozen=True)
class _Collector:
    """What is owed for one period, and what has come; writes the messages of a locality."""

    layout: Layout
    period: Period
    expected: Mapping[tuple[str, str], ExpectedReport]
    """By locality and agency."""
    came: Arrivals
    say: Say

    @property
    def folder(self) -> Path:
        return self.layout.processed / "reminders" / str(self.period)

    def remind(self, slug: str) -> list[Reminder]:
        """Write the messages of a locality and its form, in the place of those written before."""
        registry, folder = read_registry(self.layout, slug), self.folder / slug
        locality = registry.locality(slug)
        reminders = self._reminders(registry, locality, self._rows(registry, locality))
        shutil.rmtree(folder, ignore_errors=True)
        if reminders:
            folder.mkdir(parents=True)
            self.say(f"{locality.full_name}: {len(reminders[0].rows)} dòng còn thiếu")
        run = Run(self.layout, locality, self.period)
        earlier = shown_before(run, silent) if reminders else ()
        for reminder in reminders:
            form = make_template(run, silent, reminder.agency, earlier)
            shutil.copyfile(form, folder / reminder.form)
            write_ordinary(folder / reminder.name, reminder.text)
        return reminders

    def _rows(self, registry: Registry, locality: Locality) -> list[OwedRow]:
        """What the published report lacks; without one, all that the form asks of a locality that sent nothing."""
        completion = published_completion(self.layout, locality.slug, self.period)
        arrival = self.came.get((locality.slug, self.period))
        if arrival is not None and (completion is None or not arrival.complete):
            unknown, how = "đã gửi, chưa biết thiếu dòng nào", f"make report LOCALITY={locality.slug}"
            self.say(f"{locality.full_name}: {unknown}. Lập báo cáo trước: {how} PERIOD={self.period}")
            return []
        if completion is not None:
            return owed_rows(completion)
        form, leads = form_of(registry, locality, self.period, ()), self._leads(registry, locality)
        rows = [
            OwedRow(code, name, unit, False, leads.by_code.get(code, ())) for code, name, unit, *_ in form.indicators
        ]
        return rows + [OwedRow(code, name, "", True, leads.by_task.get(code, ())) for code, name, *_ in form.tasks]

    def _leads(self, registry: Registry, locality: Locality) -> LeadAgencies:
        return LeadAgencies.of(registry, locality.slug, self.period.cut_off(registry.calendar))

    def _reminders(self, registry: Registry, locality: Locality, rows: Sequence[OwedRow]) -> list[Reminder]:
        slug, leads = locality.slug, self._leads(registry, locality)
        whole, arrival = self.expected.get((slug, "")), self.came.get((slug, self.period))
        # A plan that was amended since may no longer name an office that a published report still does.
        agencies = {name: found for name, found in by_agency(rows).items() if name in leads.ids}
        recipients = {"": rows, **agencies} if rows else {}
        return [
            Reminder(
                locality=locality,
                agency=agency,
                period=self.period,
                cut_off=self.period.cut_off(registry.calendar),
                report=self.expected.get((slug, agency), whole),
                arrival=_own(arrival, slugs_of_agency(registry, agency, slug), leads.by_slug) if agency else arrival,
                rows=tuple(lacking),
                form=form_name(locality, self.period, leads.ids.get(agency, "")),
                part=leads.ids.get(agency, ""),
            )
            for agency, lacking in recipients.items()
        ]


def _own(arrival: Arrival | None, slugs: Collection[str], known: Collection[str]) -> Arrival | None:
    """What came from an agency: its parts; where it sent none, the files of the whole locality."""
    if arrival is None:
        return None
    return arrival_of(arrival.of_agency(slugs) or arrival.of_the_whole(known), dt.date.max)


_C = FrameColumn[tuple[Reminder, OwedRow]]
_COLUMNS = (
    _C("locality", lambda x: x[0].locality.slug, "địa phương"),
    _C("name", lambda x: x[0].locality.full_name, "tên đầy đủ"),
    _C("agency", lambda x: x[0].agency, "cơ quan được nhắc; trống nếu nhắc cả địa phương"),
    _C("period", lambda x: str(x[0].period), "kỳ báo cáo"),
    _C("due", lambda x: x[0].report.due if x[0].report else None, "hạn gửi", Dtype.DAY),
    _C("kind", lambda x: "nhiệm vụ" if x[1].task else "chỉ tiêu", "chỉ tiêu hay nhiệm vụ"),
    _C("code", lambda x: x[1].code, "mã dòng còn thiếu"),
    _C("row", lambda x: x[1].name, "tên dòng"),
    _C("unit", lambda x: x[1].unit, "đơn vị"),
    _C("refused", lambda x: x[1].refused, "số liệu đã gửi bị loại", Dtype.FLAG),
    _C("message", lambda x: f"{x[0].locality.slug}/{x[0].name}", "tệp tin nhắc"),
    _C("form", lambda x: f"{x[0].locality.slug}/{x[0].form}", "biểu mẫu gửi kèm"),
)
