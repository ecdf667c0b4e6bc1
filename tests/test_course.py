"""The course as a whole: the curriculum is covered, and whatever lists the lessons lists them as they are."""

import configparser
import re

import pytest

from helpers.authoring.refresh import normalise, read
from helpers.authoring.template import IDS, ROOT

NOTEBOOKS = {path.name: read(path) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
LESSONS = {name: nb for name, nb in NOTEBOOKS.items() if not name.startswith("00_")}
LINK = re.compile(r"\[([^\]]+)\]\((?:notebooks/)?(\d\d_\w+\.ipynb)\)")

each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


def title(name):
    """A notebook's title without its number."""
    return re.match(r"# \d\d · (.+)", NOTEBOOKS[name].cells[0].source)[1]


def minutes(name):
    """How long a notebook says it takes."""
    return int(re.search(r"\*\*Time:\*\* about (\d+) minutes", NOTEBOOKS[name].cells[0].source)[1])


def table_of_lessons(text):
    """The rows of the table of lessons in a text: file name → (title, question, minutes)."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")]
    found = {}
    for _, lesson, question, time, *_ in (row for row in rows if LINK.search(row[1])):
        words, name = LINK.search(lesson).groups()
        found[name] = (words, question, int(time))
    return found


def map_of_lessons():
    """The table of lessons in lesson 00."""
    return table_of_lessons("\n".join(cell.source for cell in NOTEBOOKS["00_start_here.ipynb"].cells))


def test_every_line_of_the_curriculum_is_taught():
    taught = {name for nb in NOTEBOOKS.values() for name in nb.metadata.course.teaches}
    assert sorted(IDS - taught) == []
    assert sorted(taught - IDS) == []


def test_lessons_are_numbered_without_a_gap():
    assert [int(name[:2]) for name in NOTEBOOKS] == list(range(len(NOTEBOOKS)))


@each_notebook
def test_titles_carry_the_number_of_the_file(name):
    assert NOTEBOOKS[name].cells[0].source.startswith(f"# {name[:2]} · ")


@each_notebook
def test_links_to_other_lessons_lead_somewhere_and_name_what_is_there(name):
    text = "\n".join(cell.source for cell in NOTEBOOKS[name].cells if cell.cell_type == "markdown")
    for words, target in LINK.findall(text):
        assert target in NOTEBOOKS
        assert words in {title(target), f"{target[:2]} · {title(target)}"}


def test_readme_and_lesson_00_list_every_lesson_as_it_is():
    listed = table_of_lessons((ROOT / "README.md").read_text(encoding="utf-8"))
    as_they_are = {name: (title(name), minutes(name)) for name in NOTEBOOKS}
    assert {name: (words, time) for name, (words, _, time) in listed.items()} == as_they_are
    del listed["00_start_here.ipynb"]
    assert map_of_lessons() == listed


def teachers_tables():
    """The tables of TEACHING.md: heading of the lesson → section → (minutes, the rest of its row)."""
    parts = re.split(r"^## (?=\d\d · )", (ROOT / "TEACHING.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    row = re.compile(r"^\| ([^|]+) \| (\d+) \| (.+) \|$", re.MULTILINE)
    return {part.splitlines()[0]: {name: (int(time), rest) for name, time, rest in row.findall(part)} for part in parts}


def reckoned(name):
    """A notebook's sections, without exercises and recap: heading → minutes, by the rule that TEACHING.md tells."""
    times, section = {}, None
    for cell in NOTEBOOKS[name].cells:
        if cell.cell_type == "markdown":
            for part in re.split(r"^(?=## )", cell.source, flags=re.MULTILINE):
                section = part.partition("\n")[0].removeprefix("## ").replace("`", "") if part[:3] == "## " else section
                times[section] = times.get(section, 0) + len(part.split()) / 170
        else:
            printed = sum(min(len(output.get("text", "").split()), 150) for output in cell.outputs)
            figures = sum("image/png" in output.get("data", {}) for output in cell.outputs)
            bets, labs = cell.source.count("predict("), len(re.findall(r"\blabs\.\w+\(", cell.source))
            lines = len(cell.source.splitlines())
            times[section] += printed / 170 + lines / 10 + figures / 2 + bets + 3 * labs
    return {section: time for section, time in times.items() if section not in (None, "Exercises", "Recap")}


@each_notebook
def test_the_teachers_page_goes_through_every_section_in_the_minutes_of_the_lesson(name):
    text = "\n".join(cell.source for cell in NOTEBOOKS[name].cells)
    table, expected = teachers_tables()[f"{name[:2]} · {title(name)}"], reckoned(name)
    assert list(table) == list(expected)
    assert {section: time for section, (time, _) in table.items() if abs(time - expected[section]) > 1} == {}
    assert abs(sum(time for time, _ in table.values()) - minutes(name)) <= 2.5  # the lesson rounds to five
    bets = re.findall(r"Bets? ([\d.]+)(?: and ([\d.]+))?", " ".join(rest for _, rest in table.values()))
    assert {bet for pair in bets for bet in pair if bet} == set(re.findall(r'predict\("([\d.]+)"', text))


def minutes_in_class(part):
    """The minutes of `NN`, `NN "A", "B" to "C"` or `NN to "C"`: a lesson, or sections of it."""
    name = next(name for name in NOTEBOOKS if name.startswith(part[:2]))
    table = {section: time for section, (time, _) in teachers_tables()[f"{name[:2]} · {title(name)}"].items()}
    if part == part[:2]:
        return sum(table.values())
    sections, taken = list(table), 0
    for first, last, alone in re.findall(r'(?:"([^"]+)" )?to "([^"]+)"|"([^"]+)"', part):
        begin = sections.index(alone or first) if alone or first else 0
        taken += sum(table[section] for section in sections[begin : sections.index(alone or last) + 1])
    return taken


def test_the_schedules_leave_a_seventh_of_their_90_minutes_free():
    text = (ROOT / "TEACHING.md").read_text(encoding="utf-8").partition("## Schedules")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (?:\d|\d+:\d\d – \d+:\d\d) \| ([^|]+) \| (\d+) \|", text, re.MULTILINE)
    assert len(rows) == 8
    for plan, stated in rows:
        assert sum(minutes_in_class(part) for part in plan.split("; ")) == int(stated) <= 77, plan


@each_notebook
def test_every_claim_holds_in_the_stored_outputs(name):
    printed = "".join(out.get("text", "") for cell in NOTEBOOKS[name].cells for out in cell.get("outputs", []))
    assert [
        line for line in printed.splitlines() if re.match(r"✗ (?!\d+\.\d)", line)
    ] == []  # a number: an exercise's answer


@each_notebook
def test_nothing_is_stored_that_refresh_would_strip(name):
    assert normalise(NOTEBOOKS[name]) == NOTEBOOKS[name]


def masked(text):
    """The text as nbval compares it."""
    rules = configparser.ConfigParser(interpolation=None)
    rules.read(ROOT / "tests" / "nbval_sanitize.cfg", encoding="utf-8")
    for rule in rules.sections():
        text = re.sub(rules[rule]["regex"], rules[rule]["replace"], text)
    return text


@pytest.mark.parametrize(
    "here, elsewhere, alike",
    [
        ("loss: ≈ 0.25 ≈ −1.5 ≈ 1,200", "loss: ≈ 0.3 ≈ 2 ≈ 7", True),
        ("step ≈ 1e-05, then", "step ≈ 0.001, then", True),
        ("error   ≈ 9.7%", "error  ≈ 10.1%", True),  # a column of a table, its numbers to the right
        ("≈ 9.7 s, 3 of 4", "≈ 9.7 s, 2 of 4", False),
        ("≈ 9.7%", "≈ 9.7 s", False),
        ("accuracy 0.9", "accuracy 0.8", False),
    ],
)
def test_only_what_stands_behind_the_sign_is_not_compared(here, elsewhere, alike):
    assert (masked(here) == masked(elsewhere)) == alike
