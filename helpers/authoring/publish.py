"""Give the course its address on GitHub: the Colab badges, the setup cells, and where the two come from."""

import re
import subprocess
from pathlib import Path

from helpers.authoring.refresh import read, write
from helpers.authoring.template import ROOT, colab_link, setup_cell
from helpers.files import replace

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,37}[A-Za-z0-9])?/(?!\.{1,2}$|.*\.git$)[A-Za-z0-9._-]{1,100}")
_ANY = "[^/()]+/[^/()]+"  # whatever address a badge has, also one that an interrupted `publish` left
_REMOTE = re.compile(r"(?:^|[/@]|//www\.|@ssh\.)github\.com(?::\d+/|[:/])(?P<name>[^/]+/[^/]+?)(?:\.git)?/?$")
_ADDRESS = re.compile('^REPOSITORY = "[^"]+"', re.MULTILINE)


class NoRepository(ValueError):
    """There is no repository on GitHub of this name, or none was named."""


def publish(repository: str, root: Path = ROOT) -> list[Path]:
    """Make `repository` ("owner/name" on GitHub) the course's address and return the files that changed.

    root: the course's folder. Raises NoRepository, with every file untouched, for what GitHub would refuse as a name.
    """
    if not _NAME.fullmatch(repository):
        raise NoRepository(
            f"repository is {repository!r}; allowed is a GitHub repository's name, like ada/hidden-layers"
        )
    template = root / "helpers" / "authoring" / "template.py"
    notebooks = {path: read(path) for path in sorted((root / "notebooks").glob("*.ipynb"))}
    changed = []
    for path, nb in notebooks.items():
        badge = re.compile(re.escape(colab_link(path.name, "*")).replace(r"\*", _ANY))
        before = [cell.source for cell in nb.cells]
        for cell in nb.cells:
            cell.source = badge.sub(colab_link(path.name, repository), cell.source)
            if "setup" in cell.metadata.get("tags", []):
                cell.source = setup_cell(repository)
        if before != [cell.source for cell in nb.cells]:
            write(nb, path)
            changed.append(path)
    text = template.read_text(encoding="utf-8")
    published = _ADDRESS.sub(f'REPOSITORY = "{repository}"', text)
    if published != text:
        replace(template, published.encode(), mode=0o644)
        changed.append(template)
    return changed


def repository_of_remote(root: Path = ROOT) -> str:
    """The "owner/name" of the GitHub repository that `git push` goes to. Raises NoRepository when there is none."""
    command = ["git", "-C", str(root), "remote", "get-url", "--push", "origin"]
    try:
        address = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoRepository("git knows no remote 'origin'; name the repository, like ada/hidden-layers") from error
    match = _REMOTE.search(address)
    if not match:
        address = re.sub("//[^/@]*@", "//", address)  # it may hold a password, and CI logs are read by many
        raise NoRepository(
            f"the remote 'origin' is {address}, not on GitHub; name the repository, like ada/hidden-layers"
        )
    return match["name"]
