"""Made-up provinces and communes: names that say so, and codes that are given to no place.

Communes are numbered from 90001: the list of Quyết định 19/2025/QĐ-TTg ends below 33000. Provinces take two-digit
codes that none of the 34 provinces of 2025 has, nor any of the 64 of Quyết định 124/2004/QĐ-TTg.
"""

from __future__ import annotations

from dataclasses import dataclass

PROVINCE_CODES = (
    *("03", "05", "07", "09", "13", "16", "18", "21", "23", "29", "32", "39", "41", "43", "47", "50", "53"),
    *("55", "57", "59", "61", "63", "65", "69", "71", "73", "76", "78", "81", "85", "88", "90", "97", "98"),
)
FIRST_CODE = 90_001
MOST_LOCALITIES = 9_999


@dataclass(frozen=True)
class Place:
    """One row of `localities.csv`."""

    code: str
    slug: str
    name: str
    full_name: str
    type: str
    parent: str = ""

    @property
    def row(self) -> dict[str, str]:
        """The line of `localities.csv`, by column."""
        return dict(vars(self))


def provinces() -> list[Place]:
    """34, as there are; none has a plan of its own."""
    return [
        Place(code, f"mo-phong-tinh-{n:02}", f"Mô phỏng {n:02}", f"Tỉnh Mô phỏng {n:02}", "Tỉnh")
        for n, code in enumerate(PROVINCE_CODES, start=1)
    ]


def commune(number: int) -> Place:
    """Commune `number`, from 1, dealt out to the provinces in turn."""
    name = f"Mô phỏng {number:05}"
    parent = PROVINCE_CODES[(number - 1) % len(PROVINCE_CODES)]
    return Place(str(FIRST_CODE + number - 1), f"mo-phong-{number:05}", name, f"Xã {name}", "Xã", parent)
