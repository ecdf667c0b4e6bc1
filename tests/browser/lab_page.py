"""What a learner does in JupyterLab, and what they then see: open, run all, drag a slider, look."""

import re
import time

# What JupyterLab shows of the notebook, read from the models behind its page.
CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => ({
    type: cell.model.type,
    source: cell.model.sharedModel.getSource(),
    count: cell.model.executionCount ?? null,
    tags: cell.model.sharedModel.getMetadata("tags") ?? [],
    outputs: cell.model.outputs ? cell.model.outputs.toJSON() : [],
}))"""
SCROLL_TO = "index => window.jupyterapp.shell.currentWidget.content.scrollToItem(index)"
KERNEL_STATUS = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status ?? 'none'"

# A small copy of an <img>'s pixels: enough to tell two frames apart.
THUMBNAIL = """async image => {
    for (let tries = 0; tries < 100; tries++) {
        if (await image.decode().then(() => true, () => false)) break;  // it fails when the next frame comes meanwhile
        await new Promise(requestAnimationFrame);
    }
    const canvas = Object.assign(document.createElement("canvas"), {width: 192, height: 96});
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, 192, 96);
    return Array.from(context.getImageData(0, 0, 192, 96).data);
}"""

# The hash of an <img>'s file: any pixel changes it, even of a thin line.
FRAME = """async image => {
    for (let tries = 0; ; tries++) try {
        const file = await (await fetch(image.src)).arrayBuffer();
        return [...new Uint8Array(await crypto.subtle.digest("SHA-256", file))].join();
    } catch (gone) {  // the next frame came meanwhile
        if (tries === 100) throw gone;
        await new Promise(requestAnimationFrame);
    }
}"""

SECONDS_TO_ANSWER = 20

# What the console may say although nothing is wrong, each with its reason.
HARMLESS = (
    r"ERR_FAILED https://colab\.research\.google\.com/assets/colab-badge\.svg",  # no network: the badge shows its text
)


def unexpected(errors):
    """Return those of a page's errors that are not known to be harmless."""
    return [error for error in errors if not any(re.search(pattern, error) for pattern in HARMLESS)]


def eventually(page, condition, seconds=SECONDS_TO_ANSWER):
    """Whether `condition()` becomes true within `seconds`, by default while a learner would still wait."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        page.wait_for_timeout(100)
    return True


def different(before, after):
    """Whether two pictures differ by more than the noise of a JPEG."""
    return sum(abs(a - b) > 32 for a, b in zip(before, after, strict=True)) > 100


class LabPage:
    """A notebook open in JupyterLab."""

    def __init__(self, page, address):
        """Open the notebook at `address` and wait until its kernel is idle."""
        self.page = page
        page.goto(address)
        page.wait_for_function(f"({KERNEL_STATUS})() === 'idle'", timeout=90_000)
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()

    def cells(self):
        """Return the notebook's cells as they are now: dicts with type, source, count and outputs."""
        return self.page.evaluate(CELLS)

    def run_all(self, seconds):
        """Choose Run ▸ Run All Cells and wait for the end, or for the first error."""
        self.page.locator("#jp-MainMenu").get_by_text("Run", exact=True).click()
        self.page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
        self.wait_until_run(seconds)

    def wait_until_run(self, seconds):
        """Wait until every code cell has run, or one has failed. Raises `TimeoutError`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            code = [cell for cell in self.cells() if cell["type"] == "code" and cell["source"].strip()]
            finished = all(cell["count"] for cell in code) or any(outputs(code, "error"))
            if finished and self.page.evaluate(KERNEL_STATUS) == "idle":
                return
            self.page.wait_for_timeout(500)
        raise TimeoutError(f"the notebook was not at its end after {seconds} s")

    def run_cell(self, index):
        """Run one cell again as a learner does: click beside it, Ctrl+Enter."""
        cell = self.cell(index)
        cell.scroll_into_view_if_needed()
        before = self.cells()[index]["count"]
        cell.locator(".jp-InputPrompt").click()
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(f"({CELLS})()[{index}].count > {before or 0}")

    def cell(self, index):
        """Return the locator of the cell with this number."""
        return self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{index}"]')

    def lab_titles(self):
        """Return the titles of the labs that the notebook shows, in order."""
        return list(dict.fromkeys(title for _, title in self._labs()))

    def lab(self, title):
        """Return the lab with this title, scrolled to."""
        index = [index for index, shown in self._labs() if shown == title][-1]  # one may be shown twice: the last view
        self.page.evaluate(SCROLL_TO, index)  # JupyterLab keeps no page elements for cells far away
        widget = self.page.locator(".jp-OutputArea-output", has=self.page.get_by_text(f"Lab: {title}", exact=True))
        return LabWidget(self.page, widget.last)

    def _labs(self):
        texts = [
            (index, output.get("data", {}).get("text/plain", ""))
            for index, cell in enumerate(self.cells())
            for output in cell["outputs"]
        ]
        return [(index, text.removeprefix("Lab: ")) for index, text in texts if text.startswith("Lab: ")]


class LabWidget:
    """A lab on the page: its controls, its picture and the sentence below."""

    def __init__(self, page, widget):
        self.page, self.widget = page, widget
        self.image = widget.locator("img.widget-image")
        self.image.wait_for()
        widget.scroll_into_view_if_needed()

    def sentence(self):
        """Return the sentence that says what the picture shows."""
        return self.widget.locator(".widget-html-content").last.inner_text()

    def pixels(self):
        """Return the picture's pixels, made small: a flat list."""
        return self.image.evaluate(THUMBNAIL)

    def frame(self):
        """Return the hash of the picture's file."""
        return self.image.evaluate(FRAME)

    def slider(self, description):
        """Return the slider with this description."""
        return Slider(self.page, self.widget.locator(".widget-slider", has=exactly(self.page, description)))

    def dropdown(self, description):
        """Return the `<select>` of the drop-down with this description."""
        return self.widget.locator(".widget-dropdown", has=exactly(self.page, description)).locator("select")

    def checkbox(self, description):
        """Return the box to tick with this description."""
        return self.widget.locator(".widget-checkbox", has_text=description).locator("input")

    def descriptions(self, selector):
        """Return the descriptions of the controls that the CSS `selector` finds in this lab."""
        controls = self.widget.locator(selector).all()
        return [
            control.locator(".widget-label, .widget-label-basic").first.inner_text().strip() for control in controls
        ]

    def press(self, selector):
        """Click the button that the CSS `selector` finds in this lab."""
        self.widget.locator(selector).click()


class Slider:
    """An ipywidgets slider, moved with the mouse."""

    def __init__(self, page, slider):
        self.page, self.slider = page, slider
        slider.scroll_into_view_if_needed()

    def readout(self):
        """Return the number that the slider shows."""
        return self.slider.locator(".widget-readout").inner_text()

    def position(self, share):
        """Return the point at `share` (0 to 1) of the slider's track, in pixels of the page."""
        track = self.slider.locator(".noUi-base").bounding_box()
        return track["x"] + share * track["width"], track["y"] + track["height"] / 2

    def grab(self):
        """Put the mouse on the handle and press its button."""
        box = self.slider.locator(".noUi-handle").bounding_box()
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page.mouse.down()

    def drag(self, share):
        """Drag the handle to `share` of the track and let go."""
        self.grab()
        self.page.mouse.move(*self.position(share), steps=5)
        self.page.mouse.up()


def exactly(page, text):
    """Return the locator of the label that reads `text`."""
    return page.locator(".widget-label").get_by_text(text, exact=True)


def outputs(cells, kind):
    """Return the outputs of type `kind` of all `cells`."""
    return [output for cell in cells for output in cell["outputs"] if output["output_type"] == kind]
