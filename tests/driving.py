"""A lab driven without a browser: move its controls, read what it draws and says."""

import importlib
import inspect
import io
import pkgutil
import urllib.request

import numpy as np
from PIL import Image

import helpers.labs

SHARED = {"lab", "answers", "digits", "pad"}  # modules that hold what the labs have in common


def all_labs():
    """Every lab of the course: module name → the functions that make one, by name."""
    names = [found.name for found in pkgutil.iter_modules(helpers.labs.__path__) if found.name not in SHARED]
    return {name: _public_functions(importlib.import_module(f"helpers.labs.{name}")) for name in names}


def _public_functions(module):
    return {
        name: function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_") and function.__module__ == module.__name__
    }


def move(lab, **values):
    """Set controls, in order; a callback's error is the test's."""
    for name, value in values.items():
        lab.controls[name].value = value
        if lab.error is not None:
            raise lab.error
    return lab


def sentence(lab):
    """The sentence below the picture."""
    return lab.widget.children[-1].value


def points(lab, name):
    """The points of a drawn line: (n, 2)."""
    return np.column_stack(lab.figure[name].get_data())


def text(lab, name):
    """What a label reads."""
    return lab.figure[name]._text


def shown(live):
    """Return the picture that a LiveFigure's widget shows, opened as a browser does: from its address."""
    with urllib.request.urlopen(str(live.widget.value, "ascii")) as answer:
        image = Image.open(io.BytesIO(answer.read()))
        assert answer.headers["Content-Type"] == Image.MIME[image.format]
        return image
