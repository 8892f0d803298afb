"""Where saved work lies, and how a store of it is opened."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from store import schema
from store.engine import engine_of, told, write_ahead, writing
from store.saved import Store

VARIABLE = "ALLWEATHER_STORE"  # names another database by its URL
FILE = "saved.sqlite"


def open_store(url: str | None = None) -> Store:
    """
    The place where work is saved; made where there is none, lifted where it is older.

    Parameters
    ----------
    url
        Of a database, e.g. `sqlite:////srv/allweather/saved.sqlite`; default: what the
        environment variable ALLWEATHER_STORE names, else a file in the user's data folder.

    Raises
    ------
    StoreError
        When it cannot be opened, is damaged, belongs to something else, or was written by a newer
        program. Nothing in it is changed then.
    """
    named = url or default_url()
    engine = engine_of(named)
    with told(engine):
        with engine.connect() as connection:
            found = schema.found_version(connection)
        if found < schema.present_version():
            if engine.dialect.name == "sqlite":
                write_ahead(engine)
            with writing(engine) as connection:
                schema.bring_up_to_date(connection)
    return Store(engine)


def default_url() -> str:
    """URL of the store that is opened when none is named."""
    return os.environ.get(VARIABLE) or f"sqlite:///{data_folder() / FILE}"


def data_folder() -> Path:
    """The folder in which this user's programs keep their data, and in it that of this one."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return base / "allweather"
