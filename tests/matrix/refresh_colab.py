"""Bring colab.txt up to date and run the lessons with it: `python tests/matrix/refresh_colab.py`.

Colab publishes the packages that it has preinstalled, as `pip freeze` prints them. Of those, colab.txt keeps the ones
that it names already: what the lessons import, and what that needs in turn.
"""

import re
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import date
from pathlib import Path

FREEZE = "https://raw.githubusercontent.com/googlecolab/backend-info/main/pip-freeze.txt"
COLAB = Path(__file__).with_name("colab.txt")
HEAD = """\
# What Colab has preinstalled on Python 3.13, of what the lessons need, on {day}: its own list at
# https://github.com/googlecolab/backend-info. `python tests/matrix/refresh_colab.py` writes this file.
"""
PINNED = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>\S+)")


def pins(freeze):
    """The packages that a `pip freeze` gives a version, in its order: canonical name → its line.

    One installed from an address (`torch @ https://…`) has none that could be asked of a package index.
    """
    matches = (PINNED.fullmatch(line.strip()) for line in freeze.splitlines())
    return {re.sub(r"[-_.]+", "-", match["name"]).lower(): match[0] for match in matches if match}


def refreshed(colab, freeze, day):
    """The text of colab.txt, `colab`, with the versions of `freeze`; and the packages that `freeze` has no more."""
    wanted, found = pins(colab), pins(freeze)
    kept = [line for name, line in found.items() if name in wanted]
    return HEAD.format(day=day) + "\n".join(kept) + "\n", [line for name, line in wanted.items() if name not in found]


def download(address):
    """The text at `address`. Ends the program with one sentence when there is none to be had."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.read().decode()
    except (urllib.error.URLError, TimeoutError) as error:
        sys.exit(f"{address} cannot be read ({error}); colab.txt stays as it is.")


def main():
    freeze = download(FREEZE)
    text, gone = refreshed(COLAB.read_text(encoding="utf-8"), freeze, date.today())
    COLAB.write_text(text, encoding="utf-8", newline="\n")
    for line in gone:
        print(f"Colab has {line} no more")
    module = str(COLAB.with_name("colab.py"))
    return subprocess.run([sys.executable, "-m", "pytest", module, "-n0", "-rs"], cwd=COLAB.parents[2]).returncode


if __name__ == "__main__":
    sys.exit(main())
