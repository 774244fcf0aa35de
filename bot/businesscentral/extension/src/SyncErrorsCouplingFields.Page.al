/// <summary>
/// Entity set couplingFields, only with $filter=couplingId eq {guid}: both values of each mapped field of one coupling.
/// </summary>
page 53398 "SyncErrors Coupling Fields"
{
    PageType = API;
    APIPublisher = 'syncerrors';
    APIGroup = 'integration';
    APIVersion = 'v1.0';
    EntityName = 'couplingField';
    EntitySetName = 'couplingFields';
    EntityCaption = 'Coupling Field';
    EntitySetCaption = 'Coupling Fields';
    SourceTable = "SyncErrors Field";
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
                field(couplingId; Rec."Coupling Id")
                {
                    Caption = 'Coupling Id';
                }
                field(mappingId; Rec."Mapping Id")
                {
                    Caption = 'Mapping Id';
                }
                field(fieldNumber; Rec."Field No.")
                {
                    Caption = 'Field Number';
                }
                field(fieldName; Rec."Field Name")
                {
                    Caption = 'Field Name';
                }
                field(integrationFieldNumber; Rec."Integration Field No.")
                {
                    Caption = 'Integration Field Number';
                }
                field(integrationFieldName; Rec."Integration Field Name")
                {
                    Caption = 'Integration Field Name';
                }
                field(integrationFieldCaption; Rec."Integration Field Caption")
                {
                    Caption = 'Integration Field Caption';
                }
                field(direction; Rec."Direction Text")
                {
                    Caption = 'Direction';
                }
                field(businessCentralValue; Rec."Local Value")
                {
                    Caption = 'Business Central Value';
                }
                field(dataverseValue; Rec."Dataverse Value")
                {
                    Caption = 'Dataverse Value';
                }
                field(comparison; Rec."Comparison Text")
                {
                    Caption = 'Comparison';
                }
                field(businessCentralModifiedAt; Rec."Local Modified At")
                {
                    Caption = 'Business Central Modified At';
                }
                field(businessCentralModifiedBy; Rec."Local Modified By")
                {
                    Caption = 'Business Central Modified By';
                }
                field(dataverseModifiedAt; Rec."Dataverse Modified At")
                {
                    Caption = 'Dataverse Modified At';
                }
                field(synchronizedAt; Rec."Synchronized At")
                {
                    Caption = 'Synchronized At';
                }
            }
        }
    }

    trigger OnFindRecord(Which: Text): Boolean
    begin
        if not IsLoaded then begin
            SyncErrorsFieldValues.LoadPairs(Rec);
            IsLoaded := true;
        end;
        exit(Rec.Find(Which));
    end;

    var
        SyncErrorsFieldValues: Codeunit "SyncErrors Field Values";
        IsLoaded: Boolean;
}
