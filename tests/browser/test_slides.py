"""The lectures in a real browser, on the 1280 × 720 of a projector: they open alone, and nothing runs off a slide."""

import io

import numpy as np
import pytest
from PIL import Image

from helpers.authoring.__main__ import main
from helpers.authoring.refresh import read
from helpers.authoring.template import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
WIDTH, HEIGHT = 1280, 720
SMALLEST = 11  # pixels, on a picture 720 high

# Goes through the slides and measures each while it is shown.
LOOK = """() => Array.from({length: Reveal.getTotalSlides()}, (_, number) => {
    if (number) Reveal.next();
    const slide = Reveal.getCurrentSlide(), parts = [...slide.querySelectorAll("*")];
    const written = parts.filter(part => [...part.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
    const size = part => parseFloat(getComputedStyle(part).fontSize) * part.currentCSSZoom;
    const box = part => {
        const range = document.createRange();  // of the text itself, which may be wider than the box around it
        range.selectNodeContents(part);
        return part.tagName === "IMG" ? part.getBoundingClientRect() : range.getBoundingClientRect();
    };
    return {
        text: slide.textContent.trim(),
        pictures: slide.querySelectorAll("img").length,
        right: Math.max(...parts.map(part => box(part).right)),
        bottom: Math.max(...parts.map(part => box(part).bottom)),
        smallest: Math.min(99, ...written.map(size)),
    };
})"""


@pytest.fixture(scope="module")
def lectures(browser, tmp_path_factory):
    """The folder with the lectures."""
    folder = tmp_path_factory.mktemp("slides")
    assert main(["slides", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def lecture(request, lectures, new_page):
    """A lecture, open: its notebook is in `page.notebook`, the addresses it asked for in `page.asked`."""
    page = new_page()
    page.asked, page.notebook = [], read(request.param)
    page.on("request", lambda asked: page.asked.append(asked.url))
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto((lectures / f"{request.param.stem}.html").as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    page.slides = page.evaluate(LOOK)
    return page


def test_the_file_is_enough(lecture):
    assert len({address for address in lecture.asked if not address.startswith("data:")}) == 1
    assert lecture.errors == []


def test_nothing_runs_off_a_slide_or_is_too_small_to_read(lecture):
    for number, slide in enumerate(lecture.slides, start=1):
        assert slide["right"] <= WIDTH and slide["bottom"] <= HEIGHT, f"slide {number}: {slide}"
        assert slide["smallest"] >= SMALLEST, f"slide {number}: {slide}"


def test_no_slide_is_empty(lecture):
    assert [number for number, slide in enumerate(lecture.slides) if not slide["text"] and not slide["pictures"]] == []


def test_the_whole_lesson_is_told_but_for_the_setup_and_the_answers(lecture):
    told = "".join("".join(slide["text"] for slide in lecture.slides).split())
    for cell in lecture.notebook.cells:
        if cell.cell_type == "code":
            hidden = "setup" in cell.metadata.get("tags", []) or "ex.q" in cell.source
            assert ("".join(cell.source.split()) in told) != hidden, cell.source
    stored = [out for cell in lecture.notebook.cells for out in cell.get("outputs", [])]
    pictures = sum("image/png" in out.get("data", {}) for out in stored)
    assert sum(slide["pictures"] for slide in lecture.slides) == pictures


def test_a_projector_shows_the_whole_lab(lecture, shoot):
    number = next(number for number, slide in enumerate(lecture.slides) if slide["pictures"])
    lecture.evaluate("Reveal.slide(0)")
    for _ in range(number):
        lecture.evaluate("Reveal.next()")
    shoot(lecture, f"slides_{lecture.notebook.metadata.course.lesson}")
    pixels = np.asarray(Image.open(io.BytesIO(lecture.screenshot())).convert("L"))
    edge = np.concatenate([pixels[:20].ravel(), pixels[:-10, :40].ravel(), pixels[-30:-10, :1100].ravel()])
    assert pixels.shape == (HEIGHT, WIDTH) and pixels[40:-40, 60:-60].min() < 100
    assert edge.min() > 240  # nothing is cut at the window's edges
