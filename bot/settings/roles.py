"""Who has which role, as the settings say it.

A **grantee** is one of: a Slack user id (``U...``, ``W...``), a user group's id (``S...``), ``*`` for
everybody of the workspace, ``workspace-admins`` for its owners and admins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from bot.dataclass import dataclass

EVERYBODY: Final = "*"
WORKSPACE_ADMINS: Final = "workspace-admins"
_USER: Final = re.compile(r"[UW][A-Z0-9]{2,30}")
_GROUP: Final = re.compile(r"S[A-Z0-9]{2,30}")
_MENTION: Final = re.compile(r"<(?:@|!subteam\^)([A-Z0-9]+)(?:\|[^<>]*)?>")
MOST: Final = 200
"""Grantees of one role: whoever needs more makes a user group."""


@dataclass(frozen=True, slots=True)
class RoleSettings:
    """Grantees by role. Who has a role has the lesser ones too.

    Without settings everybody of the workspace looks and fixes (what a fixer does, anybody can undo), and
    only the workspace's own owners and admins do what cannot be undone or changes what others see.
    """

    admin: tuple[str, ...] = (WORKSPACE_ADMINS,)
    fixer: tuple[str, ...] = (EVERYBODY,)
    viewer: tuple[str, ...] = (EVERYBODY,)


USUAL_ROLES: Final = RoleSettings()


def grantee(value: str) -> str:
    """One grantee, also copied from Slack as a mention; raises ValueError in plain words."""
    bare = value.strip()
    if mention := _MENTION.fullmatch(bare):
        bare = mention[1]
    if bare in (EVERYBODY, WORKSPACE_ADMINS) or is_user(bare) or is_group(bare):
        return bare
    raise ValueError(
        "must be ids of users (U...) or user groups (S...), workspace-admins, or * for everybody; "
        "Slack shows the id under More, Copy member ID"
    )


def grantees(value: str) -> tuple[str, ...]:
    """Several, with commas between them, as an environment variable holds them."""
    return several(part for part in value.split(",") if part.strip())


def several(values: Iterable[str]) -> tuple[str, ...]:
    """Several grantees, each once; raises ValueError for none, for too many and for what is none."""
    found = dict.fromkeys(grantee(value) for value in values)
    if not found:
        raise ValueError("must name somebody; workspace-admins or * will do")
    if len(found) > MOST:
        raise ValueError(f"must name at most {MOST}; make a user group")
    return tuple(found)


def is_user(grantee: str) -> bool:
    """A person, by id."""
    return _USER.fullmatch(grantee) is not None


def is_group(grantee: str) -> bool:
    """A user group, by id."""
    return _GROUP.fullmatch(grantee) is not None
