"""What a post to a response_url does.

Source: docs.slack.dev, interactivity/handling-user-interaction, "Message responses". A command has no
original: there ``replace_original`` replaces nothing and a second message appears (slackapi/bolt-python
#1268, bolt-js #2287).
"""

from __future__ import annotations

from typing import Final

from bot.simulator.slack.backend import Backend
from bot.simulator.slack.outcomes import ApiError, Refusal
from bot.simulator.slack.tickets import ResponseUrl
from bot.simulator.slack.webapi.arguments import Arguments
from bot.simulator.slack.webapi.content import read_metadata, read_new_content
from bot.simulator.slack.webapi.method import words
from bot.simulator.slack.workspace import StoredMessage

_ARGUMENTS: Final = words(
    "text blocks response_type replace_original delete_original thread_ts metadata "
    "unfurl_links unfurl_media mrkdwn"
)
_RESPONSE_TYPES: Final = {None: True, "ephemeral": True, "in_channel": False}


def respond(backend: Backend, url: ResponseUrl, args: Arguments) -> None:
    """Post, replace or delete; raises ApiError and then does not count as a use."""
    args.check(frozenset(), _ARGUMENTS)
    if args.flag("delete_original"):
        backend.workspace.remove(_original(backend, url))
    elif args.flag("replace_original") and url.original is not None:
        content = read_new_content(args)
        backend.workspace.rewrite(_original(backend, url), content.text, content.blocks)
        url.answer = url.original
    else:
        if args.flag("replace_original"):
            backend.refusals.append(Refusal("response_url", "nothing_to_replace"))
        url.answer = post_reply(backend, args, user=url.user, channel=url.channel).ts
    url.uses += 1


def post_reply(backend: Backend, args: Arguments, *, user: str, channel: str) -> StoredMessage:
    """A new message; ephemeral unless ``response_type`` is ``in_channel``."""
    response_type = args.text("response_type")
    if response_type not in _RESPONSE_TYPES:
        raise ApiError("invalid_arguments", ("must be a valid enum value [json-pointer:/response_type]",))
    content = read_new_content(args)
    return backend.workspace.post(
        channel,
        content.text,
        content.blocks,
        only_for=user if _RESPONSE_TYPES[response_type] else None,
        thread_ts=args.text("thread_ts"),
        metadata=read_metadata(args),
    )


def _original(backend: Backend, url: ResponseUrl) -> StoredMessage:
    message = backend.workspace.find(url.channel, url.original) if url.original else None
    if message is None:
        raise ApiError("message_not_found")
    return message
