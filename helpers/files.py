"""A file replaced in one step: whoever reads it finds the old one or the new one, whole."""

import os
import tempfile
from pathlib import Path


def replace(path, content, mode=0o600):
    """Write `content`, bytes, to `path`, in a folder that exists.

    mode: who may read and write the file, as in `os.chmod`; if not given, its owner alone.

    Raises `OSError` when it cannot; what was there is then untouched, and nothing is left beside it.
    """
    file = tempfile.NamedTemporaryFile(dir=path.parent, delete=False)
    try:
        with file:
            file.write(content)
        os.chmod(file.name, mode)
        os.replace(file.name, path)
    finally:
        Path(file.name).unlink(missing_ok=True)
