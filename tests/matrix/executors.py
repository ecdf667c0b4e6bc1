"""Every lesson, as it is, run by papermill, nbconvert and nbmake: what pipelines and other people's tests use.

Not part of the usual run: `pip install -r tests/matrix/requirements.txt`, then `pytest tests/matrix/executors.py -n0`.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from helpers.authoring.refresh import read

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


def run(command):
    """Run a Python module as a command in the checkout; its exit code must be 0."""
    process = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert process.returncode == 0, process.stdout + process.stderr


def code_cells(path):
    """The code cells of a notebook that was run, none of them left out."""
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    return cells


def printed(cells):
    """What the cells' checks and claims printed: the lines that begin with ✓ or ✗."""
    text = "".join(out.get("text", "") for cell in cells for out in cell.outputs)
    return [line.split("≈")[0] for line in text.splitlines() if line.startswith(("✓", "✗"))]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_papermill(name, tmp_path):
    run(["papermill", f"notebooks/{name}", str(tmp_path / name), "--no-progress-bar"])
    assert printed(code_cells(tmp_path / name)) == printed(code_cells(ROOT / "notebooks" / name))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_nbconvert_execute(name, tmp_path):
    output = ["--output-dir", str(tmp_path), "--output", name]
    run(["nbconvert", "--to", "notebook", "--execute", *output, f"notebooks/{name}"])
    assert printed(code_cells(tmp_path / name)) == printed(code_cells(ROOT / "notebooks" / name))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_nbmake(name):
    alone = ["-o", "addopts=", "-p", "no:cacheprovider"]  # not the project's own options, or nbval would run it too
    run(["pytest", *alone, "--nbmake", "--nbmake-timeout=120", f"notebooks/{name}"])
