"""Run a notebook as nbval runs it and store the outputs that nbval will compare."""

import copy
import os
import re
import tempfile
from pathlib import Path

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from helpers import files
from helpers.authoring.slide_marks import mark
from helpers.widget_view import WIDGET_VIEW

CELL_TIMEOUT = 120  # seconds
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
KEPT_CELL_METADATA = {"tags"}
OVERWRITTEN = re.compile(r"^.*\r(?=[^\n])", re.MULTILINE)


class NotANotebook(ValueError):
    """A path at which no notebook can be read."""


class RefreshError(RuntimeError):
    """A cell that did not run to its end."""


def refresh(path: Path) -> None:
    """Run the notebook at `path`, and write it back with its new outputs once every cell has succeeded.

    Raises NotANotebook when there is none, and RefreshError, with the file untouched, when a cell raises
    (unless it is tagged `raises-exception`), takes too long or kills its kernel.
    """
    nb = read(path)
    try:
        execute(nb, path.resolve().parent)
    except RefreshError as error:
        raise RefreshError(f"{path} {error}") from error
    write(normalise(nb), path)


def read(path: Path) -> NotebookNode:
    """The notebook at `path`. Raises NotANotebook when the file is missing, unreadable or something else."""
    try:
        nb = nbformat.read(path, as_version=4)
        nbformat.validate(nb)
    except OSError as error:
        raise NotANotebook(f"{path}: {error.strerror}") from error
    except Exception as error:  # nbformat raises whatever its first look at strange content stumbles over
        raise NotANotebook(f"{path}: not a notebook") from error
    return nb


def write(nb: NotebookNode, path: Path) -> None:
    """Replace the file at `path` in one step. Raises OSError, with the file untouched, when it cannot."""
    files.replace(path, (nbformat.writes(nb).rstrip("\n") + "\n").encode(), mode=0o644)


class NbvalClient(NotebookClient):
    """A client that keeps every output, as nbval does, although a cell later clears or updates it."""

    def process_message(self, msg, cell, cell_index):
        if msg["msg_type"] == "clear_output":
            return None
        msg["content"].pop("transient", None)  # holds the id by which a later message would update the output
        return super().process_message(msg, cell, cell_index)


def execute(nb: NotebookNode, folder: Path) -> None:
    """Run the cells of `nb` in `folder`, in place. Raises RefreshError when one does not run to its end."""
    # Without folders to search, "python3" is the interpreter that runs this.
    kernel = AsyncKernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    client = NbvalClient(nb, km=kernel, timeout=CELL_TIMEOUT)
    with tempfile.TemporaryDirectory() as home:
        env = {
            **os.environ,
            "HIDDEN_LAYERS_HOME": home,  # or the author's own predictions would be stored in the outputs
            "PYTEST_CURRENT_TEST": "refresh",  # a kernel under pytest does not store what subprocesses print
        }
        with client.setup_kernel(cleanup_kc=True, cwd=str(folder), env=env):
            for index, cell in enumerate(nb.cells):
                try:
                    client.execute_cell(cell, index, store_history=False)  # as nbval: no `In`, no `Out`
                except CellExecutionError as error:
                    raise RefreshError(f"cell {index}: {error.ename}: {error.evalue}") from error
                except (CellControlSignal, DeadKernelError) as error:
                    raise RefreshError(f"cell {index}: {type(error).__name__}: {error}") from error


def normalise(nb: NotebookNode) -> NotebookNode:
    """A copy of `nb` without what differs from run to run or from machine to machine, and is not a result."""
    nb = copy.deepcopy(nb)
    nb.metadata.pop("widgets", None)
    nb.metadata.get("language_info", {}).pop("version", None)
    nb.metadata.kernelspec = nbformat.from_dict(KERNELSPEC)
    executed = 0
    for cell in nb.cells:
        for key in cell.metadata.keys() - KEPT_CELL_METADATA:
            del cell.metadata[key]
        if cell.cell_type == "code":
            if cell.execution_count is not None:
                executed += 1
                cell.execution_count = executed
            cell.outputs = _normalise_outputs(cell.outputs, cell.execution_count)
    mark(nb)
    return nb


def _normalise_outputs(outputs: list[NotebookNode], execution_count: int | None) -> list[NotebookNode]:
    kept = []
    for output in outputs:
        if output.output_type == "stream":
            if output.name == "stderr":
                continue
            if kept and kept[-1].output_type == "stream":  # one print may arrive in any number of pieces
                kept[-1].text += output.text
                continue
        elif output.output_type == "execute_result":
            output.execution_count = execution_count
        # A stored view without its widget reads "model not found"; without the view, the still picture shows.
        output.get("data", {}).pop(WIDGET_VIEW, None)
        kept.append(output)
    printed = [output for output in kept if output.output_type == "stream"]
    for output in printed[:1]:  # what comes after a picture may begin by overwriting what came before it
        output.text = OVERWRITTEN.sub("", output.text)
    return kept
