"""What the tests' kernels start with, the notebooks' among them: kernel_startup.py."""

import os
import shutil
import tempfile
from pathlib import Path

STARTUP = Path(__file__).parent / "tests" / "kernel_startup.py"


def pytest_configure(config):
    """Give IPython a folder of its own, whose startup file is STARTUP."""
    folder = tempfile.TemporaryDirectory(prefix="ipython-")
    config.add_cleanup(folder.cleanup)
    startup = Path(folder.name) / "profile_default" / "startup"
    startup.mkdir(parents=True)
    shutil.copy(STARTUP, startup)
    os.environ["IPYTHONDIR"] = folder.name
