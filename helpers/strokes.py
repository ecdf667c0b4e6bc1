"""Handwriting as strokes: lists of points, as a pad sends them, turned into pixels; and the drawings of the course.

A stroke is a list of points (x, y), from (0, 0) at the pad's top left to (1, 1) at its bottom right.
"""

import json
import math

import cv2
import numpy as np

from helpers import datasets

PEN = 0.08  # of the pad's side: 2.2 pixels of 28, as thick as MNIST's strokes

_FINE = 280  # pixels a side that are drawn at least, then averaged to the result's: smooth edges
_BITS = 4  # OpenCV takes whole numbers; these many binary places make them sixteenths of a pixel


def draw(strokes, side=28, pen=PEN):
    """Return the strokes as a picture: uint8 (side, side), 0 (paper) to 255 (ink).

    strokes: list of strokes, each a list of points (x, y); a stroke of one point is a dot. What lies outside the
    pad leaves no ink. side: pixels, 1 to 1000. pen: its width as a share of the pad's side, above 0, at most 1.
    Raises `ValueError` for other arguments.
    """
    if not isinstance(side, int | np.integer) or isinstance(side, bool) or not 1 <= side <= 1000:
        raise ValueError(f"side is {side!r}; allowed is a whole number from 1 to 1000")
    if not isinstance(pen, int | float | np.number) or not 0 < pen <= 1:
        raise ValueError(f"pen is {pen!r}; allowed is a number above 0, at most 1")
    fine = side * math.ceil(_FINE / side)
    paper, width = np.zeros((fine, fine), np.uint8), max(1, round(pen * fine))
    for points in checked(strokes):
        # Half a pixel less: the pad's left edge is that of pixel 0, whose middle OpenCV calls 0.
        places = np.rint((points * fine - 0.5) * 2**_BITS).astype(np.int32)
        cv2.polylines(paper, [places], False, 255, width, cv2.LINE_AA, _BITS)
        for place in places[:1]:  # a line of one point draws nothing
            cv2.circle(paper, place, round(width / 2 * 2**_BITS), 255, cv2.FILLED, cv2.LINE_AA, _BITS)
    return cv2.resize(paper, (side, side), interpolation=cv2.INTER_AREA)


def checked(strokes):
    """Return the strokes as a list of arrays, float (n, 2). Raises `ValueError` for anything but strokes.

    Points more than a hundred pads away are brought that near: nobody draws there.
    """
    if not issubclass(type(strokes), list | tuple):  # isinstance would ask the object itself
        raise ValueError(f"strokes is of type {type(strokes).__name__}; allowed is {_ALLOWED}")
    return [_points(number, stroke) for number, stroke in enumerate(strokes)]


def shipped():
    """Return the drawings that come with the course: name → (digit, strokes).

    Raises `datasets.DataFileError` if their file is missing or damaged.
    """
    drawings = json.loads(datasets.shipped("drawings.json"))
    return {drawing["name"]: (drawing["digit"], drawing["strokes"]) for drawing in drawings}


def _points(number, stroke):
    try:
        points = np.array(stroke, dtype=float)
    except Exception:  # whatever NumPy, or the object itself, raises for what are no numbers
        points = None
    if points is not None and points.shape == (0,):
        return np.empty((0, 2))
    if points is None or points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise ValueError(f"strokes[{number}] is no stroke; allowed is {_ALLOWED}")
    return points.clip(-100, 101)


_ALLOWED = "a list of strokes, each a list of points (x, y), finite numbers, inside the pad from 0 to 1"
