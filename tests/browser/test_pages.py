"""The static site in a real browser: nothing is fetched, nothing is clipped, nobody is kept out."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from helpers.authoring.site import export
from helpers.authoring.template import ROOT

PAGES = ["index.html", *sorted(f"{path.stem}.html" for path in (ROOT / "notebooks").glob("*.ipynb"))]
WIDE, NARROW = 1000, 390  # a small window, a telephone


@pytest.fixture(scope="module")
def site(browser, tmp_path_factory):
    """The folder with the exported pages."""
    folder = tmp_path_factory.mktemp("site")
    export(folder)
    return folder


@pytest.fixture(scope="module", params=PAGES)
def page(request, site, new_page):
    """A page of the site, open; the addresses it asked for are in `page.asked`."""
    opened = new_page()
    opened.asked = []
    opened.on("request", lambda asked: opened.asked.append(asked.url))
    opened.goto((site / request.param).as_uri(), wait_until="load")
    return opened


def test_the_page_asks_for_nothing_but_itself_and_its_style_sheet(page, site):
    fetched = {address for address in page.asked if not address.startswith("data:")}
    assert fetched == {page.url, (site / "style.css").as_uri()}
    assert page.errors == []


def test_every_picture_is_shown(page):
    pictures = page.locator("img")
    assert pictures.count() > 0 or page.url.endswith("index.html")
    assert all(pictures.evaluate_all("all => all.map(image => image.complete && image.naturalWidth > 0)"))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_nothing_is_wider_than_the_window(page, width, shoot):
    page.set_viewport_size({"width": width, "height": 900})
    shoot(page, f"page_{page.url.rpartition('/')[2]}_{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_nothing_serious(page):
    page.set_viewport_size({"width": NARROW, "height": 900})  # where most boxes scroll
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [
        f"{finding['id']}: {node['html'][:200]}"
        for finding in found
        if finding["impact"] in {"serious", "critical"}
        for node in finding["nodes"]
    ] == []


def test_the_first_tab_leads_past_the_navigation(site, new_page):
    page = new_page()
    page.goto((site / PAGES[-1]).as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"
