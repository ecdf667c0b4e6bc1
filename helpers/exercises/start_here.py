"""The exercise of lesson 00."""

import functools

from helpers.datasets import load_mnist
from helpers.exercises.engine import Exercise, Wrong, number


@functools.cache
def _ink_of(digit):
    """Return the ink of MNIST's training pictures of a digit: (n,) from 0 to 255."""
    (images, labels), _ = load_mnist()
    return images[labels == digit].mean(axis=(1, 2))


def _check_1(threshold):
    threshold = number(threshold, "threshold")
    zeros, ones = _ink_of(0), _ink_of(1)
    lost_zeros, lost_ones = int((zeros <= threshold).sum()), int((ones > threshold).sum())
    right = 1 - (lost_zeros + lost_ones) / (len(zeros) + len(ones))
    if 0.92 < threshold / 100 < 1:
        raise Wrong(f"{threshold:g} looks like a share of right answers; asked is where the line stands in the lab")
    if right < 0.93:
        found = f"{threshold:g} gets {right:.1%} right: {lost_zeros:,} zeros are read as 1, {lost_ones:,} ones as 0"
        raise Wrong(f"{found}. Try a {'lower' if lost_zeros > lost_ones else 'higher'} threshold")
    return f"{right:.1%} with one number and one threshold."


def _solution_1():
    threshold = 29
    return threshold


q1 = Exercise(
    "0.1",
    check=_check_1,
    hints=(
        "The line belongs where the two curves of the lab cross: there are as many ones as zeros with that much ink.",
        "It is between 25 and 35.",
    ),
    solution=_solution_1,
    wrong=[
        ("as the lab begins", lambda: 60, "lower"),
        ("between the ones", lambda: 20, "higher"),
        ("everything is a 1", lambda: 255, "5,923 zeros"),
        ("everything is a 0", lambda: 0, "6,742 ones"),
        ("the share that is asked for", lambda: 93, "share of right answers"),
    ],
)
