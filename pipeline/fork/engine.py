"""Papermill's engine for notebooks whose kernel is in the same process."""

from __future__ import annotations

import logging
from typing import Any

import nbformat
from jupyter_core.utils import run_sync
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import nbbase
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.log import logger

NAME = "direct"
logger.setLevel(logging.CRITICAL)  # stays silent where a cell turns on every logger


class _Engine(NBClientEngine):
    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, *_: object, km: Any, **__: object) -> None:
        _Client(nb_man, km=km, kernel_name=kernel_name, log=logger).execute()
        nbformat.validate(nb_man.nb)


class _Client(PapermillNotebookClient):
    """Runs all cells in one run of the event loop, and notes no times of cells, which no published notebook has."""

    def papermill_execute_cells(self) -> None:
        run_sync(self._execute_cells)()

    async def _execute_cells(self) -> None:
        for index, cell in enumerate(self.nb.cells):
            try:
                await self.async_execute_cell(cell, index)
            except CellExecutionError as error:
                self.nb_man.cell_exception(cell, cell_index=index, exception=error)
                break

    def output(self, *args: Any) -> Any:
        """Without nbformat's check of each output, which takes four times as long as that of the whole notebook."""
        check, nbbase.validate = nbbase.validate, lambda *_: None
        try:
            return super().output(*args)
        finally:
            nbbase.validate = check


papermill_engines.register(NAME, _Engine)
