"""What went wrong, in plain words: what it means, who can mend it, and the next step.

Each ``Failure`` of ``bot.failures`` has its words here, under its ``key``; a test keeps both lists equal.
"""

from __future__ import annotations

from typing import Any, Final

from bot.cards import blocks
from bot.cards.aadsts import explained, unanswered
from bot.cards.card import Card, compose
from bot.cards.doing import DOING
from bot.cards.failed_actions import WORDS_OF_ACTIONS
from bot.cards.failed_dataverse import WORDS_OF_DATAVERSE
from bot.cards.failed_rules import WORDS_OF_RULES
from bot.cards.limits import Importance, Part
from bot.cards.markup import EMPTY, Markup, bold, code, joined, lines, mention, own, sentence
from bot.cards.outside import Outside
from bot.cards.places import place_refused
from bot.cards.texts import Texts
from bot.cards.wording import Facts, FailureWords, Words, fact
from bot.failures import Failure, SettingsInvalid
from bot.operations.reading import FailureNote
from bot.operations.rights import Act
from bot.settings.roles import EVERYBODY, WORKSPACE_ADMINS

_FACT: Final = 80
_KNOWN: Final = 400
"""Values that a filter knows, together."""
_SETTING: Final = 300
_NAMED: Final = 10
"""People and groups that a refusal names."""
_BUTTON: Final = 24
_APP_NAME: Final = "Sync Errors"
_OVERVIEW: Final = code(own("/syncerrors"))
_CONNECTIONS: Final = code(own("/syncerrors connections"))
_MIGRATE: Final = code(own("syncerrors migrate"))
_PERMISSION_SET: Final = code(own("SYNCERRORS READ"))
_COMPANY_SETTING: Final = joined((code(own("BC_COMPANY_ID")), code(own("company_id"))), " / ")
_PAGE_SETTING: Final = joined((code(own("BC_ERROR_PAGE")), code(own("error_page"))), " / ")
_ENVIRONMENT_SETTING: Final = joined((code(own("BC_ENVIRONMENT")), code(own("environment"))), " / ")
"""As variables, and as keys of the connections file."""


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


def _not_found(facts: Facts, texts: Texts) -> FailureWords:
    if number := fact(facts, "number"):
        what = texts.gettext(
            "There is no error No. {number} among those read from Business Central.", number=number
        )
    else:
        what = texts.gettext("That is not among what was read from Business Central.")
    return FailureWords(
        what,
        texts.gettext(
            "If it is new, press Refresh in the overview ({command}) and ask again.", command=_OVERVIEW
        ),
    )


def _row_not_understood(facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext(
            "Business Central sent error No. {number} in a form that the bot cannot read.",
            number=fact(facts, "number"),
        ),
        texts.gettext(
            "It is kept as it came. Look at it in Business Central, and tell whoever runs the bot: "
            "bot and extension may be of different versions."
        ),
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


def _connection_gone(facts: Facts, texts: Texts) -> FailureWords:
    if name := fact(facts, "name"):
        what = texts.gettext("{name} is no longer set up in this bot.", name=name)
    else:
        what = texts.gettext("This connection is no longer set up in this bot.")
    return FailureWords(what, texts.gettext("Type {command} for what is there now.", command=_OVERVIEW))


def _connection_unknown(facts: Facts, texts: Texts) -> FailureWords:
    what = texts.gettext("There is no connection “{name}”.", name=fact(facts, "name"))
    if nearest := fact(facts, "nearest"):
        return FailureWords(what, texts.gettext("Did you mean {name}?", name=bold(nearest)))
    return FailureWords(what, texts.gettext("Type {command} for all of them.", command=_CONNECTIONS))


def _stranger(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Only members of the organization that installed this bot can use it."),
        texts.gettext("Ask a colleague there to look it up for you."),
    )


def _not_allowed(facts: Facts, texts: Texts) -> FailureWords:
    act = str(facts.get("act", ""))
    doing = texts.say(DOING[Act(act)]) if act in set(Act) else EMPTY
    what = (
        texts.gettext("You may not do that here: {act}.", act=doing)
        if doing
        else texts.gettext("You may not do that here.")
    )
    able = str(facts.get("able", "")).split()
    who = [_grantee(grantee, texts) for grantee in able[:_NAMED]]
    if more := len(able) - len(who):
        who.append(texts.ngettext("{n} more", "{n} more", more))
    if not who:
        return FailureWords(what, texts.gettext("Whoever runs the bot sets who may."))
    return FailureWords(what, texts.gettext("These can: {who}.", who=joined(who, ", ")))


def _grantee(grantee: str, texts: Texts) -> Markup:
    if grantee == EVERYBODY:
        return texts.gettext("everybody of this workspace but its guests")
    if grantee == WORKSPACE_ADMINS:
        return texts.gettext("owners and admins of this Slack workspace")
    return mention(grantee)


def _nobody_named(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("That names nobody whose data could be removed."),
        texts.gettext(
            "Name a record with its table and number, such as {example}, or at least three letters of a "
            "name or an address as they are written.",
            example=code(own("Customer: 10000")),
        ),
    )


def _rights_unknown(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Slack did not tell in time whether you may do that, so nothing was done."),
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


def _filter_unknown(facts: Facts, texts: Texts) -> FailureWords:
    name = fact(facts, "name")
    what = texts.gettext("There is no filter “{name}”.", name=name)
    if near := fact(facts, "nearest"):
        what = sentence((what, texts.gettext("Did you mean {command}?", command=code(near + own(":")))))
    known = texts.gettext("You can filter with {known}.", known=fact(facts, "known"))
    quoted = texts.gettext("To search for it as text, put it in quotes.")
    return FailureWords(what, sentence((known, quoted)))


def _filter_value_unknown(facts: Facts, texts: Texts) -> FailureWords:
    name = code(fact(facts, "name") + own(":"))
    if value := fact(facts, "value"):
        what = texts.gettext("The filter {name} does not know “{value}”.", name=name, value=value)
    else:
        what = texts.gettext("The filter {name} needs a value.", name=name)
    if near := fact(facts, "nearest"):
        typed = code(fact(facts, "name") + own(":") + near)
        what = sentence((what, texts.gettext("Did you mean {command}?", command=typed)))
    if known := Outside(str(facts.get("known", ""))).short(_KNOWN):
        return FailureWords(what, texts.gettext("It knows, for example: {known}.", known=known))
    return FailureWords(what, texts.gettext("No error that was read has such a value."))


def _mapping_unknown(facts: Facts, texts: Texts) -> FailureWords:
    name = code(fact(facts, "name"))
    what = texts.gettext("There is no table mapping {name} here.", name=name)
    if near := fact(facts, "nearest"):
        typed = code(own("/syncerrors status ") + near)
        what = sentence((what, texts.gettext("Did you mean {command}?", command=typed)))
    if known := Outside(str(facts.get("known", ""))).short(_KNOWN):
        return FailureWords(what, texts.gettext("There are, for example: {known}.", known=known))
    next_step = texts.gettext("Ask for all of them: {command}.", command=code(own("/syncerrors status")))
    return FailureWords(what, next_step)


def _source_failed(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Business Central could not be read."),
        texts.gettext("Whoever runs the bot finds the reason in its log."),
    )


def _sign_in_refused(facts: Facts, texts: Texts) -> FailureWords:
    if entra_code := fact(facts, "code"):
        what = texts.gettext(
            "Microsoft Entra refused to sign the bot in (error {code}).",
            code=code(entra_code),
        )
    else:
        what = texts.gettext("Microsoft Entra refused to sign the bot in.")
    usual = FailureWords(
        what,
        texts.gettext(
            "An administrator checks the app registration in Entra: tenant, application id, and whether "
            "the secret or certificate is still valid."
        ),
    )
    return explained(usual, facts, texts)


def _source_unreachable(facts: Facts, texts: Texts) -> FailureWords:
    usual = FailureWords(
        texts.gettext("Business Central did not answer."),
        texts.gettext(
            "The bot keeps trying. If this lasts, an administrator checks whether the environment is running."
        ),
    )
    return unanswered(usual, facts, texts)


def _source_throttled(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Business Central is too busy and asked the bot to slow down."),
        texts.gettext("There is nothing to do: the bot tries again later."),
    )


def _source_refused(_facts: Facts, texts: Texts) -> FailureWords:
    page = bold(texts.gettext("Microsoft Entra Applications"))
    return FailureWords(
        texts.gettext("Business Central does not let the bot read the errors."),
        texts.gettext(
            "An administrator opens the page {page} in Business Central, enables the bot's application "
            "there and gives it the permission set {permission_set}.",
            page=page,
            permission_set=_PERMISSION_SET,
        ),
    )


def _source_missing(facts: Facts, texts: Texts) -> FailureWords:
    match facts.get("what"):
        case "extension":
            return FailureWords(
                texts.gettext("The bot's extension is not installed in Business Central."),
                texts.gettext(
                    "An administrator installs it in this environment; the README of the bot tells how."
                ),
            )
        case "page":
            return FailureWords(
                texts.gettext(
                    "Business Central publishes no page of errors under the name that the bot has."
                ),
                texts.gettext(
                    "An administrator publishes page 5339 on the page Web Services, under the name in "
                    "{setting}; or better, installs the bot's extension.",
                    setting=_PAGE_SETTING,
                ),
            )
        case "company":
            return FailureWords(
                texts.gettext("Business Central does not know the company that the bot is set up for."),
                texts.gettext("Whoever runs the bot checks {setting}.", setting=_COMPANY_SETTING),
            )
        case "environment":
            return FailureWords(
                texts.gettext("Business Central does not know the environment that the bot is set up for."),
                texts.gettext(
                    "Whoever runs the bot checks {setting}: the environment may have been renamed "
                    "or deleted.",
                    setting=_ENVIRONMENT_SETTING,
                ),
            )
        case _:
            return FailureWords(
                texts.gettext("Business Central does not know what the bot asked for."),
                texts.gettext("An administrator checks environment, company and the bot's extension."),
            )


def _error_gone(facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Error No. {number} is no longer in Business Central.", number=fact(facts, "number")),
        texts.gettext(
            "It was removed there (retention or purged) before anybody looked at its call stack, so the bot "
            "could not keep that. Everything else about the error is kept."
        ),
    )


def _source_rejected(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Business Central did not accept the bot's question."),
        texts.gettext(
            "The bot and its extension may be of different versions: an administrator updates both."
        ),
    )


def _source_garbled(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Business Central gave an answer that the bot cannot read."),
        texts.gettext("The bot tries again. If this lasts, whoever runs it finds the reason in its log."),
    )


WORDS: Final[dict[str, Words]] = {
    **WORDS_OF_ACTIONS,
    **WORDS_OF_DATAVERSE,
    **WORDS_OF_RULES,
    "failure": _failure,
    "settings.invalid": _settings_invalid,
    "not_found": _not_found,
    "row.not_understood": _row_not_understood,
    "slack.unreachable": _slack_unreachable,
    "place.refused": place_refused,
    "reading.broke": _reading_broke,
    "button.stale": _stale_button,
    "form.stale": _stale_form,
    "restarting": _restarting,
    "connection.gone": _connection_gone,
    "connection.unknown": _connection_unknown,
    "stranger": _stranger,
    "not_allowed": _not_allowed,
    "rights.unknown": _rights_unknown,
    "forget.nobody": _nobody_named,
    "store.unavailable": _store_unavailable,
    "store.not_migrated": _store_not_migrated,
    "work.full": _workers_full,
    "work.taken_over": _work_taken_over,
    "filter.unknown": _filter_unknown,
    "filter.value_unknown": _filter_value_unknown,
    "mapping.unknown": _mapping_unknown,
    "source.failed": _source_failed,
    "source.sign_in_refused": _sign_in_refused,
    "source.unreachable": _source_unreachable,
    "source.throttled": _source_throttled,
    "source.refused": _source_refused,
    "source.missing": _source_missing,
    "error.gone": _error_gone,
    "source.rejected": _source_rejected,
    "source.garbled": _source_garbled,
}
