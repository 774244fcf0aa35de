"""Uploaded files, in Slack's three steps: ask for an address, send the bytes, complete."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.simulator.slack.outcomes import ApiError
from bot.simulator.slack.workspace import Workspace


@dataclass
class StoredFile:
    """A file. ``content`` is None until the bytes came; ``shared`` once it was completed."""

    id: str
    name: str
    length: int
    upload_token: str
    title: str = ""
    content: bytes | None = None
    shared: bool = False


class Files:
    """All files of the workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._by_id: dict[str, StoredFile] = {}

    def announce(self, name: str, length: int) -> StoredFile:
        """Step one: a place for ``length`` bytes."""
        file = StoredFile(self._workspace.new_id("F"), name, length, secrets.token_urlsafe(18), title=name)
        self._by_id[file.id] = file
        return file

    def receive(self, upload_token: str, content: bytes) -> bool:
        """Step two: the bytes; False for an unknown address, a second upload or another length."""
        for file in self._by_id.values():
            if file.upload_token == upload_token:
                fits = file.content is None and len(content) == file.length
                file.content = content if fits else file.content
                return fits
        return False

    def complete(self, file_id: str, title: str | None) -> StoredFile:
        """Step three: it becomes visible; raises ``file_not_found`` without bytes."""
        file = self.get(file_id)
        if file.content is None or file.shared:
            raise ApiError("file_not_found")
        file.title = title or file.name
        file.shared = True
        return file

    def get(self, file_id: str) -> StoredFile:
        """A file by id; raises ``file_not_found``."""
        file = self._by_id.get(file_id)
        if file is None:
            raise ApiError("file_not_found")
        return file
