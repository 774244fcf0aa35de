"""Why the bot cannot post somewhere, in words."""

from __future__ import annotations

from typing import Final

from bot.cards.markup import code, own, sentence
from bot.cards.texts import Texts
from bot.cards.wording import Facts, FailureWords, fact

_INVITE: Final = code(own("/invite @Sync Errors"))
_SIGNED_OUT: Final = frozenset(
    {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked", "missing_scope"}
)
_CLOSED: Final = frozenset({"restricted_action", "restricted_action_read_only_channel", "no_permission"})
_NOBODY: Final = frozenset(
    {"user_not_found", "user_disabled", "cannot_dm_bot", "messages_tab_disabled", "is_inactive"}
)


def place_refused(facts: Facts, texts: Texts) -> FailureWords:
    """Slack's codes: docs.slack.dev, reference/methods/chat.postMessage, "Errors"."""
    why = str(facts.get("code", ""))
    if why == "is_archived":
        return FailureWords(
            texts.gettext("That channel is archived: nobody can post there any more."),
            texts.gettext("Choose another channel."),
        )
    if why in ("channel_not_found", "not_in_channel", "method_not_supported_for_channel_type"):
        return FailureWords(
            texts.gettext("The bot is not in that conversation."),
            texts.gettext(
                "Type {invite} there, or mention it in a group's direct messages; then try again.",
                invite=_INVITE,
            ),
        )
    if why == "external":
        return FailureWords(
            texts.gettext("People of another organization are in that channel."),
            texts.gettext("Choose a channel of your own: what the bot shows is your company's."),
        )
    if why in _SIGNED_OUT:
        return FailureWords(
            texts.gettext("Slack no longer lets the bot post."),
            texts.gettext("Whoever runs the bot installs the app in the workspace again."),
        )
    if why in _CLOSED or why.startswith("restricted_action"):
        return FailureWords(
            texts.gettext("In that channel only some people may post, and the bot is not one of them."),
            texts.gettext("Choose another channel, or ask an admin of the workspace."),
        )
    if why in _NOBODY:
        return FailureWords(
            texts.gettext("Slack does not let the bot write to that person."),
            texts.gettext("Choose a channel instead."),
        )
    return FailureWords(
        sentence((texts.gettext("The bot could not post there."), code(fact(facts, "code")))),
        texts.gettext("Try again, or choose another channel. The log of the bot tells more."),
    )
