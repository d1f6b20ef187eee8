"""Expected and actual reports as frames (bảng phải gửi, đã gửi), and the rates over them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from pipeline.due.timeliness import DueReport, ReportingRate, Timeliness
from pipeline.typed_frame import Dtype, FrameColumn, typed_frame

if TYPE_CHECKING:
    import pandas as pd


class OnDay(NamedTuple):
    """A report, and the day that is asked about; None where no day is."""

    report: DueReport
    day: dt.date | None


_D = FrameColumn[OnDay]
DUE: tuple[FrameColumn[OnDay], ...] = (
    _D("province", lambda x: x.report.expected.place.parent or x.report.expected.place.code, "mã tỉnh, thành phố"),
    _D("locality", lambda x: x.report.expected.locality, "địa phương"),
    _D("name", lambda x: x.report.expected.place.full_name, "tên đầy đủ"),
    _D("agency", lambda x: x.report.expected.agency, "cơ quan chủ trì; trống nếu là báo cáo của cả địa phương"),
    _D("period", lambda x: str(x.report.expected.period), "kỳ báo cáo"),
    _D("cut_off", lambda x: x.report.expected.cut_off, "ngày chốt số liệu", Dtype.DAY),
    _D("due", lambda x: x.report.expected.due, "hạn gửi; trống nếu không văn bản nào ghi", Dtype.DAY),
    _D("state", lambda x: x.report.state, "đã gửi hay chưa, đúng hạn hay muộn", Dtype.CATEGORY, of=Timeliness),
    _D("received", lambda x: x.report.received_on, "ngày nhận tệp đầu tiên, theo tên tệp", Dtype.DAY),
    _D("days_late", lambda x: x.report.days_late, "đã gửi, muộn", Dtype.INTEGER, "ngày"),
    _D(
        "days_over",
        lambda x: x.report.days_over(x.day) or None if x.day else None,
        "chưa gửi, quá hạn vào ngày được hỏi",
        Dtype.INTEGER,
        "ngày",
    ),
    _D("files", lambda x: x.report.files, "tệp đã gửi", Dtype.INTEGER, "tệp"),
    _D("undated", lambda x: x.report.undated, "trong đó, tệp mà tên không ghi ngày nhận", Dtype.INTEGER, "tệp"),
    _D(
        "rows_accepted",
        lambda x: x.report.rows.accepted if x.report.rows else None,
        "dòng có số liệu được nhận, theo báo cáo đã công bố",
        Dtype.INTEGER,
        "dòng",
    ),
    _D(
        "rows_asked",
        lambda x: x.report.rows.asked if x.report.rows else None,
        "dòng được hỏi; trống nếu chưa có báo cáo của kỳ",
        Dtype.INTEGER,
        "dòng",
    ),
    _D("to", lambda x: x.report.expected.to, "nơi nhận; trống nếu văn bản không ghi"),
    _D("inferred", lambda x: x.report.expected.inferred, "văn bản không ghi kỳ, suy ra từ mục tiêu năm", Dtype.FLAG),
    _D("ground", lambda x: x.report.expected.ground, "căn cứ"),
    _D("plans", lambda x: "; ".join(x.report.expected.plans), "kế hoạch phải báo cáo"),
    _D("synthetic", lambda x: x.report.expected.synthetic, "kế hoạch mô phỏng để thử", Dtype.FLAG),
)


class RateOfReports(NamedTuple):
    """A rate with what it is of: a locality, a province, an agency, or all (''), in a period."""

    of: str
    period: str
    rate: ReportingRate


def _count(state: Timeliness) -> Callable[[RateOfReports], int]:
    return lambda x: x.rate.of(state)


_R = FrameColumn[RateOfReports]
REPORTING: tuple[FrameColumn[RateOfReports], ...] = (
    _R("of", lambda x: x.of, "của địa phương, tỉnh, cơ quan nào; trống nếu là tất cả"),
    _R("period", lambda x: x.period, "kỳ báo cáo"),
    _R("expected", lambda x: x.rate.expected, "phải gửi", Dtype.INTEGER, "báo cáo"),
    _R("sent", lambda x: x.rate.sent, "đã gửi", Dtype.INTEGER, "báo cáo"),
    _R("on_time", _count(Timeliness.ON_TIME), "trong đó đúng hạn", Dtype.INTEGER, "báo cáo"),
    _R("late", _count(Timeliness.LATE), "trong đó muộn", Dtype.INTEGER, "báo cáo"),
    _R("day_unknown", _count(Timeliness.DAY_UNKNOWN), "trong đó không rõ ngày nhận", Dtype.INTEGER, "báo cáo"),
    _R("no_due_day", _count(Timeliness.RECEIVED), "trong đó không có hạn gửi", Dtype.INTEGER, "báo cáo"),
    _R("unread", _count(Timeliness.UNREAD), "trong đó chưa biết dòng nào của cơ quan", Dtype.INTEGER, "báo cáo"),
    _R("not_sent", _count(Timeliness.NOT_SENT), "chưa gửi", Dtype.INTEGER, "báo cáo"),
    _R("with_due_day", lambda x: x.rate.with_day, "phải gửi mà có hạn, mẫu số của đúng hạn", Dtype.INTEGER, "báo cáo"),
    _R("rows_accepted", lambda x: x.rate.accepted, "dòng có số liệu được nhận", Dtype.INTEGER, "dòng"),
    _R("rows_asked", lambda x: x.rate.asked, "dòng được hỏi của các báo cáo đã công bố", Dtype.INTEGER, "dòng"),
)


class By(StrEnum):
    """What reports are put together by (gộp theo)."""

    ALL = "all"
    """All in one, those of localities and of agencies alike."""
    LOCALITY = "locality"
    """Those of each locality as a whole."""
    PROVINCE = "province"
    """Those of localities as a whole, by province or city."""
    AGENCY = "agency"
    """Those of agencies, by name."""

    def takes(self, report: DueReport) -> bool:
        """Whether a report enters: reports of a locality and of agencies inside it are not added."""
        return self is By.ALL or (self is By.AGENCY) is bool(report.expected.agency)


def group_of_report(report: DueReport, by: By) -> str:
    """The group to which a report belongs: the slug, the code of the province, the name of the agency, or ''."""
    expected = report.expected
    if by is By.ALL:
        return ""
    if by is By.AGENCY:
        return expected.agency
    return expected.locality if by is By.LOCALITY else expected.place.parent or expected.place.code


def due_frame(reports: Iterable[DueReport], day: dt.date | None = None) -> pd.DataFrame:
    """One row per expected report, over `DUE`; `day` is the day that is asked about."""
    return typed_frame(DUE, (OnDay(report, day) for report in reports))


def rates_over(reports: Iterable[DueReport], by: By = By.ALL) -> list[RateOfReports]:
    """The rates of each group and period, in the order in which they occur."""
    groups = dict[tuple[str, str], list[DueReport]]()
    for report in filter(by.takes, reports):
        groups.setdefault((group_of_report(report, by), str(report.expected.period)), []).append(report)
    return [RateOfReports(of, period, ReportingRate.over(found)) for (of, period), found in groups.items()]


def reporting_frame(reports: Iterable[DueReport], by: By = By.ALL) -> pd.DataFrame:
    """One row per group and period, over `REPORTING`."""
    return typed_frame(REPORTING, rates_over(reports, by))
