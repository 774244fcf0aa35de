"""What the doctor found of what all connections share: settings, Slack, database, worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.cards.doctor_wording import Facts, FindingWords, Mender, Words, plainly
from bot.cards.markup import code, own
from bot.cards.texts import Texts, msgid
from bot.operations.doctor.values import Outcome


def _slow(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("There was no answer within {n} seconds.", n=facts.number("seconds")),
        texts.gettext("Try again later. If it stays like this, whoever runs the bot checks the network."),
        Mender.OPERATOR,
    )


def _settings_fine(facts: Facts, texts: Texts) -> FindingWords:
    many = facts.number("connections")
    return FindingWords(
        texts.ngettext("They are complete: {n} company.", "They are complete: {n} companies.", many)
    )


def _settings_broken_now(facts: Facts, texts: Texts) -> FindingWords:
    problems = texts.ngettext("{n} problem", "{n} problems", facts.number("problems"))
    return FindingWords(
        texts.gettext(
            "The settings are wrong now ({problems}), so the bot would not start again: {first}",
            problems=problems,
            first=facts.text("first", 250),
        ),
        texts.gettext("Mend them before the next start; the README explains each of them."),
        Mender.OPERATOR,
    )


def _settings_no_slack(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("There is a Slack token, but no way for Slack to reach the bot."),
        texts.gettext(
            "Set {app_token} for Socket Mode, or {signing_secret} for HTTP.",
            app_token=code(own("SLACK_APP_TOKEN")),
            signing_secret=code(own("SLACK_SIGNING_SECRET")),
        ),
        Mender.OPERATOR,
    )


def _token_fine(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "Slack knows the bot as {bot} in {team}.", bot=facts.text("bot"), team=facts.text("team")
        )
    )


def _token_not_set(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("No Slack token is set, so nothing of Slack was looked at."),
        texts.gettext("Set {variable}.", variable=code(own("SLACK_BOT_TOKEN"))),
        Mender.OPERATOR,
    )


def _token_refused(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("Slack refuses the bot's token ({code}).", code=code(facts.text("code"))),
        texts.gettext(
            "Copy the Bot User OAuth Token from OAuth and Permissions into {variable}; where the app was "
            "removed from the workspace, install it again.",
            variable=code(own("SLACK_BOT_TOKEN")),
        ),
        Mender.SLACK,
    )


def _scopes_fine(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("The token has all {n} scopes of the manifest.", n=facts.number("scopes"))
    )


def _scopes_missing(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.ngettext(
            "The token lacks {n} scope: {scopes}.",
            "The token lacks {n} scopes: {scopes}.",
            facts.number("missing"),
            scopes=code(facts.list("scopes")),
        ),
        texts.gettext("Paste the current manifest into the app (App Manifest), save, and reinstall the app."),
        Mender.SLACK,
    )


def _app_token_refused(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("Slack refuses the app token ({code}).", code=code(facts.text("code"))),
        texts.gettext(
            "Generate one with the scope {scope} (Basic Information, App-Level Tokens) and set {variable}.",
            scope=code(own("connections:write")),
            variable=code(own("SLACK_APP_TOKEN")),
        ),
        Mender.SLACK,
    )


def _channels_fine(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.ngettext(
            "The bot is in the {n} channel that it posts in.",
            "The bot is in all {n} channels that it posts in.",
            facts.number("all"),
        )
    )


def _channels_lost(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.ngettext(
            "The bot is no longer in {n} channel where it has cards: {channels}.",
            "The bot is no longer in {n} channels where it has cards: {channels}.",
            facts.number("lost"),
            channels=facts.list("channels"),
        ),
        texts.gettext("Somebody in the channel invites it again ({command}).", command=code(own("/invite"))),
        Mender.SLACK,
    )


def _clock_off(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("It differs from Slack's by {n} seconds.", n=facts.number("seconds")),
        texts.gettext("Set the machine's clock by NTP; from 5 minutes on Slack's requests are refused."),
        Mender.OPERATOR,
    )


def _clock_wrong(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "It differs from Slack's by {n} seconds, so signed requests are refused as too old.",
            n=facts.number("seconds"),
        ),
        texts.gettext("Set the machine's clock, best by NTP."),
        Mender.OPERATOR,
    )


def _database_fine(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(texts.gettext("{kind} answers.", kind=facts.text("kind")))


def _database_none(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext(
            "There is no database yet; the first start makes {file}.", file=code(facts.text("file"))
        ),
        texts.gettext("Start the bot, or read once with {command}.", command=code(own("syncerrors pull"))),
        Mender.OPERATOR,
    )


def _migrations_due(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("They are older than this version of the bot."),
        texts.gettext("Run {command}; it is safe to repeat.", command=code(own("syncerrors migrate"))),
        Mender.OPERATOR,
    )


def _worker_fine(facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(texts.ngettext("{n} process works.", "{n} processes work.", facts.number("workers")))


def _worker_not_yet(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("No process works yet."),
        texts.gettext("Start {command}; on SQLite that is enough.", command=code(own("syncerrors socket"))),
        Mender.OPERATOR,
    )


def _worker_none(_facts: Facts, texts: Texts) -> FindingWords:
    return FindingWords(
        texts.gettext("No process works on the database, so nothing is read, retried or posted."),
        texts.gettext("Start {command} again.", command=code(own("syncerrors worker"))),
        Mender.OPERATOR,
    )


WORDS_OF_HOUSE: Final[Mapping[Outcome, Words]] = {
    Outcome.SLOW: _slow,
    Outcome.SETTINGS_FINE: _settings_fine,
    Outcome.SETTINGS_CHANGED: plainly(
        msgid("The settings were changed since the bot started; it still goes by the old ones."),
        msgid("Start the bot again."),
        Mender.OPERATOR,
    ),
    Outcome.SETTINGS_BROKEN_NOW: _settings_broken_now,
    Outcome.SETTINGS_NO_SLACK: _settings_no_slack,
    Outcome.TOKEN_FINE: _token_fine,
    Outcome.TOKEN_NOT_SET: _token_not_set,
    Outcome.TOKEN_REFUSED: _token_refused,
    Outcome.SCOPES_FINE: _scopes_fine,
    Outcome.SCOPES_MISSING: _scopes_missing,
    Outcome.APP_TOKEN_FINE: plainly(msgid("Slack opens Socket Mode connections with it.")),
    Outcome.APP_TOKEN_REFUSED: _app_token_refused,
    Outcome.APP_TOKEN_NOT_SET: plainly(msgid("None is set: it is for Socket Mode only.")),
    Outcome.CHANNELS_FINE: _channels_fine,
    Outcome.CHANNELS_NONE: plainly(msgid("The bot posts in no channel yet.")),
    Outcome.CHANNELS_LOST: _channels_lost,
    Outcome.CLOCK_FINE: plainly(msgid("It agrees with Slack's.")),
    Outcome.CLOCK_OFF: _clock_off,
    Outcome.CLOCK_WRONG: _clock_wrong,
    Outcome.DATABASE_FINE: _database_fine,
    Outcome.DATABASE_NONE: _database_none,
    Outcome.MIGRATIONS_FINE: plainly(msgid("They are those of this version.")),
    Outcome.MIGRATIONS_DUE: _migrations_due,
    Outcome.MIGRATIONS_AT_START: plainly(
        msgid("They are older than this version; the next start brings them up to date."),
        msgid("Start the bot again."),
        Mender.OPERATOR,
    ),
    Outcome.WORKER_FINE: _worker_fine,
    Outcome.WORKER_NOT_YET: _worker_not_yet,
    Outcome.WORKER_NONE: _worker_none,
}
