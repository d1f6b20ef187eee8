"""What a file is by its bytes, whatever its ending: renamed files, and kinds that are not read, are refused by name.

A signed PDF or a picture beside a table is evidence (minh chứng). A picture alone is refused here; what a PDF alone
shows is proposed to a person who confirms it (`reader`), never taken.
"""

from __future__ import annotations

import re

from pipeline.intake.cells import FileFaultError

_TABLE = "gửi bảng số liệu của báo cáo này (.xlsx, .docx hoặc .csv); tệp này đặt cạnh bảng thì được giữ làm minh chứng"
_IN_WORD, _IN_EXCEL = "mở bằng Word, lưu thành .docx rồi gửi lại", "mở bằng Excel, lưu thành .xlsx rồi gửi lại"
_UNPACK = "giải nén, gửi riêng bảng số liệu (.xlsx, .docx hoặc .csv)"
_READ = "đổi đuôi tệp thành {} rồi gửi lại"
_KINDS = {
    ".xlsx": ("sổ Excel (.xlsx)", _READ),
    ".xls": ("sổ Excel cũ (.xls)", _READ),
    ".ods": ("sổ OpenDocument (.ods)", _READ),
    ".docx": ("tệp Word (.docx)", _READ),
    ".html": ("trang web (HTML)", "mở bằng Excel, lưu thành .xlsx rồi gửi lại; tải lại nếu là trang đăng nhập"),
    ".xml": ("sổ kiểu XML Spreadsheet 2003", _IN_EXCEL),
    ".mht": ("trang web kiểu MHTML", _IN_EXCEL),
    ".xlsb": ("sổ Excel nhị phân (.xlsb)", _IN_EXCEL),
    ".doc": ("tệp Word cũ (.doc)", _IN_WORD),
    ".rtf": ("tệp RTF", _IN_WORD),
    ".odt": ("văn bản OpenDocument (.odt)", _IN_WORD),
    ".ppt": ("tệp PowerPoint", "chép bảng số liệu sang Excel hoặc Word rồi gửi lại"),
    ".pdf": ("tệp PDF", _TABLE),
    ".png": ("ảnh", _TABLE),
    ".zip": ("tệp nén", _UNPACK),
    "locked": ("sổ hoặc văn bản đặt mật khẩu", "bỏ mật khẩu rồi gửi lại"),
}
"""Kind → what it is called, and what its sender does."""
_SAME = {".xlsm": ".xlsx", ".docm": ".docx", ".pptx": ".ppt", ".htm": ".html"}
_SAME |= dict.fromkeys((".rar", ".7z", ".gz"), ".zip")
_SAME |= dict.fromkeys((".jpg", ".jpeg", ".tif", ".tiff"), ".png")
"""Endings that stand for a kind with another name."""
_BEGINS = (
    (b"%PDF", ".pdf"),
    (b"{\\rtf", ".rtf"),
    (b"\x89PNG", ".png"),
    (b"\xff\xd8\xff", ".png"),
    (b"II*\0", ".png"),
    (b"MM\0*", ".png"),
    (b"\x1f\x8b", ".zip"),
    (b"Rar!", ".zip"),
    (b"7z\xbc\xaf", ".zip"),
    (b"MIME-Version:", ".mht"),
)
_PARTS = (
    (b"xl/workbook.xml", ".xlsx"),
    (b"xl/workbook.bin", ".xlsb"),
    (b"word/document.xml", ".docx"),
    (b"ppt/presentation.xml", ".ppt"),
    (b"opendocument.spreadsheet", ".ods"),
    (b"opendocument.text", ".odt"),
    (b"content.xml", ".ods"),
)
"""Names that stand unpacked in an archive."""
_STREAMS = (("EncryptedPackage", "locked"), ("WordDocument", ".doc"), ("PowerPoint Document", ".ppt"))
_MARKUP = re.compile(rb"<(?:!doctype html|html|table|head|body|meta)\b", re.IGNORECASE)


def refuse_kind(content: bytes, ending: str) -> None:
    """Raises FileFaultError for a file that is something else than its ending says, or of a kind that is not read."""
    named = _SAME.get(ending, ending)
    found = _kind(content, named) or (named if named in _KINDS else "")
    if not found or (named, found) == (".xls", ".html"):
        return
    what, remedy = _KINDS[found]
    if found == named and (remedy == _READ or found == ".pdf"):
        return
    message = f"tệp mang đuôi {ending} nhưng là {what}"
    if found in (named, "locked"):
        message = f"chưa đọc được số liệu trong {what}"
    raise FileFaultError("format", "tệp", message, remedy.format(found))


def _kind(content: bytes, named: str) -> str:
    """The kind by its bytes; '' for text, and for what its reader has to judge."""
    start = content[:2000].lstrip(b"\xef\xbb\xbf\r\n\t ")
    for begins, kind in _BEGINS:
        if start.startswith(begins) or content.startswith(begins):
            return kind
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return next((kind for name, kind in _STREAMS if name.encode("utf-16-le") in content), ".xls")
    if content.startswith(b"PK\x03\x04"):
        # Documents hold one another: what the ending says goes first.
        found = [kind for part, kind in _PARTS if part in content]
        cut_off = named in (".xlsx", ".docx", ".ods")
        return named if named in found else next(iter(found), "" if cut_off else ".zip")
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start and start.startswith(b"<?xml"):
        return ".xml"
    return ".html" if _MARKUP.match(start) else ""
