"""The course where something is missing: the network, write access, a home, memory, an easy path.

Run as a program, it is the way into such a place: `unshare … python elsewhere.py [what is missing] -- COMMAND`.
"""

import functools
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
NAME = "the course 한글 이름"  # the folder of every copy: spaces and letters beyond ASCII
NO_HOME = "/dev/null/home"  # not even root makes a folder there
NOT_A_LEARNERS = {"JUPYTER_PATH", "MPLBACKEND", "HIDDEN_LAYERS_HOME", "PYTHONPATH"}
SIOCSIFFLAGS, IFF_UP = 0x8914, 1  # from <linux/sockios.h> and <linux/if.h>


def copy_course(folder):
    """Copy what a lesson needs into `folder`, under a name with spaces and Hangul; return the copy's path."""
    course = Path(folder) / NAME
    ignore = shutil.ignore_patterns("__pycache__", ".*")
    for part in ("helpers", "notebooks"):
        shutil.copytree(ROOT / part, course / part, ignore=ignore)
    shutil.copyfile(ROOT / "requirements.txt", course / "requirements.txt")
    return course


@functools.cache
def cannot(*namespaces):
    """Why this machine gives no new namespaces of these kinds ("net", "mount"): a str, or None if it does."""
    if not sys.platform.startswith("linux") or not shutil.which("unshare"):
        return "namespaces need Linux and its program unshare"
    tried = subprocess.run(_unshare(namespaces) + ["true"], capture_output=True, text=True)
    return tried.stderr.strip() or "unshare failed" if tried.returncode else None


def require(*namespaces):
    """Skip the test where these namespaces cannot be had; where REQUIRE_NAMESPACES=1 is set, it fails instead."""
    import pytest

    if reason := cannot(*namespaces):
        if os.environ.get("REQUIRE_NAMESPACES") == "1":
            pytest.fail(f"REQUIRE_NAMESPACES=1, but {reason}")
        pytest.skip(reason)


def run(*command, read_only=None, network=True, address_space=None, folder=None, **environment):
    """Run a command where things are missing; return the CompletedProcess, with `outward`, how often it asked for more.

    read_only: a folder that nobody, root included, can write to. network: False leaves 127.0.0.1 and nothing else.
    address_space: a limit for each process, in MiB. folder: where to run. environment: variables; None takes one away.
    `outward` counts what a command without network, or a process it started, wanted to send to another machine.
    """
    namespaces = [kind for kind, wanted in (("net", not network), ("mount", read_only)) if wanted]
    variables = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    variables = {key: value for key, value in (variables | environment).items() if value is not None}
    with tempfile.NamedTemporaryFile() as report:
        missing = dict(read_only=read_only and str(read_only), network=network, address_space=address_space)
        enter = [sys.executable, __file__, json.dumps(missing | {"report": report.name}), *map(str, command)]
        done = subprocess.run(_unshare(namespaces) + enter, env=variables, cwd=folder, capture_output=True, text=True)
        done.outward = json.loads(Path(report.name).read_text() or "null")
    return done


def compare(notebook, **place):
    """Let nbval run the notebook at this path in a place as `run` makes it; return what `run` returns."""
    pytest = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "-q", "--color=no"]
    nbval = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=120"]
    masked = f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval_sanitize.cfg'}"
    place = dict.fromkeys(NOT_A_LEARNERS) | {"folder": notebook.parent} | place
    return run(*pytest, *nbval, masked, notebook, **place)


def write_notebook(path, cells):
    """Write these cells, of notebooks of the course or new, to a notebook at this path; return the path."""
    named = [nbformat.from_dict({**cell, "id": f"cell-{number}"}) for number, cell in enumerate(cells)]
    nbformat.write(nbformat.v4.new_notebook(cells=named), path)  # a cell that is there twice has two names
    return path


def _unshare(namespaces):
    """The command that gives what follows it new namespaces of these kinds, and the right to change them."""
    return ["unshare", "--map-root-user", *(f"--{kind}" for kind in namespaces)] if namespaces else []


def _enter(read_only, network, address_space, report, command):
    """Take away what is to be missing, run the command, write down what it wanted from outside; return its code."""
    if not network:
        with socket.socket() as any_socket:
            fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))
    if read_only:
        subprocess.run(["mount", "--bind", read_only, read_only], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", read_only], check=True)
        os.chdir(os.getcwd())  # the folder seen through the mount, not the one below it
    limit = address_space * 2**20 if address_space else resource.RLIM_INFINITY
    code = subprocess.run(command, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit))).returncode
    Path(report).write_text(json.dumps(None if network else _without_a_way_out()))
    return code


def _without_a_way_out():
    """How often something in this network namespace was told that there is no way to where it wanted to send."""
    lines = [line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Ip:")]
    old = int(dict(zip(*lines))["OutNoRoutes"])
    new = Path("/proc/net/snmp6")
    return old + (int(dict(map(str.split, new.read_text().splitlines()))["Ip6OutNoRoutes"]) if new.exists() else 0)


if __name__ == "__main__":
    import fcntl  # Unix alone, as all below
    import resource

    sys.exit(_enter(**json.loads(sys.argv[1]), command=sys.argv[2:]))
