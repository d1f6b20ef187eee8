"""Numbers and marks that are typed before a line (số, gạch đầu dòng): 'I.', '2.1.', 'a)', '-', '+', '•'."""

from __future__ import annotations

import re

_TYPED = re.compile(
    r"(?P<label>(?:PHẦN|Phần) (?:[IVX]{1,5}|thứ \w{2,4})[.:]?"
    r"|[A-HĐ]\.(?=\s+[A-ZĐÀ-Ỹ]{2})|(?:I[XV]|V?I{1,3}|X{1,2}(?:I[XV]|V?I{0,3})|V)[.)/](?=\s)"
    r"|[0-9]{1,2}(?:\.[0-9]{1,2}){1,3}[.)]?(?=\s+[^\W\d_])|[0-9]{1,3}[.)/](?=\s+[^\W\d_]|\s*$)"
    r"|[0-9]{1,2}\.(?=\s+[0-9]+(?:,[0-9]+)? ?%)"
    r"|[a-zđ][.)](?=\s)|[-–—+*•●▪◦‣·](?=\s*[^\s0-9]|\s+))"
    r"\s*(?P<rest>.*)",
    re.DOTALL,
)
_BULLETS = frozenset("-–—+*•●▪◦‣·")


def split_label(text: str) -> tuple[str, str]:
    """The mark that is typed before a line, and the rest; '' where there is none. A bullet is '-' or '+'."""
    found = _TYPED.match(text)
    if found is None:
        return "", text
    label = found["label"]
    if label in _BULLETS:
        label = "+" if label == "+" else "-"
    return label, found["rest"].strip()


_PART = re.compile(r"PHẦN|Phần|[A-HĐ]\.")
_ROMAN = re.compile(r"[IVX]{1,6}[.)/]?")
_DOTTED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3})*[.)/]?")


def depth_of(label: str) -> int:
    """How deep a line with this label stands: a part 0, 'I' 1, '1' 2, '1.1' 3 …, 'a)' 7, '-' 8, '+' 9, none 10."""
    if not label:
        return 10
    if _PART.match(label):
        return 0
    if _ROMAN.fullmatch(label):
        return 1
    if _DOTTED.fullmatch(label):
        return 2 + label.strip(".)/").count(".")
    return {"-": 8, "+": 9}.get(label, 7)
