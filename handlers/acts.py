"""Which act of the table of rights each button and each command is.

The table itself is ``bot.operations.rights``. A button without a row here does nothing for anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.cards.actions import Action
from bot.cards.form import Form
from bot.operations.rights import Act
from handlers.grammar import (
    AskForActivity,
    AskForArchive,
    AskForConnections,
    AskForCoupled,
    AskForDoctor,
    AskForError,
    AskForHelp,
    AskForOverview,
    AskForRules,
    AskForStatus,
    AskToFind,
    AskToForget,
    AskToRetryFixed,
    Request,
)

ACTS: Final[Mapping[Action, Act | None]] = {
    Action.OVERVIEW_SHOW: Act.READ,
    Action.OVERVIEW_PREVIOUS: Act.READ,
    Action.OVERVIEW_NEXT: Act.READ,
    Action.OVERVIEW_REFRESH: Act.REFRESH,
    Action.PROBLEM_SHOW: Act.READ,
    Action.PROBLEM_PREVIOUS: Act.READ,
    Action.PROBLEM_NEXT: Act.READ,
    Action.PROBLEM_SHARE: Act.SHARE,
    Action.PROBLEM_CLAIM: Act.CLAIM,
    Action.PROBLEM_RELEASE: Act.RELEASE,
    Action.PROBLEM_MARK_FIXED: Act.MARK_FIXED,
    Action.PROBLEM_REOPEN: Act.REOPEN,
    Action.SHARED_DETAILS: Act.READ,
    Action.CALL_STACK_SHOW: Act.CALL_STACK,
    Action.CALL_STACK_TELL: Act.SHARE,
    Action.SUPPORT_OPEN: Act.SUPPORT_REQUEST,
    Action.WHY_SHOW: Act.READ,
    Action.ERROR_SHOW: Act.READ,
    Action.FIND_SHOW: Act.READ,
    Action.FIND_PREVIOUS: Act.READ,
    Action.FIND_NEXT: Act.READ,
    Action.FORGET_CONFIRM: Act.FORGET,
    Action.ACTIVITY_PREVIOUS: Act.ACTIVITY,
    Action.ACTIVITY_NEXT: Act.ACTIVITY,
    Action.ACTIVITY_EXPORT: Act.ACTIVITY_EXPORT,
    Action.TEACH_OPEN: Act.TEACH,
    Action.TEACH_PREVIEW: Act.TEACH,
    Action.RULES_PREVIOUS: Act.RULES,
    Action.RULES_NEXT: Act.RULES,
    Action.RULES_EXPORT: Act.RULES_EXPORT,
    Action.RULE_UNDO: Act.UNTEACH,
    Action.PURGE_OPEN: Act.PURGE_RESOLVED,
    Action.PURGE_CONFIRM: Act.PURGE_RESOLVED,
    Action.PURGE_STOP: Act.STOP,
    Action.RETRY_OPEN: Act.RETRY,
    Action.RETRY_STOP: Act.STOP,
    Action.CONFLICT_OPEN: Act.COMPARE,
    Action.CONFLICT_BUSINESS_CENTRAL: Act.SYNCHRONIZE,
    Action.CONFLICT_DATAVERSE: Act.SYNCHRONIZE,
    Action.MATCH_OPEN: Act.COMPARE,
    Action.COUPLED_SHOW: Act.READ,
    Action.COUPLED_PREVIOUS: Act.READ,
    Action.COUPLED_NEXT: Act.READ,
    Action.COUPLED_RECORDS: Act.READ,
    Action.COUPLED_RECORDS_PREVIOUS: Act.READ,
    Action.COUPLED_RECORDS_NEXT: Act.READ,
    Action.UNCOUPLE_OPEN: Act.UNCOUPLE,
    Action.LOST_CREATE: Act.CREATE,
    Action.DECISION_STOP: Act.STOP,
    Action.DECISION_UNDO: Act.UNCOUPLE,
    Action.STATUS_SHOW: Act.READ,
    Action.STATUS_PREVIOUS: Act.READ,
    Action.STATUS_NEXT: Act.READ,
    Action.STATUS_REFRESH: Act.REFRESH,
    Action.ACCESS_SHOW: Act.ACCESS,
    Action.ACCESS_AGAIN: Act.ACCESS,
    Action.ACCESS_SCRIPT: Act.ACCESS_SCRIPT,
    Action.ARCHIVE_SHOW: Act.ARCHIVE,
    Action.ARCHIVE_PREVIOUS: Act.ARCHIVE,
    Action.ARCHIVE_NEXT: Act.ARCHIVE,
    Action.ARCHIVE_EXPORT: Act.ARCHIVE_EXPORT,
    Action.DOCTOR_AGAIN: Act.DOCTOR,
    Action.CONNECTION_CHOOSE: Act.READ,
    Action.CONNECTION_OPEN: Act.READ,
    Action.CONNECTIONS_SHOW: None,
    Action.CONNECTIONS_PREVIOUS: None,
    Action.CONNECTIONS_NEXT: None,
}

FORMS: Final[Mapping[Form, Act]] = {
    Form.SHARE: Act.SHARE,
    Form.TEACH: Act.TEACH,
    Form.RULE_UNDO: Act.UNTEACH,
    Form.PURGE: Act.PURGE_RESOLVED,
    Form.RETRY: Act.RETRY,
    Form.CONFLICT_CHOOSE: Act.COMPARE,
    Form.CONFLICT: Act.SYNCHRONIZE,
    Form.MATCH: Act.COMPARE,
    Form.MATCH_CONFIRM: Act.COUPLE,
    Form.UNCOUPLE: Act.UNCOUPLE,
    Form.LOST_CREATE: Act.CREATE,
    Form.DECISION_UNDO: Act.UNCOUPLE,
    Form.SUPPORT: Act.SUPPORT_REQUEST,
}

COMMANDS: Final[Mapping[type[Request], Act | None]] = {
    AskForOverview: Act.READ,
    AskForError: Act.READ,
    AskForConnections: None,
    AskForStatus: Act.READ,
    AskForRules: Act.RULES,
    AskToFind: Act.READ,
    AskForActivity: Act.ACTIVITY,
    AskForArchive: Act.ARCHIVE,
    AskToForget: Act.FORGET,
    AskForDoctor: Act.DOCTOR,
    AskToRetryFixed: Act.RETRY,
    AskForCoupled: Act.READ,
    AskForHelp: None,
}
"""None: everybody may ask for help; of all connections, each is asked about by itself
(``handlers.connections``)."""


def act_of(body: Mapping[str, Any]) -> Act | None:
    """Which act a press or a form is, whoever sends it; None for any other payload, or one that is no act."""
    actions, view = body.get("actions"), body.get("view")
    if isinstance(actions, list) and actions and isinstance(actions[0], Mapping):
        pressed = actions[0].get("action_id")
        return ACTS[Action(pressed)] if isinstance(pressed, str) and pressed in set(Action) else None
    form = view.get("callback_id") if isinstance(view, Mapping) else None
    return FORMS[Form(form)] if isinstance(form, str) and form in set(Form) else None
