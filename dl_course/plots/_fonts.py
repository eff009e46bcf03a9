"""Chinese characters in pictures: the font that comes with matplotlib has none."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import warnings
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.artist import Artist

_FIRST = "\u2e80"  # from here on come the characters of East Asia and their punctuation
_FONT = "fonts/NotoSansSC-Regular.ttf"
# What operating systems come with, for an installation without the package of the font.
_INSTALLED = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei"),
    *("WenQuanYi Zen Hei", "PingFang SC", "Heiti SC", "Microsoft YaHei", "SimHei", "SimSun"),
)


def prepare(artist: Artist) -> None:
    """Gives each text with Chinese characters in a picture a font that has them.

    The usual font stays first, so that Latin letters look as usual; no global style is changed.
    On a machine without a Chinese font nothing happens.

    Args:
        artist: a figure or axes.

    Example:
        >>> from dl_course.plots._style import new_figure
        >>> figure = new_figure(1)
        >>> text = figure.text(0.5, 0.5, "one 一")
        >>> prepare(figure)
        >>> text.get_fontfamily()
        ['sans-serif', 'Noto Sans SC']
    """
    from matplotlib.text import Text

    for text in artist.findobj(Text):
        if max(text.get_text(), default="") < _FIRST:
            continue
        family = _family()
        if family is not None and family not in text.get_fontfamily():
            text.set_fontfamily([*text.get_fontfamily(), family])


@contextlib.contextmanager
def without_warnings() -> Generator[None]:
    """Lets a picture be drawn on a machine without a Chinese font: each character is a box."""
    with warnings.catch_warnings():
        if _family() is None:
            warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        yield


@functools.cache
def _family() -> str | None:
    """Returns the name of a Chinese font, known to matplotlib; None if there is none."""
    from matplotlib import font_manager

    # The package is only looked up: on import it would change matplotlib's style.
    package = importlib.util.find_spec("zhplot")
    if package is not None and package.origin is not None:
        path = Path(package.origin).parent / _FONT
        if path.is_file():
            font_manager.fontManager.addfont(path)
            return font_manager.FontProperties(fname=path).get_name()
    known = set(font_manager.fontManager.get_font_names())
    return next((name for name in _INSTALLED if name in known), None)
