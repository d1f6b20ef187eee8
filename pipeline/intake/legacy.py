"""Text typed with fonts older than Unicode, TCVN3 (ABC, .VnTime) and VNI (VNI-Times): recognised, and refused.

Both put Vietnamese letters in the place of Latin-1 ones: “B¸o c¸o”, “Baùo caùo”. A sheet is taken for one of them only
if its odd words become Vietnamese syllables. Nothing is converted, because nobody would notice a wrong letter.
Sources: TCVN 5712:1993 (VN3), VNI code table for Windows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from pipeline.intake.cells import FileFaultError, Grid, column_letter, place_on
from pipeline.plans.text import name_key, normal

TCVN3 = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
_VNI_MARKS = "ùøûõïâáàåãäêéèúüë"
_VNI_VOWELS = {
    "a": "áàảãạâấầẩẫậăắằẳẵặ",
    "e": "éèẻẽẹêếềểễệ",
    "o": "óòỏõọôốồổỗộ",
    "u": "úùủũụ",
    "y": "ýỳỷỹ",
    "ô": "ớờởỡợ",
    "ö": "ứừửữự",
}
VNI = {
    vowel + mark: letter
    for vowel, letters in _VNI_VOWELS.items()
    for mark, letter in zip(_VNI_MARKS, letters, strict=False)
} | {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
"""In small letters. VNI writes a tone or hat as a second letter after the vowel."""
_VNI_LETTER = re.compile("|".join(sorted(VNI, key=len, reverse=True)))
_NAMES = {"TCVN3": "TCVN3 (ABC)", "VNI": "VNI Windows"}
"""As UniKey lists them."""

_LONGEST_SYLLABLE = 7 + 5
"""Letters of one (nghiêng), and marks that stand apart."""
_WORD = re.compile(r"[^\W\d_]+(?:[^\W\d_]|[¡-¿×÷])*|[^\s\d.,;:()/\-“”\"'?!%+=<>]+")
# Vowel groups of Vietnamese without their marks; 'auo' or 'aa', as in “Baùo”, “nhaân”, are none.
_NUCLEUS = (
    "ieu|yeu|uye|uya|uyu|uoi|uou|uay|oai|oay|oao|oeo|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|ua|ue|ui|uo|uu|uy|ye"
    "|[aeiouy]"
)
_SYLLABLE = re.compile(rf"(?:ngh?|nh|ch|[gk]h?|qu|ph?|th|tr|gi|[bcdhlmnrstvx])?(?:{_NUCLEUS})(?:ng|nh|ch|[cmnpt])?")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_HATS = {"\u0302": "aeo", "\u0306": "a", "\u031b": "ou"}
"""Circumflex, breve and horn, and the vowels that take them."""


def refuse_legacy(grid: Grid) -> None:
    """Raises FileFaultError at the first cell in TCVN3 or VNI, where the sheet is recognised as such."""
    name = recognise(cell.text for line in grid.lines for cell in line.cells)
    if not name:
        return
    for line in grid.lines:
        for column, text in enumerate(line.texts):
            if any(_odd(word) and _vietnamese(_in_unicode(word, name)) for word in _WORD.findall(text)):
                raise legacy_fault(name, f"{place_on(grid)}ô {column_letter(column)}{line.number}", text)


def refuse_legacy_headings(grid: Grid, known: Collection[str], lines: int) -> None:
    """Raises FileFaultError at a cell of the first lines that is a heading in TCVN3 or VNI, and none as it stands.

    `known` are the canonical keys of headings. A sheet may have too few such words to be recognised by them, and every
    syllable of “Ghi chó” (Ghi chú) is one of Unicode, too.
    """
    for line in grid.lines[:lines]:
        for column, text in enumerate(line.texts):
            if text.isascii() or len(text) > 80 or any(ord(c) > 0xFF for c in text) or name_key(text) in known:
                continue
            for name in _NAMES:
                if name_key(_in_unicode(text, name)) in known:
                    raise legacy_fault(name, f"{place_on(grid)}ô {column_letter(column)}{line.number}", text)


def legacy_fault(name: str, place: str, text: str = "") -> FileFaultError:
    """The refusal of text in code table `name` ('TCVN3' or 'VNI'), and how to convert it."""
    table = _NAMES[name]
    return FileFaultError(
        "legacy-encoding",
        place,
        f"chữ viết bằng bảng mã {table}, không phải Unicode{f': “{text[:40]}”' if text else ''}",
        f"đổi sang Unicode: chép bảng trong Excel, bấm Ctrl+Shift+F6 mở bộ công cụ UniKey, chọn nguồn {table}, đích "
        "Unicode, đổi bộ nhớ tạm (clipboard), bấm Chuyển mã, dán lại, đặt phông Times New Roman rồi gửi lại",
    )


def recognise(texts: Iterable[str]) -> str:
    """'TCVN3', 'VNI', or '' where the words are Unicode, or too few to tell."""
    words = {word for text in set(texts) if not text.isascii() for word in _WORD.findall(text)}
    odd = set(filter(_odd, words))
    if not odd:
        return ""
    scores = {name: sum(_vietnamese(_in_unicode(word, name)) for word in odd) for name in _NAMES}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= 3 and scores[best] >= 0.8 * len(odd) and len(set(scores.values())) > 1 else ""


def may_be_windows_1258(content: bytes) -> bool:
    """Whether bytes that are not UTF-8 read as Vietnamese in the code page of Windows."""
    try:
        words = _WORD.findall(normal("NFC", content.decode("cp1258")))
    except UnicodeDecodeError:
        return False
    marked = [word for word in words if not word.isascii()]
    return bool(marked) and sum(map(_vietnamese, marked)) >= 0.8 * len(marked)


def _odd(word: str) -> bool:
    """Holds a letter above ASCII, none above Latin-1, and is no Vietnamese syllable as it stands."""
    return not word.isascii() and all(ord(c) <= 0xFF for c in word) and not _vietnamese(word)


def _in_unicode(word: str, name: str) -> str:
    """A word of code table `name`; characters that it does not know stay."""
    if name == "TCVN3":
        return "".join(TCVN3.get(c, c) for c in word)
    return _VNI_LETTER.sub(lambda found: VNI[found[0]], word.lower())


def _vietnamese(word: str) -> bool:
    """Whether a word has the letters and marks of one Vietnamese syllable."""
    letters, marks = "", ""
    if len(word) > _LONGEST_SYLLABLE:
        return False
    for c in unicodedata.normalize("NFD", word.lower().replace("đ", "d")):
        if not unicodedata.combining(c):
            letters += c
        elif c in _TONES or letters[-1:] in _HATS.get(c, ()):
            marks += c
        else:
            return False
    return sum(c in _TONES for c in marks) <= 1 and len(marks) <= 3 and bool(_SYLLABLE.fullmatch(letters))
