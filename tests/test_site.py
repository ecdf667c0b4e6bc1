"""site: the lessons as pages that need no kernel, no script and no network."""

import re
from html.parser import HTMLParser

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers import figures
from helpers.authoring.__main__ import main
from helpers.authoring.refresh import read, write
from helpers.authoring.site import FIGURES, NoHeader, for_reading, header
from helpers.authoring.template import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LOADING = {"src", "srcset", "poster", "data"}  # attributes that make a browser fetch something


class Page(HTMLParser):
    """What a page links to, what it loads, its pictures, its anchors, its headings."""

    def __init__(self, path):
        super().__init__()
        self.path, self.tags, self.text = path, [], path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def links(self):
        return [attributes["href"] for tag, attributes in self.tags if tag == "a" and "href" in attributes]

    def loaded(self):
        named = [attributes[name] for _, attributes in self.tags for name in LOADING & attributes.keys()]
        linked = [attributes["href"] for tag, attributes in self.tags if tag == "link"]
        return named + linked + re.findall(r"url\([^)]+\)|@import\s+\S+", self.text)

    def pictures(self):
        return [attributes for tag, attributes in self.tags if tag == "img"]

    def anchors(self):
        return {attributes["id"] for _, attributes in self.tags if "id" in attributes}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The exported pages: file name → Page, the index first."""
    folder = tmp_path_factory.mktemp("site")
    assert main(["site", str(folder)]) == 0
    return {path.name: Page(path) for path in (folder / "index.html", *sorted(folder.glob("[0-9]*.html")))}


def bundles(path):
    """Return what the notebook's cells display: the stored bundles, MIME type → content."""
    return [output["data"] for cell in read(path).cells for output in cell.get("outputs", []) if "data" in output]


def test_every_lesson_has_its_page_and_its_row_in_the_index(site):
    names = [f"{path.stem}.html" for path in NOTEBOOKS]
    assert list(site) == ["index.html", *names]
    assert site["index.html"].links() == names


def test_the_site_is_these_pages_and_their_style_and_everyone_may_read_it(site):
    folder = site["index.html"].path.parent
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes == dict.fromkeys([*site, "style.css"], 0o644)


def test_the_index_says_what_the_notebooks_headers_say(site):
    rows = re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", site["index.html"].text, re.DOTALL)
    for path, row in zip(NOTEBOOKS, rows, strict=True):
        head = read(path).cells[0].source
        cells = [re.sub(r"<[^>]+>|`", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        title, promise, minutes, needs = (cell.replace("&quot;", '"').replace("&#39;", "'") for cell in cells)
        assert f"# {title}\n" in head and promise in head.replace("`", "")
        assert f"about {minutes} minutes" in head and f"**You need:** {needs}." in head


def test_no_page_loads_anything_but_its_style_sheet(site):
    for page in site.values():
        loaded = [address for address in page.loaded() if not address.startswith("data:")]
        assert loaded == ["style.css"], page.path.name
        assert not any(tag in {"script", "iframe", "object", "embed"} for tag, _ in page.tags)
        assert (page.path.parent / "style.css").read_text(encoding="utf-8").count("url(") == 0


def test_every_internal_link_leads_somewhere(site):
    for page in site.values():
        for link in page.links():
            if not re.match(r"https?://", link):
                file, _, anchor = link.partition("#")
                target = site[file] if file else page  # KeyError: there is no such page
                assert not anchor or anchor in target.anchors(), f"{page.path.name}: {link}"


def test_lessons_link_to_their_neighbours(site):
    names = list(site)[1:]
    for before, after in zip(names, names[1:]):
        assert after in site[before].links() and before in site[after].links()


def test_every_lab_has_its_still_picture_and_says_what_it_shows(site):
    for path in NOTEBOOKS:
        alternatives = [picture["alt"] for picture in site[f"{path.stem}.html"].pictures()]
        shown = [text for bundle in bundles(path) if (text := bundle.get("text/plain", "")).startswith("Lab: ")]
        assert shown and [text.split(", in “")[0] for text in alternatives if text.startswith("Lab: ")] == shown


def test_every_picture_is_there_and_has_an_alternative_that_names_its_place(site):
    for path in NOTEBOOKS:
        pictures = site[f"{path.stem}.html"].pictures()
        stored = [bundle for bundle in bundles(path) if "image/png" in bundle]
        assert len(pictures) == len(stored)
        for picture in pictures:
            assert re.match(r"(Figure|Lab: .+), in “.+”\.", picture["alt"]), f"{path.name}: {picture['alt']}"


def test_a_figures_alternative_gives_the_names_in_its_call():
    nb = for_reading(read(ROOT / "notebooks" / "05_early_stopping.ipynb"))
    outputs = [output for cell in nb.cells for output in cell.get("outputs", [])]
    alternatives = [output.metadata.alt for output in outputs if "alt" in output.get("metadata", {})]
    assert "Figure, in “Can a network learn too much?”. Curves: training loss; validation loss." in alternatives
    assert any(text.startswith("Lab: Stop!, in “Lab: Stop!”. Slide EarlyStopping's") for text in alternatives)


def test_a_cell_that_shows_a_syntax_error_has_its_page_too():
    nb = read(ROOT / "notebooks" / "05_early_stopping.ipynb")
    nb.cells.append(new_code_cell("layers = = 3", metadata={"tags": ["raises-exception"]}))
    assert for_reading(nb).cells[-1].source == "layers = = 3"


def test_every_figure_has_words_for_its_alternative():
    assert set(FIGURES) == {name for name in vars(figures) if name.startswith("show_")}


def test_pages_name_their_language_and_their_title(site):
    for name, page in site.items():
        assert ("html", {"lang": "en"}) in page.tags
        assert re.search(r"<title>(\d\d · .+ · )?Hidden Layers</title>", page.text), name


def test_a_first_cell_that_lacks_something_is_told_with_what_is_allowed():
    nb = new_notebook(cells=[new_markdown_cell("# My lesson\n\nNo badge.")])
    with pytest.raises(NoHeader, match=r"begins with '# My lesson.* allowed is a title, the Colab badge"):
        header(nb)


@pytest.mark.parametrize("command", ["site", "slides"])
def test_what_cannot_be_written_or_read_is_told_in_one_line(tmp_path, monkeypatch, capsys, command):
    file = tmp_path / "taken"
    file.write_text("")
    assert main([command, str(file)]) == 2
    assert capsys.readouterr().err.endswith(f"{str(file)!r}\n")

    monkeypatch.setattr(f"helpers.authoring.{command}.ROOT", tmp_path)
    (tmp_path / "notebooks").mkdir()
    nb = new_notebook(cells=[new_markdown_cell("# My lesson\n\nNo badge.")])
    write(nb, tmp_path / "notebooks" / "09_mine.ipynb")
    assert main([command, str(tmp_path / command)]) == 1
    assert capsys.readouterr().err.startswith("the first cell begins with '# My lesson")
