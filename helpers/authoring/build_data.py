"""Build helpers/data from the original idx files; data/README.md says where to get them."""

import gzip
import hashlib
import io
from pathlib import Path

import numpy as np

from helpers import files

#: Array name → (idx file, SHA-256 of the uint8 array in C order, without the idx header).
ARRAYS = {
    "mnist.npz": {
        "x_train": ("train-images-idx3-ubyte", "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757"),
        "y_train": ("train-labels-idx1-ubyte", "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13"),
        "x_test": ("t10k-images-idx3-ubyte", "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161"),
        "y_test": ("t10k-labels-idx1-ubyte", "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5"),
    },
    "fashion_mnist.npz": {
        "x_train": ("train-images-idx3-ubyte", "2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012"),
        "y_train": ("train-labels-idx1-ubyte", "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7"),
        "x_test": ("t10k-images-idx3-ubyte", "c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a"),
        "y_test": ("t10k-labels-idx1-ubyte", "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9"),
    },
}


def read_idx(path):
    """Return the uint8 array in an idx file, gzipped or not; the array's shape is in the file's header.

    Format: http://yann.lecun.com/exdb/mnist/ (a magic number 0x08 + number of dimensions, the dimensions
    as big-endian 32-bit numbers, then the bytes). Raises `ValueError` if the file is of another type or length.
    """
    content = Path(path).read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    if content[:3] != b"\x00\x00\x08":
        raise ValueError(f"{path} is not an idx file of unsigned bytes")
    dimensions = content[3]
    shape = np.frombuffer(content, ">u4", dimensions, offset=4).astype(int)
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions)
    if values.size != shape.prod():
        raise ValueError(f"{path} holds {values.size:,} values; its header says {' × '.join(map(str, shape))}")
    return values.reshape(shape)


def digest(array):
    """Return the SHA-256 (hex) of an array's bytes in C order."""
    return hashlib.sha256(np.ascontiguousarray(array)).hexdigest()


def build(name, folder, target):
    """Write the data file `name` (a key of ARRAYS) to `target` from the idx files in `folder`.

    `target` ends in .npz; returns the SHA-256 (hex) of the file written. Raises `ValueError`, and writes
    nothing, if an array is not the published one; an old `target` is replaced only by a complete new one.
    """
    if name not in ARRAYS:
        raise ValueError(f"name is {name!r}; allowed are {', '.join(ARRAYS)}")
    arrays = {}
    for key, (stem, expected) in ARRAYS[name].items():
        path = next((p for p in (Path(folder) / stem, Path(folder) / f"{stem}.gz") if p.exists()), None)
        if path is None:
            raise ValueError(f"folder {folder} holds neither {stem} nor {stem}.gz")
        arrays[key] = read_idx(path)
        if digest(arrays[key]) != expected:
            raise ValueError(f"{path} is not the published {name} {key}: its SHA-256 is {digest(arrays[key])}")
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    files.replace(Path(target), content.getvalue(), mode=0o644)
    return hashlib.sha256(content.getvalue()).hexdigest()
