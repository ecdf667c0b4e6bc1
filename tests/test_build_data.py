"""Building the data files: idx files are read right, and no array gets in that is not the published one."""

import gzip
import hashlib
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from helpers.authoring import build_data
from helpers.authoring.build_data import build, digest, read_idx


def as_idx(array):
    """The bytes of an idx file."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


@given(array=arrays(np.uint8, array_shapes(max_dims=4, max_side=7)), zipped=st.booleans())
def test_idx_is_read_as_it_was_written(array, zipped, tmp_path_factory):
    path = tmp_path_factory.mktemp("idx") / "file"
    path.write_bytes(gzip.compress(as_idx(array)) if zipped else as_idx(array))
    read = read_idx(path)
    assert read.dtype == np.uint8
    assert np.array_equal(read, array)


def test_idx_by_hand(tmp_path):
    path = tmp_path / "hand"
    path.write_bytes(bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255]))
    assert read_idx(path).tolist() == [[1, 2, 3], [4, 5, 255]]


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"\0\0\x0d\1\0\0\0\1\0", b"\1\0\x08\1\0\0\0\1\0"])
def test_other_files_are_refused_by_name(tmp_path, content):
    path = tmp_path / "other"
    for stored in (content, gzip.compress(content)):
        path.write_bytes(stored)
        with pytest.raises(ValueError, match=f"^{path} is not an idx file"):
            read_idx(path)


@pytest.mark.parametrize("content", [bytes([0, 0, 8, 1, 0, 0, 0, 2, 1]), bytes([0, 0, 8, 1, 0, 0, 0, 2, 1, 2, 3])])
def test_idx_of_another_length_than_its_header_says_is_refused(tmp_path, content):
    path = tmp_path / "short_or_long"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"^{path} holds \d values; its header says 2"):
        read_idx(path)


def test_a_set_of_another_name_is_refused(tmp_path):
    with pytest.raises(ValueError, match="^name is 'iris.npz'; allowed are mnist.npz"):
        build("iris.npz", tmp_path, tmp_path / "iris.npz")


@given(array=arrays(np.uint8, (3, 4)))
def test_digest_is_of_the_bytes_in_c_order(array):
    assert digest(array) == hashlib.sha256(array.tobytes("C")).hexdigest()
    assert digest(np.asfortranarray(array)) == digest(array)


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A tiny published set: its idx folder (one file zipped, one not) and its arrays."""
    made = {"x": np.arange(12, dtype=np.uint8).reshape(3, 2, 2), "y": np.array([1, 0, 2], np.uint8)}
    monkeypatch.setitem(
        build_data.ARRAYS, "small.npz", {key: (f"{key}-idx", digest(array)) for key, array in made.items()}
    )
    folder = tmp_path / "idx"
    folder.mkdir()
    (folder / "x-idx.gz").write_bytes(gzip.compress(as_idx(made["x"])))
    (folder / "y-idx").write_bytes(as_idx(made["y"]))
    return folder, made


def test_build_writes_the_published_arrays_and_returns_the_files_hash(tmp_path, small):
    folder, made = small
    target = tmp_path / "small.npz"
    assert build("small.npz", folder, target) == hashlib.sha256(target.read_bytes()).hexdigest()
    with np.load(target, allow_pickle=False) as built:
        assert sorted(built) == ["x", "y"]
        assert all(np.array_equal(built[key], made[key]) for key in made)


def test_build_twice_gives_the_same_bytes(tmp_path, small):
    assert build("small.npz", small[0], tmp_path / "a.npz") == build("small.npz", small[0], tmp_path / "b.npz")


def test_build_refuses_another_array_and_writes_nothing(tmp_path, small):
    folder, made = small
    (folder / "y-idx").write_bytes(as_idx(made["y"] + 1))
    with pytest.raises(ValueError, match="y-idx is not the published small.npz y"):
        build("small.npz", folder, tmp_path / "small.npz")
    assert not (tmp_path / "small.npz").exists()


def test_build_names_the_missing_file_and_writes_nothing(tmp_path, small):
    (small[0] / "y-idx").unlink()
    with pytest.raises(ValueError, match="holds neither y-idx nor y-idx.gz"):
        build("small.npz", small[0], tmp_path / "small.npz")
    assert not (tmp_path / "small.npz").exists()
