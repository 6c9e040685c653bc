"""How nbval checks the lessons: `pytest --nbval notebooks/`.

Every text, print and error must come out as it is stored. Two forms of a picture are left out, because their geometry
may differ from one version of Graphviz to the next: the SVG, and the player's JSON. The same picture is also stored as a
text drawing, and that one is compared, letter by letter.
"""

import pytest

GEOMETRY = ("image/svg+xml", "application/vnd.autograd-viz.v1+json")
SECONDS_PER_CELL = 60


def pytest_configure(config: pytest.Config) -> None:
    """Run in the environment that pytest runs in, whatever kernel a notebook names, and don't wait half an hour for a stuck cell."""
    option = config.option
    if getattr(option, "nbval", False) and not option.nbval_kernel_name:
        option.nbval_current_env = True
    if getattr(option, "nbval_cell_timeout", None) == 2000:  # nbval's own default, in seconds
        option.nbval_cell_timeout = SECONDS_PER_CELL


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Add the geometry to what nbval does not compare."""
    if collector.path.suffix == ".ipynb":
        collector.skip_compare += GEOMETRY  # type: ignore[attr-defined]
