"""The plug-in or workflow activity of a customer that only the name of its .NET type gives away.

``Contoso.Plugins.AccountSync: System.NullReferenceException: ...`` says nothing of a plug-in in words. Types
of plug-ins are named so by custom (powerapps-docs, ``write-plug-in.md``: ``MyPlugins.MyPlugin``), and all of
them run by ``Execute(IServiceProvider serviceProvider)``. Types of the platform are nobody's plug-in.
"""

from __future__ import annotations

import re
from typing import Final

_LOOKED_AT: Final = 4_096
_TYPE: Final = re.compile(
    r"(?<![\w.\\])(?!Microsoft\.|System\.)((?:[A-Z]\w{0,60}\.){1,8}[A-Z]\w{0,100}?)"
    r"(?=\.Execute\(IServiceProvider|: |, (?:[\w.]{1,120}, )?Version=| plug-?in\b| failed\b)"
)
_NAMED: Final = re.compile(r"Plug[Ii]n|Workflow(?:s|Activit)")
_RUN: Final = ".Execute(IServiceProvider"


def plugin_in(text: str) -> str | None:
    """The type of the plug-in that the beginning of a text names, or None."""
    text = text[:_LOOKED_AT]
    if "lugin" not in text and "lugIn" not in text and "Workflow" not in text and _RUN not in text:
        return None
    for found in _TYPE.finditer(text):
        if _NAMED.search(found[1]) or text.startswith(_RUN, found.end()):
            return found[1]
    return None
