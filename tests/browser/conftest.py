"""Fixtures of the browser tests: Chromium, a JupyterLab server, a page whose errors are kept."""

import os
import re
from pathlib import Path

import pytest
from chromium import NoBrowser, chromium
from course_server import serve


@pytest.fixture(scope="module")  # not "session": while Playwright runs, no other test can start an event loop
def browser():
    """A Chromium; without one the tests are skipped, or fail where REQUIRE_BROWSER=1 is set."""
    try:
        with chromium() as browser:
            yield browser
    except NoBrowser as error:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(f"REQUIRE_BROWSER=1, but {error}")
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory):
    """A JupyterLab server on a copy of the course."""
    with serve(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="module")
def new_page(browser):
    """A function that opens an empty page which reaches this machine only; its errors are in `page.errors`."""
    contexts = []

    def open_page():
        context = browser.new_context(viewport={"width": 1400, "height": 1300})
        contexts.append(context)
        context.route(re.compile(r"^https?://(?!127\.0\.0\.1[:/])"), lambda route: route.abort())
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.errors = []
        page.on("console", lambda message: keep_errors(page, message))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()


def keep_errors(page, message):
    """Add a console message of level error, with the address it is about, to `page.errors`."""
    if message.type == "error":
        page.errors.append(f"{message.text} {message.location['url']}")


@pytest.fixture(scope="session")
def shoot():
    """A function that keeps a screenshot of a page or element where the environment variable SCREENSHOTS points."""
    folder = os.environ.get("SCREENSHOTS")

    def keep(what, name):
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            what.screenshot(path=Path(folder) / f"{name}.png")

    return keep
