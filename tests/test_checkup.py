"""checkup(): each thing that can be missing is found, and what to do is said."""

import importlib
import re
import sys
import types

import pytest

from helpers import checkup as module
from helpers import datasets
from helpers.authoring.template import ROOT
from helpers.checkup import PACKAGES, button, checkup, lower_bounds


def lines_of(capsys, missing):
    """Run the checkup; return its lines behind ✗."""
    assert checkup() == missing
    printed = capsys.readouterr().out.splitlines()
    assert all(re.match("[✓✗] ", line) for line in printed)
    wrong = [line for line in printed if line.startswith("✗")]
    assert len(wrong) == missing
    return wrong


def test_all_is_here(capsys):
    assert lines_of(capsys, 0) == []


def test_every_check_is_one_line_that_says_the_same_everywhere(capsys):
    checkup()
    first = capsys.readouterr().out
    assert len(first.splitlines()) == 1 + len(PACKAGES) + 3
    assert not re.search(r"\d+\.\d+\.\d+", first)


def test_packages_are_those_of_requirements_that_lessons_import():
    lessons = (ROOT / "requirements.txt").read_text(encoding="utf-8").split("\n\n")[0]
    named = re.findall(r"^([\w-]+)>=", lessons, re.MULTILINE)
    assert set(named) - {"anywidget"} == set(PACKAGES)  # the drawing pad does without
    assert lower_bounds()["tensorflow"] == "2.20"
    for name, bound in lower_bounds().items():
        assert re.fullmatch(r"\d+(\.\d+)*", bound), name


def test_an_old_python_is_told(capsys, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    (line,) = lines_of(capsys, 1)
    assert line.startswith("✗ Python 3.11 or newer: this is 3.9.2. Install a newer one")


def failing_import(monkeypatch, name, error):
    """Let the import of a package fail, as it does on a machine where it is missing or broken."""
    really = importlib.import_module

    def import_module(wanted, package=None):
        if wanted == name:
            raise error
        return really(wanted, package)

    monkeypatch.setattr(importlib, "import_module", import_module)


@pytest.mark.parametrize(
    "error, words",
    [
        (ModuleNotFoundError("No module named 'cv2'", name="cv2"), "it is not installed in the Python that runs"),
        (ImportError("libGL.so.1: cannot open shared object file"), "apt-get install libgl1 libglib2.0-0."),
        (ModuleNotFoundError("No module named 'numpy'", name="numpy"), "is installed and does not load"),
        (AttributeError("_ARRAY_API not found"), "does not load (AttributeError: _ARRAY_API not found)."),
    ],
)
def test_a_package_that_does_not_load_is_told_with_the_cure(capsys, monkeypatch, error, words):
    failing_import(monkeypatch, "cv2", error)
    (line,) = lines_of(capsys, 1)
    assert line.startswith("✗ opencv-python: ") and words in line
    assert line.endswith("Run %pip install 'opencv-python>=4.10' in a cell, then restart the kernel.")


@pytest.mark.parametrize("version", ["2.19.1", "1.99.0rc1", "2.2rc10", "2"])
def test_an_old_package_is_told_with_the_cure(capsys, monkeypatch, version):
    monkeypatch.setitem(sys.modules, "tensorflow", types.SimpleNamespace(__version__=version))
    (line,) = lines_of(capsys, 1)
    assert line.startswith(f"✗ tensorflow: version {version} is too old, at least 2.20 is needed. Run %pip install")


@pytest.mark.parametrize("version", ["2.20.0", "2.20.0rc1", "2.100", "3.0.0.dev1+cpu"])
def test_a_newer_package_will_do(capsys, monkeypatch, version):
    monkeypatch.setitem(sys.modules, "tensorflow", types.SimpleNamespace(__version__=version))
    assert lines_of(capsys, 0) == []


def test_missing_data_is_told_with_the_cure(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    digits, clothes = lines_of(capsys, 2)
    assert digits.startswith("✗ MNIST, ") and "mnist.npz cannot be read" in digits and "git checkout" in digits
    assert clothes.startswith("✗ Fashion-MNIST, ") and "fashion_mnist.npz cannot be read" in clothes


def test_a_home_that_cannot_be_written_is_told(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("HIDDEN_LAYERS_HOME", str(tmp_path / "file" / "below"))
    (line,) = lines_of(capsys, 1)
    assert line.startswith("✗ a folder to keep your bets in: ") and "HIDDEN_LAYERS_HOME" in line


def test_missing_requirements_are_told(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "REQUIREMENTS", tmp_path / "requirements.txt")
    for line in lines_of(capsys, len(PACKAGES)):
        assert "requirements.txt cannot be read" in line
    module.REQUIREMENTS.write_text("tensorflow>=2.20", encoding="utf-16")  # as Windows PowerShell's > writes it
    for line in lines_of(capsys, len(PACKAGES)):
        assert "requirements.txt cannot be read" in line


def test_without_any_package_it_still_answers(run_python):
    script = """
import importlib.abc, sys
class Nothing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in sys.stdlib_module_names | {"helpers"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Nothing())
from helpers.checkup import PACKAGES, checkup
assert checkup() == len(PACKAGES) + 3
"""
    done = run_python(script)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("it is not installed in the Python that runs this notebook") == len(PACKAGES)
    assert done.stdout.count("see above") == 3


def test_the_button_answers(shown):
    button()
    (row,) = shown.widgets
    press, heard = row.children
    assert heard.value == ""
    press.click()
    assert "✓" in heard.value and "Widgets work" in heard.value
    assert "see no button? Then" in shown.bundles[0]["text/plain"]


def test_without_a_lower_bound_any_version_will_do(capsys, monkeypatch, tmp_path):
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("numpy==2.1\n")
    monkeypatch.setattr(module, "REQUIREMENTS", requirements)
    assert checkup() == 0 and "✓ numpy\n" in capsys.readouterr().out


@pytest.mark.parametrize("broken, told", [("helpers.predictions", "a folder"), ("helpers.datasets", "MNIST")])
def test_what_fails_with_any_error_is_told(capsys, monkeypatch, broken, told):
    real = importlib.import_module

    def half_installed(name, *arguments):
        if name == broken:
            raise AttributeError("half installed")
        return real(name, *arguments)

    monkeypatch.setattr(importlib, "import_module", half_installed)
    assert checkup() > 0 and f"✗ {told}" in capsys.readouterr().out
