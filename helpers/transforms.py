"""Move, turn, bend and blur pictures: one (height, width) or many (n, height, width).

Pictures are uint8 from 0 to 255 or floating point from 0 to 1. Where a docstring says nothing else, a function returns
pictures of the same shape, dtype and range; it leaves its input alone. What a move brings into the frame is paper: 0.
Pictures of another form, and numbers that are not finite or out of range, raise `ValueError`.
"""

import cv2
import numpy as np

SIDE, BOX = 28, 20  # MNIST's digits were fitted into a box of 20 × 20 pixels, in a frame of 28 × 28


def affine(angle=0, right=0, down=0, scale=1, shear=0, shape=(28, 28)):
    """Return the 2 × 3 matrix, float64, that shears, scales and turns about the middle of the frame, then shifts.

    angle: degrees, counter-clockwise; right, down: pixels; scale: above 0; shear: pixels to the right for each
    pixel up; shape: (height, width) of the frame. A point (x, y) goes to matrix @ (x, y, 1).
    Raises `ValueError` for a scale that is not above 0, for what is no finite number, and for another shape.
    """
    for name, value in dict(angle=angle, right=right, down=down, shear=shear).items():
        _number(name, value)
    if _number("scale", scale) <= 0:
        raise ValueError(f"scale is {scale!r}; allowed is a number above 0")
    if np.shape(shape) != (2,):
        raise ValueError(f"shape is {shape!r}; allowed is (height, width)")
    middle = (np.array(shape[::-1]) - 1) / 2
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = np.array([[cosine, sine], [-sine, cosine]])  # y points down, so this turns counter-clockwise
    linear = scale * turn @ [[1, -shear], [0, 1]]
    return np.column_stack([linear, middle - linear @ middle + (right, down)])


def warp(pictures, matrix):
    """Return `pictures` with every point (x, y) moved to matrix @ (x, y, 1), bilinear in between.

    matrix: (2, 3), finite, as of `affine` or `cv2.getRotationMatrix2D`. Raises `ValueError` for other arguments.
    """
    numbers = np.asarray(matrix)
    if numbers.shape != (2, 3) or numbers.dtype.kind not in "iuf" or not np.isfinite(numbers).all():
        raise ValueError(f"matrix is {numbers.tolist()}; allowed are 2 × 3 finite numbers")
    pictures, matrix = checked(pictures), numbers.astype(float)
    return each_picture(pictures, lambda picture: cv2.warpAffine(picture, matrix, picture.shape[1::-1]), together=4)


def rotate(pictures, angle):
    """Return `pictures` turned by `angle` degrees counter-clockwise about the middle of the frame."""
    return warp(pictures, affine(angle=angle, shape=_shape(pictures)))


def shift(pictures, right=0, down=0):
    """Return `pictures` moved by so many pixels, whole or not; what leaves the frame is lost."""
    return warp(pictures, affine(right=right, down=down, shape=_shape(pictures)))


def scale(pictures, factor):
    """Return `pictures` enlarged (factor above 1) or made smaller about the middle of the frame."""
    return warp(pictures, affine(scale=factor, shape=_shape(pictures)))


def shear(pictures, amount):
    """Return `pictures` slanted: every row moves right by `amount` pixels for each pixel it lies above the middle."""
    return warp(pictures, affine(shear=amount, shape=_shape(pictures)))


def noise(pictures, amount, seed=0):
    """Return `pictures` with normal noise of standard deviation `amount` (0 to 1, a share of the range) added."""
    _number("amount", amount, 0, 1)
    pictures = checked(pictures)
    grain = np.random.default_rng(seed).standard_normal(pictures.shape, dtype=np.float32)
    return as_before(unit(pictures) + amount * grain, pictures)


def blur(pictures, sigma):
    """Return `pictures` under a Gaussian blur with standard deviation `sigma` in pixels, 0 (none) to 10."""
    _number("sigma", sigma, 0, 10)
    if sigma == 0:
        return checked(pictures).copy()
    full = 255 if checked(pictures).dtype == np.uint8 else 1  # as floats, rounding may lift full ink a little above
    return each_picture(checked(pictures), lambda picture: np.minimum(cv2.GaussianBlur(picture, (0, 0), sigma), full))


def thicken(pictures, steps):
    """Return `pictures` with strokes thicker by one pixel all round for each of `steps`, thinner if negative."""
    if not -5 <= _number("steps", steps) <= 5 or int(steps) != steps:
        raise ValueError(f"steps is {steps!r}; allowed is a whole number from -5 to 5")
    change, cross = (cv2.dilate if steps > 0 else cv2.erode), cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    return each_picture(checked(pictures), lambda picture: change(picture, cross, iterations=abs(int(steps))))


def centre_of_mass(picture):
    """Return (x, y), the mean place of the ink of one picture (height, width), in pixels from the first one.

    Raises `ValueError` for a picture without ink.
    """
    picture = checked(picture)
    if picture.ndim != 2 or not picture.any():
        raise ValueError(f"picture has shape {picture.shape} and {np.count_nonzero(picture)} inked pixels; "
                         "allowed is one picture (height, width) with ink")  # fmt: skip
    ink = picture.astype(float)
    down, right = np.indices(picture.shape)
    return float((right * ink).sum() / ink.sum()), float((down * ink).sum() / ink.sum())


def prepare(drawing):
    """Return one drawing (height, width) of any size as MNIST's digits were prepared: (28, 28), dtype and range kept.

    The ink's box is scaled to fit 20 × 20 pixels, proportions kept, edges smoothed, and its centre of mass moved
    to (14, 14), where MNIST's own is, with a spread of 0.3. Described in https://doi.org/10.1109/5.726791, section
    III. A drawing without ink gives an empty picture. Raises `ValueError` for other arguments, such as many drawings.
    """
    drawing = checked(drawing)
    if drawing.ndim != 2:
        raise ValueError(f"drawing has shape {drawing.shape}; allowed is one picture (height, width)")
    if not drawing.any():
        return np.zeros((SIDE, SIDE), drawing.dtype)
    left, top, width, height = cv2.boundingRect((drawing > 0).astype(np.uint8))
    ratio = BOX / max(width, height)
    size = max(1, round(width * ratio)), max(1, round(height * ratio))
    ink = unit(drawing[top : top + height, left : left + width])
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA if ratio < 1 else cv2.INTER_LINEAR)
    frame = np.zeros((SIDE, SIDE), drawing.dtype)
    frame[: size[1], : size[0]] = as_before(small / small.max(), drawing)  # the darkest is full ink
    x, y = centre_of_mass(frame)
    return shift(frame, right=round(SIDE / 2 - x), down=round(SIDE / 2 - y))


def checked(pictures):
    """Return `pictures` as an array. Raises `ValueError` unless they are as this module's first lines say."""
    pictures = np.asarray(pictures)
    if pictures.ndim not in (2, 3) or 0 in pictures.shape[-2:]:
        raise ValueError(f"pictures has shape {pictures.shape}; allowed is (height, width) or (n, height, width)")
    if pictures.dtype != np.uint8 and pictures.dtype.kind != "f":
        raise ValueError(f"pictures has dtype {pictures.dtype}; allowed is uint8 (0 to 255) or float (0 to 1)")
    if pictures.dtype.kind == "f" and pictures.size and not (pictures.min() >= 0 and pictures.max() <= 1):
        raise ValueError(f"pictures go from {pictures.min():.3g} to {pictures.max():.3g}; allowed as float is 0 to 1")
    return pictures


def unit(pictures):
    """Return `pictures` as float32 from 0 to 1."""
    return pictures.astype(np.float32) / np.float32(255 if pictures.dtype == np.uint8 else 1)


def as_before(values, pictures):
    """Return `values`, floats with 1 for full ink, clipped to the range and in the dtype of `pictures`."""
    values = np.clip(values, 0, 1)
    return np.rint(255 * values).astype(np.uint8) if pictures.dtype == np.uint8 else values.astype(pictures.dtype)


def each_picture(pictures, change, together=1):
    """Return what `change`, an OpenCV call, makes of each picture: an array of the same shape and dtype.

    pictures: an array (height, width) or (n, height, width), uint8 or float, of any range.
    So many `together` go into one call as the channels of one picture (OpenCV takes up to 4): what the call works out
    for a pixel's place, it then works out once for all of them.
    """
    native = pictures if pictures.dtype in (np.uint8, np.float32, np.float64) else pictures.astype(np.float32)
    native = np.ascontiguousarray(native).reshape(-1, *pictures.shape[-2:])
    changed = np.empty_like(native)
    alone = len(native) % together if together > 1 else len(native)
    for start in range(alone, len(native), together):
        group = slice(start, start + together)
        cv2.split(change(cv2.merge(native[group])), changed[group])
    for picture, out in zip(native[:alone], changed):
        out[:] = change(picture)
    return changed.reshape(pictures.shape).astype(pictures.dtype, copy=False)


def _shape(pictures):
    return checked(pictures).shape[-2:]


def _number(name, value, low=-np.inf, high=np.inf):
    """Return `value`. Raises `ValueError` unless it is one finite number from `low` to `high`."""
    if np.ndim(value) or np.asarray(value).dtype.kind not in "biuf" or not np.isfinite(value):
        raise ValueError(f"{name} is {value!r}; allowed is a number")
    if not low <= value <= high:
        raise ValueError(f"{name} is {value!r}; allowed is {low} to {high}")
    return value
