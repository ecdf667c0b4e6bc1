"""Helpers are light to import, and imports point one way."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "helpers").rglob("*.py"))
#: Which layer of the house a part of helpers is on; a part imports lower layers; labs and exercises not each other.
LAYERS = {
    "datasets": 0, "files": 0, "palette": 0, "widget_view": 0, "quiet": 0, "claims": 0, "predictions": 0, "networks": 0,
    "live": 1, "figures": 1, "training": 1, "transforms": 1, "checkup": 1, "fit_arguments": 1, "tensorboard_server": 1,
    "strokes": 1,
    "corruptions": 2, "labs": 3, "exercises": 3,
    "authoring": 4,
}  # fmt: skip


def part(name):
    """Return which part of helpers a dotted name is of; None for `helpers` itself and everything else."""
    pieces = name.split(".")
    return pieces[1] if pieces[0] == "helpers" and len(pieces) > 1 else None


def imported(tree):
    """Yield the dotted name of everything that a file imports, at its top or within functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def dotted(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_no_helper_imports_tensorflow_when_it_is_imported(run_python):
    names = [dotted(path) for path in FILES if "authoring" not in path.parts]
    assert {"helpers", "helpers.training", "helpers.labs.hidden_layers", "helpers.datasets"} <= set(names)
    script = f"import importlib, sys\nfor name in {names!r}:\n    importlib.import_module(name)\n"
    done = run_python(script + "print(sorted({'tensorflow', 'keras', 'torch', 'jax'} & set(sys.modules)))")
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_imports_point_one_way():
    wrong = []
    for path in FILES:
        own = part(dotted(path))
        for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
            assert not name.startswith(("notebooks", "tests")), f"{path} imports {name}"
            if own and part(name) and own != part(name):
                above, beside = LAYERS[part(name)] > LAYERS[own], LAYERS[part(name)] == LAYERS[own] == LAYERS["labs"]
                if above or beside:
                    wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_every_part_has_its_layer():
    parts = {part(dotted(path)) for path in FILES} - {None}
    assert parts <= set(LAYERS)
    assert len(parts) > 8
