"""LiveFigure: a matplotlib figure as a core `Image` widget, redrawn by blitting.

Only the artists that change are drawn again, on a kept background; see matplotlib's own page,
https://matplotlib.org/stable/users/explain/animations/blitting.html. Frames travel as JPEG at full colour
resolution: on a two-core machine that takes 1 ms for 756 × 361 pixels, PNG at its lowest compression 7.
They travel as `data:` addresses, which Chromium loads some 6 ms sooner than the blobs that `Image` makes of bytes.
"""

import base64
import functools
import io
import math

import ipywidgets
import numpy as np
from matplotlib import colors, font_manager
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont

from helpers.palette import BLACK


class LiveFigure:
    """A figure of fixed size whose named artists change; `widget` shows it in the notebook.

    Build it once: `live = LiveFigure(8, 3)`, add axes to `live.figure`, then name each artist that will
    change, `live["curve"] = axes.plot([], [])[0]`. For each frame change the artists
    (`live["curve"].set_data(x, y)`) and call `live.redraw()`. What has no name is the background, drawn once.
    """

    def __init__(self, width, height):
        """Make an empty figure of `width` × `height` inches, at 84 pixels an inch."""
        self.figure = Figure(figsize=(width, height), dpi=84, layout="none")
        self.canvas = FigureCanvasAgg(self.figure)
        pixels_wide, pixels_high = self.canvas.get_width_height()
        self.widget = ipywidgets.Image(format="url", width=pixels_wide, height=pixels_high)
        self.widget.layout.max_width = "100%"
        self.widget.layout.height = "auto"  # a narrow screen keeps the proportions
        self._artists = {}
        self._background = None

    def __setitem__(self, name, artist):
        artist.set_animated(True)
        self._artists[name] = artist
        self._background = None

    def __getitem__(self, name):
        return self._artists[name]

    def redraw(self):
        """Draw the named artists as they are now, those of higher z-order on top, and show the frame."""
        if self._background is None:
            self.canvas.draw()
            self._background = self.canvas.copy_from_bbox(self.figure.bbox)
        self.canvas.restore_region(self._background)
        for artist in sorted(self._artists.values(), key=Artist.get_zorder):
            self.figure.draw_artist(artist)
        self.widget.value = data_url(self.frame())

    def frame(self):
        """Return a copy of the frame last drawn: a Pillow image, RGB."""
        return Image.frombuffer("RGBA", self.canvas.get_width_height(), self.canvas.buffer_rgba()).convert("RGB")


class Raster(Artist):
    """A picture that fills its axes, scaled by Pillow: several times faster to draw than matplotlib's `imshow`."""

    def __init__(self, axes, smooth=False):
        """Add an empty picture to `axes`; `smooth` blends neighbouring cells instead of showing squares."""
        super().__init__()
        self._resample = Image.Resampling.BILINEAR if smooth else Image.Resampling.NEAREST
        self._pixels = np.full((1, 1, 3), 255, np.uint8)
        axes.add_artist(self)

    def set_data(self, pixels):
        """Show `pixels`: uint8 of shape (rows, columns, 3), the first row at the top."""
        self._pixels = pixels

    def draw(self, renderer):
        """Draw the picture over the whole of the axes (called by matplotlib)."""
        left, bottom, width, height = (round(edge) for edge in self.axes.bbox.bounds)
        scaled = Image.fromarray(self._pixels).resize((width, height), self._resample).convert("RGBA")
        renderer.draw_image(renderer.new_gc(), left, bottom, np.asarray(scaled)[::-1])


_SHARES = {"left": 0, "center": 0.5, "right": 1}  # of a label's width that stand left of its place


class Label(Artist):
    """One line of text that changes, set by Pillow: 0.2 ms, where matplotlib's `Text` takes 4 ms a line."""

    def __init__(self, figure, x, y, align="left", size=13, bold=False, color="black"):
        """Add an empty line to `figure`, its baseline at (x, y) in fractions of the figure; `size` in pixels.

        `align` is "left", "center" or "right": the part of the text that stands at `x`. Raises `ValueError` otherwise.
        """
        super().__init__()
        if align not in _SHARES:
            raise ValueError(f"align is {align!r}; allowed are {', '.join(_SHARES)}")
        self.x, self.y, self._text, self._pixels = x, y, "", None
        self._share = _SHARES[align]
        self._font = _font("bold" if bold else "normal", size)
        self._color = colors.to_rgb(color)
        figure.add_artist(self)

    def set_text(self, text):
        """Show `text` from the next frame on."""
        if text != self._text:
            self._text, self._pixels = text, self._render(text) if text else None

    def _render(self, text):
        """Return the text's pixels: uint8 (height, width, 4), the background transparent."""
        left, _, right, _ = self._font.getbbox(text, anchor="ls")
        ascent, descent = self._font.getmetrics()
        mask = Image.new("L", (math.ceil(right - left), ascent + descent))
        ImageDraw.Draw(mask).text((-left, ascent), text, fill=255, font=self._font, anchor="ls")
        image = Image.new("RGBA", mask.size, tuple(round(255 * part) for part in self._color))
        image.putalpha(mask)
        return np.asarray(image)[::-1]

    def draw(self, renderer):
        """Draw the text (called by matplotlib)."""
        if self._pixels is None:
            return
        x = self.x * self.figure.bbox.width - self._share * self._pixels.shape[1]
        y = self.y * self.figure.bbox.height - self._font.getmetrics()[1]
        renderer.draw_image(renderer.new_gc(), round(x), round(y), self._pixels)


@functools.cache
def _font(weight, size):
    path = font_manager.findfont(font_manager.FontProperties(family="DejaVu Sans", weight=weight))
    return ImageFont.truetype(path, size)


def encode(image, format):
    """Return a Pillow image as the bytes of a "jpeg" file (fast to write) or of a "png" file (small).

    Raises `ValueError` for another format.
    """
    buffer = io.BytesIO()
    if format == "jpeg":
        image.save(buffer, format, quality=92, subsampling=0)
    elif format == "png":
        image.quantize(256, dither=Image.Dither.NONE).save(buffer, format, optimize=True)
    else:
        raise ValueError(f'format is {format!r}; allowed are "jpeg" and "png"')
    return buffer.getvalue()


def data_url(image):
    """Return a Pillow image as the `data:` address of a JPEG file, in ASCII bytes, for an `Image` of format "url"."""
    return b"data:image/jpeg;base64," + base64.b64encode(encode(image, "jpeg"))


def bar_outline(left, right, heights):
    """Return the corners of n bars that stand on 0, (1 + 4 n, 2): one outline of them all, drawn faster than many.

    left, right, heights: (n,), the bars' edges and upper ends; n may be 0.
    """
    zero = np.zeros_like(heights)
    x, y = np.stack([left, left, right, right], axis=1), np.stack([zero, heights, heights, zero], axis=1)
    return np.concatenate([[(0, 0)], np.stack([x, y], axis=2).reshape(-1, 2)])


def frame_around(axes):
    """Draw a thin frame around a picture, which covers that of its axes; return the line."""
    corners = [0, 1, 1, 0, 0], [0, 0, 1, 1, 0]
    return axes.plot(*corners, color=BLACK, linewidth=1, transform=axes.transAxes, clip_on=False, zorder=3)[0]
