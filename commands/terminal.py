"""How results look on a terminal: tables on standard output, the rest on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from report.documents import as_json

if TYPE_CHECKING:
    import pandas as pd

BAD_INPUT = 2  # exit status
LONGEST_WORD = 20  # letters that stay together in a table, however narrow the terminal

Row = Mapping[Any, Any]  # of a table: names of columns to values

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


@contextmanager
def progress(label: str) -> Iterator[Callable[[float, str], None]]:
    """A bar on standard error; `show(share, sentence)` moves it."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(label, total=1.0)
        yield lambda share, sentence: bar.update(task, completed=share, description=sentence)


class Documented(Protocol):
    """A result that can be told to a script as well as to a person."""

    def document(self) -> Mapping[str, Any]:
        """The result as JSON-ready names and values."""


Result = TypeVar("Result", bound=Documented)


def give(result: Result, show: Callable[[Result], None], *, json: bool) -> None:
    """Print a result: one JSON document for scripts, or as `show` prints it for people."""
    if json:
        print(as_json(result.document()))
    else:
        show(result)


def tell(sentences: Sequence[str]) -> None:
    """Say on standard error what a person should know beside the result."""
    for sentence in sentences:
        err.print(f"Note: {sentence}", markup=False)


def percent(share: float) -> str:
    """A share as planners read it."""
    return "–" if share != share else f"{100 * share:.1f} %"


def span(seconds: float) -> str:
    """Seconds as h:mm:ss or m:ss."""
    if seconds != seconds:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def duration(seconds: float) -> str:
    """A promise's time as planners say it: 60 s, 15 min, 2 h."""
    for length, unit in ((3600, "h"), (60, "min")):
        if seconds >= 2 * length or (seconds >= length and length == 3600):
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"


def print_table(table: pd.DataFrame, title: str) -> None:
    """Print a frame with its column names as headings."""
    print_rows(table.to_dict("records"), title)


def print_rows(rows: Sequence[Row], title: str) -> None:
    """Print rows that share their keys, which are the headings."""
    shown = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    columns = {str(name): [cell(row[name]) for row in rows] for name in (rows[0] if rows else ())}
    for name, cells in columns.items():
        words = (word for text in (name, *cells) for word in text.split())
        longest = min(max(map(len, words)), LONGEST_WORD)
        shown.add_column(name, overflow="fold", min_width=longest)
    for texts in zip(*columns.values(), strict=True):
        shown.add_row(*texts)
    out.print(shown)


def cell(value: Any) -> str:
    """A value of a table as text."""
    if isinstance(value, float):
        if value != value:
            return "–"
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    if hasattr(value, "strftime"):
        return str(value.strftime("%a %d %b %H:%M"))
    return str(value)
