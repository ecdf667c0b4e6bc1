"""Sixteen ways to spoil a digit that leave it easy to read, in the manner of MNIST-C.

The kinds are those of Mu and Gilmer, MNIST-C: A Robustness Benchmark for Computer Vision (2019),
https://arxiv.org/abs/1906.02337; the code and the severities are this course's own. Every function takes pictures
(n, height, width) or one (height, width), uint8 0 to 255 or float 0 to 1, and a seed, and returns as many of the same
kind. The same seed gives the same pictures. `CORRUPTIONS` lists them by name.
"""

import cv2
import numpy as np

from helpers import transforms
from helpers.transforms import as_before, checked, each_picture, unit


def shot_noise(pictures, seed=0):
    """Count photons, 5 for full ink: the darker, the grainier (Poisson noise)."""
    pictures = checked(pictures)
    return as_before(np.random.default_rng(seed).poisson(5 * unit(pictures)) / 5, pictures)


def impulse_noise(pictures, seed=0):
    """Set one pixel of ten to full ink or to paper, half and half."""
    pictures = checked(pictures)
    chance = np.random.default_rng(seed).random(pictures.shape)
    return as_before(np.where(chance < 0.05, 0, np.where(chance > 0.95, 1, unit(pictures))), pictures)


def gaussian_noise(pictures, seed=0):
    """Add normal noise with a standard deviation of 0.3 of the range."""
    return transforms.noise(pictures, 0.3, seed)


def glass_blur(pictures, seed=0):
    """Take for each pixel a neighbour up to one pixel away, all over the picture, then blur with sigma 0.7."""
    pictures = checked(pictures)
    height, width = pictures.shape[-2:]
    random = np.random.default_rng(seed)
    down, right = (random.integers(-1, 2, pictures.shape) for _ in range(2))
    rows = np.clip(np.arange(height)[:, None] + down, 0, height - 1)
    columns = np.clip(np.arange(width) + right, 0, width - 1)
    flat = pictures.reshape(*pictures.shape[:-2], height * width)
    places = (rows * width + columns).reshape(flat.shape)
    return transforms.blur(np.take_along_axis(flat, places, axis=-1).reshape(pictures.shape), 0.7)


def motion_blur(pictures, seed=0):
    """Smear along the diagonal over 7 pixels."""
    kernel = np.eye(7, dtype=np.float32) / 7
    return _filtered(pictures, lambda picture: cv2.filter2D(picture, -1, kernel))


def rotated(pictures, seed=0):
    """Turn by an angle between 15° and 30°, to either side."""
    return _moved(pictures, seed, lambda amount, sign: dict(angle=sign * (15 + 15 * amount)))


def sheared(pictures, seed=0):
    """Slant by 0.3 to 0.6 pixels a row, to either side."""
    return _moved(pictures, seed, lambda amount, sign: dict(shear=sign * (0.3 + 0.3 * amount)))


def scaled(pictures, seed=0):
    """Make smaller, to 50 % to 70 % of the size."""
    return _moved(pictures, seed, lambda amount, sign: dict(scale=0.5 + 0.2 * amount))


def translated(pictures, seed=0):
    """Move by 2 to 4 pixels to the right or left, and as far down."""
    return _moved(pictures, seed, lambda amount, sign: dict(right=sign * (2 + 2 * amount), down=2 + 2 * amount))


def brightness(pictures, seed=0):
    """Make the paper grey: 0.5 of full ink is added everywhere."""
    pictures = checked(pictures)
    return as_before(unit(pictures) + 0.5, pictures)


def stripe(pictures, seed=0):
    """Invert a horizontal band, a fifth of the height, in the middle."""
    pictures = checked(pictures)
    height = pictures.shape[-2]
    values = unit(pictures)
    band = slice(height * 2 // 5, height * 3 // 5)
    values[..., band, :] = 1 - values[..., band, :]
    return as_before(values, pictures)


def fog(pictures, seed=0):
    """Lay clouds over the picture: smooth noise from 0 to 0.6 of full ink, with details of about 4 pixels."""
    pictures = checked(pictures)
    grain = np.random.default_rng(seed).standard_normal(pictures.shape, dtype=np.float32)
    clouds = each_picture(grain, lambda layer: cv2.GaussianBlur(layer, (0, 0), 4))
    low, high = clouds.min(axis=(-2, -1), keepdims=True), clouds.max(axis=(-2, -1), keepdims=True)
    return as_before(unit(pictures) + 0.6 * (clouds - low) / np.maximum(high - low, 1e-6), pictures)


def spatter(pictures, seed=0):
    """Splash drops of ink over about a tenth of the picture: the peaks of noise with details of about 1 pixel."""
    pictures = checked(pictures)
    grain = np.random.default_rng(seed).standard_normal(pictures.shape, dtype=np.float32)
    drops = each_picture(grain, lambda layer: cv2.GaussianBlur(layer, (0, 0), 1))
    return as_before(np.where(drops > 0.36, 0.9, unit(pictures)), pictures)


def zigzag(pictures, seed=0):
    """Draw a zigzag line one pixel wide across the picture, at a random height."""
    return _lined(pictures, seed, dotted=False)


def dotted_line(pictures, seed=0):
    """Draw a straight dotted line across the picture, at a random height and slope."""
    return _lined(pictures, seed, dotted=True)


def canny_edges(pictures, seed=0):
    """Keep the outline of the strokes only (Canny's edges, thresholds 100 and 200)."""
    return _filtered(pictures, lambda picture: cv2.Canny(np.rint(255 * picture).astype(np.uint8), 100, 200) / 255)


#: name → function(pictures, seed=0).
CORRUPTIONS = {
    change.__name__.replace("_", " "): change
    for change in (
        gaussian_noise, shot_noise, impulse_noise, glass_blur, motion_blur, brightness, fog, spatter,
        stripe, dotted_line, zigzag, canny_edges, scaled, sheared, translated, rotated,
    )
}  # fmt: skip


def _filtered(pictures, change):
    pictures = checked(pictures)
    return as_before(each_picture(unit(pictures), change), pictures)


def _moved(pictures, seed, choose):
    """Return pictures moved each by its own matrix: `choose(amount from 0 to 1, sign)` names the movement."""
    pictures = checked(pictures)
    height, width = pictures.shape[-2:]
    random = np.random.default_rng(seed)

    def move(picture):
        matrix = transforms.affine(**choose(random.random(), random.choice((-1, 1))), shape=(height, width))
        return cv2.warpAffine(picture, matrix, (width, height))

    return _filtered(pictures, move)


def _lined(pictures, seed, dotted):
    """Return pictures with a line of full ink across each: dotted, or a zigzag 2 pixels up and down."""
    pictures = checked(pictures)
    height, width = pictures.shape[-2:]
    random = np.random.default_rng(seed)

    def draw(picture):
        start, end = random.uniform(0.2, 0.8, 2) * height
        columns = np.arange(0, width, 2)
        rows = np.rint(start + (end - start) * columns / width + (0 if dotted else 2 * (-1) ** (columns // 2))).astype(
            int
        )
        lined = picture.copy()
        if dotted:
            lined[np.clip(rows, 0, height - 1), columns] = 1
        else:
            cv2.polylines(lined, [np.column_stack([columns, rows]).astype(np.int32)], False, 1.0)
        return lined

    return _filtered(pictures, draw)
