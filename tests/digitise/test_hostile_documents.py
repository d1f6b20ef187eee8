"""Documents that are hostile, broken or not plain text: refused as workbooks are, in the child with limits."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.digitise.document_files import read_blocks
from pipeline.errors import DataError, NoInputError, UsageError
from pipeline.intake.cells import FileFaultError
from pipeline.intake.pdf_tables import read_pdf_tables
from pipeline.intake.reader import read_grids
from tests.digitise.measure import DOCUMENTS

SOUND = DOCUMENTS / "cat-hai-2025-h2-bullets-auto.docx"
CONTENT = "word/document.xml"


def changed(target: Path, **parts: bytes | None) -> Path:
    """A copy of a sound document with parts replaced, added, or left out; `_` in a name stands for '/'."""
    with zipfile.ZipFile(SOUND) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            if name not in parts:
                made.writestr(name, source.read(name))
        for name, data in parts.items():
            if data is not None:
                made.writestr(name, data)
    return target


def content() -> bytes:
    with zipfile.ZipFile(SOUND) as source:
        return source.read(CONTENT)


def refused(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_blocks(path)
    finding = caught.value.findings[0]
    assert finding.file == path.name
    assert finding.message
    assert finding.remedy
    return finding.rule


def test_tracked_changes_are_refused_with_the_words_they_stand_in() -> None:
    with pytest.raises(DataError, match="≥60%"):
        read_blocks(DOCUMENTS / "bach-long-vi-2026-tracked-changes.docx")


def test_entities_are_refused(tmp_path: Path) -> None:
    data = content()
    at = data.index(b"?>") + 2
    hostile = data[:at] + b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + data[at:]
    assert refused(changed(tmp_path / "a.docx", **{CONTENT: hostile})) == "xml-dtd"
    numbering = b'<?xml version="1.0"?><!DOCTYPE n [<!ENTITY a "aaaa">]><n>&a;</n>'
    assert refused(changed(tmp_path / "b.docx", **{"word/numbering.xml": numbering})) == "xml-dtd"


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    assert refused(changed(tmp_path / "a.docx", **{"word/media/x.bin": bytes(80 * 1024**2)})) == "bomb"


def test_macros_are_refused(tmp_path: Path) -> None:
    assert refused(changed(tmp_path / "a.docx", **{"word/vbaProject.bin": b"x"})) == "macro"


def test_parts_from_elsewhere_are_refused_and_links_in_the_text_are_not(tmp_path: Path) -> None:
    link = '<Relationship Id="rId99" Type="http://x/{}" Target="http://example.org/a" TargetMode="External"/>'
    with zipfile.ZipFile(SOUND) as source:
        rels = source.read("word/_rels/document.xml.rels").decode()
    for kind, expected in (("attachedTemplate", "external-link"), ("oleObject", "external-link"), ("hyperlink", "")):
        made = rels.replace("</Relationships>", link.format(kind) + "</Relationships>").encode()
        path = changed(tmp_path / f"{kind}.docx", **{"word/_rels/document.xml.rels": made})
        assert (refused(path) if expected else read_blocks(path) and "") == expected


def test_ten_thousand_rows_are_refused(tmp_path: Path) -> None:
    row = b"<w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr>"
    data = content().replace(b"<w:body>", b"<w:body><w:tbl>" + row * 10_000 + b"</w:tbl>", 1)
    assert refused(changed(tmp_path / "a.docx", **{CONTENT: data})) == "extent"


def test_a_cut_file_and_another_format_are_refused(tmp_path: Path) -> None:
    (tmp_path / "cut.docx").write_bytes(SOUND.read_bytes()[:20_000])
    assert refused(tmp_path / "cut.docx") == "format"
    (tmp_path / "other.pdf").write_bytes(SOUND.read_bytes())
    assert refused(tmp_path / "other.pdf") == "format"
    (tmp_path / "cut.pdf").write_bytes((DOCUMENTS / "binh-giang-2026-table-cut.pdf").read_bytes()[:3000])
    assert refused(tmp_path / "cut.pdf") in ("damaged", "empty")


def test_other_kinds_of_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(UsageError, match=r"lưu thành \.docx"):
        read_blocks(tmp_path / "a.doc")
    with pytest.raises(NoInputError):
        read_blocks(tmp_path / "none.docx")


def test_text_that_is_not_unicode_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Kế hoạch".encode("cp1258", "replace") + b"\xff\xfe\xfa")
    assert refused(tmp_path / "a.txt") == "encoding"


def test_a_scan_is_refused_with_the_remedy(tmp_path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 11))
    figure.figimage([[0, 255] * 300] * 600)
    figure.savefig(tmp_path / "scan.pdf")
    with pytest.raises(DataError, match="ảnh chụp"):
        read_blocks(tmp_path / "scan.pdf")


def _pdf(*objects: bytes) -> bytes:
    """A PDF of one page; the objects are numbered from 4, the first is what the page shows."""
    fixed = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>",
    )
    made, places = b"%PDF-1.7\n", []
    for number, content in enumerate((*fixed, *objects), start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(places) + 1
    end = b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (size, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def _without_end() -> bytes:
    """A picture that draws ten others, each of which draws ten others: 10¹² in all."""
    forms = [
        _stream(b"/F Do " * 10, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %d 0 R>>>>" % number)
        for number in range(6, 18)
    ]
    return _pdf(_stream(b"/F Do"), *forms, _stream(b"0 0 m 1 1 l S", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"))


def _swelling() -> bytes:
    """1.5 MB that become 1.6 GB: one block of zeros, packed, again and again."""
    packer = zlib.compressobj(9)
    packer.compress(b"")
    head = packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1024**2)) + packer.flush(zlib.Z_FULL_FLUSH)
    return _pdf(_stream(head + block * 1600, b"/Filter/FlateDecode"))


@pytest.mark.parametrize(("made", "rules"), [(_without_end, {"resources"}), (_swelling, {"resources", "header"})])
def test_a_pdf_that_takes_too_much_is_refused_within_the_limits(made: Callable[[], bytes], rules: set[str]) -> None:
    """As a submission; a plan is read in the same child."""
    began = time.process_time()
    with pytest.raises(FileFaultError) as raised:
        read_grids(made(), "bao-cao.pdf")
    assert raised.value.rule in rules
    assert time.process_time() - began < 5


def test_a_pdf_without_cells_is_refused_by_name(tmp_path: Path) -> None:
    """Locked, a picture, a picture with letters that a program has guessed, no table: each said, none proposed."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 11))
    figure.savefig(tmp_path / "plain.pdf")
    figure.figimage([[0, 255] * 400] * 1100)
    figure.text(0.1, 0.5, "chữ do máy đoán từ ảnh chụp, dài hơn hai mươi chữ")
    figure.savefig(tmp_path / "scan.pdf")
    locked = _pdf(_stream(b"0 0 m")).replace(
        b"/Root 1 0 R",
        b"/Root 1 0 R/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (b"00" * 32, b"11" * 32),
    )
    said = {"locked": (locked, "mật khẩu")}
    said |= {
        name: ((tmp_path / f"{name}.pdf").read_bytes(), word) for name, word in (("plain", "khung"), ("scan", "ảnh"))
    }
    for content_of_file, word in said.values():
        with pytest.raises(FileFaultError, match=word) as raised:
            read_pdf_tables(content_of_file)
        assert "gửi bảng số liệu" in raised.value.remedy


def test_struck_out_words_are_read_as_nothing() -> None:
    """The PDF of a document with tracked changes shows both texts, one struck out: the cell is listed."""
    _, blocks = read_blocks(DOCUMENTS / "bach-long-vi-2026-tracked-changes.pdf")
    cells = [cell for block in blocks if hasattr(block, "cells") for cell in block.cells]
    assert [(cell.text, cell.fault) for cell in cells if cell.fault] == [("≥80%≥60%", "struck")]


def test_a_sign_that_word_keeps_in_its_font_is_not_lost(tmp_path: Path) -> None:
    """'≥' as a place in the font Symbol, and as an equation."""
    sign = b'<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>'
    maths = (
        b'<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>\xe2\x89\xa5</m:t></m:r>'
        b"</m:oMath>"
    )
    for inserted in (sign, maths):
        data = content()
        run = data.rfind(b"<w:r>", 0, data.index("<w:t>100% thủ tục".encode()))
        data = data[:run] + inserted + data[run:]
        _, blocks = read_blocks(changed(tmp_path / "a.docx", **{CONTENT: data}))
        assert any(getattr(block, "text", "").startswith("≥100% thủ tục") for block in blocks)


def test_the_archive_is_only_read(tmp_path: Path) -> None:
    """A name in the archive that leads out of it writes nothing."""
    archive = io.BytesIO(SOUND.read_bytes())
    with zipfile.ZipFile(archive, "a") as made:
        made.writestr("../../outside.txt", "x")
    (tmp_path / "a.docx").write_bytes(archive.getvalue())
    read_blocks(tmp_path / "a.docx")
    assert not (tmp_path.parent / "outside.txt").exists()
