/// <summary>
/// Entity set couplings: the couplings of records (table 5331) and of options (table 5334) as one list, to be read by
/// lastModifiedDateTime. Its id is the SystemId of the row there.
/// </summary>
page 53393 "SyncErrors Couplings"
{
    PageType = API;
    APIPublisher = 'syncerrors';
    APIGroup = 'integration';
    APIVersion = 'v1.0';
    EntityName = 'coupling';
    EntitySetName = 'couplings';
    EntityCaption = 'Coupling';
    EntitySetCaption = 'Couplings';
    SourceTable = "SyncErrors Coupling";
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
                field(tableNumber; Rec."Table No.")
                {
                    Caption = 'Table Number';
                }
                field(localSystemId; Rec."Local System Id")
                {
                    Caption = 'Local System Id';
                }
                field(recordId; RecordIdText)
                {
                    Caption = 'Record Id';
                }
                field(dataverseId; Rec."Dataverse Id")
                {
                    Caption = 'Dataverse Id';
                }
                field(integrationTableNumber; Rec."Integration Table No.")
                {
                    Caption = 'Integration Table Number';
                }
                field(isOption; Rec."Is Option")
                {
                    Caption = 'Is Option';
                }
                field(lastResult; Rec."Last Result")
                {
                    Caption = 'Last Result';
                }
                field(lastDataverseResult; Rec."Last Dataverse Result")
                {
                    Caption = 'Last Dataverse Result';
                }
                field(lastJobId; Rec."Last Job Id")
                {
                    Caption = 'Last Job Id';
                }
                field(lastDataverseJobId; Rec."Last Dataverse Job Id")
                {
                    Caption = 'Last Dataverse Job Id';
                }
                field(lastModifiedOn; Rec."Last Modified On")
                {
                    Caption = 'Last Modified On';
                }
                field(lastDataverseModifiedOn; Rec."Last Dataverse Modified On")
                {
                    Caption = 'Last Dataverse Modified On';
                }
                field(skipped; Rec.Skipped)
                {
                    Caption = 'Skipped';
                }
                field(lastModifiedDateTime; Rec."Modified At")
                {
                    Caption = 'Last Modified Date Time';
                }
            }
        }
    }

    trigger OnFindRecord(Which: Text): Boolean
    begin
        if not IsLoaded then begin
            SyncErrorsCouplingList.Load(Rec);
            IsLoaded := true;
        end;
        exit(Rec.Find(Which));
    end;

    trigger OnAfterGetRecord()
    begin
        RecordIdText := SyncErrorsCouplingList.RecordIdText(Rec);
    end;

    var
        SyncErrorsCouplingList: Codeunit "SyncErrors Coupling List";
        RecordIdText: Text;
        IsLoaded: Boolean;

    /// <summary>
    /// What people call Retry: the mapping's own next run takes the record again, with its own rules for conflicts and its
    /// own run-as user. Twice is once.
    /// </summary>
    /// <param name="ActionContext">What the web service answers.</param>
    [ServiceEnabled]
    procedure Release(var ActionContext: WebServiceActionContext)
    var
        SyncErrorsCouplingActions: Codeunit "SyncErrors Coupling Actions";
    begin
        SyncErrorsCouplingActions.Release(Rec.Id);
        SetUpdated(ActionContext);
    end;

    /// <summary>
    /// Removes the coupling, whichever of its two records are still there; neither record is deleted.
    /// </summary>
    /// <param name="ActionContext">What the web service answers.</param>
    [ServiceEnabled]
    procedure Uncouple(var ActionContext: WebServiceActionContext)
    var
        SyncErrorsCouplingActions: Codeunit "SyncErrors Coupling Actions";
    begin
        SyncErrorsCouplingActions.Uncouple(Rec.Id);
        SetUpdated(ActionContext);
    end;

    local procedure SetUpdated(var ActionContext: WebServiceActionContext)
    begin
        ActionContext.SetObjectType(ObjectType::Page);
        ActionContext.SetObjectId(Page::"SyncErrors Couplings");
        ActionContext.AddEntityKey(Rec.FieldNo(Id), Rec.Id);
        ActionContext.SetResultCode(WebServiceActionResultCode::Updated);
    end;
}
