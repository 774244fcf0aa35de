"""What tells people: every renderer, and delivery while a process has Slack's token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.clock import Clock
from bot.delivery import Delivery, Pace, Renderers, WebApi
from bot.delivery.access import AccessScriptExport
from bot.delivery.decisions import DecisionMessages
from bot.delivery.exports import ActivityExport, ArchiveExport, CallStackExport
from bot.delivery.problems import SharedProblems
from bot.delivery.purges import Purges
from bot.delivery.retries import RetryMessages
from bot.delivery.rules import TaughtRuleMessages
from bot.delivery.support import SupportRequests
from bot.operations.access import Access
from bot.operations.activity import Activity
from bot.operations.archive import Archive
from bot.operations.ask import Ask
from bot.operations.call_stack import CallStacks
from bot.operations.deciding import DecisionDesk
from bot.operations.durable.port import Durable
from bot.operations.purging import PurgeDesk
from bot.operations.retry import RetryDesk
from bot.operations.rule_exchange import RuleExchange
from bot.operations.sharing import Sharing
from bot.operations.support import Gathering, SupportDesk
from bot.operations.teach import Teaching
from bot.settings import Settings
from bot.store import Database
from bot.store.outbox import Told


def delivery_of(
    database: Database,
    clock: Clock,
    sharing: Sharing,
    activity: Activity,
    ask: Ask,
    teaching: Teaching,
    exchange: RuleExchange,
    purging: PurgeDesk,
    retrying: RetryDesk,
    deciding: DecisionDesk,
    archive: Archive,
    call_stacks: CallStacks,
    access: Access,
    support: SupportDesk,
) -> Delivery:
    """Knows how to tell everything that operations may wish to be told."""
    renderers = Renderers()
    SharedProblems(sharing).register(renderers)
    TaughtRuleMessages(teaching, exchange).register(renderers)
    Purges(purging).register(renderers)
    RetryMessages(retrying).register(renderers)
    DecisionMessages(deciding).register(renderers)
    renderers.register(AccessScriptExport(access), Told.EXPORT)
    renderers.register(CallStackExport(call_stacks), Told.EXPORT, Told.CALL_STACK)
    delivery = Delivery(database, clock, renderers)
    renderers.register(ActivityExport(activity, ask, delivery.name_of), Told.EXPORT)
    renderers.register(ArchiveExport(archive, delivery.name_of), Told.EXPORT)
    SupportRequests(support, Gathering(database, ask), delivery.name_of).register(renderers)
    return delivery


@asynccontextmanager
async def delivering(
    delivery: Delivery, durable: Durable, token: str, api_url: str | None = None, pace: Pace | None = None
) -> AsyncIterator[None]:
    """Deliver until the end, in Slack or in what stands for it at ``api_url``."""
    slack = WebApi(token, api_url)
    try:
        async with delivery.running(durable, slack, pace=pace):
            yield
    finally:
        await slack.aclose()


@asynccontextmanager
async def delivering_for(settings: Settings, delivery: Delivery, durable: Durable) -> AsyncIterator[None]:
    """Deliver with the token of the settings; without one, another process must, or nothing is told."""
    if settings.slack_bot_token is None:
        yield
        return
    token = settings.slack_bot_token.get_secret_value()
    async with delivering(delivery, durable, token, settings.slack_api_url):
        yield
