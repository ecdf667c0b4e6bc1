"""A JupyterHub set up as README tells a teacher to, without their accounts and their web server."""

import contextlib
import importlib.util
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import requests

ROOT = Path(__file__).resolve().parents[2]
CONFIG = re.compile(r"```python\n(# jupyterhub_config\.py\n.*?)```", re.DOTALL)
LINK = re.compile(r"https://HUB/hub/user-redirect/git-pull\?\S+")
SECONDS_TO_START, SECONDS_TO_STOP = 60, 30

# Anybody may sign in who knows the password; a student is a folder, not an account. The rest is README's.
IN_A_TEST = """
c.JupyterHub.bind_url = {url!r}
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub_port}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = [{proxy!r}]
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = {password!r}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r} + "/{{username}}"
c.Spawner.args += {arguments!r}
c.Spawner.environment = {environment!r}
"""


class NoHub(RuntimeError):
    """Why no hub can be started here."""


class Classroom:
    """A running hub: its address, its one password, the folder with every student's home, and its process."""

    def __init__(self, url, password, homes, process):
        self.url, self.password, self.homes, self.process = url, password, homes, process

    def processes(self):
        """The hub, its proxy, every student's server and every kernel that runs now, as `psutil.Process`es."""
        return [self.process, *self.process.children(recursive=True)]


def requirements():
    """The paths of the hub's program and of its proxy's. Raises NoHub where something is missing."""
    here = str(Path(sys.executable).parent)
    found = {
        "jupyterhub": shutil.which("jupyterhub", path=here),
        "configurable-http-proxy": shutil.which("configurable-http-proxy"),
        "nbgitpuller": importlib.util.find_spec("nbgitpuller"),
    }
    for name, place in found.items():
        if place is None:
            raise NoHub(f"{name} is not installed; CONTRIBUTING.md says how to get it")
    return found["jupyterhub"], found["configurable-http-proxy"]


@contextlib.contextmanager
def classroom(folder, published):
    """Start a hub in `folder`, and end it and everything it started whatever happens.

    On its students' servers, the address of OWNER/REPO on GitHub leads to the repository in the folder `published`.
    """
    hub, proxy = requirements()
    url, password = f"http://127.0.0.1:{free_port()}", secrets.token_hex(16)
    environment = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{published.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/OWNER/REPO",
    }
    config = CONFIG.search(readme())[1] + IN_A_TEST.format(
        url=url, hub_port=free_port(), proxy_port=free_port(), proxy=proxy, password=password, homes=str(folder),
        arguments=["--allow-root"] if os.geteuid() == 0 else [], environment=environment,
    )  # fmt: skip
    (folder / "jupyterhub_config.py").write_text(config, encoding="utf-8")
    path = os.pathsep.join([str(Path(hub).parent), os.environ["PATH"]])  # a student's server is started by its name
    with (folder / "hub.log").open("wb") as log:
        process = psutil.Popen(
            [hub], cwd=folder, env=os.environ | {"PATH": path},
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    room = Classroom(url, password, folder, process)
    try:
        wait_until_ready(room, folder / "hub.log")
        yield room
    finally:
        stop(room)


def readme():
    """README's text."""
    return (ROOT / "README.md").read_text(encoding="utf-8")


def free_port():
    """A port of 127.0.0.1 at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(room, log):
    """Wait for the hub's answer. Raises RuntimeError with the log's end when none comes."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and room.process.poll() is None:
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(f"{room.url}/hub/api", timeout=5).ok:
                return
        time.sleep(0.2)
    raise RuntimeError(f"the hub did not start:\n{log.read_text(errors='replace')[-3000:]}")


def stop(room):
    """End the hub, which ends its proxy and its students' servers, as it ends when a teacher stops it."""
    try:
        started = room.processes()
    except psutil.NoSuchProcess:  # it never came up; wait_until_ready has said why
        return
    room.process.terminate()
    _, left = psutil.wait_procs(started, timeout=SECONDS_TO_STOP)
    for process in left:
        process.kill()
    psutil.wait_procs(left, timeout=SECONDS_TO_STOP)
    if left:
        raise RuntimeError(f"still running after the hub was stopped: {left}")
