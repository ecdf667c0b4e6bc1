"""The pad's JavaScript alone, without Jupyter: drawn on by mouse and by finger on a plain page."""

import pytest
from course_server import ROOT
from drawing import Drawing, near

SOURCE = ROOT / "helpers" / "labs" / "pad.js"

# A model as anywidget hands it to a widget's code, which keeps what it is told to send.
OPEN = """async ([source, strokes]) => {
    const traits = {strokes, pen: 0.08}, listeners = new Set();
    const changed = () => listeners.forEach(listener => listener());
    window.sent = [];
    window.model = {
        get: name => traits[name],
        set: (name, value) => { traits[name] = value; changed(); },
        save_changes: () => window.sent.push(JSON.parse(JSON.stringify(traits.strokes))),
        on: (name, listener) => { if (name === "change:strokes") listeners.add(listener); },
        off: (name, listener) => listeners.delete(listener),
    };
    window.listeners = listeners;
    const address = URL.createObjectURL(new Blob([source], {type: "text/javascript"}));
    const {default: pad} = await import(address);
    window.close_pad = await pad.render({model: window.model, el: document.querySelector("#here")});
}"""
PAGE = (
    '<meta name="viewport" content="width=device-width">'
    '<body style="margin: 0; height: 3000px"><div style="height: 40px"></div><div id="here"></div>'
)


class PadPage(Drawing):
    """A plain page that shows the pad."""

    def __init__(self, page, strokes=()):
        page.set_content(PAGE)
        page.evaluate(OPEN, [SOURCE.read_text(encoding="utf-8"), list(strokes)])
        super().__init__(page, page.locator("canvas"))

    def sent(self):
        """Return all that the pad has sent, each a list of strokes."""
        return self.page.evaluate("window.sent")


@pytest.fixture
def pad(new_page):
    return PadPage(new_page())


STROKE = [(0.2, 0.3), (0.8, 0.3), (0.5, 0.5), (0.4, 0.9)]
draws = pytest.mark.parametrize("draw", [PadPage.by_mouse, PadPage.by_finger], ids=["mouse", "finger"])


@draws
def test_a_stroke_is_sent_as_it_grows_and_drawn(pad, draw, shoot):
    assert pad.sent() == [] and pad.inked() == 0
    draw(pad, *STROKE)
    lengths = [len(strokes[0]) for strokes in pad.sent()]
    assert lengths == sorted(lengths) and len(lengths) >= 3, "the kernel hears of it while the pen is down"
    assert len(pad.sent()[-1]) == 1 and pad.sent()[-1][0] == near(STROKE)
    assert pad.inked() > 0.08  # a pen of 0.08 along 1.4 of the pad
    shoot(pad.canvas, f"pad_{draw.__name__}")


@draws
def test_each_stroke_is_a_list_of_its_own_and_a_tap_is_a_dot(pad, draw):
    draw(pad, *STROKE)
    inked = pad.inked()
    draw(pad, (0.1, 0.9))
    strokes = pad.sent()[-1]
    assert [len(stroke) for stroke in strokes] == [4, 1] and strokes[1] == near([(0.1, 0.9)])
    assert pad.inked() > inked + 0.002


@draws
def test_a_stroke_that_leaves_the_pad_goes_on(pad, draw):
    draw(pad, (0.5, 0.5), (1.3, 0.5), (1.3, 0.8), (0.6, 0.8))
    assert pad.sent()[-1] == [near([(0.5, 0.5), (1.3, 0.5), (1.3, 0.8), (0.6, 0.8)])]


def test_many_moves_within_a_frame_are_sent_at_once(pad):
    pad.canvas.evaluate("""canvas => {
        const box = canvas.getBoundingClientRect();
        const send = (kind, x) => canvas.dispatchEvent(new PointerEvent(kind,
            {pointerId: 1, button: 0, clientX: box.left + x * box.width, clientY: box.top + box.height / 2}));
        canvas.setPointerCapture = () => {};
        send("pointerdown", 0);
        for (let i = 1; i <= 50; i++) send("pointermove", i / 50);
        send("pointerup", 1);
    }""")
    pad.frame()
    assert [len(strokes[0]) for strokes in pad.sent()] == [51]


def test_only_the_pressed_left_button_draws(pad):
    pad.page.mouse.move(*pad.at(0.2, 0.2))
    pad.page.mouse.move(*pad.at(0.8, 0.8), steps=5)
    pad.page.mouse.down(button="right")
    pad.page.mouse.move(*pad.at(0.5, 0.8), steps=5)
    pad.page.mouse.up(button="right")
    pad.frame()
    assert pad.sent() == []


def test_a_second_finger_is_not_heard(pad):
    pad.touch("touchStart", (0.2, 0.2))
    pad.touch("touchStart", (0.2, 0.2), (0.8, 0.8))
    pad.touch("touchMove", (0.3, 0.4), (0.7, 0.6))
    pad.touch("touchEnd")
    assert pad.sent()[-1] == [near([(0.2, 0.2), (0.3, 0.4)])]


def test_a_finger_draws_and_does_not_scroll(pad):
    pad.by_finger((0.5, 0.9), (0.5, 0.6), (0.5, 0.3), (0.5, 0.1))
    assert pad.page.evaluate("window.scrollY") == 0
    assert len(pad.sent()[-1][0]) == 4


def test_the_kernel_clears_the_pad_and_drawing_begins_anew(pad):
    pad.by_mouse(*STROKE)
    pad.page.evaluate("model.set('strokes', [])")
    assert pad.inked() == 0
    pad.by_mouse((0.5, 0.2), (0.5, 0.8))
    assert pad.sent()[-1] == [near([(0.5, 0.2), (0.5, 0.8)])]


def test_strokes_that_the_kernel_has_are_shown_and_added_to(new_page):
    pad = PadPage(new_page(), [[[0.1, 0.1], [0.9, 0.1]], []])
    assert pad.inked() > 0.05
    pad.by_mouse((0.5, 0.5), (0.5, 0.9))
    assert pad.sent()[-1] == [[[0.1, 0.1], [0.9, 0.1]], near([(0.5, 0.5), (0.5, 0.9)])]


def test_the_pad_says_what_it_is_and_how_much_is_drawn(pad):
    image = pad.page.get_by_role("img", name="Pad to draw a digit on")
    assert "strokes drawn: 0" in image.get_attribute("aria-label")
    assert "list of drawings" in image.get_attribute("aria-label")
    pad.by_mouse(*STROKE)
    assert "strokes drawn: 1" in image.get_attribute("aria-label")


def test_a_closed_pad_leaves_no_listener(pad):
    assert pad.page.evaluate("window.listeners.size") == 1
    pad.page.evaluate("window.close_pad()")
    assert pad.page.evaluate("window.listeners.size") == 0


def test_on_a_narrow_page_the_pad_is_smaller_and_still_square(pad):
    pad.page.set_viewport_size({"width": 200, "height": 600})
    box = pad.canvas.bounding_box()
    assert box["width"] == pytest.approx(box["height"], abs=1) and box["width"] <= 200
    pad.by_finger(*STROKE)
    assert pad.sent()[-1] == [[pytest.approx(list(place), abs=0.01) for place in STROKE]]


def test_no_error_was_written(pad):
    pad.by_mouse(*STROKE)
    pad.by_finger(*STROKE)
    assert pad.page.errors == []
