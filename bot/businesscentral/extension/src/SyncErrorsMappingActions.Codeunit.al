/// <summary>
/// What can be done with a mapping. All guards come before the first change: EnqueueSyncJob commits.
/// </summary>
/// <remarks>
/// Sources in microsoft/BCApps, src/Layers/W1/BaseApp: Integration/Dataverse/CRMIntegrationManagement.Codeunit.al
/// (EnqueueSyncJob with lists; AddIntegrationTableMapping makes the clone; ReactivateJobForTable is how Business Central
/// itself wakes a job without changing its user), Integration/Dataverse/CRMIntegrationTableSynch.Codeunit.al (a clone sets
/// ForceModify: no conflict is found, no strategy asked), Integration/SynchEngine/IntegrationTableSynch.Codeunit.al
/// (Synchronize passes over a record that is skipped), Modules/System/JobQueue/JobQueueEntry.Table.al (Restart and SetStatus
/// enqueue anew and make the caller the run-as user: not used).
/// No dialog, no UpdateMultipleNow, no UpdateOneNow, no notification.
/// </remarks>
codeunit 53397 "SyncErrors Mapping Actions"
{
    Access = Internal;

    var
        SyncErrorsGuard: Codeunit "SyncErrors Guard";
        SyncErrorsSelection: Codeunit "SyncErrors Selection";
        SyncErrorsDataverse: Codeunit "SyncErrors Dataverse";
        NoJobTxt: Label 'The mapping has no recurring job that waits for its next run.', Locked = true;
        NotEnqueuedTxt: Label 'The job was not accepted: %1', Locked = true, Comment = '%1 = text of the last error';

    /// <summary>
    /// Clears Skipped of a selection of couplings.
    /// </summary>
    /// <param name="IntegrationTableMapping">The mapping.</param>
    /// <param name="DataverseIdsText">Ids of rows in Dataverse, separated by commas.</param>
    procedure ReleaseAll(var IntegrationTableMapping: Record "Integration Table Mapping"; DataverseIdsText: Text)
    var
        CRMIntegrationRecord: Record "CRM Integration Record";
        SyncErrorsCouplingActions: Codeunit "SyncErrors Coupling Actions";
        DataverseIds: List of [Guid];
        DataverseId: Guid;
    begin
        SyncErrorsSelection.ExpectMapping(IntegrationTableMapping);
        SyncErrorsSelection.ExpectRecords(IntegrationTableMapping);
        SyncErrorsGuard.ParseIds(DataverseIdsText, DataverseIds);
        foreach DataverseId in DataverseIds do begin
            SyncErrorsSelection.FindByDataverseId(IntegrationTableMapping, DataverseId, CRMIntegrationRecord);
            SyncErrorsCouplingActions.ExpectRecord(CRMIntegrationRecord);
        end;
        foreach DataverseId in DataverseIds do begin
            SyncErrorsSelection.FindByDataverseId(IntegrationTableMapping, DataverseId, CRMIntegrationRecord);
            SyncErrorsCouplingActions.ReleaseRecord(CRMIntegrationRecord);
        end;
    end;

    /// <summary>
    /// Makes the mapping's own recurring job ready now. One that runs needs nothing. One that is on hold or has ended in an
    /// error has no scheduled task: to schedule a new one would change its user, so that is refused.
    /// </summary>
    /// <param name="IntegrationTableMapping">The mapping.</param>
    procedure Wake(var IntegrationTableMapping: Record "Integration Table Mapping")
    var
        JobQueueEntry: Record "Job Queue Entry";
        StartAt: DateTime;
    begin
        SyncErrorsSelection.ExpectMapping(IntegrationTableMapping);
        JobQueueEntry.ReadIsolation := IsolationLevel::UpdLock;
        JobQueueEntry.SetRange("Object Type to Run", JobQueueEntry."Object Type to Run"::Codeunit);
        JobQueueEntry.SetRange("Object ID to Run", Codeunit::"Integration Synch. Job Runner");
        JobQueueEntry.SetRange("Record ID to Process", IntegrationTableMapping.RecordId());
        JobQueueEntry.SetRange("Recurring Job", true);
        if not JobQueueEntry.FindFirst() then
            SyncErrorsGuard.Refuse('NoJob', NoJobTxt);
        if JobQueueEntry.Status = JobQueueEntry.Status::"In Process" then
            exit;
        if not (JobQueueEntry.Status in [JobQueueEntry.Status::Ready, JobQueueEntry.Status::"On Hold with Inactivity Timeout"]) then
            SyncErrorsGuard.Refuse('NoJob', NoJobTxt);

        StartAt := CurrentDateTime() + 1000;
        if (JobQueueEntry.Status = JobQueueEntry.Status::Ready) and (JobQueueEntry."Earliest Start Date/Time" <= StartAt) then
            exit;
        if not TaskScheduler.SetTaskReady(JobQueueEntry."System Task ID", StartAt) then
            SyncErrorsGuard.Refuse('NoJob', NoJobTxt);
        JobQueueEntry.Status := JobQueueEntry.Status::Ready;
        JobQueueEntry."Earliest Start Date/Time" := StartAt;
        JobQueueEntry.Modify();
    end;

    /// <summary>
    /// Forces exactly these coupled records in one direction. Skipped is cleared only after the job was accepted: it starts a
    /// second later at the earliest, and passes over records that are skipped.
    /// </summary>
    /// <param name="IntegrationTableMapping">The mapping.</param>
    /// <param name="LocalIdsText">SystemIds of records, needed to Dataverse.</param>
    /// <param name="DataverseIdsText">Ids of rows, needed from Dataverse.</param>
    /// <param name="Direction">1 to Dataverse, 2 from Dataverse.</param>
    procedure Synchronize(var IntegrationTableMapping: Record "Integration Table Mapping"; LocalIdsText: Text; DataverseIdsText: Text; Direction: Integer)
    var
        CRMIntegrationRecord: Record "CRM Integration Record";
        SyncErrorsCouplingActions: Codeunit "SyncErrors Coupling Actions";
        TheRecordId: RecordId;
        Ids: List of [Guid];
        Id: Guid;
    begin
        ExpectSelection(IntegrationTableMapping, LocalIdsText, DataverseIdsText, Direction, Ids);
        foreach Id in Ids do
            if Direction = 1 then begin
                SyncErrorsSelection.FindByLocalId(IntegrationTableMapping, Id, CRMIntegrationRecord);
                SyncErrorsSelection.ExpectRecordThere(IntegrationTableMapping, Id, TheRecordId);
                SyncErrorsSelection.ExpectRecordInside(IntegrationTableMapping, Id);
            end else begin
                SyncErrorsSelection.FindByDataverseId(IntegrationTableMapping, Id, CRMIntegrationRecord);
                SyncErrorsSelection.ExpectRowInside(IntegrationTableMapping, Id);
            end;

        Enqueue(IntegrationTableMapping, Ids, Direction, true);

        foreach Id in Ids do begin
            if Direction = 1 then
                SyncErrorsSelection.FindByLocalId(IntegrationTableMapping, Id, CRMIntegrationRecord)
            else
                SyncErrorsSelection.FindByDataverseId(IntegrationTableMapping, Id, CRMIntegrationRecord);
            SyncErrorsCouplingActions.ReleaseRecord(CRMIntegrationRecord);
        end;
    end;

    /// <summary>
    /// Forces the creation of exactly these uncoupled records in the other app.
    /// </summary>
    /// <param name="IntegrationTableMapping">The mapping.</param>
    /// <param name="LocalIdsText">SystemIds of records, needed to Dataverse.</param>
    /// <param name="DataverseIdsText">Ids of rows, needed from Dataverse.</param>
    /// <param name="Direction">1 to Dataverse, 2 from Dataverse.</param>
    procedure Create(var IntegrationTableMapping: Record "Integration Table Mapping"; LocalIdsText: Text; DataverseIdsText: Text; Direction: Integer)
    var
        TheRecordId: RecordId;
        Ids: List of [Guid];
        Id: Guid;
    begin
        ExpectSelection(IntegrationTableMapping, LocalIdsText, DataverseIdsText, Direction, Ids);
        foreach Id in Ids do
            if Direction = 1 then begin
                SyncErrorsSelection.ExpectUncoupledRecord(Id);
                SyncErrorsSelection.ExpectRecordThere(IntegrationTableMapping, Id, TheRecordId);
                SyncErrorsSelection.ExpectRecordInside(IntegrationTableMapping, Id);
            end else begin
                SyncErrorsSelection.ExpectUncoupledRow(IntegrationTableMapping, Id);
                SyncErrorsSelection.ExpectRowInside(IntegrationTableMapping, Id);
            end;
        Enqueue(IntegrationTableMapping, Ids, Direction, false);
    end;

    /// <summary>
    /// Couples two records that are there and uncoupled (CRMIntegrationRecord.Table.al, CoupleRecordIdToCRMID). Nothing is
    /// synchronized.
    /// </summary>
    /// <param name="IntegrationTableMapping">The mapping.</param>
    /// <param name="LocalIdText">SystemId of the record.</param>
    /// <param name="DataverseIdText">Id of the row.</param>
    procedure Couple(var IntegrationTableMapping: Record "Integration Table Mapping"; LocalIdText: Text; DataverseIdText: Text)
    var
        CRMIntegrationRecord: Record "CRM Integration Record";
        TheRecordId: RecordId;
        LocalId: Guid;
        DataverseId: Guid;
    begin
        SyncErrorsSelection.ExpectMapping(IntegrationTableMapping);
        SyncErrorsSelection.ExpectRecords(IntegrationTableMapping);
        LocalId := SyncErrorsGuard.ParseId(LocalIdText);
        DataverseId := SyncErrorsGuard.ParseId(DataverseIdText);
        SyncErrorsDataverse.ExpectConnection();
        SyncErrorsSelection.ExpectRecordThere(IntegrationTableMapping, LocalId, TheRecordId);
        SyncErrorsSelection.ExpectUncoupledRecord(LocalId);
        SyncErrorsSelection.ExpectUncoupledRow(IntegrationTableMapping, DataverseId);
        SyncErrorsSelection.ExpectRowInside(IntegrationTableMapping, DataverseId);
        CRMIntegrationRecord.CoupleRecordIdToCRMID(TheRecordId, DataverseId);
    end;

    /// <summary>
    /// How many couplings of the mapping's table Business Central has given up on.
    /// </summary>
    /// <param name="IntegrationTableMapping">The mapping.</param>
    /// <returns>"No. of Skipped" counts couplings of records alone; for a mapping of options they are in table 5334.</returns>
    procedure CountSkipped(var IntegrationTableMapping: Record "Integration Table Mapping"): Integer
    var
        CRMOptionMapping: Record "CRM Option Mapping";
    begin
        if SyncErrorsSelection.IsOfOptions(IntegrationTableMapping) then begin
            CRMOptionMapping.SetRange("Table ID", IntegrationTableMapping."Table ID");
            CRMOptionMapping.SetRange(Skipped, true);
            exit(CRMOptionMapping.Count());
        end;
        IntegrationTableMapping.CalcFields("No. of Skipped");
        exit(IntegrationTableMapping."No. of Skipped");
    end;

    local procedure ExpectSelection(var IntegrationTableMapping: Record "Integration Table Mapping"; LocalIdsText: Text; DataverseIdsText: Text; Direction: Integer; var Ids: List of [Guid])
    begin
        SyncErrorsSelection.ExpectMapping(IntegrationTableMapping);
        SyncErrorsSelection.ExpectRecords(IntegrationTableMapping);
        SyncErrorsSelection.ExpectDirection(IntegrationTableMapping, Direction);
        if Direction = 1 then
            SyncErrorsGuard.ParseIds(LocalIdsText, Ids)
        else
            SyncErrorsGuard.ParseIds(DataverseIdsText, Ids);
        SyncErrorsDataverse.ExpectConnection();
    end;

    /// <summary>
    /// The one call that forces. A failure leaves the clone of the mapping behind, already committed: it is removed, and that
    /// is committed too, since the Error that follows would bring it back.
    /// </summary>
    local procedure Enqueue(var IntegrationTableMapping: Record "Integration Table Mapping"; Ids: List of [Guid]; Direction: Integer; OnlyCoupled: Boolean)
    var
        Mapping: Record "Integration Table Mapping";
        CRMIntegrationManagement: Codeunit "CRM Integration Management";
        NoIds: List of [Guid];
        ClonesBefore: List of [Code[20]];
        IsAccepted: Boolean;
    begin
        Mapping.Get(IntegrationTableMapping.Name);
        ListClones(Mapping.Name, ClonesBefore);
        ClearLastError();
        if Direction = 1 then
            IsAccepted := CRMIntegrationManagement.EnqueueSyncJob(Mapping, Ids, NoIds, Direction, OnlyCoupled)
        else
            IsAccepted := CRMIntegrationManagement.EnqueueSyncJob(Mapping, NoIds, Ids, Direction, OnlyCoupled);
        if IsAccepted then
            exit;
        RemoveNewClones(Mapping.Name, ClonesBefore);
        Commit();
        SyncErrorsGuard.Refuse('NotEnqueued', StrSubstNo(NotEnqueuedTxt, GetLastErrorText()));
    end;

    local procedure FilterClones(MappingName: Code[20]; var Clone: Record "Integration Table Mapping")
    begin
        Clone.SetRange("Parent Name", MappingName);
        Clone.SetRange("Delete After Synchronization", true);
        Clone.SetRange(SystemCreatedBy, UserSecurityId());
    end;

    local procedure ListClones(MappingName: Code[20]; var Names: List of [Code[20]])
    var
        Clone: Record "Integration Table Mapping";
    begin
        FilterClones(MappingName, Clone);
        if Clone.FindSet() then
            repeat
                Names.Add(Clone.Name);
            until Clone.Next() = 0;
    end;

    local procedure RemoveNewClones(MappingName: Code[20]; NamesBefore: List of [Code[20]])
    var
        Clone: Record "Integration Table Mapping";
        JobQueueEntry: Record "Job Queue Entry";
        NamesNow: List of [Code[20]];
        CloneName: Code[20];
    begin
        ListClones(MappingName, NamesNow);
        foreach CloneName in NamesNow do
            if not NamesBefore.Contains(CloneName) then
                if Clone.Get(CloneName) then begin
                    JobQueueEntry.SetRange("Record ID to Process", Clone.RecordId());
                    if JobQueueEntry.IsEmpty() then
                        Clone.Delete(true);
                end;
    end;
}
