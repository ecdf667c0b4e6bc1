"""The least a slider can cost in a notebook: its value goes to the kernel, comes back, and pixels change.

`floor` shows them on a canvas, `image_floor` in the core `Image` widget that every lab uses: Chromium loads and
decodes such a picture before it shows it, whatever the kernel does.
"""

import anywidget
import ipywidgets
import numpy as np
import traitlets
from PIL import Image

from helpers.live import data_url

DRAW = """
export default { render({ model, el }) {
    const canvas = Object.assign(document.createElement("canvas"), { width: 756, height: 361 });
    const context = canvas.getContext("2d");
    model.on("change:frame", () => {
        context.fillStyle = `hsl(${model.get("frame") % 360} 60% 50%)`;
        context.fillRect(0, 0, canvas.width, canvas.height);
        canvas.dispatchEvent(new Event("load"));  // what an <img> says when it has new pixels
    });
    el.append(canvas);
} };
"""


class Canvas(anywidget.AnyWidget):
    """A canvas filled with the colour number `frame`."""

    _esm = DRAW
    frame = traitlets.Int().tag(sync=True)


def floor():
    """Return a slider above a canvas that follows it by way of the kernel."""
    canvas = Canvas()
    slider = ipywidgets.IntSlider(value=100, min=1, max=200, description="value")
    slider.observe(lambda change: canvas.set_trait("frame", change["new"]), names="value")
    return ipywidgets.VBox([slider, canvas])


def image_floor():
    """Return a slider above an `Image` of a lab's size that follows it with frames made beforehand."""
    frames = [data_url(Image.fromarray(np.full((361, 756, 3), gray, np.uint8))) for gray in range(0, 256, 32)]
    picture = ipywidgets.Image(format="url", value=frames[0], width=756, height=361)
    slider = ipywidgets.IntSlider(value=100, min=1, max=200, description="value")
    slider.observe(lambda change: picture.set_trait("value", frames[change["new"] // 23 % 8]), names="value")
    return ipywidgets.VBox([slider, picture])
