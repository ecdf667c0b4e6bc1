"""A file replaced in one step: whoever reads it finds the old one or the new one, whole."""

import os
import tempfile
from pathlib import Path


def replace(path, content):
    """Write `content`, bytes, to `path`, in a folder that exists; only its owner may read a new file.

    Raises `OSError` when it cannot; what was there is then untouched, and nothing is left beside it.
    """
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(content)
            file.close()  # on Windows an open file cannot be moved
            os.replace(temporary, path)
        finally:
            file.close()
            temporary.unlink(missing_ok=True)
