"""
The tables of the database.

    version   one row a saved state: kind, name, number, who, when
    part      what a version holds: its content (no file name) and its files, by their digest
    blob      the bytes, once each, named after their SHA-256 and compressed

Versions are only ever added. Content that two versions share lies there once, so a scenario that
is saved fifty times keeps one copy of its history.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from store.kinds import LONGEST_AUTHOR, LONGEST_NAME, LONGEST_NOTE

METADATA = MetaData()
CONTENT = ""  # file name of a version's content, which is no file

SCHEMA_VERSION = Table("schema_version", METADATA, Column("number", Integer, nullable=False))

BLOB = Table(
    "blob",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),  # bytes before compression
    Column("packed", LargeBinary, nullable=False),
)

VERSION = Table(
    "version",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("name", String(LONGEST_NAME), nullable=False),
    Column("number", Integer, nullable=False),
    Column("author", String(LONGEST_AUTHOR), nullable=False),
    # Whole microseconds since 1970: SQLite gives times back without their zone.
    Column("saved_at_us", BigInteger, nullable=False),
    Column("note", String(LONGEST_NOTE), nullable=False),
    Column("size", BigInteger, nullable=False),  # bytes of content and files
    Column("deleted", Boolean, nullable=False),
    UniqueConstraint("kind", "name", "number"),
)

PART = Table(
    "part",
    METADATA,
    Column("version_id", ForeignKey("version.id", ondelete="CASCADE"), primary_key=True),
    Column("file", String(255), primary_key=True),
    Column("sha256", ForeignKey("blob.sha256"), nullable=False),
    Index("part_of_blob", "sha256"),
)
