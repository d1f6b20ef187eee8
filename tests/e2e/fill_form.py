"""Fill in a form in LibreOffice Calc, as a person would. Run by the system's Python, which has the `uno` module.

Arguments: pipe name, source .xlsx, target .xlsx, target .csv of the first sheet, JSON {sheet: {cell: text or number}}.
A text that is an ISO date becomes a date in the format of its cell, as if it were typed there.
"""

import contextlib
import datetime
import json
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import DisposedException


def connect(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(120):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.5)
    raise SystemExit("LibreOffice does not answer")


def properties(**values):
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


def main(pipe, source, workbook, table, content):
    context = connect(pipe)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(source), "_blank", 0, properties(Hidden=True))
    if document is None:
        raise SystemExit("LibreOffice opened no workbook: is libreoffice-calc-nogui installed?")
    for sheet, cells in json.loads(content).items():
        for address, value in cells.items():
            cell = document.Sheets.getByName(sheet).getCellRangeByName(address)
            if isinstance(value, (int, float)):
                cell.Value = value
            elif value[:2] == "20":
                cell.Value = (datetime.date.fromisoformat(value) - datetime.date(1899, 12, 30)).days
            else:
                cell.String = value
    document.storeToURL(uno.systemPathToFileUrl(workbook), properties(FilterName="Calc MS Excel 2007 XML"))
    # Separator ',', quote '"', UTF-8, from line 1, quoted texts, as shown.
    options = properties(FilterName="Text - txt - csv (StarCalc)", FilterOptions="44,34,76,1,,0,false,true,false")
    document.storeToURL(uno.systemPathToFileUrl(table), options)
    document.close(True)
    with contextlib.suppress(DisposedException):  # it may be gone before it answers
        desktop.terminate()


main(*sys.argv[1:])
