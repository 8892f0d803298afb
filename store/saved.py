"""Saving by name: every save is a new version, and nobody overwrites another unknowingly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, Select, func, select

from store import rows
from store.engine import reading, writing
from store.errors import ConflictError, NotSavedError
from store.kinds import DRAFT, Saved, Version, checked_kind, checked_name
from store.tables import VERSION


class Store:
    """
    Work saved by name and version; see `open_store`.

    Safe to share between threads, and between processes that open the same URL.

    Parameters
    ----------
    engine
        An opened database whose tables are up to date.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(
        self,
        kind: str,
        name: str,
        content: bytes | str,
        *,
        files: Mapping[str, bytes] | None = None,
        expected_version: int | None = None,
        author: str = "",
        note: str = "",
    ) -> Version:
        """
        Save as the next version; saving what is saved already makes none.

        Parameters
        ----------
        kind
            "history", "mapping", "edits", "scenario", "plan" or "staffing".
        name
            What people call it, 1 to 120 letters.
        content
            The bytes, or a text.
        files
            What belongs to it, by file name.
        expected_version
            Number of the version that this work began with, 0 for a name that should be free;
            None asks for nothing.
        author, note
            Who saves, and what was done; one line each.

        Returns
        -------
        Version
            The saved one.

        Raises
        ------
        ConflictError
            When another version than the expected one is the latest. Nothing is saved then.
        StoreError
            When it cannot be written. What was saved before is untouched.
        """
        kind, name = checked_kind(kind), checked_name(name)
        parts = rows.parts_of(content, files)
        with writing(self._engine) as connection:
            latest = rows.latest(connection, kind, name)
            if latest is not None and rows.holds(connection, latest, parts):
                return rows.version_of(latest)
            _refuse_conflict(latest, expected_version)
            number = 1 if latest is None else latest.number + 1
            added = rows.add(connection, kind, name, number, parts, author=author, note=note)
            return rows.version_of(added)

    def load(self, kind: str, name: str, version: int | None = None) -> Saved:
        """
        What was saved.

        Parameters
        ----------
        kind, name
            As saved.
        version
            Its number; default: the latest.

        Raises
        ------
        NotSavedError
            When there is no such version, or it was deleted.
        StoreError
            When the bytes are no longer those that were saved.
        """
        kind, name = checked_kind(kind), checked_name(name)
        with reading(self._engine) as connection:
            found = rows.latest(connection, kind, name, version)
            if found is None or found.deleted:
                raise NotSavedError(kind, name, version)
            return rows.saved(connection, found)

    def names(self, kind: str) -> tuple[str, ...]:
        """Names that are saved, in alphabetical order."""
        return tuple(version.name for version in self.latest(kind))

    def latest(self, kind: str, *, deleted: bool = False) -> tuple[Version, ...]:
        """The latest version of every name that is saved, by name; with the `deleted` ones."""
        newest = (
            select(VERSION.c.name, func.max(VERSION.c.number).label("number"))
            .where(VERSION.c.kind == checked_kind(kind))
            .group_by(VERSION.c.name)
            .subquery()
        )
        wanted = (
            select(VERSION)
            .join(newest, (VERSION.c.name == newest.c.name) & (VERSION.c.number == newest.c.number))
            .where(VERSION.c.kind == kind)
        )
        found = [version for version in self._versions(wanted) if deleted or not version.deleted]
        return tuple(sorted(found, key=lambda version: version.name.casefold()))

    def versions(self, kind: str, name: str) -> tuple[Version, ...]:
        """Every version of a name, the latest first; deletions too. None where it is unknown."""
        own = (VERSION.c.kind == checked_kind(kind)) & (VERSION.c.name == checked_name(name))
        return self._versions(select(VERSION).where(own).order_by(VERSION.c.number.desc()))

    def restore(
        self,
        kind: str,
        name: str,
        version: int,
        *,
        expected_version: int | None = None,
        author: str = "",
    ) -> Version:
        """
        Save an older version anew as the latest; also brings back what was deleted.

        Raises
        ------
        NotSavedError
            When there is no such version.
        ConflictError
            As in `save`.
        """
        old = self.load(kind, name, version)
        return self.save(
            kind,
            name,
            old.content,
            files=old.files,
            expected_version=expected_version,
            author=author,
            note=f"version {version} restored",
        )

    def delete(
        self, kind: str, name: str, *, expected_version: int | None = None, author: str = ""
    ) -> Version:
        """
        Take a name off the list; its versions stay and can be restored.

        Raises
        ------
        NotSavedError
            When nothing is saved under it.
        ConflictError
            As in `save`.
        """
        kind, name = checked_kind(kind), checked_name(name)
        with writing(self._engine) as connection:
            latest = rows.latest(connection, kind, name)
            if latest is None or latest.deleted:
                raise NotSavedError(kind, name)
            _refuse_conflict(latest, expected_version)
            number = latest.number + 1
            gone = rows.add(connection, kind, name, number, {}, author=author, deleted=True)
            return rows.version_of(gone)

    def keep_draft(
        self, key: str, content: bytes | str, files: Mapping[str, bytes] | None = None
    ) -> None:
        """
        Keep what somebody works on, under a key made from it; it has no name and no versions.

        Drafts that nobody opened for ninety days are dropped.
        """
        with writing(self._engine) as connection:
            known = rows.latest(connection, DRAFT, key)
            if known is not None:
                rows.touch(connection, known)
                return
            rows.add(connection, DRAFT, key, 1, rows.parts_of(content, files))
            rows.drop_old_drafts(connection)

    def draft(self, key: str) -> Saved | None:
        """What was kept under a key; None where it is unknown or was dropped."""
        with reading(self._engine) as connection:
            known = rows.latest(connection, DRAFT, key)
            found = None if known is None else rows.saved(connection, known)
        if known is not None and rows.long_untouched(known):
            with writing(self._engine) as connection:
                rows.touch(connection, known)
        return found

    def _versions(self, wanted: Select[Any]) -> tuple[Version, ...]:
        with reading(self._engine) as connection:
            return tuple(rows.version_of(row) for row in connection.execute(wanted).all())


def _refuse_conflict(latest: rows.VersionRow | None, expected: int | None) -> None:
    """A name that was deleted is as free as one that never was."""
    if latest is None or expected is None or expected == latest.number:
        return
    if expected == 0 and latest.deleted:
        return
    raise ConflictError(rows.version_of(latest), expected)
