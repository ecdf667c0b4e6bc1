"""The course's colours: safe for the colour-blind, and never the only sign.

From Okabe and Ito, Color Universal Design, https://jfly.uni-koeln.de/color/
"""

import numpy as np
from matplotlib import colors

BLUE, ORANGE, GREEN, RED, PURPLE, SKY, BLACK = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#222222",
)  # fmt: skip

#: One colour, line style and marker for each curve of a picture, in this order.
CYCLE = (
    (BLUE, "-", "o"), (ORANGE, "--", "^"), (GREEN, "-.", "s"), (RED, ":", "D"), (PURPLE, "-", "v"), (BLACK, "--", "P"),
)  # fmt: skip

#: Contrast that small text needs on its background: WCAG 2.2, success criterion 1.4.3.
CONTRAST = 4.5


def contrast_on_white(color):
    """Return the contrast of a colour, one that matplotlib knows, on white: from 1 to 21, as WCAG 2.2 defines it."""
    channels = np.array(colors.to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05)


def for_text(color):
    """Return a colour, "#rrggbb", made as dark as text on white has to be; a line may be lighter than its name."""
    while contrast_on_white(color) < CONTRAST:
        color = colors.to_hex(0.97 * np.array(colors.to_rgb(color)))
    return color


_STOPS = np.array([[230, 159, 0], [252, 231, 186], [255, 255, 255], [178, 213, 236], [0, 114, 178]], float)


def two_sided(values):
    """Return uint8 colours (…, 3) for `values` from −1 (orange) through 0 (white) to 1 (blue); others are clipped."""
    position = np.clip(np.nan_to_num(values), -1, 1) * 2 + 2
    return np.stack([np.interp(position, range(5), _STOPS[:, channel]) for channel in range(3)], -1).astype(np.uint8)


def as_ink(values):
    """Return `values` (…), uint8 from 0 (white paper) to 255 (black ink), as colours (…, 3), uint8."""
    return np.repeat(255 - values[..., None], 3, axis=-1)
