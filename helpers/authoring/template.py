"""What every notebook of the course has in common."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = "OWNER/hidden-layers"

SETUP_CELL = f"""\
import os, pathlib, subprocess, sys
if "google.colab" in sys.modules and not os.path.isdir("hidden-layers"):
    subprocess.run(["git", "clone", "-q", "--depth=1", "https://github.com/{REPOSITORY}", "hidden-layers"], check=True)
here = pathlib.Path.cwd()
sys.path[:0] = [str(p) for p in (here, *here.parents, here / "hidden-layers") if (p / "helpers" / "claims.py").exists()][:1]
import helpers
""".rstrip("\n")  # noqa: E501

# How many lines each part of the curriculum has: A1 … A18, B1 … B17 and so on.
CURRICULUM = {"A": 18, "B": 17, "C": 8, "D": 19, "E": 14}
IDS = {f"{part}{number}" for part, count in CURRICULUM.items() for number in range(1, count + 1)}


def colab_link(name: str) -> str:
    """The address at which Colab opens the notebook with the file name `name`."""
    return f"https://colab.research.google.com/github/{REPOSITORY}/blob/main/notebooks/{name}"
