"""One direction of knowledge: torch -> trace -> draw -> jupyter, and inside torch/ only upwards in its reading order.

The rules are those of the table in CONTRIBUTING.md; this reads every import statement of the package and holds it to them.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "autograd_viz"
LONGEST_FILE = 420  # lines: a student should be able to read one in a sitting

# torch/ is course material: read in this order, each file knows only what came before it.
READING_ORDER = (
    *("source", "modes", "dtypes", "saved", "node", "tensor", "ops.memory", "out", "arguments", "return_types"),
    *("observe", "formulas", "anomaly", "compiled", "op", "overloads"),
    *("ops.pointwise", "ops.arithmetic", "ops.three_arguments", "ops.transcendental", "ops.special_functions", "ops.integrals"),
    *("ops.piecewise", "ops.steps"),
    *("ops.shape", "ops.shape_inplace", "ops.reduction", "ops.extremes"),
    *("ops.cumulation", "ops.differences", "ops.statistics", "ops.norms", "ops.selection", "ops.sorting", "ops.counting"),
    "ops.rounding",
    *("ops.linalg", "ops.matrices", "ops.systems", "ops.decompositions"),
    *("ops.joining", "ops.gathering", "ops.scattering", "ops.reshaping", "ops.diagonals", "ops.padding", "ops.rearranging"),
    *("ops.activations", "ops.slopes", "ops.softmax", "ops.losses", "ops.distances", "ops.likelihood", "ops.sequences"),
    *("ops.normalization", "ops.convolution", "ops.pooling", "ops.resampling", "ops.grids", "ops.embedding"),
    *("ops.attention", "ops.recurrent"),
    "ops.gamma_draws",
    *("ops.windows", "ops.inplace", "ops.random_inplace", "ops.generator_state", "ops.logic",),
    *("ops.kinds", "ops.from_data", "ops.creation", "ops.creation_more", "ops.conversion", "ops.attributes", "ops",),
    *("walk", "replacement", "engine", "function", "indexing", "operators", "mutation", "special", "gradients"),
    *("linalg", "func", "autograd.calling", "autograd.graph",),
    *("autograd.functional", "autograd.gradcheck", "autograd.forward_ad", "autograd",),
    *("utils.hooks", "utils.data.dataset", "utils.data.sampler", "utils.data.collate", "utils.data.dataloader", "utils.data"),
    *("utils.checkpoint", "utils"),
    *(f"nn.functional.{name}" for name in ("activations", "losses", "classes", "convolution", "pooling", "unpooling", "resampling")),
    *(f"nn.functional.{name}" for name in ("normalization", "layers", "attention", "plain")),
    *("nn.functional", "nn.parameter", "nn.init"),
    *(f"nn.modules.{name}" for name in ("naming", "backward_hooks", "hooks", "state_dict", "tree", "module", "container", "linear")),
    *(f"nn.modules.{name}" for name in ("activation", "distance", "loss", "dropout", "sparse", "conv", "pooling", "normalization")),
    *(f"nn.modules.{name}" for name in ("lazy", "padding", "resizing", "recurrence", "rnn", "attention", "transformer")),
    *("nn.modules", "nn.utils.clip_grad", "nn.utils.convert_parameters", "nn.utils.rnn"),
    *(f"nn.utils.{name}" for name in ("parametrize", "parametrizations", "reparametrized")),
    *("nn.utils", "nn"),
    *("optim.optimizer", "optim.sgd", "optim.adam", "optim.adaptive", "optim.variants", "optim.line_search", "optim.lbfgs"),
    *(f"optim.lr_scheduler.{name}" for name in ("base", "curves", "combined", "cycles")),
    *("optim.lr_scheduler", "optim.swa_utils", "optim", "testing"),
    *(f"distributions.{name}" for name in ("constraints", "distribution", "continuous", "gamma", "discrete", "trials", "multivariate")),
    *(f"distributions.{name}" for name in ("transforms", "transformed", "kl")),
    *("distributions", "settings", "absent", "builtin"),
)
STANDALONE = ("printing", "random")  # numpy alone: they stand anywhere, and anyone may use them
# The two knots, tied when they are needed (the import stands inside the function): a node that saved its own result rebuilds
# that tensor; and the derivative of one op is often another op (of expand, sum; of sum, expand).
LOOKS_AHEAD = {("saved", "tensor"), ("node", "tensor"), ("tensor", "ops"), ("ops", "ops")}

# layer -> the layers that it may import besides itself, and the third-party packages
MAY_IMPORT: dict[str, tuple[set[str], set[str]]] = {
    "events": (set(), set()),
    "torch": ({"events"}, {"numpy"}),
    "trace": ({"events"}, set()),
    "draw": ({"events", "trace"}, {"graphviz", "pygraphviz"}),
    "bridge": ({"events"}, {"numpy", "torch"}),
}


@dataclass(frozen=True)
class Import:
    """One imported module: by which file, on which line, and in which circumstances."""

    file: Path
    line: int
    module: str
    lazy: bool  # inside a function
    for_types: bool  # under `if TYPE_CHECKING:`

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT).as_posix()}:{self.line} imports {self.module}"


def python_files() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)


def dotted(path: Path) -> str:
    """autograd_viz/torch/ops/__init__.py -> autograd_viz.torch.ops"""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return name.startswith("autograd_viz.") and (path.with_suffix(".py").exists() or path.is_dir())


def imports_of(path: Path, text: str | None = None) -> Iterator[Import]:
    """Every import of a file. `from a import b, c` counts as a.b and a.c where those are modules of ours, else as a."""
    package = dotted(path) if path.name == "__init__.py" else dotted(path).rpartition(".")[0]

    def walk(node: ast.AST, lazy: bool, for_types: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(path, node.lineno, alias.name, lazy, for_types)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                start = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*start, base] if base else start)
            names = {name if is_module(name) else base for name in (f"{base}.{alias.name}" for alias in node.names)}
            for name in sorted(names):
                yield Import(path, node.lineno, name, lazy, for_types)
        elif isinstance(node, ast.Call) and "import_module" in ast.unparse(node.func) and isinstance(node.args[0], ast.Constant):
            yield Import(path, node.lineno, str(node.args[0].value), lazy, for_types)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for child in node.body:
                yield from walk(child, lazy, True)
            for child in node.orelse:
                yield from walk(child, lazy, for_types)
        else:
            inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for child in ast.iter_child_nodes(node):
                yield from walk(child, inside, for_types)

    yield from walk(ast.parse(path.read_text(encoding="utf-8") if text is None else text), False, False)


def layer_of(module: str) -> str:
    """autograd_viz.draw.svg -> draw;  autograd_viz -> "" (the front door)"""
    return [*module.split("."), ""][1]


def breaks_layers(found: Import) -> str | None:
    """What is wrong with this import, or None."""
    top = found.module.partition(".")[0]
    here = layer_of(dotted(found.file))
    if top == "autograd_viz":
        there = layer_of(found.module)
        if there == "jupyter" and here != "jupyter" and not (here == "" and (found.lazy or found.for_types)):
            return "nobody imports jupyter/ (only the package's __init__, and only when asked)"
        if here in MAY_IMPORT and there not in (here, *MAY_IMPORT[here][0]):
            return f"{here} may import {', '.join(sorted(MAY_IMPORT[here][0])) or 'no other part'} only"
    elif top not in sys.stdlib_module_names:
        if top == "torch" and here != "bridge":
            return "the real PyTorch is imported in bridge.py and in tests alone"
        if here in MAY_IMPORT and top not in MAY_IMPORT[here][1]:
            return f"{here} may use {', '.join(sorted(MAY_IMPORT[here][1])) or 'the standard library'} only"
    return None


def rank(module: str) -> int | None:
    """The place of a module of torch/ in the reading order; None if it has none."""
    inner = module.removeprefix("autograd_viz.torch").removeprefix(".")
    while inner:
        if inner in READING_ORDER:
            return READING_ORDER.index(inner)
        inner = inner.rpartition(".")[0]
    return None


def inner_name(module: str) -> str:
    return module.removeprefix("autograd_viz.torch").removeprefix(".").partition(".")[0]


def breaks_reading_order(found: Import) -> str | None:
    """What is wrong with this import inside torch/, or None. Imports for types alone may look ahead."""
    here, there = dotted(found.file), found.module
    if layer_of(here) != "torch" or here == "autograd_viz.torch" or found.for_types:
        return None  # torch/__init__.py gathers everything
    standalone = inner_name(here) in STANDALONE
    if standalone and there.startswith("autograd_viz"):
        return f"{inner_name(here)} needs numpy alone"
    if not there.startswith("autograd_viz.torch") or standalone or inner_name(there) in STANDALONE:
        return None
    if found.lazy and (inner_name(here), inner_name(there)) in LOOKS_AHEAD:
        return None
    mine, its = rank(here), rank(there)
    if its is None:
        return "only torch/__init__.py gathers" if there == "autograd_viz.torch" else "it has no place in READING_ORDER"
    if mine is not None and its > mine:
        return "it is read after this file"
    return None


def test_every_import_goes_in_the_one_direction() -> None:
    wrong = [f"{found}: {why}" for path in python_files() for found in imports_of(path) if (why := breaks_layers(found))]
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_engine_is_read_from_top_to_bottom() -> None:
    wrong = [f"{found}: {why}" for path in python_files() for found in imports_of(path) if (why := breaks_reading_order(found))]
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_file_of_the_engine_has_a_place_in_the_reading_order() -> None:
    engine = [name for name in map(dotted, python_files()) if name.startswith("autograd_viz.torch.")]
    assert engine
    lost = [name for name in engine if rank(name) is None and inner_name(name) not in STANDALONE]
    assert not lost, f"say in READING_ORDER where a student meets: {lost}"


def test_the_file_to_read_next_comes_later_in_the_reading_order() -> None:
    pointers = 0
    for path in python_files():
        here = rank(dotted(path))
        said = re.search(r"Read next: `([\w/]+\.py)`", ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")
        if here is not None and said:
            target = next(each for each in (path.parent / said[1], PACKAGE / "torch" / said[1]) if each.exists())
            assert (rank(dotted(target)) or 0) > here, f"{path.name} says: {said[0]}"
            pointers += 1
    assert pointers > 10


@pytest.mark.parametrize(
    ("file", "line", "wrong"),
    [
        ("torch/tensor.py", "from autograd_viz import events", False),
        ("torch/tensor.py", "from autograd_viz import trace", True),
        ("torch/tensor.py", "import numpy as np", False),
        ("torch/tensor.py", "import scipy", True),
        ("torch/tensor.py", "import torch", True),
        ("torch/tensor.py", "from ..draw import svg", True),
        ("torch/tensor.py", "from autograd_viz.torch.node import Node", False),
        ("torch/tensor.py", "from autograd_viz.torch.engine import backward", True),
        ("torch/tensor.py", "def f():\n    from autograd_viz.torch import engine", True),
        ("torch/node.py", "def f():\n    from autograd_viz.torch.tensor import Tensor", False),
        ("torch/node.py", "from autograd_viz.torch.tensor import Tensor", True),
        ("torch/tensor.py", "if TYPE_CHECKING:\n    from autograd_viz.torch.engine import Engine", False),
        ("torch/tensor.py", "from .printing import text_of", False),
        ("torch/printing.py", "from .tensor import Tensor", True),
        ("torch/ops/shape.py", "from autograd_viz.torch.op import op", False),
        ("torch/ops/shape.py", "from autograd_viz.torch.operators import Tensor", True),
        ("torch/ops/shape.py", "from autograd_viz.torch.ops.reduction import sum", True),
        ("torch/ops/shape.py", "def expand_backward():\n    from autograd_viz.torch.ops.reduction import sum", False),
        ("trace/fold.py", "import numpy", True),
        ("trace/fold.py", "from autograd_viz.events import Event", False),
        ("draw/svg.py", "from autograd_viz.trace.state import GraphState", False),
        ("draw/svg.py", "from autograd_viz import torch", True),
        ("draw/svg.py", "from autograd_viz.jupyter import display", True),
        ("draw/svg.py", "def f():\n    importlib.import_module('autograd_viz.torch')", True),
        ("__init__.py", "from autograd_viz import jupyter", True),
        ("__init__.py", "def load():\n    from autograd_viz import jupyter", False),
        ("bridge.py", "import torch", False),
        ("classroom/check.py", "import torch", True),
    ],
)
def test_the_rules_tell_right_from_wrong(file: str, line: str, wrong: bool) -> None:
    found = list(imports_of(PACKAGE / file, line))
    assert found
    assert any(breaks_layers(one) or breaks_reading_order(one) for one in found) is wrong


def test_no_file_is_too_long_to_read() -> None:
    files = [path for suffix in ("*.py", "*.js") for path in PACKAGE.rglob(suffix)]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


IMPORT_THE_ENGINE = """
import sys
import numpy
before = set(sys.modules)
import autograd_viz.torch
real = [name for name in set(sys.modules) - before if sys.modules[name].__spec__]  # Cython's runtime, of numpy.random, has no file
new = {name.partition(".")[0] for name in real} - set(sys.stdlib_module_names) - {"numpy", "autograd_viz"}
parts = {name.split(".")[1] for name in sys.modules if name.startswith("autograd_viz.")} - {"torch", "events"}
print(*sorted(new), "|", *sorted(parts))
"""


def test_the_engine_needs_numpy_and_nothing_else(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_THE_ENGINE], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "|", "third-party packages | parts of ours that came along"
