"""Printed targets of the synthetic plans: the forms that real plans use, in about the mix in which they use them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from benchmarks.synthetic.numbers import written

_RISING = (("≥ {}", 34), ("≥{}", 8), ("{}", 24), ("Tối thiểu {}", 9), ("ít nhất {}", 6), ("trên {}", 6), ("Đạt {}", 4))
_FALLING = (("≤ {}", 50), ("không quá {}", 25), ("tối đa {}", 25))
_ASPIRED = "Phấn đấu ít nhất {}"
STAGES = (2025, 2030, 2035, 2040, 2045)


def target_text(bound: float, unit: str, falling: bool, chance: Random) -> str:
    """One target that asks for `bound`; a range or an aspiration now and then."""
    sign = "%" if unit.startswith("%") else ""
    figure = f"{written(bound)}{sign}"
    if unit == "cấp độ":
        return "Cấp độ 3" if bound >= 3 else "Cấp độ 2 hoặc 3"
    if unit == "giờ":
        return f"trong vòng {written(bound)} giờ"
    if falling:
        return _chosen(_FALLING, chance).format(figure)
    if sign and 10 <= bound <= 95 and chance.random() < 0.07:
        return f"{written(bound)}-{written(bound + 5)}{sign}"
    if chance.random() < 0.03:
        return _ASPIRED.format(figure)
    form = _chosen(_RISING, chance)
    # “trên 100%” could never be met.
    return ("{}" if form.startswith("trên") and bound >= 100 else form).format(figure)


def one_year(bound: float, unit: str, falling: bool, chance: Random) -> list[dict[str, object]]:
    """The target of a plan of 2026; a few are spans that fall due in 2027."""
    text = target_text(bound, unit, falling, chance)
    if unit.startswith("%") and chance.random() < 0.05:
        text = f"{written(bound)}% (2025-2027)"
    return [{"year": 2026, "text": text}]


def staged(bounds: Sequence[float], unit: str, falling: bool, chance: Random) -> list[dict[str, object]]:
    """Five columns, one form of words along a row, now and then a dash."""
    form = _chosen(_FALLING if falling else _RISING, chance)
    if unit in ("cấp độ", "giờ") or (form.startswith("trên") and bounds[-1] >= 100):
        form = "{}"
    sign = "%" if unit.startswith("%") else ""
    texts = [
        target_text(bound, unit, falling, chance) if unit == "cấp độ" else form.format(f"{written(bound)}{sign}")
        for bound in bounds
    ]
    if chance.random() < 0.12:
        texts[chance.choice((0, -1))] = "-"
    return [{"year": year, "text": text} for year, text in zip(STAGES, texts, strict=True)]


def _chosen(forms: Sequence[tuple[str, int]], chance: Random) -> str:
    return chance.choices([form for form, _ in forms], [weight for _, weight in forms])[0]
