"""Versions as rows of the tables: found, added, compared; their bytes packed and checked."""

from __future__ import annotations

import hashlib
import time
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from store.errors import StoreError
from store.kinds import DRAFT, LONGEST_AUTHOR, LONGEST_NOTE, Saved, Version, one_line
from store.tables import BLOB, CONTENT, PART, VERSION

VersionRow = Row[Any]  # a row of `VERSION`, all columns

DRAFTS_KEPT = timedelta(days=90)  # since they were last opened
TOUCHED_EACH = timedelta(days=1)
PACKED_HARD = 6  # tables of counts shrink to an eighth; more effort gains nothing
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parts_of(content: bytes | str, files: Mapping[str, bytes] | None) -> dict[str, bytes]:
    """Content and files of a version, by file name; the content has none."""
    whole = content.encode("utf-8") if isinstance(content, str) else bytes(content)
    named = {name.replace("\\", "/").split("/")[-1]: data for name, data in (files or {}).items()}
    return {**named, CONTENT: whole}


def latest(
    connection: Connection, kind: str, name: str, number: int | None = None
) -> VersionRow | None:
    """The newest version of a name, or the one of that number; None where there is none."""
    own = (VERSION.c.kind == kind) & (VERSION.c.name == name)
    if number is not None:
        own &= VERSION.c.number == number
    wanted = select(VERSION).where(own).order_by(VERSION.c.number.desc()).limit(1)
    return connection.execute(wanted).one_or_none()


def holds(connection: Connection, row: VersionRow, parts: Mapping[str, bytes]) -> bool:
    """Whether a version is these parts and no others."""
    own = select(PART.c.file, PART.c.sha256).where(PART.c.version_id == row.id)
    found = {file: digest for file, digest in connection.execute(own)}
    return found == {name: _digest(data) for name, data in parts.items()}


def add(
    connection: Connection,
    kind: str,
    name: str,
    number: int,
    parts: Mapping[str, bytes],
    *,
    author: str = "",
    note: str = "",
    deleted: bool = False,
) -> VersionRow:
    """Write a version down with its parts."""
    row = connection.execute(
        insert(VERSION)
        .values(
            kind=kind,
            name=name,
            number=number,
            author=one_line(author, LONGEST_AUTHOR),
            saved_at_us=_now_us(),
            note=one_line(note, LONGEST_NOTE),
            size=sum(map(len, parts.values())),
            deleted=deleted,
        )
        .returning(*VERSION.c)
    ).one()
    for file, data in parts.items():
        digest = _digest(data)
        known = select(BLOB.c.sha256).where(BLOB.c.sha256 == digest)
        if connection.execute(known).first() is None:
            packed = zlib.compress(data, PACKED_HARD)
            values = {"sha256": digest, "size": len(data), "packed": packed}
            connection.execute(insert(BLOB).values(values))
        connection.execute(insert(PART).values(version_id=row.id, file=file, sha256=digest))
    return row


def saved(connection: Connection, row: VersionRow) -> Saved:
    """
    A version with its bytes.

    Raises
    ------
    StoreError
        When they are no longer those that were saved.
    """
    own = (
        select(PART.c.file, PART.c.sha256, BLOB.c.packed)
        .join(BLOB, BLOB.c.sha256 == PART.c.sha256)
        .where(PART.c.version_id == row.id)
    )
    parts = {
        file: _unpacked(row, digest, packed) for file, digest, packed in connection.execute(own)
    }
    if CONTENT not in parts:
        raise _damaged(row)
    content = parts.pop(CONTENT)
    return Saved(version_of(row), content, parts)


def version_of(row: VersionRow) -> Version:
    """What people see of a version."""
    at = EPOCH + timedelta(microseconds=row.saved_at_us)
    return Version(row.kind, row.name, row.number, row.author, at, row.note, row.size, row.deleted)


def touch(connection: Connection, row: VersionRow) -> None:
    """Say that a draft is still in use."""
    connection.execute(update(VERSION).where(VERSION.c.id == row.id).values(saved_at_us=_now_us()))


def long_untouched(row: VersionRow) -> bool:
    """Whether the last use of a draft is to be written down again."""
    return bool(_now_us() - row.saved_at_us > TOUCHED_EACH // timedelta(microseconds=1))


def drop_old_drafts(connection: Connection) -> None:
    """Drop drafts that nobody opened for long, and bytes that nothing needs any more."""
    before = _now_us() - DRAFTS_KEPT // timedelta(microseconds=1)
    old = (VERSION.c.kind == DRAFT) & (VERSION.c.saved_at_us < before)
    gone = list(connection.scalars(select(VERSION.c.id).where(old)))
    if not gone:
        return
    connection.execute(delete(PART).where(PART.c.version_id.in_(gone)))
    connection.execute(delete(VERSION).where(VERSION.c.id.in_(gone)))
    connection.execute(delete(BLOB).where(BLOB.c.sha256.not_in(select(PART.c.sha256))))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _unpacked(row: VersionRow, digest: str, packed: bytes) -> bytes:
    try:
        data = zlib.decompress(packed)
    except zlib.error:
        raise _damaged(row) from None
    if _digest(data) != digest:
        raise _damaged(row)
    return data


def _damaged(row: VersionRow) -> StoreError:
    return StoreError(
        f'Version {row.number} of the {row.kind} "{row.name}" is damaged on the disk: its bytes'
        " are not those that were saved. Other versions are not touched by this."
    )


def _now_us() -> int:
    return time.time_ns() // 1000
