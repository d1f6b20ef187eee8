"""In which language a page speaks (ngôn ngữ): the text of its catalogues, and its forms of numbers and dates.

All text lies in gettext catalogues, `locale/<language>/<domain>.po`, under keys that say where it stands:
`answer.met`. A catalogue may hold mark-up; what is put into it is escaped.
"""

from __future__ import annotations

import datetime as dt
import gettext
import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

from babel.core import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup

LANGUAGES = ("vi", "en")
"""The languages there are catalogues for; the first is the one of the office."""
NBSP = "\N{NO-BREAK SPACE}"
NO_VALUE = "–"
_CATALOGUES = Path(__file__).parent / "locale"


@dataclass(frozen=True)
class Language:
    """One of `LANGUAGES`, with the catalogues of a domain such as `page` or `official`, and `words` behind it."""

    code: str
    domain: str = "page"

    def text(self, key: str, /, count: int | None = None, **values: object) -> str:
        """The text of `key` with `{name}` filled in; with `count`, in the form for that number, which is `{count}`.

        Raises KeyError for a key that no catalogue has.
        """
        return self._find(key, count).format(**self._shown(count, values))

    def html(self, key: str, /, count: int | None = None, **values: object) -> Markup:
        """The same where the text is HTML: values are escaped, the catalogue's own mark-up is not."""
        return Markup(self._find(key, count)).format(**self._shown(count, values))  # noqa: S704 - our own catalogue

    def number(self, value: Decimal | int | None, digits: int = 2) -> str:
        """'1.234,5' or '1,234.5': at most `digits` decimals, rounded half up; '–' for none."""
        if value is None:
            return NO_VALUE
        rounded = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0  # never "-0"
        shown: str = format_decimal(rounded, format=f"#,##0.{'#' * digits}", locale=self.code)
        return shown

    def percent(self, share: Fraction | Decimal | None, digits: int = 1) -> str:
        """A share as '45,5 %', rounded half up; '–' for 0/0."""
        if share is None:
            return NO_VALUE
        exact = Fraction(share) * 100
        return f"{self.number(Decimal(exact.numerator) / Decimal(exact.denominator), digits)}{NBSP}%"

    def date(self, day: dt.date | None) -> str:
        """'14/12/2025' in both languages: the way of the documents, and not to be taken for month first."""
        return NO_VALUE if day is None else f"{day:%d/%m/%Y}"

    def listed(self, items: Iterable[str]) -> str:
        return "; ".join(items)

    def _shown(self, count: int | None, values: dict[str, object]) -> dict[str, object]:
        return values if count is None else {"count": self.number(count), **values}

    def _find(self, key: str, count: int | None) -> str:
        for catalogue in (_catalogue(self.code, self.domain), _catalogue(self.code, "words")):
            found = catalogue.gettext(key) if count is None else catalogue.ngettext(key, key, count)
            if found != key:
                return found
        raise KeyError(f"{self.code}: {key}")


@cache
def _catalogue(code: str, domain: str) -> gettext.GNUTranslations:
    """A catalogue compiled in memory, so that no compiled file can be older than its text."""
    if code not in LANGUAGES:
        raise KeyError(code)
    with (_CATALOGUES / code / f"{domain}.po").open("rb") as lines:
        catalogue = read_po(lines, locale=Locale.parse(code))
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
