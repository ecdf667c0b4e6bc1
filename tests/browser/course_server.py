"""A JupyterLab server on a copy of the course: nothing it does reaches the checkout or the user's settings."""

import contextlib
import dataclasses
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
NOT_A_LEARNERS = {"JUPYTER_PATH", "MPLBACKEND", "PYTEST_CURRENT_TEST"}  # a kernel behaves differently under them
SECONDS_TO_START = 60
SECONDS_TO_STOP = 20


@dataclasses.dataclass(frozen=True)
class CourseServer:
    """Where a running server is, and the folder it serves."""

    url: str
    token: str
    folder: Path

    def address(self, notebook):
        """Return the address at which JupyterLab opens the notebook with this file name."""
        return f"{self.url}/lab/tree/notebooks/{notebook}?token={self.token}&reset"

    def address_in_notebook_7(self, notebook):
        """Return the address at which Jupyter Notebook 7, which JupyterLab's server serves too, opens it."""
        return f"{self.url}/notebooks/notebooks/{notebook}?token={self.token}"


def copy_course(folder):
    """Copy what a lesson needs to `folder`; the data files, which are only read, become a link."""
    shutil.copytree(ROOT / "helpers", folder / "helpers", ignore=shutil.ignore_patterns("data", "__pycache__"))
    (folder / "helpers" / "data").symlink_to(ROOT / "helpers" / "data")
    shutil.copyfile(ROOT / "requirements.txt", folder / "requirements.txt")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))


def leave_out(path, headings):
    """Take the code cells out of the sections (level 2 or 3) with these headings, in the notebook at `path`."""
    notebook, above, found = nbformat.read(path, as_version=4), {}, set()
    kept = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for marks, heading in re.findall(r"^(##|###) (.+)$", cell.source, re.MULTILINE):
                above = {outer: text for outer, text in above.items() if len(outer) < len(marks)} | {marks: heading}
                found.add(heading)
        if cell.cell_type == "markdown" or not set(headings) & set(above.values()):
            kept.append(cell)
    if missing := set(headings) - found:
        raise ValueError(f"headings has {sorted(missing)}; {path.name} has {sorted(found)}")
    notebook.cells = kept
    nbformat.write(notebook, path)


@contextlib.contextmanager
def serve(folder):
    """Copy the course to `folder`, serve it with JupyterLab, and stop the server whatever happens.

    Yields a `CourseServer`. Raises `RuntimeError`, with the server's own words, if it does not start.
    """
    course = folder / "course"
    copy_course(course)
    _write_settings(folder / "settings")
    token, port = secrets.token_hex(16), _free_port()
    server = CourseServer(f"http://127.0.0.1:{port}", token, course)
    log_path = folder / "server.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            _command(port, course),
            env=_environment(folder, token),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_ready(server, process, log_path)
        yield server
    finally:
        _stop(process)


def _command(port, course):
    return [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={course}",
        "--LabApp.expose_app_in_browser=True",
        "--JupyterNotebookApp.expose_app_in_browser=True",
        "--LabApp.extension_manager=readonly",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
    ]  # fmt: skip


def _environment(folder, token):
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
        "HIDDEN_LAYERS_HOME": "learner",
    }
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_A_LEARNERS}
    return inherited | {name: str(folder / place) for name, place in places.items()} | {"JUPYTER_TOKEN": token}


# What JupyterLab would ask, look up on the network, or save behind a test's back.
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False},
}


def _write_settings(folder):
    for name, values in SETTINGS.items():
        path = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(values))


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(server, process, log_path):
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError):
            urllib.request.urlopen(f"{server.url}/api", timeout=5).close()
            return
        time.sleep(0.2)
    words = log_path.read_text(errors="replace")[-3000:]
    raise RuntimeError(f"JupyterLab did not start within {SECONDS_TO_START} s:\n{words}")


def _stop(process):
    """End the server; its kernels, in sessions of their own, are ended by it or end when it is gone."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_STOP)
            return
