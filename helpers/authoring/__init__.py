"""Tools for those who write the notebooks; no lesson imports them."""
