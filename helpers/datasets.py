"""MNIST, Fashion-MNIST and small two-dimensional sets, from local files: no network, ever."""

import functools
import hashlib
import io
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data"
RECORDED = DATA / "recorded"

#: SHA-256 of each data file as shipped (see data/README.md).
FILES = {
    "mnist.npz": "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64",
    "fashion_mnist.npz": "5b6d2c4c694a91887af8ab7d039c04f80af3c29378d731c93a538d2e831aa469",
    "drawings.json": "e2cab93054b1bcc23f6a709bf4ad6c2dbc71f315bc3f5863dde7408ea35914c7",
}

#: What the ten labels of Fashion-MNIST mean, in the order of the labels 0 to 9.
FASHION_NAMES = (
    "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip


class DataFileError(RuntimeError):
    """A data file of the course is missing or is not the file that was shipped."""


def load_mnist():
    """Return MNIST's handwritten digits, exactly as `keras.datasets.mnist.load_data()` does.

    Returns `(x_train, y_train), (x_test, y_test)`: pictures of shape (60000, 28, 28) and (10000, 28, 28),
    labels 0 to 9 of shape (60000,) and (10000,), all uint8; a pixel is 0 (paper) to 255 (ink).
    Raises `DataFileError` if the file is missing or damaged.
    Source: LeCun, Cortes and Burges, The MNIST database of handwritten digits, 1998.
    """
    return _load("mnist.npz")


@functools.cache
def digit_batch():
    """Return MNIST's first 256 training digits: x (256, 784) float32 from 0 to 1, y (256,) uint8, both read-only.

    Raises `DataFileError` if the file is missing or damaged.
    """
    (pictures, labels), _ = load_mnist()
    batch = pictures[:256].reshape(256, 784).astype("float32") / 255, labels[:256].copy()
    for array in batch:
        array.flags.writeable = False  # everybody gets the same two
    return batch


def load_fashion_mnist():
    """Return Fashion-MNIST's pictures of clothes, as `keras.datasets.fashion_mnist.load_data()` does.

    Shapes, dtypes and errors are those of `load_mnist`; `FASHION_NAMES` says what the labels mean.
    Source: Xiao, Rasul and Vollgraf, Fashion-MNIST, 2017, https://arxiv.org/abs/1708.07747
    """
    return _load("fashion_mnist.npz")


def _load(name):
    with np.load(io.BytesIO(shipped(name)), allow_pickle=False) as arrays:
        return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def shipped(name):
    """Return the bytes of the data file `name`, a key of `FILES`. Raises `DataFileError` if it is not as shipped."""
    path = DATA / name
    content = _read(path)
    if hashlib.sha256(content).hexdigest() != FILES[name]:
        raise DataFileError(f"The data file {path} is damaged: it has {len(content):,} bytes "
                            f"and is not the file that was shipped. {_MEND}")  # fmt: skip
    return content


def _read(path):
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataFileError(f"The data file {path} cannot be read ({error.strerror}). {_MEND}") from error


def load_recorded(name):
    """Return a recorded training run as a pandas DataFrame: one whose training takes longer than a lesson may.

    The file, helpers/data/recorded/`name`.csv, says in its first lines what it is, when it was made, by which
    command and with which versions. Raises `DataFileError` if there is no such file, or if it cannot be
    read or is damaged.
    """
    import pandas as pd

    path = RECORDED / f"{name}.csv"
    if not path.exists():
        known = ", ".join(sorted(file.stem for file in RECORDED.glob("*.csv")))
        raise DataFileError(f"There is no recorded run {name!r} ({path}); there are: {known}. {_MEND}")
    content = _read(path).replace(b"\r\n", b"\n")  # Git on Windows may have changed them
    above, _, told = content.rpartition(SEAL)
    if hashlib.sha256(above).hexdigest().encode() != told.strip():
        raise DataFileError(f"The data file {path} is damaged: its last line does not fit those above. {_MEND}")
    return pd.read_csv(io.BytesIO(above), comment="#")


#: How the last line of a recorded run begins, before the hash that tells a whole file from a damaged one.
SEAL = b"# SHA-256 of the lines above: "


_MEND = "Bring it back with `git checkout -- helpers/data`, or download the course again."

#: The sets that `toy_set` knows.
TOY_SETS = ("moons", "circles", "xor", "spirals", "blobs")


def toy_set(name, samples=200, noise=0.1, seed=0):
    """Return a two-class set of points in the plane: `points` (samples, 2) float32 and `labels` (samples,) int.

    `name` is one of `TOY_SETS`; `noise` is the standard deviation of what is added to each coordinate,
    0 to 1; `seed`: a whole number from 0; the two classes (labels 0 and 1) are of equal size, and without noise
    each set spans about -1 to 1.
    Moons, circles and blobs are scikit-learn's `make_moons`, `make_circles` and `make_blobs`;
    it has no XOR and no spirals. Raises `ValueError` for an unknown name, an odd or too small number
    of samples, a noise outside 0 to 1, or another seed.
    """
    if name not in TOY_SETS:
        raise ValueError(f"name is {name!r}; allowed are {', '.join(TOY_SETS)}")
    if not isinstance(samples, (int, np.integer)) or samples < 4 or samples % 2:
        raise ValueError(f"samples is {samples!r}; allowed is an even whole number from 4")
    if not isinstance(noise, (int, float, np.number)) or not 0 <= noise <= 1:
        raise ValueError(f"noise is {noise!r}; allowed is a number from 0 to 1")
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"seed is {seed!r}; allowed is a whole number from 0")
    from sklearn import datasets

    random = np.random.default_rng(seed)
    if name == "moons":
        points, labels = datasets.make_moons(samples, random_state=seed)
        points = (points - [0.5, 0.25]) * [0.66, 1.0]
    elif name == "circles":
        points, labels = datasets.make_circles(samples, factor=0.45, random_state=seed)
    elif name == "blobs":
        points, labels = datasets.make_blobs(
            samples, centers=[[-0.55, -0.4], [0.55, 0.4]], cluster_std=0.2, random_state=seed
        )
    elif name == "xor":
        points, labels = _xor(samples, random)
    else:
        points, labels = _spirals(samples, random)
    points = points + random.normal(scale=noise, size=points.shape)
    return points.astype("float32"), labels.astype(int)


def _xor(samples, random):
    """Points in four squares; the class is 1 where exactly one coordinate is positive."""
    labels = np.arange(samples) % 2
    sign = random.choice([-1, 1], samples)
    size = random.uniform(0.15, 1.0, (samples, 2))
    return size * np.stack([sign, np.where(labels == 1, -sign, sign)], axis=1), labels


def _spirals(samples, random):
    """Two arms that wind one and a half times around each other."""
    labels = np.arange(samples) % 2
    along = np.sqrt(random.uniform(0.02, 1.0, samples))
    turn = 3 * np.pi * along + np.pi * labels
    return along[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1), labels
