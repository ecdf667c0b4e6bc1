"""The digits that a lab was given: checked before anything is drawn."""

import numpy as np


def check(pictures, labels):
    """Raise `ValueError` unless `pictures` are uint8 (n, 28, 28), n from 1, and `labels` whole numbers (n,), 0 to 9."""
    for name, values in {"pictures": pictures, "labels": labels}.items():
        if not isinstance(values, np.ndarray):
            raise ValueError(f"{name} is of type {type(values).__name__}; allowed is a NumPy array")
    told = f"pictures has dtype {pictures.dtype}, shape {pictures.shape}; allowed is uint8 (n, 28, 28)"
    if pictures.shape[1:] == (784,):
        raise ValueError(f"{told}. Make flat pictures square again: pictures.reshape(-1, 28, 28)")
    if pictures.ndim != 3 or pictures.shape[1:] != (28, 28) or len(pictures) == 0:
        raise ValueError(f"{told}, n from 1. Give a single picture as pictures[:1]")
    if pictures.dtype != np.uint8:
        raise ValueError(f"{told}. Give the pictures as loaded, before they were scaled or cast")
    if labels.shape != (len(pictures),) or labels.dtype.kind not in "iu":
        told = f"labels has dtype {labels.dtype}, shape {labels.shape}; allowed are whole numbers ({len(pictures)},)"
        raise ValueError(f"{told}, one for each picture. From one-hot rows: labels.argmax(axis=1)")
    if labels.min() < 0 or labels.max() > 9:
        raise ValueError(f"labels has {labels.min()} to {labels.max()}; allowed are the digits 0 to 9")
