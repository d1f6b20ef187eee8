"""`python -m benchmarks.synthetic ROOT --localities 3321`: write a synthetic country below ROOT."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import NoReturn

from benchmarks.synthetic.country import Country, Shape, make_country
from pipeline.errors import PipelineError, UsageError

DEFAULT_LOCALITIES = 20


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}\nXem: python -m benchmarks.synthetic --help")


def main(arguments: list[str] | None = None) -> int:
    """Gives the exit code; what the user can mend is said in a sentence."""
    start = time.perf_counter()
    try:
        options = _parser().parse_args(arguments)
        if not options.root:
            raise UsageError("Chưa nêu thư mục. Ví dụ: make synthetic TO=../mo-phong LOCALITIES=20")
        shape = Shape(options.indicators, options.tasks, tuple(options.periods.split(",")))
        country = make_country(Path(options.root), _number(options.localities), options.seed, shape)
    except PipelineError as error:
        print(f"Lỗi: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"Lỗi ghi tệp: {error.strerror}: {error.filename}", file=sys.stderr)
        return 74
    print(_told(country, time.perf_counter() - start))
    print(f"PIPELINE_ROOT={options.root}", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="benchmarks.synthetic", description="Sinh một quốc gia mô phỏng để thử.")
    parser.add_argument("root", help="thư mục mới hoặc rỗng")
    parser.add_argument("--localities", default="", help=f"số xã; mặc định {DEFAULT_LOCALITIES}, cả nước là 3321")
    parser.add_argument("--seed", type=int, default=2026, help="cùng số này thì cùng từng byte")
    parser.add_argument("--periods", default=",".join(Shape.periods), help="các kỳ, cách nhau bằng dấu phẩy")
    parser.add_argument("--indicators", type=int, default=Shape.indicators, help="số chỉ tiêu mỗi kế hoạch")
    parser.add_argument("--tasks", type=int, default=Shape.tasks, help="số nhiệm vụ mỗi kế hoạch")
    return parser


def _number(text: str) -> int:
    """The number of localities; an empty text, as from make, is the default."""
    if not text:
        return DEFAULT_LOCALITIES
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UsageError(f"LOCALITIES là một số, không phải {text[:40]!r}.")
    return int(text)


def _told(country: Country, seconds: float) -> str:
    share = 100 * len(country.planted) / max(country.rows, 1)
    return (
        f"{country.localities:,} localities ({country.silent:,} send nothing), {country.files:,} files, "
        f"{country.size / 2**20:,.0f} MiB, {country.rows:,} rows, of which {len(country.planted):,} "
        f"({share:.1f} %) are planted to be kept out; {seconds:.1f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
