"""Workbooks without times."""

from __future__ import annotations

import errno
from unittest.mock import Mock

import pytest
from lxml.etree import SerialisationError

from pipeline.report.office_zip import workbook_bytes


@pytest.mark.parametrize(("said", "number"), [("IO_ENOSPC", errno.ENOSPC), ("IO_WRITE", errno.EIO)])
def test_a_full_temporary_folder_is_an_error_of_the_system(said: str, number: int) -> None:
    """Sheets are written there by lxml, whose errors are none of the system's."""
    with pytest.raises(OSError, match=r".") as raised:
        workbook_bytes(Mock(save=Mock(side_effect=SerialisationError(said))))
    assert raised.value.errno == number
