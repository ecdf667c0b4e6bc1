"""What a learner might pass by mistake, and worse: none of it answers any exercise."""

import functools
import math
import sys

import numpy as np


def _hostile(*methods):
    """An object whose `methods` raise."""

    def refuse(*arguments, **named):
        raise RuntimeError("no")

    return type("Hostile", (), dict.fromkeys(methods, refuse))()


def _raises(*values):
    raise LookupError("lost")


def _exits(*values):
    sys.exit("bye")


@functools.cache
def _keras_model(built):
    import keras

    return keras.Sequential([keras.Input((7,)), keras.layers.Dense(3)] if built else [])


#: Name of each kind of rubbish -> a function that makes a fresh one.
RUBBISH = {
    "None": lambda: None,
    "nan": lambda: math.nan,
    "infinity": lambda: math.inf,
    "nan in an array": lambda: np.array([math.nan, 1.0]),
    "no text": lambda: "",
    "text": lambda: "text",
    "text with a lone surrogate": lambda: "\ud800",
    "bytes": lambda: b"\x00",
    "complex": lambda: 1 + 2j,
    "empty list": lambda: [],
    "ragged list": lambda: [[1, 2], [3]],
    "list of None": lambda: [None, None],
    "list of itself": lambda: (circle := [], circle.append(circle))[0],
    "dictionary": lambda: {"weights": [1, 2]},
    "empty array": lambda: np.array([]),
    "column": lambda: np.full((3, 1), -7.25),
    "five dimensions": lambda: np.full((1, 2, 1, 2, 1), -7.25),
    "large array": lambda: np.zeros((1000, 1000)),
    "array of objects": lambda: np.array([object(), None], dtype=object),
    "integer too long to print": lambda: 10**6000,
    "object": object,
    "class": lambda: int,
    "module": lambda: math,
    "built-in function": lambda: len,
    "generator": lambda: (number for number in range(3)),
    "Keras model without layers": lambda: _keras_model(built=False),
    "Keras model of another task": lambda: _keras_model(built=True),
    "no repr": lambda: _hostile("__repr__", "__str__"),
    "no comparison": lambda: _hostile("__eq__", "__ne__", "__lt__", "__gt__", "__bool__", "__hash__"),
    "no array": lambda: _hostile("__array__", "__len__", "__getitem__", "__iter__", "__float__"),
    "no call": lambda: _hostile("__call__"),
    "nothing allowed": lambda: _hostile("__getattribute__", "__repr__", "__call__", "__array__", "__eq__"),
    "function that raises": lambda: _raises,
    "function that exits": lambda: _exits,
    "function that returns text": lambda: lambda *values: "text",
    "function that returns itself": lambda: _returns_itself,
    "function that returns what it got": lambda: lambda *values: values,
    "function that returns a hostile object": lambda: lambda *values: _hostile("__array__", "__repr__"),
    "function of too many values": lambda: lambda a, b, c, d, e, f, g, h: 1.0,
    "function of no values": lambda: lambda: 1.0,
    "coroutine function": lambda: _coroutine,
}


def _returns_itself(*values):
    return _returns_itself


async def _coroutine(*values):
    return 1.0
