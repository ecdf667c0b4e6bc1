"""The runs that take longer than a lesson may, one module a lesson; RECORDINGS lists what makes them."""

import importlib
import pkgutil


def all():
    """Return every recorded run: its name → the function that makes it, which returns a pandas DataFrame."""
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return {run.__name__: run for module in modules for run in module.RECORDINGS}
