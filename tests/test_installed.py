"""What is installed is what constraints.txt says, and it says no more than names and versions."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OF_THE_ENVIRONMENT = {"allweather", "pip", "setuptools", "wheel"}


def canonical(name):
    """A distribution's name as it is compared: "Foo_Bar" is "foo-bar"."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def pinned():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [re.fullmatch(r"([a-z0-9-]+)==([A-Za-z0-9.+]+)", line) for line in lines]
    assert all(pins), "names and versions only"
    return {pin[1]: pin[2] for pin in pins}


def test_installed_versions_are_the_pinned_ones(pinned):
    installed = {
        canonical(found.metadata["Name"]): found.version for found in metadata.distributions()
    }
    others = {
        name: version
        for name, version in installed.items()
        if name not in OF_THE_ENVIRONMENT and pinned.get(name) != version
    }
    assert others == {}


def test_every_dependency_is_pinned(pinned):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"]]
    for extra in project.get("optional-dependencies", {}).values():
        wanted += extra
    names = {canonical(re.split(r"[\[<>=!~; ]", line)[0]) for line in wanted}
    assert names - OF_THE_ENVIRONMENT <= pinned.keys()
