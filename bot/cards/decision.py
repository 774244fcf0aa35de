"""Decisions in words: what will be done with records, whether it can be, and how to undo it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.cards import blocks
from bot.cards.actions import ButtonValue
from bot.cards.failure import failure_sentence, failure_words
from bot.cards.form import Form, Modal, Submit
from bot.cards.limits import Block
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, dotted, lines, own, sentence
from bot.cards.outside import Outside
from bot.cards.overview import connection_words
from bot.cards.purge import person
from bot.cards.record_names import record_words
from bot.cards.texts import Texts
from bot.operations.deciding import Allowance, Plan, Step
from bot.operations.views import ConnectionView
from bot.store.record_names import NO_NAMES, Names
from bot.store.runs import Run

NAMED: Final = 5
"""Records that a form names."""
_TEXT: Final = 300
TO_DATAVERSE: Final = "ToIntegrationTable"


def step_title(step: Step | None, direction: str, texts: Texts) -> Markup:
    """What is done, as a heading of at most 24 characters in English and Dutch."""
    match step:
        case Step.COUPLE:
            return texts.gettext("Couple")
        case Step.UNCOUPLE:
            return texts.gettext("Uncouple")
        case Step.CREATE if direction == TO_DATAVERSE:
            return texts.gettext("Create in Dataverse")
        case Step.CREATE:
            return texts.gettext("Create in BC")
        case Step.SYNCHRONIZE if direction == TO_DATAVERSE:
            return texts.gettext("Use Business Central")
        case Step.SYNCHRONIZE:
            return texts.gettext("Use Dataverse")
        case None:
            return texts.gettext("Couple and create")


def step_words(step: Step | None, direction: str, texts: Texts) -> Markup:
    """What is done, where there is room for all of it."""
    if step is Step.CREATE and direction != TO_DATAVERSE:
        return texts.gettext("Create in Business Central")
    return step_title(step, direction, texts)


def cost_words(step: Step, direction: str, texts: Texts) -> list[Markup]:
    """What it means, before it is confirmed."""
    match step:
        case Step.UNCOUPLE:
            return [
                texts.gettext("• Only the link between the two records goes. Neither of them is deleted."),
                texts.gettext(
                    "• From then on changes go neither way, and the error ends. If both records are still "
                    "there and a run of the mapping may create records, it can create a double."
                ),
                texts.gettext("• It can be undone: the result offers to couple them again."),
            ]
        case Step.COUPLE:
            return [
                texts.gettext("• The two records are linked. No field of either is changed by that."),
                texts.gettext("• The mapping's next run goes by its own rules from then on."),
                texts.gettext("• It can be undone: the result offers to uncouple them again."),
            ]
        case Step.CREATE:
            where = own("Dataverse") if direction == TO_DATAVERSE else own("Business Central")
            return [
                texts.gettext(
                    "• A new record is created in {app} and coupled, whatever the mapping says of new ones. "
                    "The bot cannot take that back.",
                    app=where,
                ),
                texts.gettext(
                    "• Where what made it fail the first time is not mended, it fails again, and nothing is "
                    "created."
                ),
            ]
        case Step.SYNCHRONIZE:
            winner, loser = own("Business Central"), own("Dataverse")
            if direction != TO_DATAVERSE:
                winner, loser = loser, winner
            return [
                texts.gettext(
                    "• The mapped fields of {winner} overwrite those of {loser}. What was changed in {loser} "
                    "since is lost there, and the bot cannot take that back.",
                    winner=winner,
                    loser=loser,
                )
            ]


def evidence_words(texts: Texts) -> Markup:
    """How the bot knows what came of it."""
    return texts.gettext(
        "• Then the bot watches, and believes evidence only: the coupling itself, and a result of a run that "
        "started afterwards."
    )


def allowance_words(allowance: Allowance, texts: Texts) -> Markup:
    """Why it cannot be done; or what Business Central did not tell. Empty where all is well."""
    if allowance.hopeless is not None:
        reason = Outside(allowance.reason).short(_TEXT)
        told = texts.gettext("Business Central says: {reason}", reason=reason) if reason else EMPTY
        return lines((failure_sentence(allowance.hopeless, texts), told))
    if allowance.unread is not None:
        words = failure_words(allowance.unread.key, allowance.unread.facts, texts)
        return sentence((words.what, texts.gettext("Whether this can be done now is not known.")))
    return EMPTY


def record_list(
    records: Sequence[str],
    count: int,
    connection: ConnectionView,
    texts: Texts,
    names: Names = NO_NAMES,
) -> list[Markup]:
    """The first of the records, and how many more there are."""
    links = Links(connection)
    told = [own("• ") + record_words(one, links, texts, names=names) for one in records[:NAMED] if one]
    if count > len(told):
        told.append(texts.gettext("and {n} more", n=count - len(told)))
    return told


def undo_modal(
    plan: Plan,
    allowance: Allowance,
    connection: ConnectionView,
    run: str,
    texts: Texts,
    names: Names = NO_NAMES,
) -> Modal:
    """What undoing a run does, to be confirmed."""
    first = plan.records[0]
    title = step_title(first.step, first.direction, texts)
    count = texts.ngettext("{n} record", "{n} records", len(plan.records))
    drawn: list[Block] = [blocks.section(bold(dotted((title, count))))]
    if why := allowance_words(allowance, texts):
        drawn.append(blocks.section(why))
    records = [one.record_id for one in plan.records]
    drawn += blocks.paragraphs(record_list(records, len(records), connection, texts, names))
    if allowance.can_start:
        heading = bold(texts.gettext("What will happen"))
        drawn += blocks.paragraphs((heading, *cost_words(first.step, first.direction, texts)))
    drawn.append(blocks.context(connection_words(connection)))
    submit = None
    if allowance.can_start:
        value = ButtonValue(connection=connection.key, run=run, confirmed=len(plan.records))
        submit = Submit(Form.DECISION_UNDO, title, value)
    return Modal(title, tuple(drawn), submit)


def decision_started_modal(run: Run, who: str, title: Markup, texts: Texts) -> Modal:
    """That it has begun; or that somebody was quicker."""
    direct = texts.gettext(
        "How far it is comes as a direct message, with a button that stops it. You can close this."
    )
    begun = texts.gettext("It has begun.")
    if run.asked_by != who:
        begun = texts.gettext(
            "{person} was quicker: the same is being done already.", person=person(run.asked_by)
        )
    return Modal(title, (blocks.section(sentence((begun, direct))),))
