"""The Word file that the report is set into (tệp mẫu): head, sentences, logo, styles, signature are of the office.

What stands in double braces is filled in by docxtpl; the module `word` says what that may be. A template is data, not
program: its expressions run in the sandbox of Jinja, and it may fetch nothing when it is opened.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.opc.part import Part
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.errors import DataError, Finding
from pipeline.whole import read_input

OURS = Path(__file__).with_name("bao-cao.docx")
"""The template for offices that have none of their own."""
_LARGEST = 50_000_000
"""Bytes of an unpacked template: a page with pictures takes a tenth of it."""
_UNWANTED = ("thumbnail", "extended-properties", "custom-properties", "customXml", "attachedTemplate")
"""Parts that say who wrote a template, when and where; nothing of a report."""


@dataclass(frozen=True)
class Template:
    """A template as bytes, and the name that messages call it by."""

    content: bytes
    name: str

    def refused(self, message: str, remedy: str, place: str = "tệp mẫu") -> DataError:
        """The error that names this file, what is wrong with it, and how to mend it."""
        return DataError(
            "Không lập được báo cáo Word theo tệp mẫu:",
            [Finding(self.name, place, "template", message, f"{remedy}; xem docs/word-template.md")],
        )


def own_template(path: Path) -> Template:
    """The template of an office. Raises DataError for what is no ordinary file."""
    name = f"data/raw/templates/{path.name}"
    return Template(read_input(path, name), name)


@cache
def our_template() -> Template:
    """The template that comes with the program."""
    return Template(OURS.read_bytes(), OURS.name)


def filled(template: Template, words: Mapping[str, str]) -> WordDocument:
    """The document with its words filled in. Raises DataError, which says what of the template cannot be used."""
    whole = "mở tệp bằng Word, lưu lại dạng .docx, không mật khẩu, không macro"
    try:
        _check_size(template)
        made = DocxTemplate(io.BytesIO(template.content))
        made.init_docx()
        for part in (made.docx.part, made.docx.part.package):
            for key in [key for key, rel in part.rels.items() if rel.reltype.rpartition("/")[2] in _UNWANTED]:
                del part.rels[key]
        _check_parts(template, made.docx.part.package.iter_parts())
        made.render(dict(words), _sandbox())
        written = io.BytesIO()
        made.docx.save(written)  # read again, since docxtpl leaves parts that python-docx does not know
        return Document(written)
    except UndefinedError as error:
        known = ", ".join(f"{{{{ {word} }}}}" for word in words)
        raise template.refused(f"có chỗ điền không biết ({error})", f"chỉ dùng các chỗ điền: {known}") from error
    except TemplateError as error:
        near = " ".join(" ".join(getattr(error, "docx_context", ())).split())[:120]
        remedy = "sửa chỗ điền ấy, mỗi chỗ viết {{ tên }} với đủ hai ngoặc mở, hai ngoặc đóng"
        raise template.refused(
            f"chỗ điền viết sai ({error})", remedy, f"gần “{near}”" if near else "chỗ điền"
        ) from error
    except (zipfile.BadZipFile, OpcError, SyntaxError, KeyError, ValueError, AttributeError) as error:
        raise template.refused("không phải là tệp Word (.docx) đọc được", whole) from error


class _Sandbox(ImmutableSandboxedEnvironment):
    from_string = cache(ImmutableSandboxedEnvironment.from_string)  # type: ignore[assignment] # compiled once


@cache
def _sandbox() -> _Sandbox:
    return _Sandbox(autoescape=True, undefined=StrictUndefined)


def _check_size(template: Template) -> None:
    with zipfile.ZipFile(io.BytesIO(template.content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _LARGEST:
            raise template.refused("mở ra quá lớn", "bỏ bớt hoặc thu nhỏ hình ảnh trong tệp mẫu")


def _check_parts(template: Template, parts: Iterator[Part]) -> None:
    """No macros, and nothing that Word would fetch from elsewhere; addresses to click on are allowed."""
    for part in parts:
        if "vbaProject" in part.partname:
            raise template.refused("có macro", "lưu lại dạng .docx, không macro")
        for rel in part.rels.values():
            if rel.is_external and rel.reltype.rpartition("/")[2] != "hyperlink":
                remedy = "chèn hình vào tệp thay vì liên kết tới hình, bỏ đối tượng liên kết"
                raise template.refused(f"có phần lấy từ nơi khác ({rel.target_ref[:80]})", remedy)
