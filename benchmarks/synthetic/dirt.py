"""Dirt: a row made to break one rule of `expectations/`, so that intake keeps it out for that reason."""

from __future__ import annotations

import datetime as dt
from random import Random

from benchmarks.synthetic.rows import Sent

DIRT_SHARE = 0.02
_SHARES = ("percentage", "unit-agrees", "known-subject", "number", "number-ambiguous", "not-after-cut-off", "source")
_OTHERS = ("unit-agrees", "known-subject", "number", "not-after-cut-off", "source", "value-or-absence")
_QUOTIENTS = ("quotient", "part-of-whole")


def spoil_observation(sent: Sent, cut_off: dt.date, chance: Random) -> None:
    """Break one critical rule about indicators; which, fits the row."""
    cells = sent.cells
    rules = (_SHARES if str(cells["unit"]).startswith("%") else _OTHERS) + (
        _QUOTIENTS if "denominator" in cells else ()
    )
    sent.rule = chance.choice(rules)
    if sent.rule not in _QUOTIENTS:
        cells.pop("numerator", None)
        cells.pop("denominator", None)
        cells["value"] = cells["value"] or "50"
    match sent.rule:
        case "percentage":
            cells["value"] = f"{chance.randint(101, 140)},{chance.randint(1, 9)}"
        case "unit-agrees":
            cells |= {"unit": "điểm", "value": str(cells["value"]).rstrip("%")}
        case "known-subject":
            _lose_subject(sent, chance)
        case "number":
            cells["value"] = f"khoảng {cells['value']}"
        case "number-ambiguous":
            cells["value"] = f"1.{chance.randint(100, 999)}"
        case "not-after-cut-off":
            cells["as_of"] = cut_off + dt.timedelta(days=chance.randint(1, 10))
        case "source":
            del cells["source"]
        case "value-or-absence":
            cells["absence"] = "chưa có số liệu"
        case "quotient":
            part, whole = int(str(cells["numerator"])), int(str(cells["denominator"]))
            share = 100 * part / whole
            cells["value"] = f"{share - 7 if share > 50 else share + 7:.1f}".replace(".", ",")
        case "part-of-whole":
            cells |= {"numerator": str(int(str(cells["denominator"])) + chance.randint(1, 30)), "value": ""}


def spoil_task(sent: Sent, cut_off: dt.date, chance: Random) -> None:
    """Break one critical rule about tasks; which, fits the row."""
    cells = sent.cells
    rules = ["known-subject", "date", "not-after-cut-off"]
    if len(cells) > 1:
        # Without its source, a row that says nothing else is one the sender left empty.
        rules.append("source")
    if "finished_on" in cells:
        rules.append("finished-after-start")
    if "suspended_on" in cells:
        rules.append("reason-suspended")
    sent.rule = chance.choice(rules)
    match sent.rule:
        case "known-subject":
            _lose_subject(sent, chance)
        case "source":
            del cells["source"]
        case "date":
            # A day that no calendar has, and that cannot be read month first.
            cells["reported_on"] = f"31/02/{cut_off.year}"
        case "not-after-cut-off":
            cells["reported_on"] = cut_off + dt.timedelta(days=chance.randint(1, 10))
        case "finished-after-start":
            started = cells["started_on"]
            if isinstance(started, dt.date):
                cells["finished_on"] = started - dt.timedelta(days=chance.randint(5, 40))
        case "reason-suspended":
            del cells["note"]


def _lose_subject(sent: Sent, chance: Random) -> None:
    """A code and a name of no plan."""
    number = chance.randint(70, 99)
    sent.code = f"{sent.code.partition('/')[0]}/VII.{number}"
    sent.name = f"Dòng thêm ngoài kế hoạch số {number}"
