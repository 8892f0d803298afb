"""How a table file is opened: CSV (also gz), XLSX or Parquet, within limits, faults told."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path
from typing import IO, cast

import pandas as pd

from scenario.delimited import UnreadableTextError, read_delimited
from scenario.errors import Fault, InvalidInputError

MAX_BYTES = 150 * 2**20  # a year of 15-minute rows on 20 channels is about 50 MB of CSV
MAX_EXPANDED_BYTES = 600 * 2**20
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
        Columns as in the file, stripped; text cells for CSV and XLSX (empty cells ""),
        typed cells for Parquet. Row i of the frame is row i + 2 of a CSV or sheet.
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
    return pd.read_parquet(source)


def _check_expanded(size: int) -> None:
    if size > MAX_EXPANDED_BYTES:
        raise _TooLargeError(f"{size / 2**20:.0f} MB or more")
