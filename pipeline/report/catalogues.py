"""Texts and figures in one language (ngôn ngữ của trang), from gettext catalogues, `locale/<language>/<domain>.po`.

Texts stand under keys that say where they are shown: `answer.met`. A catalogue may hold mark-up; what is put into it is
escaped.
"""

from __future__ import annotations

import datetime as dt
import gettext
import io
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import cache, lru_cache

from babel.core import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from pipeline.languages import catalogue_path, languages
from pipeline.report.printed_text import printed

LANGUAGES = languages()
"""The languages that have catalogues; the first is the official one, Vietnamese."""
NO_VALUE = "–"


@dataclass(frozen=True)
class Language:
    """One of `LANGUAGES`, with the catalogues of a domain such as `page` or `official`, and `words` behind it."""

    code: str
    domain: str = "page"

    def text(self, key: str, /, **values: object) -> str:
        """The text of `key` with `{name}` filled in; an int as `count` also chooses the form for that number.

        Raises KeyError for a key that no catalogue has.
        """
        if not values:
            return _text(self.code, self.domain, key)
        return self._form(key, values).format(**self._written(values))

    def text_or(self, key: str, otherwise: str) -> str:
        """The text of `key`; `otherwise` where no catalogue has it."""
        return _text_or(self.code, self.domain, key, otherwise)

    def html(self, key: str, /, **values: object) -> Markup:
        """The same where the text is HTML: values are escaped, the catalogue's own mark-up is not."""
        if not values:
            return _html(self.code, self.domain, key)
        escaped = {name: escape(value) for name, value in self._written(values).items()}
        return Markup(self._form(key, values).format(**escaped))  # noqa: S704 - our own catalogue

    def number(self, value: Decimal | int | None, digits: int = 2) -> str:
        """'1.234,5' or '1,234.5': at most `digits` decimals, rounded half up; '–' for none."""
        return NO_VALUE if value is None else _number(self.code, value, digits)

    def percent(self, share: Fraction | Decimal | None, digits: int = 1) -> str:
        """A share as '45,5%', rounded half up; '–' for 0/0."""
        if share is None:
            return NO_VALUE
        exact = Fraction(share) * 100
        return f"{self.number(Decimal(exact.numerator) / Decimal(exact.denominator), digits)}%"

    def date(self, day: dt.date | None) -> str:
        """'14/12/2025' in every language, as in the documents; so it is never read as month first."""
        return NO_VALUE if day is None else f"{day:%d/%m/%Y}"

    def _written(self, values: dict[str, object]) -> dict[str, object]:
        """Whole numbers as the language writes them (1.234), except years."""
        return {
            name: self.number(x) if isinstance(x, int) and "year" not in name else printed(x, self.code)
            for name, x in values.items()
        }

    def _form(self, key: str, values: dict[str, object]) -> str:
        count = values.get("count")
        return _form(self.code, self.domain, key, count if isinstance(count, int) else None)


@lru_cache(8192)
def _text(code: str, own: str, key: str) -> str:
    """A text without values."""
    return _form(code, own, key, None).format()


@lru_cache(8192)
def _html(code: str, own: str, key: str) -> Markup:
    return Markup(_text(code, own, key))  # noqa: S704 - our own catalogue


@lru_cache(8192)  # units above all, which some catalogues do not have
def _text_or(code: str, own: str, key: str, otherwise: str) -> str:
    try:
        return _text(code, own, key)
    except KeyError:
        return otherwise


@lru_cache(8192)
def _form(code: str, own: str, key: str, count: int | None) -> str:
    """The text of a key as the catalogue has it. Raises KeyError for a key that no catalogue has."""
    for domain in (own, "words"):
        catalogue = _catalogue(code, domain)
        plural = key if count is None else catalogue.ngettext(key, key, count)
        found = plural if plural != key else catalogue.gettext(key)
        if found != key:
            return found
    raise KeyError(f"{code}: {key}")


@lru_cache(4096)  # thousands of rows repeat the same few shares
def _number(code: str, value: Decimal | int, digits: int) -> str:
    with localcontext(prec=100):  # a figure of any length is shown instead of raising
        rounded = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0  # never "-0"
        text: str = format_decimal(rounded, format=f"#,##0.{'#' * digits}", locale=code)
    return text


@cache
def _catalogue(code: str, domain: str) -> gettext.GNUTranslations:
    """A catalogue, compiled in memory: a compiled file could be older than its text."""
    if code not in LANGUAGES:
        raise KeyError(code)
    with catalogue_path(code, domain).open("rb") as lines:
        catalogue = read_po(lines, locale=Locale.parse(code))
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
