"""A lab driven without a browser: move its controls, read what it draws and says."""

import numpy as np


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
