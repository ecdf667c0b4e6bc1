"""The course's colours: safe for the colour-blind, and never the only sign.

From Okabe and Ito, Color Universal Design, https://jfly.uni-koeln.de/color/
"""

import numpy as np

BLUE, ORANGE, GREEN, RED, PURPLE, SKY, BLACK = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#222222",
)  # fmt: skip

#: One colour, line style and marker for each curve of a picture, in this order.
CYCLE = (
    (BLUE, "-", "o"), (ORANGE, "--", "^"), (GREEN, "-.", "s"), (RED, ":", "D"), (PURPLE, "-", "v"), (BLACK, "--", "P"),
)  # fmt: skip

_STOPS = np.array([[230, 159, 0], [252, 231, 186], [255, 255, 255], [178, 213, 236], [0, 114, 178]], float)


def two_sided(values):
    """Return uint8 colours (…, 3) for `values` from −1 (orange) through 0 (white) to 1 (blue); others are clipped."""
    position = np.clip(np.nan_to_num(values), -1, 1) * 2 + 2
    return np.stack([np.interp(position, range(5), _STOPS[:, channel]) for channel in range(3)], -1).astype(np.uint8)
