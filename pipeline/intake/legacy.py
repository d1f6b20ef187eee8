"""Text typed with fonts older than Unicode: TCVN3 (ABC, .VnTime) and VNI (VNI-Times).

Both reuse Latin-1 letters for Vietnamese ones: “B¸o c¸o”, “Baùo caùo”. A file is taken for one of them
only if its odd words become Vietnamese syllables; a cell is converted only if all of its words do.
Sources: TCVN 5712:1993 (VN3), VNI code table for Windows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.intake.cells import Cell, Grid, Line, text_cell

_TCVN3 = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
# VNI writes a tone or hat as a second letter after the vowel.
_VNI_MARKS = dict(zip("ùøûõïâáàåãäêéèúüë", range(17), strict=True))
_VNI_VOWELS = {
    "a": "áàảãạâấầẩẫậăắằẳẵặ",
    "e": "éèẻẽẹêếềểễệ",
    "o": "óòỏõọôốồổỗộ",
    "u": "úùủũụ",
    "y": "ýỳỷỹ",
    "ô": "ớờởỡợ",
    "ö": "ứừửữự",
}
_VNI_SINGLE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "í": "í", "ì": "ì"}
# Vowel groups of Vietnamese without their marks; 'auo' or 'aa', as in “Baùo”, “nhaân”, are none.
_NUCLEUS = (
    "ieu|yeu|uye|uya|uyu|uoi|uou|uay|oai|oay|oao|oeo|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|ua|ue|ui|uo|uu|uy|ye"
    "|[aeiouy]"
)
_SYLLABLE = re.compile(
    rf"(?:ngh?|nh|ch|[gk]h?|qu|ph?|th|tr|gi|[bcdđhlmnrstvx])?(?:{_NUCLEUS})(?:ng|nh|ch|[cmnpt])?", re.IGNORECASE
)
_HATS = {"\u0302": "aeo", "\u0306": "a", "\u031b": "ou"}
_WORD = re.compile(r"[^\W\d_]+(?:[^\W\d_]|[¡-¿×÷])*|[^\s\d.,;:()/\-“”\"'?!%+=<>]+")


@dataclass(frozen=True)
class Legacy:
    """What was recognised: the name of the code table, and how many cells were converted."""

    name: str
    converted: int


def convert(text: str, name: str) -> str:
    """Text of code table `name` ('TCVN3' or 'VNI') in Unicode; characters it does not know stay."""
    if name == "TCVN3":
        return "".join(_TCVN3.get(c, c) for c in text)
    result, position = [], 0
    while position < len(text):
        letter, lower = text[position], text[position].lower()
        vowels = _VNI_VOWELS.get(lower, "")
        mark = _VNI_MARKS.get(text[position + 1 : position + 2].lower(), len(vowels))
        if mark < len(vowels):
            result.append(_cased(vowels[mark], letter))
            position += 2
        else:
            result.append(_cased(_VNI_SINGLE.get(lower, lower), letter))
            position += 1
    return "".join(result)


def recognise(texts: Iterable[str]) -> str:
    """'TCVN3', 'VNI', or '' where the words are Unicode, or too few to tell."""
    words = {word for text in set(texts) if not text.isascii() for word in _WORD.findall(text)}
    odd = set(filter(_odd, words))
    if not odd:
        return ""
    scores = {name: sum(_vietnamese(convert(word, name)) for word in odd) for name in ("TCVN3", "VNI")}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= 3 and scores[best] >= 0.8 * len(odd) and len(set(scores.values())) > 1 else ""


def converted_grid(grid: Grid) -> tuple[Grid, Legacy | None]:
    """The grid in Unicode, if it is recognised. A cell that does not convert whole is left with a fault."""
    name = recognise(cell.text for line in grid.lines for cell in line.cells)
    if not name:
        return grid, None
    count = 0
    lines = []
    for line in grid.lines:
        cells = []
        for cell in line.cells:
            new = _converted(cell, name)
            count += new != cell and not new.fault
            cells.append(new)
        lines.append(Line(line.number, tuple(cells), line.hidden))
    return Grid(grid.name, tuple(lines), grid.hidden, grid.merged, grid.constant_width), Legacy(name, count)


def name_of_bytes(content: bytes) -> str:
    """What bytes that are not UTF-8 may be, to name it to the sender; '' if nothing fits."""
    name = recognise([content[:100_000].decode("latin-1")])
    if name:
        return f"chữ {name}"
    try:
        words = _WORD.findall(unicodedata.normalize("NFC", content[:100_000].decode("cp1258")))
    except UnicodeDecodeError:
        return ""
    marked = [w for w in words if not w.isascii()]
    return "Windows-1258" if marked and sum(map(_vietnamese, marked)) >= 0.8 * len(marked) else ""


def _converted(cell: Cell, name: str) -> Cell:
    if cell.text.isascii() or cell.fault not in ("", "control") or any(ord(c) > 0xFF for c in cell.text):
        return cell
    if not any(_odd(word) for word in _WORD.findall(cell.text)):
        return cell
    new = convert(cell.text, name)
    safe = all(_vietnamese(word) for word in _WORD.findall(new) if not word.isascii())
    return text_cell(new) if safe else Cell(cell.text, "legacy-font")


def _odd(word: str) -> bool:
    """Holds a letter above ASCII and is no Vietnamese syllable as it stands."""
    return not word.isascii() and not _vietnamese(word) and all(ord(c) <= 0xFF for c in word)


def _vietnamese(word: str) -> bool:
    decomposed = unicodedata.normalize("NFD", word.replace("đ", "d").replace("Đ", "D"))
    marks = [c for c in decomposed if unicodedata.combining(c)]
    tones = sum(c in "\u0300\u0301\u0303\u0309\u0323" for c in marks)
    allowed = all(c in "\u0300\u0301\u0303\u0309\u0323" or c in _HATS for c in marks) and _hats_fit(decomposed)
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return allowed and tones <= 1 and len(marks) <= 3 and bool(_SYLLABLE.fullmatch(letters))


def _hats_fit(decomposed: str) -> bool:
    """Circumflex, breve and horn stand on the vowels that take them."""
    letter = ""
    for c in decomposed:
        if not unicodedata.combining(c):
            letter = c.lower()
        elif c in _HATS and letter not in _HATS[c]:
            return False
    return True


def _cased(letter: str, like: str) -> str:
    return letter.upper() if like.isupper() else letter
