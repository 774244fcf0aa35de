/// <summary>
/// Entity set recordFields, only with $filter=mappingId eq {guid} and systemId eq {guid}: what Business Central would send
/// of one record, and its number or code.
/// </summary>
page 53400 "SyncErrors Record Fields"
{
    PageType = API;
    APIPublisher = 'syncerrors';
    APIGroup = 'integration';
    APIVersion = 'v1.0';
    EntityName = 'recordField';
    EntitySetName = 'recordFields';
    EntityCaption = 'Record Field';
    EntitySetCaption = 'Record Fields';
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
                field(mappingId; Rec."Mapping Id")
                {
                    Caption = 'Mapping Id';
                }
                field(systemId; Rec."Record System Id")
                {
                    Caption = 'System Id';
                }
                field(fieldNumber; Rec."Field No.")
                {
                    Caption = 'Field Number';
                }
                field(fieldName; Rec."Field Name")
                {
                    Caption = 'Field Name';
                }
                field(integrationFieldName; Rec."Integration Field Name")
                {
                    Caption = 'Integration Field Name';
                }
                field(direction; Rec."Direction Text")
                {
                    Caption = 'Direction';
                }
                field(value; Rec."Local Value")
                {
                    Caption = 'Value';
                }
                field(usedForMatching; Rec."Used For Matching")
                {
                    Caption = 'Used For Matching';
                }
                field(matchPriority; Rec."Match Priority")
                {
                    Caption = 'Match Priority';
                }
            }
        }
    }

    trigger OnFindRecord(Which: Text): Boolean
    begin
        if not IsLoaded then begin
            SyncErrorsFieldValues.LoadFields(Rec);
            IsLoaded := true;
        end;
        exit(Rec.Find(Which));
    end;

    var
        SyncErrorsFieldValues: Codeunit "SyncErrors Field Values";
        IsLoaded: Boolean;
}
