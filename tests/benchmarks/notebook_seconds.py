"""How long each lesson runs, until its first picture and to its end; its slowest cell, and its kernel's memory."""

import os
import re
import tempfile
import time
from pathlib import Path

import nbformat
from course_server import ROOT
from measure import Row
from nbclient import NotebookClient


def rows():
    """Return the rows of the table."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        times, first_picture, memory = _measured(path)
        slowest = max(times, key=times.get)
        section = _section(nbformat.read(path, as_version=4), slowest)
        yield Row(path.name, sum(times.values()), None, "s")
        yield Row(f"{path.name}, from Run All to its first picture", first_picture, None, "s")
        setup, imports, *_ = times.values()
        yield Row(f"{path.name}, setup and imports", setup + imports, None, "s")
        yield Row(f"{path.name}, slowest cell (number {slowest}, in “{section}”)", times[slowest], None, "s")
        for kind, mebibytes in memory.items():
            yield Row(f"{path.name}, {kind}", mebibytes, None, "MiB")


def _section(notebook, index):
    """The heading under which a cell stands; the title if it stands before the first."""
    text = "\n".join(cell.source for cell in notebook.cells[:index] if cell.cell_type == "markdown")
    return re.findall(r"^#+ (.+)$", text, re.MULTILINE)[-1]


def _measured(path):
    """Run the notebook; return cell number → seconds, seconds to the first picture, and kind of memory → MiB."""
    notebook = nbformat.read(path, as_version=4)
    began, started, times, pictures = time.perf_counter(), {}, {}, []

    def start(cell, cell_index):
        started[cell_index] = time.perf_counter()

    def end(cell, cell_index, **_):
        times[cell_index] = time.perf_counter() - started[cell_index]
        if any("image/png" in out.get("data", {}) for out in cell.outputs):
            pictures.append(time.perf_counter() - began)

    client = NotebookClient(notebook, timeout=300, on_cell_execute=start, on_cell_executed=end)
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HIDDEN_LAYERS_HOME": home}
        with client.setup_kernel(cleanup_kc=True, cwd=str(path.parent), env=environment):
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
            memory = _peak(client.km.provisioner.pid)
    return times, pictures[0], memory


def _peak(process):
    """The most memory that a process had and the most address space that it reserved; Linux alone tells."""
    status = Path(f"/proc/{process}/status")
    values = dict(line.split(":", 1) for line in status.read_text().splitlines()) if status.exists() else {}
    kinds = {"peak memory of its kernel": "VmHWM", "address space of its kernel": "VmPeak"}
    return {kind: int(values[name].split()[0]) / 1024 for kind, name in kinds.items() if name in values}
