/// <summary>
/// Entity set syncErrors: the rows of table 5339 with the mapping, direction and type of their job (table 5338).
/// Light: it reads no BLOB and opens no record, so that one unreadable table fails no page of 20,000 rows.
/// </summary>
/// <remarks>
/// Sources in microsoft/BCApps, src/Layers/W1/BaseApp/Integration/SynchEngine:
/// IntegrationSynchJobErrors.Table.al (fields; no OnDelete trigger, so that deleting a row changes nothing else),
/// IntegrationSynchErrorList.Page.al (GetErrorMessage: "Error Message", else Message),
/// IntegrationSynchJob.Table.al (fields).
/// No Editable = false: it would also take DELETE away (microsoft/AL, issue 8295).
/// </remarks>
page 53390 "SyncErrors Errors"
{
    PageType = API;
    APIPublisher = 'syncerrors';
    APIGroup = 'integration';
    APIVersion = 'v1.0';
    EntityName = 'syncError';
    EntitySetName = 'syncErrors';
    EntityCaption = 'Synchronization Error';
    EntitySetCaption = 'Synchronization Errors';
    SourceTable = "Integration Synch. Job Errors";
    ODataKeyFields = SystemId;
    DelayedInsert = true;
    InsertAllowed = false;
    ModifyAllowed = false;
    DeleteAllowed = true;
    Extensible = false;

    layout
    {
        area(Content)
        {
            repeater(Records)
            {
                field(id; Rec.SystemId)
                {
                    Caption = 'Id';
                    Editable = false;
                }
                field(number; Rec."No.")
                {
                    Caption = 'Number';
                }
                field(jobId; Rec."Integration Synch. Job ID")
                {
                    Caption = 'Job Id';
                }
                field(loggedAt; Rec."Date/Time")
                {
                    Caption = 'Logged At';
                }
                field(errorMessage; ErrorText)
                {
                    Caption = 'Error Message';
                }
                field(sourceRecordId; SourceText)
                {
                    Caption = 'Source Record Id';
                }
                field(sourceTableNumber; SourceTableNo)
                {
                    Caption = 'Source Table Number';
                }
                field(destinationRecordId; DestinationText)
                {
                    Caption = 'Destination Record Id';
                }
                field(destinationTableNumber; DestinationTableNo)
                {
                    Caption = 'Destination Table Number';
                }
                field(mappingName; MappingName)
                {
                    Caption = 'Mapping Name';
                }
                field(direction; DirectionText)
                {
                    Caption = 'Direction';
                }
                field(jobType; JobTypeText)
                {
                    Caption = 'Job Type';
                }
                field(lastModifiedDateTime; Rec.SystemModifiedAt)
                {
                    Caption = 'Last Modified Date Time';
                }
            }
        }
    }

    trigger OnAfterGetRecord()
    begin
        ErrorText := Rec."Error Message";
        if ErrorText = '' then
            ErrorText := Rec.Message;
        SourceText := SyncErrorsRecords.RecordIdText(Rec."Source Record ID");
        SourceTableNo := Rec."Source Record ID".TableNo();
        DestinationText := SyncErrorsRecords.RecordIdText(Rec."Destination Record ID");
        DestinationTableNo := Rec."Destination Record ID".TableNo();
        ReadJob();
    end;

    var
        IntegrationSynchJob: Record "Integration Synch. Job";
        SyncErrorsRecords: Codeunit "SyncErrors Records";
        ErrorText: Text;
        SourceText: Text;
        DestinationText: Text;
        MappingName: Text;
        DirectionText: Text;
        JobTypeText: Text;
        SourceTableNo: Integer;
        DestinationTableNo: Integer;

    /// <summary>
    /// Of the job that is gone (retention, deleted by people) nothing is known.
    /// Texts, not captions: OptionCaption is translated.
    /// </summary>
    local procedure ReadJob()
    begin
        if IntegrationSynchJob.ID <> Rec."Integration Synch. Job ID" then begin
            IntegrationSynchJob.SetLoadFields("Integration Table Mapping Name", "Synch. Direction", Type);
            if not IntegrationSynchJob.Get(Rec."Integration Synch. Job ID") then
                Clear(IntegrationSynchJob);
        end;
        MappingName := '';
        DirectionText := '';
        JobTypeText := '';
        if IsNullGuid(IntegrationSynchJob.ID) then
            exit;

        MappingName := IntegrationSynchJob."Integration Table Mapping Name";
        DirectionText := SyncErrorsRecords.DirectionText(IntegrationSynchJob."Synch. Direction");
        case IntegrationSynchJob.Type of
            IntegrationSynchJob.Type::Synchronization:
                JobTypeText := 'Synchronization';
            IntegrationSynchJob.Type::Uncoupling:
                JobTypeText := 'Uncoupling';
            IntegrationSynchJob.Type::Coupling:
                JobTypeText := 'Coupling';
        end;
    end;
}
