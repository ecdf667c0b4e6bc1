"""The course's rules for a notebook.

A rule is a generator of (cell index, message). Its docstring is the rule; its name is how a finding cites it.
Indices count cells of every kind, from 0; a finding about the notebook as a whole has the index None.
"""

import ast
import builtins
import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from markdown_it import MarkdownIt
from markdown_it.token import Token
from nbformat import NotebookNode

from helpers.authoring.slide_marks import slide_types
from helpers.authoring.template import HEADER, IDS, REPOSITORY, ROOT, colab_link
from helpers.authoring.template import setup_cell as setup_source
from helpers.widget_view import WIDGET_VIEW

MAX_LINES = 15
USUAL_LINES = 10
MEDIAN_LINES = 4
MAX_BYTES = 2_000_000
FORBIDDEN = {
    "interact", "interactive", "interact_manual", "Output", "clear_output",
    "ipympl", "%matplotlib ipympl", "%matplotlib widget",
}  # fmt: skip
LITERALS = (
    ast.Constant, ast.JoinedStr, ast.Tuple, ast.List, ast.Set, ast.Dict,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda,
)  # fmt: skip
LOCAL_PATH = re.compile(rf"/(?:home|root|Users)/|\b[A-Z]:\\+Users\b|{re.escape(str(ROOT))}\b")
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}", re.IGNORECASE)
NBVAL_COMMENT = re.compile(r"^\s*#+\s*(?:NBVAL|PYTEST_VALIDATE)_\w+", re.MULTILINE)
IMG_WITHOUT_ALT = re.compile(r"<img\b(?![^>]*\balt\s*=\s*[\"']?[^\"'\s>])[^>]*>", re.IGNORECASE)

Findings = Iterator[tuple[int | None, str]]


@dataclass(frozen=True)
class Finding:
    """One place where a notebook breaks a rule."""

    notebook: str
    cell: int | None
    rule: str
    message: str

    def __str__(self) -> str:
        where = self.notebook if self.cell is None else f"{self.notebook} cell {self.cell}"
        return f"{where} [{self.rule}]: {self.message}"


def lint(nb: NotebookNode, path: Path) -> list[Finding]:
    """Every rule that `nb`, stored at `path`, breaks."""
    return [
        Finding(path.name, cell, rule.__name__.replace("_", "-"), message)
        for rule in RULES
        for cell, message in rule(nb, path)
    ]


# Reading a notebook


def code_cells(nb: NotebookNode) -> list[tuple[int, NotebookNode]]:
    return [(index, cell) for index, cell in enumerate(nb.cells) if cell.cell_type == "code"]


def markdown_cells(nb: NotebookNode) -> list[tuple[int, NotebookNode]]:
    return [(index, cell) for index, cell in enumerate(nb.cells) if cell.cell_type == "markdown"]


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def line_count(cell: NotebookNode) -> int:
    return sum(1 for line in cell.source.splitlines() if line.strip())


def syntax(cell: NotebookNode) -> ast.Module:
    """The cell's Python, with magics as calls. Raises SyntaxError when it is none."""
    return ast.parse(TransformerManager().transform_cell(cell.source))


def syntax_trees(nb: NotebookNode) -> Iterator[tuple[int, ast.Module]]:
    """The code cells that are Python; `invalid_python` reports the others."""
    for index, cell in code_cells(nb):
        try:
            yield index, syntax(cell)
        except SyntaxError:
            continue


def markdown_tokens(cell: NotebookNode) -> Iterator[Token]:
    for token in MarkdownIt().parse(cell.source):
        yield token
        yield from token.children or ()


def stored_texts(cell: NotebookNode) -> Iterator[str]:
    for output in cell.outputs:
        yield output.get("text", "")
        yield output.get("evalue", "")
        yield from output.get("traceback", [])
        yield from (text for mime, text in output.get("data", {}).items() if mime.startswith("text/"))


# The template


def header(nb: NotebookNode, path: Path) -> Findings:
    """The first cell is text: h1 title, Colab badge, promise, objectives as a bullet list, time, what one needs."""
    if not nb.cells or nb.cells[0].cell_type != "markdown":
        yield 0, "the notebook does not begin with text"
        return
    tokens = list(markdown_tokens(nb.cells[0]))
    if not any(token.type == "heading_open" and token.tag == "h1" for token in tokens):
        yield 0, "no h1 title"
    badge = colab_link(path.name, REPOSITORY)
    if not any(token.attrs.get("href") == badge for token in tokens):
        yield 0, f"no Colab badge with a link to {badge}"
    if not any(token.type == "bullet_list_open" for token in tokens):
        yield 0, "no bullet list of objectives"
    if not HEADER.match(nb.cells[0].source):
        yield 0, "title, badge, promise, **Time:** about … minutes and **You need:** …, are not there in this order"


def setup_cell(nb: NotebookNode, path: Path) -> Findings:
    """The first code cell, and no other, is tagged `setup` and is the template's, byte for byte."""
    setups = [index for index, cell in code_cells(nb) if "setup" in tags(cell)]
    if setups != [index for index, _ in code_cells(nb)][:1] or not setups:
        yield None, "the first code cell, and no other, must be tagged 'setup'"
    for index in setups:
        if nb.cells[index].source != setup_source(REPOSITORY):
            yield index, "differs from the setup cell in helpers/authoring/template.py"


def course_metadata(nb: NotebookNode, path: Path) -> Findings:
    """`metadata.course` has the file name's number as `lesson` and, in `teaches`, the ids tagged on cells."""
    course = nb.metadata.get("course")
    if not isinstance(course, dict):
        yield None, "no metadata.course"
        return
    lesson, teaches = course.get("lesson"), course.get("teaches")
    if not (isinstance(lesson, str) and lesson.isdigit() and path.name.startswith(f"{lesson}_")):
        yield None, f"metadata.course.lesson is {lesson!r}, not the number that the file name begins with"
    if not (isinstance(teaches, list) and teaches and all(isinstance(name, str) for name in teaches)):
        yield None, "metadata.course.teaches is not a list of curriculum ids"
        return
    for unknown in sorted(set(teaches) - IDS):
        yield None, f"metadata.course.teaches has {unknown!r}, which is no id of the curriculum"
    marks = [tag for cell in nb.cells for tag in tags(cell) if tag.startswith("teaches:")]
    shown = {mark.removeprefix("teaches:") for mark in marks}
    for missing in sorted(set(teaches) - shown):
        yield None, f"teaches {missing}, but no cell is tagged 'teaches:{missing}'"
    for unlisted in sorted(shown - set(teaches)):
        yield None, f"a cell is tagged 'teaches:{unlisted}', which metadata.course.teaches does not list"


def navigation(nb: NotebookNode, path: Path) -> Findings:
    """The last cell links to the lesson before and to the lesson after, as far as there are such."""
    names = sorted(file.name for file in path.parent.glob("[0-9][0-9]_*.ipynb"))
    place = names.index(path.name) if path.name in names else 0
    around = names[max(place - 1, 0) : place + 2]
    linked = {token.attrs.get("href") for token in markdown_tokens(nb.cells[-1])} if nb.cells else set()
    for name in around:
        if name not in {path.name, *linked}:
            yield len(nb.cells) - 1, f"no link to {name}"


def slides(nb: NotebookNode, path: Path) -> Findings:
    """Every cell has the mark, where it stands in a lecture, that helpers/authoring/slide_marks.py gives it."""
    for index, (cell, slide_type) in enumerate(zip(nb.cells, slide_types(nb))):
        marked = cell.metadata.get("slideshow", {}).get("slide_type", "-")
        if marked != slide_type:
            yield index, f"slide type {marked!r}, not {slide_type!r}: run `python -m helpers.authoring mark`"


# Text


def headings(nb: NotebookNode, path: Path) -> Findings:
    """The first heading is the only h1, and no heading skips a level."""
    level = 0
    for index, cell in markdown_cells(nb):
        for token in markdown_tokens(cell):
            if token.type == "heading_open":
                previous, level = level, int(token.tag[1])
                if previous and level == 1:
                    yield index, "an h1 that is not the first heading"
                elif previous and level > previous + 1:
                    yield index, f"an h{level} follows an h{previous}"
                elif not previous and level > 1:
                    yield index, f"the first heading is an h{level}"


def alt_text(nb: NotebookNode, path: Path) -> Findings:
    """Every picture in the text has alt text."""
    for index, cell in markdown_cells(nb):
        for token in markdown_tokens(cell):
            if token.type == "image" and not token.content.strip():
                yield index, f"{token.attrs['src'][:60]} has no alt text"
            elif token.type in {"html_inline", "html_block"}:
                for picture in IMG_WITHOUT_ALT.findall(token.content):
                    yield index, f"{picture[:60]} has no alt text"


# Code


def cell_too_long(nb: NotebookNode, path: Path) -> Findings:
    """No code cell has over 15 lines; blank lines do not count."""
    for index, cell in code_cells(nb):
        if line_count(cell) > MAX_LINES:
            yield index, f"{line_count(cell)} lines, at most {MAX_LINES}"


def long_cells_too_many(nb: NotebookNode, path: Path) -> Findings:
    """Nine of ten code cells have at most 10 lines."""
    counts = [line_count(cell) for _, cell in code_cells(nb)]
    long = sum(1 for count in counts if count > USUAL_LINES)
    if 10 * long > len(counts):
        yield None, f"{long} of {len(counts)} code cells have over {USUAL_LINES} lines, one in ten may"


def median_too_long(nb: NotebookNode, path: Path) -> Findings:
    """The median code cell has at most 4 lines."""
    counts = [line_count(cell) for _, cell in code_cells(nb)]
    if counts and statistics.median(counts) > MEDIAN_LINES:
        yield None, f"the median code cell has {statistics.median(counts):g} lines, at most {MEDIAN_LINES}"


def text_before_code(nb: NotebookNode, path: Path) -> Findings:
    """A code cell directly follows text; one that only reveals, checks or hints may follow a code cell."""
    trees = dict(syntax_trees(nb))
    for index, _ in code_cells(nb):
        previous = nb.cells[index - 1] if index else None
        after_text = previous and previous.cell_type == "markdown" and previous.source.strip()
        after_code = previous and previous.cell_type == "code"
        if not after_text and not (after_code and index in trees and answers_only(trees[index])):
            yield index, "no text directly before it"


def answers_only(tree: ast.Module) -> bool:
    return bool(tree.body) and all(is_answer(statement) for statement in tree.body)


def is_answer(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(ast.Call(ast.Name("reveal"))):
            return True
        case ast.Expr(ast.Call(ast.Attribute(ast.Attribute(ast.Name("ex"), question), "check" | "hint"))):
            return re.fullmatch(r"q\d+", question) is not None
    return False


def invalid_python(nb: NotebookNode, path: Path) -> Findings:
    """A code cell is valid Python unless it is tagged `raises-exception`."""
    for index, cell in code_cells(nb):
        try:
            syntax(cell)
        except SyntaxError as error:
            if "raises-exception" not in tags(cell):
                yield index, f"{error}"


def forbidden_name(nb: NotebookNode, path: Path) -> Findings:
    """No code uses `interact`, `Output`, `clear_output` or ipympl: they flicker, hide errors, break nbval."""
    for index, tree in syntax_trees(nb):
        used = set().union(*map(names, ast.walk(tree)))
        for name in sorted(FORBIDDEN & used):
            yield index, f"uses {name}"


def names(node: ast.AST) -> set[str]:
    """What `node` itself, without its children, names."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return {name}
        case ast.alias(name=name) | ast.ImportFrom(module=str(name)):
            return set(name.split("."))
        case ast.Call(ast.Attribute(attr="run_line_magic"), [ast.Constant("matplotlib"), ast.Constant(name)]):
            return {f"%matplotlib {name}"}
    return set()


def claim_cannot_fail(nb: NotebookNode, path: Path) -> Findings:
    """A claim is a literal sentence and an evidence that depends on something the code computed."""
    for index, tree in syntax_trees(nb):
        for node in ast.walk(tree):
            match node:
                case ast.Call(ast.Name("claim") | ast.Attribute(attr="claim"), arguments):
                    yield from ((index, problem) for problem in claim_problems(arguments))


def is_string(node: ast.expr) -> bool:
    match node:
        case ast.Constant(str()) | ast.JoinedStr():
            return True
    return False


def computed(expression: ast.expr) -> bool:
    """Whether the expression names something of the notebook's own; Python's functions alone say always the same."""
    named = {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}
    return bool(named - set(dir(builtins)))


def claim_problems(arguments: list[ast.expr]) -> Iterator[str]:
    match arguments:
        case [sentence, evidence]:
            if not is_string(sentence):
                yield f"line {sentence.lineno}: the sentence is no string literal"
            if isinstance(evidence, LITERALS) or not computed(evidence):
                yield f"line {evidence.lineno}: {ast.unparse(evidence)} is always the same"
        case _:
            yield f"a claim is a sentence and its evidence, not {len(arguments)} positional arguments"


def answer_written_down(nb: NotebookNode, path: Path) -> Findings:
    """What `reveal` shows as the answer to a bet depends on something the code computed."""
    for index, tree in syntax_trees(nb):
        for node in ast.walk(tree):
            match node:
                case ast.Call(ast.Name("reveal") | ast.Attribute(attr="reveal"), arguments, keywords):
                    named = [keyword.value for keyword in keywords if keyword.arg == "answer"]
                    for answer in arguments[1:] + named:
                        if not computed(answer):
                            yield index, f"line {answer.lineno}: {ast.unparse(answer)} is always the same"


# Outputs


def not_executed(nb: NotebookNode, path: Path) -> Findings:
    """Every code cell has been run."""
    for index, cell in code_cells(nb):
        if cell.execution_count is None:
            yield index, "has not been run"


def execution_order(nb: NotebookNode, path: Path) -> Findings:
    """Code cells were run once each, from top to bottom."""
    for expected, (index, cell) in enumerate(code_cells(nb), start=1):
        if cell.execution_count not in {None, expected}:
            yield index, f"execution count {cell.execution_count}, not {expected}"


def stored_stderr(nb: NotebookNode, path: Path) -> Findings:
    """No warning or log line is stored."""
    for index, cell in code_cells(nb):
        if any(output.get("name") == "stderr" for output in cell.outputs):
            yield index, "stores stderr output"


def stored_error(nb: NotebookNode, path: Path) -> Findings:
    """An error is stored only where the cell is tagged `raises-exception`."""
    for index, cell in code_cells(nb):
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in tags(cell):
                yield index, f"stores {output.ename}: {output.evalue}"


def stored_widget(nb: NotebookNode, path: Path) -> Findings:
    """Neither a widget's state nor its view is stored: without a kernel they hide the still picture."""
    if "widgets" in nb.metadata:
        yield None, "metadata.widgets is stored"
    for index, cell in code_cells(nb):
        if any(WIDGET_VIEW in output.get("data", {}) for output in cell.outputs):
            yield index, f"stores {WIDGET_VIEW}"


def stored_local_path(nb: NotebookNode, path: Path) -> Findings:
    """No output shows a path of the author's machine."""
    for index, cell in code_cells(nb):
        if match := first_match(LOCAL_PATH, cell):
            yield index, f"an output shows {match}"


def stored_address(nb: NotebookNode, path: Path) -> Findings:
    """No output shows the memory address of an object."""
    for index, cell in code_cells(nb):
        if match := first_match(ADDRESS, cell):
            yield index, f"an output shows {match}"


def first_match(pattern: re.Pattern, cell: NotebookNode) -> str | None:
    return next((match[0] for text in stored_texts(cell) if (match := pattern.search(text))), None)


def file_too_large(nb: NotebookNode, path: Path) -> Findings:
    """The file has less than 2 MB."""
    size = len(nbformat.writes(nb).encode())
    if size >= MAX_BYTES:
        yield None, f"{size / 1e6:.1f} MB, must be under {MAX_BYTES / 1e6:.0f} MB"


def nbval_bypassed(nb: NotebookNode, path: Path) -> Findings:
    """A cell whose output nbval ignores is tagged with a reason; none is skipped, or steered by a comment."""
    for index, cell in code_cells(nb):
        reasons = [tag for tag in tags(cell) if re.fullmatch(r"reason:[\w-]+", tag)]
        if "nbval-ignore-output" in tags(cell) and not reasons:
            yield index, "nbval-ignore-output needs a tag like 'reason:timing'"
        if "nbval-skip" in tags(cell):
            yield index, "nbval-skip leaves the cell untested"
        if comment := NBVAL_COMMENT.search(cell.source):
            yield index, f"{comment[0].strip()}: use a tag"


RULES = [
    header,
    setup_cell,
    course_metadata,
    navigation,
    slides,
    headings,
    alt_text,
    cell_too_long,
    long_cells_too_many,
    median_too_long,
    text_before_code,
    invalid_python,
    forbidden_name,
    claim_cannot_fail,
    answer_written_down,
    not_executed,
    execution_order,
    stored_stderr,
    stored_error,
    stored_widget,
    stored_local_path,
    stored_address,
    file_too_large,
    nbval_bypassed,
]
