"""What the command line's options mean: values, files and folders, refused before work begins."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.terminal import err
from scenario import InvalidValueError

if TYPE_CHECKING:
    import pandas as pd

    from forecast import Edits
    from scenario.calendar import Horizon


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


def edits(file: Path | None) -> Edits:
    """The planner's edits of a file; none where no file is given."""
    from forecast import Edits, read_edits

    return Edits() if file is None else read_edits(file)


def instant(option: str, text: str, timezone: str) -> pd.Timestamp:
    """A time given on the command line, local where it has no offset."""
    import pandas as pd

    found = pd.to_datetime(text, errors="coerce")
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

    values: dict[str, Any] = {}
    for change in changes or ():
        name, separator, text = change.partition("=")
        if not separator or not name.strip():
            raise InvalidValueError("--set", "written like key=value", change)
        try:
            values[name.strip()] = tomlkit.parse(f"value = {text}").unwrap()["value"]
        except TOMLKitError:
            values[name.strip()] = text
    return values


def write_table(table: pd.DataFrame, path: Path, what: str) -> None:
    """Write contacts or events, as Parquet or CSV by the name of the file."""
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    else:
        table.to_csv(path, index=False)
    err.print(f"Wrote {len(table):,} {what} to {path}", markup=False)


def number(option: str, text: str) -> float:
    """A number given on the command line."""
    try:
        return float(text)
    except ValueError:
        raise InvalidValueError(option, "a number", text) from None


def numbers(option: str, text: str | None) -> list[float] | None:
    """Numbers separated by commas; None where none are given."""
    return None if text is None else [number(option, part) for part in text.split(",")]


def agents_by_group(option: str, texts: Sequence[str] | None) -> dict[str, int]:
    """Agents by group, each given as group=agents, once."""
    found: dict[str, int] = {}
    for text in texts or ():
        name, separator, agents = text.rpartition("=")
        group = name.strip()
        if not separator or not group:
            raise InvalidValueError(option, "written like group=agents", text)
        if group in found:
            raise InvalidValueError(option, "given once a group", text)
        try:
            found[group] = int(agents)
        except ValueError:
            rule = "written like group=agents, with one whole number"
            raise InvalidValueError(option, rule, text) from None
    return found


def whole_numbers(option: str, text: str) -> list[int]:
    """Whole numbers separated by commas."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise InvalidValueError(option, "whole numbers such as 1,2,3", text) from None


def require_within(option: str, moment: pd.Timestamp, period: Horizon) -> None:
    """Refuse a time outside the horizon before minutes are spent on planning it."""
    if not period.start <= moment < period.end:
        rule = f"between {period.start} and {period.end}"
        raise InvalidValueError(option, rule, str(moment))


def distinct_names(names: Sequence[str], files: Sequence[Path]) -> list[str]:
    """Names that tell scenarios apart: their own, else their files' names or paths."""
    for choice in (list(names), [file.stem for file in files], [str(file) for file in files]):
        if not Counter(choice).most_common(1)[0][1] > 1:
            return choice
    return [f"{place}. {file}" for place, file in enumerate(files, 1)]
