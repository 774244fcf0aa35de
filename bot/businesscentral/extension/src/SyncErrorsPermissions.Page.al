/// <summary>
/// Entity set permissions: each permission that the two permission sets are for, and whether the caller has it. It lets
/// the bot say what is missing without trying to act.
/// </summary>
page 53397 "SyncErrors Permissions"
{
    PageType = API;
    APIPublisher = 'syncerrors';
    APIGroup = 'integration';
    APIVersion = 'v1.0';
    EntityName = 'permission';
    EntitySetName = 'permissions';
    EntityCaption = 'Permission';
    EntitySetCaption = 'Permissions';
    SourceTable = "SyncErrors Permission";
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
                field(permissionSet; Rec."Permission Set")
                {
                    Caption = 'Permission Set';
                }
                field(tableNumber; Rec."Table No.")
                {
                    Caption = 'Table Number';
                }
                field(tableName; Rec."Table Name")
                {
                    Caption = 'Table Name';
                }
                field(access; Rec."Access Kind")
                {
                    Caption = 'Access';
                }
                field(granted; Rec.Granted)
                {
                    Caption = 'Granted';
                }
            }
        }
    }

    trigger OnFindRecord(Which: Text): Boolean
    begin
        if not IsLoaded then begin
            SyncErrorsPermissionList.Load(Rec);
            IsLoaded := true;
        end;
        exit(Rec.Find(Which));
    end;

    var
        SyncErrorsPermissionList: Codeunit "SyncErrors Permission List";
        IsLoaded: Boolean;
}
