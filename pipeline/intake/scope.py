"""Whose figures a file holds, and of which period: what columns, titles, names of sheets and files say of it.

A submission lies in the folder of one locality (địa phương) and period (kỳ báo cáo). Whatever in it names another
one is left out and said, or asked about; it is never taken for one's own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from pipeline.errors import Question
from pipeline.intake.cells import FileFaultError
from pipeline.intake.file_names import PART, agency_in, agency_of_form, without_part
from pipeline.intake.heading_words import bears_on, fold, periods_in
from pipeline.intake.inbox import ANSWERS
from pipeline.plans.lead_agencies import LeadAgencies
from pipeline.plans.localities import Localities
from pipeline.plans.periods import Period
from pipeline.plans.text import name_key

_TYPES = r"(?:xã|phường|đặc khu|thị trấn|thị xã|thành phố|tp\.?|x\.|p\.)"
_OFFICE = r"(?:ủy ban nhân dân|uỷ ban nhân dân|ubnd)"
_END = r"(?![^\W\d_])(?![\u0300-\u036f])"
_TITLED = re.compile(
    r"(?<![a-z])(?:ubnd|[uư]y ban nhan dan) (xa|phuong|dac khu|tinh|thanh pho|tp) ((?:[a-z]+[ ']?){1,4})(?![a-z])"
)
_UNLISTED = re.compile(r"(?:ubnd|[uư]y ban nhan dan) (?:xa|phuong|dac khu|thi tran) ((?:[a-z]+ ){1,3}[a-z]+)")
_NAMELESS = re.compile(
    r"(?:(?:don vi|co quan|noi)(?: bao cao| gui)?[: ]{1,3})?(?:(?:ubnd|[uư]y ban nhan dan) (?:cac |cap )?|cac |cap )?"
    r"(?P<kinds>(?:xa|phuong|dac khu|thi tran)(?:[ ,/]{1,3}(?:va |hoac )?(?:xa|phuong|dac khu|thi tran))*)"
    r"(?: (?:tu )?(?:bao cao|danh gia|cham diem|gui|nop|chu tri|phoi hop|thuc hien|tong hop|cung cap|de nghi|dang ki"
    r"|ra soat|chiu trach nhiem|quan l[iy]|ban hanh|phe duyet|theo doi|xac nhan|nhap lieu|so tai)(?![a-z]).{0,60})?"
)
"""An office (UBND xã báo cáo, cấp xã) without the name of its locality, folded."""
_NOT_A_PERIOD = re.compile(
    r"ngay [0-9.]{1,3} ?thang [0-9.]{1,3} ?nam [0-9.]{2,5}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-]20[0-9]{2}"
    r"|20[0-9]{2} ?(?:-|den) ?20[0-9]{2}|[^ ]{0,20}/20[0-9]{2}/[^ ]{0,30}|[0-9]{1,6}/[a-z][^ ]{0,30}"
    r"|(?:ke hoach|nghi quyet|quyet dinh|chuong trinh|de an)(?: [^ ]{1,20}){0,8}? nam 20[0-9]{2}"
    r"|,thang [0-9]{1,2} nam 20[0-9]{2}|(?:den|tu)(?: het)?(?: nam)? 20[0-9]{2}|cung ki(?: nam)?(?: 20[0-9]{2})?"
)
_AS_OF = re.compile(
    r"(?:tinh|chot|cap nhat|luy ke|so lieu)[a-z ]{0,30}(?:den|ngay)[a-z ]{0,12}"
    r"(?:[0-9]{1,2}[/.-][0-9]{1,2}[/.-]20[0-9]{2} (?:den|-)[a-z ]{0,12})?"
    r"[0-9]{1,2}[/.-]([0-9]{1,2})[/.-](20[0-9]{2})"
)
"""The day of the figures; of a span (từ ngày … đến ngày …) its last."""


@dataclass(frozen=True)
class Whose:
    """The locality and period a file was sent for, and the localities it could be mistaken for."""

    period: Period | None = None
    own: str = ""
    """Short name of the locality; '' where it is not known, and no place is looked for."""
    others: tuple[str, ...] = ()
    """Short names of those of the same province or city, with which it is mistaken; no two of them have one name."""
    file: str = ""
    """The file being read, for findings."""
    kind: str = ""
    """'xa', 'phuong' or 'dac khu'; '' where it is not known, or not such a locality."""
    answers: Mapping[str, str] = field(default_factory=dict, compare=False, hash=False)
    """Code of a question → what its locality answered."""
    country: Localities | None = field(default=None, compare=False, hash=False)
    """All localities, of which many have the same name, or that of a village: known by 'UBND xã …' alone."""
    above: frozenset[str] = frozenset()
    """Slugs of the locality and of what is above it."""
    agencies: LeadAgencies | None = field(default=None, compare=False, hash=False)
    """The agencies of the locality, of which a file may be a part; None where they are not asked."""

    @classmethod
    def of(cls, slug: str, localities: Localities | None, period: Period | None, answers: Mapping[str, str]) -> Whose:
        """For one of the localities; the one above it counts as its own, since every title names it."""
        own = localities.by_slug.get(slug) if localities is not None else None
        if localities is None or own is None:
            return cls(period, answers=answers)
        group, parent = own.parent or own.code, localities.by_code.get(own.parent)
        others = tuple(row.name for row in localities.rows if row.parent == group and row.slug != slug)
        above = frozenset(row.slug for row in (own, parent) if row is not None)
        kind = fold(own.full_name).removesuffix(fold(own.name)).strip()
        return cls(period, own.name, others, kind=kind, answers=answers, country=localities, above=above)

    @property
    def label(self) -> str:
        """The period in print: 'quý I năm 2026'."""
        return in_words(self.period) if self.period else "kỳ báo cáo"

    def place_of(self, text: str) -> str:
        """'own', or the name of another place, where the whole text is the name of one; '' for anything else."""
        if not self.own or not text or len(text) > 80:
            return ""
        found = self._name.fullmatch(name_key(text))
        if found:
            return self._listed[found[1]]
        bare = re.fullmatch(r"(?:(?:ubnd|uy ban nhan dan) )?(?:(?:xa|phuong|dac khu) )?(.+)", fold(text))
        return self._folded.get(bare[1], "") if bare and text.isascii() else ""

    def places_in(self, text: str) -> tuple[str, ...]:
        """The places named within a text, 'own' for the own one; only after 'xã', 'phường', 'UBND' …"""
        if not self.own or len(text) > 2000:
            return ()
        if whole := self.place_of(text):
            return (whole,)
        found = tuple(self._listed[match[1]] for match in self._title.finditer(name_key(text)))
        if not found and (far := self._far(text)):
            return (far,)
        if self.is_nameless(text) or not _names_someone(text):
            return found
        if not found and (unlisted := _UNLISTED.fullmatch(fold(text))):
            named = unlisted[1]
            return ("own",) if named.startswith(fold(self.own)) else (text,)
        return found

    def is_nameless(self, text: str) -> bool:
        """Whether a text is an office of the own kind without a name: 'UBND xã báo cáo' in the table of a xã."""
        found = _NAMELESS.fullmatch(fold(text))
        kinds = re.split(r"[ ,/]{1,3}(?:va |hoac )?", found["kinds"]) if found else []
        return bool(kinds) and (not self.kind or self.kind in kinds)

    def _far(self, text: str) -> str:
        """A locality of another province or city that a text names by 'UBND xã …'; '' for none, and for the own one."""
        for titled in _TITLED.finditer(fold(text)) if self.country else ():
            words = titled[2].split()
            for length in range(len(words), 0, -1):
                named = " ".join(("thanh pho" if titled[1] == "tp" else titled[1], *words[:length]))
                same = self.country.namesakes(named) if self.country else []
                if same and not any(row.slug in self.above for row in same):
                    name = same[0].full_name
                    return f"UBND {name[0].lower()}{name[1:]}"
                if same:
                    break
        return ""

    @cached_property
    def _listed(self) -> dict[str, str]:
        return {name_key(name): name for name in self.others} | {name_key(self.own): "own"}

    @cached_property
    def _folded(self) -> dict[str, str]:
        """Names without marks, as file names and old systems write them; a name that fits two places is left out."""
        found: dict[str, str] = {}
        for key, place in self._listed.items():
            found[fold(key)] = "" if fold(key) in found else place
        return found

    @cached_property
    def _alternatives(self) -> str:
        return "|".join(re.escape(key) for key in sorted(self._listed, key=len, reverse=True))

    @cached_property
    def _name(self) -> re.Pattern[str]:
        prefix = name_key_pattern(rf"(?:{_OFFICE} ?)?(?:{_TYPES} ?)?")
        return re.compile(rf"{prefix}({self._alternatives})")

    @cached_property
    def _title(self) -> re.Pattern[str]:
        prefix = name_key_pattern(
            rf"(?:{_OFFICE}|xã|phường|đặc khu|thị trấn|đơn vị(?: báo cáo)?|địa phương)[ :]{{1,3}}"
            rf"(?:{_OFFICE} )?(?:(?:xã|phường|đặc khu|thị trấn) )?"
        )
        return re.compile(rf"(?<![^\W\d_]){prefix}({self._alternatives}){_END}")

    def other_in(self, text: str, *, sheet: bool = False) -> str:
        """What a title or name of a sheet says that is not one's own, in words; '' where it says nothing such."""
        places = self.places_in(text)
        if places and "own" not in places:
            return f"ghi {places[0]}, không phải {self.own}"
        return self.other_period(text, years=sheet)

    def other_period(self, text: str, *, years: bool = False) -> str:
        """The period that a title names instead of the one asked for, in words; `years`: also a bare year."""
        if self.period is None or len(text) > 2000:
            return ""
        if as_of := _AS_OF.search(fold(text)):
            month = Period(int(as_of[2]), f"{max(1, min(12, int(as_of[1]))):02}")
            if bears_on(month, self.period) not in ("same", "end"):
                return f"ghi số liệu của {in_words(month)}, không phải {self.label}"
        named = self._periods(text, years=years)
        stands = {bears_on(period, self.period) for period in named}
        if stands & {"other", "end"} and "same" not in stands:
            other = next(p for p in named if bears_on(p, self.period) in ("other", "end"))
            return f"ghi {in_words(other)}, không phải {self.label}"
        return ""

    def names_a_period(self, text: str) -> bool:
        """Whether a title names a period, one's own or another."""
        return bool(self.other_period(text) or self._periods(text, years=False))

    def _periods(self, text: str, *, years: bool) -> list[Period]:
        key = _NOT_A_PERIOD.sub(" ", fold(text[:2000]))
        asked = self.period.year if self.period else 0
        return [p for p in periods_in(key, asked) if years or p.part or f"nam {p.year}" in key]

    def other_in_name(self, file: str) -> str:
        """What the name of a file says that is not one's own."""
        stem = without_part(file.rpartition("/")[2].rpartition(".")[0])
        spaced = re.sub(r"(?<=[a-zà-ỹ])(?=[A-ZĐÀ-Ỹ0-9])|[-_.,()\s]+", " ", stem)
        key = f" {fold(spaced)} "
        named = [place for bare, place in self._folded.items() if place and f" {bare} " in key] if self.own else []
        if not named and self.own:
            joined = key.replace(" ", "")
            named = [
                p for bare, p in self._folded.items() if p and " " in bare and joined.endswith(bare.replace(" ", ""))
            ]
        if named and "own" not in named:
            return f"tên tệp ghi {named[0]}, không phải {self.own}"
        said = self.other_period(spaced)
        return f"tên tệp {said}" if said else ""

    def agency_of(self, file: str) -> str:
        """The agency whose part a file is, by its name; '' for none. Raises FileFaultError for an unknown one."""
        name = file.rpartition("/")[2]
        written = agency_in(name)
        if self.agencies is None:
            return ""
        if not written:  # its form, sent under its own name; anything else after the period is no agency
            return self.agencies.named(agency_of_form(name)) or ""
        if not (agency := self.agencies.named(written)):
            message = (
                f"tên tệp ghi là phần của “{written}”, {self.own or 'địa phương'} không có cơ quan chủ trì nào như vậy"
            )
            remedy = f"đổi tên tệp, sau “{PART}-” ghi một trong: {self.agencies.listed}"
            raise FileFaultError("part-agency", "tên tệp", message, remedy)
        return agency

    def ask(self, rule: str, place: str, message: str, about: Sequence[str], choices: Sequence[str]) -> str:
        """The answer given to a question, one of the choices. Raises FileFaultError with the question if there is none.

        `about` tells the question: headings or a title; the same form asks the same next time.
        """
        code = question_code(rule, about)
        answer = fold(self.answers.get(code, ""))
        if answer:
            found = [choice for choice in choices if fold(choice) == answer]
            found = found or [choice for choice in choices if timeless(choice) == timeless(answer)]
            if len(found) == 1:
                return found[0]
        shown = " hoặc ".join(f"“{choice}”" for choice in choices)
        remedy = f"sửa tệp, hoặc trả lời bằng một dòng trong tệp {ANSWERS} đặt cạnh tệp này: {code}: {shown}"
        fault = FileFaultError(rule, place, message, remedy)
        fault.question = Question(code, tuple(choices))
        raise fault


def in_words(period: Period) -> str:
    """A period within a sentence: 'quý I năm 2026'."""
    return period.label[0].lower() + period.label[1:]


def question_code(rule: str, about: Sequence[str], *, exactly: bool = False) -> str:
    """The code of a question (mã câu hỏi): 'h3f9a1c'.

    It is the same for the same form in any period; `exactly`: only for these words.
    """
    text = "\n".join([rule, *map(fold if exactly else timeless, about)])
    return "h" + hashlib.sha256(text.encode()).hexdigest()[:6]


def timeless(text: str) -> str:
    """A folded text without its numbers and quarters."""
    return " ".join(re.sub(r"(?<![a-z])(?:iv|i{1,3})(?![a-z])|[0-9]+", "#", fold(text)).split())


def _names_someone(text: str) -> bool:
    """Whether a word after 'xã' or 'phường' begins with a capital, as in a name; every one does in capitals."""
    after = re.split(r"(?i)(?:xã|xa|phường|phuong|đặc khu|dac khu|thị trấn|thi tran) ", text, maxsplit=1)[1:]
    return not after or not after[0][:1].islower() or text.islower()


@lru_cache(maxsize=64)
def name_key_pattern(pattern: str) -> str:
    """A pattern as it reads on a canonical key, where tone marks stand at the end of a syllable."""
    return re.sub(r"[^\W\d_]+", lambda m: name_key(m[0]) if not m[0].isascii() else m[0], pattern)
