"""A real kernel, and all that a cell sends, message by message: what a front end sees, without a front end."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograd_viz.draw.packed import plain

ROOT = Path(__file__).parents[2]
MIME_TYPE = "application/vnd.autograd-viz.v1+json"
SHOWN = ("display_data", "update_display_data", "execute_result", "stream", "error")


@dataclass
class Message:
    """Something that a cell sent. `at`: seconds after the request."""

    kind: str
    content: dict[str, Any]
    at: float

    @property
    def play(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.content.get("data", {}).get(MIME_TYPE)
        return found and plain(found)

    @property
    def text(self) -> str:
        return str(self.content.get("data", {}).get("text/plain") or self.content.get("text") or self.content.get("evalue", ""))

    @property
    def slot(self) -> str:
        """Which of the cell's outputs this is, or replaces."""
        return str(self.content.get("transient", {}).get("display_id"))

    @property
    def what(self) -> str:
        """`picture` and `update` are ours, the rest is called as in the protocol."""
        return self.kind if self.play is None else {"display_data": "picture", "update_display_data": "update"}[self.kind]


class Kernel:
    """A kernel to which cells can be sent as JupyterLab (`person`) or as nbclient does."""

    def __init__(self, **environment: str) -> None:
        from jupyter_client.manager import start_new_kernel

        clean = {key: value for key, value in os.environ.items() if not key.startswith("AUTOGRAD_VIZ")}
        self.manager, self.client = start_new_kernel(env={**clean, "PYTHONPATH": str(ROOT), **environment})

    def send(self, code: str, *, person: bool = False, cell: str = "") -> str:
        """`cell`: which cell this is, as JupyterLab says it."""
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": person}
        message = self.client.session.msg("execute_request", content, metadata={"cellId": cell} if cell else {})
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def messages(self, request: str) -> Iterator[Message]:
        """What the cell shows, as it comes, until the kernel is idle again."""
        started = time.monotonic()
        while True:
            got = self.client.get_iopub_msg(timeout=60)
            if got["parent_header"].get("msg_id") != request:
                continue
            if got["msg_type"] == "status" and got["content"]["execution_state"] == "idle":
                return
            if got["msg_type"] in SHOWN:
                yield Message(got["msg_type"], got["content"], time.monotonic() - started)

    def run(self, code: str, *, person: bool = False, cell: str = "") -> list[Message]:
        return list(self.messages(self.send(code, person=person, cell=cell)))

    def value(self, expression: str) -> str:
        return self.run(expression)[-1].text

    def interrupt(self) -> None:
        self.manager.interrupt_kernel()

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


START = "%load_ext autograd_viz\nfrom autograd_viz import torch\nimport autograd_viz as av, time"


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    """One kernel for the tests of a file, with the extension loaded."""
    one = Kernel()
    assert one.run(START) == []
    yield one
    one.stop()


@pytest.fixture
def live(kernel: Kernel) -> Any:
    """Run a cell as JupyterLab does."""
    return lambda code: kernel.run(code, person=True)


@pytest.fixture
def headless(kernel: Kernel) -> Any:
    """Run a cell as nbclient does."""
    return kernel.run
