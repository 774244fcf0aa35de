/// <summary>
/// The error list (table 5339) as a whole.
/// </summary>
codeunit 53393 "SyncErrors Error List"
{
    Access = Internal;

    var
        MaintenanceIdTok: Label '53390000-0000-4000-8000-000000005339', Locked = true;
        NoMomentTxt: Label 'No moment, or no number: that would be nothing, or the whole list.', Locked = true;

    /// <summary>
    /// The one row of the entity set.
    /// </summary>
    /// <param name="Maintenance">Rows of the entity set.</param>
    procedure Load(var Maintenance: Record "SyncErrors Maintenance")
    var
        IntegrationSynchJobErrors: Record "Integration Synch. Job Errors";
        Buffer: Record "SyncErrors Maintenance";
        SyncErrorsDataverse: Codeunit "SyncErrors Dataverse";
    begin
        Buffer.Copy(Maintenance, true);
        Buffer.Reset();
        Buffer.Init();
        Buffer.Id := MaintenanceIdTok;
        Buffer."Error Count" := IntegrationSynchJobErrors.Count();
        IntegrationSynchJobErrors.SetLoadFields("No.");
        if IntegrationSynchJobErrors.FindLast() then
            Buffer."Highest No." := IntegrationSynchJobErrors."No.";
        IntegrationSynchJobErrors.SetLoadFields("Date/Time");
        IntegrationSynchJobErrors.SetCurrentKey("Date/Time", "Integration Synch. Job ID");
        if IntegrationSynchJobErrors.FindFirst() then
            Buffer."Oldest Logged At" := IntegrationSynchJobErrors."Date/Time";
        ReadRetention(Buffer);
        Buffer."Extension Version" := CopyStr(SyncErrorsDataverse.ExtensionVersion(), 1, MaxStrLen(Buffer."Extension Version"));
        Buffer."Application Version" := CopyStr(SyncErrorsDataverse.ApplicationVersion(), 1, MaxStrLen(Buffer."Application Version"));
        Buffer.Insert();
    end;

    /// <summary>
    /// Deletes the errors that were logged at a moment or before and whose number is at most that one. No trigger runs, as in
    /// table 5339's own DeleteEntries; jobs, counters and couplings stay as they are.
    /// </summary>
    /// <param name="LoggedUntilText">A moment in XML format.</param>
    /// <param name="HighestNo">A No. of table 5339.</param>
    procedure DeleteErrors(LoggedUntilText: Text; HighestNo: Integer)
    var
        IntegrationSynchJobErrors: Record "Integration Synch. Job Errors";
        SyncErrorsGuard: Codeunit "SyncErrors Guard";
        LoggedUntil: DateTime;
    begin
        if not Evaluate(LoggedUntil, LoggedUntilText, 9) then
            SyncErrorsGuard.Refuse('EmptySelection', NoMomentTxt);
        if (LoggedUntil = 0DT) or (HighestNo < 1) then
            SyncErrorsGuard.Refuse('EmptySelection', NoMomentTxt);
        IntegrationSynchJobErrors.SetFilter("No.", '<=%1', HighestNo);
        IntegrationSynchJobErrors.SetFilter("Date/Time", '<=%1', LoggedUntil);
        IntegrationSynchJobErrors.DeleteAll();
    end;

    /// <summary>
    /// How long Business Central itself keeps errors. The name of the period, not its caption.
    /// </summary>
    local procedure ReadRetention(var Maintenance: Record "SyncErrors Maintenance")
    var
        RetentionPolicySetup: Record "Retention Policy Setup";
        RetentionPeriod: Record "Retention Period";
        Index: Integer;
    begin
        if not RetentionPolicySetup.ReadPermission() then
            exit;
        if not RetentionPolicySetup.Get(Database::"Integration Synch. Job Errors") then
            exit;
        Maintenance."Retention Enabled" := RetentionPolicySetup.Enabled;
        if not RetentionPeriod.ReadPermission() then
            exit;
        if not RetentionPeriod.Get(RetentionPolicySetup."Retention Period") then
            exit;
        Index := RetentionPeriod."Retention Period".Ordinals().IndexOf(RetentionPeriod."Retention Period".AsInteger());
        Maintenance."Retention Period" := CopyStr(RetentionPeriod."Retention Period".Names().Get(Index), 1, MaxStrLen(Maintenance."Retention Period"));
    end;
}
