"""The error that refuses a whole file, and the rules for which files are refused."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FILE_RULES: Mapping[str, str] = MappingProxyType(
    {
        "not-regular": "liên kết, thư mục hay thiết bị thay cho tệp: không biết ai đổi nội dung lúc nào",
        "size": "tệp lớn hơn 20 MB",
        "format": "không phải .xlsx hay .csv, hoặc nội dung không đúng với đuôi tệp",
        "empty": "không có số liệu",
        "encoding": "chữ không phải Unicode (UTF-8, UTF-16 có dấu đầu tệp): đọc đoán thì sai chữ",
        "legacy-encoding": "chữ viết bằng bảng mã TCVN3 (ABC) hoặc VNI, không phải Unicode: tự đổi thì có thể sai chữ",
        "nul": "có ký tự NUL: UTF-16 thiếu dấu đầu tệp, hoặc tệp hỏng",
        "quote": "dấu nháy kép không khớp: một ô có thể nuốt nhiều dòng",
        "delimiter": "không rõ ô ngăn cách bằng dấu gì",
        "header": "không nhận ra dòng tiêu đề nào",
        "heading-repeated": "hai cột cùng nghĩa: không biết lấy cột nào",
        "macro": "sổ có macro, tức là có chương trình",
        "external-link": "sổ lấy giá trị từ tệp khác, có thể đã cũ",
        "xml-dtd": "sổ có khai báo DTD, cách tấn công thường gặp",
        "bomb": "sổ phình quá lớn khi mở",
        "extent": "có ô nằm quá xa bảng số liệu, làm tràn bộ nhớ",
        "damaged": "sổ bị hỏng",
        "engines-disagree": "hai bộ đọc cho hai giá trị khác nhau: tệp ghi mâu thuẫn",
        "resources": "đọc cần quá 1 GiB bộ nhớ hoặc quá 18 giây",
    }
)
"""Rule → why a file that breaks it is refused whole (bị trả lại cả tệp)."""


class FileFaultError(Exception):
    """A file is refused whole: the rule it breaks, the place in the file, what is wrong, how to fix it."""

    def __init__(self, rule: str, place: str, message: str, remedy: str) -> None:
        if rule not in FILE_RULES:
            raise AssertionError(f"rule {rule!r} is not in FILE_RULES")
        super().__init__(f"{place}: {message} [{rule}] → {remedy}")
        self.rule, self.place, self.message, self.remedy = rule, place, message, remedy
