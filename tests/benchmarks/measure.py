"""Timing, and the rows of the table that it gives."""

import dataclasses
import time

import numpy as np


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table; `p95` is None where there is only one number."""

    name: str
    median: float
    p95: float | None
    unit: str


def row(name, values, unit="ms"):
    """Return the row that sums up `values`."""
    return Row(name, float(np.median(values)), float(np.percentile(values, 95)), unit)


def milliseconds(action, arguments):
    """Call `action` with each of `arguments` and return the wall time of each call, in milliseconds."""
    times = []
    for argument in arguments:
        start = time.perf_counter()
        action(argument)
        times.append(1000 * (time.perf_counter() - start))
    return times
