/// <summary>
/// A row of the entity sets couplingFields and recordFields; in memory only.
/// </summary>
table 53394 "SyncErrors Field"
{
    Caption = 'SyncErrors Field';
    TableType = Temporary;
    Extensible = false;
    DataClassification = CustomerContent;

    fields
    {
        field(1; Id; Guid)
        {
            Caption = 'Id';
        }
        field(2; "Coupling Id"; Guid)
        {
            Caption = 'Coupling Id';
        }
        field(3; "Mapping Id"; Guid)
        {
            Caption = 'Mapping Id';
        }
        field(4; "Record System Id"; Guid)
        {
            Caption = 'Record System Id';
        }
        field(5; "Field No."; Integer)
        {
            Caption = 'Field No.';
        }
        field(6; "Field Name"; Text[250])
        {
            Caption = 'Field Name';
        }
        field(7; "Integration Field No."; Integer)
        {
            Caption = 'Integration Field No.';
        }
        field(8; "Integration Field Name"; Text[250])
        {
            Caption = 'Integration Field Name';
        }
        field(9; "Integration Field Caption"; Text[250])
        {
            Caption = 'Integration Field Caption';
        }
        field(10; "Direction Text"; Text[30])
        {
            Caption = 'Direction Text';
        }
        field(11; "Local Value"; Text[2048])
        {
            Caption = 'Local Value';
        }
        field(12; "Dataverse Value"; Text[2048])
        {
            Caption = 'Dataverse Value';
        }
        field(13; "Comparison Text"; Text[10])
        {
            Caption = 'Comparison Text';
        }
        field(14; "Local Modified At"; DateTime)
        {
            Caption = 'Local Modified At';
        }
        field(15; "Local Modified By"; Text[50])
        {
            Caption = 'Local Modified By';
        }
        field(16; "Dataverse Modified At"; DateTime)
        {
            Caption = 'Dataverse Modified At';
        }
        field(17; "Synchronized At"; DateTime)
        {
            Caption = 'Synchronized At';
        }
        field(18; "Used For Matching"; Boolean)
        {
            Caption = 'Used For Matching';
        }
        field(19; "Match Priority"; Integer)
        {
            Caption = 'Match Priority';
        }
        field(20; Sequence; Integer)
        {
            Caption = 'Sequence';
        }
    }

    keys
    {
        key(PK; Sequence, Id)
        {
            Clustered = true;
        }
    }
}
