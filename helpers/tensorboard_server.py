"""TensorBoard in a notebook: found wherever the course is installed, and stopped at the end."""

import atexit
import os
import shutil
import signal
import sys
from pathlib import Path


def prepare(folder):
    """Let the magic `%tensorboard` find this Python's TensorBoard, and stop what shows `folder` with the kernel.

    The magic looks for a program `tensorboard` on the PATH, where a virtual environment that was not activated
    is missing. What it starts it leaves running: hence the clean-up when this process ends.
    Raises `FileNotFoundError` if TensorBoard is not installed.
    """
    program = shutil.which("tensorboard", path=Path(sys.executable).parent) or shutil.which("tensorboard")
    if program is None:
        raise FileNotFoundError(f"no program tensorboard beside {sys.executable}: pip install -r requirements.txt")
    os.environ["TENSORBOARD_BINARY"] = program
    atexit.register(stop, folder)


def running(folder):
    """Return the addresses of the TensorBoard servers that show `folder`, newest last: list of str."""
    return [f"http://localhost:{server.port}/" for server in _servers(folder)]


def stop(folder):
    """End the TensorBoard servers that show `folder` and return how many there were."""
    servers = _servers(folder)
    for server in servers:
        try:
            os.kill(server.pid, signal.SIGTERM)
        except ProcessLookupError:
            continue  # it ended by itself
    return len(servers)


def _servers(folder):
    from tensorboard import manager

    same = [server for server in manager.get_all() if server.logdir == str(folder)]
    return sorted(same, key=lambda server: server.start_time)
