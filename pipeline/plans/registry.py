"""Reading the plan registry: YAML files into records, every fault with its file, line and row."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import yaml
from pydantic import TypeAdapter, ValidationError

from pipeline.errors import DataError, Finding, NoInputError, UsageError
from pipeline.paths import Layout
from pipeline.plans.amend import AmendmentError, amended
from pipeline.plans.base import Record
from pipeline.plans.cited import cites, plan_files, plan_files_above
from pipeline.plans.concepts import Concept, check_concepts, check_definitions, near_of
from pipeline.plans.formulas import check_formulas
from pipeline.plans.links import check_links
from pipeline.plans.localities import NATIONAL, Localities, check_localities, read_localities
from pipeline.plans.method import Method
from pipeline.plans.models import Agency, Indicator, Locality, Plan, Task
from pipeline.plans.periods import Calendar
from pipeline.plans.strict_yaml import StrictLoader, loaded
from pipeline.plans.text import canonical_key, message_and_remedy
from pipeline.plans.yaml_faults import syntax_finding
from pipeline.whole import INPUT, UNUSABLE, input_files, input_text, no_file, ordinary_text, read_ordinary

if TYPE_CHECKING:
    import pandas as pd

_R = TypeVar("_R", bound=Record)


@dataclass(frozen=True)
class Registry:
    """Plans, concepts, agencies, localities and the method. Read as a whole, never changed."""

    localities: Localities
    concepts: tuple[Concept, ...]
    agencies: tuple[Agency, ...]
    plans: tuple[Plan, ...]
    method: Method
    folder: Path | None = None
    """Where the lists lie (data/raw); None for a registry that was not read."""
    provincial: tuple[Plan, ...] = ()
    """Plans of the province that the plans of the one locality that was read for cite."""

    @property
    def calendar(self) -> Calendar:
        """The calendar in use (lịch chốt số liệu)."""
        return self.method.calendar_in_use

    def locality(self, slug: str) -> Locality:
        """The locality of a slug. Raises UsageError with the localities that may be meant if the list has none."""
        found = self.localities.get(slug)
        if found is None:
            hint = self.localities.suggestion(slug, self.folder) or " Xem data/raw/localities.csv."
            raise UsageError(f"Không có địa phương “{slug[:80]}”.{hint}")
        return found

    def plans_of(self, slug: str) -> tuple[Plan, ...]:
        """The plans of a locality, in the order of their files."""
        return tuple(plan for plan in self.plans if plan.locality == slug)

    def plans_above(self, plan: Plan) -> tuple[Plan, ...]:
        """The plans of the province that a plan of a commune implements, as far as they are in the registry."""
        place = self.localities.get(plan.locality)
        province = self.localities.of_code(place.parent) if place else None
        if province is None:
            return ()
        known = {one.id: one for one in (*self.provincial, *self.plans) if one.locality == province.slug}
        return tuple(one for one in known.values() if any(cites(document, one) for document in plan.implements))

    def has_concept(self, concept_id: str) -> bool:
        """Whether the list of concepts has this id."""
        return concept_id in self._by_concept

    def concept(self, concept_id: str) -> Concept:
        """The concept (khái niệm) of an id. Raises KeyError if the list does not have it."""
        return self._by_concept[concept_id]

    def near(self, concept_id: str) -> frozenset[str]:
        """The concepts near one (gần nghĩa), whose values are shown for it and decide nothing."""
        return self._near.get(concept_id, frozenset())

    def agency(self, printed: str, locality: str) -> Agency | None:
        """The agency a printed form stands for in a locality, or None."""
        key = canonical_key(printed)
        return self._by_form.get((locality, key)) or self._by_form.get(("", key))

    def agency_names(self, printed: Iterable[str], locality: str) -> tuple[str, ...]:
        """The names of the agencies that printed forms stand for, in order, each once."""
        names = (agency.name if (agency := self.agency(form, locality)) else form for form in printed)
        return tuple(dict.fromkeys(names))

    def targets(self) -> pd.DataFrame:
        """One row per target of every indicator, over `TARGETS` of `plan_frames`."""
        from pipeline.plans.plan_frames import targets_frame

        return targets_frame(self)

    def assignments(self) -> pd.DataFrame:
        """One row per task of every plan (nhiệm vụ được giao), over `ASSIGNMENTS` of `plan_frames`."""
        from pipeline.plans.plan_frames import assignments_frame

        return assignments_frame(self)

    @cached_property
    def _by_concept(self) -> dict[str, Concept]:
        return {concept.id: concept for concept in self.concepts}

    @cached_property
    def _near(self) -> dict[str, frozenset[str]]:
        return near_of(self.concepts)

    @cached_property
    def _by_form(self) -> dict[tuple[str, str], Agency]:
        return {place_and_form: agency for agency in self.agencies for place_and_form in _forms(agency)}


NO_PLANS = ""
"""Given as locality: read only the lists."""


def read_registry(layout: Layout, locality: str | None = None) -> Registry:
    """Read and check the lists and plans under `data/raw`. Raises DataError with all findings at once.

    With `locality`, only its own plans are read, so that a fault in another plan does not stop its report; with
    NO_PLANS, none.
    """
    findings: list[Finding] = []
    localities = _read_localities(layout, findings)
    concepts = read_list(layout, layout.raw / "concepts.yaml", Concept, findings)
    agencies = read_list(layout, layout.raw / "agencies.yaml", Agency, findings)
    method = cast("Method | None", _read_yaml(layout, layout.raw / "method.yaml", Method, findings))
    # An unchecked name could be a path, so plans are read only for a locality of the list.
    known = locality is None or locality in localities.by_slug
    plans = _read_plans(layout, locality or "*", findings) if known else ()
    if findings or method is None:
        raise DataError("Sổ kế hoạch có lỗi, chưa dùng được:", findings)
    above = _read_plans_above(layout, localities, locality) if locality else ()
    registry = Registry(localities, concepts, agencies, plans, method, layout.raw, above)
    if findings := list(check_registry(registry, layout)):
        raise DataError("Sổ kế hoạch có lỗi, chưa dùng được:", findings)
    return registry


def read_places(layout: Layout) -> Localities:
    """The list of localities alone, whatever may be wrong in it. Raises NoInputError where there is none."""
    return _read_localities(layout, [])


def read_method(layout: Layout) -> Method:
    """The method alone. Raises DataError."""
    findings: list[Finding] = []
    method = cast("Method | None", _read_yaml(layout, layout.raw / "method.yaml", Method, findings))
    if method is None:
        raise DataError("Phương pháp có lỗi, chưa dùng được:", findings)
    return method


def check_registry(registry: Registry, layout: Layout) -> Iterator[Finding]:
    """What a record cannot check by itself: references, duplicate keys, unknown agencies."""
    yield from _twice("localities.csv", "slug", [x.slug for x in registry.localities.rows])
    yield from _twice("localities.csv", "code", [x.code for x in registry.localities.rows])
    yield from check_localities(registry.localities.rows)
    yield from _twice("concepts.yaml", "id", [x.id for x in registry.concepts])
    yield from _twice("agencies.yaml", "id", [x.id for x in registry.agencies])
    forms = [f"{place} {form}".strip() for agency in registry.agencies for place, form in _forms(agency)]
    yield from _twice("agencies.yaml", "form", forms)
    yield from _twice("plans", "id", [plan.id for plan in registry.plans])
    yield from check_concepts(registry.concepts)
    continued = {f"{plan.id}/{task.key.label}": task.continues for plan in registry.plans for task in plan.tasks}
    slugs, concepts = registry.localities.by_slug, {x.id for x in registry.concepts}
    for plan in registry.plans:
        file = layout.relative(plan_path(layout, plan))
        if plan.locality not in slugs and plan.locality != NATIONAL:
            yield Finding(
                file,
                "locality",
                "plan-locality",
                f"không có địa phương “{plan.locality}”",
                "thêm vào data/raw/localities.csv",
            )
        yield from _twice(file, "chỉ tiêu", [x.key.label for x in plan.indicators])
        yield from _twice(file, "nhiệm vụ", [x.key.label for x in plan.tasks])
        for indicator in plan.indicators:
            yield from _check_indicator(indicator, plan, concepts, file)
        rows: tuple[Indicator | Task, ...] = (*plan.indicators, *plan.tasks)
        for row in rows:
            yield from _check_row(row, plan, registry, file)
        yield from _check_amendments(plan, registry, file)
        yield from _check_continued(plan, continued, file)
        yield from check_links(plan, file)
        yield from check_definitions(plan, registry.concepts, file)
        yield from check_formulas((plan,), registry.concepts, file)


def plan_path(layout: Layout, plan: Plan) -> Path:
    """The file of a plan: `<locality>/<id>.yaml`."""
    return layout.plans / plan.locality / f"{plan.id}.yaml"


def _check_indicator(indicator: Indicator, plan: Plan, concepts: set[str], file: str) -> Iterator[Finding]:
    place = f"chỉ tiêu {indicator.key.label}"
    if indicator.concept not in concepts:
        yield Finding(file, place, "concept", f"không có khái niệm “{indicator.concept}”", "thêm vào concepts.yaml")
    for target in indicator.targets:
        if target.year and not plan.years.first <= target.year <= plan.years.last:
            yield Finding(
                file,
                place,
                "target-year",
                f"mục tiêu năm {target.year} nằm ngoài các năm của kế hoạch",
                f"kế hoạch ghi {plan.years.first}–{plan.years.last}",
            )


def _check_row(row: Indicator | Task, plan: Plan, registry: Registry, file: str) -> Iterator[Finding]:
    place = f"{'chỉ tiêu' if isinstance(row, Indicator) else 'nhiệm vụ'} {row.key.label}"
    if not plan.group_title(row.annex, row.group):
        yield Finding(file, place, "group", f"nhóm “{f'{row.annex} {row.group}'.strip()}” không có trong groups")
    for printed in (*row.lead, *(row.coordinating if isinstance(row, Task) else ())):
        if registry.agency(printed, plan.locality) is None:
            yield Finding(file, place, "agency", f"chưa biết cơ quan “{printed}”", "thêm vào data/raw/agencies.yaml")


def _check_amendments(plan: Plan, registry: Registry, file: str) -> Iterator[Finding]:
    """Amendments are in order, fit what they change, and name known agencies."""
    days = [a.date for a in plan.amendments]
    if days != sorted(days):
        yield Finding(
            file, "amendments", "order", "văn bản sửa đổi không theo thứ tự ngày", "xếp văn bản sớm nhất trước"
        )
    try:
        after = amended(plan, plan.amendments)
    except AmendmentError as error:
        yield Finding(file, "amendments", "amendment", str(error), "ghi before đúng như kế hoạch đang ghi")
    else:
        # `amended` keeps unchanged rows as the same objects; comparing their contents would be slow.
        before = {id(row) for row in plan.indicators}
        concepts = {concept.id for concept in registry.concepts}
        for row in (row for row in after.indicators if id(row) not in before):
            yield from _check_indicator(row, plan, concepts, file)
    for change in (c for a in plan.amendments for c in a.changes if c.lead):
        for printed in change.lead.after if change.lead else ():
            if registry.agency(printed, plan.locality) is None:
                yield Finding(
                    file, change.label, "agency", f"chưa biết cơ quan “{printed}”", "thêm vào data/raw/agencies.yaml"
                )


def _check_continued(plan: Plan, continued: dict[str, str], file: str) -> Iterator[Finding]:
    """A task continues a known one of another plan, and never itself, not even through others."""
    for task in plan.tasks:
        if not task.continues:
            continue
        place, code = f"nhiệm vụ {task.key.label}", task.continues
        if code not in continued:
            yield Finding(file, place, "continues", f"không có nhiệm vụ “{code}”", "ghi <mã kế hoạch>/<số>")
        elif code.startswith(f"{plan.id}/"):
            yield Finding(
                file, place, "continues", f"“{code}” thuộc chính kế hoạch này", "ghi nhiệm vụ của kế hoạch trước"
            )
        elif _is_circular(code, continued):
            yield Finding(
                file, place, "continues", f"các nhiệm vụ tiếp nối nhau thành vòng qua “{code}”", "sửa continues"
            )


def _is_circular(code: str, continued: dict[str, str]) -> bool:
    seen: set[str] = set()
    while code and code not in seen:
        seen.add(code)
        code = continued.get(code, "")
    return bool(code)


def _forms(agency: Agency) -> set[tuple[str, str]]:
    everywhere = {("", canonical_key(form)) for form in (agency.name, *agency.forms)}
    return everywhere | {(place, canonical_key(form)) for place, forms in agency.local_forms.items() for form in forms}


def _twice(file: str, what: str, values: list[str]) -> Iterator[Finding]:
    for value in sorted(value for value, count in Counter(values).items() if count > 1):
        yield Finding(file, f"{what} {value}", "duplicate", "ghi hai lần", "giữ một, xóa hoặc đổi số dòng kia")


def _read_localities(layout: Layout, findings: list[Finding]) -> Localities:
    path = layout.raw / "localities.csv"
    file = layout.relative(path)
    try:
        localities, faults = read_localities(input_text(path, file))
    except FileNotFoundError:
        raise NoInputError(f"Thiếu tệp {file}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        findings.append(Finding(file, "tệp", "csv", str(error), "lưu lại tệp dạng CSV UTF-8"))
        return Localities(())
    findings += (Finding(file, fault.place, "record", fault.message, fault.remedy) for fault in faults)
    return localities


def read_list(layout: Layout, path: Path, model: type[_R], findings: list[Finding]) -> tuple[_R, ...]:
    """A list of records; what is wrong with it goes to `findings`."""
    return cast("tuple[_R, ...]", _read_yaml(layout, path, tuple[model, ...], findings) or ())  # type: ignore[valid-type]


def _read_plans(layout: Layout, folder: str, findings: list[Finding]) -> tuple[Plan, ...]:
    plans = []
    for path in _plan_files(layout, folder, findings):
        plan = cast("Plan | None", _read_yaml(layout, path, Plan, findings))
        if plan is None:
            continue
        plans.append(plan)
        if plan_path(layout, plan) != path:
            findings.append(
                Finding(
                    layout.relative(path),
                    "id, locality",
                    "file-name",
                    "tên tệp và thư mục phải là <locality>/<id>.yaml",
                )
            )
    return tuple(plans)


def _plan_files(layout: Layout, folder: str, findings: list[Finding]) -> Iterator[Path]:
    """The files of plans in a folder by its name, or in all of them ('*')."""
    try:
        folders = input_files(layout.plans, layout.relative(layout.plans)) if folder == "*" else [layout.plans / folder]
        for place in folders:
            yield from plan_files(layout, place.name)
    except DataError as error:
        findings += error.findings


def _read_plans_above(layout: Layout, localities: Localities, locality: str) -> tuple[Plan, ...]:
    """Those of the province that the plans of the locality cite; what is wrong with one does not stop the commune."""
    plans = (_read_yaml(layout, path, Plan, []) for path in plan_files_above(layout, localities, locality))
    return tuple(cast("Plan", plan) for plan in plans if plan is not None)


def _read_yaml(layout: Layout, path: Path, kind: Any, findings: list[Finding]) -> object | None:
    file = layout.relative(path)
    try:
        text = ordinary_text(path, INPUT)
        return _record(text, kind)
    except UNUSABLE as error:
        findings.append(no_file(file, error))
    except FileNotFoundError:
        findings.append(Finding(file, "tệp", "missing", "không có tệp này"))
    except ValidationError as error:
        document, tree = loaded(text), yaml.compose(text, StrictLoader)
        if document is None:
            findings.append(Finding(file, "dòng 1", "yaml", "tệp trống", "ghi nội dung theo mẫu, hoặc bỏ tệp"))
        for fault in error.errors() if document is not None else ():
            findings.append(Finding(file, place_of(document, tree, fault["loc"]), "record", *message_and_remedy(fault)))
    except (yaml.YAMLError, ValueError):  # e.g. not UTF-8, or a day that no calendar has
        findings.append(syntax_finding(file, read_ordinary(path, INPUT)))
    return None


# Cached by content, which is safe as records do not change: a forked kernel need not read again what its parent has.
@lru_cache(maxsize=32)
def _record(text: str, kind: Any) -> object:
    return cast("object", _adapter(kind).validate_python(loaded(text)))


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def place_of(document: object, node: yaml.Node | None, location: tuple[int | str, ...]) -> str:
    """The place of a fault: the line, and the row if it is inside one."""
    row = ""
    for step in location:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            document = cast("list[object]", document)[step]
            if not row and isinstance(document, dict) and {"group", "no"} <= document.keys():
                row = f", dòng {document.get('annex', '')} {document['group']}/{document['no']}".replace(
                    "dòng  ", "dòng "
                )
        elif isinstance(node, yaml.MappingNode):
            found = [value for key, value in node.value if key.value == step]
            if not found:
                break
            node = found[0]
            document = cast("dict[object, object]", document).get(step)
    line = node.start_mark.line + 1 if node is not None else 1
    field = str(location[-1]) if location else ""
    return f"dòng {line} của tệp{row}, {field}".rstrip(", ")
