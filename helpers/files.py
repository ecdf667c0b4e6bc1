"""A file replaced in one step: whoever reads it finds the old one or the new one, whole."""

import os
import tempfile
from pathlib import Path


def replace(path, content, mode=0o600):
    """Write `content`, bytes, to `path`, in a folder that exists; `mode` as in `os.chmod`: its owner alone reads it.

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
