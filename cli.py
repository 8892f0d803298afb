"""The same library for the terminal: results on standard output, everything else on error."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from commands import floor, histories, staff
from commands.terminal import BAD_INPUT, err
from report.documents import as_json
from scenario import PlanningError

COMMANDS = (
    histories.check,
    histories.forecast,
    histories.backtest,
    histories.today,
    histories.review,
    floor.simulate,
    floor.compare,
    floor.drill,
    staff.plan,
    staff.explain,
    staff.frontier,
    staff.sensitivity,
    staff.concurrency,
    staff.blending,
    staff.weather,
)

command_line = typer.Typer(
    name="allweather",
    help="Forecast the contacts, rehearse the day, staff for any weather.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in COMMANDS:
    command_line.command()(command)


@command_line.command()
def schema() -> None:
    """Print the JSON Schema of scenario files."""
    from scenario.schema import schema as scenario_schema

    print(as_json(scenario_schema()))


@command_line.command()
def app(
    port: Annotated[int, typer.Option(help="Port on this machine.", min=1, max=65535)] = 8501,
    headless: Annotated[bool, typer.Option(help="Do not open a browser window.")] = False,
) -> None:
    """Open the what-if app in the browser; it listens on this machine only."""
    from streamlit.web import cli as streamlit

    root = Path(__file__).resolve().parent
    given = ["run", str(root / "app.py"), f"--server.port={port}"]
    given += ["--server.address=127.0.0.1", f"--server.headless={str(headless).lower()}"]
    streamlit.main(given)


def main() -> None:
    """Run a command; exit status 2 for bad input, told in a clear message."""
    try:
        command_line()
    except PlanningError as error:
        err.print(str(error), markup=False, highlight=False)
        sys.exit(BAD_INPUT)


if __name__ == "__main__":
    main()
