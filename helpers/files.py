"""A file replaced in one step: whoever reads it finds the old one or the new one, whole."""

import os
import tempfile
from pathlib import Path


def replace(path, content):
    """Write `content`, bytes, to `path`, in a folder that exists; only its owner may read a new file.

    Raises `OSError` when it cannot; what was there is then untouched, and nothing is left beside it.
    """
    file = tempfile.NamedTemporaryFile(dir=path.parent, delete=False)
    try:
        with file:
            file.write(content)
        os.replace(file.name, path)
    finally:
        Path(file.name).unlink(missing_ok=True)
