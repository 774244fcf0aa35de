"""Words for what Dataverse did not tell the bot, one sentence for each documented reason."""

from __future__ import annotations

from typing import Final

from bot.cards.aadsts import explained, unanswered
from bot.cards.markup import Markup, bold, code, joined, own, sentence
from bot.cards.texts import Texts
from bot.cards.wording import Facts, FailureWords, Words, fact

_SETTING: Final = joined((code(own("DATAVERSE_URL")), code(own("dataverse_url"))), " / ")


def _failed(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Dataverse could not be asked."),
        texts.gettext("Whoever runs the bot finds the reason in its log."),
    )


def _not_set(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("The bot does not know which Dataverse environment this company synchronizes with."),
        texts.gettext(
            "With the setting {setting} it names users, teams, roles and tables, and sees what became of a "
            "row.",
            setting=_SETTING,
        ),
    )


def _sign_in_refused(facts: Facts, texts: Texts) -> FailureWords:
    if entra_code := fact(facts, "code"):
        what = texts.gettext(
            "Microsoft Entra refused to sign the bot in to Dataverse (error {code}).", code=code(entra_code)
        )
    else:
        what = texts.gettext("Microsoft Entra refused to sign the bot in to Dataverse.")
    usual = FailureWords(
        what,
        texts.gettext(
            "An administrator checks the app registration in Entra, and that {setting} is the address of an "
            "environment of the same tenant.",
            setting=_SETTING,
        ),
    )
    return explained(usual, facts, texts)


def _unreachable(facts: Facts, texts: Texts) -> FailureWords:
    usual = FailureWords(
        texts.gettext("Dataverse did not answer."),
        texts.gettext(
            "Try again in a minute. If this lasts, an administrator checks whether the environment is "
            "running."
        ),
    )
    return unanswered(usual, facts, texts)


def _throttled(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Dataverse is too busy and asked the bot to slow down."),
        texts.gettext("Try again in a few minutes."),
    )


def _refused(facts: Facts, texts: Texts) -> FailureWords:
    in_admin_center = texts.gettext("Power Platform admin center")
    match facts.get("why"):
        case "privilege":
            return FailureWords(_lacking(facts, texts), _give_role(texts))
        case "field":
            what = texts.gettext(
                "A column in Dataverse is secured, and the bot's application may not read it."
            )
            return FailureWords(what, _give_role(texts))
        case "no_roles":
            what = texts.gettext("The bot's application has no security role in Dataverse.")
            return FailureWords(what, _give_role(texts))
        case "not_a_member":
            return FailureWords(
                texts.gettext("The bot's application is no user of this Dataverse environment."),
                texts.gettext(
                    "An administrator adds it in the {place}: Settings, Users, Application users.",
                    place=bold(in_admin_center),
                ),
            )
        case "disabled":
            return FailureWords(
                texts.gettext("The bot's application user in Dataverse is disabled, or in no business unit."),
                texts.gettext(
                    "An administrator enables it in the {place}: Settings, Users, Application users.",
                    place=bold(in_admin_center),
                ),
            )
        case "admin_mode":
            return FailureWords(
                texts.gettext("The Dataverse environment is in administration mode."),
                texts.gettext(
                    "It ends when an administrator turns it off in the {place}.", place=bold(in_admin_center)
                ),
            )
        case "organization_off":
            return FailureWords(
                texts.gettext("The Dataverse environment is turned off."),
                texts.gettext("An administrator looks at it in the {place}.", place=bold(in_admin_center)),
            )
        case "license":
            return FailureWords(
                texts.gettext("Dataverse says that a license for its interface is missing."),
                texts.gettext("An administrator checks the licenses of the environment."),
            )
        case _:
            return FailureWords(
                texts.gettext("Dataverse does not accept the bot's application."),
                texts.gettext(
                    "An administrator checks, in the {place}, that it is an enabled application user with "
                    "the role that the README of the bot names.",
                    place=bold(in_admin_center),
                ),
            )


def _lacking(facts: Facts, texts: Texts) -> Markup:
    what = texts.gettext("The bot's application may not look at this in Dataverse.")
    if privilege := fact(facts, "privilege"):
        missing = texts.gettext("Missing privilege: {privilege}.", privilege=code(privilege))
        return sentence((what, missing))
    return what


def _give_role(texts: Texts) -> Markup:
    return texts.gettext(
        "An administrator gives it a role that only reads; the README of the bot names each privilege."
    )


def _missing(facts: Facts, texts: Texts) -> FailureWords:
    match facts.get("what"):
        case "environment":
            return FailureWords(
                texts.gettext("There is no Dataverse environment at the address that the bot is set up for."),
                texts.gettext("Whoever runs the bot checks {setting}.", setting=_SETTING),
            )
        case "table":
            return FailureWords(
                texts.gettext("This Dataverse environment has no such table."),
                texts.gettext(
                    "Perhaps a solution is not installed there, or {setting} is that of another environment.",
                    setting=_SETTING,
                ),
            )
        case "function":
            return FailureWords(
                texts.gettext("This Dataverse environment does not know what the bot asks for."),
                texts.gettext(
                    "Whoever runs the bot tells those who make it: environment and bot do not fit."
                ),
            )
        case _:
            return FailureWords(
                texts.gettext("That row is not in Dataverse."),
                texts.gettext("It may have been deleted meanwhile."),
            )


def _rejected(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Dataverse did not understand the bot's question."),
        texts.gettext("Whoever runs the bot finds the code of Dataverse's answer in its log."),
    )


def _garbled(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("Dataverse sent an answer that the bot cannot read."),
        texts.gettext("Try again. If this lasts, whoever runs the bot checks {setting}.", setting=_SETTING),
    )


WORDS_OF_DATAVERSE: Final[dict[str, Words]] = {
    "dataverse.failed": _failed,
    "dataverse.not_set": _not_set,
    "dataverse.sign_in_refused": _sign_in_refused,
    "dataverse.unreachable": _unreachable,
    "dataverse.throttled": _throttled,
    "dataverse.refused": _refused,
    "dataverse.missing": _missing,
    "dataverse.rejected": _rejected,
    "dataverse.garbled": _garbled,
}
