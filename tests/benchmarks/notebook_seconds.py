"""How long each lesson runs, and its slowest cell."""

import os
import tempfile
import time

import nbformat
from course_server import ROOT
from measure import Row
from nbclient import NotebookClient


def rows():
    """Return the rows of the table."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        times = _seconds_by_cell(path)
        slowest = max(times, key=times.get)
        yield Row(path.name, sum(times.values()), None, "s")
        yield Row(f"{path.name}, slowest cell (number {slowest})", times[slowest], None, "s")


def _seconds_by_cell(path):
    notebook = nbformat.read(path, as_version=4)
    started, times = {}, {}

    def start(cell, cell_index):
        started[cell_index] = time.perf_counter()

    def end(cell, cell_index, **_):
        times[cell_index] = time.perf_counter() - started[cell_index]

    client = NotebookClient(notebook, timeout=300, on_cell_execute=start, on_cell_executed=end)
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HIDDEN_LAYERS_HOME": home}
        client.execute(cwd=str(path.parent), env=environment)
    return times
