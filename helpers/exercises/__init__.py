"""The exercises of the course, one module a lesson: `from helpers.exercises import hidden_layers as ex`."""

import importlib
import pkgutil

from helpers.exercises.engine import Exercise


def all():
    """Return a list of every `Exercise` of every lesson module in this package, sorted by number."""
    names = [f"{__name__}.{found.name}" for found in pkgutil.iter_modules(__path__)]
    values = [value for name in names for value in vars(importlib.import_module(name)).values()]
    exercises = {value for value in values if isinstance(value, Exercise)}
    return sorted(exercises, key=lambda exercise: (exercise.lesson, exercise.index))
