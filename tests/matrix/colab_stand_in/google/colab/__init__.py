"""Stands in for Colab's own module, by which a notebook tells that it is there."""
