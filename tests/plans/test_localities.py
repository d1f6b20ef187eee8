"""The list of localities: the whole country, fast to read, and what is answered for a name that is not in it."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.paths import CODE, Layout
from pipeline.plans import models
from pipeline.plans.localities import FORMER, Localities, Row, former_localities, read_localities, slug_of
from pipeline.plans.models import Locality
from pipeline.plans.registry import NO_PLANS, Registry, read_registry
from pipeline.plans.text import canonical_key

HEAD = "code,slug,name,full_name,type,parent,since,merged\n"
HAI_PHONG = Path(__file__).with_name("hai-phong-units.csv")
"""Code and full name of the 114 units of Hải Phòng, taken from another source (Quyết định 19/2025/QĐ-TTg)."""


@pytest.fixture(scope="module")
def places() -> Localities:
    return read_registry(Layout(), NO_PLANS).localities


def test_the_country_as_of_1_july_2025(places: Localities) -> None:
    """Quyết định 19/2025/QĐ-TTg: 34 provinces and cities, 3,321 communes."""
    provinces = Counter(row.type for row in places.rows if not row.parent)
    communes = Counter(row.type for row in places.rows if row.parent)
    assert provinces == {"Tỉnh": 28, "Thành phố": 6}
    assert communes == {"Xã": 2621, "Phường": 687, "Đặc khu": 13}
    assert {len(row.code) for row in places.rows if row.parent} == {5}
    assert len(places.by_slug) == len(places.by_code) == len(places) == 3355
    for row in places.rows:
        assert row.full_name == f"{row.type} {row.name}"


def test_the_units_of_hai_phong_are_those_of_another_source(places: Localities) -> None:
    with HAI_PHONG.open(encoding="utf-8", newline="") as lines:
        known = {row["code"]: canonical_key(row["full_name"]) for row in csv.DictReader(lines)}
    assert {row.code: canonical_key(row.full_name) for row in places.rows if row.parent == "31"} == known
    assert len(known) == 114


def test_a_taken_name_has_its_code_appended(places: Localities) -> None:
    named = Counter(slug_of(row.name) for row in places.rows if row.parent)
    assert (sum(n > 1 for n in named.values()), sum(n for n in named.values() if n > 1)) == (373, 949)
    provinces = {row.slug for row in places.rows if not row.parent}
    for row in places.rows:
        if row.parent and row.parent != "31":  # those of Hải Phòng were there before and keep their slugs
            name = slug_of(row.name)
            taken = named[name] > 1 or name in provinces
            assert row.slug == (f"{name}-{row.code}" if taken else name)
    assert places.named("lao-cai").code == "15"
    assert places.named("lao-cai-02647").full_name == "Phường Lào Cai"
    assert places.named("tan-an").code == "11167"


@pytest.mark.parametrize(
    ("slug", "since", "merged"),
    [
        ("ha-noi", None, False),
        ("hai-phong", dt.date(2025, 7, 1), True),
        ("cat-hai", dt.date(2025, 7, 1), True),
        ("bach-long-vi", dt.date(2025, 7, 1), False),  # the district, made a special zone
        ("dak-lua", None, False),  # one of those that were not rearranged
    ],
)
def test_since_when_a_unit_exists(places: Localities, slug: str, since: dt.date | None, merged: bool) -> None:
    place = places.named(slug)
    assert (place.since, place.merged) == (since, merged)
    assert place.is_before_merger(dt.date(2025, 6, 30)) is merged
    assert not place.is_before_merger(dt.date(2025, 7, 1))


def test_what_former_units_became(places: Localities) -> None:
    former = list(former_localities(CODE / "data" / "raw" / FORMER))
    assert Counter(len(one.code) for one in former) == {2: 63, 3: 5, 5: 10_035}
    assert {code for one in former for code in one.became} == set(places.by_code)
    by_code = {one.code: one for one in former}
    assert by_code["318"].became == ("11948",)  # huyện Bạch Long Vĩ
    assert by_code["30"].full_name == "Tỉnh Hải Dương"
    assert by_code["30"].became == ("31",)
    of_cat_hai = [one for one in former if "11914" in one.became]
    assert len(of_cat_hai) == 12
    assert {one.district for one in of_cat_hai} == {"Huyện Cát Hải"}
    parts = Counter(code for one in former for code in one.became)
    split = {code for one in former if len(one.became) > 1 for code in one.became}
    for row in places.rows:
        assert (row.merged == "yes") == (parts[row.code] > 1 or row.code in split), row


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("cat-hay", ["cat-hai (Đặc khu Cát Hải, Thành phố Hải Phòng)"]),
        ("Cát Hải", ["cat-hai (Đặc khu Cát Hải, Thành phố Hải Phòng)"]),
        ("dac-khu-cat-hai", ["cat-hai (Đặc khu Cát Hải, Thành phố Hải Phòng)"]),
        ("lao-kai", ["lao-cai (Tỉnh Lào Cai)", "lao-cai-02647 (Phường Lào Cai, Tỉnh Lào Cai)"]),
        ("tinh-hai-duong", ["Tỉnh Hải Dương → hai-phong (Thành phố Hải Phòng)"]),
        ("Thị trấn Cát Bà", ["Thị trấn Cát Bà, Huyện Cát Hải, Thành phố Hải Phòng → cat-hai"]),
        ("zzzzzz", ["Xem data/raw/localities.csv"]),
    ],
)
def test_what_may_be_meant_is_named(registry: Registry, written: str, parts: list[str]) -> None:
    with pytest.raises(UsageError) as raised:
        registry.locality(written)
    for part in parts:
        assert part in str(raised.value)


def test_a_name_of_several_communes_is_answered_with_each_and_its_province(registry: Registry) -> None:
    with pytest.raises(UsageError) as raised:
        registry.locality("tan-thanh")
    message = str(raised.value)
    assert "15 nơi có tên này" in message
    slugs = [row.slug for row in registry.localities.rows if slug_of(row.name) == "tan-thanh"]
    for slug in slugs:
        assert slug in message
    assert len(re.findall(r"\((?:Xã|Phường) T[^,]*, (?:Tỉnh|Thành phố) [^)]*\)", message)) == len(slugs) == 15


def test_only_the_localities_that_are_asked_for_become_records(monkeypatch: pytest.MonkeyPatch) -> None:
    made = list[object]()
    validate = Locality.model_validate
    monkeypatch.setattr(models.Locality, "model_validate", lambda row: (made.append(row), validate(row))[1])
    read_localities.cache_clear()
    registry = read_registry(Layout(), "cat-hai")
    assert registry.locality("cat-hai").parent == "31"
    assert registry.localities.of_code("31") is not None
    assert len(made) == 2


@pytest.mark.parametrize(
    "line",
    [
        "011,x,X,Xã X,Xã,31,,",
        "00001,X,X,Xã X,Xã,31,,",
        f"00001,{'x' * 65},X,Xã X,Xã,31,,",
        "00001,x,,Xã X,Xã,31,,",
        "00001,x,X,Xã X,Xã,31,2025-02-30,",
        "00001,x,X,Xã X,Xã,31,2025-7-1,",
        "00001,x,X,Xã X,Xã,31,,maybe",
        "00001,x,X,Xã X,Xã,31,,,",
        "00001,x,X",
    ],
)
def test_a_line_is_refused_as_its_record_refuses_it(line: str) -> None:
    good = "31,hai-phong,Hải Phòng,Thành phố Hải Phòng,Thành phố,,2025-07-01,yes\n"
    _, faults = read_localities(f"{HEAD}{good}{line}\n{good}")
    assert faults
    assert all(fault.place.startswith("dòng 3, ") for fault in faults)


def test_spaces_and_decomposed_letters_are_tidied_and_columns_may_be_missing() -> None:
    city = "Ha\u0309i Pho\u0300ng"
    found, faults = read_localities(f'{HEAD}31, hai-phong ,{city},"Thành  phố Hải Phòng",Tp,,2025-07-31,yes\n')
    assert not faults
    assert found.rows == (Row("31", "hai-phong", "Hải Phòng", "Thành phố Hải Phòng", "Tp", "", "2025-07-31", "yes"),)
    assert found[0].since == dt.date(2025, 7, 31)
    old, faults = read_localities("code,slug,name,full_name,type,parent\n31,hai-phong,Hải Phòng,Tp Hải Phòng,Tp,\n")
    assert not faults
    assert (old[0].since, old[0].merged) == (None, False)
