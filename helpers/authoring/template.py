"""What every notebook of the course has in common."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNPUBLISHED = "OWNER/hidden-layers"
REPOSITORY = "OWNER/hidden-layers"  # where Colab fetches the course; `publish` writes this line

_FETCH = 'subprocess.run(["git", "clone", "-q", "--depth=1", "https://github.com/{}", "hidden-layers"], check=True)'
_REFUSE = "sys.exit(\"This copy of the course is not published yet: see 'For teachers' in its README.\")"


def setup_cell(repository: str) -> str:
    """The first code cell of every notebook: on Colab it fetches the course from `repository` ("owner/name")."""
    return f"""\
import os, pathlib, subprocess, sys
if "google.colab" in sys.modules and not os.path.isdir("hidden-layers"):
    {_REFUSE if repository == UNPUBLISHED else _FETCH.format(repository)}
here = pathlib.Path.cwd()
sys.path[:0] = [str(p) for p in (here, *here.parents, here / "hidden-layers") if (p / "helpers" / "claims.py").exists()][:1]
import helpers
""".rstrip("\n")  # noqa: E501


def colab_link(name: str, repository: str) -> str:
    """The address at which Colab opens the notebook with the file name `name` of `repository`."""
    return f"https://colab.research.google.com/github/{repository}/blob/main/notebooks/{name}"


#: What a notebook's first cell says: title, Colab badge, promise, minutes, and what one needs to know before.
HEADER = re.compile(
    r"# (?P<title>.+)\n\n(?P<badge>\[!\[Open in Colab\]\(.+?\)\]\((?P<colab>.+?)\))\n\n(?P<promise>[^-].+)\n"
    r"(?:.*\n)*\*\*Time:\*\* about (?P<minutes>\d+) minutes.*\n+\*\*You need:\*\* (?P<needs>.+?)\.(?: |$)"
)

# How many lines each part of the curriculum has: A1 … A18, B1 … B17 and so on.
CURRICULUM = {"A": 18, "B": 17, "C": 8, "D": 19, "E": 14}
IDS = {f"{part}{number}" for part, count in CURRICULUM.items() for number in range(1, count + 1)}
