"""One page of A4 to print: a heading, tables, a picture, sentences, and where it comes from."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D

from report.figures import GREY, INK

WIDTH, HEIGHT = 8.27, 11.69  # inches of A4
MARGIN = 0.6
POINTS = 72.0
LEADING = 1.35  # line height over font size
TITLE, HEADING, TEXT, SMALL = 15.0, 9.5, 7.8, 6.6  # points
ROUNDED_UP = 1.02  # glyphs are drawn on whole pixels
CELL_PAD = 9.0  # points between two columns


class Page:
    """
    A page that is filled from top to bottom.

    Parameters
    ----------
    title, subtitle
        The heading and the line below it.

    Notes
    -----
    It stays one page: `room` tells what is left, sentences that do not fit are counted.
    """

    def __init__(self, title: str, subtitle: str) -> None:
        self.figure = Figure(figsize=(WIDTH, HEIGHT))
        self._top = HEIGHT - MARGIN
        self._bottom = MARGIN
        for line in wrapped(title, TITLE, self.width, bold=True)[:2]:
            self._line(line, TITLE, bold=True)
        self.paragraph(subtitle, colour=GREY)

    @property
    def width(self) -> float:
        """Width between the margins, in inches."""
        return WIDTH - 2 * MARGIN

    @property
    def room(self) -> float:
        """Height that is left, in inches."""
        return self._top - self._bottom

    def heading(self, text: str) -> None:
        """A heading over what follows."""
        self._top -= 0.1
        self._line(text, HEADING, bold=True)

    def paragraph(self, text: str, *, size: float = TEXT, colour: str = INK) -> None:
        """A text broken into lines."""
        for line in wrapped(text, size, self.width):
            self._line(line, size, colour=colour)

    def sentences(self, texts: Sequence[str], *, spare: float = 0.0) -> None:
        """
        A line each, broken where needed; those that do not fit are counted in the last line.

        Parameters
        ----------
        texts
            The sentences.
        spare
            Height in inches that must be left for what follows.
        """
        for place, text in enumerate(texts):
            lines = wrapped(f"● {text}", TEXT, self.width)
            if (len(lines) + 1) * self._height(TEXT) > self.room - spare:
                self._line(f"… and {len(texts) - place} more.", TEXT, colour=GREY)
                return
            for line in lines:
                self._line(line, TEXT)

    def table(self, table: pd.DataFrame, *, spare: float = 0.0) -> None:
        """
        A table of texts; the first column takes what the others leave.

        Parameters
        ----------
        table
            Texts; names of columns become the heads.
        spare
            Height in inches that must be left for what follows; rows beyond are counted.
        """
        columns = [[str(name), *map(str, table[name])] for name in table.columns]
        widths = [
            CELL_PAD
            + max(width_of(text, TEXT, bold=not place) for place, text in enumerate(column))
            for column in columns
        ]
        total = self.width * POINTS
        rest = total - sum(widths[1:])
        # Where the columns ask for more than there is, each gives in proportion.
        if rest < widths[0]:
            least = min(widths[0], 0.3 * total)
            scale = min(1.0, (total - least) / max(sum(widths[1:]), 1.0))
            widths[1:] = [scale * width for width in widths[1:]]
            rest = total - sum(widths[1:])
        widths[0] = rest
        for row in range(len(table) + 1):
            if 2 * self._height(TEXT) > self.room - spare and row:
                self._line(f"… and {len(table) + 1 - row} more rows.", TEXT, colour=GREY)
                return
            self._cells([column[row] for column in columns], widths, head=row == 0)

    def axes(self, height: float) -> Axes:
        """Axes over the width of the page, `height` inches tall with their labels."""
        left, inner = 0.45, 0.30  # for the numbers of the axes
        axes = self.figure.add_axes(
            (
                (MARGIN + left) / WIDTH,
                (self._top - height + inner) / HEIGHT,
                (self.width - left) / WIDTH,
                (height - inner - 0.22) / HEIGHT,
            )
        )
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(colors=INK, labelsize=SMALL)
        self._top -= height
        return axes

    def foot(self, *texts: str) -> None:
        """The last lines of the page, small: assumptions, seed, version."""
        lines = [line for text in texts for line in wrapped(text, SMALL, self.width)]
        self._top = min(self._top, self._bottom + len(lines) * self._height(SMALL))
        for line in lines:
            self._line(line, SMALL, colour=GREY)

    def pdf(self) -> bytes:
        """The page as PDF, whose text can be searched and copied; equal for equal content."""
        packed = io.BytesIO()
        about = {"Creator": f"Allweather {version('allweather')}", "CreationDate": None}
        with rc_context({"pdf.fonttype": 42}):
            self.figure.savefig(packed, format="pdf", metadata=about)
        return packed.getvalue()

    def _cells(self, texts: Sequence[str], widths: Sequence[float], *, head: bool) -> None:
        at = MARGIN * POINTS
        for place, (text, width) in enumerate(zip(texts, widths, strict=True)):
            shown = fitted(text, TEXT, width - CELL_PAD, bold=head)
            right = place > 0
            self._put(shown, (at + width if right else at) / POINTS, TEXT, bold=head, right=right)
            at += width
        self._top -= self._height(TEXT)
        if head:
            line = self._top + 0.02
            self.figure.add_artist(_rule(MARGIN / WIDTH, 1 - MARGIN / WIDTH, line / HEIGHT))
            self._top -= 0.03

    def _line(self, text: str, size: float, *, bold: bool = False, colour: str = INK) -> None:
        self._put(text, MARGIN, size, bold=bold, colour=colour)
        self._top -= self._height(size)

    def _put(
        self,
        text: str,
        at: float,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        right: bool = False,
    ) -> None:
        self.figure.text(
            at / WIDTH,
            (self._top - size / POINTS) / HEIGHT,
            text,
            fontsize=size,
            fontweight="bold" if bold else "normal",
            color=colour,
            ha="right" if right else "left",
            va="baseline",
            parse_math=False,  # two dollar signs would make a formula
        )

    @staticmethod
    def _height(size: float) -> float:
        return LEADING * size / POINTS


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a text in points, as it is drawn at most."""
    return ROUNDED_UP * size * sum(_advance(letter, bold) for letter in text)


@cache
def _advance(letter: str, bold: bool) -> float:
    """How far a letter moves the pen, as a share of the font's size; kerning left out."""
    font = get_font(findfont(FontProperties(weight="bold" if bold else "normal")))
    font.set_size(100, POINTS)
    return float(font.load_char(ord(letter)).linearHoriAdvance) / 65536 / 100


def wrapped(text: str, size: float, inches: float, *, bold: bool = False) -> list[str]:
    """A text broken at blanks into lines of at most so many inches."""
    lines: list[str] = []
    # A number stays with its sign of per cent.
    for word in text.replace(" %", "\u00a0%").split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, bold=bold) <= inches * POINTS:
            lines[-1] = longer
        else:
            lines.append(fitted(word, size, inches * POINTS, bold=bold))
    return lines


def fitted(text: str, size: float, points: float, *, bold: bool = False) -> str:
    """A text cut to so many points, with "…" where something was cut."""
    if width_of(text, size, bold=bold) <= points:
        return text
    while text and width_of(f"{text}…", size, bold=bold) > points:
        text = text[:-1]
    return f"{text}…"


def described(parts: Iterable[str]) -> str:
    """Parts of a foot on one line, those that are empty left out."""
    return " · ".join(part for part in parts if part)


def _rule(left: float, right: float, at: float) -> Line2D:
    return Line2D([left, right], [at, at], color=GREY, linewidth=0.6)
