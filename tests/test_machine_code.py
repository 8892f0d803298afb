"""The kernel's machine code: kept for exactly its sources, made by one process at a time."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from scenario import RunCancelledError
from simulate import machine_code, warm_up
from simulate.machine_code import SOURCES, compiled_sources, source_digest

COMPILED = [path.relative_to(SOURCES).as_posix() for path in compiled_sources(SOURCES)]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("copy") / "simulate"
    shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.mark.parametrize("name", COMPILED)
def test_an_edit_of_what_is_compiled_leads_to_another_folder(package: Path, name: str) -> None:
    before = source_digest(package)
    assert before == source_digest(SOURCES)
    text = (package / name).read_text()
    (package / name).write_text(text + "\nA = 1\n")
    assert source_digest(package) != before
    (package / name).write_text(text)


def test_an_edit_of_anything_else_keeps_the_machine_code(package: Path) -> None:
    before = source_digest(package)
    for name in ("outcome.py", "workers.py", "measures.py"):
        assert name not in COMPILED
        (package / name).write_text("A = 1\n")
    assert source_digest(package) == before


def test_every_file_that_a_compiled_function_takes_something_from_is_known() -> None:
    """Python itself says which modules hold compiled functions, and whose globals these read."""
    program = (
        "import pkgutil, sys, types, simulate\n"
        "for found in pkgutil.walk_packages(simulate.__path__, 'simulate.'):\n"
        "    __import__(found.name)\n"
        "from numba.core.dispatcher import Dispatcher\n"
        "for module in list(sys.modules.values()):\n"
        "    for one in list(vars(module).values()):\n"
        "        if isinstance(one, Dispatcher) and one.__module__.startswith('simulate'):\n"
        "            print(one.__module__)\n"
        "            for name in one.py_func.__code__.co_names:\n"
        "                used = one.py_func.__globals__.get(name)\n"
        "                home = used if isinstance(used, types.ModuleType) else None\n"
        "                print(home.__name__ if home else getattr(used, '__module__', None))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=SOURCES.parent,
    )
    used = {line for line in done.stdout.split() if line.startswith("simulate")}
    known = {f"simulate.{name[:-3].replace('/', '.')}" for name in COMPILED}
    assert {"simulate.rules", "simulate.draws", "simulate.kernel.loop"} <= used
    assert used <= known


def test_imports_are_followed_in_every_form(tmp_path: Path) -> None:
    package = tmp_path / "floor"
    (package / "deep").mkdir(parents=True)
    sources = {
        "__init__.py": "",
        "compiled.py": "",
        "first.py": "from floor.compiled import compiled\nfrom floor import second as s\n",
        "second.py": "import floor.deep.third, math\n",
        "deep/__init__.py": "from floor.fourth import (\n    A,  # one\n    B,\n)\n",
        "deep/third.py": "from floor.deep import A\n",
        "fourth.py": "A = 1\n",
        "other.py": "from floor.fourth import A\n",
    }
    for name, text in sources.items():
        (package / name).write_text(text)
    found = {path.relative_to(package).as_posix() for path in compiled_sources(package)}
    assert found == set(sources) - {"__init__.py", "other.py"}


def test_without_a_folder_to_write_machine_code_goes_to_a_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setattr(machine_code, "_cache_bases", lambda: [blocked])
    folder = machine_code.cache_folder.__wrapped__()
    assert folder.is_dir()
    assert blocked not in folder.parents
    folder.rmdir()


@pytest.fixture
def uncompiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A cache without machine code, and a list that grows with every compilation."""
    made: list[int] = []
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.setattr(warm_up, "_mark", lambda: tmp_path / "ready")
    monkeypatch.setattr(warm_up, "live_an_hour", lambda: made.append(os.getpid()))
    return made


def test_what_is_compiled_is_not_compiled_again(uncompiled: list[int]) -> None:
    lines: list[str] = []
    warm_up.warm_up(tell=lines.append)
    warm_up.warm_up(tell=lines.append)
    assert len(uncompiled) == 1
    assert lines == [warm_up.LINE]


def test_of_two_that_start_at_once_one_compiles(
    uncompiled: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def compile_slowly() -> None:
        uncompiled.append(1)
        begun.set()
        assert may_end.wait(10)

    monkeypatch.setattr(warm_up, "live_an_hour", compile_slowly)
    first, second = (threading.Thread(target=warm_up.warm_up) for _ in range(2))
    first.start()
    assert begun.wait(10)
    second.start()
    may_end.set()
    first.join(10)
    second.join(10)
    assert len(uncompiled) == 1


def test_who_waits_too_long_compiles_anyway(
    uncompiled: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm_up, "MOST_WAIT_S", 0.2)
    with warm_up._alone(tmp_path / "lock", None):
        warm_up.warm_up()
    assert len(uncompiled) == 1


def test_who_waits_can_be_stopped(uncompiled: list[int], tmp_path: Path) -> None:
    with warm_up._alone(tmp_path / "lock", None), pytest.raises(RunCancelledError):
        warm_up.warm_up(cancel=lambda: True)
    assert uncompiled == []


def test_the_lock_of_a_process_that_died_is_free(uncompiled: list[int], tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from simulate import warm_up\n"
        "with warm_up._alone(pathlib.Path(sys.argv[1]), None):\n"
        "    os._exit(0)\n"
    )
    lock = tmp_path / "lock"
    subprocess.run([sys.executable, "-c", program, str(lock)], check=True, cwd=SOURCES.parent)
    warm_up.warm_up(cancel=lambda: True)
    assert len(uncompiled) == 1
