"""What went wrong, in plain words: what it means, who can mend it, and the next step.

Each ``Failure`` of ``bot.failures`` has its words here, under its ``key``; a test keeps both lists equal.
"""

from __future__ import annotations

from typing import Any, Final

from bot.cards import blocks
from bot.cards.card import Card, compose
from bot.cards.failed_actions import WORDS_OF_ACTIONS
from bot.cards.failed_dataverse import WORDS_OF_DATAVERSE
from bot.cards.failed_questions import WORDS_OF_QUESTIONS
from bot.cards.failed_rights import WORDS_OF_RIGHTS
from bot.cards.failed_rules import WORDS_OF_RULES
from bot.cards.failed_source import WORDS_OF_SOURCE
from bot.cards.limits import Importance, Part
from bot.cards.markup import Markup, bold, code, lines, own, sentence
from bot.cards.outside import Outside
from bot.cards.places import place_refused
from bot.cards.texts import Texts
from bot.cards.wording import Facts, FailureWords, Words, fact
from bot.failures import Failure, SettingsInvalid
from bot.operations.reading import FailureNote

_FACT: Final = 80
_SETTING: Final = 300
_BUTTON: Final = 24
_APP_NAME: Final = "Sync Errors"
_OVERVIEW: Final = code(own("/syncerrors"))
_MIGRATE: Final = code(own("syncerrors migrate"))


def failure_words(key: str, facts: Facts, texts: Texts) -> FailureWords:
    """The words for a failure's key; those of a failure in general for a key of another version."""
    return WORDS.get(key, _failure)(facts, texts)


def failure_sentence(failure: Failure | FailureNote, texts: Texts) -> Markup:
    """What went wrong and what to do, among other words."""
    words = failure_words(failure.key, failure.facts, texts)
    return sentence((words.what, words.next_step))


def failure_card(failure: Failure, texts: Texts) -> Card:
    """An expected failure as a reply."""
    words = failure_words(failure.key, failure.facts, texts)
    parts = [Part((blocks.section(lines((bold(words.what), words.next_step))),), Importance.ESSENTIAL)]
    if isinstance(failure, SettingsInvalid):
        parts += [
            Part((blocks.context(Outside(line).short(_SETTING)),))
            for line in failure.problems
            if line.strip()
        ]
    return compose(failure_sentence(failure, texts), parts, texts)


def failure_modal(failure: Failure, texts: Texts) -> dict[str, Any]:
    """The same as a modal, in place of a form that cannot be taken."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": _APP_NAME},
        "close": {"type": "plain_text", "text": texts.gettext("Close").plain(_BUTTON)},
        "blocks": failure_card(failure, texts).blocks,
    }


def defect_card(reference: str, texts: Texts) -> Card:
    """A defect as a reply: an apology and the reference that is also in the log."""
    what = texts.gettext("Something went wrong in this bot, and it is not your doing.")
    next_step = texts.gettext(
        "Try once more. If it happens again, give whoever runs the bot this reference: {reference}. "
        "It leads to the details in the log.",
        reference=code(Outside(reference).short(_FACT)),
    )
    parts = [Part((blocks.section(lines((bold(what), next_step))),), Importance.ESSENTIAL)]
    return compose(sentence((what, next_step)), parts, texts)


def _failure(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("That did not work."),
        texts.gettext("Try again. If it keeps failing, ask whoever runs the bot to look into its log."),
    )


def _settings_invalid(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("The bot is not set up completely."),
        texts.gettext("Whoever runs the bot has to correct its settings and start it again."),
    )


def _slack_unreachable(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Slack did not answer."),
        texts.gettext("Whoever runs the bot checks its way to the internet and starts it again."),
    )


def _reading_broke(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Reading Business Central broke off because of a mistake in this bot."),
        texts.gettext("What was read before still holds. Whoever runs the bot finds the details in its log."),
    )


def _stale_button(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("This button is out of date."),
        texts.gettext("Type {command} for a fresh list.", command=_OVERVIEW),
    )


def _stale_form(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("This form is out of date, so nothing was done."),
        texts.gettext("Close it and type {command} for a fresh list.", command=_OVERVIEW),
    )


def _restarting(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("The bot is being restarted."),
        texts.gettext("Try again in a minute."),
    )


def _store_unavailable(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("The bot cannot reach its own database at the moment."),
        texts.gettext(
            "Try again in a minute. If it stays like this, whoever runs the bot checks the database."
        ),
    )


def _store_not_migrated(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("The database is not prepared for this version of the bot."),
        texts.gettext("Whoever runs the bot runs {command} first.", command=_MIGRATE),
    )


def _work_taken_over(facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Another process works as {executor} now.", executor=fact(facts, "executor")),
        texts.gettext("Nothing is lost. Start this worker again."),
    )


def _workers_full(facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext(
            "As many processes work on this database already as can: {workers}.",
            workers=fact(facts, "workers"),
        ),
        texts.gettext("Nothing is lost. Stop one of them first; more of them would make nothing faster."),
    )


WORDS: Final[dict[str, Words]] = {
    **WORDS_OF_ACTIONS,
    **WORDS_OF_DATAVERSE,
    **WORDS_OF_QUESTIONS,
    **WORDS_OF_RIGHTS,
    **WORDS_OF_RULES,
    **WORDS_OF_SOURCE,
    "failure": _failure,
    "settings.invalid": _settings_invalid,
    "slack.unreachable": _slack_unreachable,
    "place.refused": place_refused,
    "reading.broke": _reading_broke,
    "button.stale": _stale_button,
    "form.stale": _stale_form,
    "restarting": _restarting,
    "store.unavailable": _store_unavailable,
    "store.not_migrated": _store_not_migrated,
    "work.full": _workers_full,
    "work.taken_over": _work_taken_over,
}
