/// <summary>
/// A row of the entity set permissions; in memory only.
/// </summary>
table 53393 "SyncErrors Permission"
{
    Caption = 'SyncErrors Permission';
    TableType = Temporary;
    Extensible = false;
    DataClassification = CustomerContent;

    fields
    {
        field(1; Id; Guid)
        {
            Caption = 'Id';
        }
        field(2; "Permission Set"; Text[20])
        {
            Caption = 'Permission Set';
        }
        field(3; "Table No."; Integer)
        {
            Caption = 'Table No.';
        }
        field(4; "Table Name"; Text[50])
        {
            Caption = 'Table Name';
        }
        field(5; "Access Kind"; Text[10])
        {
            Caption = 'Access Kind';
        }
        field(6; Granted; Boolean)
        {
            Caption = 'Granted';
        }
    }

    keys
    {
        key(PK; Id)
        {
            Clustered = true;
        }
    }
}
