"""How the database is opened and spoken to: one writer at a time, faults told in sentences."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.pool import NullPool

from scenario.errors import InvalidValueError
from store.errors import StoreError

PATIENCE_S = 15.0  # a save waits so long for others to finish theirs
AGAIN_S = 0.02  # between tries where SQLite does not wait by itself
WRITE_AHEAD = "PRAGMA journal_mode = WAL"
WRITES = "allweather_writes"  # execution option of a connection that will write

# What SQLite's result codes mean to a planner, by the beginning of their names.
MEANINGS = {
    "SQLITE_NOTADB": "is not a database of this program, or is damaged",
    "SQLITE_CORRUPT": "is damaged",
    "SQLITE_READONLY": "can be read but not written",
    "SQLITE_PERM": "may not be opened by this user",
    "SQLITE_CANTOPEN": "cannot be opened",
    "SQLITE_BUSY": "has been held by another program for too long",
    "SQLITE_FULL": "cannot grow: the disk is full",
    "SQLITE_TOOBIG": "cannot hold so large a file",
    "SQLITE_IOERR": "cannot be read or written: the disk reports a fault",
}
ADVICE = {
    "is damaged": "Keep a copy of it and name another place with ALLWEATHER_STORE.",
    "cannot": "Free the place, or name another one with ALLWEATHER_STORE.",
    "has been": "Try again.",
}


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A look at one unchanging state, beside whoever writes."""
    with told(engine), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """The only writer, among all threads and processes, until the end; all of it or nothing."""
    with told(engine), engine.execution_options(**{WRITES: True}).begin() as connection:
        yield connection


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Tell a fault of the database in a sentence."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(_sentence(engine, error)) from error
    except (SQLAlchemyError, OSError) as error:
        place = engine.url.render_as_string()
        raise StoreError(f"Saved work at {place} cannot be reached: {error}") from error


def engine_of(url: str) -> Engine:
    """
    The way to a database; nothing is opened yet.

    Raises
    ------
    InvalidValueError
        When it would be in memory only.
    StoreError
        When the URL names no database, or its folder cannot be made.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, pool_pre_ping=True)
        if not parsed.database or ":memory:" in parsed.database:
            rule = "a file: what is only in memory is lost with the program"
            raise InvalidValueError("URL of the store", rule, url)
        if not parsed.database.startswith("file:"):
            Path(parsed.database).expanduser().parent.mkdir(parents=True, exist_ok=True)
            parsed = parsed.set(database=str(Path(parsed.database).expanduser()))
        # A connection a task: nothing stays open between them, in any thread or child process.
        patience = {} if "timeout" in parsed.query else {"timeout": PATIENCE_S}
        engine = create_engine(parsed, poolclass=NullPool, connect_args=patience)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise StoreError(f"{url!r} names no database that can be opened: {error}") from None
    except OSError as error:
        raise StoreError(f"No folder can be made for saved work at {url}: {error}") from None
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: object) -> None:
    # Transactions begin where `_on_begin` says, not where the driver guesses.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")  # what was told as saved survives a power cut


def _on_begin(connection: Connection) -> None:
    # A writer takes its place at once: two who read first and then write would block each other.
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def write_ahead(engine: Engine) -> None:
    """
    Let readers go on while somebody writes; the file remembers it.

    SQLite itself does not wait for another who opens the new file at the same time.
    """
    raw = engine.raw_connection()
    try:
        patience_ms = raw.cursor().execute("PRAGMA busy_timeout").fetchone()[0]
        until = time.monotonic() + patience_ms / 1000
        while True:
            try:
                raw.cursor().execute(WRITE_AHEAD)
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > until:
                    raise OperationalError(WRITE_AHEAD, None, error) from None
                time.sleep(AGAIN_S)
    finally:
        raw.close()


def _sentence(engine: Engine, error: DBAPIError) -> str:
    code = getattr(error.orig, "sqlite_errorname", "")
    meaning = next((text for name, text in MEANINGS.items() if code.startswith(name)), None)
    place = engine.url.database if engine.dialect.name == "sqlite" else engine.url.host
    if meaning is None:
        return f"Saved work at {place} cannot be used: {error.orig}. What was saved is untouched."
    advice = next((text for part, text in ADVICE.items() if part in meaning), "")
    return (
        f"The file with saved work, {place}, {meaning}. Nothing in it was changed. {advice}".strip()
    )
