"""Draw the pictures of the documents: `python -m benchmarks.pictures`."""

from pathlib import Path

from forecast import demand_for
from report.figures import overview
from scenario import Scenario
from staffing import plan

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Plan the sample team's week and draw it."""
    scenario = Scenario.load(ROOT / "data" / "scenarios" / "sample.toml")
    demand = demand_for(scenario)
    made = plan(scenario, demand, workers=2)
    overview(demand, made, "chat").savefig(ROOT / "docs" / "overview.png")


if __name__ == "__main__":
    main()
