"""Which arguments and options do several commands share?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

HistoryFile = Annotated[Path, typer.Argument(help="History: CSV (also gz), XLSX or Parquet.")]
ScenarioFile = Annotated[Path, typer.Argument(help="Scenario file (TOML).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Horizon = Annotated[str, typer.Option(help="How far to look ahead, e.g. 28d, 8w or 12h.")]
TimeZone = Annotated[
    str | None, typer.Option(help="IANA time zone of local times in the file; default: UTC.")
]
Basis = Annotated[
    list[str] | None,
    typer.Option(
        metavar="solo|elapsed",
        help="How handle times were logged: of a contact handled alone, or from answer to end"
        " with others in hand; also for one channel, chat=elapsed. Default: solo.",
    ),
]
MeanConcurrency = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CONTACTS",
        help="Contacts in hand while one was handled, on average, where the basis is elapsed;"
        " also for one channel, chat=1.8.",
    ),
]
Actionable = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CHANNEL=SHARE",
        help="Share of the mentions counted in a channel that ask for an answer, in 0-1.",
    ),
]
EventsFile = Annotated[Path | None, typer.Option("--events", help="Events file (CSV).")]
EditsFile = Annotated[Path | None, typer.Option("--edits", help="Planner's edits (CSV).")]
Country = Annotated[str | None, typer.Option(help="Country of public holidays, e.g. GB.")]
Region = Annotated[str | None, typer.Option(help="Region within the country, e.g. ENG.")]
Seed = Annotated[int | None, typer.Option(help="Seed; default: the scenario's.", min=0)]
Replications = Annotated[
    int | None, typer.Option(help="Simulated runs; default: the scenario's.", min=1)
]
Engine = Annotated[str, typer.Option(help="Engine of the floor: kernel or simpy.")]
Workers = Annotated[int, typer.Option(help="Processes to use; the numbers stay the same.", min=1)]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Put a value in place of the scenario's."),
]
