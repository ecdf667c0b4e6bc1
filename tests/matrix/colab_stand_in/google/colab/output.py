"""What anywidget asks of Colab: to bring the widget manager that can show widgets other than ipywidgets' own."""

import types

_widgets = types.SimpleNamespace(_installed_url=None)


def enable_custom_widget_manager():
    """Remember that it was asked for."""
    _widgets._installed_url = "https://colab.example/widget_manager.js"
