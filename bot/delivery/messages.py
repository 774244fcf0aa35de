"""One message of the bot's in Slack: posting it, finding it again, rewriting it, sharing a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from bot.cards.card import Card
from bot.dataclass import dataclass
from bot.delivery.rendering import Attachment
from bot.delivery.web_api import SlackRefuses, SlackSaysLater, WebApi

EVENT_TYPE: Final = "syncerrors_posting"
"""Of the metadata that every message carries. Whoever reads the channel's history can read it: an id only."""
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""The machine's clock and Slack's."""
_PAGE: Final = "200"
_PAGES: Final = 10
_UNREADABLE: Final = frozenset({"missing_scope", "not_in_channel", "no_permission"})


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a message is."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Messages:
    """Speaks to Slack. Every method raises SlackSaysLater and SlackRefuses."""

    slack: WebApi

    async def post(self, posting: str, place: str, thread: str, card: Card) -> Whereabouts:
        """A new message; a person's id as place means their direct messages."""
        try:
            return await self._post(posting, place, thread, card.text, card.blocks)
        except SlackRefuses as refused:
            if refused.code not in ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"):
                raise
            return await self._post(posting, place, thread, card.text, [])

    async def rewrite(self, at: Whereabouts, card: Card) -> None:
        """Put the card in place of what the message shows; the same card twice changes nothing."""
        await self.slack.call("chat.update", channel=at.channel, ts=at.ts, text=card.text, blocks=card.blocks)

    async def find(self, posting: str, place: str, thread: str, since: datetime) -> Whereabouts | None:
        """The message that was perhaps posted since then; None where it is not there."""
        channel = await self.conversation(place)
        arguments = {
            "channel": channel,
            "oldest": f"{(since - _CLOCKS_DIFFER).timestamp():.6f}",
            "include_all_metadata": "true",
            "limit": _PAGE,
        }
        method = "conversations.history"
        if thread:
            method, arguments["ts"] = "conversations.replies", thread
        for _ in range(_PAGES):
            try:
                answer = await self.slack.ask(method, **arguments)
            except SlackRefuses as refused:
                if refused.code in _UNREADABLE:
                    return None  # a public channel that the bot posts to without having joined
                raise
            for message in answer.get("messages") or ():
                if _posting_of(message) == posting:
                    return Whereabouts(channel, str(message.get("ts")))
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return None
            arguments["cursor"] = cursor
        return None

    async def conversation(self, place: str) -> str:
        """The conversation itself: of a person, their direct messages with the bot."""
        if not place.startswith(("U", "W")):
            return place
        answer = await self.slack.call("conversations.open", users=place)
        return str((answer.get("channel") or {}).get("id") or "")

    async def join(self, channel: str) -> bool:
        """Become a member of a public channel; False where the bot cannot."""
        try:
            await self.slack.call("conversations.join", channel=channel)
        except SlackRefuses:
            return False
        return True

    async def upload(self, file: Attachment) -> str:
        """Send the bytes; returns the file's id, of several with commas. They are shown nowhere yet."""
        ids = []
        for one in file.files:
            answer = await self.slack.ask(
                "files.getUploadURLExternal", filename=one.name, length=str(len(one.content))
            )
            await self.slack.upload(str(answer.get("upload_url")), one.content)
            ids.append(str(answer.get("file_id")))
        return ",".join(ids)

    async def show_file(self, file_id: str, file: Attachment, place: str, thread: str) -> Whereabouts:
        """Show what was uploaded there, in one message. It comes a moment later: its ``ts`` is not known."""
        channel = await self.conversation(place)
        beside = {"thread_ts": thread} if thread else {}
        await self.slack.ask(
            "files.completeUploadExternal",
            files=json.dumps(
                [
                    {"id": one_id, "title": one.title}
                    for one_id, one in zip(file_id.split(","), file.files, strict=False)
                ]
            ),
            channel_id=channel,
            initial_comment=file.comment,
            **beside,
        )
        return Whereabouts(channel, "")

    async def find_file(self, file_id: str, place: str) -> Whereabouts | None:
        """Where an uploaded file is shown in that place; None where it is not."""
        channel = await self.conversation(place)
        try:
            answer = await self.slack.ask("files.info", file=file_id.partition(",")[0])
        except SlackRefuses as refused:
            if refused.code in ("file_not_found", "missing_scope"):
                return None
            raise
        shares = (answer.get("file") or {}).get("shares") or {}
        for visible in ("public", "private"):
            shown = (shares.get(visible) or {}).get(channel)
            if shown:
                return Whereabouts(channel, str(shown[0].get("ts") or ""))
        return None

    async def name_of(self, user: str) -> str:
        """How others see that person called; empty where Slack does not tell."""
        try:
            answer = await self.slack.ask("users.info", user=user)
        except SlackRefuses:
            return ""
        told = answer.get("user") or {}
        profile = told.get("profile") or {}
        names = (
            profile.get("display_name"),
            profile.get("real_name"),
            told.get("real_name"),
            told.get("name"),
        )
        return next((name for name in names if isinstance(name, str) and name), "")

    async def _post(
        self, posting: str, place: str, thread: str, text: str, blocks: list[dict[str, Any]]
    ) -> Whereabouts:
        beside: dict[str, Any] = {"thread_ts": thread} if thread else {}
        if blocks:
            beside["blocks"] = blocks
        answer = await self.slack.call(
            "chat.postMessage",
            channel=place,
            text=text,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"posting": posting}},
            unfurl_links=False,
            unfurl_media=False,
            **beside,
        )
        ts = answer.get("ts")
        if not isinstance(ts, str) or not ts:
            raise SlackSaysLater(1.0, "no_ts")
        return Whereabouts(str(answer.get("channel") or place), ts)


def _posting_of(message: object) -> str:
    if not isinstance(message, Mapping):
        return ""
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != EVENT_TYPE:
        return ""
    payload = metadata.get("event_payload")
    return str(payload.get("posting") or "") if isinstance(payload, Mapping) else ""
