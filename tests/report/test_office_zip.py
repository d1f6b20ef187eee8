"""Workbooks without times."""

from __future__ import annotations

import errno
from unittest.mock import Mock

import openpyxl
import pytest
from lxml.etree import SerialisationError
from openpyxl.writer.excel import ExcelWriter

from pipeline.report.office_zip import workbook_bytes


@pytest.mark.parametrize(("said", "number"), [("IO_ENOSPC", errno.ENOSPC), ("IO_WRITE", errno.EIO)])
def test_a_full_temporary_folder_is_an_error_of_the_system(
    said: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sheets are written there by lxml, whose errors are none of the system's."""
    monkeypatch.setattr(ExcelWriter, "write_worksheet", Mock(side_effect=SerialisationError(said)))
    with pytest.raises(OSError, match=r".") as raised:
        workbook_bytes(openpyxl.Workbook())
    assert raised.value.errno == number
