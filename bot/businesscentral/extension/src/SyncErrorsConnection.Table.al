/// <summary>
/// A row of the entity set connectionStates; in memory only.
/// </summary>
table 53391 "SyncErrors Connection"
{
    Caption = 'SyncErrors Connection';
    TableType = Temporary;
    Extensible = false;
    DataClassification = CustomerContent;

    fields
    {
        field(1; Id; Guid)
        {
            Caption = 'Id';
        }
        field(2; Name; Text[50])
        {
            Caption = 'Name';
        }
        field(3; Enabled; Boolean)
        {
            Caption = 'Enabled';
        }
        field(4; "Environment Url"; Text[250])
        {
            Caption = 'Environment Url';
        }
        field(5; "User Name"; Text[250])
        {
            Caption = 'User Name';
        }
        field(6; "Ownership Model"; Text[20])
        {
            Caption = 'Ownership Model';
        }
        field(7; "Business Unit"; Text[160])
        {
            Caption = 'Business Unit';
        }
        field(8; "Disable Reason"; Text[250])
        {
            Caption = 'Disable Reason';
        }
        field(9; "Extension Version"; Text[50])
        {
            Caption = 'Extension Version';
        }
        field(10; "Application Version"; Text[50])
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
