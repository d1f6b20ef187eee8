"""A kernel client that begins as soon as the kernel answers.

The stock one asks at once, asks again a second later if the answer was lost, and then waits until nothing has come on
the output channel for 0.2 seconds. By the protocol a kernel greets who listens to that channel (`iopub_welcome`, JEP
65), so nothing asked after the greeting is lost; and the status `idle` that belongs to a request is the last message
about it, so that one is waited for.
"""

from __future__ import annotations

import time
from contextlib import suppress
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient

_GREETED_WITHIN = 1
"""Seconds; an older kernel does not greet."""


class PromptClient(AsyncKernelClient):
    """To be named as `AsyncKernelManager.client_class`."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Until the kernel has answered on both channels. Raises RuntimeError if it dies, or in `timeout` seconds."""
        end = time.monotonic() + (timeout or float("inf"))
        await self._greeting()
        while True:
            asked = str(self.kernel_info())
            try:
                answer = await self._answer(asked)
            except Empty:
                answer = None  # a channel was not connected yet: ask again
            if answer is not None:
                self._handle_kernel_info_reply(answer)
                return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > end:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _greeting(self) -> None:
        """The first message of the output channel, if it comes."""
        with suppress(Empty):
            await self.get_iopub_msg(timeout=_GREETED_WITHIN)

    async def _answer(self, asked: str) -> dict[str, Any]:
        """The reply to the request, once the kernel is idle again. Raises queue.Empty where it stays away."""
        reply: dict[str, Any] = {}
        while not reply:
            message = await self.get_shell_msg(timeout=1)
            if message["parent_header"].get("msg_id") == asked:
                reply = message
        while True:
            message = await self.get_iopub_msg(timeout=0.2)
            own = message["parent_header"].get("msg_id") == asked
            if own and message["content"].get("execution_state") == "idle":
                return reply
