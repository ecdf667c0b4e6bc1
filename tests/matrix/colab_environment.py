"""Colab's packages in an environment of their own: .venv-colab in the checkout, made anew when colab.txt changes."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLAB = Path(__file__).with_name("colab.txt")
FOLDER = ROOT / ".venv-colab"
VERSION = re.search(r"Python (\d\.\d+)", COLAB.read_text(encoding="utf-8"))[1]


class NoPython(LookupError):
    """This machine has no Python of Colab's version."""


def interpreter():
    """A Python of Colab's version: the one that COLAB_PYTHON names, this one, one on PATH, or one of pyenv's.

    Raises NoPython where there is none, and ValueError where COLAB_PYTHON names one of another version.
    """
    if named := os.environ.get("COLAB_PYTHON"):
        if version(named) != VERSION:
            raise ValueError(f"COLAB_PYTHON is {named!r}; it must be a Python {VERSION}, as Colab has")
        return named
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [sys.executable, f"python{VERSION}", *map(str, sorted(pyenv.glob(f"versions/{VERSION}.*/bin/python")))]
    for candidate in candidates:
        if version(candidate) == VERSION:
            return candidate
    raise NoPython(f"Colab runs Python {VERSION}, and there is none here (COLAB_PYTHON may name one)")


def version(python):
    """The "major.minor" of the interpreter at a path, or None where none answers."""
    command = [python, "-c", "import sys; print('{}.{}'.format(*sys.version_info))"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):  # pyenv puts one on PATH that only says how to choose a version
        return None


def environment():
    """The folder of the environment that has exactly what colab.txt names. Raises NoPython."""
    wanted = COLAB.read_text(encoding="utf-8")
    made_from = FOLDER / "made_from.txt"
    if not made_from.exists() or made_from.read_text(encoding="utf-8") != wanted:
        python = interpreter()
        shutil.rmtree(FOLDER, ignore_errors=True)
        subprocess.run([python, "-m", "venv", str(FOLDER)], check=True)
        subprocess.run([FOLDER / "bin" / "pip", "install", "--quiet", "-r", str(COLAB)], check=True)
        made_from.write_text(wanted, encoding="utf-8")  # last: what is interrupted is made again
    return FOLDER


def installed():
    """The environment's packages and versions, as `pip freeze` prints them."""
    command = [FOLDER / "bin" / "pip", "freeze", "--all"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
