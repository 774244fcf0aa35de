/// <summary>
/// Records of a mapping's table, by their key, their SystemId or the value of one field.
/// </summary>
codeunit 53400 "SyncErrors Record Search"
{
    Access = Internal;

    var
        SyncErrorsGuard: Codeunit "SyncErrors Guard";
        SyncErrorsRecords: Codeunit "SyncErrors Records";
        SyncErrorsSelection: Codeunit "SyncErrors Selection";
        FilterNeededTxt: Label 'A filter must say which record is meant.', Locked = true;
        FilterSignsTok: Label '''&|<>=()*?@.%', Locked = true;

    /// <summary>
    /// The records that the filters of the page name.
    /// </summary>
    /// <param name="Row">Rows of the entity set, with the filters of the request.</param>
    procedure Load(var Row: Record "SyncErrors Record")
    var
        IntegrationTableMapping: Record "Integration Table Mapping";
        Asked: Record "SyncErrors Record";
        Buffer: Record "SyncErrors Record";
        SyncErrorsFieldValues: Codeunit "SyncErrors Field Values";
        TheRecordRef: RecordRef;
    begin
        ReadFilters(Row, Asked);
        SyncErrorsFieldValues.FindMapping(Asked."Mapping Id", IntegrationTableMapping);
        Buffer.Copy(Row, true);
        Buffer.Reset();
        if TryFilter(IntegrationTableMapping."Table ID", Asked, TheRecordRef) then
            LoadFound(Buffer, IntegrationTableMapping, Asked, TheRecordRef);
    end;

    local procedure ReadFilters(var Row: Record "SyncErrors Record"; var Asked: Record "SyncErrors Record")
    begin
        if not TryGetMappingId(Row, Asked) then
            SyncErrorsGuard.Refuse('EmptySelection', FilterNeededTxt);
        if Row.GetFilter("Record Key") <> '' then
            if TryGetKey(Row, Asked) then
                exit;
        if Row.GetFilter("Record System Id") <> '' then
            if TryGetSystemId(Row, Asked) then
                exit;
        if (Row.GetFilter("Field No.") <> '') and (Row.GetFilter("Field Value") <> '') then
            if TryGetValue(Row, Asked) then
                if (Asked."Field No." > 0) and (Asked."Field Value" <> '') then
                    exit;
        SyncErrorsGuard.Refuse('EmptySelection', FilterNeededTxt);
    end;

    /// <summary>
    /// At most 20 rows. What was asked for is repeated in them, so that the filters of the request let them through.
    /// </summary>
    local procedure LoadFound(var Row: Record "SyncErrors Record"; var IntegrationTableMapping: Record "Integration Table Mapping"; var Asked: Record "SyncErrors Record"; var TheRecordRef: RecordRef)
    var
        CRMIntegrationRecord: Record "CRM Integration Record";
        Found: Integer;
    begin
        if not TheRecordRef.FindSet() then
            exit;
        repeat
            Found += 1;
            Row.Init();
            Row.Id := CreateGuid();
            Row."Mapping Id" := IntegrationTableMapping.SystemId;
            Row."Record System Id" := TheRecordRef.Field(TheRecordRef.SystemIdNo()).Value();
            Row."Record Key" := Asked."Record Key";
            if Row."Record Key" = '' then
                Row."Record Key" := CopyStr(KeyText(TheRecordRef), 1, MaxStrLen(Row."Record Key"));
            Row."Record Id Text" := CopyStr(SyncErrorsRecords.RecordIdText(TheRecordRef.RecordId()), 1, MaxStrLen(Row."Record Id Text"));
            Row."Field No." := Asked."Field No.";
            Row."Field Value" := Asked."Field Value";
            Row."Record Description" := CopyStr(SyncErrorsRecords.LocalName(TheRecordRef), 1, MaxStrLen(Row."Record Description"));
            CRMIntegrationRecord.SetRange("Integration ID", Row."Record System Id");
            CRMIntegrationRecord.SetRange("Table ID", IntegrationTableMapping."Table ID");
            if CRMIntegrationRecord.FindFirst() then begin
                Row."Coupling Id" := CRMIntegrationRecord.SystemId;
                Row."Dataverse Id" := CRMIntegrationRecord."CRM ID";
            end;
            Row."Inside Filter" := SyncErrorsSelection.IsRecordInside(IntegrationTableMapping, Row."Record System Id");
            Row.Insert();
        until (Found = MostRecords()) or (TheRecordRef.Next() = 0);
    end;

    /// <summary>
    /// Fails where the table or a field is not there, where the caller may not read it, and where a value does not fit.
    /// </summary>
    [TryFunction]
    local procedure TryFilter(TableNo: Integer; var Asked: Record "SyncErrors Record"; var TheRecordRef: RecordRef)
    begin
        TheRecordRef.Open(TableNo);
        if Asked."Record Key" <> '' then
            FilterKey(TheRecordRef, Asked."Record Key");
        if not IsNullGuid(Asked."Record System Id") then
            TheRecordRef.Field(TheRecordRef.SystemIdNo()).SetRange(Asked."Record System Id");
        if Asked."Field No." > 0 then
            FilterValue(TheRecordRef, Asked."Field No.", Asked."Field Value");
        if TheRecordRef.IsEmpty() then;
    end;

    /// <summary>
    /// A key as in the text of a RecordID: values joined by commas, of which the last may contain more.
    /// </summary>
    local procedure FilterKey(var TheRecordRef: RecordRef; KeyValues: Text)
    var
        PrimaryKeyRef: KeyRef;
        Index: Integer;
        CommaAt: Integer;
        Part: Text;
    begin
        PrimaryKeyRef := TheRecordRef.KeyIndex(1);
        for Index := 1 to PrimaryKeyRef.FieldCount() do begin
            CommaAt := 0;
            if Index < PrimaryKeyRef.FieldCount() then
                CommaAt := KeyValues.IndexOf(',');
            if CommaAt > 0 then begin
                Part := CopyStr(KeyValues, 1, CommaAt - 1);
                KeyValues := CopyStr(KeyValues, CommaAt + 1);
            end else begin
                Part := KeyValues;
                KeyValues := '';
            end;
            TheRecordRef.Field(PrimaryKeyRef.FieldIndex(Index).Number()).SetFilter('%1', Part);
        end;
    end;

    /// <summary>
    /// Whatever the case of its letters, where the value has no sign that means something in a filter.
    /// </summary>
    local procedure FilterValue(var TheRecordRef: RecordRef; FieldNo: Integer; FieldValue: Text)
    begin
        if DelChr(FieldValue, '=', FilterSignsTok) = FieldValue then
            TheRecordRef.Field(FieldNo).SetFilter('@' + FieldValue)
        else
            TheRecordRef.Field(FieldNo).SetFilter('%1', FieldValue);
    end;

    local procedure KeyText(var TheRecordRef: RecordRef): Text
    var
        TheText: Text;
    begin
        TheText := SyncErrorsRecords.RecordIdText(TheRecordRef.RecordId());
        exit(CopyStr(TheText, TheText.IndexOf(': ') + 2));
    end;

    [TryFunction]
    local procedure TryGetMappingId(var Row: Record "SyncErrors Record"; var Asked: Record "SyncErrors Record")
    begin
        Asked."Mapping Id" := Row.GetRangeMin("Mapping Id");
    end;

    [TryFunction]
    local procedure TryGetKey(var Row: Record "SyncErrors Record"; var Asked: Record "SyncErrors Record")
    begin
        Asked."Record Key" := Row.GetRangeMin("Record Key");
    end;

    [TryFunction]
    local procedure TryGetSystemId(var Row: Record "SyncErrors Record"; var Asked: Record "SyncErrors Record")
    begin
        Asked."Record System Id" := Row.GetRangeMin("Record System Id");
    end;

    [TryFunction]
    local procedure TryGetValue(var Row: Record "SyncErrors Record"; var Asked: Record "SyncErrors Record")
    begin
        Asked."Field No." := Row.GetRangeMin("Field No.");
        Asked."Field Value" := Row.GetRangeMin("Field Value");
    end;

    local procedure MostRecords(): Integer
    begin
        exit(20);
    end;
}
