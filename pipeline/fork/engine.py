"""Papermill's engine for notebooks whose kernel is in the same process."""

from __future__ import annotations

from typing import Any

from jupyter_core.utils import run_sync
from nbclient.exceptions import CellExecutionError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.log import logger

NAME = "direct"


class _Engine(NBClientEngine):
    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, *_: object, km: Any, **__: object) -> None:
        _Client(nb_man, km=km, kernel_name=kernel_name, log=logger).execute()


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


papermill_engines.register(NAME, _Engine)
