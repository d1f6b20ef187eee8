"""Links from a figure to its evidence (minh chứng), in a text that `intake.evidence` has written.

A kept file is linked to a copy of it beside the page, under its own name: `minh-chung/<hash>/<name>`. The page, a
bundle, and a copy of the folder of the report all have it. An address alone is a link to that address, and is said to
be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from urllib.parse import quote, unquote

from markupsafe import Markup, escape

from pipeline.intake.evidence import KEPT, ONLY_A_LINK
from pipeline.intake.inbox import EVIDENCE_FOLDER
from pipeline.report.printed_text import without_marks
from pipeline.report.words import Words

_ADDRESS = re.compile(r"https?://[^\s;<>\"']+")
_LINK = re.compile(rf'href="({EVIDENCE_FOLDER}/([0-9a-f]{{16}})/([^"/]+))"')


def with_links(text: str, code: str) -> Markup:
    """The evidence of a row or answer with links, set apart as Vietnamese on a page in another language."""
    linked = Markup("; ").join(map(_linked, without_marks(text).split("; ")))
    return linked if code == "vi" else Markup('<span lang="vi">{}</span>').format(linked)


def chain_line(line: str, words: Words) -> Markup | None:
    """A line of the chain of a figure that says its evidence, with links; None for any other line."""
    begin = _begin(words)
    if not line.startswith(begin):
        return None
    return Markup("{}{}").format(begin, with_links(line.removeprefix(begin), words.code))


@cache
def _begin(words: Words) -> str:
    return words.text("chain.evidence", evidence="")


def linked_files(html: str, hashes: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each kept file that a page links to: its path beside the page, and the path of the input that it is.

    `hashes`: path and SHA-256 of the inputs that may be evidence.
    """
    by_name: Mapping[tuple[str, str], str] = {(path.rpartition("/")[2], sha[:16]): path for path, sha in hashes}
    for sha, quoted in sorted({(found[2], found[3]) for found in _LINK.finditer(html)}):
        if source := by_name.get((unquote(quoted), sha)):
            yield f"{EVIDENCE_FOLDER}/{sha}/{unquote(quoted)}", source


def _linked(part: str) -> Markup:
    if kept := KEPT.search(part):
        name, sha256 = part[: kept.start()], kept["sha256"]
        link = Markup('<a href="{}/{}/{}">{}</a> (sha256 <code>{}</code>, {} byte{}){}')
        more = (kept["undated"] or "", part[kept.end() :])
        return link.format(EVIDENCE_FOLDER, sha256, quote(name, safe=""), name, sha256, kept["size"], *more)
    address = part.removesuffix(f" ({ONLY_A_LINK})")
    if address != part and _ADDRESS.fullmatch(address):
        return Markup('<a href="{0}" rel="noopener noreferrer">{0}</a> ({1})').format(address, ONLY_A_LINK)
    return escape(part)
