"""Rules between accepted figures (giữa các số liệu): what does not fit is told at a cell, with the other cells.

Judged over all files and corrections of a period, so neither the order of rows nor that of files matters. No row is
kept out and no figure is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from pipeline.intake.figure_rules import (
    AnyFigureRule,
    CompareRule,
    FigureRules,
    FormulaPartsRule,
    FormulaRule,
    Missing,
    MovedRule,
)
from pipeline.intake.frames import exact
from pipeline.intake.interpret import Context
from pipeline.intake.rows import Basis, FileKind, Intake, Observation, Origin, Reported, RowFinding, RuleResult
from pipeline.intake.shared_figures import FormulaRow, formula_rows, pairs_of
from pipeline.intake.values import Style, UnreadableError, read_number
from pipeline.plans.text import name_key, plain

Record: TypeAlias = Observation | Reported
_BROKEN = {"<=": "lớn hơn", ">=": "nhỏ hơn", "=": "khác"}
"""How figures stand to each other that break a rule with this operator."""


@dataclass(frozen=True)
class _Broken:
    """The record at which a rule is told as broken, and what is said of it."""

    record: Record
    said: str
    note: bool = False
    """A number is missing: said as a note, whatever the severity of the rule."""


@dataclass(frozen=True)
class _Figure:
    """A figure under the name by which rules know it."""

    record: Record
    name: str
    amount: Decimal

    def __str__(self) -> str:
        return f"“{self.name}” {_number(self.amount)} ({cell_of(self.record.origin)})"


def with_figure_rules(intake: Intake, context: Context, rules: FigureRules) -> Intake:
    """The record with what the rules find; a record that breaks a rule of severity warning is flagged with it."""
    findings = list[RowFinding]()
    results = list[RuleResult]()
    flags = dict[int, list[str]]()
    for rule in rules.rules:
        broken = sorted(_broken(rule, intake, context), key=lambda b: (b.record.origin.file, b.record.origin.cell))
        findings += [_finding(rule, one) for one in broken]
        results += _results(rule, broken, intake)
        for one in broken:
            if rule.severity == "warning" and not one.note:
                flags.setdefault(id(one.record), []).append(rule.rule)

    def flagged(record: Record) -> Record:
        own = dict.fromkeys(flags.get(id(record), ()))
        return record.model_copy(update={"flags": (*record.flags, *own)}) if own else record

    return intake.model_copy(
        update={
            "observations": tuple(map(flagged, intake.observations)),
            "reported": tuple(map(flagged, intake.reported)),
            "findings": (*intake.findings, *findings),
            "results": (*intake.results, *results),
        }
    )


def cell_of(origin: Origin) -> str:
    """The cell with its file: 'ô G7, tệp so-lieu.xlsx'."""
    return f"ô {origin.cell}, tệp {origin.file.rpartition('/')[2]}"


def _finding(rule: AnyFigureRule, broken: _Broken) -> RowFinding:
    severity = "info" if broken.note else rule.severity
    message = broken.said if broken.note else f"{rule.message}: {broken.said}"
    return RowFinding(
        origin=broken.record.origin, rule=rule.rule, severity=severity, message=message, remedy=rule.remedy
    )


def _results(rule: AnyFigureRule, broken: Sequence[_Broken], intake: Intake) -> Iterator[RuleResult]:
    """The outcome of a rule for each table whose figures it is about."""
    kind = rule.kind if isinstance(rule, CompareRule) else FileKind.OBSERVATIONS
    at = [one.record.origin for one in broken if not one.note]
    for table in intake.files:
        if table.kind is kind and table.rows:
            lines = sorted({o.line for o in at if (o.file, o.sheet) == (table.file, table.sheet)})
            yield RuleResult(
                file=table.file,
                sheet=table.sheet,
                kind=kind,
                rule=rule.rule,
                severity=rule.severity,
                message=rule.message,
                remedy=rule.remedy,
                holds=not lines,
                lines=tuple(lines),
            )


def _broken(rule: AnyFigureRule, intake: Intake, context: Context) -> Iterator[_Broken]:
    match rule:
        case CompareRule(kind=FileKind.REPORTED):
            yield from _compared(rule, _reported(intake.reported))
        case CompareRule():
            yield from _compared(rule, _observed(intake.observations, context))
        case MovedRule():
            yield from _moved(rule, intake.observations, context)
        case FormulaRule():
            for row in formula_rows(context.registry, context.locality):
                yield from _contradicting(rule, row, intake.observations)
        case FormulaPartsRule():
            for row in formula_rows(context.registry, context.locality):
                yield from _unpaired(row, intake.observations)


_Group: TypeAlias = Mapping[str, list[_Figure]]
"""The figures of one table or day, by the name that rules give them."""


def _observed(observations: Iterable[Observation], context: Context) -> Iterator[_Group]:
    groups = dict[tuple[object, ...], dict[str, list[_Figure]]]()
    for o in observations:
        if o.value is not None and (amount := o.value.exact) is not None:
            known = context.registry.has_concept(o.concept)
            name = context.registry.concept(o.concept).name if known else o.concept
            group = groups.setdefault((o.as_of, o.basis, o.unit, o.scope), {})
            group.setdefault(o.concept, []).append(_Figure(o, name, amount))
    yield from groups.values()


def _reported(reported: Iterable[Reported]) -> Iterator[_Group]:
    groups = dict[tuple[str, ...], dict[str, list[_Figure]]]()
    for r in reported:
        if (amount := _amount(r)) is not None:
            group = groups.setdefault((r.origin.file, r.origin.sheet, name_key(r.as_of)), {})
            group.setdefault(name_key(r.name), []).append(_Figure(r, r.name, amount))
    yield from groups.values()


def _amount(record: Reported) -> Decimal | None:
    """The value as a number; None where it is none."""
    try:
        return read_number(record.value, Style(record.unit))
    except UnreadableError:
        return None


def _compared(rule: CompareRule, groups: Iterable[_Group]) -> Iterator[_Broken]:
    for group in groups:
        lacking = [name for name in (*rule.left, *rule.right) if not _named(group, name)]
        left, right = ([f for name in names if (f := _one(group, name))] for names in (rule.left, rule.right))
        sent = [*left, *right]
        if lacking and sent and rule.missing is Missing.ASK:
            said = f"có {sent[0]} mà không có {', '.join(map(_quoted, lacking))} cùng ngày, cùng cách tính"
            yield _Broken(sent[0].record, said, note=True)
        if len(sent) < len(rule.left) + len(rule.right):
            continue
        total, other = (sum((f.amount for f in side), Decimal(0)) for side in (left, right))
        if not rule.operator.holds(total, other, exact(rule.tolerance)):
            yield _Broken(sent[0].record, _equation(left, right, total, other, _BROKEN[rule.operator]))


def _named(group: _Group, name: str) -> list[_Figure]:
    return group.get(name) or group.get(name_key(name)) or []


def _one(group: _Group, name: str) -> _Figure | None:
    """The figure of a name; None for none, and where several values stand for it, which no rule can compare."""
    found = _named(group, name)
    if len({figure.amount for figure in found}) != 1:
        return None
    return min(found, key=lambda f: (f.record.origin.file, f.record.origin.cell))


def _equation(left: Sequence[_Figure], right: Sequence[_Figure], total: Decimal, other: Decimal, word: str) -> str:
    """'“Hồ sơ tiếp nhận” 6.520 (ô C2…) khác “…” 6.414 (ô C3…) + “…” 67 (ô C4…) = 6.481'."""
    sides = []
    for figures, amount in ((left, total), (right, other)):
        joined = " + ".join(str(figure) for figure in figures)
        sides.append(f"{joined} = {_number(amount)}" if len(figures) > 1 else joined)
    return f" {word} ".join(sides)


_SLOW = (Basis.AT_DATE, Basis.UNSTATED)
"""What is counted in a period or since the start of the year moves with the calendar; only a stock must stand still."""


def _moved(rule: MovedRule, observations: Iterable[Observation], context: Context) -> Iterator[_Broken]:
    """Denominators further from those of the period before than the rule allows, of rows and of formulas."""
    shared = {row.formula.denominator for row in formula_rows(context.registry, context.locality)}
    most = Fraction(exact(rule.percent)) / 100
    for o in observations:
        now = _denominator(o, shared)
        if now is None or o.basis not in _SLOW:
            continue
        before = [(_denominator(e, shared), e) for e in context.earlier if _same(e, o) and e.as_of < o.as_of]
        stated = [(then, e) for then, e in before if then]
        if not stated:
            continue
        then, last = max(stated, key=lambda pair: pair[1].as_of)
        if then and last.basis is o.basis and abs(Fraction(now) - Fraction(then)) > most * Fraction(then):
            share = 100 * (now - then) / then
            moved = f"{'tăng' if share > 0 else 'giảm'} {_number(round(abs(share), 1))}%"
            told = f"{_number(now)} ({cell_of(o.origin)}), kỳ trước {_number(then)} ({cell_of(last.origin)}), {moved}"
            yield _Broken(o, told)


def _denominator(o: Observation, shared: set[str]) -> Decimal | None:
    """The denominator of a row, or the value of a figure that is one."""
    if o.concept in shared and o.key is None:
        return o.value.exact if o.value else None
    return o.denominator


def _same(one: Observation, other: Observation) -> bool:
    if other.key is not None:
        return (one.plan, one.key) == (other.plan, other.key)
    return one.key is None and (one.concept, one.unit, one.scope) == (other.concept, other.unit, other.scope)


def _contradicting(rule: FormulaRule, row: FormulaRow, observations: Sequence[Observation]) -> Iterator[_Broken]:
    """Ratios that were sent for the row and are not what its shared figures of that day give."""
    for pair in pairs_of(row.formula, observations):
        if (quotient := pair.percent) is None:
            continue
        for o in observations:
            stated = o.value.exact if o.value else None
            if not row.takes(o) or o.as_of != pair.as_of or stated is None:
                continue
            if abs(stated - quotient) > exact(rule.tolerance):
                typed = f"{row.code} ghi {_number(stated)}% ({cell_of(o.origin)})"
                n, d = pair.numerator, pair.denominator
                parts = f"{_number(pair.above)} ({cell_of(n.origin)}) / {_number(pair.below)} ({cell_of(d.origin)})"
                yield _Broken(o, f"{typed}, tính được {_number(round(quotient, 2))}% = {parts}")


def _unpaired(row: FormulaRow, observations: Sequence[Observation]) -> Iterator[_Broken]:
    """Figures of a formula from which it cannot be computed, with the reason."""
    pairs = list(pairs_of(row.formula, observations))
    paired = {id(o) for pair in pairs for o in (pair.numerator, pair.denominator)}
    for pair in pairs:
        if pair.percent is None:
            cells = f"{_number(pair.above)} ({cell_of(pair.numerator.origin)})"
            below = f"{_number(pair.below)} ({cell_of(pair.denominator.origin)})"
            yield _Broken(pair.numerator, f"{row.code}: tử số {cells} lớn hơn mẫu số {below}, hoặc mẫu số là 0")
    for name, other in ((row.formula.numerator, row.formula.denominator),
                        (row.formula.denominator, row.formula.numerator)):  # fmt: skip
        others = [o for o in observations if o.concept == other and o.key is None and o.value is not None]
        for o in observations:
            if o.concept != name or o.key is not None or o.value is None or id(o) in paired:
                continue
            if not others:
                # Who sends only the denominator owes the numerator of each row that is computed from it.
                yield _Broken(o, f"{row.code}: có “{name}” ({cell_of(o.origin)}), không có “{other}”", note=True)
            elif name == row.formula.numerator:
                where = "; ".join(f"{cell_of(x.origin)}, ngày {x.as_of:%d/%m/%Y}" for x in others)
                own = f"“{name}” ({cell_of(o.origin)}, ngày {o.as_of:%d/%m/%Y})"
                yield _Broken(o, f"{row.code}: {own} và “{other}” ({where}) không cùng ngày, cách tính, hay không rõ")


def _quoted(name: str) -> str:
    return f"“{name}”"


def _number(amount: Decimal) -> str:
    return f"{Decimal(plain(amount)):,}".translate(str.maketrans(",.", ".,"))
