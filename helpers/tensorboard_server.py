"""TensorBoard in a notebook: found wherever the course is installed, asked for numbers, and stopped at the end."""

import atexit
import contextlib
import functools
import json
import os
import shutil
import signal
import socket
import sys
import time
import urllib.request
from pathlib import Path

SECONDS_TO_READ = 30
SECONDS_TO_STOP = 10


def prepare(folder):
    """Let the magic `%tensorboard` find this Python's TensorBoard, and stop what shows `folder` with the kernel.

    The magic looks for a program `tensorboard` on the PATH, where a virtual environment that was not activated
    is missing. What it starts may outlive the process that started it: hence the clean-up when this one ends.
    Raises `FileNotFoundError` if TensorBoard is not installed.
    """
    program = shutil.which("tensorboard", path=Path(sys.executable).parent) or shutil.which("tensorboard")
    if program is None:
        raise FileNotFoundError(f"no program tensorboard beside {sys.executable}: pip install -r requirements.txt")
    os.environ["TENSORBOARD_BINARY"] = program
    _manager()  # the magic asks it, too
    atexit.register(_terminate, folder)


def running(folder):
    """Return the addresses of the TensorBoard servers that show `folder`, newest last: list of str."""
    return [f"http://localhost:{server.port}/" for server in _servers(folder)]


def ask(folder, path):
    """Return what the newest TensorBoard server that shows `folder` answers at `path`, such as "data/runs".

    The answer is JSON, made lists and dicts. Waits until the server has read the logs of every run in `folder`.
    Raises `RuntimeError` if no server shows `folder`, if that server does not answer, and if it has not read the logs
    after half a minute.
    """
    addresses = running(folder)
    if not addresses:
        raise RuntimeError(f"no TensorBoard server shows {folder}")
    runs = {str(log.parent.relative_to(folder)) for log in Path(folder).rglob("events*")}
    deadline = time.monotonic() + SECONDS_TO_READ
    while not runs <= {run for run, tags in _json(addresses[-1] + "data/plugin/scalars/tags").items() if tags}:
        if time.monotonic() > deadline:
            raise RuntimeError(f"TensorBoard has not read all of {', '.join(sorted(runs))} in {SECONDS_TO_READ} s")
        time.sleep(0.1)
    return _json(addresses[-1] + path)


def stop(folder):
    """End the TensorBoard servers that show `folder` and return how many; wait for their end, at most ten seconds."""
    servers = _terminate(folder)
    deadline = time.monotonic() + SECONDS_TO_STOP
    while _servers(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    return len(servers)


def _terminate(folder):
    """Ask the servers to end, and return them; do not wait, for a kernel that is shut down has little time left."""
    servers = _servers(folder)
    for server in servers:
        with contextlib.suppress(OSError):  # it is gone already
            socket.create_connection(("localhost", server.port), timeout=1).close()  # or its number is another's by now
            os.kill(server.pid, signal.SIGTERM)
            if os.name != "nt":  # there it ends at once, without clearing away its file
                continue
        _info(server).unlink(missing_ok=True)
    return servers


def _json(address):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a company's proxy cannot see localhost
    try:
        with direct.open(address, timeout=30) as answer:
            return json.load(answer)
    except OSError as error:
        raise RuntimeError(f"the TensorBoard server at {address} does not answer: {error}") from error


def _servers(folder):
    same = [server for server in _manager().get_all() if server.logdir == str(folder) and _is_ours(server)]
    return sorted(same, key=lambda server: server.start_time)


def _is_ours(server):
    """Whether this user's server wrote its file: on a shared machine anybody can write one that names any process."""
    if os.name == "nt":  # there every user has a folder of their own
        return True
    try:
        return _info(server).stat().st_uid == os.getuid()
    except FileNotFoundError:  # it has just ended
        return False


def _info(server):
    """The file by which TensorBoard's servers make themselves known, removed by each at its end."""
    return Path(_manager()._get_info_dir()) / f"pid-{server.pid}.info"


@functools.cache
def _manager():
    """TensorBoard's manager, which no longer fails when anybody's server ends while it reads the servers' files.

    All users of a machine keep these files in one folder, so in a class that happens.
    """
    from tensorboard import manager

    read_all = manager.get_all

    def get_all():
        for _ in range(10):
            with contextlib.suppress(FileNotFoundError):  # that file is gone: once more, without it
                return read_all()
        return read_all()

    manager.get_all = get_all
    return manager
