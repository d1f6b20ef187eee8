"""Vietnamese text as data: one form to store, keys to match on, numbers as officials write them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

# Thousands dot, decimal comma (1.234,5). ASCII digits only: `\d` would also take Arabic and full-width ones.
NUMBER = r"(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]+)?"
_WHOLE_NUMBER = re.compile(NUMBER)
_SPACES = re.compile(r"\s+")
_DASHES = str.maketrans("‐‑‒–—−", "------")


def tidy(text: str) -> str:
    """NFC, with every run of white space (also no-break spaces and line breaks) as one space."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


@lru_cache(maxsize=1 << 16)
def canonical_key(text: str) -> str:
    """A key that is the same for all spellings of one name.

    Case, tone placement (hoà/hòa, uỷ/ủy), kinds of dashes and spaces, and the spacing around
    punctuation do not matter. Diacritics do: Cẩm Giang and Cẩm Giàng are two communes.
    """
    words = tidy(text).lower().translate(_DASHES)
    words = re.sub(r"\s*([-,;:&/.()])\s*", r"\1", words)
    return "".join(_marks_last(word) for word in re.split(r"([\s\-,;:&/.()])", words))


# Letters that OCR and keyboards confuse: Eth and African D for Đ, Cyrillic and Greek letters for Latin ones.
_LOOK_ALIKE = str.maketrans("ÐðƉɖаеорсухіАВЕКМНОРСТУХІοΟ", "ĐđĐđaeopcyxiABEKMHOPCTYXIoO")


# y alone after one of these consonants; the tone marks of its syllable follow it in a canonical key.
_FINAL_Y = re.compile(r"(?<![^\W\d_])(qu|[hklmst])y(?![^\W\d_])")


@lru_cache(maxsize=1 << 16)
def name_key(text: str) -> str:
    """`canonical_key` of a name or heading typed by someone else.

    Look-alike letters, marks around it, and i for y (tỉ lệ/tỷ lệ, xử lí/xử lý) do not matter either.
    """
    key = canonical_key(unicodedata.normalize("NFKC", text).translate(_LOOK_ALIKE)).strip(" .:;,*-“”\"'")
    return _FINAL_Y.sub(r"\1i", key)


def _marks_last(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    letters = [c for c in decomposed if not unicodedata.combining(c)]
    return "".join(letters) + "".join(sorted(c for c in decomposed if unicodedata.combining(c)))


def parse_number(text: str) -> Decimal:
    """'1.234,5' → 1234.5. Raises ValueError for anything else, also '0.5' and '1e5'."""
    if not _WHOLE_NUMBER.fullmatch(text):
        raise ValueError(f"không phải số viết theo kiểu Việt Nam: “{text}”")
    return Decimal(text.replace(".", "").replace(",", "."))


def plain(value: Decimal | None) -> str:
    """A number for machine-read tables: '3.5', '30000', '' for none; never an exponent."""
    if value is None:
        return ""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
