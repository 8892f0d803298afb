"""
The program that makes the sample centres: `python data/make.py [--out FOLDER]`.

It writes, for each centre, history.csv, staffing.csv and events.csv, and one week's contact
log of the team of 20. The same pinned versions give the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
from datetime import timedelta
from pathlib import Path

import pandas as pd
from centres import CENTRES, EVENTS, PLANNED_WEEK, TEAM_20, ZONE, Centre, Shape
from contacts import Contacts, draw_contacts
from logbook import contact_log
from variants import flu, separate_teams
from weather import is_recorded, local, quarter_starts

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Write every file."""
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to")
    out = parser.parse_args().out
    for centre in CENTRES:
        folder = out / centre.folder
        folder.mkdir(parents=True, exist_ok=True)
        contacts = {c.name: draw_contacts(centre, c, quarter_starts()) for c in centre.channels}
        if centre is TEAM_20:
            log, contacts = contact_log(centre, contacts)
            write_packed(log, out / "contact_log.csv.gz")
        write(history(contacts), folder / "history.csv")
        write(events(centre), folder / "events.csv")
        write(staffing(centre.staffing), folder / "staffing.csv")
    for name, variant in (("flu", flu), ("separate", separate_teams)):
        table = staffing(variant(TEAM_20.staffing))
        write(table, out / TEAM_20.folder / f"staffing_{name}.csv")


def history(contacts: dict[str, Contacts]) -> pd.DataFrame:
    """
    History of a centre in order of time, then channel.

    A row exists for every quarter-hour in which its channel is open; social channels are
    heard around the clock, so theirs never end, zeros included. Only the gap has no rows.
    """
    parts = []
    for order, of_channel in enumerate(contacts.values()):
        part = of_channel.history().assign(order=order, quarter=range(len(of_channel.starts)))
        parts.append(part[is_recorded(of_channel.channel, of_channel.starts)])
    table = pd.concat(parts).sort_values(["quarter", "order"])
    return table.drop(columns=["quarter", "order"])


def staffing(groups: dict[str, tuple[Shape, ...]]) -> pd.DataFrame:
    """Agents on the floor in each staffed hour of the planned week."""
    rows = []
    for weekday in range(7):
        day = PLANNED_WEEK + timedelta(days=weekday)
        hours = {h: {} for h in range(24)}
        for group, week in groups.items():
            for offset, agents in enumerate(week[weekday].shares):
                hours[week[weekday].first_hour + offset][group] = agents
        for hour, present in hours.items():
            start = pd.Timestamp(day).replace(hour=hour).tz_localize(ZONE).isoformat()
            rows.extend((start, group, agents) for group, agents in present.items())
    return pd.DataFrame(rows, columns=["interval_start", "group", "agents"])


def events(centre: Centre) -> pd.DataFrame:
    """
    The centre's events, a row for each channel.

    Columns `name`, `channel`, `start`, `end` (local, with offset), `factor` and `half_life_h`
    (empty: to be estimated; constant), `known` (in advance: yes or no).
    """
    names = [channel.name for channel in centre.channels]
    rows = [
        {
            "name": event.name,
            "channel": event.channel,
            "start": local(event.start).isoformat(),
            "end": local(event.end).isoformat(),
            "factor": "" if event.factor is None else f"{event.factor:g}",
            "half_life_h": "" if event.half_life_h is None else f"{event.half_life_h:g}",
            "known": "yes" if event.known else "no",
        }
        for event in EVENTS
        if event.channel in names
    ]
    return pd.DataFrame(rows)


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a CSV with the same line ends everywhere."""
    table.to_csv(path, index=False, lineterminator="\n")


def write_packed(table: pd.DataFrame, path: Path) -> None:
    """
    Write a packed CSV without name or time of packing.

    A file that already holds this very text is left alone: another zlib packs the same text
    into other bytes.
    """
    text = table.to_csv(index=False, lineterminator="\n").encode()
    if path.is_file() and gzip.decompress(path.read_bytes()) == text:
        return
    path.write_bytes(gzip.compress(text, compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
