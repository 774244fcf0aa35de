/// <summary>
/// A row of the entity set couplings; in memory only.
/// </summary>
table 53390 "SyncErrors Coupling"
{
    Caption = 'SyncErrors Coupling';
    TableType = Temporary;
    Extensible = false;
    DataClassification = CustomerContent;

    fields
    {
        field(1; Id; Guid)
        {
            Caption = 'Id';
        }
        field(2; "Table No."; Integer)
        {
            Caption = 'Table No.';
        }
        field(3; "Local System Id"; Guid)
        {
            Caption = 'Local System Id';
        }
        field(4; "Dataverse Id"; Guid)
        {
            Caption = 'Dataverse Id';
        }
        field(5; "Integration Table No."; Integer)
        {
            Caption = 'Integration Table No.';
        }
        field(6; "Is Option"; Boolean)
        {
            Caption = 'Is Option';
        }
        field(7; "Last Result"; Option)
        {
            Caption = 'Last Result';
            OptionMembers = " ",Success,Failure;
            OptionCaption = ' ,Success,Failure', Locked = true;
        }
        field(8; "Last Dataverse Result"; Option)
        {
            Caption = 'Last Dataverse Result';
            OptionMembers = " ",Success,Failure;
            OptionCaption = ' ,Success,Failure', Locked = true;
        }
        field(9; "Last Job Id"; Guid)
        {
            Caption = 'Last Job Id';
        }
        field(10; "Last Dataverse Job Id"; Guid)
        {
            Caption = 'Last Dataverse Job Id';
        }
        field(11; "Last Modified On"; DateTime)
        {
            Caption = 'Last Modified On';
        }
        field(12; "Last Dataverse Modified On"; DateTime)
        {
            Caption = 'Last Dataverse Modified On';
        }
        field(13; Skipped; Boolean)
        {
            Caption = 'Skipped';
        }
        field(14; "Modified At"; DateTime)
        {
            Caption = 'Modified At';
        }
        field(15; "Option Record Id"; RecordId)
        {
            Caption = 'Option Record Id';
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
