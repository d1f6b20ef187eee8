"""May a version be tagged? Names whatever a tag would say that is not so. Standard library only."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def faults(root: Path, version: str) -> Iterator[str]:
    """What stands in the way of tagging `version` (ba số, như 0.1.0) in the checkout `root`, with the remedy."""
    if not re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", version):
        yield f"Phiên bản không hợp lệ: {version[:40]!r}. Ví dụ: make release VERSION=0.1.0"
        return
    written = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    if written != version:
        yield f"pyproject.toml ghi phiên bản {written}: sửa thành {version}"
    entry = re.search(rf"^## {re.escape(version)}\b(.*)$", (root / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    if entry is None or not re.search(r"[0-9]{2}/[0-9]{2}/[0-9]{4}", entry[1]):
        yield f"CHANGELOG.md chưa có dòng “## {version} (ngày/tháng/năm)”: thêm mục và ngày phát hành"
    if _git(root, "status", "--porcelain"):
        yield "Còn thay đổi chưa ghi vào kho: xem git status, rồi git commit"
    if _git(root, "tag", "--list", f"v{version}"):
        yield f"Đã có thẻ v{version}: chọn phiên bản khác"


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def main(arguments: list[str]) -> int:
    """64, as for any wrong call, if there is a fault."""
    found = list(faults(ROOT, *arguments))
    for fault in found:
        print(f"Lỗi: {fault}", file=sys.stderr)
    return 64 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:2] or [""]))
