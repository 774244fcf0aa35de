/// <summary>
/// What can be done with one coupling. All guards come before the first change.
/// </summary>
/// <remarks>
/// Sources in microsoft/BCApps, src/Layers/W1/BaseApp/Integration/Dataverse:
/// CRMIntegrationManagement.Codeunit.al: UpdateSkippedNow(CRMIntegrationRecord, true) validates Skipped and modifies, but
/// hands an UNFILTERED "CRM Option Mapping" on and so releases every option of the company: its two lines are written here.
/// RemoveCoupling(TableId, Ids, false) uncouples at once and sends no notification; the overloads with a RecordID and with
/// an id of Dataverse schedule a job and send one.
/// CRMIntegrationRecord.Table.al: FindRecordId, OnDelete.
/// </remarks>
codeunit 53395 "SyncErrors Coupling Actions"
{
    Access = Internal;

    var
        SyncErrorsGuard: Codeunit "SyncErrors Guard";
        RecordGoneTxt: Label 'The record in Business Central no longer exists.', Locked = true;
        NotUncoupledTxt: Label 'Business Central did not remove the coupling: %1', Locked = true, Comment = '%1 = text of the last error';

    /// <summary>
    /// Clears Skipped. Nothing is synchronized now.
    /// </summary>
    /// <param name="CouplingId">SystemId of the row.</param>
    procedure Release(CouplingId: Guid)
    var
        CRMIntegrationRecord: Record "CRM Integration Record";
        CRMOptionMapping: Record "CRM Option Mapping";
    begin
        if CRMIntegrationRecord.GetBySystemId(CouplingId) then begin
            ExpectRecord(CRMIntegrationRecord);
            ReleaseRecord(CRMIntegrationRecord);
            exit;
        end;
        CRMOptionMapping.GetBySystemId(CouplingId);
        ExpectOptionRecord(CRMOptionMapping);
        if CRMOptionMapping.Skipped then begin
            CRMOptionMapping.Skipped := false;
            CRMOptionMapping.Modify();
        end;
    end;

    /// <summary>
    /// Refuses where the record in Business Central is gone: no run would ever take it.
    /// </summary>
    /// <param name="CRMIntegrationRecord">A coupling.</param>
    procedure ExpectRecord(var CRMIntegrationRecord: Record "CRM Integration Record")
    var
        TheRecordId: RecordId;
    begin
        if not CRMIntegrationRecord.FindRecordId(TheRecordId) then
            SyncErrorsGuard.Refuse('RecordGone', RecordGoneTxt);
    end;

    /// <summary>
    /// Clears Skipped of one coupling, as UpdateSkippedNow does: OnValidate also resets "Statistics Uploaded" of a customer.
    /// </summary>
    /// <param name="CRMIntegrationRecord">A coupling.</param>
    procedure ReleaseRecord(var CRMIntegrationRecord: Record "CRM Integration Record")
    begin
        if not CRMIntegrationRecord.Skipped then
            exit;
        CRMIntegrationRecord.Validate(Skipped, false);
        CRMIntegrationRecord.Modify();
    end;

    /// <summary>
    /// Removes a coupling. Where both records are there, Business Central's own uncoupling also takes the company off the row
    /// in Dataverse; where one or both are gone, or the table has no codeunit for it, the coupling itself is deleted.
    /// </summary>
    /// <param name="CouplingId">SystemId of the row.</param>
    procedure Uncouple(CouplingId: Guid)
    var
        CRMIntegrationRecord: Record "CRM Integration Record";
        CRMOptionMapping: Record "CRM Option Mapping";
        CRMIntegrationManagement: Codeunit "CRM Integration Management";
        SyncErrorsDataverse: Codeunit "SyncErrors Dataverse";
        LocalIds: List of [Guid];
    begin
        if CRMOptionMapping.GetBySystemId(CouplingId) then begin
            CRMOptionMapping.Delete();
            exit;
        end;
        CRMIntegrationRecord.GetBySystemId(CouplingId);
        SyncErrorsDataverse.ExpectConnection();
        if not AreBothThere(CRMIntegrationRecord) then begin
            CRMIntegrationRecord.Delete(true);
            exit;
        end;
        LocalIds.Add(CRMIntegrationRecord."Integration ID");
        ClearLastError();
        CRMIntegrationManagement.RemoveCoupling(CRMIntegrationRecord."Table ID", LocalIds, false);
        if CRMIntegrationRecord.GetBySystemId(CouplingId) then
            SyncErrorsGuard.Refuse('NotEnqueued', StrSubstNo(NotUncoupledTxt, GetLastErrorText()));
    end;

    local procedure ExpectOptionRecord(var CRMOptionMapping: Record "CRM Option Mapping")
    var
        TheRecordRef: RecordRef;
    begin
        if not TheRecordRef.Get(CRMOptionMapping."Record ID") then
            SyncErrorsGuard.Refuse('RecordGone', RecordGoneTxt);
    end;

    local procedure AreBothThere(var CRMIntegrationRecord: Record "CRM Integration Record"): Boolean
    var
        IntegrationTableMapping: Record "Integration Table Mapping";
        SyncErrorsSelection: Codeunit "SyncErrors Selection";
        TheRecordId: RecordId;
    begin
        if CRMIntegrationRecord."Table ID" = 0 then
            exit(false);
        if not CRMIntegrationRecord.FindRecordId(TheRecordId) then
            exit(false);
        IntegrationTableMapping.SetRange(Type, IntegrationTableMapping.Type::Dataverse);
        IntegrationTableMapping.SetRange("Delete After Synchronization", false);
        IntegrationTableMapping.SetRange("Table ID", CRMIntegrationRecord."Table ID");
        if IntegrationTableMapping.FindSet() then
            repeat
                // A coupling does not name its mapping: a table may go to several tables of Dataverse.
                if SyncErrorsSelection.IsRowThere(IntegrationTableMapping, CRMIntegrationRecord."CRM ID") then
                    exit(true);
            until IntegrationTableMapping.Next() = 0;
        exit(false);
    end;
}
