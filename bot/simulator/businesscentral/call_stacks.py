"""AL call stacks as table 5339 keeps them: innermost frame first, one a line, separated by LF.

Form of a frame: MicrosoftDocs/dynamics365smb-devitpro-pb,
``methods-auto/system/system-getlasterrorcallstack-method.md``, and call stacks in public issues of
microsoft/BCApps. Objects and procedures: microsoft/BCApps, ``src/Layers/W1/BaseApp/Integration``. Line
numbers are made up.
"""

from __future__ import annotations

BASE_APP = "Base Application by Microsoft version 26.3.36158.0"
BUSINESS_FOUNDATION = "Business Foundation by Microsoft version 26.3.36158.0"
PARTNER_APP = "Dekker Retail Extensions by Dekker Software B.V. version 4.12.0.7"
PLUGIN_APP = "Freight & Toll by Nordlicht Solutions GmbH version 2.0.118.3"


def frame(where: str, line: int, app: str = BASE_APP) -> str:
    """One frame: ``"Object"(Type No.).Procedure line N - App by Publisher version V``."""
    return f"{where} line {line} - {app}"


def stack(*frames: str) -> str:
    """Frames, innermost first."""
    return "\n".join(frames)


_INVOKE = '"Integration Rec. Synch. Invoke"(CodeUnit 5345)'
_SYNCH = '"CRM Integration Table Synch."(CodeUnit 5340)'

_DISPATCH = (
    frame('"Integration Synch. Job Runner"(CodeUnit 5339).OnRun(Trigger)', 17),
    frame('"Job Queue Start Codeunit"(CodeUnit 449).OnRun(Trigger)', 14),
    frame('"Job Queue Dispatcher"(CodeUnit 448).HandleRequest', 43),
    frame('"Job Queue Dispatcher"(CodeUnit 448).OnRun(Trigger)', 18),
)

TO_DATAVERSE = (
    frame(f"{_INVOKE}.OnRun(Trigger)", 3),
    frame('"Integration Table Synch."(CodeUnit 5335).Synchronize', 52),
    frame(f"{_SYNCH}.SynchNAVTableToCRM", 31),
    frame(f"{_SYNCH}.PerformScheduledSynchToIntegrationTable", 14),
    frame(f"{_SYNCH}.OnRun(Trigger)", 41),
    *_DISPATCH,
)
"""What lies under every failure of a scheduled run to Dataverse."""

FROM_DATAVERSE = (
    frame(f"{_INVOKE}.OnRun(Trigger)", 3),
    frame('"Integration Table Synch."(CodeUnit 5335).Synchronize', 52),
    frame(f"{_SYNCH}.SynchCRMTableToNAV", 38),
    frame(f"{_SYNCH}.PerformScheduledSynchFromIntegrationTable", 17),
    frame(f"{_SYNCH}.OnRun(Trigger)", 44),
    *_DISPATCH,
)

READING = stack(
    frame(f"{_SYNCH}.CacheFilteredCRMTable", 22),
    frame(f"{_SYNCH}.SynchCRMTableToNAV", 11),
    *FROM_DATAVERSE[3:],
)
"""Dataverse refused a read."""

INSERTING = stack(
    frame(f"{_INVOKE}.InsertRecord", 8),
    frame(f"{_INVOKE}.SynchRecord", 97),
    *TO_DATAVERSE,
)
MODIFYING = stack(
    frame(f"{_INVOKE}.ModifyRecord", 14),
    frame(f"{_INVOKE}.SynchRecord", 101),
    *TO_DATAVERSE,
)
COUPLED_FIELD = stack(
    frame('"CRM Int. Table. Subscriber"(CodeUnit 5341).FindNewValueForCoupledRecordPK', 48),
    frame('"CRM Int. Table. Subscriber"(CodeUnit 5341).OnTransferFieldData', 67),
    frame('"Integration Record Synch."(CodeUnit 5336).OnTransferFieldData(Event)', 2),
    frame('"Integration Record Synch."(CodeUnit 5336).TransferFieldData', 21),
    frame('"Integration Record Synch."(CodeUnit 5336).TransferFields', 33),
    frame('"Integration Record Synch."(CodeUnit 5336).OnRun(Trigger)', 4),
    frame(f"{_INVOKE}.TransferFields", 12),
    frame(f"{_INVOKE}.SynchRecord", 54),
    *TO_DATAVERSE,
)
"""A field refers to a record that is not coupled."""

DATAVERSE_OWNER = stack(
    frame('"CDS Int. Table. Subscriber"(CodeUnit 7205).FindNewValueForCoupledRecordPK', 41),
    frame('"CDS Int. Table. Subscriber"(CodeUnit 7205).OnTransferFieldData', 39),
    *COUPLED_FIELD.split("\n")[2:],
)
VALIDATING = stack(
    frame('"Customer"(Table 18)."Phone No. - OnValidate"(Trigger)', 6),
    frame('"Integration Record Synch."(CodeUnit 5336).SetTextValue', 24),
    frame('"Integration Record Synch."(CodeUnit 5336).TransferFields', 33),
    frame('"Integration Record Synch."(CodeUnit 5336).OnRun(Trigger)', 4),
    frame(f"{_INVOKE}.TransferFields", 12),
    frame(f"{_INVOKE}.SynchRecord", 54),
    *FROM_DATAVERSE,
)
NUMBERING = stack(
    frame('"No. Series - Impl."(CodeUnit 304).GetNextNo', 29, BUSINESS_FOUNDATION),
    frame('"No. Series"(CodeUnit 310).GetNextNo', 3, BUSINESS_FOUNDATION),
    frame('"Customer"(Table 18).OnInsert(Trigger)', 12),
    frame(f"{_INVOKE}.InsertRecord", 8),
    frame(f"{_INVOKE}.SynchRecord", 97),
    *FROM_DATAVERSE,
)
INSERTING_LOCALLY = stack(
    frame(f"{_INVOKE}.InsertRecord", 8),
    frame(f"{_INVOKE}.SynchRecord", 97),
    *FROM_DATAVERSE,
)
INVOICE_LINES = stack(
    frame('"CRM Int. Table. Subscriber"(CodeUnit 5341).CheckItemOrResourceIsNotBlocked', 14),
    frame('"CRM Int. Table. Subscriber"(CodeUnit 5341).HandleOnBeforeInsertRecord', 31),
    frame(f"{_INVOKE}.OnBeforeInsertRecord(Event)", 2),
    *INSERTING.split("\n"),
)
PRODUCT = stack(
    frame('"CRM Int. Table. Subscriber"(CodeUnit 5341).FindCRMProductId', 27),
    frame('"CRM Int. Table. Subscriber"(CodeUnit 5341).UpdateCRMInvoiceDetailsFromSalesInvoiceLine', 18),
    *INVOICE_LINES.split("\n")[2:],
)
PARTNER = stack(
    frame('"DKR Loyalty Sync"(CodeUnit 50114).CheckLoyaltyTier', 27, PARTNER_APP),
    frame('"DKR Integration Events"(CodeUnit 50102).HandleOnBeforeModifyRecord', 9, PARTNER_APP),
    frame(f"{_INVOKE}.OnBeforeModifyRecord(Event)", 2),
    frame('"NLS Toll Calculation"(CodeUnit 71338).OnAfterTransferRecordFields', 5, PLUGIN_APP),
    *MODIFYING.split("\n"),
)
CUSTOM_PAGE = stack(
    frame('"DKR Account Overview"(Page 50131).OnAfterGetRecord(Trigger)', 3, PARTNER_APP),
    frame('"DKR Account Overview"(Page 50131).RefreshFromDataverse', 22, PARTNER_APP),
    frame('"DKR Integration Events"(CodeUnit 50102).RunNightly', 41, PARTNER_APP),
    *_DISPATCH[1:],
)
OLD_FORM = stack(
    "CRM Integration Table Synch.(CodeUnit 5340).SynchNAVTableToCRM line 27",
    "CRM Integration Table Synch.(CodeUnit 5340).OnRun(Trigger) line 29",
    "Integration Synch. Job Runner(CodeUnit 5339).OnRun(Trigger) line 9",
)
"""As an older version wrote it: no quotes, no app."""

_DUTCH_FRAME = frame('"DKR Coördinatie"(CodeUnit 50140).GeïndeFacturen', 8, PARTNER_APP)

GARBLED = _DUTCH_FRAME.encode("cp850").decode("cp1252") + f"\n{_INVOKE}.SynchRecord li\x00\x00"
"""Written as MS-DOS text, read as Windows text, cut short, with trailing NULs."""

NONE = ""
"""Conflicts, deleted counterparts and match-based coupling are logged without an exception."""
