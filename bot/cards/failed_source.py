"""Words for what went wrong on the way to Business Central, and for what it sent."""

from __future__ import annotations

from typing import Final

from bot.cards.aadsts import explained, unanswered
from bot.cards.markup import bold, code, joined, own
from bot.cards.texts import Texts
from bot.cards.wording import Facts, FailureWords, Words, fact

_PERMISSION_SET: Final = code(own("SYNCERRORS READ"))
_COMPANY_SETTING: Final = joined((code(own("BC_COMPANY_ID")), code(own("company_id"))), " / ")
_PAGE_SETTING: Final = joined((code(own("BC_ERROR_PAGE")), code(own("error_page"))), " / ")
_ENVIRONMENT_SETTING: Final = joined((code(own("BC_ENVIRONMENT")), code(own("environment"))), " / ")
"""Settings: as variables, and as keys of the connections file."""


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


def _error_gone(facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Error No. {number} is no longer in Business Central.", number=fact(facts, "number")),
        texts.gettext(
            "It was removed there (retention or purged) before anybody looked at its call stack, so the bot "
            "could not keep that. Everything else about the error is kept."
        ),
    )


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


WORDS_OF_SOURCE: Final[dict[str, Words]] = {
    "row.not_understood": _row_not_understood,
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
