"""Vietnamese text as data: one form to store, keys to match on, numbers as officials write them."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType
from typing import Any, Literal

# Thousands dot, decimal comma (1.234,5). ASCII digits only: `\d` would also take Arabic and full-width ones.
NUMBER = r"(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]+)?"
_WHOLE_NUMBER = re.compile(NUMBER)
VIETNAMESE_LETTER = re.compile("[àáâãèéêìíòóôõùúýăđĩũơưÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯ\u1ea0-\u1ef9]")
"""Letters of Vietnamese that English does not have."""
_SPACES = re.compile(r"\s+")
_DASHES = str.maketrans("‐‑‒–—−", "------")


def tidy(text: str) -> str:
    """NFC, with every run of white space (also no-break spaces and line breaks) as one space."""
    return _SPACES.sub(" ", normal("NFC", text)).strip()


INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
"""Characters without width that programs leave at the ends of a text."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def hidden_character(text: str) -> str:
    """The first character that is not seen or turns the direction of others, as 'U+202E'; '' for none."""
    if text.isprintable():
        return ""
    return next((f"U+{ord(c):04X}" for c in text if unicodedata.category(c) in _HIDDEN and c not in "\t\r\n"), "")


MOST_MARKS = 30
"""Marks on one letter in stream-safe text (Unicode Standard Annex 15); Vietnamese has two."""


def normal(form: Literal["NFC", "NFD", "NFKC"], text: str) -> str:
    """A normal form of Unicode, in time that grows with length: a text with more marks on a letter stays as it is."""
    if len(text) > 10 * MOST_MARKS:
        runs = (sum(1 for _ in run) for marked, run in groupby(text, _is_mark) if marked)
        if max(runs, default=0) > MOST_MARKS:
            return text
    return unicodedata.normalize(form, text)


def _is_mark(letter: str) -> bool:
    return unicodedata.combining(letter) > 0


@lru_cache(maxsize=1 << 16)
def canonical_key(text: str) -> str:
    """A key that is the same for all spellings of one name.

    Case, tone placement (hoà/hòa, uỷ/ủy), kinds of dashes and spaces, and the spacing around
    punctuation do not matter. Diacritics do: Cẩm Giang and Cẩm Giàng are two communes.
    """
    words = tidy(text).lower().translate(_DASHES)
    words = _AROUND_MARKS.sub(r"\1", words)
    return "".join(_marks_last(word) for word in _BETWEEN_WORDS.split(words))


_AROUND_MARKS, _BETWEEN_WORDS = re.compile(" ?([-,;:&/.()]) ?"), re.compile(r"([\s\-,;:&/.()])")
# Letters that OCR and keyboards confuse: Eth and African D for Đ, Cyrillic and Greek letters for Latin ones.
_LOOK_ALIKE = str.maketrans("ÐðƉɖаеорсухіАВЕКМНОРСТУХІοΟ", "ĐđĐđaeopcyxiABEKMHOPCTYXIoO")


# y alone after one of these consonants; the tone marks of its syllable follow it in a canonical key.
_FINAL_Y = re.compile(r"(?<![^\W\d_])(qu|[hklmst])y(?![^\W\d_])")


@lru_cache(maxsize=1 << 16)
def name_key(text: str) -> str:
    """`canonical_key` of a name or heading typed by someone else.

    Look-alike letters, marks around it, and i for y (tỉ lệ/tỷ lệ, xử lí/xử lý) do not matter either.
    """
    key = canonical_key(normal("NFKC", text).translate(_LOOK_ALIKE)).strip(" .:;,*-“”\"'")
    return _FINAL_Y.sub(r"\1i", key)


def _marks_last(word: str) -> str:
    decomposed = normal("NFD", word)
    letters = [c for c in decomposed if not unicodedata.combining(c)]
    return "".join(letters) + "".join(sorted(c for c in decomposed if unicodedata.combining(c)))


def misprints(printed: str, corrected: str) -> list[tuple[str, str]]:
    """The words in which a printed text and its correction differ, in pairs.

    Where words are missing or too many, a pair has the word before them, so that both sides show something.
    """
    ours, theirs = printed.split(), corrected.split()
    pairs = []
    for kind, first, last, start, end in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        # Of a word printed twice the second is the one too many.
        twice = int(kind == "delete" and ours[first] == (ours[last] if last < len(ours) else None))
        before = int(kind != "replace" and start > 0 and not twice)
        pairs.append((" ".join(ours[first - before : last + twice]), " ".join(theirs[start - before : end + twice])))
    return pairs


def bare(text: str) -> str:
    """In small letters without marks: 'tối thiểu' → 'toi thieu'."""
    letters = normal("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in letters if not unicodedata.combining(c))


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


_MESSAGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "missing": ("thiếu khóa này", "thêm khóa"),
        "extra_forbidden": ("không có khóa tên như vậy", "sửa tên khóa, hoặc bỏ đi"),
        "string_type": ("phải là chữ", "đặt trong dấu nháy kép"),
        "string_too_short": ("để trống", "ghi nội dung, hoặc bỏ khóa"),
        "string_too_long": ("dài quá {max_length} chữ", "rút gọn"),
        "string_pattern_mismatch": ("viết sai dạng {pattern}", "xem docs/schema"),
        "enum": ("chỉ nhận {expected}", "ghi một trong các từ đó"),
        "literal_error": ("chỉ nhận {expected}", "ghi một trong các giá trị đó"),
        "too_short": ("có {actual_length} mục, cần ít nhất {min_length}", "thêm mục"),
        "greater_than_equal": ("nhỏ hơn {ge}", "ghi từ {ge} trở lên"),
        "less_than_equal": ("lớn hơn {le}", "ghi từ {le} trở xuống"),
    }
)
# The types of errors of one kind of field begin alike: int_type, int_parsing, int_from_float.
_BY_FIELD_TYPE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "int": ("phải là số nguyên", "ghi số, không kèm chữ"),
        "decimal": ("phải là số", "ghi số, dấu chấm cho phần thập phân"),
        "finite": ("phải là số", "ghi số, dấu chấm cho phần thập phân"),
        "date": ("phải là ngày", "ghi năm-tháng-ngày, ví dụ 2026-05-20"),
        "bool": ("chỉ nhận true hoặc false", "ghi true hoặc false"),
        "tuple": ("phải là danh sách", "ghi các mục trong [ ] hoặc mỗi mục một dòng sau dấu -"),
        "list": ("phải là danh sách", "ghi các mục trong [ ] hoặc mỗi mục một dòng sau dấu -"),
        "model": ("phải gồm các khóa và giá trị", "ghi khóa: giá trị"),
        "dict": ("phải gồm các khóa và giá trị", "ghi khóa: giá trị"),
    }
)


def message_and_remedy(error: Mapping[str, Any]) -> tuple[str, str]:
    """Message and remedy of one entry of `ValidationError.errors()`; English of an unlisted type stands in brackets."""
    kind, details = str(error["type"]), error.get("ctx", {})
    if kind == "value_error":
        return str(details["error"]), ""
    listed = _MESSAGES.get(kind) or _BY_FIELD_TYPE.get(kind.partition("_")[0])
    if listed is None:
        return f"giá trị không hợp lệ ({error['msg']})", "so với mẫu trong docs/data-formats.md"
    message, remedy = listed
    return message.format(**details).replace(" or ", " hoặc "), remedy.format(**details)
