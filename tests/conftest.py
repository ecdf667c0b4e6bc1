"""What every test stands on: no learner's folder is touched, no window opens, hypothesis repeats itself."""

import itertools
import os
from pathlib import Path

import ipywidgets
import matplotlib
import pytest
from hypothesis import settings

matplotlib.use("Agg")  # not by MPLBACKEND: the notebooks' kernels, started from this process, would inherit it

settings.register_profile("course", deadline=None, max_examples=20, derandomize=True, database=None)
settings.load_profile("course")

ROOT = Path(__file__).parent.parent


_numbers = itertools.count()


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """A folder of the test's own, where `HIDDEN_LAYERS_HOME` points."""
    folder = tmp_path_factory.getbasetemp() / "homes" / str(next(_numbers))  # mktemp would look through all before it
    folder.mkdir(parents=True)
    monkeypatch.setenv("HIDDEN_LAYERS_HOME", str(folder))
    return folder


class Shown:
    """What a real IPython shell was asked to display."""

    def __init__(self, captured):
        self._captured = captured

    @property
    def bundles(self):
        """The display bundles so far: a list of dicts from MIME type to data."""
        return [output.data for output in self._captured.outputs]

    @property
    def widgets(self):
        """The widgets that the bundles show."""
        views = [bundle["application/vnd.jupyter.widget-view+json"] for bundle in self.bundles]
        return [_living_widgets()[view["model_id"]] for view in views]


def _living_widgets():
    try:
        from ipywidgets.widgets.widget import _instances  # ipywidgets 8

        return _instances
    except ImportError:
        return ipywidgets.Widget.widgets  # ipywidgets 7


@pytest.fixture
def shown(tmp_path_factory, monkeypatch):
    """A real IPython shell for the length of the test; what is displayed in it is kept, as a `Shown`."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output
    from traitlets.config import Config

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    try:
        with capture_output(stdout=False, stderr=False, display=True) as captured:
            yield Shown(captured)
    finally:
        shell.restore_sys_module_state()
        InteractiveShell.clear_instance()


@pytest.fixture
def run_python(tmp_path):
    """Run a script in a new Python that finds the course and, before it, what lies in tmp_path."""
    import subprocess
    import sys

    def run(script, *arguments):
        return subprocess.run(
            [sys.executable, "-c", script, *arguments],
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run
