"""Every lesson as Colab runs it: fetched by its first cell into an empty folder, with Colab's Python and packages.

Not part of the usual run, which it would make twice as long: `pytest tests/matrix/colab.py -n0`. What stands in for
Colab: a kernel that has exactly what colab.txt names, a module `google.colab`, and a folder with nothing but the
notebook. The address on GitHub leads to a copy of this checkout, published there as a teacher would publish it.
"""

import json
import os
import shutil
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from colab_environment import COLAB, ROOT, VERSION, NoPython, environment, installed, version
from refresh_colab import pins
from repository import commit, copy_checkout

REPOSITORY = "ada/hidden-layers"
NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
STAND_IN = ROOT / "tests" / "matrix" / "colab_stand_in"
START_KERNEL = "import google.colab; from ipykernel import kernelapp; kernelapp.launch_new_instance()"
SETUP_SECONDS = 15


@pytest.fixture(scope="module")
def colab():
    """The folder of an environment with Colab's packages."""
    try:
        return environment()
    except NoPython as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A repository with what lies in this checkout, committed or not, published as REPOSITORY."""
    folder = tmp_path_factory.mktemp("published")
    copy_checkout(folder)
    subprocess.run([sys.executable, "-m", "helpers.authoring", "publish", REPOSITORY], cwd=folder, check=True)
    commit(folder, "Published")
    return folder


@pytest.fixture(scope="module")
def jupyter_path(colab, published, tmp_path_factory):
    """A folder for JUPYTER_PATH with one kernel, "colab"."""
    folder = tmp_path_factory.mktemp("jupyter")
    kernel = {
        "argv": [str(colab / "bin" / "python"), "-c", START_KERNEL, "-f", "{connection_file}"],
        "display_name": "Colab",
        "language": "python",
        "env": {
            "PATH": os.pathsep.join([str(colab / "bin"), os.environ["PATH"]]),
            "PYTHONPATH": str(STAND_IN),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{published.as_uri()}.insteadOf",
            "GIT_CONFIG_VALUE_0": f"https://github.com/{REPOSITORY}",
        },
    }
    target = folder / "kernels" / "colab" / "kernel.json"
    target.parent.mkdir(parents=True)
    target.write_text(json.dumps(kernel))
    return folder


@pytest.fixture(scope="module", params=NOTEBOOKS)
def lesson(request, published, jupyter_path, tmp_path_factory):
    """A lesson that has run in its own empty folder: nbval's process, the folder, and the seconds each cell took."""
    folder, reports = tmp_path_factory.mktemp("content"), tmp_path_factory.mktemp("reports")
    shutil.copy(published / "notebooks" / request.param, folder)
    before = installed()
    process = subprocess.run(
        [
            sys.executable, "-m", "pytest", "--nbval", "--nbval-kernel-name=colab", "--nbval-cell-timeout=120",
            f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval_sanitize.cfg'}", "--color=no", "-q",
            "-p", "no:cacheprovider", f"--junitxml={reports / 'cells.xml'}", "-o", "junit_duration_report=call",
            request.param,
        ],
        cwd=folder,
        env=os.environ | {"JUPYTER_PATH": str(jupyter_path), "HIDDEN_LAYERS_HOME": str(reports)},
        capture_output=True,
        text=True,
    )  # fmt: skip
    cells = ElementTree.parse(reports / "cells.xml").iter("testcase")  # noqa: S314 (pytest has just written it)
    seconds = [float(cell.get("time")) for cell in cells]
    return Lesson(request.param, process, folder, seconds, unchanged=installed() == before)


class Lesson:
    """What became of a lesson on the stand-in for Colab."""

    def __init__(self, name, process, folder, seconds, unchanged):
        self.name, self.process, self.folder = name, process, folder
        self.seconds, self.unchanged = seconds, unchanged


def test_the_environment_is_colabs(colab):
    assert pins(COLAB.read_text(encoding="utf-8")).items() <= pins("\n".join(installed())).items()
    assert version(colab / "bin" / "python") == VERSION


def test_every_cell_prints_what_is_stored(lesson):
    assert lesson.process.returncode == 0, lesson.process.stdout
    assert (lesson.folder / "hidden-layers" / "helpers").is_dir()


def test_nothing_preinstalled_was_touched(lesson):
    assert lesson.unchanged


def test_the_first_cell_is_soon_done(lesson):
    print(f"\n{lesson.name}: first cell {lesson.seconds[0]:.1f} s, all cells {sum(lesson.seconds):.0f} s")
    assert lesson.seconds[0] < SETUP_SECONDS
