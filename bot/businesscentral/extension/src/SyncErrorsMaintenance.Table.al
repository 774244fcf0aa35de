/// <summary>
/// The row of the entity set maintenance; in memory only.
/// </summary>
table 53392 "SyncErrors Maintenance"
{
    Caption = 'SyncErrors Maintenance';
    TableType = Temporary;
    Extensible = false;
    DataClassification = CustomerContent;

    fields
    {
        field(1; Id; Guid)
        {
            Caption = 'Id';
        }
        field(2; "Highest No."; Integer)
        {
            Caption = 'Highest No.';
        }
        field(3; "Error Count"; Integer)
        {
            Caption = 'Error Count';
        }
        field(4; "Oldest Logged At"; DateTime)
        {
            Caption = 'Oldest Logged At';
        }
        field(5; "Retention Enabled"; Boolean)
        {
            Caption = 'Retention Enabled';
        }
        field(6; "Retention Period"; Text[50])
        {
            Caption = 'Retention Period';
        }
        field(7; "Extension Version"; Text[50])
        {
            Caption = 'Extension Version';
        }
        field(8; "Application Version"; Text[50])
        {
            Caption = 'Application Version';
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
