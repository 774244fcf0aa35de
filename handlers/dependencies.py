"""What listeners are given by the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from bot.dataclass import dataclass
from bot.operations.access import Access
from bot.operations.activity_list import ActivityList
from bot.operations.actors import Actor
from bot.operations.archive import Archive
from bot.operations.ask import Ask
from bot.operations.call_stack import CallStacks
from bot.operations.care import TakingCare
from bot.operations.conflicts import Conflicts
from bot.operations.coupled import CoupledData
from bot.operations.deciding import DecisionDesk, Plan
from bot.operations.explaining import Explanations
from bot.operations.find import Find
from bot.operations.forget import Forget
from bot.operations.matching import Matching
from bot.operations.naming import Naming
from bot.operations.purging import Bounds, PurgeDesk
from bot.operations.refresh import Refresh
from bot.operations.retry import RetryDesk, Target
from bot.operations.selection import Selection
from bot.operations.sharing import Sharing
from bot.operations.standings import Overlook
from bot.operations.status import StatusDesk
from bot.operations.support import SupportDesk, Wanted
from bot.operations.teach import Teaching
from bot.store.outbox import Place
from bot.store.runs import Run
from bot.store.values import Scope
from handlers.channels import Channels
from handlers.drawn import Drawn
from handlers.listening import InFlight
from handlers.visits import Visits

if TYPE_CHECKING:
    from bot.operations.doctor.doctor import Doctor

StartSupport = Callable[[Scope, Wanted, Actor, str], Awaitable[Run]]
"""``SupportDesk.start`` on this process's way into the queues."""

StartPurge = Callable[[Scope, Bounds, Actor, Place, str], Awaitable[Run]]
"""``PurgeDesk.start`` on this process's way into the queues."""


StartRetry = Callable[[Scope, Target, int, Actor, Place, str], Awaitable[Run]]
"""``RetryDesk.start`` on this process's way into the queues."""

StartDecision = Callable[[Scope, Plan, Actor, Place, str], Awaitable[Run]]
"""``DecisionDesk.start`` on this process's way into the queues."""


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The use cases, and the way back to the person."""

    visits: Visits
    ask: Ask
    find: Find
    drawn: Drawn
    refresh: Refresh
    call_stacks: CallStacks
    access: Access
    naming: Naming
    status: StatusDesk
    explanations: Explanations
    sharing: Sharing
    care: TakingCare
    channels: Channels
    teaching: Teaching
    learn: Callable[[], Awaitable[object]]
    """Has the stored errors of all connections diagnosed anew."""
    purging: PurgeDesk
    archive: Archive
    start_purge: StartPurge
    retrying: RetryDesk
    start_retry: StartRetry
    conflicts: Conflicts
    matching: Matching
    coupled: CoupledData
    deciding: DecisionDesk
    start_decision: StartDecision
    support: SupportDesk
    start_support: StartSupport
    selection: Selection
    overlook: Overlook
    activity: ActivityList
    forget: Forget
    doctor: Callable[[], Doctor]
    """Made when somebody asks for him: nothing of his is loaded before."""
    in_flight: InFlight
    team_id: str
    """The workspace that installed the bot; people of any other are refused."""
    enterprise_id: str | None = None
    """The Enterprise organization that this workspace is part of, if it is."""
