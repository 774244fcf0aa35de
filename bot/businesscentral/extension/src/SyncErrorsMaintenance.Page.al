/// <summary>
/// Entity set maintenance: always exactly one row, about the error list (table 5339) as a whole; home of deleteErrors.
/// </summary>
/// <remarks>
/// Sources in microsoft/BCApps: src/Layers/W1/BaseApp/Integration/SynchEngine/IntegrationSynchJobErrors.Table.al (keys;
/// DeleteEntries asks with Confirm, which no web service can answer, so rows are deleted here);
/// src/System Application/App/Retention Policy (tables 3900 and 3901).
/// </remarks>
page 53396 "SyncErrors Maintenance"
{
    PageType = API;
    APIPublisher = 'syncerrors';
    APIGroup = 'integration';
    APIVersion = 'v1.0';
    EntityName = 'maintenanceState';
    EntitySetName = 'maintenance';
    EntityCaption = 'Maintenance';
    EntitySetCaption = 'Maintenance';
    SourceTable = "SyncErrors Maintenance";
    SourceTableTemporary = true;
    ODataKeyFields = Id;
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
                field(id; Rec.Id)
                {
                    Caption = 'Id';
                }
                field(highestNumber; Rec."Highest No.")
                {
                    Caption = 'Highest Number';
                }
                field(errorCount; Rec."Error Count")
                {
                    Caption = 'Error Count';
                }
                field(oldestLoggedAt; Rec."Oldest Logged At")
                {
                    Caption = 'Oldest Logged At';
                }
                field(retentionEnabled; Rec."Retention Enabled")
                {
                    Caption = 'Retention Enabled';
                }
                field(retentionPeriod; Rec."Retention Period")
                {
                    Caption = 'Retention Period';
                }
                field(extensionVersion; Rec."Extension Version")
                {
                    Caption = 'Extension Version';
                }
                field(applicationVersion; Rec."Application Version")
                {
                    Caption = 'Application Version';
                }
            }
        }
    }

    trigger OnFindRecord(Which: Text): Boolean
    begin
        if not IsLoaded then begin
            SyncErrorsErrorList.Load(Rec);
            IsLoaded := true;
        end;
        exit(Rec.Find(Which));
    end;

    var
        SyncErrorsErrorList: Codeunit "SyncErrors Error List";
        IsLoaded: Boolean;

    /// <summary>
    /// Deletes the errors that were logged at loggedUntil or before and whose number is at most highestNumber. The bot calls
    /// it in rising windows, so that no call meets the limit of eight minutes.
    /// </summary>
    /// <param name="ActionContext">What the web service answers.</param>
    /// <param name="loggedUntil">A moment in XML format: 2026-11-22T10:00:00.000Z.</param>
    /// <param name="highestNumber">A No. of table 5339.</param>
    [ServiceEnabled]
    procedure DeleteErrors(var ActionContext: WebServiceActionContext; loggedUntil: Text; highestNumber: Integer)
    begin
        SyncErrorsErrorList.DeleteErrors(loggedUntil, highestNumber);
        ActionContext.SetObjectType(ObjectType::Page);
        ActionContext.SetObjectId(Page::"SyncErrors Maintenance");
        ActionContext.AddEntityKey(Rec.FieldNo(Id), Rec.Id);
        ActionContext.SetResultCode(WebServiceActionResultCode::Updated);
    end;
}
