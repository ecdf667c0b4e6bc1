"""How long it takes to turn 10,000 digits, beside a bare loop over OpenCV, and to ask three networks at 37 angles."""

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
from measure import Row, milliseconds, row

from helpers import transforms
from helpers.authoring.recordings.robustness import lesson_network
from helpers.datasets import load_mnist

ANGLES = range(-180, 181, 10)
NETWORKS = ["MLP", "MLP + augmentation", "CNN"]
BATCH_SIZE = 2500  # the quickest of 500 to 10,000
THREADS = 4  # digits are turned while networks answer
REPEATS = 7


def rows():
    """Return the rows of the table."""
    _, (digits, _) = load_mnist()
    matrix = transforms.affine(angle=20)
    bare = milliseconds(lambda _: [cv2.warpAffine(digit, matrix, (28, 28)) for digit in digits], range(REPEATS))
    warped = milliseconds(lambda _: transforms.warp(digits, matrix), range(REPEATS))
    yield row("10,000 digits turned, bare loop over cv2.warpAffine", bare)
    yield row("10,000 digits turned, transforms.warp", warped)
    yield Row("warp / bare loop", np.median(warped) / np.median(bare), None, "×")
    models = [lesson_network(name, seed=0) for name in NETWORKS]
    with ThreadPoolExecutor(THREADS) as pool:
        sweep = milliseconds(lambda _: list(pool.map(lambda angle: _asked(models, digits, angle), ANGLES)), range(3))
    yield Row("10,000 digits × 37 angles × 3 networks", np.median(sweep) / 1000, None, "s")


def _asked(models, digits, angle):
    x = transforms.unit(transforms.rotate(digits, angle))
    for model in models:
        for start in range(0, len(x), BATCH_SIZE):
            model.predict_on_batch(x[start : start + BATCH_SIZE])
