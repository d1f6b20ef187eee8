"""`python -m benchmarks.synthetic ROOT --localities 3321`: write a synthetic country below ROOT."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.synthetic.country import Shape, make_country
from pipeline.errors import PipelineError, UsageError

DEFAULT_LOCALITIES = 20


def main(arguments: list[str] | None = None) -> int:
    """Write the country and return the exit code; errors the user can fix are printed in one sentence."""
    try:
        options = _parser().parse_args(arguments)
        if not options.root:
            raise UsageError("Chưa nêu thư mục. Ví dụ: make synthetic TO=../mo-phong LOCALITIES=20")
        shape = Shape(periods=tuple(options.periods.split(",")))
        country = make_country(Path(options.root), _number(options.localities), options.seed, shape)
    except PipelineError as error:
        print(f"Lỗi: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"Lỗi ghi tệp: {error.strerror}: {error.filename}", file=sys.stderr)
        return 74
    print(
        f"{country.localities:,} localities ({country.silent:,} send nothing), "
        f"{country.rows:,} rows, {len(country.planted):,} of them planted to be rejected"
    )
    print(f"PIPELINE_ROOT={options.root}", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.synthetic", description="Sinh một quốc gia mô phỏng để thử.")
    parser.add_argument("root", help="thư mục mới hoặc rỗng")
    parser.add_argument("--localities", default="", help=f"số xã; mặc định {DEFAULT_LOCALITIES}, cả nước là 3321")
    parser.add_argument("--seed", type=int, default=2026, help="cùng số này thì cùng từng byte")
    parser.add_argument("--periods", default=",".join(Shape.periods), help="các kỳ, cách nhau bằng dấu phẩy")
    return parser


def _number(text: str) -> int:
    """The number of localities; make passes an empty text for the default."""
    if not text:
        return DEFAULT_LOCALITIES
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UsageError(f"LOCALITIES là một số, không phải {text[:40]!r}.")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
