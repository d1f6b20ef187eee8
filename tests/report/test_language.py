"""The catalogues: every key that is used exists in every language, with the same values to fill in."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from pipeline.languages import catalogue_path
from pipeline.paths import CODE
from pipeline.report.language import LANGUAGES, Language

ROOM = CODE / "pipeline"
DOMAINS = sorted({path.stem for path in ROOM.glob("*/locale/*/*.po")})
_FIELD = re.compile(r"\{([a-z0-9_]+)\}")


def _texts(code: str, domain: str) -> dict[str, tuple[str, ...]]:
    path = catalogue_path(code, domain)
    if not path.is_file():
        return {}
    with path.open("rb") as lines:
        catalogue = read_po(lines, locale=code)
    texts = {}
    for message in catalogue:
        key = message.id if isinstance(message.id, str) else message.id[0]
        if key:
            texts[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return texts


@pytest.mark.parametrize("domain", [d for d in DOMAINS if d not in ("official", "data")])  # those are Vietnamese only
def test_every_language_has_every_key(domain: str) -> None:
    one, *others = (_texts(code, domain) for code in LANGUAGES)
    for other in others:
        assert one.keys() == other.keys()
        for key, texts in one.items():
            wanted = {field for text in texts for field in _FIELD.findall(text)}
            assert wanted == {field for text in other[key] for field in _FIELD.findall(text)}, key


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_no_text_is_empty_and_braces_are_fields(code: str, domain: str) -> None:
    for key, texts in _texts(code, domain).items():
        for text in texts:
            assert text.strip(), key
            assert not set("{}") & set(_FIELD.sub("", text)), key


def test_no_key_is_unused() -> None:
    """Every key, or the beginning of a composed key, is in a module or a template."""
    code = "".join(p.read_text("utf-8") for p in ROOM.rglob("*") if p.suffix in (".py", ".j2"))
    for domain in DOMAINS:
        for key in _texts("vi", domain):
            stem, _, _ = key.rpartition(".")
            written = f'"{key}"' in code or f"'{key}'" in code
            composed = any(f"{quote}{stem}." in code for quote in ('"', "'"))
            assert written or composed, key


def test_an_unknown_key_is_an_error_and_values_are_escaped() -> None:
    words = Language("vi", "page")
    with pytest.raises(KeyError, match="nothing"):
        words.text("nothing")
    assert "&lt;b&gt;" in words.html("lead.no-plan", locality="<b>")
    assert "<em>" in words.html("lead.no-plan", locality="x")


def test_counts_choose_their_form() -> None:
    english = Language("en", "page")
    assert english.text("lead.absent", count=1) == "1 indicator has no data."
    assert english.text("lead.absent", count=1234) == "1,234 indicators have no data."
    assert Language("vi", "page").text("lead.absent", count=1234) == "1.234 chỉ tiêu chưa có số liệu."
