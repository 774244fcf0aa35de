"""chat.*: messages of the bot."""

from __future__ import annotations

from typing import Any, Final

from bot.simulator.slack.backend import Backend
from bot.simulator.slack.outcomes import ApiError
from bot.simulator.slack.tiers import Tier
from bot.simulator.slack.webapi.arguments import Arguments
from bot.simulator.slack.webapi.content import read_content, read_metadata, read_new_content
from bot.simulator.slack.webapi.method import Method, words
from bot.simulator.slack.workspace import Channel, ChannelKind, StoredMessage


def shown_message(backend: Backend, message: StoredMessage) -> dict[str, Any]:
    """A message as the Web API and payloads show it."""
    workspace = backend.workspace
    shown: dict[str, Any] = {
        "type": "message",
        "ts": message.ts,
        "user": message.author,
        "team": workspace.team_id,
        "text": message.text,
        "blocks": message.blocks,
    }
    if message.author == workspace.bot.id:
        shown |= {"bot_id": workspace.bot_id, "app_id": workspace.app_id}
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.edited:
        shown["edited"] = {"user": message.author, "ts": message.ts}
    if message.files:
        shown["files"] = [{"id": file_id} for file_id in message.files]
    return shown


def find_channel(backend: Backend, channel_id: str) -> Channel:
    """A conversation by id; private ones only for members. Raises ``channel_not_found``."""
    channel = backend.workspace.channels.get(channel_id)
    bot = backend.workspace.bot.id
    if channel is None or (channel.kind is not ChannelKind.PUBLIC and bot not in channel.members):
        raise ApiError("channel_not_found")
    return channel


def _writable(backend: Backend, channel_id: str) -> Channel:
    channel = find_channel(backend, channel_id)
    if channel.archived:
        raise ApiError("is_archived")
    return channel


def _thread(backend: Backend, channel: Channel, args: Arguments) -> str | None:
    """The thread to answer in; nobody can answer an ephemeral message (``cannot_reply_to_message``)."""
    thread_ts = args.text("thread_ts")
    if thread_ts is None:
        return None
    parent = backend.workspace.find(channel.id, thread_ts)
    if parent is None or parent.only_for is not None:
        raise ApiError("cannot_reply_to_message")
    return parent.thread_ts or parent.ts


def post_message(backend: Backend, args: Arguments) -> dict[str, Any]:
    """A message in a channel or, with a person's id as channel, in the direct conversation."""
    target = args.required_text("channel")
    workspace = backend.workspace
    person = workspace.users.get(target)
    if person is not None and not person.is_bot:
        if not backend.manifest.messages_tab:
            raise ApiError("messages_tab_disabled")
        channel = workspace.direct_channel(target)
    else:
        channel = _writable(backend, target)
    public = channel.kind is ChannelKind.PUBLIC and "chat:write.public" in backend.manifest.scopes
    if workspace.bot.id not in channel.members and not public:
        raise ApiError("not_in_channel")
    content = read_new_content(args)
    message = workspace.post(
        channel.id,
        content.text,
        content.blocks,
        thread_ts=_thread(backend, channel, args),
        metadata=read_metadata(args),
    )
    return {"channel": channel.id, "ts": message.ts, "message": shown_message(backend, message)}


def post_ephemeral(backend: Backend, args: Arguments) -> dict[str, Any]:
    """A message that one member sees. Its ``message_ts`` is good for nothing else."""
    channel = _writable(backend, args.required_text("channel"))
    if backend.workspace.bot.id not in channel.members:
        raise ApiError("not_in_channel")
    user = args.required_text("user")
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    content = read_new_content(args)
    thread_ts = _thread(backend, channel, args)
    message = backend.workspace.post(
        channel.id, content.text, content.blocks, only_for=user, thread_ts=thread_ts
    )
    return {"message_ts": message.ts}


def _own_message(backend: Backend, args: Arguments, forbidden: str) -> StoredMessage:
    channel = find_channel(backend, args.required_text("channel"))
    message = backend.workspace.find(channel.id, args.required_text("ts"))
    if message is None or message.only_for is not None:
        raise ApiError("message_not_found")
    if message.author != backend.workspace.bot.id:
        raise ApiError(forbidden)
    return message


def update(backend: Backend, args: Arguments) -> dict[str, Any]:
    """Rewrite one of the bot's messages.

    With blocks, ``text`` is only the fallback and nothing is marked as edited; with text alone the old blocks
    go; with neither the content stays (docs.slack.dev, reference/methods/chat.update, "text and blocks").
    """
    message = _own_message(backend, args, "cant_update_message")
    content = read_content(args)
    if "metadata" in args:
        message.metadata = read_metadata(args)
    if content.has_blocks and content.blocks:
        backend.workspace.rewrite(message, content.text if content.has_text else message.text, content.blocks)
    elif content.has_text or content.has_blocks:
        if not content.text.strip():
            raise ApiError("no_text")
        message.edited = True
        backend.workspace.rewrite(message, content.text, [])
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": shown_message(backend, message),
    }


def delete(backend: Backend, args: Arguments) -> dict[str, Any]:
    """Remove one of the bot's messages."""
    message = _own_message(backend, args, "cant_delete_message")
    backend.workspace.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def permalink(backend: Backend, args: Arguments) -> dict[str, Any]:
    """The address of a message."""
    channel = find_channel(backend, args.required_text("channel"))
    ts = args.required_text("message_ts")
    message = backend.workspace.find(channel.id, ts)
    if message is None or message.only_for is not None:
        raise ApiError("message_not_found")
    domain = backend.workspace.domain
    link = f"https://{domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


_WRITE: Final = words("chat:write")

METHODS: Final = (
    Method(
        "chat.postMessage",
        post_message,
        Tier.POSTING,
        required=words("channel"),
        optional=words("text blocks thread_ts metadata mrkdwn parse link_names unfurl_links unfurl_media"),
        scopes=_WRITE,
        per_channel=True,
    ),
    Method(
        "chat.postEphemeral",
        post_ephemeral,
        Tier.FOUR,
        required=words("channel user"),
        optional=words("text blocks thread_ts parse link_names"),
        scopes=_WRITE,
    ),
    Method(
        "chat.update",
        update,
        Tier.THREE,
        required=words("channel ts"),
        optional=words("text blocks metadata parse link_names"),
        scopes=_WRITE,
    ),
    Method("chat.delete", delete, Tier.THREE, required=words("channel ts"), scopes=_WRITE),
    Method("chat.getPermalink", permalink, Tier.SPECIAL, required=words("channel message_ts")),
)
