"""Which form the tables have, and how an older store is lifted to the present form."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, insert, inspect, select, update

from store.errors import StoreError
from store.tables import METADATA, SCHEMA_VERSION

# The step at place i lifts a store from version i + 1 to i + 2, inside one transaction.
# A step is never edited once it was released; a new store is made in the present form at once.
STEPS: tuple[Callable[[Connection], None], ...] = ()


def present_version() -> int:
    """Number of the form that this program writes."""
    return len(STEPS) + 1


def found_version(connection: Connection) -> int:
    """
    Number of the form that a store has; 0 where it is empty.

    Raises
    ------
    StoreError
        When the database belongs to something else, or was written by a newer program.
    """
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return 0
    numbers = []
    if SCHEMA_VERSION.name in tables:
        numbers = list(connection.scalars(select(SCHEMA_VERSION.c.number)))
    if len(numbers) != 1:
        raise StoreError(
            "The database named for saved work holds the tables of something else"
            f" ({', '.join(sorted(tables)[:5])}). Nothing was changed in it; name another one."
        )
    if numbers[0] > present_version():
        raise StoreError(
            f"The saved work was written by a newer Allweather (form {numbers[0]}; this one knows"
            f" forms up to {present_version()}). Nothing was changed; update this program."
        )
    return int(numbers[0])


def bring_up_to_date(connection: Connection) -> None:
    """Make the tables of an empty store, or lift an older one; all of it or nothing."""
    found = found_version(connection)
    if not found:
        METADATA.create_all(connection)
        connection.execute(insert(SCHEMA_VERSION).values(number=present_version()))
        return
    for step in STEPS[found - 1 :]:
        step(connection)
    connection.execute(update(SCHEMA_VERSION).values(number=present_version()))
