/// <summary>
/// Records of either side as texts. Every look at a record is in a TryFunction: it can be gone, its table can be gone, the
/// caller may lack the permission, Dataverse may not answer.
/// </summary>
/// <remarks>
/// Sources in microsoft/BCApps, src/Layers/W1/BaseApp: Integration/D365Sales/CRMSynchHelper.Codeunit.al (ShowPage takes the
/// id of a row in Dataverse from behind the colon of its RecordID), Integration/Dataverse/CRMIntegrationManagement.Codeunit.al
/// (GetCRMEntityUrlFromCRMID), Utilities/PageManagement.Codeunit.al (GetPageID).
/// </remarks>
codeunit 53392 "SyncErrors Records"
{
    Access = Internal;

    var
        SyncErrorsDataverse: Codeunit "SyncErrors Dataverse";
        LocalNamesTok: Label 'Name,Full Name,Description,Sell-to Customer Name,Bill-to Name,Display Name', Locked = true;
        DataverseNamesTok: Label 'Name,FullName', Locked = true;
        BlankTok: Label 'Blank', Locked = true;
        FoundTok: Label 'Found', Locked = true;
        DeletedTok: Label 'Deleted', Locked = true;
        UnreadableTok: Label 'Unreadable', Locked = true;

    /// <summary>
    /// A RecordID as text: table name, colon, key.
    /// </summary>
    /// <param name="TheRecordId">May be blank.</param>
    /// <returns>Empty for a blank one, and where its table is no longer there.</returns>
    procedure RecordIdText(TheRecordId: RecordId) Result: Text
    begin
        if TheRecordId.TableNo() = 0 then
            exit('');
        if not TryFormat(TheRecordId, Result) then
            exit('');
    end;

    /// <summary>
    /// A direction of tables 5335, 5336 and 5338, in no language.
    /// </summary>
    /// <param name="Direction">0, 1 or 2.</param>
    /// <returns>The name of the option.</returns>
    procedure DirectionText(Direction: Integer): Text
    begin
        case Direction of
            0:
                exit('Bidirectional');
            1:
                exit('ToIntegrationTable');
            2:
                exit('FromIntegrationTable');
        end;
    end;

    /// <summary>
    /// What can be said of a record.
    /// </summary>
    /// <param name="TheRecordId">May be blank.</param>
    /// <param name="State">Blank, Found, Deleted or Unreadable.</param>
    /// <param name="Id">SystemId, or the id of the row in Dataverse; empty where it is not known.</param>
    /// <param name="Description">The record's own name.</param>
    /// <param name="Url">Address of the record; empty where it cannot be opened.</param>
    procedure Describe(TheRecordId: RecordId; var State: Text; var Id: Guid; var Description: Text; var Url: Text)
    var
        IsFound: Boolean;
    begin
        Clear(Id);
        Description := '';
        Url := '';
        State := BlankTok;
        if TheRecordId.TableNo() = 0 then
            exit;
        if SyncErrorsDataverse.IsDataverseTable(TheRecordId.TableNo()) then begin
            DescribeRow(TheRecordId, State, Id, Description, Url);
            exit;
        end;
        State := UnreadableTok;
        if not TryReadLocal(TheRecordId, IsFound, Id, Description, Url) then
            exit;
        if IsFound then
            State := FoundTok
        else
            State := DeletedTok;
    end;

    /// <summary>
    /// The record's own name.
    /// </summary>
    /// <param name="TheRecordRef">A record that was read.</param>
    /// <param name="FieldNames">Names of fields, separated by commas, the best first.</param>
    /// <returns>At most 250 characters; empty where none of the fields is there and filled.</returns>
    procedure NameOf(var TheRecordRef: RecordRef; FieldNames: Text): Text
    var
        TheFieldRef: FieldRef;
        FieldName: Text;
        Index: Integer;
    begin
        foreach FieldName in FieldNames.Split(',') do
            for Index := 1 to TheRecordRef.FieldCount() do begin
                TheFieldRef := TheRecordRef.FieldIndex(Index);
                if (TheFieldRef.Name() = FieldName) and (TheFieldRef.Type() in [FieldType::Text, FieldType::Code]) then
                    if Format(TheFieldRef.Value()) <> '' then
                        exit(CopyStr(Format(TheFieldRef.Value()), 1, 250));
            end;
    end;

    /// <summary>
    /// The name of a record of Business Central.
    /// </summary>
    /// <param name="TheRecordRef">A record that was read.</param>
    /// <returns>At most 250 characters; may be empty.</returns>
    procedure LocalName(var TheRecordRef: RecordRef): Text
    begin
        exit(NameOf(TheRecordRef, LocalNamesTok));
    end;

    /// <summary>
    /// The RecordID of a record as text, by its SystemId.
    /// </summary>
    /// <param name="TableNo">Number of its table.</param>
    /// <param name="SystemId">Its SystemId.</param>
    /// <returns>Empty where it is gone or cannot be read.</returns>
    procedure RecordIdTextBySystemId(TableNo: Integer; SystemId: Guid) Result: Text
    begin
        if (TableNo = 0) or IsNullGuid(SystemId) then
            exit('');
        if not TryFormatBySystemId(TableNo, SystemId, Result) then
            exit('');
    end;

    local procedure DescribeRow(TheRecordId: RecordId; var State: Text; var Id: Guid; var Description: Text; var Url: Text)
    var
        IsFound: Boolean;
    begin
        if not TryRowId(TheRecordId, Id) then begin
            Clear(Id);
            State := UnreadableTok; // an option: its key is a number
            exit;
        end;
        if IsNullGuid(Id) then
            exit; // the row was never created
        if not TryRowUrl(TheRecordId.TableNo(), Id, Url) then
            Url := '';
        State := UnreadableTok;
        if not SyncErrorsDataverse.IsConnected() then
            exit;
        if not TryReadRow(TheRecordId, IsFound, Description) then
            exit;
        State := DeletedTok;
        if IsFound then
            State := FoundTok
        else
            Url := '';
    end;

    [TryFunction]
    local procedure TryFormat(TheRecordId: RecordId; var Result: Text)
    begin
        Result := Format(TheRecordId);
    end;

    [TryFunction]
    local procedure TryFormatBySystemId(TableNo: Integer; SystemId: Guid; var Result: Text)
    var
        TheRecordRef: RecordRef;
    begin
        TheRecordRef.Open(TableNo);
        if TheRecordRef.GetBySystemId(SystemId) then
            Result := Format(TheRecordRef.RecordId());
    end;

    [TryFunction]
    local procedure TryReadLocal(TheRecordId: RecordId; var IsFound: Boolean; var Id: Guid; var Description: Text; var Url: Text)
    var
        PageManagement: Codeunit "Page Management";
        TheRecordRef: RecordRef;
        PageNo: Integer;
    begin
        IsFound := TheRecordRef.Get(TheRecordId);
        if not IsFound then
            exit;
        Id := TheRecordRef.Field(TheRecordRef.SystemIdNo()).Value();
        Description := LocalName(TheRecordRef);
        PageNo := PageManagement.GetPageID(TheRecordRef);
        if PageNo <> 0 then
            Url := GetUrl(ClientType::Web, CompanyName(), ObjectType::Page, PageNo, TheRecordRef);
    end;

    [TryFunction]
    local procedure TryReadRow(TheRecordId: RecordId; var IsFound: Boolean; var Description: Text)
    var
        TheRecordRef: RecordRef;
    begin
        IsFound := TheRecordRef.Get(TheRecordId);
        if IsFound then
            Description := NameOf(TheRecordRef, DataverseNamesTok);
    end;

    [TryFunction]
    local procedure TryRowId(TheRecordId: RecordId; var Id: Guid)
    var
        TheText: Text;
    begin
        TheText := Format(TheRecordId);
        Evaluate(Id, CopyStr(TheText, TheText.LastIndexOf(':') + 2));
    end;

    [TryFunction]
    local procedure TryRowUrl(TableNo: Integer; Id: Guid; var Url: Text)
    var
        CRMIntegrationManagement: Codeunit "CRM Integration Management";
    begin
        Url := CRMIntegrationManagement.GetCRMEntityUrlFromCRMID(TableNo, Id);
    end;
}
