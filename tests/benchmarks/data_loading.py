"""How long the course's data take to load, beside the same arrays in raw .npy files."""

import tempfile
from pathlib import Path

import numpy as np
from measure import milliseconds, row

from helpers.datasets import load_fashion_mnist, load_mnist

REPEATS = 7


def rows():
    """Return the rows of the table."""
    with tempfile.TemporaryDirectory() as folder:
        for load in (load_mnist, load_fashion_mnist):
            paths = _raw_files(load(), Path(folder) / load.__name__)
            yield row(load.__name__, milliseconds(lambda _, load=load: load(), range(REPEATS)))
            name = f"np.load of the same arrays, uncompressed ({load.__name__})"
            yield row(name, milliseconds(lambda _, paths=paths: [np.load(path) for path in paths], range(REPEATS)))


def _raw_files(data, folder):
    folder.mkdir()
    arrays = [array for part in data for array in part]
    paths = [folder / f"{number}.npy" for number in range(len(arrays))]
    for path, array in zip(paths, arrays, strict=True):
        np.save(path, array)
    return paths
