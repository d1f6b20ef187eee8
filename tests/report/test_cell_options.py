"""Options of a cell, as Quarto reads them: YAML in its first lines."""

from __future__ import annotations

import pytest

from pipeline.report.cell_options import read_options


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("#| fig-alt: Đường đi lên", "Đường đi lên"),
        ('#| fig-alt: "Nguồn: báo cáo \\"A\\""', 'Nguồn: báo cáo "A"'),
        ("#| fig-alt: 'Nhóm ''đạt'': 5'", "Nhóm 'đạt': 5"),
        ("#| fig-alt: Tỷ lệ 1:2", "Tỷ lệ 1:2"),
        ("#| fig-alt: 2025", "2025"),
        ("#| fig-alt: true", "true"),
        ("#| label: fig-a\n#| echo: false\n#| fig-alt: x", "x"),
        ("# | fig-alt: x", "x"),
        ("\n#| fig-alt: x", "x"),
        ("#| fig-alt: >-\n#|   Nhiều\n#|   dòng", "Nhiều dòng"),
        ("#| fig-alt: |\n#|   Nhiều\n#|   dòng", "Nhiều dòng"),
        ("#|fig-alt: x", "x"),
        ("#| fig-alt:", ""),
        ("x = 1\n#| fig-alt: muộn", None),
        ("# fig-alt: x", None),
        ("", None),
    ],
)
def test_an_option_is_read_as_quarto_reads_it(written: str, read: str | None) -> None:
    assert read_options(f"{written}\nplt.show()").get("fig-alt") == read


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("#| fig-cap: a\n#| fig-alt: Nguồn: báo cáo", "fig-alt: Nguồn: báo cáo"),
        ("#| fig-alt: [a, b]", "fig-alt: ['a', 'b']"),
        ("#| fig-alt:\n#|   - a", "fig-alt: ['a']"),
    ],
)
def test_an_option_that_quarto_cannot_read_is_named(written: str, line: str) -> None:
    with pytest.raises(ValueError, match="không đọc được dòng") as error:
        read_options(f"{written}\nplt.show()")
    assert line in str(error.value)


def test_a_quote_that_is_not_closed_is_a_fault() -> None:
    with pytest.raises(ValueError, match="không đọc được dòng"):
        read_options('#| fig-alt: "chưa đóng\nplt.show()')
