"""Settings become a store, clients and use cases: the bot without Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.app.delivering import delivery_of
from bot.app.outside import Opened, Outside, open_clients, open_dataverse
from bot.businesscentral import Connection
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.dataverse import DataverseClient
from bot.delivery import Delivery
from bot.diagnosis import load_classifier
from bot.failures import StoreNotMigrated
from bot.operations.access import Access
from bot.operations.activity import Activity
from bot.operations.archive import Archive
from bot.operations.ask import Ask
from bot.operations.call_stack import CallStacks
from bot.operations.care import TakingCare
from bot.operations.conflicts import Conflicts
from bot.operations.coupled import CoupledData
from bot.operations.deciding import Decide, DecisionDesk, WatchDecision
from bot.operations.deciding import Ending as EndOfDecision
from bot.operations.explaining import Explanations
from bot.operations.filters import Understanding
from bot.operations.find import Find
from bot.operations.forget import Forget
from bot.operations.knowledge import Knowledge
from bot.operations.matching import Matching
from bot.operations.naming import Naming
from bot.operations.pull import Pull
from bot.operations.purging import Purge, PurgeDesk
from bot.operations.reconcile import Reconcile
from bot.operations.rediagnose import Rediagnose
from bot.operations.retention import Retain
from bot.operations.retry import Retry, RetryDesk, Watch
from bot.operations.retry.ending import Ending
from bot.operations.retry.survey import Survey
from bot.operations.rule_exchange import RuleExchange
from bot.operations.selection import Selection
from bot.operations.sharing import Sharing
from bot.operations.standings import Overlook
from bot.operations.status import StatusDesk
from bot.operations.support import PrepareSupport, SupportDesk
from bot.operations.synchronization import ReadSynchronization
from bot.operations.teach import Teaching
from bot.settings import (
    WORKSPACE,
    RoleSettings,
    Settings,
    sqlite_path,
)
from bot.store import Database
from bot.store.readiness import is_migrated

if TYPE_CHECKING:
    from bot.operations.doctor.doctor import Doctor


@dataclass(frozen=True, slots=True)
class Core:
    """The bot without Slack."""

    database: Database
    connections: Mapping[str, Connection]
    roles: Mapping[str, RoleSettings]
    """Who has which role, by key of the connection."""
    dataverse: Mapping[str, DataverseClient]
    """By key of the connection; those alone whose Dataverse environment the settings name."""
    ask: Ask
    find: Find
    pull: Pull
    reconcile: Reconcile
    synchronization: ReadSynchronization
    purging: PurgeDesk
    purge: Purge
    conflicts: Conflicts
    matching: Matching
    coupled: CoupledData
    deciding: DecisionDesk
    decide: Decide
    watch_decision: WatchDecision
    retrying: RetryDesk
    retry: Retry
    watch: Watch
    archive: Archive
    support: SupportDesk
    prepare_support: PrepareSupport
    call_stacks: CallStacks
    access: Access
    naming: Naming
    status: StatusDesk
    explanations: Explanations
    rediagnose: Rediagnose
    teaching: Teaching
    exchange: RuleExchange
    sharing: Sharing
    care: TakingCare
    delivery: Delivery
    selection: Selection
    overlook: Overlook
    activity: Activity
    forget: Forget
    doctor: Callable[[], Doctor]
    retain: Retain
    clock: Clock


@asynccontextmanager
async def open_core(settings: Settings, outside: Outside) -> AsyncIterator[Core]:
    """Open the store and the clients. SQLite is migrated here, PostgreSQL by ``syncerrors migrate`` alone.

    Raises SettingsInvalid where the settings describe no connection, StoreNotMigrated, StoreUnavailable.
    """
    async with AsyncExitStack() as stack:
        database = Database.open(settings.database_url)
        stack.push_async_callback(database.close)
        await _prepare(database, settings)
        opened = open_clients(settings, outside, stack)
        connections, clients, roles = opened.connections, opened.clients, opened.roles
        dataverse = open_dataverse(settings, outside, stack)
        knowledge = Knowledge(WORKSPACE, database, load_classifier())
        ask = Ask(database, knowledge, connections)
        activity = Activity(database, outside.clock, timedelta(days=settings.activity_days))
        sharing = Sharing(database, ask, outside.clock)
        teaching = Teaching(database, knowledge, ask, outside.clock, activity)
        understanding = Understanding(database, knowledge, outside.clock)
        archive = Archive(database, ask, understanding, activity, outside.clock)
        purging = PurgeDesk(database, ask, clients, outside.clock)
        survey = Survey(database, ask, clients, outside.clock)
        naming = Naming(database, clients, outside.clock)
        retrying = RetryDesk(database, ask, survey, outside.clock, outside.watched_for)
        ending = Ending(WORKSPACE, database, clients, outside.clock, activity)
        deciding = DecisionDesk(database, ask, clients, outside.clock, outside.watched_for)
        end_of_decision = EndOfDecision(WORKSPACE, database, outside.clock, activity, retrying)
        exchange = RuleExchange(database, knowledge, outside.clock, activity)
        access = Access(database, dataverse, outside.clock)
        call_stacks = CallStacks(database, clients, connections, outside.clock)
        support = SupportDesk(database, ask, outside.clock)
        yield Core(
            database=database,
            connections=connections,
            roles=roles,
            dataverse=dataverse,
            ask=ask,
            find=Find(database, ask, understanding),
            pull=Pull(
                workspace=WORKSPACE,
                database=database,
                clients=clients,
                classifier=load_classifier(),
                clock=outside.clock,
                knowledge=knowledge,
            ),
            reconcile=Reconcile(
                workspace=WORKSPACE,
                database=database,
                clients=clients,
                clock=outside.clock,
                hour=settings.reconcile_hour,
            ),
            synchronization=ReadSynchronization(WORKSPACE, database, clients, outside.clock),
            purging=purging,
            archive=archive,
            purge=Purge(WORKSPACE, database, clients, outside.clock, activity),
            conflicts=Conflicts(database, ask, clients, dataverse, deciding, naming),
            matching=Matching(database, ask, clients, dataverse, deciding),
            coupled=CoupledData(database, ask, deciding, naming),
            deciding=deciding,
            decide=Decide(WORKSPACE, database, clients, outside.clock, end_of_decision),
            watch_decision=WatchDecision(
                WORKSPACE, database, clients, outside.clock, end_of_decision, outside.watched_for
            ),
            retrying=retrying,
            retry=Retry(WORKSPACE, database, clients, outside.clock, survey, ending),
            watch=Watch(WORKSPACE, database, clients, outside.clock, ending, outside.watched_for),
            support=support,
            prepare_support=PrepareSupport(WORKSPACE, database, ask, call_stacks, activity, outside.clock),
            call_stacks=call_stacks,
            access=access,
            naming=naming,
            status=StatusDesk(database, ask, clients, outside.clock),
            explanations=Explanations(database, knowledge, connections),
            rediagnose=Rediagnose(WORKSPACE, database, knowledge, tuple(connections), outside.clock),
            teaching=teaching,
            exchange=exchange,
            sharing=sharing,
            care=TakingCare(database, outside.clock, retrying.begin_for_fix),
            delivery=delivery_of(
                database,
                outside.clock,
                sharing,
                activity,
                ask,
                teaching,
                exchange,
                purging,
                retrying,
                deciding,
                archive,
                call_stacks,
                access,
                support,
            ),
            selection=Selection(
                WORKSPACE, database, connections, outside.clock, default=next(iter(connections))
            ),
            overlook=Overlook(WORKSPACE, database, connections),
            activity=activity,
            forget=Forget(database, activity),
            doctor=partial(_doctor, settings, opened, database, dataverse, outside),
            retain=Retain(
                workspace=WORKSPACE,
                database=database,
                activity=activity,
                connections=tuple(connections),
                clock=outside.clock,
                kept=timedelta(days=settings.retention_days),
                hour=settings.reconcile_hour,
            ),
            clock=outside.clock,
        )


def _doctor(
    settings: Settings,
    opened: Opened,
    database: Database,
    dataverse: Mapping[str, DataverseClient],
    outside: Outside,
) -> Doctor:
    # Loaded for whoever asks: no process needs him to start.
    from bot.app.examining import doctor_of

    return doctor_of(settings, opened.told, database, opened.clients, dataverse, outside)


async def _prepare(database: Database, settings: Settings) -> None:
    if sqlite_path(settings.database_url) is not None:
        await database.migrate()
    elif not await is_migrated(database):
        raise StoreNotMigrated
