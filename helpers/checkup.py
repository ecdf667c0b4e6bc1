"""checkup(): is everything here that the course needs? Told in plain words, with what to do where it is not.

It runs before anything is known to work, so it uses nothing but Python itself until a check has found it there.
"""

import importlib
import re
import sys
import tempfile
from pathlib import Path

PYTHON = (3, 11)

#: Name to install → name to import, for the packages of requirements.txt that a lesson imports.
PACKAGES = {
    "tensorflow": "tensorflow",
    "keras": "keras",
    "numpy": "numpy",
    "pandas": "pandas",
    "scikit-learn": "sklearn",
    "matplotlib": "matplotlib",
    "opencv-python": "cv2",
    "ipywidgets": "ipywidgets",
    "tensorboard": "tensorboard",
}
REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements.txt"


class Missing(Exception):
    """What a check did not find; its text says what that is and what to do."""


def checkup():
    """Print a line for each thing the course needs, ✓ or ✗, and return how many are missing (an int, from 0).

    Looked at: Python's version; every package, really imported, and its version against requirements.txt; the data
    files; a folder for the learner's bets. Behind ✗ stands what to do. Never raises.
    """
    missing = 0
    for name, check in _checks().items():
        try:
            check()
            print("✓", name)
        except Missing as problem:
            missing += 1
            print("✗", f"{name}: {problem}")
    return missing


def _checks():
    """Return what is looked at: its name → a function that raises `Missing` if it is not there."""
    packages = {name: lambda name=name: _package(name) for name in PACKAGES}
    return {f"Python {'.'.join(map(str, PYTHON))} or newer": _python} | packages | {
        "MNIST, 70,000 handwritten digits": lambda: _data("load_mnist"),
        "Fashion-MNIST, 70,000 pieces of clothing": lambda: _data("load_fashion_mnist"),
        "a folder to keep your bets in": _folder,
    }  # fmt: skip


def _python():
    if sys.version_info < PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise Missing(f"this is {found}. Install a newer one, and make the environment again (README, Start).")


def _package(name):
    needed = lower_bounds().get(name, "0")
    try:
        found = importlib.import_module(PACKAGES[name]).__version__
    except Exception as error:  # a package may be there and still fail to load, with any error
        raise Missing(f"{_why(name, error)} {_install(name, needed)}") from error
    if _numbers(found) < _numbers(needed):
        raise Missing(f"version {found} is too old, at least {needed} is needed. {_install(name, needed)}")


def _why(name, error):
    if isinstance(error, ModuleNotFoundError) and error.name == PACKAGES[name]:
        return "it is not installed in the Python that runs this notebook."
    if "libGL" in str(error) or "libglib" in str(error):
        return f"it does not load ({error}). On Debian or Ubuntu: apt-get install libgl1 libglib2.0-0."
    return f"it is installed and does not load ({type(error).__name__}: {error})."


def _install(name, needed):
    return f"Run %pip install '{name}>={needed}' in a cell, then restart the kernel."


def lower_bounds():
    """Return the oldest version of each package that will do, by requirements.txt: name → "2.20".

    Raises `Missing` if that file is not there.
    """
    try:
        lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Missing(f"requirements.txt cannot be read ({error}). Download the course again.") from error
    pairs = [line.split("#")[0].strip().split(">=") for line in lines]
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def _numbers(version):
    """Return the first two numbers of a version: (2, 20) for "2.20.0rc1"."""
    return tuple(int(re.match(r"\d*", part)[0] or 0) for part in version.split(".")[:2])


def _data(load):
    try:
        datasets = importlib.import_module("helpers.datasets")
    except Exception as error:  # numpy may be there and still fail to load, with any error
        raise Missing("it cannot be read without numpy, see above.") from error
    try:
        getattr(datasets, load)()
    except datasets.DataFileError as error:
        raise Missing(str(error)) from error


def _folder():
    try:
        predictions = importlib.import_module("helpers.predictions")
    except Exception as error:  # the same of ipywidgets
        raise Missing("nothing to keep without ipywidgets, see above.") from error
    try:
        folder = predictions.folder()
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except (OSError, RuntimeError) as error:
        raise Missing(
            f"your home folder cannot be written to ({error}). The course works, but forgets your bets when the "
            "kernel stops. Or name another folder: set the environment variable HIDDEN_LAYERS_HOME."
        ) from error


def button():
    """Show a button that says whether it was heard: only the learner can see whether widgets work."""
    import ipywidgets

    from helpers.widget_view import show

    press = ipywidgets.Button(description="Press me", button_style="primary")
    heard = ipywidgets.HTML()

    def answer(_press):
        heard.value = "✓ The kernel heard you. Widgets work."

    press.on_click(answer)
    show(ipywidgets.HBox([press, heard]), _NO_BUTTON)


_NO_BUTTON = (
    "Here is a button where a kernel runs. You ran this cell and see no button? Then this page cannot show widgets.\n"
    "Run %pip install ipywidgets jupyterlab_widgets in a cell, stop JupyterLab, start it again, and reload the page."
)
