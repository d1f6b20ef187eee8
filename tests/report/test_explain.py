import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion
from pipeline.errors import UsageError
from pipeline.intake.rows import Intake
from pipeline.intake.validate import validate_period
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.explain import explain, find_row
from tests.factories import report_2026_as_2025


@pytest.fixture(scope="module")
def state(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> tuple[Completion, Intake]:
    layout = report_2026_as_2025(tmp_path_factory.mktemp("explain"))
    intake = validate_period(layout, registry, "binh-giang", Period(2026))
    return evaluate(registry, registry.locality("binh-giang"), Period(2026), intake), intake


def _text(state: tuple[Completion, Intake], written: str) -> str:
    completion, intake = state
    return "\n".join(explain(completion, intake, *find_row(completion, written)))


@pytest.mark.parametrize("written", ["binh-giang-2026/II/14", "binh-giang-2026/II.14", "BINH-GIANG-2026/ii/14"])
def test_the_chain_of_one_figure(state: tuple[Completion, Intake], written: str) -> None:
    text = _text(state, written).replace("\N{NO-BREAK SPACE}", " ")
    for part in (
        "data/raw/submissions/binh-giang/2026/ket-qua-2025.csv, G",
        "ghi “11,87”, đọc là 11,87%",
        "quy tắc: không phát hiện vấn đề",
        "nhóm II",
        "mục tiêu ghi “≥ 80%”, đọc là ≥ 80%",
        "11,87 < 80: chưa thỏa mục tiêu; kết luận: chưa đạt tại ngày chốt (còn 17 ngày)",
        "kế hoạch: 10/22 đến 16/22 chỉ tiêu đạt",
    ):
        assert part in text, text


def test_a_missing_value_is_explained(state: tuple[Completion, Intake]) -> None:
    text = _text(state, "binh-giang-2026/II/11")
    assert "không có tệp nào" in text
    assert "thiếu số liệu không phải là 0" in text
    assert "cận trên coi là đạt" in text


def test_an_unknown_row_is_answered_with_the_nearest(state: tuple[Completion, Intake]) -> None:
    with pytest.raises(UsageError, match="binh-giang-2026/ii"):
        find_row(state[0], "binh-giang-2026/II/99")
