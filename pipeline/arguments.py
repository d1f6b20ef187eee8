"""What the arguments of the command may be: one function each, for the command and for notebooks alike.

Each takes the text as it was typed and gives the value, or raises UsageError with what would be right. '' stands for
what nobody gave: make hands on every variable. Modules that take time to load are imported where they are used, since
the command loads this one for `--help`.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import NoInputError, UsageError
from pipeline.languages import languages

if TYPE_CHECKING:
    from pipeline.completion.records import PlanResult
    from pipeline.plans.lead_agencies import LeadAgencies
    from pipeline.plans.models import Locality, Plan
    from pipeline.plans.periods import Period
    from pipeline.plans.registry import Registry
    from pipeline.plans.understand import Wording

OURS = "linear"
"""The method in force, by the name under which it is asked for beside the others."""
LONGEST_OFFICE = 120
"""Characters of the name of an office; it has at least two."""
LONGEST_REASON = 300
"""Characters of the reason for which a report is returned or a step taken back."""
STATES = ("sent", "returned", "accepted-commune", "accepted-city", "issued", "taken-back")
"""What can be signed now (`publish.sign_off.State`, without what is only in older logs)."""
_STATES_MEAN = "trình, trả lại, cấp xã chấp nhận, cấp tỉnh chấp nhận, ban hành, rút lại"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SCHEDULER = re.compile(
    r"(?:tcp|tls)://(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z](?:[0-9A-Za-z.-]{0,251}[0-9A-Za-z])?):(\d{1,5})"
)


def known_locality(registry: Registry, slug: str) -> Locality:
    """Raises UsageError for anything but a known slug; near ones are suggested."""
    if len(slug) > 64 or not _SLUG.fullmatch(slug):
        hint = registry.localities.suggestion(slug, registry.folder)
        raise UsageError(f"Tên địa phương không hợp lệ: {slug[:80]!r}. Viết chữ thường không dấu, ví dụ cat-hai.{hint}")
    return registry.locality(slug)


def planned_locality(registry: Registry, slug: str) -> Locality:
    """A locality with a plan in the registry. Raises UsageError, and NoInputError for one without."""
    locality, places = known_locality(registry, slug), registry.localities
    if registry.plans_of(slug):
        return locality
    namesakes = [row for row in places.namesakes(locality.name) if row.slug != slug]
    same = f" Nơi khác cùng tên: {places.described(namesakes)}." if namesakes else ""
    raise NoInputError(
        f"{places.described([places.by_slug[slug]])} chưa có kế hoạch trong sổ.{same}\n"
        f"Thêm kế hoạch vào data/raw/plans/{slug}/<mã-kế-hoạch>.yaml (cách làm: docs/add-a-plan.md), "
        "rồi chạy: make plans"
    )


def known_agency(agencies: LeadAgencies, locality: Locality, text: str) -> str:
    """The name of an agency that leads rows of a locality, from its printed or short name; '' for ''.

    Raises UsageError with the agencies of the place.
    """
    if not text:
        return ""
    if not (name := agencies.named(text)):
        have = agencies.listed or "không có cơ quan nào"
        raise UsageError(f"{locality.full_name} không có cơ quan chủ trì “{text[:LONGEST_OFFICE]}”. Có: {have}.")
    return name


def known_period(text: str) -> Period:
    """Raises UsageError for anything but a period."""
    from pipeline.plans.periods import Period

    try:
        return Period.parse(text)
    except ValueError as error:
        raise UsageError(
            f"Kỳ báo cáo không hợp lệ: {text[:80]!r}. Các dạng: 2025, 2025-F (chính thức cả năm), "
            "2026-Q1, 2026-H1, 2026-9M, 2026-03."
        ) from error


def period_or_newest(text: str) -> Period | None:
    """None for '', which stands for the newest period. Raises UsageError for anything but a period."""
    return known_period(text) if text else None


def known_day(text: str) -> dt.date | None:
    """None for ''. Raises UsageError for anything but a date of the calendar."""
    if not text:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"Ngày không hợp lệ: {text[:80]!r}. Viết năm-tháng-ngày, ví dụ 2026-05-01.") from error


def known_language(text: str) -> str:
    """'' for none, and for the language every page has. Raises UsageError for one there is no catalogue of."""
    own, *others = languages()
    if text in ("", own):
        return ""
    if text not in others:
        raise UsageError(f"Không có ngôn ngữ {text[:40]!r} cho trang. Có: {', '.join((own, *others))}.")
    return text


def known_jobs(text: str) -> int:
    """0 for ''. Raises UsageError for anything but a number from 1 to 256."""
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 3 or not 1 <= int(text) <= 256:
        raise UsageError(f"Số việc cùng lúc không hợp lệ: {text[:40]!r}. Viết một số từ 1 đến 256, ví dụ JOBS=4.")
    return int(text)


def known_scheduler(text: str) -> str:
    """'' for none. Raises UsageError for anything but tcp://host:port or tls://host:port."""
    found = _SCHEDULER.fullmatch(text)
    if text and not (found and text.isascii() and 0 < int(found.group(1)) < 1 << 16):
        raise UsageError(f"Địa chỉ bộ điều phối không hợp lệ: {text[:80]!r}. Ví dụ: SCHEDULER=tcp://10.0.0.5:8786")
    return text


def known_methods(text: str) -> tuple[str, ...]:
    """The methods of a list such as 'linear,open-sdg'; all for ''. Raises UsageError."""
    from pipeline.completion.methods import METHODS

    known = (OURS, *METHODS)
    asked = tuple(name.strip() for name in text.split(",") if name.strip()) or known
    if unknown := [name for name in asked if name not in known]:
        raise UsageError(f"Không có phương pháp “{unknown[0][:40]}”. Có: {', '.join(known)}.")
    return asked


def known_code(plans: Iterable[Plan | PlanResult], written: str) -> str:
    """The code of the row named plan/[annex/]group/number, or by its code. Raises UsageError with the nearest codes."""
    from pipeline.plans.text import name_key

    codes, keys = {}, {}
    for plan in plans:
        for row in plan.indicators:
            code = f"{plan.id}/{row.key.label}"
            codes[name_key(code)] = keys[name_key("/".join([plan.id, *filter(None, row.key)]))] = code
    asked = name_key(written)
    found = keys.get(asked) or codes.get(asked)
    if found is None:
        near = difflib.get_close_matches(asked, list(codes), n=3, cutoff=0.5)
        hint = f" Có phải: {', '.join(near)}?" if near else ""
        raise UsageError(
            f"Không có chỉ tiêu “{written[:80]}”. Viết kế hoạch/nhóm/số, ví dụ binh-giang-2026/II/14 "
            f"(có phụ lục: cat-hai-nq57/PL2/IV/26).{hint}"
        )
    return found


def known_run(text: str) -> str:
    """The beginning of a run id; '' for none. Raises UsageError for anything but 8 to 64 hexadecimal digits."""
    if text and not re.fullmatch(r"[0-9a-f]{8,64}", text):
        raise UsageError(f"Mã lần chạy không hợp lệ: {text[:80]!r}. Viết 8 đến 64 chữ số 0–9, a–f.")
    return text


def known_head(text: str) -> str:
    """A head of the log, `12:<hash>` or the hash alone; '' for none. Raises UsageError."""
    if text and not re.fullmatch(r"([0-9]{1,12}:)?[0-9a-f]{64}", text):
        raise UsageError(f"Đầu nhật ký không hợp lệ: {text[:90]!r}. Chép lại đúng như make verify đã in: số:mã băm.")
    return text


def known_state(text: str) -> str:
    """Raises UsageError for anything but a state that is signed."""
    if text == "checked":
        raise UsageError("STATE=checked (đã kiểm tra) là cách viết cũ. Nay viết STATE=sent (đã trình).")
    if text not in STATES:
        raise UsageError(f"Trạng thái không hợp lệ: {text[:40]!r}. Viết STATE={', '.join(STATES)} ({_STATES_MEAN}).")
    return text


def known_reason(text: str) -> str:
    """Why a report is returned or a step taken back; '' for none. Raises UsageError for what is not one short line."""
    reason = unicodedata.normalize("NFC", text).strip()
    if len(reason) > LONGEST_REASON or not (reason.isprintable() or not reason):
        raise UsageError(f"Lý do không hợp lệ: {text[:40]!r}. Viết một dòng, nhiều nhất {LONGEST_REASON} ký tự.")
    return reason


def known_wording(text: str) -> Wording:
    """Raises UsageError for anything but a kind of wording."""
    from pipeline.plans.understand import Wording

    try:
        return Wording(text)
    except ValueError as error:
        raise UsageError(f"Loại câu chữ không hợp lệ: {text[:40]!r}. Các loại: target, deadline, result.") from error


def known_office(text: str) -> str:
    """The name of an office as it is recorded. Raises UsageError for what could not be printed in one line."""
    name = unicodedata.normalize("NFC", text).strip()
    if not 2 <= len(name) <= LONGEST_OFFICE or not name.isprintable():
        raise UsageError(
            f"Tên cơ quan không hợp lệ: {text[:LONGEST_OFFICE]!r}. Viết 2 đến {LONGEST_OFFICE} ký tự in được, "
            'ví dụ BY="UBND đặc khu Cát Hải".'
        )
    return name


def path_or_none(text: str) -> Path | None:
    """None for ''. What lies there is for the one who opens it to say."""
    return Path(text) if text else None
