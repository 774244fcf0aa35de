/// <summary>
/// Entity set mappedRecords: records of a mapping's table, coupled or not. Only with a filter on mappingId and on recordKey,
/// on systemId, or on fieldNumber and value.
/// </summary>
page 53399 "SyncErrors Mapped Records"
{
    PageType = API;
    APIPublisher = 'syncerrors';
    APIGroup = 'integration';
    APIVersion = 'v1.0';
    EntityName = 'mappedRecord';
    EntitySetName = 'mappedRecords';
    EntityCaption = 'Mapped Record';
    EntitySetCaption = 'Mapped Records';
    SourceTable = "SyncErrors Record";
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
                field(recordKey; Rec."Record Key")
                {
                    Caption = 'Record Key';
                }
                field(recordId; Rec."Record Id Text")
                {
                    Caption = 'Record Id';
                }
                field(fieldNumber; Rec."Field No.")
                {
                    Caption = 'Field Number';
                }
                field(value; Rec."Field Value")
                {
                    Caption = 'Value';
                }
                field(description; Rec."Record Description")
                {
                    Caption = 'Description';
                }
                field(couplingId; Rec."Coupling Id")
                {
                    Caption = 'Coupling Id';
                }
                field(dataverseId; Rec."Dataverse Id")
                {
                    Caption = 'Dataverse Id';
                }
                field(insideFilter; Rec."Inside Filter")
                {
                    Caption = 'Inside Filter';
                }
            }
        }
    }

    trigger OnFindRecord(Which: Text): Boolean
    begin
        if not IsLoaded then begin
            SyncErrorsRecordSearch.Load(Rec);
            IsLoaded := true;
        end;
        exit(Rec.Find(Which));
    end;

    var
        SyncErrorsRecordSearch: Codeunit "SyncErrors Record Search";
        IsLoaded: Boolean;
}
