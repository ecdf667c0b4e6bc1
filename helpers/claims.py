"""claim(): a sentence of the lesson, with its evidence."""

import numpy as np


def claim(sentence, evidence):
    """Print `sentence` behind ✓ if the evidence holds, behind ✗ if it does not.

    `evidence` is the outcome of a comparison, Python's or NumPy's True or False. It does not raise when the
    evidence fails: the learner reads the ✗, and nbval, which compares the line, reports it.
    Raises `TypeError` if `evidence` is anything else: a number or a list would count as true by accident.
    """
    if not isinstance(evidence, (bool, np.bool_)):
        raise TypeError(f"evidence is {type(evidence).__name__}; allowed is the True or False of a comparison")
    print("✓" if evidence else "✗", sentence)
