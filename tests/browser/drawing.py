"""Drawing on the pad as a learner does, by mouse and by finger."""

import pytest

INKED = """canvas => {
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let inked = 0;
    for (let i = 0; i < data.length; i += 4) inked += data[i + 3] > 200 && data[i] < 60;
    return inked / canvas.width / canvas.height;
}"""


class Drawing:
    """A pad on a page: `canvas` is its locator."""

    def __init__(self, page, canvas):
        self.page, self.canvas = page, canvas
        self.touching = page.context.new_cdp_session(page)

    def at(self, x, y):
        """Return the point at the shares x, y of the pad, in pixels of the page."""
        box = self.canvas.bounding_box()
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def by_mouse(self, *places):
        """Draw one stroke, the mouse stopping at each place for a frame."""
        self.page.mouse.move(*self.at(*places[0]))
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*self.at(*place))
            self.frame()
        self.page.mouse.up()
        self.frame()

    def touch(self, kind, *places):
        """Send one touch event with a finger at each place, numbered in order."""
        points = [dict(zip("xy", self.at(*place)), id=finger) for finger, place in enumerate(places)]
        self.touching.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        self.frame()

    def by_finger(self, *places):
        """Draw one stroke with a finger."""
        self.touch("touchStart", places[0])
        for place in places[1:]:
            self.touch("touchMove", place)
        self.touch("touchEnd")

    def frame(self):
        """Wait until the browser has drawn twice."""
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def inked(self):
        """Return the share of the pad that is black."""
        return self.canvas.evaluate(INKED)


def near(places):
    """Places that may be off by the width of a pixel."""
    return [pytest.approx(list(place), abs=0.006) for place in places]
