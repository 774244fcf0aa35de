"""files.*: uploading in three steps (docs.slack.dev, messaging/working-with-files)."""

from __future__ import annotations

from typing import Any, Final

from bot.simulator.slack.backend import Backend
from bot.simulator.slack.blockkit.blocks import Surface, check_blocks
from bot.simulator.slack.files import StoredFile
from bot.simulator.slack.outcomes import ApiError
from bot.simulator.slack.tiers import Tier
from bot.simulator.slack.webapi.arguments import Arguments
from bot.simulator.slack.webapi.chat import find_channel
from bot.simulator.slack.webapi.method import Method, words


def get_upload_url(backend: Backend, args: Arguments) -> dict[str, Any]:
    """Step one: where to send the bytes."""
    length = args.number("length", 0)
    if length < 1:
        raise ApiError("missing_argument")
    file = backend.files.announce(args.required_text("filename"), length)
    return {"upload_url": f"{backend.address}/upload/v1/{file.upload_token}", "file_id": file.id}


def complete_upload(backend: Backend, args: Arguments) -> dict[str, Any]:
    """Step three: show the files, in a channel when one is given. Blocks do not count beside a comment."""
    wanted = args.json("files")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(item, dict) for item in wanted):
        raise ApiError("invalid_arguments", ("must be an array of objects [json-pointer:/files]",))
    channel_id = args.text("channel_id")
    channel = find_channel(backend, channel_id) if channel_id else None
    if channel is not None and backend.workspace.bot.id not in channel.members:
        raise ApiError("not_in_channel")
    comment = args.text("initial_comment") or ""
    blocks = (args.json("blocks") if not comment else None) or []
    violations = check_blocks(blocks, Surface.MESSAGE)
    if violations:
        raise ApiError("invalid_blocks", tuple(map(str, violations)))
    files = [backend.files.complete(str(item.get("id")), item.get("title")) for item in wanted]
    if channel is not None:
        backend.workspace.post(
            channel.id,
            comment,
            blocks,
            thread_ts=args.text("thread_ts"),
            files=tuple(file.id for file in files),
        )
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def file_info(backend: Backend, args: Arguments) -> dict[str, Any]:
    """A file and where it was shared."""
    file = backend.files.get(args.required_text("file"))
    return {"file": _shown(backend, file)}


def _shown(backend: Backend, file: StoredFile) -> dict[str, Any]:
    shares: dict[str, list[dict[str, str]]] = {}
    for message in backend.workspace.messages:
        if file.id in message.files:
            shares.setdefault(message.channel, []).append({"ts": message.ts})
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "size": file.length,
        "user": backend.workspace.bot.id,
        "shares": {"public": shares},
    }


METHODS: Final = (
    Method(
        "files.getUploadURLExternal",
        get_upload_url,
        Tier.FOUR,
        required=words("filename length"),
        optional=words("snippet_type alt_txt"),
        scopes=words("files:write"),
    ),
    Method(
        "files.completeUploadExternal",
        complete_upload,
        Tier.FOUR,
        required=words("files"),
        optional=words("channel_id thread_ts initial_comment blocks"),
        scopes=words("files:write"),
    ),
    Method("files.info", file_info, Tier.FOUR, required=words("file"), scopes=words("files:read")),
)
