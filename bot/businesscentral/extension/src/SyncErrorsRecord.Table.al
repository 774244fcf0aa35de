/// <summary>
/// A row of the entity set mappedRecords; in memory only.
/// </summary>
table 53395 "SyncErrors Record"
{
    Caption = 'SyncErrors Record';
    TableType = Temporary;
    Extensible = false;
    DataClassification = CustomerContent;

    fields
    {
        field(1; Id; Guid)
        {
            Caption = 'Id';
        }
        field(2; "Mapping Id"; Guid)
        {
            Caption = 'Mapping Id';
        }
        field(3; "Record System Id"; Guid)
        {
            Caption = 'Record System Id';
        }
        field(4; "Record Key"; Text[250])
        {
            Caption = 'Record Key';
        }
        field(5; "Record Id Text"; Text[300])
        {
            Caption = 'Record Id Text';
        }
        field(6; "Field No."; Integer)
        {
            Caption = 'Field No.';
        }
        field(7; "Field Value"; Text[2048])
        {
            Caption = 'Field Value';
        }
        field(8; "Record Description"; Text[250])
        {
            Caption = 'Record Description';
        }
        field(9; "Coupling Id"; Guid)
        {
            Caption = 'Coupling Id';
        }
        field(10; "Dataverse Id"; Guid)
        {
            Caption = 'Dataverse Id';
        }
        field(11; "Inside Filter"; Boolean)
        {
            Caption = 'Inside Filter';
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
