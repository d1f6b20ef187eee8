from collections import Counter

import html5lib
import pytest
from selectolax.lexbor import LexborHTMLParser

from pipeline.errors import InternalError
from pipeline.report.render import check_page, faults
from tests.report.test_payloads import PAYLOADS


@pytest.mark.parametrize(
    "html",
    [
        "<script>1</script>",
        "<SCRIPT SRC=//x>",
        "<svg><script>1</script></svg>",
        "<svg/onload=alert(1)>",
        "<img src=x onerror=alert(1)>",
        "<img src='https://x/y.png'>",
        "<img src='data:text/html,x'>",
        "<a href='javascript:alert(1)'>a</a>",
        "<a href=' java\nscript:alert(1)'>a</a>",
        "<a href='//x'>a</a>",
        "<a href='data:text/html,x'>a</a>",
        "<iframe></iframe>",
        "<object data=x></object>",
        "<embed src=x>",
        "<form action=x></form>",
        "<base href=//x>",
        "<link rel=stylesheet href=x>",
        "<meta http-equiv=refresh content='0;url=//x'>",
        "<style>@import 'x'</style>",
        "<style>a{background:url(//x)}</style>",
        "<p style='background:url(//x)'>a</p>",
        "<svg><use href='//x#a'/></svg>",
        "<svg><a xlink:href='javascript:1'>a</a></svg>",
        "<svg><foreignObject></foreignObject></svg>",
        "<video poster=//x></video>",
        "<math><a xlink:href='javascript:1'></math>",
    ],
)
def test_active_content_and_outside_references_are_found(html: str) -> None:
    assert list(faults(f"<!doctype html><body>{html}"))
    with pytest.raises(InternalError, match="không công bố"):
        check_page(f"<!doctype html><body>{html}")


@pytest.mark.parametrize(
    "html",
    [
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        "<a href='#a'>a</a><a href='indicators.csv'>b</a><a href='https://haiphong.gov.vn'>c</a>",
        "<img src='data:image/svg+xml;base64,AAAA' alt='a'>",
        "<svg><path d='M0 0'/></svg><details><summary>a</summary></details>",
    ],
)
def test_what_a_page_needs_passes(html: str) -> None:
    check_page(f"<!doctype html><body>{html}")


SCRIPT = '"use strict";\nconst a = 1 < 2 && "é";\n'


def _with(*elements: str) -> str:
    return f"<!doctype html><body><p>a</p>{''.join(elements)}"


def test_our_own_script_passes_once() -> None:
    check_page(_with(f"<script>{SCRIPT}</script>"), SCRIPT)
    check_page(_with(), SCRIPT)


@pytest.mark.parametrize(
    "elements",
    [
        [f"<script>{SCRIPT}</script>", f"<script>{SCRIPT}</script>"],
        [f"<script>{SCRIPT};</script>"],
        [f"<script>{SCRIPT.strip()}</script>"],
        [f"<script>{SCRIPT.replace('é', 'e')}</script>"],
        [f"<script> {SCRIPT}</script>"],
        [f"<script src=x>{SCRIPT}</script>"],
        [f"<script type=module>{SCRIPT}</script>"],
        [f"<script nonce=a>{SCRIPT}</script>"],
        [f"<svg><script>{SCRIPT}</script></svg>"],
        [f"<math><script>{SCRIPT}</script></math>"],
        [f"<script>{SCRIPT}</script>", "<script>alert(1)</script>"],
        [f"<script>{SCRIPT}</script>", "<script></script>"],
        [f"<script>{SCRIPT}</script>", "<input>"],
        [f"<script>{SCRIPT}</script>", "<button>a</button>"],
        [f"<script>{SCRIPT}</script>", "<p onclick=alert(1)>a</p>"],
        [f"<script>{SCRIPT}</script>", "<a href='javascript:alert(1)'>a</a>"],
    ],
)
def test_no_other_script_or_handler_passes(elements: list[str]) -> None:
    with pytest.raises(InternalError, match="không công bố"):
        check_page(_with(*elements), SCRIPT)


@pytest.mark.parametrize(
    ("element", "passes"),
    [
        ("<input type=radio name=only id=a checked>", True),
        ("<input>", False),
        ("<input type=text name=only>", False),
        ("<input type=radio form=a>", False),
        ("<input type=radio value=a>", False),
        ("<input type=radio onclick=alert(1)>", False),
    ],
)
def test_radio_buttons_alone_pass(element: str, passes: bool) -> None:
    """By them the style sheet filters rows. Nothing can be written into one, and there is no form to send it."""
    assert ([*faults(_with(element))] == []) is passes


@pytest.mark.parametrize("script", ["", " ", "other"])
def test_a_page_without_a_script_of_its_own_may_hold_none(script: str) -> None:
    for text in (SCRIPT, ""):
        with pytest.raises(InternalError, match="<script>"):
            check_page(_with(f"<script>{text}</script>"), script)


def _local(name: object) -> str:
    """A name without its namespace, which html5lib writes as a pair or in braces."""
    last = name[1] if isinstance(name, tuple) else name
    return str(last).rpartition("}")[2].rpartition(":")[2].lower()


def _elements_by_html5lib(html: str) -> Counter[tuple[str, frozenset[str]]]:
    tree = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    return Counter((_local(e.tag), frozenset(map(_local, e.attrib))) for e in tree.iter() if isinstance(e.tag, str))


def _elements_by_the_check(html: str) -> Counter[tuple[str, frozenset[str]]]:
    root = LexborHTMLParser(html).root
    assert root is not None
    nodes = [n for n in root.traverse() if n.tag and not n.tag.startswith("-")]
    return Counter((n.tag.lower(), frozenset(map(_local, n.attributes))) for n in nodes)


def test_the_parser_of_the_check_sees_what_html5lib_sees() -> None:
    """Except inside a template, which the check refuses anyway."""
    compared = [f"<!doctype html><body><p>{p}</p>" for p in PAYLOADS if "<template" not in p.lower()]
    assert len(compared) > 2000
    assert [html for html in compared if _elements_by_the_check(html) != _elements_by_html5lib(html)] == []
