"""
The house keeps its shape: imports point one way, heavy libraries have one home, files stay small.

    shells (app, views, cli, terminal, report, store) → staffing → simulate → scenario ← forecast
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LIBRARY = {"scenario", "forecast", "simulate", "staffing"}
MAY_IMPORT = {
    "scenario": set(),
    "forecast": {"scenario"},
    "simulate": {"scenario"},
    "staffing": {"scenario", "simulate"},
    "report": LIBRARY,
    "store": {"scenario"},
    "views": LIBRARY | {"report", "store"},
    "app": LIBRARY | {"report", "views"},
    "commands": LIBRARY | {"report"},
    "cli": LIBRARY | {"commands", "report"},
}
ONLY_HOME = {
    "statsmodels": {"forecast"},
    "holidays": {"forecast"},
    "simpy": {"simulate"},
    "numba": {"simulate"},
    "streamlit": {"app", "views"},
    "altair": {"app", "views"},
    "matplotlib": {"report"},
    "openpyxl": {"report"},
    "typer": {"cli", "commands"},
    "rich": {"commands"},
    "pydantic": {"scenario"},
    "sqlalchemy": {"store"},
}
# `allweather app` hands its arguments to Streamlit's own command.
EXCEPTIONS = {"streamlit": {"cli.py"}}

# A file that passes 350 lines is probably two; here ends the patience.
MOST_LINES = 400


def files_of(part: str) -> list[Path]:
    """Source files of a package or of a single module at the top."""
    module = ROOT / f"{part}.py"
    return [module] if module.exists() else sorted((ROOT / part).rglob("*.py"))


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Dotted names of all modules that a file imports, wherever in it, relative ones too."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{module}.{alias.name}".lstrip(".") for alias in node.names)
        elif isinstance(node, ast.Call) and node.args:
            # importlib.import_module("name") and __import__("name")
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            name = node.args[0]
            if called in {"import_module", "__import__"} and isinstance(name, ast.Constant):
                yield str(name.value)


def lines() -> Iterator[tuple[Path, int]]:
    for part in MAY_IMPORT:
        for path in files_of(part):
            yield path, len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_imports_point_one_way(part):
    assert files_of(part), f"{part} is gone"
    for path in files_of(part):
        ours = {name.partition(".")[0] for name in imports(path)} & MAY_IMPORT.keys()
        assert ours <= MAY_IMPORT[part] | {part}, path


@pytest.mark.parametrize("library", ONLY_HOME)
def test_library_is_imported_at_home_only(library):
    guests = {
        str(path.relative_to(ROOT))
        for part in MAY_IMPORT.keys() - ONLY_HOME[library]
        for path in files_of(part)
        if library in {name.partition(".")[0] for name in imports(path)}
    }
    assert guests == EXCEPTIONS.get(library, set())


def test_relative_and_late_imports_are_seen(tmp_path, monkeypatch):
    """A file that breaks the rules in every way that Python knows."""
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / "simulate" / "floor" / "sly.py"
    path.parent.mkdir(parents=True)
    path.write_text(
        "from ..log import Ending\nfrom . import world\nimport staffing.plan as plan\n"
        "def late():\n    from forecast import predict\n    import_module('views.frame')\n"
    )
    assert list(imports(path)) == [
        "simulate.log.Ending",
        "simulate.floor.world",
        "staffing.plan",
        "forecast.predict",
        "views.frame",
    ]


HEAVY = ["statsmodels", "simpy", "numba", "streamlit", "matplotlib", "openpyxl", "sqlalchemy"]


@pytest.mark.parametrize(
    ("statement", "kept_out"),
    [
        (
            "import scenario, forecast, simulate, staffing, report, store",
            [*HEAVY, "scipy.optimize", "scipy.stats"],
        ),
        ("import cli", ["statsmodels", "simpy", "numba", "streamlit", "matplotlib"]),
        ("import simulate.run, staffing.planning", ["statsmodels", "holidays", "streamlit"]),
    ],
)
def test_heavy_libraries_are_loaded_where_they_are_used(statement, kept_out):
    """A replication worker does not pay seconds for the forecast, nor `--help` for the floor."""
    code = f"import sys; {statement}; print(*(set({kept_out!r}) & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_the_floor_has_one_source_of_random_numbers():
    """Every number on the floor comes from draws.py, by its key."""
    for path in files_of("simulate"):
        names = {name for name in imports(path) if name.partition(".")[0] == "random"}
        text = path.read_text(encoding="utf-8")
        assert path.name == "draws.py" or (not names and "np.random" not in text), path


def test_nothing_reads_a_global_generator():
    for part in MAY_IMPORT:
        for path in files_of(part):
            assert not any(name.partition(".")[0] == "random" for name in imports(path)), path


def test_files_stay_one_thought():
    long = {str(path.relative_to(ROOT)): count for path, count in lines() if count > MOST_LINES}
    assert long == {}
