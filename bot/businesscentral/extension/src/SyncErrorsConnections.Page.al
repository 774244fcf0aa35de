/// <summary>
/// Entity set connectionStates: the connections that are set up, to Dataverse (table 7200) and to Dynamics 365 Sales (table
/// 5330); either table can be empty. Secrets are not among the fields.
/// </summary>
/// <remarks>
/// Sources in microsoft/BCApps, src/Layers/W1/BaseApp/Integration: Dataverse/CDSConnectionSetup.Table.al,
/// D365Sales/CRMConnectionSetup.Table.al (fields).
/// </remarks>
page 53395 "SyncErrors Connections"
{
    PageType = API;
    APIPublisher = 'syncerrors';
    APIGroup = 'integration';
    APIVersion = 'v1.0';
    EntityName = 'connectionState';
    EntitySetName = 'connectionStates';
    EntityCaption = 'Connection State';
    EntitySetCaption = 'Connection States';
    SourceTable = "SyncErrors Connection";
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
                field(name; Rec.Name)
                {
                    Caption = 'Name';
                }
                field(enabled; Rec.Enabled)
                {
                    Caption = 'Enabled';
                }
                field(environmentUrl; Rec."Environment Url")
                {
                    Caption = 'Environment Url';
                }
                field(userName; Rec."User Name")
                {
                    Caption = 'User Name';
                }
                field(ownershipModel; Rec."Ownership Model")
                {
                    Caption = 'Ownership Model';
                }
                field(businessUnit; Rec."Business Unit")
                {
                    Caption = 'Business Unit';
                }
                field(disableReason; Rec."Disable Reason")
                {
                    Caption = 'Disable Reason';
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
            SyncErrorsDataverse.LoadConnections(Rec);
            IsLoaded := true;
        end;
        exit(Rec.Find(Which));
    end;

    var
        SyncErrorsDataverse: Codeunit "SyncErrors Dataverse";
        IsLoaded: Boolean;
}
