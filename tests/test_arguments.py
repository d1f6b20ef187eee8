"""What each argument of the command may be, and the message for anything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import arguments
from pipeline.arguments import LONGEST_OFFICE
from pipeline.errors import UsageError
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry


@pytest.mark.parametrize(
    "slug", ["", "..", "../cat-hai", "cat-hai/", "/etc", "Cat-Hai", "Cát Hải", "-h", "a" * 65, "cat-hai\n", "x\0"]
)
def test_a_malformed_locality_is_refused(registry: Registry, slug: str) -> None:
    with pytest.raises(UsageError):
        arguments.known_locality(registry, slug)


@pytest.mark.parametrize(("slug", "near"), [("cat-hay", "cat-hai"), ("CAT-HAI", "cat-hai"), ("binhgian", "binh-giang")])
def test_the_nearest_names_are_suggested(registry: Registry, slug: str, near: str) -> None:
    with pytest.raises(UsageError, match=near):
        arguments.known_locality(registry, slug)


@pytest.mark.parametrize("text", ["", "2025/..", "tháng 3", "2025-Q9", "$(id)", "2025\n"])
def test_a_malformed_period_is_refused_and_the_valid_forms_are_named(text: str) -> None:
    with pytest.raises(UsageError, match="2026-Q1"):
        arguments.known_period(text)


def test_valid_arguments_are_converted() -> None:
    assert arguments.known_period("2026-Q1") == arguments.period_or_newest("2026-Q1") == Period(2026, "Q1")
    assert str(arguments.known_day("2026-05-01")) == "2026-05-01"
    assert arguments.known_language("en") == "en"
    assert arguments.known_language("vi") == ""
    assert arguments.known_jobs("256") == 256
    assert arguments.known_scheduler("tls://[::1]:8786") == "tls://[::1]:8786"
    assert arguments.known_methods(" sdsn, linear,") == ("sdsn", "linear")
    assert arguments.known_run("0" * 8) == "0" * 8
    assert arguments.known_head(f"12:{'a' * 64}") == f"12:{'a' * 64}"
    assert arguments.known_head("a" * 64) == "a" * 64
    assert arguments.known_state("issued") == "issued"
    assert arguments.path_or_none("x/y") == Path("x/y")


def test_an_argument_left_out_has_its_default() -> None:
    assert arguments.period_or_newest("") is arguments.known_day("") is arguments.path_or_none("") is None
    assert arguments.known_language("") == arguments.known_scheduler("") == arguments.known_run("") == ""
    assert arguments.known_head("") == ""
    assert arguments.known_jobs("") == 0
    assert arguments.known_methods("") == ("linear", "open-sdg", "destatis", "sdsn")


@pytest.mark.parametrize(
    ("check", "text", "said"),
    [
        (arguments.known_day, "2026-02-30", "Ngày không hợp lệ"),
        (arguments.known_day, "20260501", "2026-05-01"),
        (arguments.known_language, "fr", "vi, en"),
        *(
            (arguments.known_jobs, text, "JOBS=4")
            for text in ("0", "257", "0256999999", "0001" + "0" * 5_000, "４", "-1")
        ),
        (arguments.known_scheduler, "tcp://10.0.0.5", "tcp://10.0.0.5:8786"),
        (arguments.known_scheduler, "tcp://10.0.0.5:70000", "SCHEDULER="),
        (arguments.known_methods, "linear,x", "“x”"),
        *((arguments.known_run, text, "8 đến 64") for text in ("1234567", "g" * 8, "A" * 8, "a" * 65, "../../etc")),
        *((arguments.known_head, text, "số:mã băm") for text in ("1", f"x:{'a' * 64}", "a" * 63, "a" * 64 + "\n")),
        *((arguments.known_state, text, "STATE=") for text in ("", "draft", "Issued", "issued ", "-h", "$(x)")),
        *(
            (arguments.known_office, text, "BY=")
            for text in ("", " ", "a", "x" * (LONGEST_OFFICE + 1), "UBND\nxã", "UBND\x1b[31m", "UBND\x00")
        ),
        (arguments.known_office, "UBND\N{RIGHT-TO-LEFT OVERRIDE}", "BY="),
        (arguments.known_reason, "sai \N{RIGHT-TO-LEFT OVERRIDE}nguồn", "Lý do"),
        (arguments.known_reason, "sai\N{ZERO WIDTH SPACE}nguồn", "Lý do"),
    ],
)
def test_anything_else_is_refused_with_the_remedy(check: Callable[[str], object], text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check(text)


def test_the_name_of_an_office_is_kept_in_one_form() -> None:
    assert arguments.known_office("  UBND đặc khu Cát Hải ") == "UBND đặc khu Cát Hải"
    assert arguments.known_office("UBND xa\N{COMBINING GRAVE ACCENT}") == "UBND xà"
    assert arguments.known_office("ab") == "ab"
    assert len(arguments.known_office("x" * LONGEST_OFFICE)) == LONGEST_OFFICE


def test_an_indicator_has_two_forms_and_similar_ones_are_suggested(registry: Registry) -> None:
    plans = registry.plans_of("cat-hai")
    code = arguments.known_code(plans, "cat-hai-nq57/PL2/IV/26")
    assert arguments.known_code(plans, code) == code
    with pytest.raises(UsageError, match="cat-hai-nq57"):
        arguments.known_code(plans, "cat-hai-nq57/PL2/IV/999")
