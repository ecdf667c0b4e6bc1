"""Record the runs that take longer than a lesson may: each is a small CSV in helpers/data/recorded."""

import datetime
import hashlib
import io
import platform

from helpers import files
from helpers.authoring import recordings
from helpers.datasets import RECORDED, SEAL

#: Name of the recorded run → the function that makes it.
RECORDINGS = recordings.all()


class UnknownRecording(ValueError):
    """There is no recording of this name."""


def known(name):
    """Return the function that makes the recording `name`. Raises `UnknownRecording` if there is none."""
    if name not in RECORDINGS:
        raise UnknownRecording(f"name is {name!r}; allowed are {', '.join(RECORDINGS)}")
    return RECORDINGS[name]


def record(name):
    """Run the recording `name`, a key of RECORDINGS, write its CSV and return the file's path.

    The file opens with comment lines: what it is, the command, the date, the versions; its last line is a hash of
    the others. Raises `UnknownRecording` for an unknown name. The old file is replaced only by a complete new one.
    """
    run = known(name)
    import keras
    import tensorflow

    text = io.StringIO()
    text.write(f"# {run.__doc__}\n")
    text.write(f"# Made by: python -m helpers.authoring record {name}\n")
    text.write(f"# On {datetime.date.today()} with Python {platform.python_version()}, ")
    text.write(f"TensorFlow {tensorflow.__version__}, Keras {keras.__version__}, {platform.machine()}\n")
    run().to_csv(text, index=False, float_format="%.4f", lineterminator="\n")
    content = text.getvalue().encode()
    content += SEAL + hashlib.sha256(content).hexdigest().encode() + b"\n"
    RECORDED.mkdir(parents=True, exist_ok=True)
    target = RECORDED / f"{name}.csv"
    files.replace(target, content, mode=0o644)
    return target
