"""Text tables: their encoding, separator and faults, told as a person can mend them."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd

HEAD_BYTES = 65_536
CHUNK_BYTES = 2**22
OTHER_KINDS = (
    (b"PK\x03\x04", "a workbook", ".xlsx"),
    (b"PAR1", "a Parquet file", ".parquet"),
    (b"\x1f\x8b", "compressed", ".csv.gz"),
)
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


class UnreadableTextError(Exception):
    """Why a text file is no table, as the end of "must be ..."."""


def read_delimited(source: str | Path | IO[bytes]) -> pd.DataFrame:
    """
    Open a text table with every cell as text; empty cells "", blank rows kept in their place.

    Parameters
    ----------
    source
        Path, or an open binary file at its beginning.

    Returns
    -------
    DataFrame
        Row i of the frame is line i + 2 of the file, where no cell holds a line break.
        `attrs["separator"]` is the separator, `attrs["notes"]` what was assumed, in sentences.

    Raises
    ------
    UnreadableTextError
        When the text is not UTF-8 or holds NUL bytes, a line has more cells than the header, a
        quote is not closed, or two columns have one name.
    """
    head = _checked_head(source)
    notes = []
    first_line = io.StringIO(head.decode("utf-8-sig", errors="ignore"), newline="").readline()
    separator = max(SEPARATORS, key=first_line.count)
    if separator != ",":
        notes.append(f"Columns are separated by {SEPARATORS[separator]}.")
    names = [name.strip() for name in next(csv.reader([first_line], delimiter=separator), [])]
    for name in names:
        if name and names.count(name) > 1:
            raise UnreadableTextError(
                f'a table that names each column once ("{name}" stands twice)'
            )

    table = _parsed(source, separator)
    unnamed = [
        column
        for column in table.columns
        if str(column).startswith("Unnamed: ") and (table[column] == "").all()
    ]
    table = table.drop(columns=unnamed)
    filled = np.flatnonzero((table != "").any(axis=1))
    table = table.iloc[: filled[-1] + 1 if len(filled) else 0]
    table.attrs = {"separator": separator, "notes": tuple(notes)}
    return table


def _parsed(source: str | Path | IO[bytes], separator: str) -> pd.DataFrame:
    with warnings.catch_warnings():
        # pandas only warns of rows that are longer than the header, and cuts them.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            return pd.read_csv(
                source,
                sep=separator,
                dtype=str,
                keep_default_na=False,
                encoding="utf-8-sig",
                skipinitialspace=True,
                skip_blank_lines=False,
                index_col=False,
            ).fillna("")
        except pd.errors.EmptyDataError:
            raise UnreadableTextError("a table with a header row, and this file is blank") from None
        except UnicodeDecodeError:
            rule = 'saved as "CSV UTF-8", and this file is in another encoding'
            raise UnreadableTextError(rule) from None
        except pd.errors.ParserWarning:
            rule = "a table whose rows are no longer than its header, and row 2 is"
            raise UnreadableTextError(rule) from None
        except pd.errors.ParserError as error:
            raise UnreadableTextError(_in_words(str(error))) from None


def _in_words(message: str) -> str:
    longer = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message)
    if longer:
        expected, line, found = longer.groups()
        return (
            f"a table whose rows are no longer than its header, and row {line} has {found} cells"
            f" instead of {expected}"
        )
    if "EOF inside string" in message:
        return "a table whose quotes are closed, and one is left open"
    return f"a readable table ({message.strip()})"


def _checked_head(source: str | Path | IO[bytes]) -> bytes:
    """The first bytes, when there is no NUL byte in the whole file."""
    head = b""
    for chunk in _chunks(source):
        head = head or chunk[:HEAD_BYTES]
        for magic, kind, suffix in OTHER_KINDS:
            if head.startswith(magic):
                raise UnreadableTextError(f"named {suffix}, since this file is {kind}")
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise UnreadableTextError('saved as "CSV UTF-8", and this file is UTF-16')
        if b"\0" in chunk:
            raise UnreadableTextError("plain text, and this file holds NUL bytes: it is damaged")
    return head


def _chunks(source: str | Path | IO[bytes]) -> Iterator[bytes]:
    """The content piece by piece; an open file is left at its beginning."""
    if isinstance(source, (str, Path)):
        with open(source, "rb") as file:
            yield from iter(lambda: file.read(CHUNK_BYTES), b"")
    else:
        try:
            yield from iter(lambda: source.read(CHUNK_BYTES), b"")
        finally:
            source.seek(0)
