"""The list of localities (danh mục địa phương): 34 provinces and 3,321 communes, and the units they were before.

Every command reads the list, so that records are made of the rows that are asked for, and the others are only checked
for their form.
"""

from __future__ import annotations

import csv
import difflib
import io
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple, overload

from pydantic import ValidationError

from pipeline.errors import Finding
from pipeline.plans.models import Locality
from pipeline.plans.text import message_and_remedy
from pipeline.whole import input_text

NATIONAL = "quoc-gia"
"""The folder of the plans of the Government and its ministries. It is no locality: nothing is reported of it."""
FORMER = "former-localities.csv"
"""The units of before 1 July 2025 and what each became; read only to answer for a name that is not in the list."""
MOST_NAMED = 20
"""Localities named in one answer."""
_FORMS = tuple(
    re.compile(rf"(?:(?:{form})\n)*+")
    for form in (
        r"[0-9]{2}(?:[0-9]{3})?",
        r"(?=.{1,64}\n)[a-z0-9]++(?:-[a-z0-9]++)*+",
        *[r".+"] * 3,
        r"[0-9]*+",
        r"(?:20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8]))?",
        r"(?:yes|no)?",
    )
)
"""For each column of the list, what `Locality` asks of its cells, of which the white space is known to be tidy."""
_UNTIDY = re.compile(r"[^\S\n ]")
_KIND = re.compile(r"^(?:xa|phuong|thi-tran|dac-khu|huyen|quan|thi-xa|tinh|thanh-pho)-(?=.)")


class Row(NamedTuple):
    """One line of the list, as texts. `since` and `merged` may be missing from a list."""

    code: str
    slug: str
    name: str
    full_name: str
    type: str
    parent: str = ""
    since: str = ""
    merged: str = ""

    @classmethod
    def of(cls, place: Locality) -> Row:
        """The line of a record."""
        since = place.since.isoformat() if place.since else ""
        texts = (place.code, place.slug, place.name, place.full_name, place.type, place.parent)
        return cls(*texts, since, "yes" if place.merged else "")

    @property
    def named(self) -> str:
        """The slug of its name alone: that of another locality, too, where the own slug ends in the code."""
        return self.slug.removesuffix(f"-{self.code}")


class Fault(NamedTuple):
    """What is wrong with a line: its place, what, and the remedy."""

    place: str
    message: str
    remedy: str


class Localities(Sequence[Locality]):
    """The localities in the order of the list; a record is made when it is first asked for."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = tuple(rows)
        self._made = dict[str, Locality]()

    @overload
    def __getitem__(self, place: int) -> Locality: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Locality]: ...
    def __getitem__(self, place: int | slice) -> Locality | Sequence[Locality]:
        if isinstance(place, slice):
            return Localities(self.rows[place])
        return self._record(self.rows[place])

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Locality]:
        return map(self._record, self.rows)

    def get(self, slug: str) -> Locality | None:
        """The locality of a slug, or None."""
        row = self.by_slug.get(slug)
        return self._record(row) if row else None

    def named(self, slug: str) -> Locality:
        """The locality of a slug. Raises KeyError."""
        return self._record(self.by_slug[slug])

    def of_code(self, code: str) -> Locality | None:
        """The locality of an official code, or None."""
        row = self.by_code.get(code)
        return self._record(row) if row else None

    @cached_property
    def by_slug(self) -> dict[str, Row]:
        """The lines by slug, which names the folders of a locality."""
        return {row.slug: row for row in self.rows}

    @cached_property
    def by_code(self) -> dict[str, Row]:
        """The lines by official code (mã theo Quyết định 19/2025/QĐ-TTg)."""
        return {row.code: row for row in self.rows}

    def namesakes(self, name: str) -> list[Row]:
        """All localities of a name, written with or without its marks, and of its kind if it is given."""
        key = slug_of(name)
        of_kind = (row for row in self._by_name.get(_KIND.sub("", key), ()) if slug_of(row.full_name) == key)
        return self._by_name.get(key) or list(of_kind)

    def described(self, rows: Sequence[Row]) -> str:
        """Slug, full name and province of at most `MOST_NAMED`: 'cat-hai (Đặc khu Cát Hải, Thành phố Hải Phòng)'."""
        more = f" và {len(rows) - MOST_NAMED} nơi khác trong data/raw/localities.csv" if len(rows) > MOST_NAMED else ""
        return "; ".join(map(self._described, rows[:MOST_NAMED])) + more

    def suggestion(self, written: str, folder: Path | None = None) -> str:
        """Which localities may be meant by a name that is no slug of the list, as a sentence; '' where none is near.

        All that have the name come first, then what former units of the name became (`FORMER` in `folder`), then names
        that are written nearly so.
        """
        if same := self.namesakes(written):
            if len(same) == 1:
                return f" Có phải: {self._described(same[0])}?"
            return f" {len(same)} nơi có tên này: {self.described(same)}."
        if became := list(self._became(written, folder)):
            return f" Đơn vị cũ, nay thuộc: {'; '.join(became[:MOST_NAMED])}."
        bare = _KIND.sub("", slug_of(written))
        near = [bare] if bare in self._by_name else difflib.get_close_matches(bare, self._by_name, n=3, cutoff=0.6)
        rows = [row for name in near for row in self._by_name[name]]
        return f" Có phải: {self.described(rows)}?" if rows else ""

    def _became(self, written: str, folder: Path | None) -> Iterator[str]:
        key = slug_of(written)
        for former in former_localities(folder / FORMER) if folder else ():
            if key in (slug_of(former.full_name), _KIND.sub("", slug_of(former.full_name))):
                now = [self.by_code[code] for code in former.became if code in self.by_code]
                place = ", ".join(filter(None, (former.full_name, former.district, former.province)))
                yield f"{place} → {self.described(now)}"

    @cached_property
    def _by_name(self) -> dict[str, list[Row]]:
        found = dict[str, list[Row]]()
        for row in self.rows:
            found.setdefault(row.named, []).append(row)
        return found

    def _described(self, row: Row) -> str:
        parent = self.by_code.get(row.parent)
        return f"{row.slug} ({row.full_name}{f', {parent.full_name}' if parent else ''})"

    def _record(self, row: Row) -> Locality:
        if row.slug not in self._made:
            self._made[row.slug] = Locality.model_validate(row._asdict())
        return self._made[row.slug]


class FormerLocality(NamedTuple):
    """A unit of before 1 July 2025 (đơn vị hành chính cũ) and the codes of those that its area is in now."""

    code: str
    full_name: str
    district: str
    province: str
    became: tuple[str, ...]


def former_localities(path: Path) -> Iterator[FormerLocality]:
    """The former units; nothing where there is no list of them."""
    if os.path.lexists(path):
        lines = io.StringIO(input_text(path, path.name))
        for code, name, district, province, became in list(csv.reader(lines))[1:]:
            yield FormerLocality(code, name, district, province, tuple(became.split()))


def slug_of(name: str) -> str:
    """A name in small letters without marks, joined by '-': 'Cát Hải' → 'cat-hai', 'Cư M’gar' → 'cu-mgar'."""
    letters = unicodedata.normalize("NFD", name[:120].translate(_D)).lower()
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’\u0300-\u036f]", "", letters)).strip("-")


_D = str.maketrans("đĐ", "dD")


# Cached by content, which is safe as the list does not change: a forked kernel need not read again what its parent has.
@lru_cache(maxsize=2)
def read_localities(text: str) -> tuple[Localities, tuple[Fault, ...]]:
    """The list in `text`, which is CSV with a line of headings, and what is wrong with it. Raises csv.Error."""
    if (rows := _well_formed(text)) is not None:
        return Localities(rows), ()
    found, faults = list[Row](), list[Fault]()
    for number, cells in enumerate(csv.DictReader(text.splitlines(keepends=True)), start=2):
        try:
            record = Locality.model_validate(cells)
        except ValidationError as error:
            for fault in error.errors():
                faults.append(Fault(f"dòng {number}, {fault['loc'][0]}", *message_and_remedy(fault)))
        else:
            found.append(Row.of(record))
    return Localities(found), tuple(faults)


def _well_formed(text: str) -> list[Row] | None:
    """The lines of a list that is whole in form, without making a record of each; None for any other list."""
    if _UNTIDY.search(text) or any(two in text for two in ("  ", ", ", " ,", "\n ", " \n")):
        return None
    head, *rows = list(csv.reader(text.splitlines(keepends=True))) or [[]]
    columns = tuple(head)
    if not unicodedata.is_normalized("NFC", text) or columns not in (Row._fields, Row._fields[:6]):
        return None
    if any(len(cells) != len(columns) for cells in rows):
        return None
    for form, cells in zip(_FORMS, zip(*rows, strict=True), strict=False):
        if not form.fullmatch("\n".join(cells) + "\n"):
            return None
    return [Row(*cells) for cells in rows]


def check_localities(places: Sequence[Row]) -> Iterator[Finding]:
    """A commune has five digits and a province in the list. Spreadsheets turn 00070 into 70, the code of a province."""
    provinces = {place.code for place in places if not place.parent}
    for place in places:
        digits = 5 if place.parent else 2
        if len(place.code) != digits:
            remedy = "ghi đủ số 0 ở đầu: hai chữ số cho tỉnh, thành phố, năm chữ số và parent cho cấp xã"
            yield Finding("localities.csv", place.slug, "code", f"mã “{place.code}” không đủ {digits} chữ số", remedy)
        if place.parent and place.parent not in provinces:
            message = f"không có tỉnh, thành phố mã “{place.parent}”"
            yield Finding("localities.csv", place.slug, "parent", message, "thêm dòng của nơi đó, hoặc sửa parent")
