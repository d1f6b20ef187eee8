from pathlib import Path

import pytest

from pipeline.errors import DataError, NoInputError, UsageError
from pipeline.paths import Layout
from pipeline.plans.registry import Registry, read_registry
from tests.factories import DOCUMENTS

PLAN = "data/raw/plans/bach-long-vi/bach-long-vi-2026.yaml"

TASK = "deadline: theo hướng dẫn của Sở Nội vụ thành phố"


def _change(layout: Layout, file: str, old: str, new: str) -> None:
    path = layout.root / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "parts"),
    [
        (PLAN, "concept: coverage-5g", "concept: coverage-7g", ["chỉ tiêu I.1", "coverage-7g", "concepts.yaml"]),
        (PLAN, 'text: "≥80%"', 'text: "chứng 80%"', ["dòng I/1", "chứng 80%"]),
        (PLAN, "[Phòng Kinh tế đặc khu]", "[Phòng Kinh te]", ["V.4", "Phòng Kinh te", "agencies.yaml"]),
        (PLAN, '  - group: "I"\n    no: "2"', '  - group: "I"\n    no: "1"', ["I.1", "hai lần"]),
        (PLAN, "year: 2026, text", "year: 2036, text", ["2036", "2026–2026"]),
        (PLAN, "deadline: trong năm 2026", "deadline: sang năm", ["sang năm", "6/3"]),
        (PLAN, '    unit: "%"\n', "    unit: người\n", ["người", "I/1"]),
        (PLAN, "title: Kế", "titel: Kế", ["titel", "title"]),
        (PLAN, "id: bach-long-vi-2026", "id: bach-long-vi-2027", ["<locality>/<id>.yaml"]),
        (PLAN, "locality: bach-long-vi", "locality: bach-long", ["bach-long"]),
        (PLAN, 'group: "I"', 'group: "IX"', ["IX", "groups"]),
        (PLAN, "number: 14/KH-UBND", "number: 14/KH-UBND\nnumber: 15/KH-UBND", ["khóa ghi hai lần", "number"]),
        (PLAN, "groups:", "groups: [", ["dòng"]),
        (PLAN, f"{TASK}\n", f"{TASK}\n    continues: bach-long-vi-2026/2.2\n", ["nhiệm vụ 2.1", "chính kế hoạch này"]),
        (PLAN, f"{TASK}\n", f"{TASK}\n    continues: cat-hai-nq57/9.9\n", ["nhiệm vụ 2.1", "cat-hai-nq57/9.9"]),
        (PLAN, "date: 2026-", "date: 2026-99-", ["dòng ", "date"]),
        ("data/raw/agencies.yaml", "name: Đảng ủy", "name: Công an xã", ["hai lần"]),
        ("data/raw/localities.csv", ",cat-hai,", ",bach-long-vi,", ["slug bach-long-vi", "hai lần"]),
        ("data/raw/localities.csv", "11948,", "48,", ["bach-long-vi", "“48”", "5 chữ số"]),
        ("data/raw/localities.csv", "Đặc khu Cát Hải,Đặc khu,31", "Đặc khu Cát Hải,Đặc khu,99", ["cat-hai", "“99”"]),
    ],
)
def test_a_fault_is_reported_with_file_place_and_reason(layout: Layout, file, old, new, parts) -> None:
    _change(layout, file, old, new)
    with pytest.raises(DataError) as raised:
        read_registry(layout)
    message = str(raised.value)
    assert Path(file).name in message
    for part in parts:
        assert part in message, message
    assert "Traceback" not in message


def test_the_committed_registry_is_sound() -> None:
    """Every plan and list, also those that joined after the tests were written."""
    assert len(read_registry(Layout()).plans) >= len(DOCUMENTS)


def test_all_faults_are_reported_at_once(layout: Layout) -> None:
    _change(layout, PLAN, "concept: coverage-5g", "concept: coverage-7g")
    _change(layout, "data/raw/plans/binh-giang/binh-giang-2026.yaml", "concept: lan-upgrade", "concept: lan")
    with pytest.raises(DataError) as raised:
        read_registry(layout)
    assert len(raised.value.findings) == 2


def test_a_plan_in_another_encoding_is_refused(layout: Layout) -> None:
    path = layout.root / PLAN
    path.write_bytes(path.read_text("utf-8").encode("utf-16"))
    with pytest.raises(DataError, match="bach-long-vi-2026"):
        read_registry(layout)


def test_tasks_that_continue_each_other_in_a_circle_are_refused(layout: Layout) -> None:
    later = "data/raw/plans/bach-long-vi/bach-long-vi-2027.yaml"
    text = (layout.root / PLAN).read_text("utf-8")
    (layout.root / later).write_text(text.replace("id: bach-long-vi-2026", "id: bach-long-vi-2027", 1), "utf-8")
    for file, other in ((PLAN, "bach-long-vi-2027"), (later, "bach-long-vi-2026")):
        _change(layout, file, f"{TASK}\n", f"{TASK}\n    continues: {other}/2.1\n")
    with pytest.raises(DataError) as raised:
        read_registry(layout)
    messages = [f.message for f in raised.value.findings if f.rule == "continues"]
    assert len(messages) == 2
    assert all("thành vòng" in text for text in messages)


def test_a_list_of_localities_in_another_encoding_is_refused(layout: Layout) -> None:
    path = layout.raw / "localities.csv"
    path.write_bytes(path.read_text("utf-8").encode("utf-16"))
    with pytest.raises(DataError, match="CSV UTF-8"):
        read_registry(layout)


def test_a_missing_list_is_reported(layout: Layout) -> None:
    (layout.raw / "localities.csv").unlink()
    with pytest.raises(NoInputError, match=r"data/raw/localities\.csv"):
        read_registry(layout)


def test_unknown_localities_get_the_nearest_names(registry: Registry) -> None:
    with pytest.raises(UsageError, match="cat-hai"):
        registry.locality("cat-hay")


def test_one_printed_form_may_mean_two_offices_in_two_places(registry: Registry) -> None:
    assert registry.agency_names(["Công an xã"], "cat-hai") == ("Công an đặc khu",)
    assert registry.agency_names(["Công an xã"], "binh-giang") == ("Công an xã",)


def test_the_city_and_its_114_units(registry: Registry) -> None:
    """Nghị quyết 1669/NQ-UBTVQH15: 67 xã, 45 phường, 2 đặc khu."""
    kinds = [x.type for x in registry.localities if "31" in (x.code, x.parent)]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"Thành phố": 1, "Xã": 67, "Phường": 45, "Đặc khu": 2}


def test_records_are_cached_by_content(layout: Layout) -> None:
    before = read_registry(layout)
    assert read_registry(layout).concepts[0] is before.concepts[0]
    _change(layout, "data/raw/concepts.yaml", before.concepts[0].name, "Tên khác")
    assert read_registry(layout).concepts[0].name == "Tên khác"
    _change(layout, "data/raw/localities.csv", before.localities[0].full_name, "Nơi khác")
    assert read_registry(layout).localities[0].full_name == "Nơi khác"
    _change(layout, PLAN, 'text: "≥80%"', 'text: "chứng 80%"')
    for _ in range(2):  # a fault is reported each time it is read
        with pytest.raises(DataError, match="chứng 80%"):
            read_registry(layout)
