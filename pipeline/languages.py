"""The languages of the pages, and how files are named in them."""

from __future__ import annotations

from pathlib import Path

from pipeline.paths import CODE


def catalogue_path(code: str, domain: str) -> Path:
    """Where the text of a domain lies: `locale/<code>/<domain>.po` in the package that shows it."""
    found = next((CODE / "pipeline").glob(f"*/locale/{code}/{domain}.po"), None)
    return found or CODE / "pipeline" / "report" / "locale" / code / f"{domain}.po"


def languages() -> tuple[str, ...]:
    """The languages a page can be had in, Vietnamese first: that of the office, which every page has."""
    others = {path.parent.name for path in (CODE / "pipeline" / "report" / "locale").glob("*/page.po")} - {"vi"}
    return ("vi", *sorted(others))


def page_languages(more: str) -> tuple[str, ...]:
    """The languages in which a page is made: that of the office, and `more` if it is not empty."""
    return ("vi", more) if more else ("vi",)


def in_language(name: str, language: str) -> str:
    """The name of a file in a language: index.html in that of the office, index.en.html in English."""
    stem, _, ending = name.rpartition(".")
    return name if language == "vi" else f"{stem}.{language}.{ending}"


def own_name(code: str) -> str:
    """What a language calls itself: 'Tiếng Việt', 'English', 'Français'."""
    from babel.core import Locale

    name = str(Locale.parse(code).get_language_name(code))
    return name[:1].upper() + name[1:]
