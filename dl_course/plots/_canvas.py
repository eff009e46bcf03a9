"""Figures that stand alone: no pyplot, no global state, and still seen in a notebook.

Imported late by `_style`: it is the one file here that loads matplotlib at import.
"""

import io

from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure

from dl_course.plots import _fonts


class NotebookFigure(Figure):
    """A figure that a notebook shows as a picture although pyplot does not know it."""

    def draw(self, renderer: RendererBase) -> None:
        """Draws everything, Chinese characters too."""
        _fonts.prepare(self)
        with _fonts.without_warnings():
            super().draw(renderer)

    def _repr_png_(self) -> bytes:
        picture = io.BytesIO()
        self.savefig(picture, format="png", dpi=120)
        return picture.getvalue()


class NotebookAxes(Axes):
    """Axes that a notebook shows as the picture of their figure."""

    def _repr_png_(self) -> bytes:
        picture = io.BytesIO()
        self.figure.figure.savefig(picture, format="png", dpi=120)
        return picture.getvalue()
