"""Bring colab.txt up to date and run the lessons with it: `python tests/matrix/refresh_colab.py`.

Colab publishes the packages that it has preinstalled, as `pip freeze` prints them. Of those, colab.txt keeps the ones
that it names already: what the lessons import, and what that needs in turn.
"""

import re
import subprocess
import sys
import urllib.request
from datetime import date
from pathlib import Path

ADDRESS = "https://raw.githubusercontent.com/googlecolab/backend-info/main/"
ROOT = Path(__file__).resolve().parents[2]
COLAB = ROOT / "tests" / "matrix" / "colab.txt"
HEAD = """\
# What Colab has preinstalled on Python {python}, of what the lessons need, on {day}: its own list at
# https://github.com/googlecolab/backend-info. `python tests/matrix/refresh_colab.py` writes this file.
"""
PINNED = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>\S+)")


def pins(freeze):
    """The packages that a `pip freeze` gives a version, in its order: canonical name → its line.

    One installed from an address (`torch @ https://…`) has none that could be asked of a package index.
    """
    matches = (PINNED.fullmatch(line.strip()) for line in freeze.splitlines())
    return {re.sub(r"[-_.]+", "-", match["name"]).lower(): match[0] for match in matches if match}


def refreshed(colab, freeze, system, day):
    """colab.txt's new text, from its old one and Colab's `pip freeze` and description of its system, read on `day`.

    With it come the packages that Colab has no more. Raises ValueError for what is no such list or description.
    """
    wanted, found = pins(colab), pins(freeze)
    python = re.search(r"^Python (\d\.\d+)", system, re.MULTILINE)
    if not python or not wanted.keys() & found.keys():
        raise ValueError("what came is not Colab's list of packages and its system's description")
    kept = [line for name, line in found.items() if name in wanted]
    gone = [line for name, line in wanted.items() if name not in found]
    return HEAD.format(python=python[1], day=day) + "\n".join(kept) + "\n", gone


def download(name):
    """The text of a file that Colab publishes. Raises OSError when it cannot be had."""
    with urllib.request.urlopen(ADDRESS + name, timeout=60) as answer:
        return answer.read().decode()


def main():
    """Refresh colab.txt, run every lesson with it, and return the exit code of that run."""
    try:
        published = download("pip-freeze.txt"), download("os-info.txt")
        text, gone = refreshed(COLAB.read_text(encoding="utf-8"), *published, date.today())
    except (OSError, ValueError) as error:
        sys.exit(f"colab.txt stays as it is. {ADDRESS}: {error}")
    COLAB.write_text(text, encoding="utf-8", newline="\n")
    for line in gone:
        print(f"Colab has {line} no more")
    module = str(COLAB.with_name("colab.py"))
    return subprocess.run([sys.executable, "-m", "pytest", module, "-n0", "-s"], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
