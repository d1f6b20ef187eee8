"""One clause with one figure: what is said of the figure before it and behind it.

Targets and results are read by this one grammar. It is closed: a word that could change the meaning of the figure and
is not understood here ("khuyến khích", "hoặc", "nếu", "chưa đạt") is a refusal, never skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from pipeline.plans.lexicon import HEADS
from pipeline.plans.text import bare
from pipeline.plans.wordings import COUNTED, Role, Token, WordingError, number_in_words, number_of

Reader = Callable[[str, bool], Decimal]
"""How a printed number is read, and whether it counts something, so that it is whole; raises ValueError."""


@dataclass(frozen=True)
class Figure:
    """A number or an interval, and the tokens it is printed with: `first` up to, not including, `after`."""

    first: int
    after: int
    low: Decimal
    high: Decimal
    percent: bool = False
    out_of: Decimal | None = None
    """The denominator of a quotient: 32/34."""


@dataclass(frozen=True)
class Clause:
    """What one clause says of its figure."""

    figure: Figure
    lead: tuple[str, ...]
    """The words before the figure that are no part of the grammar: a name, a verb."""
    tail: tuple[str, ...]
    """The words behind the figure, with its unit or what it is a share of."""
    printed_tail: tuple[str, ...]
    comparator: str = ""
    """'≥', '>', '≤', '<', '~' (about) or '' for none."""
    aspirational: bool = False
    level: bool = False
    """Printed as a level that is reached: đạt, lên, xuống còn."""
    reached: bool = False
    """Printed with lên, xuống, còn, tới: the level after a change."""
    upward: bool = False
    """Printed with 'trở lên'."""
    since: bool = False
    """An interval printed 'từ … đến'."""
    years: tuple[int, ...] = ()
    day: str = ""
    """A day or month that is printed, '30/6/2026'."""
    notes: tuple[str, ...] = ()
    """What stands in brackets."""
    base: str = ""
    """'so với năm 2024', as printed."""


_NONE = Token(Role.MARK, "", "")
AT_LEAST, MORE, AT_MOST, LESS, ABOUT = "≥", ">", "≤", "<", "~"
_BEFORE: dict[str, str] = {
    **dict.fromkeys(
        [
            "≥",
            "tối thiểu",
            "ít nhất",
            "thấp nhất",
            "không dưới",
            "không thấp hơn",
            "không ít hơn",
            "không nhỏ hơn",
            "không kém",
            "lớn hơn hoặc bằng",
            "bằng hoặc cao hơn",
            "đạt và vượt",
            "đạt hoặc vượt",
        ],
        AT_LEAST,
    ),
    **dict.fromkeys([">", "trên", "hơn", "vượt", "vượt mức", "lớn hơn", "cao hơn", "nhiều hơn"], MORE),
    **dict.fromkeys(
        [
            "≤",
            "tối đa",
            "nhiều nhất",
            "không quá",
            "không vượt quá",
            "không vượt",
            "không trên",
            "không cao hơn",
            "không lớn hơn",
            "không nhiều hơn",
            "không hơn",
            "trong vòng",
            "nhỏ hơn hoặc bằng",
        ],
        AT_MOST,
    ),
    **dict.fromkeys(["<", "dưới", "thấp hơn", "nhỏ hơn", "ít hơn"], LESS),
    **dict.fromkeys(
        [
            "~",
            "khoảng",
            "chừng",
            "vào khoảng",
            "trong khoảng",
            "xấp xỉ",
            "dự kiến",
            "ước",
            "ước tính",
            "gần",
            "tương đương",
        ],
        ABOUT,
    ),
    **dict.fromkeys(["đạt", "đạt được", "chiếm", "là", "ở mức", "mức"], "level"),
    **dict.fromkeys([":", "được"], "glue"),
    **dict.fromkeys(
        ["lên", "lên đến", "lên tới", "lên mức", "xuống", "xuống còn", "còn", "tới", "xuống mức", "về", "về mức"],
        "reached",
    ),
    **dict.fromkeys(["phấn đấu", "phấn đấu:", "phấn đấu …"], "aspire"),
    **dict.fromkeys(["từ"], "from"),
    **dict.fromkeys(["bình quân", "trung bình"], "mean"),
}
"""What may stand right before a figure, and what it means."""
_BARE = {bare(phrase): phrase for phrase in _BEFORE if phrase[0].isalpha()}
_LONGEST_BEFORE = max(len(phrase.split()) for phrase in _BEFORE)
_NEGATIONS = frozenset(["không", "chưa", "chẳng"])
DOUBTFUL = {
    "khuyến khích": "“khuyến khích” không phải giao chỉ tiêu: là mức mong muốn, hoặc không lượng hóa",
    "hoặc": "“hoặc” để ngỏ hai mức",
    "hay": "“hay” để ngỏ hai mức",
    "nếu": "“nếu” đặt điều kiện",
    "trừ": "“trừ” bớt ra một phần không rõ",
    "có thể": "“có thể” không phải là mức được giao",
    "không để": "“không để” đảo nghĩa của con số",
    "vượt": "“vượt” có thể là đến mức đó, hoặc thêm chừng đó",
    "chưa": "“chưa” đảo nghĩa của con số",
    "không có": "“không có” đảo nghĩa của con số",
    "không còn": "“không còn” đảo nghĩa của con số",
}
"""Words that leave the meaning of a figure open wherever they stand before it, and some also behind it."""
_ROUGHLY = ("dự kiến", "ước đạt", "ước tính", "khoảng")
_ALSO_BEHIND = tuple(DOUBTFUL)[1:5]
_UP, _DOWN = ("trở", "lên"), ("trở", "xuống")


def figures_in(tokens: Sequence[Token], number: Reader = number_of) -> tuple[Figure, ...]:
    """The figures of a text in order: numbers, intervals, quotients, and numbers in words that count something."""
    return tuple(_figures(tokens, number))


def _figures(tokens: Sequence[Token], number: Reader) -> Iterator[Figure]:
    i = 0
    while i < len(tokens):
        found = _figure_at(tokens, i, number) if tokens[i].role is Role.NUMBER else _in_words(tokens, i)
        if found is not None:
            yield found
        i = found.after if found else i + 1


def _in_words(tokens: Sequence[Token], i: int) -> Figure | None:
    found = number_in_words([token.text for token in tokens[i : i + 5]]) if tokens[i].role is Role.WORD else None
    if found is None or (i and tokens[i - 1].text in ("thứ", "mỗi", "cùng", "trên", "/")):
        return None
    return Figure(i, i + found[1], Decimal(found[0]), Decimal(found[0]))


def _figure_at(tokens: Sequence[Token], i: int, number: Reader) -> Figure:
    percent, after = _per_cent(tokens, i + 1)
    joint = tokens[after].text if after < len(tokens) else ""
    counts = joint == "/" or _counted(tokens[after : after + 2])
    low = number(tokens[i].text, counts)
    if joint in ("-", "đến", "tới", "/") and after + 1 < len(tokens) and tokens[after + 1].role is Role.NUMBER:
        percent_too, end = _per_cent(tokens, after + 2)
        second = number(tokens[after + 1].text, joint == "/" or _counted(tokens[end : end + 2]))
        if joint == "/":
            if percent or percent_too:
                raise WordingError("phân số có dấu %")
            return Figure(i, end, low, low, out_of=second)
        if second <= low:
            raise WordingError(f"khoảng không tăng: {tokens[i].text} rồi {tokens[after + 1].text}")
        return Figure(i, end, low, second, percent or percent_too)
    if joint == "-" and (after + 1 == len(tokens) or tokens[after + 1].role is Role.YEAR):
        raise WordingError("khoảng thiếu một đầu")
    return Figure(i, after, low, low, percent)


def _counted(following: Sequence[Token]) -> bool:
    words = [token.text for token in following]
    return bool(words) and (words[0] in COUNTED or " ".join(words) in COUNTED)


def _per_cent(tokens: Sequence[Token], i: int) -> tuple[bool, int]:
    if i < len(tokens) and tokens[i].role is Role.PERCENT:
        return True, i + 1
    if [token.text for token in tokens[i : i + 2]] == ["phần", "trăm"]:
        return True, i + 2
    return False, i


def read_clause(tokens: Sequence[Token], figure: Figure) -> Clause:
    """What the tokens of one clause say of the one figure in it. Raises WordingError for what stays open."""
    found, start = _before(tokens, figure.first)
    if not found and start:
        _refuse_unknown(tokens[:start])
    behind, notes = _without_brackets(tokens[figure.after :])
    before, notes_before = _without_brackets(tokens[:start])
    (head, base_before), (body, base) = _without_base(before, ","), _without_base(behind, "")
    body_words = [t for t in body if t.role is not Role.YEAR]
    lead, tail = tuple(t.text for t in head if t.role is not Role.YEAR), tuple(t.text for t in body_words)
    _refuse_doubt(lead, tail)
    if any(
        t.role in (Role.SIGN, Role.PERCENT) and was.text != "điểm" for was, t in pairwise((_NONE, *head, _NONE, *body))
    ):
        raise WordingError("có dấu so sánh hoặc dấu % không đi với con số nào")
    comparator = _only_one([sign for sign in found if sign in "≥>≤<~"])
    up, down = (_counts(tail, phrase, figure, free="from" in found) for phrase in (_UP, _DOWN))
    if (up or down) and (comparator not in ("", AT_LEAST if up else AT_MOST) or figure.high > figure.low):
        raise WordingError("hai chữ so sánh mâu thuẫn")
    if "from" in found and not (comparator or up or down or figure.high > figure.low):
        raise WordingError("“từ” là điểm xuất phát, hoặc cận dưới của một khoảng")
    if figure.high > figure.low and comparator not in ("", ABOUT):
        raise WordingError("khoảng đi cùng chữ so sánh")
    notes = (*notes_before, *notes)
    if any(len(note) == 4 and note.isdigit() for note in notes):
        raise WordingError("năm trong ngoặc có thể là năm của mục tiêu, hoặc năm của số liệu trước")
    if any(word in said for said in (*notes, " ".join(lead)) for word in _ROUGHLY):
        comparator = _only_one([sign for sign in (comparator, ABOUT) if sign])
    if len(tail) == 1 and not tail[0].isalnum() and tail[0] not in "),;.…":
        raise WordingError(f"dấu “{tail[0]}” sau con số")
    kept = [t for t in body_words if not (up or down) or t.text not in ("trở", "lên", "xuống")]
    base = base or base_before
    years = _years([t for t in tokens if t not in base])
    days = [t.printed for t in years if t.printed != t.text]
    return Clause(
        figure,
        lead,
        tuple(t.text for t in kept),
        tuple(t.printed for t in kept),
        AT_LEAST if up else AT_MOST if down else comparator,
        aspirational="aspire" in found or _has(lead, ("phấn", "đấu")),
        level="level" in found or "reached" in found,
        reached="reached" in found,
        upward=up,
        since="from" in found and figure.high > figure.low,
        years=tuple(int(t.text) for t in years),
        day=days[-1] if days else _time_in(lead, tail),
        notes=notes,
        base=" ".join(t.printed for t in base),
    )


def _time_in(lead: Sequence[str], tail: Sequence[str]) -> str:
    """'quý' or 'tháng' where the words around a figure name one of a year; 'hằng tháng', '/tháng' is how often."""
    pairs = (*pairwise(("", *lead)), *pairwise(tail))
    return next((word for was, word in pairs if word in ("quý", "tháng") and was not in _HOW_OFTEN), "")


_HOW_OFTEN = ("hằng", "hàng", "mỗi", "/", "theo", "từng")


def _without_base(tokens: Sequence[Token], end: str) -> tuple[Sequence[Token], Sequence[Token]]:
    """The tokens without 'so với năm 2024', and that, which goes up to `end`; '' is the end of the clause."""
    at = position([t.text for t in tokens], ("so", "với"))
    if at is None:
        return tokens, ()
    to = next((i for i in range(at, len(tokens)) if tokens[i].text == end), len(tokens))
    if end and to == len(tokens):
        raise WordingError("“so với”: không rõ mốc nào")
    return (*tokens[:at], *tokens[to + 1 :]), tokens[at:to]


def _years(tokens: Sequence[Token]) -> list[Token]:
    """The years of a clause: one, or first and last of a span. Raises WordingError for others."""
    at = [i for i, token in enumerate(tokens) if token.role is Role.YEAR]
    joined = len(at) == 2 and at[1] - at[0] <= 3 and any(t.text in ("-", "đến") for t in tokens[at[0] : at[1]])
    if len(at) > 2 or (len(at) == 2 and (not joined or tokens[at[0]].text > tokens[at[1]].text)):
        raise WordingError("các năm không thành một giai đoạn")
    return [tokens[i] for i in at]


def _counts(tail: tuple[str, ...], phrase: tuple[str, ...], figure: Figure, *, free: bool) -> bool:
    """Whether 'trở lên' is said of the figure, not of an age or a grade behind it (15 tuổi, loại khá trở lên)."""
    at = position(tail, phrase)
    if at is None and tail and position([bare(word) for word in tail], [bare(word) for word in phrase]) is not None:
        raise WordingError(f"có lẽ là “{' '.join(phrase)}”; sửa chữ rồi ghi lại")
    if at is None or (tail[at - 1 : at] == ("tuổi",) and at):
        return False
    if free or at == 0 or (not figure.percent and (at == 1 or " ".join(tail[:at]) in COUNTED)):
        return True
    if figure.percent:
        return False
    raise WordingError(f"“{' '.join(phrase)}” có thể là của con số, hoặc của chữ đứng giữa")


def _before(tokens: Sequence[Token], end: int) -> tuple[list[str], int]:
    """The meanings of the phrases right before a figure, the nearest first, and where they begin."""
    found: list[str] = []
    while end:
        for length in range(min(_LONGEST_BEFORE, end), 0, -1):
            phrase = " ".join(token.text for token in tokens[end - length : end])
            if phrase in _BEFORE:
                found.append(_BEFORE[phrase])
                end -= length
                break
        else:
            break
    _refuse_misspelt([token.text for token in tokens[max(end - _LONGEST_BEFORE, 0) : end]])
    last = tokens[end - 1] if end else None
    if last is not None and last.text in _NEGATIONS:
        raise WordingError(f"“{last.text}” đảo nghĩa của con số")
    if last is not None and last.text in ("-", "+", "/", "*", "."):
        raise WordingError(f"dấu “{last.text}” trước con số")
    return found, end


def _refuse_unknown(tokens: Sequence[Token]) -> None:
    """Raises WordingError where the word right before a figure is not known: it may be a sign that was misread."""
    last = tokens[-1]
    pair = " ".join(token.text for token in tokens[-2:])
    if last.role is Role.YEAR or last.text in (",", ":", ";", ")") or last.text in HEADS or pair in HEADS:
        return
    raise WordingError(f"chữ “{last.printed}” ngay trước con số: chưa biết có đổi nghĩa của con số không")


_COMPOUNDS = ("điện tử", "phân tử", "phần tử")
"""Words of which the second would look like a misspelt one (từ)."""


def _refuse_misspelt(words: Sequence[str]) -> None:
    """Raises WordingError for 'chứng 80%', 'tối thiếu 10%', 'tren 5': a known phrase but for its marks."""
    if " ".join(words[-2:]) in _COMPOUNDS:
        return
    for length in range(1, len(words) + 1):
        phrase = " ".join(words[-length:])
        meant = _BARE.get(bare(phrase))
        if meant is not None and phrase not in _BEFORE:
            raise WordingError(f"“{phrase}” có lẽ là “{meant}”; sửa chữ rồi ghi lại")


def _only_one(signs: list[str]) -> str:
    if len(signs) > 1 and set(signs) != {ABOUT}:
        raise WordingError("hai chữ so sánh cho một con số")
    return signs[0] if signs else ""


def _without_brackets(tokens: Sequence[Token]) -> tuple[list[Token], tuple[str, ...]]:
    """The tokens outside brackets, and the texts inside. Raises WordingError for a bracket without its other."""
    outside, notes = list[Token](), list[str]()
    inside: list[str] | None = None
    for token in tokens:
        if token.text in "([":
            if inside is not None:
                raise WordingError("dấu ngoặc lồng nhau")
            inside = []
        elif token.text in ")]":
            if inside is None:
                raise WordingError("thiếu dấu mở ngoặc")
            notes.append(" ".join(inside))
            inside = None
        elif inside is not None:
            inside.append(token.text)
        else:
            outside.append(token)
    if inside is not None:
        raise WordingError("thiếu dấu đóng ngoặc")
    return outside, tuple(notes)


def _refuse_doubt(lead: Sequence[str], tail: Sequence[str]) -> None:
    for words, doubts in ((lead, DOUBTFUL), (tail, _ALSO_BEHIND)):
        phrase = f" {' '.join(words)} "
        for doubt in doubts if words else ():
            if f" {doubt} " in phrase:
                raise WordingError(DOUBTFUL[doubt])


def _has(words: Sequence[str], phrase: tuple[str, ...]) -> bool:
    return position(words, phrase) is not None


def position(words: Sequence[str], phrase: Sequence[str]) -> int | None:
    """Where `phrase` begins in `words`; None if it does not stand there."""
    length = len(phrase)
    return next((i for i in range(len(words) - length + 1) if tuple(words[i : i + length]) == tuple(phrase)), None)
