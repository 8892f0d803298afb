"""What the documents show works: their Python runs, their commands and links exist."""

import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "data" / "README.md"])
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
COMMAND = re.compile(r"^(?: {4}|\$ )?(?:\.venv/bin/)?allweather ([a-z]+)", re.MULTILINE)


def named(document):
    return str(document.relative_to(ROOT))


def blocks(document, *languages):
    """(text, notes) of the fenced blocks of some languages, notes being what follows the name."""
    for language, notes, text in BLOCK.findall(document.read_text(encoding="utf-8")):
        if language in languages:
            yield text, notes.split()


def runnable():
    """Documents with Python in them; those with a block noted `slow` take minutes."""
    for document in DOCUMENTS:
        found = list(blocks(document, "python"))
        if found:
            slow = any("slow" in notes for _, notes in found)
            marks = [pytest.mark.slow] if slow else []
            yield pytest.param(document, id=named(document), marks=marks)


@pytest.mark.parametrize("document", list(runnable()))
def test_python_of_a_document_runs_from_top_to_bottom(document, tmp_path, monkeypatch):
    """In one session and an empty folder that has the project's data beside it."""
    monkeypatch.chdir(tmp_path)
    os.symlink(ROOT / "data", tmp_path / "data")
    names: dict[str, object] = {"__name__": "document"}
    for text, _ in blocks(document, "python"):
        exec(compile(text, named(document), "exec"), names)
    assert len(names) > 2, "a block that names nothing shows nothing"


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_of_a_document_lead_somewhere(document):
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        if "://" not in link:
            assert (document.parent / link).exists(), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_commands_of_a_document_exist(document):
    import typer

    from cli import command_line

    known = typer.main.get_command(command_line).commands
    assert set(COMMAND.findall(document.read_text(encoding="utf-8"))) <= known.keys()


def test_index_names_every_page():
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert pages <= set(LINK.findall(index))


def test_make_targets_of_the_readme_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    shown = set(re.findall(r"\bmake ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert shown <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert {"app", "test"} <= shown
