"""What the command line's options mean: values, files and folders, refused before work begins."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.terminal import err, tell
from scenario import Demand, InvalidValueError, Scenario
from scenario.assumptions import unmatched

if TYPE_CHECKING:
    import pandas as pd

    from forecast import Edits
    from forecast.events import Events
    from scenario.calendar import Horizon
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


def assumed(
    file: Path, changes: Sequence[str] | None, **options: int | None
) -> tuple[Scenario, Demand]:
    """
    A scenario and the demand that it names; what does not fit between them is told.

    Options that are given go into the scenario: a plan's folder then gives the plan again.
    """
    from forecast import demand_for

    given = {name: value for name, value in options.items() if value is not None}
    declared = Scenario.load(file, {**parsed(changes), **given})
    demand = demand_for(declared)
    tell((*demand.warnings, *unmatched(declared, demand.channels)))
    return declared, demand


def tell_timezone(file: str, timezone: str | None) -> None:
    """Say that times without an offset are read in UTC, where no time zone is given."""
    if timezone is None:
        tell([f"Times without an offset in {file} are read in UTC; --timezone names another zone."])


def reading(
    basis: Sequence[str] | None,
    mean_concurrency: Sequence[str] | None,
    actionable: Sequence[str] | None,
) -> Mapping[str, Any]:
    """How `read_history` is to take what a suite logged; nothing where nothing is given."""
    given: dict[str, Any] = {}
    bases = _by_channel("--basis", basis)
    if bases:
        given["handle_time_basis"] = bases
    together = _by_channel("--mean-concurrency", mean_concurrency)
    if together:
        given["mean_concurrency"] = _as_numbers("--mean-concurrency", together)
    shares = _by_channel("--actionable", actionable)
    if isinstance(shares, str):
        raise InvalidValueError("--actionable", "written like channel=share", shares)
    if shares:
        given["actionable"] = _as_numbers("--actionable", shares)
    return given


def _by_channel(option: str, values: Sequence[str] | None) -> str | dict[str, str]:
    """One value for all channels, or values by channel; nothing is an empty table."""
    named: dict[str, str] = {}
    for value in values or ():
        channel, separator, text = value.rpartition("=")
        if not separator:
            if len(values or ()) > 1:
                raise InvalidValueError(option, "one for all, or channel=value for each", value)
            return text
        named[channel.strip()] = text.strip()
    return named


def _as_numbers(option: str, texts: str | dict[str, str]) -> float | dict[str, float]:
    if isinstance(texts, str):
        return _number(option, texts)
    return {channel: _number(option, text) for channel, text in texts.items()}


def _number(option: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InvalidValueError(option, "a number", text) from None


def numbers(option: str, text: str | None) -> list[float] | None:
    """Numbers separated by commas; None where none are given."""
    return None if text is None else [_number(option, part) for part in text.split(",")]


def whole_numbers(option: str, text: str) -> list[int]:
    """Whole numbers separated by commas."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise InvalidValueError(option, "whole numbers such as 1,2,3", text) from None


def require_within(option: str, moment: pd.Timestamp | None, period: Horizon) -> None:
    """Refuse a time outside the horizon before minutes are spent on planning it."""
    if moment is not None and not period.start <= moment < period.end:
        rule = f"between {period.start} and {period.end}"
        raise InvalidValueError(option, rule, str(moment))


def distinct_names(names: Sequence[str], files: Sequence[Path]) -> list[str]:
    """Names that tell scenarios apart: their own, else their files' names or paths."""
    for choice in (list(names), [file.stem for file in files], [str(file) for file in files]):
        if not Counter(choice).most_common(1)[0][1] > 1:
            return choice
    return [f"{number}. {file}" for number, file in enumerate(files, 1)]
