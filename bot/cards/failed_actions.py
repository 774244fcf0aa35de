"""Words for what Business Central did not do when the bot asked it to act."""

from __future__ import annotations

from typing import Final

from bot.cards.markup import bold, code, own, sentence
from bot.cards.texts import Texts
from bot.cards.wording import Facts, FailureWords, Words, fact

_OVERVIEW: Final = code(own("/syncerrors"))
_COUPLED: Final = code(own("/syncerrors coupled"))


def _not_permitted(facts: Facts, texts: Texts) -> FailureWords:
    what = texts.gettext("The bot may read Business Central, but not do this.")
    if permission := fact(facts, "permission"):
        missing = texts.gettext("Missing permission: {permission}.", permission=code(permission))
        what = sentence((what, missing))
    return FailureWords(
        what,
        texts.gettext(
            "An administrator opens the page {page} in Business Central and gives the bot's application the "
            "permission set {permission_set}.",
            page=bold(texts.gettext("Microsoft Entra Applications")),
            permission_set=code(fact(facts, "permission_set")),
        ),
    )


def _missing(facts: Facts, texts: Texts) -> FailureWords:
    if facts.get("what") == "version":
        return FailureWords(
            texts.gettext("The bot's extension in Business Central is too old for this."),
            texts.gettext("An administrator updates it; the README of the bot tells how."),
        )
    return FailureWords(
        texts.gettext("Without the bot's extension, Business Central can only be read."),
        texts.gettext("An administrator installs it in this environment; the README of the bot tells how."),
    )


def _target_gone(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("The coupling or mapping is no longer there in Business Central."),
        texts.gettext("Press Refresh in the overview ({command}) and look again.", command=_OVERVIEW),
    )


def _refused(facts: Facts, texts: Texts) -> FailureWords:
    nothing = texts.gettext("Nothing was changed.")
    match facts.get("guard"):
        case "OutsideFilter":
            what = texts.gettext("A record is outside the filter of its table mapping.")
            next_step = texts.gettext("An administrator checks the filter, or the record is left as it is.")
        case "NotDataverse":
            what = texts.gettext("This mapping belongs to Master Data Management, not to Dataverse.")
            next_step = texts.gettext("Retry the record in Business Central itself.")
        case "OptionMapping":
            what = texts.gettext("This is an option, not a record, and is synchronized in another way.")
            next_step = texts.gettext("Look at the page Dataverse Option Mapping in Business Central.")
        case "NotCoupled":
            what = texts.gettext("A record is not coupled.")
            next_step = texts.gettext("Set up its coupling in Business Central first.")
        case "AlreadyCoupled":
            what = texts.gettext("One of the two records is already coupled.")
            next_step = texts.gettext("Delete that coupling first if it is wrong.")
        case "RecordGone":
            what = texts.gettext("One of the two records no longer exists.")
            next_step = texts.gettext("Decide first whether to restore it or to delete the coupling.")
        case "ConnectionOff":
            what = texts.gettext("The connection to Dataverse is turned off in Business Central.")
            next_step = texts.gettext("An administrator turns it on: page Dataverse Connection Setup.")
        case "ErrorGone":
            what = texts.gettext("The record's error is deleted, so the bot cannot tell which record it is.")
            next_step = texts.gettext("Synchronize it from its card in Business Central.")
        case "NoJob":
            what = texts.gettext("This mapping has no job of its own that waits for its next run.")
            next_step = texts.gettext("An administrator sets it to Ready on the page Job Queue Entries.")
        case "NotEnqueued":
            what = texts.gettext("Business Central did not accept the synchronization job.")
            next_step = texts.gettext("An administrator checks the job queue.")
        case _:
            what = texts.gettext("The bot's extension in Business Central did not accept this.")
            next_step = texts.gettext(
                "The bot and its extension may be of different versions: an administrator updates both."
            )
    return FailureWords(sentence((what, nothing)), next_step)


def _outcome_unknown(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Business Central did not say whether it was done."),
        texts.gettext("Look at the record in Business Central before you repeat it."),
    )


def _purge_changed(facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext(
            "Now {entries} entries match, more than the {confirmed} that you confirmed. Nothing was deleted.",
            entries=fact(facts, "entries"),
            confirmed=fact(facts, "confirmed"),
        ),
        texts.gettext("Look at the new numbers and decide again."),
    )


def _purge_out_of_bounds(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("This form asks for something that the bot never offered. Nothing was deleted."),
        texts.gettext("Type {command} for a fresh list.", command=_OVERVIEW),
    )


def _nothing_to_purge(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("There is nothing left to delete: these entries are no longer in Business Central."),
        texts.gettext("Type {command} for a fresh list.", command=_OVERVIEW),
    )


def _retry_changed(facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext(
            "Now {records} records would be retried, more than the {confirmed} that you confirmed. Nothing "
            "was done.",
            records=fact(facts, "records"),
            confirmed=fact(facts, "confirmed"),
        ),
        texts.gettext("Look at the new numbers and decide again."),
    )


def _nothing_to_retry(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("There is nothing left that a retry could do. Nothing was done."),
        texts.gettext("Type {command} for a fresh list.", command=_OVERVIEW),
    )


def _choice_changed(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Something changed since you were shown this, so nothing was done."),
        texts.gettext("Look at it as it is now, and choose again."),
    )


def _nothing_to_decide(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("There is nothing left of this that could be done. Nothing was changed."),
        texts.gettext("Type {command} for a fresh list.", command=_COUPLED),
    )


WORDS_OF_ACTIONS: Final[dict[str, Words]] = {
    "action.not_permitted": _not_permitted,
    "action.missing": _missing,
    "action.target_gone": _target_gone,
    "action.refused": _refused,
    "action.outcome_unknown": _outcome_unknown,
    "purge.changed": _purge_changed,
    "purge.out_of_bounds": _purge_out_of_bounds,
    "purge.nothing": _nothing_to_purge,
    "retry.changed": _retry_changed,
    "retry.nothing": _nothing_to_retry,
    "decision.nothing": _nothing_to_decide,
    "choice.changed": _choice_changed,
}
