"""How a table file is opened: CSV (also gz), XLSX or Parquet, within limits, faults told."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path
from typing import IO, cast

import numpy as np
import pandas as pd

from scenario.delimited import UnreadableTextError, read_delimited
from scenario.errors import Fault, InvalidInputError

MAX_BYTES = 150 * 2**20  # a year of 15-minute rows on 20 channels is about 50 MB of CSV
MAX_EXPANDED_BYTES = 600 * 2**20
FIRST_YEAR, LAST_YEAR = 1900, 2200  # times of other years are slips of the pen
PATHS = "paths"  # the column of a forecast file whose cells are lists
NESTED = (list, dict, np.ndarray)
SUFFIXES = (".csv", ".csv.gz", ".xlsx", ".parquet")


def read_table(source: str | Path | IO[bytes], name: str | None = None) -> pd.DataFrame:
    """
    Open a table with every CSV cell as text, so that no value is guessed away.

    Parameters
    ----------
    source
        Path, or an open binary file such as a browser upload.
    name
        File name that decides the format and is named in faults; default: the path's.

    Returns
    -------
    DataFrame
        Columns as in the file, stripped; text cells for CSV and XLSX, typed cells for Parquet;
        empty texts and columns are "". Row i of the frame is row i + 2 of a CSV or sheet.
        `attrs["notes"]` tells in sentences what was assumed, `attrs["separator"]` of a text.

    Raises
    ------
    InvalidInputError
        When the file is missing, empty, too large, of an unknown kind or unreadable.
    """
    name = name or (Path(source).name if isinstance(source, (str, Path)) else "upload")
    lower = name.lower()

    def refuse(rule: str, value: str = "") -> InvalidInputError:
        return InvalidInputError([Fault(name, "", "", value, rule)])

    if not lower.endswith(SUFFIXES):
        raise refuse(f"one of {', '.join(SUFFIXES)}")
    size = _size_of(source)
    if size is None:
        raise refuse("an existing file")
    if size == 0:
        raise refuse("a table with a header row, and this file is empty")
    if size > MAX_BYTES:
        raise refuse(f"at most {MAX_BYTES // 2**20} MB", f"{size / 2**20:.0f} MB")
    try:
        table = _open(source, lower)
    except _TooLargeError as error:
        raise refuse(
            f"at most {MAX_EXPANDED_BYTES // 2**20} MB when unpacked", str(error)
        ) from None
    except UnreadableTextError as error:
        raise refuse(str(error)) from None
    except Exception as error:  # every reader has exceptions of its own
        raise refuse(f"a readable table ({type(error).__name__}: {error})") from None
    table.columns = pd.Index([str(column).strip() for column in table.columns])
    return table


def as_texts(table: pd.DataFrame) -> pd.DataFrame:
    """Every cell as a text without outer blanks, "" where nothing is known."""
    known = table.astype(object).where(table.notna(), "")
    return known.map(lambda cell: str(cell).strip())


class _TooLargeError(Exception):
    """The unpacked content exceeds the limit."""


def _size_of(source: str | Path | IO[bytes]) -> int | None:
    if isinstance(source, (str, Path)):
        path = Path(source)
        try:
            return path.stat().st_size if path.is_file() else None
        except OSError:  # a name that no file can have, or a folder that may not be entered
            return None
    size = source.seek(0, 2)
    source.seek(0)
    return size


def _open(source: str | Path | IO[bytes], lower: str) -> pd.DataFrame:
    if lower.endswith(".parquet"):
        return _open_parquet(source)
    if lower.endswith(".xlsx"):
        with zipfile.ZipFile(cast("IO[bytes]", source)) as archive:
            expanded = sum(member.file_size for member in archive.infolist())
        _check_expanded(expanded)
        if not isinstance(source, (str, Path)):
            source.seek(0)
        return _open_workbook(source)
    if lower.endswith(".gz"):
        with gzip.open(cast("IO[bytes]", source), "rb") as packed:
            content = packed.read(MAX_EXPANDED_BYTES + 1)
        _check_expanded(len(content))
        source = io.BytesIO(content)
    return read_delimited(source)


def _open_workbook(source: str | Path | IO[bytes]) -> pd.DataFrame:
    with pd.ExcelFile(source, engine="openpyxl") as book:
        table = pd.read_excel(book, dtype=str, keep_default_na=False).fillna("")
        first, *others = book.sheet_names
    if others:
        table.attrs["notes"] = (
            f'The first sheet, "{first}", is read; the workbook has {len(others)} more.',
        )
    return table


def _open_parquet(source: str | Path | IO[bytes]) -> pd.DataFrame:
    import pyarrow.parquet as pq

    metadata = pq.ParquetFile(source).metadata
    _check_expanded(
        sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    )
    if not isinstance(source, (str, Path)):
        source.seek(0)
    table = pd.read_parquet(source)
    for place, name in enumerate(table.columns):
        table.isetitem(place, _plain(str(name).strip(), table.iloc[:, place]).array)
    return table


def _plain(name: str, column: pd.Series) -> pd.Series:
    """The cells as other files have them: numbers, times, and texts, "" where there is none."""
    if column.isna().all():
        return pd.Series("", index=column.index, dtype=object)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        _check_years(name, column)
    if pd.api.types.is_numeric_dtype(column.dtype) or hasattr(column, "dt"):
        return column
    if isinstance(column.dtype, pd.StringDtype):
        return column.fillna("")
    cells = column.astype(object).where(column.notna(), "")
    if name != PATHS:  # nobody else knows lists: they are told as what they look like
        cells = cells.map(lambda cell: str(cell) if isinstance(cell, NESTED) else cell)
    try:
        return cells.map(lambda cell: cell.decode() if isinstance(cell, bytes) else cell)
    except UnicodeDecodeError:
        rule = f'a table whose texts are UTF-8, and those of "{name}" are not'
        raise UnreadableTextError(rule) from None


def _check_years(name: str, column: pd.Series) -> None:
    zoned = isinstance(column.dtype, pd.DatetimeTZDtype)
    plain = column.dt.tz_convert("UTC").dt.tz_localize(None) if zoned else column
    years = plain.to_numpy().astype("datetime64[Y]").astype(np.int64) + 1970
    known = ~np.isnat(plain.to_numpy())
    if ((years < FIRST_YEAR) | (years > LAST_YEAR))[known].any():
        rule = f'a table with times of the years {FIRST_YEAR} to {LAST_YEAR}, and "{name}"'
        raise UnreadableTextError(f"{rule} holds others")


def _check_expanded(size: int) -> None:
    if size > MAX_EXPANDED_BYTES:
        raise _TooLargeError(f"{size / 2**20:.0f} MB or more")
