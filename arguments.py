"""What the command line's options mean: values, files and folders, refused before work begins."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenario import InvalidValueError
from terminal import err

if TYPE_CHECKING:
    import pandas as pd

    from forecast import Edits
    from forecast.events import Events
    from scenario.model import CalendarKeys


def check_destination(option: str, path: Path, suffixes: tuple[str, ...]) -> None:
    """Refuse a file that could not be written before minutes are spent on what goes into it."""
    if not path.name.endswith(suffixes):
        raise InvalidValueError(option, f"a {' or '.join(suffixes)} file", str(path))
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise InvalidValueError(option, "a file in an existing folder, both writable", str(path))


def make_folder(option: str, folder: Path) -> None:
    """Make a folder where it is not there yet; refuse one that cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        rule = f"a folder that can be made ({error.strerror})"
        raise InvalidValueError(option, rule, str(folder)) from None
    if not os.access(folder, os.W_OK):
        raise InvalidValueError(option, "a folder that can be written", str(folder))


def calendar(country: str | None, region: str | None) -> CalendarKeys | None:
    """Whose public holidays count; None where neither is given."""
    if country is None and region is None:
        return None
    from scenario.model import CalendarKeys

    return CalendarKeys(country=country, region=region)


def events(file: Path | None, timezone: str) -> Events | None:
    """The events of a file."""
    if file is None:
        return None
    from forecast import read_events

    return read_events(file, timezone=timezone)


def edits(file: Path | None) -> Edits:
    """The planner's edits of a file; none where no file is given."""
    from forecast import Edits, read_edits

    return Edits() if file is None else read_edits(file)


def instant(option: str, text: str | None, timezone: str) -> pd.Timestamp | None:
    """A time given on the command line, local where it has no offset; None where none is given."""
    if text is None:
        return None
    import pandas as pd

    try:
        found = pd.Timestamp(text)
    except ValueError:
        found = pd.NaT
    if pd.isna(found):
        raise InvalidValueError(option, "a time such as 2026-04-13T11:00", text)
    if found.tzinfo is None:
        return found.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")
    return found.tz_convert(timezone)


def day_of(known_to: pd.Timestamp) -> pd.Timestamp:
    """Local midnight of the day that is counted up to an instant; midnight ends a day."""
    import pandas as pd

    last = (known_to - pd.Timedelta(microseconds=1)).tz_localize(None).normalize()
    return last.tz_localize(known_to.tz, ambiguous=True, nonexistent="shift_forward")


def parsed(changes: Sequence[str] | None) -> Mapping[str, Any]:
    """
    Values of `--set key=value`, read as TOML and as plain text where they are none.

    Raises
    ------
    InvalidValueError
        When an equals sign is missing.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    parsed: dict[str, Any] = {}
    for change in changes or ():
        name, separator, text = change.partition("=")
        if not separator or not name.strip():
            raise InvalidValueError("--set", "written like key=value", change)
        try:
            parsed[name.strip()] = tomlkit.parse(f"value = {text}").unwrap()["value"]
        except TOMLKitError:
            parsed[name.strip()] = text
    return parsed


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write contacts as Parquet or CSV, by the name of the file."""
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    else:
        table.to_csv(path, index=False)
    err.print(f"Wrote {len(table):,} contacts to {path}", markup=False)
