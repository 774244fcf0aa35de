"""Which of a database's tables are the store's."""

from __future__ import annotations

from typing import Any

from bot.store.tables import METADATA


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave alone what others keep in the same database: DBOS's tables share the namespace on SQLite.

    For Alembic's ``include_name``.
    """
    return kind != "table" or name in METADATA.tables
