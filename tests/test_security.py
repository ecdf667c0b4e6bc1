"""Nothing runs what a file, a learner's answer or another machine tells it to. Most of it is ruff's flake8-bandit.

That TensorBoard listens on this machine only is in test_tensorboard_server.py; that nothing asks for the network,
in test_faults.py.
"""

import functools
import json
import re
import subprocess
import sys

import nbformat
import pytest

from helpers.authoring.refresh import read
from helpers.authoring.template import ROOT

HELPERS = sorted((ROOT / "helpers").rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def ruff(*arguments, source=None):
    """Let ruff look, with the project's settings, which name what is unsafe."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", *arguments]
    return subprocess.run(command, cwd=ROOT, input=source, capture_output=True, text=True, encoding="utf-8")


def test_ruff_finds_nothing_in_helpers_notebooks_and_tests():
    done = ruff(".")
    assert done.returncode == 0, done.stdout + done.stderr
    looked_at = ruff(".", "--show-files").stdout
    assert [path for path in [*HELPERS, *NOTEBOOKS] if str(path) not in looked_at] == []


UNSAFE = {
    "S102": "exec(answer)",
    "S307": "eval(answer)",
    "S301": "import pandas\npandas.read_pickle(path)",
    "S302": "import marshal\nmarshal.loads(content)",
    "S306": "import tempfile\ntempfile.mktemp()",
    "S602": "import subprocess\nsubprocess.run(f'ls {name}', shell=True)",
    "S605": "import os\nos.system(f'ls {name}')",
    "S104": "host = '0.0.0.0'",
    "S202": "import tarfile\ntarfile.open(path).extractall()",
    "S310": "import urllib.request\nurllib.request.urlopen(address)",
    "TID251": "import joblib",
}


@pytest.mark.parametrize("name", ["helpers/new.py", "notebooks/09_new.ipynb"])
def test_ruff_would_find_it(name):
    source = "\n".join(UNSAFE.values())
    if name.endswith(".ipynb"):
        source = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]))
    done = ruff("--output-format=json", f"--stdin-filename={name}", "-", source=source)
    assert sorted(UNSAFE.keys() - {finding["code"] for finding in json.loads(done.stdout)}) == []


# What ruff does not know: arguments and options by which a file's content, or another machine, gets more power.
REFUSED = {
    "pickles within arrays": (r"allow_pickle\s*=\s*(?!False\b)", "np.load(path, allow_pickle=True)"),
    "code within a model file": (r"safe_mode\s*=\s*(?!True\b)", "keras.saving.load_model(path, safe_mode = False)"),
    "a server for the whole network": (r"--bind_all|--host[= ](?!localhost\b|127\.)", "%tensorboard --host 0.0.0.0"),
    "TensorBoard without its address": (
        r"%tensorboard (?!.*--host localhost\b)",
        "%tensorboard --logdir logs --port 0",
    ),
    "a shell in a cell": (r"^\s*!|^%%(?:bash|sh|script)|^\s*%(?:sx|system)\b", "x = 1\n!ls {name}"),
}


@functools.cache
def sources():
    """What runs: name → the text of each helper, and the code of each notebook."""
    found = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in HELPERS}
    for path in NOTEBOOKS:
        found[path.name] = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "code")
    return found


@pytest.mark.parametrize("what", REFUSED)
def test_nothing_asks_for_it(what):
    pattern, unsafe = REFUSED[what]
    assert re.search(pattern, unsafe, re.MULTILINE)
    assert [name for name, text in sources().items() if re.search(pattern, text, re.MULTILINE)] == []
