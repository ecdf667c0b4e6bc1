"""This checkout as a repository of its own, for those who fetch the course from one."""

import shutil
import subprocess

from helpers.authoring.template import ROOT


def copy_checkout(folder):
    """Copy what lies in this checkout, committed or not, to `folder`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():  # a file deleted and not yet committed is listed too
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def commit(folder, message):
    """Commit everything in `folder`, a repository or not yet one."""
    author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    init = [] if (folder / ".git").exists() else [["init", "--quiet", "--initial-branch=main"]]
    for command in (*init, ["add", "--all"], [*author, "commit", "--quiet", "--message", message]):
        subprocess.run(["git", *command], cwd=folder, check=True)
