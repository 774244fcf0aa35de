"""How far a privilege must reach, and where it belongs. Pure.

Depths: MicrosoftDocs/power-platform, ``admin/security-roles-privileges.md``. That *Redeploy Integration
Solution* resets Business Central's own roles: MicrosoftDocs/dynamics365smb-docs,
``business-central/admin-how-to-set-up-a-dynamics-crm-connection.md``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.dataverse import Depth, Privilege, Role, Row
from bot.operations.access.values import Holding, Place, PrincipalFacts, Reason, Spot

NEW_ROLE: Final = "Business Central synchronization, additional privileges"

STANDARD_TEMPLATES: Final = frozenset(
    {
        "a2b18661-9ff5-e911-a812-000d3a0b9028",  # Business Central Dataverse Integration
        "d7dbad50-c0f6-4b30-81cf-d2158f1e7c06",  # its virtual tables
        "627090ff-40a3-4053-8790-584edc5be201",  # System Administrator
        "119f245c-3cc8-4b62-b31c-d1a046ced15d",  # System Customizer
    }
)
"""Templates of roles that are not ours to change (codeunit "CDS Integration Impl.", microsoft/BCApps)."""
STANDARD_NAMES: Final = frozenset(
    {
        "business central dataverse integration",
        "business central virtual tables integration",
        "dynamics 365 business central integration administrator",
        "dynamics 365 business central integration user",
        "dynamics 365 business central product availability user",
        "system administrator",
        "system customizer",
    }
)


def is_ones_own(role: Role) -> bool:
    """Whether changes to the role stay: no solution brought it, and none sets it back."""
    standard = role.template_id in STANDARD_TEMPLATES or role.name.strip().casefold() in STANDARD_NAMES
    return role.is_customizable and not role.is_managed and not standard


def depth_needed(privilege: Privilege, *, owns: bool) -> tuple[Depth, Reason]:
    """The smallest depth that helps, of those that the privilege can have."""
    possible = sorted(privilege.depths) or [Depth.GLOBAL]
    if possible == [Depth.GLOBAL]:
        return Depth.GLOBAL, Reason.ONLY_ONE
    wanted, reason = (Depth.BASIC, Reason.OWNS) if owns else (Depth.GLOBAL, Reason.SYNCHRONIZES)
    return at_least(wanted, privilege), reason


def at_least(wanted: Depth, privilege: Privilege) -> Depth:
    """The smallest depth that reaches so far, of those that the privilege can have; its farthest at most."""
    possible = sorted(privilege.depths) or [Depth.GLOBAL]
    return next((depth for depth in possible if depth >= wanted), possible[-1])


def depth_to_reach(row: Row, who: PrincipalFacts) -> Depth | None:
    """The smallest depth that surely reaches one row; None where nothing tells whose it is.

    Whether another unit lies below one's own is not asked, so a row of another one takes the farthest.
    """
    if row.owner is None:
        return None
    if row.owner.principal == who.principal:
        return Depth.BASIC
    unit = row.owner.business_unit
    if unit is None or not who.unit_id:
        return None
    return Depth.LOCAL if unit.id == who.unit_id else Depth.GLOBAL


def holding_of(held: Depth | None, needed: Depth) -> Holding:
    """Whether it is still missing."""
    if held is None:
        return Holding.MISSING
    return Holding.HELD if held >= needed else Holding.TOO_SHORT


def place_for(who: PrincipalFacts, granting: Iterable[Role]) -> Place:
    """The role that the privilege belongs into.

    ``granting`` are roles of one's own that grant it far enough already. A role that the principal has itself
    goes before one that it has through a team: that would change what the whole team may.
    """
    own = [role for role in who.roles if is_ones_own(role)]
    held = next((role for role in own if role.through is None), None)
    if held is not None:
        return Place(Spot.HELD_ROLE, held.name, held.root_id)
    other = next((role for role in granting if is_ones_own(role)), None)
    if other is not None:
        return Place(Spot.OTHER_ROLE, other.name, other.root_id)
    return Place(Spot.NEW_ROLE, NEW_ROLE, None)
