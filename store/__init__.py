"""Work saved by name and version: histories, mappings, edits, scenarios, plans, staffing."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from store.errors import ConflictError, NotSavedError, StoreError
from store.kinds import KINDS, Saved, Version

if TYPE_CHECKING:
    from store.opening import default_url, open_store
    from store.saved import Store

_HOMES = {"Store": "saved", "default_url": "opening", "open_store": "opening"}

__all__ = [
    "KINDS",
    "ConflictError",
    "NotSavedError",
    "Saved",
    "Store",
    "StoreError",
    "Version",
    "default_url",
    "open_store",
]


def __getattr__(name: str) -> Any:
    """Import a public name where it is first used: SQLAlchemy takes a fifth of a second."""
    if name in _HOMES:
        return getattr(import_module(f"store.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'store' has no attribute {name!r}")
