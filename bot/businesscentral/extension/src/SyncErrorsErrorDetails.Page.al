/// <summary>
/// Entity set syncErrorDetails: call stack and records of one error. To be read one row at a time: each row
/// opens both records, and one of them is in Dataverse.
/// </summary>
/// <remarks>
/// Sources in microsoft/BCApps, src/Layers/W1/BaseApp/Integration/SynchEngine: IntegrationSynchJobErrors.Table.al
/// (LogSynchError writes the call stack), IntegrationSynchErrorList.Page.al (reads it with TextEncoding::Windows).
/// Every look at a record is in a TryFunction (codeunit "SyncErrors Records").
/// </remarks>
page 53391 "SyncErrors Error Details"
{
    PageType = API;
    APIPublisher = 'syncerrors';
    APIGroup = 'integration';
    APIVersion = 'v1.0';
    EntityName = 'syncErrorDetail';
    EntitySetName = 'syncErrorDetails';
    EntityCaption = 'Synchronization Error Detail';
    EntitySetCaption = 'Synchronization Error Details';
    SourceTable = "Integration Synch. Job Errors";
    ODataKeyFields = SystemId;
    DelayedInsert = true;
    InsertAllowed = false;
    ModifyAllowed = false;
    DeleteAllowed = false;
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
                field(callStack; CallStack)
                {
                    Caption = 'Call Stack';
                }
                field(sourceSystemId; SourceSystemId)
                {
                    Caption = 'Source System Id';
                }
                field(destinationSystemId; DestinationSystemId)
                {
                    Caption = 'Destination System Id';
                }
                field(sourceUrl; SourceUrl)
                {
                    Caption = 'Source Url';
                }
                field(destinationUrl; DestinationUrl)
                {
                    Caption = 'Destination Url';
                }
                field(sourceDescription; SourceDescription)
                {
                    Caption = 'Source Description';
                }
                field(destinationDescription; DestinationDescription)
                {
                    Caption = 'Destination Description';
                }
                field(sourceState; SourceState)
                {
                    Caption = 'Source State';
                }
                field(destinationState; DestinationState)
                {
                    Caption = 'Destination State';
                }
            }
        }
    }

    trigger OnAfterGetRecord()
    begin
        CallStack := '';
        if not TryReadCallStack() then
            CallStack := '';
        SyncErrorsRecords.Describe(Rec."Source Record ID", SourceState, SourceSystemId, SourceDescription, SourceUrl);
        SyncErrorsRecords.Describe(Rec."Destination Record ID", DestinationState, DestinationSystemId, DestinationDescription, DestinationUrl);
    end;

    var
        SyncErrorsRecords: Codeunit "SyncErrors Records";
        CallStack: Text;
        SourceUrl: Text;
        DestinationUrl: Text;
        SourceDescription: Text;
        DestinationDescription: Text;
        SourceState: Text;
        DestinationState: Text;
        SourceSystemId: Guid;
        DestinationSystemId: Guid;

    /// <summary>
    /// As page 5339 reads it (IntegrationSynchErrorList.Page.al, action ShowCallStack).
    /// </summary>
    [TryFunction]
    local procedure TryReadCallStack()
    var
        TypeHelper: Codeunit "Type Helper";
        CallStackInStream: InStream;
    begin
        Rec.CalcFields("Exception Detail");
        if not Rec."Exception Detail".HasValue() then
            exit;
        Rec."Exception Detail".CreateInStream(CallStackInStream, TextEncoding::Windows);
        CallStack := TypeHelper.ReadAsTextWithSeparator(CallStackInStream, TypeHelper.LFSeparator());
    end;
}
