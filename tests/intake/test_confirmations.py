"""An office says that a similar value holds for a row; without that it decides nothing."""

import datetime as dt
import re

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion, IndicatorResult
from pipeline.completion.statuses import Status
from pipeline.errors import DataError
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry

CONFIRMATION = """
- row: cat-hai-nq57/PL2.IV.26
  given_for: online-dossiers-received
  period: "2025"
  value: ">98"
  as_of: 2025-11-20
  office: Trung tâm Phục vụ hành chính công đặc khu Cát Hải
  confirmed_on: 2026-02-10
  evidence: Công văn số 5/TTPVHCC
"""


def _confirm(layout: Layout, text: str) -> None:
    folder = layout.confirmations / "cat-hai"
    folder.mkdir(parents=True)
    (folder / "xac-nhan-01.yaml").write_text(text, "utf-8")


def _completion(
    layout: Layout, registry: Registry, period: str = "2025", known_at: dt.date | None = None
) -> Completion:
    when = Period.parse(period)
    intake = validate_period(layout, registry, "cat-hai", when, known_at)
    return evaluate(registry, registry.locality("cat-hai"), when, intake)


def _row(completion: Completion, label: str) -> IndicatorResult:
    return next(r for plan in completion.plans for r in plan.indicators if r.key.label == label)


def test_a_similar_value_is_shown_and_decides_nothing(layout: Layout, registry: Registry) -> None:
    completion = _completion(layout, registry)
    near = {r.key.label: [o.text for o in r.near] for plan in completion.plans for r in plan.indicators if r.near}
    assert near == {"2.2": [">98"], "PL1.I.1": [">98"], "PL2.IV.26": [">98"]}
    assert (completion.rate.met, completion.rate.observed) == (0, 0)
    assert {c.id for c in completion.definitions} >= {"online-dossier-rate", "online-dossiers-received"}


def test_the_office_confirms_and_the_value_decides(layout: Layout, registry: Registry) -> None:
    _confirm(layout, CONFIRMATION)
    completion = _completion(layout, registry)
    row = _row(completion, "PL2.IV.26")
    assert (row.status, row.near, completion.rate.met) == (Status.MET, (), 1)
    assert row.observation is not None
    assert row.observation.origin.file.endswith("trang-cong-khai.csv")
    assert "Trung tâm Phục vụ hành chính công đặc khu Cát Hải xác nhận" in row.observation.note
    assert "10/02/2026" in row.observation.note
    # The other rows still have it as a similar value alone.
    assert _row(completion, "2.2").status is Status.NOT_SUBMITTED


def test_a_confirmation_is_known_from_its_day(layout: Layout, registry: Registry) -> None:
    _confirm(layout, CONFIRMATION)
    assert _completion(layout, registry, known_at=dt.date(2026, 2, 9)).rate.met == 0
    assert _completion(layout, registry, known_at=dt.date(2026, 2, 10)).rate.met == 1


def test_a_confirmation_for_a_later_period_does_not_touch_an_earlier_report(layout: Layout, registry: Registry) -> None:
    _confirm(layout, CONFIRMATION)
    assert _completion(layout, registry, "2024").rate.met == 0


@pytest.mark.parametrize(
    ("before", "after", "key", "message"),
    [
        ("PL2.IV.26", "PL2.IV.99", "row", "không có chỉ tiêu “cat-hai-nq57/PL2.IV.99”"),
        ("online-dossiers-received", "nowhere", "given_for", "không có chỉ tiêu, khái niệm “nowhere”"),
        ("online-dossiers-received", "vneid-accounts", "given_for", "không phải khái niệm gần nghĩa"),
        ('"2025"', "2027-Q1", "period", "kỳ 2027-Q1 không có số liệu"),
        ('"2025"', "năm ngoái", "period", "năm ngoái"),
        ('">98"', '">97"', "value", "không có giá trị “>97” ngày 2025-11-20"),
        ("2025-11-20", "2025-11-21", "value", "hiện có: “>98” ngày 2025-11-20"),
        ("  office: Trung tâm Phục vụ hành chính công đặc khu Cát Hải\n", "", "office", "thiếu khóa này"),
        ("evidence:", "văn bản:", "văn bản", "không có khóa tên như vậy"),
    ],
)
def test_a_wrong_confirmation_is_named_with_file_key_and_remedy(
    layout: Layout, registry: Registry, before: str, after: str, key: str, message: str
) -> None:
    _confirm(layout, CONFIRMATION.replace(before, after, 1))
    with pytest.raises(DataError) as error:
        _completion(layout, registry)
    (finding,) = error.value.findings
    assert finding.file == "data/raw/confirmations/cat-hai/xac-nhan-01.yaml"
    assert re.fullmatch(rf"(mục 1|dòng [1-9] của tệp), {key}", finding.place)
    assert message in finding.message
