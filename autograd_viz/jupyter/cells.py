"""Pictures under every cell that touches autograd: the hooks that `%load_ext autograd_viz` puts into IPython.

Each cell gets a recording of its own. If something happened that is worth a picture, the picture is shown:

- *live*, where a person sits in front (the front end allows questions to its user): from the first such event on, growing while
  the cell runs, with a last exact update at its end;
- *headless* (nbval, nbclient, `jupyter execute`: they see the first version of a display and no updates): once, when the cell's
  program is done, but before its result or its traceback is shown. So the order of the outputs is the same as live.

AUTOGRAD_VIZ_LIVE = auto | 0 | 1 decides against the guess.

Everything here is a guest in the user's cell: it changes no result, and what goes wrong is one line of text.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from pathlib import Path
from typing import Any

from autograd_viz import events
from autograd_viz import events as ev
from autograd_viz.jupyter.display import Follower, Slot, bundle, draw_now, size
from autograd_viz.torch.source import name_file
from autograd_viz.trace.recording import Recording

SAYS_NOTHING_ALONE = ev.SourceSeen | ev.TensorNamed | ev.GradModeChanged


class Worth:
    """Whether what happened is worth a picture.

    A node, a backward, a change of `.grad`, a new leaf that asks for gradients: yes. Constants, printing, a bare `no_grad`: no.
    Called with every event of a cell, in order; says yes at most once for each.
    """

    def __init__(self) -> None:
        self.tracked: set[int] = set()  # the tensors that have to do with gradients

    def __call__(self, event: ev.Event) -> bool:
        if isinstance(event, ev.TensorCreated):
            if event.requires_grad:
                self.tracked.add(event.tensor)
            return event.requires_grad and not event.earlier
        if isinstance(event, ev.NodeCreated):
            return not event.earlier
        if isinstance(event, ev.VersionBumped):
            return event.grad_of is not None or event.tensor in self.tracked
        if isinstance(event, ev.TensorDetached):
            return event.origin in self.tracked
        return not isinstance(event, SAYS_NOTHING_ALONE)


class Cell:
    """One cell while it runs: what happened in it, and its picture."""

    def __init__(self, shell: Any, title: str, live: bool) -> None:
        self.shell = shell
        self.title = title
        self.live = live
        self.publisher = shell.display_pub
        self.depth = 1  # a cell may run cells: they belong to it
        self.thread = threading.get_ident()
        self.request = request_id(shell)
        self.recording = Recording(title=title)
        self.is_worth = Worth()
        self.slot: Slot | None = None
        self.shown = 0  # events in the last picture
        self.follower = Follower(self.show)

    def __call__(self, event: ev.Event) -> None:
        """Listen."""
        self.recording(event)
        if self.slot is None:
            if self.is_worth(event):
                self.begin()
        else:
            self.follower.tell()

    def begin(self) -> None:
        """The first event worth a picture. Where the slot is made now, there the picture will be: between the prints before and after."""
        with self.follower.lock:  # two threads of the user's may both come with a first event
            if self.slot is not None:
                return
            self.slot = Slot(self.shell.display_pub)
        self.live = self.live and self.shell.display_pub is self.publisher  # what %%capture captures is shown once
        if self.live:
            self.follower.show_now()
            self.follower.start()

    def show(self, live: bool) -> int:
        """Draw what is known by now, and publish it. Returns the bytes sent."""
        assert self.slot is not None
        known = len(self.recording)
        made = bundle(draw_now(self.recording, self.shell.user_ns.copy(), live))
        self.slot.put(made)
        self.shown = known
        return size(made)

    def show_before_result(self) -> None:
        """Headless, the picture's turn is just before the cell's result."""
        if self.slot is not None and not self.live and self.shown != len(self.recording):
            self.follower.show_now(live=False)

    def end(self) -> None:
        """The cell is done: the last, exact picture."""
        self.follower.stop()
        if self.slot is not None and (self.live or self.shown != len(self.recording)):
            try:
                self.follower.show_now(live=False)
            except KeyboardInterrupt:  # the user will not wait for it: the one before stays, and says that it is over
                self.slot.settle()
                raise


class Session:
    """IPython's hooks, from `%load_ext` to `%unload_ext`."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.cell: Cell | None = None
        self.on = False

    # --- the cells ---------------------------------------------------------------------------------------------------

    def pre_run_cell(self, info: Any) -> None:
        cell = self.cell
        if cell is not None:
            if cell.thread != threading.get_ident() or cell.request == request_id(self.shell):
                cell.depth += 1
                return
            self.end_cell()  # its end was never told: a kernel that was interrupted at a bad moment
        self.begin_cell(info.store_history)

    def post_run_cell(self, result: Any) -> None:
        cell = self.cell
        raw = getattr(getattr(result, "info", None), "raw_cell", None)
        if cell is None or (raw is not None and not raw.strip()):  # IPython tells the end of an empty cell, but not its beginning
            return
        cell.depth -= 1
        if cell.depth <= 0:
            self.end_cell()

    def begin_cell(self, counted: bool) -> None:
        self.cell = Cell(self.shell, title_of(number_of(self.shell, counted)), is_live(self.shell))
        events.add_listener(self.cell)

    def end_cell(self) -> None:
        cell, self.cell = self.cell, None
        if cell is not None:
            events.remove_listener(cell)
            cell.end()

    # --- before the result -------------------------------------------------------------------------------------------

    def display_result(self, result: object = None) -> None:
        """In the place of IPython's display hook."""
        # With "all", every expression of a cell has a result, and the picture follows the last of them.
        last = self.shell.ast_node_interactivity != "all"
        if result is not None and last and self.cell is not None and self.cell.depth == 1:
            self.cell.show_before_result()
        self.shell.displayhook(result)

    def show_traceback(self, kind: Any, error: Any, lines: list[str]) -> Any:
        """In the place of `shell._showtraceback`, the one door through which IPython's shells show an exception."""
        if self.cell is not None and self.cell.depth == 1:
            self.cell.show_before_result()
        return self.shell_shows_traceback(kind, error, without_engine(lines))

    # --- on and off --------------------------------------------------------------------------------------------------

    def turn_on(self) -> None:
        if self.on:
            return
        self.on = True
        shell = self.shell
        shell.events.register("pre_run_cell", self.pre_run_cell)
        shell.events.register("post_run_cell", self.post_run_cell)
        shell.display_trap.hook = self.display_result
        if sys.displayhook is shell.displayhook:  # this very cell is already running with the old one
            sys.displayhook = self.display_result
        self.shell_shows_traceback = shell._showtraceback
        shell._showtraceback = self.show_traceback
        if is_running(shell):  # `%load_ext autograd_viz` may be the first line of a cell that goes on
            self.begin_cell(counted=True)

    def turn_off(self) -> None:
        if not self.on:
            return
        self.on = False
        self.end_cell()
        shell = self.shell
        shell.events.unregister("pre_run_cell", self.pre_run_cell)
        shell.events.unregister("post_run_cell", self.post_run_cell)
        if shell.display_trap.hook == self.display_result:
            shell.display_trap.hook = shell.displayhook
        if sys.displayhook == self.display_result:
            sys.displayhook = shell.displayhook
        if shell._showtraceback == self.show_traceback:  # not if somebody has come after us
            shell._showtraceback = self.shell_shows_traceback

    def magic(self, line: str) -> None:
        """%autograd_viz on | off: show pictures under cells, or not."""
        word = line.strip().lower()
        if word == "on":
            self.turn_on()
        elif word == "off":
            self.turn_off()
        elif word:
            from IPython.core.error import UsageError

            raise UsageError(f"expected %autograd_viz on or %autograd_viz off, got {line.strip()[:40]!r}")
        else:
            print(f"autograd_viz is {'on' if self.on else 'off'}")


def is_live(shell: Any) -> bool:
    """Whether someone sits in front: the request that is being served allows to ask its user for input."""
    setting = os.environ.get("AUTOGRAD_VIZ_LIVE", "auto").strip().lower()
    if setting in ("0", "1"):
        return setting == "1"
    return bool(request(shell).get("content", {}).get("allow_stdin"))


def request(shell: Any) -> dict[str, Any]:
    """The message that asked for this cell; empty outside of a kernel."""
    found = shell.get_parent() if hasattr(shell, "get_parent") else None
    return found if isinstance(found, dict) else {}


def request_id(shell: Any) -> str:
    """What tells one request from the next."""
    return str(request(shell).get("header", {}).get("msg_id", ""))


def is_running(shell: Any) -> bool:
    """Whether IPython is in the middle of a cell: then, and only then, its display hook is in place."""
    return bool(getattr(shell.display_trap, "_nested_level", 0))


def without_engine(lines: list[str]) -> list[str]:
    """A traceback without the frames inside this package: the student's own line and the message stay.

    PyTorch's frames are in C++ and never seen either; and a path of somebody's machine has no place in a stored notebook.
    """
    return [line for line in lines if not _FRAME_OF_OURS.match(_ANSI.sub("", line))]


_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_PACKAGE = str(Path(__file__).parents[1])  # IPython shortens the home directory to ~
_FROM_HOME = _PACKAGE.replace(os.path.expanduser("~"), "~", 1)
_COMPILED = "<compiled "  # an operation, made by torch/compiled.py
_FRAME_OF_OURS = re.compile("|".join("File " + re.escape(start) for start in (_PACKAGE + os.sep, _FROM_HOME + os.sep, _COMPILED)))


# --- what cells are called --------------------------------------------------------------------------------------------
#
# A cell is compiled under the name of a temporary file, which says nothing to a reader and differs from machine to machine. The engine
# is told what to call it. av.record and av.GraphWidget need this also where the extension is not loaded.


def number_of(shell: Any, counted: bool) -> int:
    """The number of the cell that is about to run. One that is counted has been counted already."""
    return int(shell.execution_count) - bool(counted)


def title_of(number: int) -> str:
    """What a reader calls a cell."""
    return f"cell [{number}]"


def name_cells(shell: Any) -> None:
    """From now on every cell of this shell has a title, and those that ran before too."""
    if any(named is shell for named, _ in _named):
        return

    def pre_run_cell(info: Any) -> None:
        number = number_of(shell, info.store_history)
        transformed = getattr(info, "transformed_cell", None) or info.raw_cell
        name_file(shell.compile.get_code_name(info.raw_cell, transformed, number), title_of(number))

    shell.events.register("pre_run_cell", pre_run_cell)
    _named.append((shell, pre_run_cell))
    for file, number in getattr(shell.compile, "_filename_map", {}).items():
        name_file(file, title_of(number))


# --- loading ----------------------------------------------------------------------------------------------------------

_named: list[tuple[Any, Any]] = []  # shells with titles, and the hook that gives them
_sessions: list[Session] = []  # one for each shell that has us loaded, nearly always one
_forks: list[bool] = []  # whether forks have been provided for: Python cannot take that back


def load(shell: Any) -> None:
    """Begin to show pictures in this shell. Loading twice is loading once."""
    if any(session.shell is shell for session in _sessions):
        return
    if not _forks and hasattr(os, "register_at_fork"):  # a forked worker has no cell to show anything under
        os.register_at_fork(after_in_child=events.listeners.clear)
        _forks.append(True)
    name_cells(shell)
    session = Session(shell)
    _sessions.append(session)
    shell.register_magic_function(session.magic, "line", "autograd_viz")
    session.turn_on()


def unload(shell: Any) -> None:
    """Take every hook out of this shell."""
    for session in [session for session in _sessions if session.shell is shell]:
        session.turn_off()
        _sessions.remove(session)
        shell.magics_manager.magics["line"].pop("autograd_viz", None)
    for named, hook in [one for one in _named if one[0] is shell]:
        shell.events.unregister("pre_run_cell", hook)
        _named.remove((named, hook))
