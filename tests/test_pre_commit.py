"""The hooks of pre-commit: each finds what it is there for, and none objects to what is stored."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from nbformat.v4 import new_output

from helpers.authoring.refresh import read, write
from helpers.authoring.template import ROOT

NAME = "00_start_here.ipynb"


@pytest.fixture
def checkout(tmp_path):
    """A git repository with the hooks, what they run, and one notebook."""
    ignored = shutil.ignore_patterns("data", "__pycache__")
    shutil.copytree(ROOT / "helpers", tmp_path / "helpers", ignore=ignored)
    (tmp_path / "notebooks").mkdir()
    for name in (".pre-commit-config.yaml", "pyproject.toml", f"notebooks/{NAME}"):
        shutil.copy(ROOT / name, tmp_path / name)
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def findings(checkout):
    """Run every hook on every file; hook → Passed or Failed."""
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    environment = os.environ | {"PATH": path, "PRE_COMMIT_HOME": str(checkout / ".git" / "pre-commit")}
    subprocess.run(["git", "add", "--all"], cwd=checkout, check=True)
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files"]
    printed = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True).stdout
    found = dict(re.findall(r"^(\w[^.,\n]*)[^\n]*\.(Passed|Failed)$", printed, re.MULTILINE))
    assert len(found) == 4, printed
    return found


def test_what_is_stored_passes(checkout):
    assert set(findings(checkout).values()) == {"Passed"}


def test_each_hook_finds_what_it_is_there_for(checkout):
    (checkout / "unused.py").write_text("import os\nimport sys\n\nprint(sys)\n")
    (checkout / "quotes.py").write_text("name = 'a'\n")
    path = checkout / "notebooks" / NAME
    nb = read(path)
    nb.cells[0].source = "No title"
    write(nb, path)
    without_title = path.read_bytes()
    nb.metadata.widgets = {"state": {}}
    cell = next(cell for cell in nb.cells if cell.cell_type == "code")
    cell.metadata.update(editable=True, collapsed=True, scrolled=True, execution={}, jupyter={"source_hidden": True})
    cell.outputs.append(new_output("stream", name="stderr", text="a warning\n"))
    write(nb, path)
    assert set(findings(checkout).values()) == {"Failed"}
    assert (checkout / "unused.py").read_text() == "import sys\n\nprint(sys)\n"
    assert (checkout / "quotes.py").read_text() == 'name = "a"\n'
    assert path.read_bytes() == without_title  # what an editor or a run left is gone, and outputs are there
