"""The notebook tools: every rule of lint, normalise, refresh as nbval sees it, and the command line."""

import copy
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbval.plugin import coalesce_streams

from helpers.authoring import refresh as refreshing
from helpers.authoring.__main__ import main
from helpers.authoring.lint import RULES, Finding, lint
from helpers.authoring.refresh import NotANotebook, RefreshError, normalise, read, refresh, write
from helpers.authoring.slide_marks import mark, slide_types
from helpers.authoring.template import CURRICULUM, IDS, REPOSITORY, ROOT, UNPUBLISHED, colab_link, setup_cell
from helpers.widget_view import WIDGET_VIEW

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NAME = "01_hidden_layers.ipynb"
BADGE = f"[![Open in Colab](https://x/badge.svg)]({colab_link(NAME, REPOSITORY)})"
HEADER = (
    f"# Hidden layers\n\n{BADGE}\n\nYou see what is hidden.\n\n- say what is hidden\n\n"
    "**Time:** about 10 minutes to read.\n**You need:** nothing."
)
SECTION = "## Which layer is hidden?\n\n![a net of three layers](net.png)"
# One transparent pixel.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=="


def good_notebook():
    """A notebook that breaks no rule; each test breaks one."""
    cells = [
        new_markdown_cell(HEADER),
        new_code_cell(setup_cell(REPOSITORY), metadata={"tags": ["setup"]}),
        new_markdown_cell(SECTION, metadata={"tags": ["teaches:A2"]}),
        new_code_cell("layers = 3\nlayers"),
        new_markdown_cell("The one between."),
        new_code_cell('claim("three layers have one hidden layer", layers - 2 == 1)'),
    ]
    code = [cell for cell in cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, start=1):
        cell.execution_count = count
    code[1].outputs = [new_output("execute_result", data={"text/plain": "3"}, execution_count=2)]
    code[2].outputs = [new_output("stream", name="stdout", text="✓ three layers have one hidden layer\n")]
    nb = new_notebook(cells=cells, metadata={"course": {"lesson": "01", "teaches": ["A2"]}})
    mark(nb)
    return nb


def rules_broken_by(nb):
    return {finding.rule for finding in lint(nb, Path(NAME))}


def with_code(source, **metadata):
    nb = good_notebook()
    nb.cells[3].source = source
    nb.cells[3].metadata.update(metadata)
    return nb


def with_text(source):
    nb = good_notebook()
    nb.cells[4].source = source
    return nb


def with_output(*outputs, tags=()):
    nb = good_notebook()
    nb.cells[3].outputs = list(outputs)
    nb.cells[3].metadata["tags"] = list(tags)
    return nb


def with_course(course):
    nb = good_notebook()
    nb.metadata["course"] = course
    return nb


def with_cells(change):
    nb = good_notebook()
    change(nb.cells)
    for count, cell in enumerate((cell for cell in nb.cells if cell.cell_type == "code"), start=1):
        cell.execution_count = count
    return nb


def with_counts(*counts):
    nb = good_notebook()
    for cell, count in zip((cell for cell in nb.cells if cell.cell_type == "code"), counts, strict=True):
        cell.execution_count = count
    return nb


def with_code_after_code(source):
    return with_cells(lambda cells: cells.insert(4, new_code_cell(source)))


def with_header(text):
    return with_cells(lambda cells: cells[0].update(source=text))


def with_widget_state():
    nb = good_notebook()
    nb.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}
    return nb


def with_slide_type(slide_type):
    nb = good_notebook()
    nb.cells[4].metadata["slideshow"] = {"slide_type": slide_type}
    return nb


def with_code_of(*line_counts):
    """As many pairs of a text and a code cell as there are counts, after the setup cell's six lines."""
    nb = good_notebook()
    nb.cells[4:] = []
    nb.cells[3].source = lines(line_counts[0])
    for count in line_counts[1:]:
        nb.cells += [new_markdown_cell("And then?"), new_code_cell(lines(count))]
    for count, cell in enumerate((cell for cell in nb.cells if cell.cell_type == "code"), start=1):
        cell.execution_count = count
    return nb


def lines(count):
    return "\n\n".join(["layers = 3"] * count)


def printed(text):
    return new_output("stream", name="stdout", text=text)


def shown(**data):
    return new_output("display_data", data={mime.replace("_", "/"): value for mime, value in data.items()})


def error(name="ValueError", traceback=()):
    return new_output("error", ename=name, evalue="no", traceback=list(traceback))


BAD = [
    ("header", with_header(HEADER.replace("# Hidden", "## Hidden"))),
    ("header", with_header(HEADER.replace("- say", "say"))),
    ("header", with_header(HEADER.replace(NAME, "02_other.ipynb"))),
    ("header", with_header(HEADER.replace("about 10 minutes", "a while"))),
    ("header", with_header(HEADER.replace("**You need:** nothing.", ""))),
    ("header", with_header(HEADER.replace("You see what is hidden.\n\n", ""))),
    ("header", with_cells(lambda cells: cells.pop(0))),
    ("header", new_notebook()),
    ("slides", with_slide_type("notes")),
    ("setup-cell", new_notebook()),
    ("setup-cell", with_cells(lambda cells: cells[1].metadata.update(tags=[]))),
    ("setup-cell", with_cells(lambda cells: cells[5].metadata.update(tags=["setup"], source=setup_cell(REPOSITORY)))),
    ("setup-cell", with_cells(lambda cells: cells[1].update(source=setup_cell(REPOSITORY) + "\n"))),
    ("setup-cell", with_cells(lambda cells: cells.insert(5, cells.pop(1)))),
    ("course-metadata", with_course(None)),
    ("headings", with_text("# A second title")),
    ("headings", with_text("#### Too deep")),
    ("headings", with_header(HEADER.replace("# Hidden", "## Hidden"))),
    ("headings", with_header(f"## Before the title\n\n{HEADER}")),
    ("alt-text", with_text("![](net.png)")),
    ("alt-text", with_text('A net: <img src="net.png">')),
    ("alt-text", with_text('<img alt="" src="net.png">')),
    ("cell-too-long", with_code(lines(16))),
    ("long-cells-too-many", with_code_of(11, *[1] * 7)),
    ("median-too-long", with_code_of(5, 5, 1)),
    ("text-before-code", with_cells(lambda cells: cells.pop(4))),
    ("text-before-code", with_cells(lambda cells: cells.append(cells.pop(0)))),
    ("text-before-code", with_text(" \n")),
    ("text-before-code", with_code_after_code("x = 1\nreveal('1', x)")),
    ("text-before-code", with_code_after_code("ex.q1.solution()")),
    ("text-before-code", with_code_after_code("# nothing")),
    ("invalid-python", with_code("layers = ...your answer")),
    ("invalid-python", with_code("layers = '\0'")),
    ("forbidden-name", with_code("from ipywidgets import interact as move")),
    ("forbidden-name", with_code("widgets.interactive(f, x=3)")),
    ("forbidden-name", with_code("@interact_manual\ndef f(x):\n    return x")),
    ("forbidden-name", with_code("from ipywidgets import Output")),
    ("forbidden-name", with_code("widgets.Output()")),
    ("forbidden-name", with_code("IPython.display.clear_output(wait=True)")),
    ("forbidden-name", with_code("%matplotlib widget")),
    ("forbidden-name", with_code("%matplotlib ipympl")),
    ("forbidden-name", with_code("import ipympl.backend_nbagg")),
    ("forbidden-name", with_code("from ipympl import Canvas")),
    ("claim-cannot-fail", with_code('claim("it works", True)')),
    ("claim-cannot-fail", with_code('claim("it works", not False)')),
    ("claim-cannot-fail", with_code('claim("it works", 1 < 2)')),
    ("claim-cannot-fail", with_code('claim("it works", bool(1))')),
    ("claim-cannot-fail", with_code('claim("it works", (layers > 2,))')),
    ("claim-cannot-fail", with_code('claim("it works", (n > 2 for n in layers))')),
    ("claim-cannot-fail", with_code('claim("it works")')),
    ("claim-cannot-fail", with_code('claim("it works", evidence=layers > 2)')),
    ("claim-cannot-fail", with_code("claim(sentence, layers > 2)")),
    ("claim-cannot-fail", with_code("claim(3, layers > 2)")),
    ("claim-cannot-fail", with_code('if layers:\n    claims.claim("it works", "yes")')),
    ("answer-written-down", with_code('reveal("9.1", "the same")')),
    ("answer-written-down", with_code('reveal("9.1", ["this", "that"][0])')),
    ("answer-written-down", with_code('reveal("9.1", str("the same"))')),
    ("answer-written-down", with_code('reveal("9.1", answer="the same")')),
    ("answer-written-down", with_code('predictions.reveal("9.1", "the same")')),
    ("not-executed", with_counts(1, None, 3)),
    ("execution-order", with_counts(1, 3, 2)),
    ("execution-order", with_counts(2, 3, 4)),
    ("stored-stderr", with_output(new_output("stream", name="stderr", text="a warning"))),
    ("stored-error", with_output(error())),
    ("stored-widget", with_widget_state()),
    ("stored-widget", with_output(new_output("display_data", data={WIDGET_VIEW: {}, "text/plain": "a lab"}))),
    ("stored-local-path", with_output(printed("/home/ada/course"))),
    ("stored-local-path", with_output(shown(text_plain="PosixPath('/root/x')"))),
    ("stored-local-path", with_output(shown(text_html="<a href='file:///Users/ada'>"))),
    ("stored-local-path", with_output(error(traceback=["File C:\\Users\\ada"]), tags=["raises-exception"])),
    ("stored-local-path", with_output(printed(f"{ROOT}/helpers"))),
    ("stored-address", with_output(printed("<Dense object at 0x7f3a2b>"))),
    ("file-too-large", with_output(shown(image_png="A" * 2_000_000))),
    ("nbval-bypassed", with_code("layers", tags=["nbval-ignore-output"])),
    ("nbval-bypassed", with_code("layers", tags=["nbval-ignore-output", "reason:"])),
    ("nbval-bypassed", with_code("layers", tags=["nbval-skip", "reason:timing"])),
    ("nbval-bypassed", with_code("layers\n# NBVAL_IGNORE_OUTPUT")),
]

GOOD = {
    "as it is": good_notebook(),
    "15 lines": with_code_of(15, *[1] * 8),
    "one of ten cells is long": with_code_of(11, *[1] * 8),
    "a median of four lines": with_code_of(4, 4, 1, 7),
    "reveal after code": with_code_after_code('reveal("1", str(layers))'),
    "check and hint after code": with_code_after_code("ex.q1.check(layers)\nex.q1.hint()"),
    "code in a fence is no heading": with_text("```python\n# a comment\n#### another\n```"),
    "headings come back up": with_text("### Deeper\n\n## Back"),
    "HTML picture with alt text": with_text('<img src="net.png" alt="a net" width="300">'),
    "magics are Python": with_code("%matplotlib inline\n!ls"),
    "a syntax error on purpose": with_code("layers = = 3", tags=["raises-exception"]),
    "no more than part of a name": with_code('interactions = "interact"\nOutputs = 1  # clear_output'),
    "f-string claim": with_code('claim(f"all {layers} layers count", all(n > 2 for n in layers))'),
    "negated claim": with_code('claim("it fails", not net.works)'),
    "an error on purpose": with_output(error(), tags=["raises-exception"]),
    "hexadecimal colours and short numbers": with_output(printed("0xff 0x1f3a")),
    "a path and an address in a picture": with_output(shown(image_png="/home/0x7f3a2b")),
    "relative path": with_output(printed("notebooks/home and ~/course")),
    "ignored with a reason": with_code("layers", tags=["nbval-ignore-output", "reason:random-digit"]),
}


@pytest.mark.parametrize(("rule", "nb"), BAD, ids=[f"{rule}-{index}" for index, (rule, _) in enumerate(BAD)])
def test_rule_finds_what_breaks_it(rule, nb):
    assert rule in rules_broken_by(nb)


@pytest.mark.parametrize("nb", GOOD.values(), ids=GOOD.keys())
def test_rules_are_silent_about_good_notebooks(nb):
    mark(nb)
    assert lint(nb, Path(NAME)) == []


def test_every_rule_is_broken_by_a_test():
    with_neighbours = {"navigation"}  # below, in a folder with other lessons
    assert {rule.__name__.replace("_", "-") for rule in RULES} == {rule for rule, _ in BAD} | with_neighbours


@pytest.mark.parametrize("repository", [UNPUBLISHED, "ada/hidden-layers"])
def test_setup_cell_is_short_python(repository):
    assert len(setup_cell(repository).splitlines()) <= 6
    compile(setup_cell(repository), "setup", "exec")


def test_finding_says_where_and_what():
    nb = with_code("\n".join(["layers = 3"] * 17))
    finding = lint(nb, Path("elsewhere") / NAME)[0]
    assert str(finding) == f"{NAME} cell 3 [cell-too-long]: 17 lines, at most 15"
    assert str(Finding(NAME, None, "file-too-large", "3.0 MB")) == f"{NAME} [file-too-large]: 3.0 MB"


@pytest.mark.parametrize(
    ("course", "message"),
    [
        ("01", "no metadata.course"),
        ({"teaches": ["A2"]}, "lesson is None, not the number"),
        ({"lesson": 1, "teaches": ["A2"]}, "lesson is 1, not the number"),
        ({"lesson": "02", "teaches": ["A2"]}, "lesson is '02', not the number"),
        ({"lesson": "01"}, "teaches is not a list of curriculum ids"),
        ({"lesson": "01", "teaches": []}, "teaches is not a list of curriculum ids"),
        ({"lesson": "01", "teaches": "A2"}, "teaches is not a list of curriculum ids"),
        ({"lesson": "01", "teaches": [{}]}, "teaches is not a list of curriculum ids"),
        ({"lesson": "01", "teaches": ["A2", "A3"]}, "teaches A3, but no cell is tagged 'teaches:A3'"),
        ({"lesson": "01", "teaches": ["A1"]}, "a cell is tagged 'teaches:A2', which metadata.course.teaches"),
        ({"lesson": "01", "teaches": ["A2", "A19"]}, "teaches has 'A19', which is no id of the curriculum"),
    ],
)
def test_course_metadata_says_what_is_wrong(course, message):
    findings = lint(with_course(course), Path(NAME))
    assert {finding.rule for finding in findings} == {"course-metadata"}
    assert any(message in finding.message for finding in findings)


@PATIENT
@given(st.integers(0, 40), st.integers(0, 3))
def test_only_filled_lines_count(filled, blank):
    nb = with_code(("layers = 3\n" + " \n" * blank) * filled)
    assert ("cell-too-long" in rules_broken_by(nb)) == (filled > 15)


@PATIENT
@given(st.lists(st.integers(1, 6), max_size=8))
def test_headings_nest(levels):
    nb = good_notebook()  # its last heading is an h2
    nb.cells[4].source = "\n\n".join(f"{'#' * level} Why?" for level in levels)
    steps = zip([2, *levels], levels, strict=False)
    nested = all(2 <= level <= previous + 1 for previous, level in steps)
    assert ("headings" not in rules_broken_by(nb)) == nested


@PATIENT
@pytest.mark.filterwarnings("ignore::UserWarning:IPython")
@given(st.text(), st.text())
def test_lint_judges_any_text(code, text):
    nb = good_notebook()
    nb.cells[3].source, nb.cells[4].source = code, text
    findings = lint(nb, Path(NAME))
    assert {finding.cell for finding in findings} <= {None, 3, 4, 5}


# slides


def test_a_section_begins_a_slide_and_neither_setup_nor_answers_are_shown():
    cells = {
        "# 01 · Hidden layers": "slide",
        "The setup, the same in every lesson.": "skip",
        "import helpers": "skip",
        "## Which layer is hidden?\n\nThe one between.": "slide",
        "layers = 3": "-",
        "And why?": "subslide",
        "### Lab: play": "subslide",
        "labs.playground()": "-",
        "**Exercise 1.1.** How many?": "subslide",
        "count = ...\nex.q1.check(count)": "skip",
        "ex.q1.hint()": "skip",
    }
    code = ("import", "layers", "labs", "count", "ex")
    nb = new_notebook(cells=[(new_code_cell if text.startswith(code) else new_markdown_cell)(text) for text in cells])
    nb.cells[2].metadata["tags"] = ["setup"]
    assert slide_types(nb) == list(cells.values())


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_written_notebook_may_be_read_by_everyone(tmp_path):
    write(good_notebook(), tmp_path / "lesson.ipynb")
    assert (tmp_path / "lesson.ipynb").stat().st_mode & 0o777 == 0o644


def test_normalise_and_the_mark_command_mark_the_slides(tmp_path):
    path = tmp_path / NAME
    write(with_slide_type("notes"), path)
    before = read(path)
    assert main(["mark", str(path)]) == 0
    for nb in (normalise(before), read(path)):
        assert [cell.metadata.get("slideshow", {"slide_type": "-"})["slide_type"] for cell in nb.cells] == slide_types(
            nb
        )
    marked = read(path)
    marked.cells[4].metadata.slideshow.slide_type = "notes"
    assert marked == before  # nothing else was changed


# normalise

outputs = st.one_of(
    st.builds(
        new_output,
        st.just("stream"),
        name=st.sampled_from(["stdout", "stderr"]),
        text=st.text(alphabet="ab\r\n", max_size=12),
    ),
    st.builds(
        new_output,
        st.sampled_from(["display_data", "execute_result"]),
        data=st.dictionaries(st.sampled_from(["text/plain", "image/png", WIDGET_VIEW]), st.text(max_size=3)),
    ),
    st.builds(new_output, st.just("error"), ename=st.just("ValueError"), evalue=st.text(max_size=3)),
)
cell_metadata = st.fixed_dictionaries(
    {},
    optional={
        "tags": st.just(["setup"]),
        "slideshow": st.just({"slide_type": "slide"}),
        "collapsed": st.booleans(),
        "execution": st.just({"iopub.status.busy": "2026-11-22"}),
        "jupyter": st.just({"source_hidden": True}),
    },
)
cells = st.one_of(
    st.builds(new_markdown_cell, st.text(max_size=5), metadata=cell_metadata),
    st.builds(
        new_code_cell,
        st.text(max_size=5),
        metadata=cell_metadata,
        outputs=st.lists(outputs, max_size=5),
        execution_count=st.none() | st.integers(1, 99),
    ),
)
notebooks = st.builds(
    new_notebook,
    cells=st.lists(cells, max_size=5),
    metadata=st.fixed_dictionaries(
        {"course": st.just({"lesson": "01"})},
        optional={
            "widgets": st.just({}),
            "language_info": st.just({"name": "python", "version": "3.11.1"}),
            "kernelspec": st.just({"name": "venv", "display_name": "My kernel"}),
        },
    ).map(copy.deepcopy),
)


@PATIENT
@given(notebooks)
def test_normalise_is_pure_and_idempotent(nb):
    before = copy.deepcopy(nb)
    once = normalise(nb)
    assert nb == before
    assert normalise(once) == once


@PATIENT
@given(notebooks)
def test_normalise_keeps_what_the_author_wrote(nb):
    after = normalise(nb)
    nbformat.validate(after)
    assert [(cell.id, cell.cell_type, cell.source) for cell in after.cells] == [
        (cell.id, cell.cell_type, cell.source) for cell in nb.cells
    ]
    for old, new in zip(nb.cells, after.cells, strict=True):
        new.metadata.pop("slideshow", None)  # is computed
        assert new.metadata == {key: old.metadata[key] for key in old.metadata.keys() & {"tags"}}
    assert after.metadata.course == nb.metadata.course


@PATIENT
@given(notebooks)
def test_normalise_keeps_the_outputs_that_nbval_compares(nb):
    for old, new in zip(nb.cells, normalise(nb).cells, strict=True):
        assert compared(new) == compared(old)


def compared(cell):
    """What nbval compares of a cell's outputs, stderr left out: the text as last seen, and all other data."""
    outputs = copy.deepcopy(cell.get("outputs", []))
    streams = coalesce_streams([output for output in outputs if output.get("name") == "stdout"])
    others = [output for output in outputs if output.output_type != "stream"]
    for output in others:
        output.get("data", {}).pop(WIDGET_VIEW, None)
        output.pop("execution_count", None)
    return [output.text for output in streams], others


@PATIENT
@given(notebooks)
def test_normalise_drops_what_is_no_result(nb):
    after = normalise(nb)
    code = [cell for cell in after.cells if cell.cell_type == "code"]
    run = [cell for cell in code if cell.execution_count is not None]
    assert [cell.execution_count for cell in run] == list(range(1, len(run) + 1))
    assert [cell.id for cell in run] == [cell.id for cell in nb.cells if cell.get("execution_count")]
    for cell in code:
        for output in cell.outputs:
            assert output.get("name") != "stderr"
            assert WIDGET_VIEW not in output.get("data", {})
            assert output.get("execution_count", cell.execution_count) == cell.execution_count
    assert after.metadata.keys() <= {"course", "kernelspec", "language_info"}
    assert after.metadata.get("language_info", {"name": "python"}) == {"name": "python"}
    assert (after.metadata.kernelspec.name, after.metadata.kernelspec.display_name) == ("python3", "Python 3")


def test_printed_text_is_stored_in_one_piece_and_as_last_seen():
    epochs = [printed("epoch 1"), printed("\repoch 2"), printed("\n")]
    nb = with_output(*epochs, shown(text_plain="a plot"), printed("done\n"))
    outputs = normalise(nb).cells[3].outputs
    assert [output.get("text") for output in outputs] == ["epoch 2\n", None, "done\n"]


def test_printing_over_a_line_before_a_picture_stays_possible():
    nb = with_output(printed("drawing\rdrawing …"), shown(text_plain="a plot"), printed("\rdrawn\n"))
    outputs = normalise(nb).cells[3].outputs
    assert [output.get("text") for output in outputs] == ["drawing …", None, "\rdrawn\n"]


# refresh


def notebook_of(*sources, tags=None):
    nb = new_notebook(
        cells=[new_code_cell(source) for source in sources],
        metadata={"kernelspec": {"name": "another-machine", "display_name": "x"}},
    )
    for index, cell_tags in (tags or {}).items():
        nb.cells[index].metadata["tags"] = cell_tags
    return nb


@pytest.fixture
def another_python3(tmp_path_factory, monkeypatch):
    """A kernel named python3 that is not this interpreter's, where Jupyter looks first."""
    folder = tmp_path_factory.mktemp("jupyter")
    spec = folder / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text('{"argv": ["false"], "display_name": "Python 3", "language": "python"}')
    monkeypatch.setenv("JUPYTER_PATH", str(folder))


@pytest.mark.usefixtures("another_python3")
def test_nbval_passes_what_refresh_stored(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # as when an author runs refresh
    monkeypatch.setenv("HIDDEN_LAYERS_HOME", str(tmp_path / "author"))
    (tmp_path / "data.txt").write_text("beside the notebook")
    path = tmp_path / "tiny.ipynb"
    sources = [
        "import os, subprocess\nfrom IPython.display import clear_output, display",
        "print(open('data.txt').read())",
        "from ipywidgets import IntSlider\nIntSlider(3)",
        f'lab = {{"{WIDGET_VIEW}": {{"model_id": "0"}}, "image/png": "{PNG}", "text/plain": "a lab"}}\n'
        'print("before"); display(lab, raw=True); print("after")',
        'for step in range(3):\n    print(f"\\rstep {step}", end="", flush=True)',
        'handle = display("first", display_id="one")\nhandle.update("second")',
        'print("drawing", end=""); display("a plot"); print("\\rdrawn")',
        'print("kept")\nclear_output()\nprint("too")',
        '_ = subprocess.run(["echo", "not captured under nbval"])',
        '_ = os.write(2, b"a log line of a library in C")',
        "len(In), list(Out)",
        "1 / 0",
        'home = os.environ["HIDDEN_LAYERS_HOME"]\nprint(home.endswith("author"), os.path.isdir(home))',
    ]
    write(notebook_of(*sources, tags={11: ["raises-exception"], 12: ["nbval-ignore-output"]}), path)
    before, ids = dict(os.environ), [cell.id for cell in read(path).cells]

    refresh(path)

    nb = read(path)
    assert dict(os.environ) == before
    assert sorted(child.name for child in tmp_path.iterdir()) == ["data.txt", "tiny.ipynb"]
    assert nb == normalise(nb)
    assert [cell.id for cell in nb.cells] == ids
    assert [cell.execution_count for cell in nb.cells] == list(range(1, len(sources) + 1))
    slider, lab = nb.cells[2].outputs, nb.cells[3].outputs
    assert [output.data for output in slider] == [{"text/plain": "IntSlider(value=3)"}]
    assert [output.get("text") or dict(output.data) for output in lab] == [
        "before\n",
        {"image/png": PNG, "text/plain": "a lab"},
        "after\n",
    ]
    assert [output.ename for output in nb.cells[11].outputs] == ["ZeroDivisionError"]
    assert [output.text for output in nb.cells[12].outputs] == ["False True\n"]

    completed = nbval(path)
    assert completed.returncode == 0, completed.stdout
    assert f"{len(sources)} passed" in completed.stdout


def test_nbval_fails_when_a_stored_output_differs(tmp_path):
    path = tmp_path / "tiny.ipynb"
    nb = notebook_of("print(1 + 1)")
    nb.cells[0].update(execution_count=1, outputs=[printed("3\n")])
    write(normalise(nb), path)
    assert "1 failed" in nbval(path).stdout


def nbval(path):
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--nbval",
            "--nbval-current-env",
            "-p",
            "no:cacheprovider",
            "-q",
            path,
        ],
        cwd=path.parent,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import time\ntime.sleep(30)", "CellTimeoutError"),
        ("import os\nos._exit(1)", "DeadKernelError"),
    ],
)
def test_failing_cell_leaves_the_file_untouched(tmp_path, monkeypatch, source, reason):
    monkeypatch.setattr(refreshing, "CELL_TIMEOUT", 5)
    path = tmp_path / "tiny.ipynb"
    write(notebook_of("print('fine')", source), path)
    before = path.read_bytes()
    with pytest.raises(RefreshError) as caught:
        refresh(path)
    assert str(caught.value).startswith(f"{path} cell 1: {reason}")
    assert path.read_bytes() == before
    assert [child.name for child in tmp_path.iterdir()] == ["tiny.ipynb"]


def test_failing_write_leaves_the_file_untouched(tmp_path, monkeypatch):
    path = tmp_path / "tiny.ipynb"
    path.write_text("old")

    def full_disk(source, target):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(OSError, match="No space"):
        write(good_notebook(), path)
    assert [(child.name, child.read_text()) for child in tmp_path.iterdir()] == [("tiny.ipynb", "old")]


# The command line


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", "3", '{"cells": {}, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
     '{"nbformat": 4}', '{"nbformat": 99, "cells": []}', b"\xff", b"\x89PNG",
     '{"cells": [1], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'],
)  # fmt: skip
@pytest.mark.parametrize("command", ["refresh", "lint"])
def test_other_files_are_refused_in_one_line(tmp_path, capsys, command, content):
    path = tmp_path / "x.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert main([command, str(path)]) == 2
    assert capsys.readouterr().err == f"{path}: not a notebook\n"


@pytest.mark.parametrize("command", ["refresh", "lint"])
def test_missing_files_are_named_before_anything_runs(tmp_path, capsys, command):
    path = tmp_path / "tiny.ipynb"
    write(notebook_of("1 / 0"), path)
    missing = tmp_path / "missing.ipynb"
    assert main([command, str(path), str(missing)]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", f"{missing}: No such file or directory\n")
    assert main([command, str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"{tmp_path}: Is a directory\n"


def test_lint_command_prints_findings(tmp_path, capsys):
    path = tmp_path / NAME
    write(good_notebook(), path)
    assert main(["lint", str(path)]) == 0
    assert capsys.readouterr().out == "1 notebooks, 0 findings\n"
    write(with_counts(1, None, 3), path)
    assert main(["lint", str(path)]) == 1
    assert capsys.readouterr().out == (f"{NAME} cell 3 [not-executed]: has not been run\n1 notebooks, 1 findings\n")


def test_refresh_command_reports_the_failing_cell(tmp_path, capsys):
    path = tmp_path / "tiny.ipynb"
    write(notebook_of("1 / 0"), path)
    assert main(["refresh", str(path)]) == 1
    assert capsys.readouterr().err == f"{path} cell 0: ZeroDivisionError: division by zero\n"


def test_command_line_from_any_folder_without_tensorflow(tmp_path):
    code = (
        "import sys; from helpers.authoring.__main__ import main; main(['lint']); sys.exit('tensorflow' in sys.modules)"
    )
    completed = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert completed.returncode == 0, completed.stderr
    assert f"{len(list((ROOT / 'notebooks').glob('*.ipynb')))} notebooks, " in completed.stdout


def test_read_refuses_with_its_own_error(tmp_path):
    with pytest.raises(NotANotebook, match="missing.ipynb"):
        read(tmp_path / "missing.ipynb")


@pytest.mark.parametrize(
    "links, missing",
    [
        ("[00](00_start.ipynb) [02](02_descent.ipynb)", []),
        ("[00](00_start.ipynb)", ["no link to 02_descent.ipynb"]),
        ("[02](02_descent.ipynb) [03](03_deep.ipynb) `00_start.ipynb`", ["no link to 00_start.ipynb"]),
        ("", ["no link to 00_start.ipynb", "no link to 02_descent.ipynb"]),
    ],
)
def test_a_lesson_links_to_its_neighbours(tmp_path, links, missing):
    for name in ("00_start.ipynb", NAME, "02_descent.ipynb", "03_deep.ipynb", "x.ipynb"):
        (tmp_path / name).touch()
    nb = good_notebook()
    nb.cells.append(new_markdown_cell(f"## Recap\n\n{links}"))
    found = [finding for finding in lint(nb, tmp_path / NAME) if finding.rule == "navigation"]
    assert [finding.message for finding in found] == missing
    assert {finding.cell for finding in found} <= {len(nb.cells) - 1}


@pytest.mark.parametrize("name, missing", [("00_start.ipynb", NAME), ("03_deep.ipynb", "02_descent.ipynb")])
def test_the_first_and_the_last_lesson_have_one_neighbour(tmp_path, name, missing):
    for other in ("00_start.ipynb", NAME, "02_descent.ipynb", "03_deep.ipynb"):
        (tmp_path / other).touch()
    found = [finding for finding in lint(good_notebook(), tmp_path / name) if finding.rule == "navigation"]
    assert [finding.message for finding in found] == [f"no link to {missing}"]


# The course


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_course_notebook_breaks_no_rule(path):
    assert "\n".join(map(str, lint(read(path), path))) == ""


def test_curriculum_ids():
    assert len(IDS) == sum(CURRICULUM.values()) == 76
    assert {"A1", "A18", "E14"} <= IDS and not {"A0", "A19", "F1"} & IDS
