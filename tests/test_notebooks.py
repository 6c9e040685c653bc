"""The lessons as documents: are they clean, do they come out the same every time, and would nbval notice if they did not?

nbval alone can be fooled: a notebook without stored outputs passes with nothing compared. So this checks the checking:
every cell is stored as run, and a copy in which one digit or one edge of a drawing was altered must fail.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PLAY = "application/vnd.autograd-viz.v1+json"
WIDGET = "application/vnd.jupyter.widget-view+json"

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def drawings(cell: NotebookNode) -> list[NotebookNode]:
    """The outputs of a cell that are pictures of ours: MIME type -> content."""
    return [output.data for output in cell.outputs if PLAY in output.get("data", {})]


def test_there_are_lessons() -> None:
    assert [path.stem[:2] for path in NOTEBOOKS] == [f"{i:02}" for i in range(len(NOTEBOOKS))]
    assert len(NOTEBOOKS) == 14


TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\((\d\d_\w+\.ipynb)\)")


def test_each_lesson_leads_to_its_neighbours_by_their_titles() -> None:
    notebooks = [nbformat.read(path, as_version=4) for path in NOTEBOOKS]
    names = [(TITLE.findall(notebook.cells[0].source)[0], path.name) for notebook, path in zip(notebooks, NOTEBOOKS, strict=True)]
    ends = [LINK.findall(notebook.cells[-1].source) for notebook in notebooks]
    assert ends[0] == [(title[len("00 · ") :], name) for title, name in names] + [names[1]], "the contents, and what comes next"
    for i in range(1, len(names)):
        assert ends[i] == [names[i - 1], names[(i + 1) % len(names)]]


# --- words ------------------------------------------------------------------------------------------------------------

GLOSSARY = re.compile(r"^\| ([^|]+?) \(([\d, ]+)\) \| ", re.MULTILINE)
BEHAVIOUR = re.compile(r"^\| (.+?) \| (\d\d.*?) \|$", re.MULTILINE)


def cells_of(number: str) -> list[str]:
    """The texts of a lesson's cells."""
    return [cell.source for cell in nbformat.read(next(path for path in NOTEBOOKS if path.stem[:2] == number), as_version=4).cells]


def test_each_word_of_the_glossary_is_in_the_lesson_that_it_names() -> None:
    found = GLOSSARY.findall((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))
    assert len(found) > 40
    for words, numbers in found:
        for number in numbers.split(", "):
            text = "\n".join(cells_of(number)).lower()
            for word in words.replace("`", "").lower().split(", "):
                assert word in text, f"{word} is not in lesson {number}"


def test_each_behaviour_of_the_source_is_in_the_cells_that_are_named_for_it() -> None:
    found = BEHAVIOUR.findall((ROOT / "docs" / "behaviours.md").read_text(encoding="utf-8"))
    assert len(found) == 13
    for behaviour, places in found:
        text = ""
        for number, listed in re.findall(r"(\d\d)(?:: ([\d, to]+))?", places):
            cells = cells_of(number)
            spans = [[*map(int, span.split(" to "))] for span in listed.split(", ")] if listed else [[0, len(cells) - 1]]
            text += "\n".join("\n".join(cells[span[0] : span[-1] + 1]) for span in spans)
        for quoted in re.findall(r"`([^`]+)`", behaviour):
            for part in quoted.removesuffix("()").split("..."):
                assert part in text, f"{part!r} is not in {places}"


# --- hygiene ----------------------------------------------------------------------------------------------------------

HEXADECIMAL = re.compile(r"\b0x([0-9a-fA-F]+)\b")
SERIALS_END = 2**24  # our `<AddBackward0 object at 0x...>` shows a serial number; an address is far greater
MACHINE = re.compile(
    r"(?<![\w.~/-])/(?:home|root|tmp|usr|opt|var|etc|mnt|srv|private|Users|Library)/\S*|~/\S*|[A-Z]:\\\S*|site-packages\S*|ipykernel_\d+"
)
UNSEEN_BY_NBVAL = re.compile(r"\b(?:clear_output|update_display|display_id|Output)\s*[(=]")


def texts(value: Any) -> Iterator[str]:
    """Every string in a piece of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)


def what_is_unclean(notebook: NotebookNode) -> list[str]:
    """One sentence for each thing that a committed lesson may not have."""
    wrong = []
    if "widgets" in notebook.metadata:
        wrong.append("the notebook stores widget state")
    if not any(drawings(cell) for cell in code_cells(notebook)):
        wrong.append("no picture is stored: nbval has no drawing to compare")
    runs = [cell.execution_count for cell in code_cells(notebook) if cell.source.strip()]
    if runs != list(range(1, len(runs) + 1)):
        wrong.append(f"cells were not run once each, in order, from a fresh kernel: {runs}")
    for number, cell in enumerate(code_cells(notebook)):
        wrong += [f"code cell {number}: {what}" for what in what_is_unclean_in(cell)]
    return wrong


def what_is_unclean_in(cell: NotebookNode) -> Iterator[str]:
    """The same for one cell."""
    if found := UNSEEN_BY_NBVAL.search(cell.source):
        yield f"nbval does not see what {found.group()!r} shows"
    fails = any(output.output_type == "error" for output in cell.outputs)
    if fails != ("raises-exception" in cell.metadata.get("tags", [])):
        yield "an error is stored, and only then, where the cell is tagged raises-exception"
    for shown in texts(cell.outputs):
        plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
        yield from (f"an address: {hit.group()}" for hit in HEXADECIMAL.finditer(plain) if int(hit[1], 16) >= SERIALS_END)
        yield from (f"a path of somebody's machine: {hit.group()}" for hit in MACHINE.finditer(plain))
        yield from (f"a path of this machine: {place}" for place in (str(ROOT), str(Path.home())) if place in plain)
    for picture in drawings(cell):
        if picture[PLAY].get("live"):
            yield "a picture was stored while its cell was still running"
        yield from (f"a picture without {mime}" for mime in ("image/svg+xml", "text/plain") if not picture.get(mime))


@each_notebook
def test_a_lesson_is_stored_clean(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert what_is_unclean(notebook) == []


def a_notebook(**changes: Any) -> NotebookNode:
    """A clean notebook of one cell; `changes` go into that cell."""
    data = {PLAY: {"live": False}, "image/svg+xml": "<svg/>", "text/plain": "1 node <MulBackward0 object at 0x00000000002a>"}
    cell = nbformat.v4.new_code_cell("draw()", execution_count=1, outputs=[nbformat.v4.new_output("display_data", data)])
    return nbformat.v4.new_notebook(cells=[nbformat.from_dict({**cell, **changes})])


def prints(text: str) -> dict[str, Any]:
    return {"outputs": [*a_notebook().cells[0].outputs, nbformat.v4.new_output("stream", text=text)]}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"execution_count": None}, "not run once each"),
        ({"execution_count": 2}, "not run once each"),
        ({"outputs": []}, "no picture is stored"),
        ({"source": "clear_output()"}, "nbval does not see"),
        ({"source": "display(x, display_id=1)"}, "nbval does not see"),
        ({"metadata": {"tags": ["raises-exception"]}}, "tagged raises-exception"),
        (prints("<Tensor at 0x7fccb85c48d0>"), "an address"),
        (prints("in /home/ada/lesson.py"), "a path"),
        (prints("File \x1b[32m~/lessons/engine.py:12\x1b[39m"), "a path"),
        (prints("C:\\Users\\ada"), "a path"),
        (prints(str(ROOT)), "a path of this machine"),
        (prints("1/2 and w/home, a ~ b"), ""),
    ],
)
def test_hygiene_tells_clean_from_unclean(changes: dict[str, Any], said: str) -> None:
    found = what_is_unclean(a_notebook(**changes))
    assert (not found) if not said else any(said in one for one in found), found


# --- would nbval notice? ----------------------------------------------------------------------------------------------


def alter_a_digit(drawing: str) -> str | None:
    """The first number with a decimal point, else the first number, with its last digit one greater (9 becomes 0)."""
    found = re.search(r"\d+\.\d+", drawing) or re.search(r"\d+", drawing)
    if not found:
        return None
    at = found.end() - 1
    return drawing[:at] + str((int(drawing[at]) + 1) % 10) + drawing[at + 1 :]


EDGES = re.compile(r"^ *<- (.+?)(?:; saved: .*)?$", re.MULTILINE)  # under each grad_fn: "    <- #2 MmBackward0, AccumulateGrad b"


def alter_an_edge(drawing: str) -> str | None:
    """The first edge made to lead to where another one leads, or nowhere if all lead to the same."""
    lists = list(EDGES.finditer(drawing))
    edges = [edge for found in lists for edge in found[1].split(", ")]
    if not lists or edges[0] == "nothing":
        return None
    other = next((edge for edge in edges if edge != edges[0]), "None")
    at = lists[0].start(1)
    return drawing[:at] + other + drawing[at + len(edges[0]) :]


def test_alterations_change_one_thing() -> None:
    drawing = "b: leaf (3) = [0.25 1 2]\n#1 MulBackward0 (3)  b * b\n    <- AccumulateGrad b, #2 X; saved: self held"
    assert alter_a_digit(drawing) == drawing.replace("0.25", "0.26")
    assert alter_an_edge(drawing) == drawing.replace("AccumulateGrad b", "#2 X")
    assert alter_an_edge("    <- #2 X; saved: self held") == "    <- None; saved: self held"
    assert alter_an_edge("b: leaf (3)") is None


ALTERATIONS = {"digit": alter_a_digit, "edge": alter_an_edge}


def alter(notebook: NotebookNode) -> dict[str, int]:
    """Alter a digit in one drawing and an edge in one of another cell. Says which code cells (by number) nbval must reject."""
    altered: dict[str, int] = {}
    for what, change in ALTERATIONS.items():
        for number, cell in enumerate(code_cells(notebook)):
            if number in altered.values() or what in altered:
                continue
            for picture in drawings(cell):
                if (text := change(picture["text/plain"])) is not None:
                    picture["text/plain"] = text
                    altered[what] = number
                    break
    return altered


def run_nbval(folder: Path) -> dict[str, list[bool]]:
    """nbval over a folder, as an instructor would run it: notebook -> did each code cell pass?"""
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", str(folder)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""}
    done = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    verdicts: dict[str, list[bool]] = {}
    for case in ET.parse(report).iter("testcase"):
        verdicts.setdefault(case.attrib["classname"], []).append(len(case) == 0)
    return verdicts


Verdicts = dict[str, tuple[list[bool], list[bool], dict[str, int]]]


@pytest.fixture(scope="module")
def nbval(tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """For each lesson: how its cells fare as stored, how in an altered copy, and what was altered in which cell.

    One kernel for each copy is all it costs: nbval goes on after a cell that fails, so one copy carries both alterations.
    """
    folder = tmp_path_factory.mktemp("nbval")
    (folder / "pytest.ini").write_text("[pytest]\n")
    altered: dict[str, dict[str, int]] = {}
    for copy in ("stored", "altered"):
        (folder / copy).mkdir()
        (folder / copy / "pytest.ini").write_text("[pytest]\n")
        shutil.copy(ROOT / "notebooks" / "conftest.py", folder / copy)
        for path in NOTEBOOKS:
            notebook = nbformat.read(path, as_version=4)
            if copy == "altered":
                altered[path.name] = alter(notebook)
            nbformat.write(notebook, folder / copy / path.name)
    with ThreadPoolExecutor() as pool:
        stored, changed = pool.map(run_nbval, (folder / "stored", folder / "altered"))
    return {path.name: (stored[path.name], changed[path.name], altered[path.name]) for path in NOTEBOOKS}


@each_notebook
def test_nbval_passes_a_lesson_as_it_is_stored(path: Path, nbval: Verdicts) -> None:
    stored, _, _ = nbval[path.name]
    assert [number for number, passed in enumerate(stored) if not passed] == []


@each_notebook
def test_nbval_rejects_an_altered_digit_and_an_altered_edge_and_nothing_else(path: Path, nbval: Verdicts) -> None:
    _, changed, altered = nbval[path.name]
    assert altered.keys() == ALTERATIONS.keys(), "a lesson has pictures with numbers and edges, in two cells at least"
    assert {number for number, passed in enumerate(changed) if not passed} == set(altered.values())


# --- the same every time ----------------------------------------------------------------------------------------------


def outputs_of_a_run(path: Path, folder: Path, hash_seed: int) -> list[Any]:
    """What the cells of a lesson show in a fresh kernel with this PYTHONHASHSEED; the widgets' random ids left out."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}})
    client.execute(env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(hash_seed)})
    for cell in code_cells(notebook):
        for output in cell.outputs:
            output.get("data", {}).pop(WIDGET, None)
    return [joined(cell.outputs) for cell in code_cells(notebook)]


def joined(outputs: list[Any]) -> list[Any]:
    """The outputs, with the pieces of a stream in one: where the kernel happens to flush it is not ours to say."""
    whole: list[Any] = []
    for output in outputs:
        if whole and output.output_type == "stream" and whole[-1].get("name") == output.name:
            whole[-1]["text"] += output.text
        else:
            whole.append(output)
    return whole


@each_notebook
def test_a_lesson_comes_out_the_same_whatever_the_hash_seed(path: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        one, other = pool.map(lambda seed: outputs_of_a_run(path, tmp_path, seed), (1, 2))
    assert [number for number, (first, second) in enumerate(zip(one, other, strict=True)) if first != second] == []
