/// <summary>
/// The couplings of records (table 5331) and of options (table 5334) as rows of one entity set.
/// </summary>
/// <remarks>
/// Sources in microsoft/BCApps, src/Layers/W1/BaseApp/Integration/Dataverse: CRMIntegrationRecord.Table.al and
/// CRMOptionMapping.Table.al (fields). "Last Synch. Result" is of the last run INTO Business Central, "Last Synch. CRM Result"
/// of the last run INTO Dataverse (CRMIntegrationRecord.Table.al, SetLastSynchResultFailed).
/// Couplings of Master Data Management are in another table (7231) and not among them.
/// </remarks>
codeunit 53394 "SyncErrors Coupling List"
{
    Access = Internal;

    var
        SyncErrorsRecords: Codeunit "SyncErrors Records";
        IntegrationTableOf: Dictionary of [Integer, Integer];

    /// <summary>
    /// The rows that the filters of the page let through; the page filters them once more by itself.
    /// </summary>
    /// <param name="Coupling">Rows of the entity set, with the filters of the request.</param>
    procedure Load(var Coupling: Record "SyncErrors Coupling")
    var
        CRMIntegrationRecord: Record "CRM Integration Record";
        CRMOptionMapping: Record "CRM Option Mapping";
        Buffer: Record "SyncErrors Coupling";
    begin
        Coupling.CopyFilter(Id, CRMIntegrationRecord.SystemId);
        Coupling.CopyFilter("Modified At", CRMIntegrationRecord.SystemModifiedAt);
        Coupling.CopyFilter("Table No.", CRMIntegrationRecord."Table ID");
        Coupling.CopyFilter("Dataverse Id", CRMIntegrationRecord."CRM ID");
        Coupling.CopyFilter("Local System Id", CRMIntegrationRecord."Integration ID");
        Coupling.CopyFilter(Skipped, CRMIntegrationRecord.Skipped);
        Coupling.CopyFilter(Id, CRMOptionMapping.SystemId);
        Coupling.CopyFilter("Modified At", CRMOptionMapping.SystemModifiedAt);
        Coupling.CopyFilter("Table No.", CRMOptionMapping."Table ID");
        Coupling.CopyFilter(Skipped, CRMOptionMapping.Skipped);

        Buffer.Copy(Coupling, true);
        Buffer.Reset();
        if CRMIntegrationRecord.FindSet() then
            repeat
                InsertRecord(Buffer, CRMIntegrationRecord);
            until CRMIntegrationRecord.Next() = 0;
        if CRMOptionMapping.FindSet() then
            repeat
                InsertOption(Buffer, CRMOptionMapping);
            until CRMOptionMapping.Next() = 0;
    end;

    /// <summary>
    /// The record in Business Central, as text; looked up for the rows of a page alone.
    /// </summary>
    /// <param name="Coupling">A row.</param>
    /// <returns>Empty where the record is gone or cannot be read.</returns>
    procedure RecordIdText(var Coupling: Record "SyncErrors Coupling"): Text
    begin
        if Coupling."Is Option" then
            exit(SyncErrorsRecords.RecordIdText(Coupling."Option Record Id"));
        exit(SyncErrorsRecords.RecordIdTextBySystemId(Coupling."Table No.", Coupling."Local System Id"));
    end;

    local procedure InsertRecord(var Coupling: Record "SyncErrors Coupling"; var CRMIntegrationRecord: Record "CRM Integration Record")
    begin
        Coupling.Init();
        Coupling.Id := CRMIntegrationRecord.SystemId;
        Coupling."Table No." := CRMIntegrationRecord."Table ID";
        Coupling."Local System Id" := CRMIntegrationRecord."Integration ID";
        Coupling."Dataverse Id" := CRMIntegrationRecord."CRM ID";
        Coupling."Integration Table No." := IntegrationTableNo(CRMIntegrationRecord."Table ID");
        Coupling."Last Result" := CRMIntegrationRecord."Last Synch. Result";
        Coupling."Last Dataverse Result" := CRMIntegrationRecord."Last Synch. CRM Result";
        Coupling."Last Job Id" := CRMIntegrationRecord."Last Synch. Job ID";
        Coupling."Last Dataverse Job Id" := CRMIntegrationRecord."Last Synch. CRM Job ID";
        Coupling."Last Modified On" := CRMIntegrationRecord."Last Synch. Modified On";
        Coupling."Last Dataverse Modified On" := CRMIntegrationRecord."Last Synch. CRM Modified On";
        Coupling.Skipped := CRMIntegrationRecord.Skipped;
        Coupling."Modified At" := CRMIntegrationRecord.SystemModifiedAt;
        Coupling.Insert();
    end;

    local procedure InsertOption(var Coupling: Record "SyncErrors Coupling"; var CRMOptionMapping: Record "CRM Option Mapping")
    begin
        Coupling.Init();
        Coupling.Id := CRMOptionMapping.SystemId;
        Coupling."Table No." := CRMOptionMapping."Table ID";
        Coupling."Option Record Id" := CRMOptionMapping."Record ID";
        Coupling."Integration Table No." := CRMOptionMapping."Integration Table ID";
        Coupling."Is Option" := true;
        Coupling."Last Result" := CRMOptionMapping."Last Synch. Result";
        Coupling."Last Dataverse Result" := CRMOptionMapping."Last Synch. CRM Result";
        Coupling."Last Job Id" := CRMOptionMapping."Last Synch. Job ID";
        Coupling."Last Dataverse Job Id" := CRMOptionMapping."Last Synch. CRM Job ID";
        Coupling."Last Modified On" := CRMOptionMapping."Last Synch. Modified On";
        Coupling.Skipped := CRMOptionMapping.Skipped;
        Coupling."Modified At" := CRMOptionMapping.SystemModifiedAt;
        Coupling.Insert();
    end;

    local procedure IntegrationTableNo(TableNo: Integer) Result: Integer
    var
        IntegrationTableMapping: Record "Integration Table Mapping";
    begin
        if IntegrationTableOf.Get(TableNo, Result) then
            exit;
        IntegrationTableMapping.SetRange(Type, IntegrationTableMapping.Type::Dataverse);
        IntegrationTableMapping.SetRange("Delete After Synchronization", false);
        IntegrationTableMapping.SetRange("Table ID", TableNo);
        if IntegrationTableMapping.FindFirst() then
            Result := IntegrationTableMapping."Integration Table ID";
        IntegrationTableOf.Add(TableNo, Result);
    end;
}
