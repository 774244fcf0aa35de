"""What people do through the bot, in words: for refusals and for the activity list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.cards.texts import MessageId, msgid
from bot.operations.rights import Act

DOING: Final[Mapping[Act, MessageId]] = {
    Act.READ: msgid("look at errors"),
    Act.REFRESH: msgid("read Business Central now"),
    Act.CALL_STACK: msgid("look at a call stack"),
    Act.ARCHIVE: msgid("look into the archive"),
    Act.ARCHIVE_EXPORT: msgid("export the archive"),
    Act.EXPORT: msgid("export errors"),
    Act.SHARE: msgid("share a problem"),
    Act.CLAIM: msgid("claim a problem"),
    Act.RELEASE: msgid("give up a claim"),
    Act.ASSIGN: msgid("assign a problem"),
    Act.MARK_FIXED: msgid("mark a problem as fixed"),
    Act.REOPEN: msgid("reopen a problem"),
    Act.RETRY: msgid("retry"),
    Act.COMPARE: msgid("look at both sides of a record"),
    Act.COUPLE: msgid("couple records"),
    Act.UNCOUPLE: msgid("uncouple records"),
    Act.CREATE: msgid("create records in the other app"),
    Act.SYNCHRONIZE: msgid("decide which side wins"),
    Act.STOP: msgid("stop running work"),
    Act.SUPPORT_REQUEST: msgid("prepare a support request"),
    Act.SUPPORT_UNMASKED: msgid("prepare a support request with personal data"),
    Act.PURGE_RESOLVED: msgid("delete resolved entries"),
    Act.PURGE_PROBLEM: msgid("delete a problem's entries"),
    Act.PURGE_OLD: msgid("delete old entries"),
    Act.PURGE_ALL: msgid("delete all entries"),
    Act.TEACH: msgid("teach a rule"),
    Act.UNTEACH: msgid("withdraw a taught rule"),
    Act.RULES: msgid("look at taught rules"),
    Act.RULES_EXPORT: msgid("export taught rules"),
    Act.RULES_IMPORT: msgid("import rules"),
    Act.ACTIVITY: msgid("look at the activity"),
    Act.ACTIVITY_EXPORT: msgid("export the activity"),
    Act.FORGET: msgid("remove somebody's data"),
    Act.DOCTOR: msgid("examine the set-up"),
    Act.ACCESS: msgid("see who lacks what in Dataverse"),
    Act.ACCESS_SCRIPT: msgid("get the script that grants a privilege"),
}
